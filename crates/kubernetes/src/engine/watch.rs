//! One watch: it lists a kind once, follows its changes, and begins anew where that is needed.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use kube::Api;
use kube::api::ListParams;
use kube::core::{ApiResource, DynamicObject, TypeMeta};
use kube::runtime::watcher::{self, Event, watcher};
use model::{Clock, Randomness, SystemClock, SystemRandomness};
use tokio_util::sync::CancellationToken;

use super::cluster::Cluster;
use super::failure::{Failure, Sort};
use super::followers::{Followers, ids};
use super::kinds::Kind;
use super::object::Kept;
use super::packed::Packer;
use super::pulse::Pulse;

/// The first pause after a failure; it doubles with each in a row.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// The longest pause while a cluster is away.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);
/// The longest pause until it is tried again whether a role was given, or a kind was installed. The first are short: a server that
/// has just started refuses everything until it has read its roles.
const LOOK_AGAIN: Duration = Duration::from_mins(1);
/// Objects of a list that are packed together.
const TOGETHER: usize = 250;
/// Objects of a page of a list. Until they are packed they take many times their room.
const PAGE: u32 = 250;

/// A watch of one kind in one cluster.
pub(crate) struct Watch {
    pub kind: &'static Kind,
    pub pulse: Arc<Pulse>,
}

impl Watch {
    pub fn new(kind: &'static Kind, followers: Arc<Followers>) -> Self {
        Self {
            kind,
            pulse: Arc::new(Pulse::new(followers)),
        }
    }

    /// Waits until the first answer.
    pub async fn settled(&self) {
        self.pulse.settled().await;
    }

    /// Watches until `stop` is cancelled.
    pub async fn run(
        self: Arc<Self>,
        cluster: Arc<Cluster>,
        followers: Arc<Followers>,
        stop: CancellationToken,
    ) {
        let mut watching = Watching {
            watch: self,
            cluster,
            followers,
            listed: None,
            packer: Packer::default(),
            failures: 0,
            last: None,
        };
        stop.run_until_cancelled(watching.forever()).await;
    }
}

struct Watching {
    watch: Arc<Watch>,
    cluster: Arc<Cluster>,
    followers: Arc<Followers>,
    /// What came of a list that is not complete yet.
    listed: Option<Vec<Kept>>,
    packer: Packer,
    /// Failures in a row of the same sort.
    failures: u32,
    last: Option<Sort>,
}

impl Watching {
    async fn forever(&mut self) {
        loop {
            let now = SystemClock.now();
            let failure = match self.cluster.resource(self.watch.kind).await {
                Ok(Some(resource)) => self.follow(&resource).await,
                Ok(None) => Failure::not_installed(self.watch.kind, now),
                Err(failure) => failure,
            };
            self.rest(failure).await;
        }
    }

    /// Follows a kind until that makes no sense any more: it may not be seen, or is not there.
    async fn follow(&mut self, resource: &ApiResource) -> Failure {
        let client = self.cluster.client(Some(self.watch.pulse.clone()));
        let api: Api<DynamicObject> = Api::all_with(client, resource);
        if self.failures > 0
            && let Err(error) = api.list_metadata(&ListParams::default().limit(1)).await
        {
            // A role that is still missing is no news for the log, to which a watch would write it.
            return Failure::of(&error, SystemClock.now());
        }
        if self.watch.kind.may_be_defined() {
            self.cluster.read_columns(self.watch.kind, resource).await;
        }
        let mut events = pin!(watcher(api, watcher::Config::default().page_size(PAGE)));
        while let Some(event) = events.next().await {
            match event {
                Ok(event) => self.take(event, resource),
                Err(watcher::Error::WatchError(status)) if status.code == 410 => {
                    tracing::debug!(
                        kind = self.watch.kind.plural,
                        "the watch expired; the kind is listed again"
                    );
                }
                Err(error) => {
                    let failure = Failure::of(&error, SystemClock.now());
                    if matches!(failure.sort, Sort::Forbidden | Sort::NotInstalled) {
                        return failure;
                    }
                    self.rest(failure).await;
                }
            }
        }
        Failure::new(Sort::Other, "the watch ended", SystemClock.now())
    }

    fn take(&mut self, event: Event<DynamicObject>, resource: &ApiResource) {
        let kind = self.watch.kind;
        match event.modify(|object| name_type(object, resource)) {
            Event::Init => self.listed = Some(Vec::new()),
            Event::InitApply(object) => {
                let listed = self.listed.get_or_insert_default();
                listed.push(Kept::new(kind, object));
                if listed.len().is_multiple_of(TOGETHER) {
                    let start = listed.len() - TOGETHER;
                    self.packer
                        .pack(listed[start..].iter_mut().map(|kept| &mut kept.text));
                }
            }
            Event::InitDone => {
                let mut listed = self.listed.take().unwrap_or_default();
                let start = listed.len() / TOGETHER * TOGETHER;
                self.packer
                    .pack(listed[start..].iter_mut().map(|kept| &mut kept.text));
                let present = ids(&listed);
                for uid in self.cluster.others(kind, &present) {
                    self.cluster.remove(&uid, &self.followers);
                }
                for object in listed {
                    self.cluster.put(object, &self.followers);
                }
                self.failures = 0;
                self.watch.pulse.complete(SystemClock.now());
            }
            Event::Apply(object) => {
                self.failures = 0;
                let mut kept = Kept::new(kind, object);
                self.packer.pack([&mut kept.text]);
                self.cluster.put(kept, &self.followers);
            }
            Event::Delete(object) => {
                self.cluster.remove(&Kept::new(kind, object).uid, &self.followers);
            }
        }
    }

    /// Says what failed, and waits before the next attempt.
    async fn rest(&mut self, failure: Failure) {
        if self.last.replace(failure.sort) != Some(failure.sort) {
            self.failures = 0;
        }
        let longest = match failure.sort {
            Sort::Forbidden | Sort::NotInstalled => LOOK_AGAIN,
            _ => LONGEST_PAUSE,
        };
        let pause = FIRST_PAUSE.saturating_mul(1 << self.failures.min(6)).min(longest);
        self.failures = self.failures.saturating_add(1);
        self.cluster.kinds.forget(failure.sort);
        self.watch.pulse.failed(failure);
        // Watches of one cluster that fail together do not come back together.
        let spread = SystemRandomness.below(250);
        tokio::time::sleep(pause + Duration::from_millis(spread)).await;
    }
}

/// Items of lists do not say what they are.
pub(super) fn name_type(object: &mut DynamicObject, resource: &ApiResource) {
    if object.types.is_none() {
        object.types = Some(TypeMeta {
            api_version: resource.api_version.clone(),
            kind: resource.kind.clone(),
        });
    }
}
