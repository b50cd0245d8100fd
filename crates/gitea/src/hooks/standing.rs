//! Whether the deliveries of each webhook come in, and if not, why, as far as the portal can know.
//!
//! Gitea shows its own history of deliveries to people, not to programs.

use std::sync::Arc;

use events::{Refusals, Sender};
use jiff::Timestamp;
use scm::gitea::HookScope;
use store::{Session, Store, StoreError};

use super::EVENTS_TOPIC;
use super::settings::{HookHost, HookSettings};
use super::tables::{self, Kept};

/// What came in so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Arrivals {
    /// Who sent.
    pub senders: Vec<Sender>,
    /// What was refused.
    pub refusals: Option<Refusals>,
}

impl Arrivals {
    /// Of the table of events.
    pub async fn read(session: &mut Session) -> Result<Self, StoreError> {
        Ok(Self {
            senders: events::senders(session, EVENTS_TOPIC).await?,
            refusals: events::refusals(session, EVENTS_TOPIC).await?,
        })
    }

    /// The delivery of a scope that came in last.
    pub fn last(&self, web: &str, scope: &str) -> Option<&Sender> {
        let senders = self
            .senders
            .iter()
            .filter(|sender| is_of(&sender.page, web, scope));
        senders.max_by_key(|sender| sender.at)
    }

    /// How many deliveries of a scope came in.
    pub fn count(&self, web: &str, scope: &str) -> u64 {
        let senders = self
            .senders
            .iter()
            .filter(|sender| is_of(&sender.page, web, scope));
        senders.map(|sender| sender.deliveries).sum()
    }
}

/// Whether the page of an owner is that of an organisation, or lies on the server.
fn is_of(page: &str, web: &str, scope: &str) -> bool {
    let page = page.to_lowercase();
    let below = page
        .strip_prefix(&web.to_lowercase())
        .and_then(|rest| rest.strip_prefix('/'));
    below.is_some_and(|owner| scope.is_empty() || owner == scope.to_lowercase())
}

/// How a webhook stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It could not be kept, for this reason.
    Failed(String),
    /// It tried to deliver, and the portal refused it.
    Refused(String),
    /// It tried to deliver, and nothing came in.
    Missed,
    /// It delivers.
    Delivers,
    /// It has had nothing to deliver yet.
    Waits,
    /// The portal has not checked yet.
    Unknown,
}

impl Standing {
    /// Somebody should look.
    pub fn is_bad(&self) -> bool {
        matches!(self, Self::Failed(_) | Self::Refused(_) | Self::Missed)
    }
}

/// A webhook as people see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HookStanding {
    /// The organisation; empty for the server.
    pub scope: String,
    /// How it stands.
    pub standing: Standing,
    /// Its page at the server, if there is one.
    pub page: Option<String>,
    /// The last delivery that came in, and its event.
    pub last: Option<(Timestamp, String)>,
    /// How many came in.
    pub deliveries: u64,
    /// When the portal checked last.
    pub checked_at: Option<Timestamp>,
    /// What the portal did last, and when.
    pub done: Option<(String, Timestamp)>,
}

/// A host as people see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HostStanding {
    /// What the configuration says of it.
    pub host: HookHost,
    /// Its webhooks; where the portal does not keep them, those from which something came in.
    pub hooks: Vec<HookStanding>,
}

/// All webhooks as people see them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AllStandings {
    /// By host.
    pub hosts: Vec<HostStanding>,
    /// Deliveries are taken in at all: there is a secret.
    pub has_secret: bool,
    /// What was refused.
    pub refusals: Option<Refusals>,
}

/// Puts together what is known of webhooks.
#[derive(Clone)]
pub(crate) struct Overview {
    settings: Arc<HookSettings>,
    store: Store,
}

impl Overview {
    /// Of these hosts.
    pub fn new(settings: Arc<HookSettings>, store: Store) -> Self {
        Self { settings, store }
    }

    /// All of them, as they stand now.
    pub async fn now(&self) -> Result<AllStandings, StoreError> {
        let mut session = self.store.read().await?;
        let arrivals = Arrivals::read(&mut session).await?;
        let mut hosts = Vec::new();
        for host in &self.settings.hosts {
            let kept = tables::of_host(&mut session, &host.host).await?;
            hosts.push(of_host(host, &kept, &arrivals));
        }
        Ok(AllStandings {
            hosts,
            has_secret: self.settings.secret.is_some(),
            refusals: arrivals.refusals,
        })
    }
}

fn of_host(host: &HookHost, kept: &[Kept], arrivals: &Arrivals) -> HostStanding {
    let hooks = if host.is_kept {
        kept.iter().map(|one| of_kept(host, one, arrivals)).collect()
    } else {
        let senders = arrivals.senders.iter();
        let owners = senders.filter_map(|sender| {
            let rest = sender.page.strip_prefix(host.web.as_str())?;
            rest.strip_prefix('/').map(|owner| (owner, sender))
        });
        owners.map(|(owner, sender)| of_sender(owner, sender)).collect()
    };
    HostStanding {
        host: host.clone(),
        hooks,
    }
}

fn of_kept(host: &HookHost, kept: &Kept, arrivals: &Arrivals) -> HookStanding {
    let last = arrivals.last(&host.web, &kept.scope);
    HookStanding {
        scope: kept.scope.clone(),
        standing: standing(kept, last, arrivals.refusals.as_ref()),
        page: kept.hook.map(|id| page(&host.web, &kept.scope, id)),
        last: last.map(|sender| (sender.at, sender.event.clone())),
        deliveries: arrivals.count(&host.web, &kept.scope),
        checked_at: Some(kept.checked_at),
        done: kept.done_at.map(|at| (kept.done.clone(), at)),
    }
}

fn of_sender(owner: &str, sender: &Sender) -> HookStanding {
    HookStanding {
        scope: owner.to_owned(),
        standing: Standing::Delivers,
        page: None,
        last: Some((sender.at, sender.event.clone())),
        deliveries: sender.deliveries,
        checked_at: None,
        done: None,
    }
}

/// How a webhook stands by what the server noted and what came in.
fn standing(kept: &Kept, last: Option<&Sender>, refusals: Option<&Refusals>) -> Standing {
    if let Some(problem) = &kept.problem {
        return Standing::Failed(problem.clone());
    }
    if kept.hook.is_none() {
        return Standing::Unknown;
    }
    let came_after = |moment: Timestamp| last.is_some_and(|sender| sender.at >= moment);
    if let Some(missed) = kept.missed_at.filter(|missed| !came_after(*missed)) {
        let refused = refusals.filter(|refusals| {
            kept.written_at.is_none_or(|written| refusals.at > written) && !came_after(refusals.at)
        });
        // Refused deliveries say nothing of who sent them; one that was refused before the portal saw the try may be its.
        return match refused.filter(|refusals| refusals.at <= missed) {
            Some(refusals) => Standing::Refused(refusals.reason.clone()),
            None => Standing::Missed,
        };
    }
    if last.is_some() {
        Standing::Delivers
    } else {
        Standing::Waits
    }
}

fn page(web: &str, scope: &str, id: i64) -> String {
    let scope = if scope.is_empty() {
        HookScope::System
    } else {
        HookScope::Organization(scope)
    };
    scm::gitea::hook_page(web, scope, id)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn sender(page: &str, second: i64) -> Sender {
        Sender {
            page: page.to_owned(),
            at: at(second),
            event: "push".to_owned(),
            deliveries: 2,
        }
    }

    #[test]
    fn senders_belong_to_their_organisation_and_server() {
        let arrivals = Arrivals {
            senders: vec![
                sender("https://gitea.example/git/Talent", 5),
                sender("https://gitea.example/git/platform", 9),
                sender("https://gitea.example/github/talent", 20),
                sender("", 30),
            ],
            refusals: None,
        };
        let last = |scope: &str| {
            arrivals
                .last("https://gitea.example/git", scope)
                .map(|sender| sender.at)
        };
        assert_eq!(last("talent"), Some(at(5)));
        assert_eq!(last("platform"), Some(at(9)));
        assert_eq!(last("plat"), None);
        assert_eq!(last(""), Some(at(9)), "the server's is the newest of all");
        assert_eq!(arrivals.count("https://gitea.example/git", ""), 4);
    }

    #[test]
    fn why_nothing_comes_in() {
        let kept = |change: fn(&mut Kept)| {
            let mut kept = Kept {
                hook: Some(7),
                written_at: Some(at(100)),
                ..Kept::new("h", "o", "u", at(200))
            };
            change(&mut kept);
            kept
        };
        let refused = |second| Refusals {
            at: at(second),
            reason: "the secrets differ".to_owned(),
            count: 1,
        };
        let check = |kept: &Kept, last: Option<i64>, refusal: Option<i64>, expected: Standing| {
            let last = last.map(|second| sender("p", second));
            let refusals = refusal.map(refused);
            assert_eq!(standing(kept, last.as_ref(), refusals.as_ref()), expected);
        };
        check(&kept(|kept| kept.hook = None), None, None, Standing::Unknown);
        check(&kept(|_| {}), None, None, Standing::Waits);
        check(&kept(|_| {}), Some(50), Some(150), Standing::Delivers);
        let missed = kept(|kept| kept.missed_at = Some(at(200)));
        check(&missed, None, None, Standing::Missed);
        check(&missed, Some(150), None, Standing::Missed);
        check(&missed, Some(201), None, Standing::Delivers);
        check(
            &missed,
            None,
            Some(150),
            Standing::Refused("the secrets differ".to_owned()),
        );
        check(&missed, None, Some(90), Standing::Missed);
        check(&missed, Some(160), Some(150), Standing::Missed);
        let failed = kept(|kept| kept.problem = Some("403".to_owned()));
        check(&failed, Some(150), None, Standing::Failed("403".to_owned()));
    }
}
