//! Who owns what in the repositories at Gitea: by `CODEOWNERS`, and by the entities whose descriptors lie there.
//!
//! `refresh` reads the file of each known repository once for each commit, and keeps it in a table; `question` answers for one
//! path, `report` for all repositories. Which repositories are known says `repositories`. For entities the truth stays
//! `spec.owner`.

mod address;
mod described;
mod names;
mod question;
mod reading;
mod refresh;
mod report;
mod repositories;
pub(crate) mod tables;

pub(crate) use address::{Hosts, PathPlace};
pub(crate) use described::{DescribedEntity, EntityOwner};
pub(crate) use names::NameStanding;
pub(crate) use question::{Answer, Descriptor, EntryOwners, Matched, PathOwners, Verdict};
pub(crate) use report::{Finding, FindingKind, Line, PAGE, Report, ReportQuestion};

use std::time::Duration;

use catalog::Catalog;
use config::Config;
use plugin::{Contributions, NavigationItem, NavigationSection, Services};
use std::sync::Arc;
use store::Store;
use work::{Schedule, Subscription};

use crate::{READ, pages};
use refresh::{PUSHED, Pushed, REFRESH, Refresh};

/// How often all repositories are gone through. It asks for those alone that are new, that were pushed to, or that nobody looked at for an hour.
const EVERY: Duration = Duration::from_mins(5);

/// Answers questions about owners. Cloning is cheap.
#[derive(Clone)]
pub struct Owners {
    pub(crate) hosts: Hosts,
    pub(crate) catalog: Catalog,
    pub(crate) store: Store,
    /// The providers that find repositories: the name and the host of each.
    pub(crate) providers: Arc<[(String, String)]>,
}

impl Owners {
    /// Of all hosts of `integrations.gitea`.
    pub(crate) fn new(
        config: &Config,
        catalog: &Catalog,
        services: &Services,
        providers: Arc<[(String, String)]>,
    ) -> Self {
        Self {
            hosts: Hosts::new(config, services),
            catalog: catalog.clone(),
            store: services.store.clone(),
            providers,
        }
    }

    /// Adds the entry of the navigation, and the jobs that keep what is known of owners in step.
    pub(crate) fn contribute(&self, all: &mut Contributions) {
        if self.hosts.is_empty() {
            return;
        }
        let section = NavigationSection::Administration;
        let entry = NavigationItem::new("Owners", pages::ownership::REPOSITORIES, "group", section, 16);
        all.navigation.push(entry.needs(&READ));
        all.jobs.push(Arc::new(Refresh(self.clone())));
        all.jobs.push(Arc::new(Pushed(self.clone())));
        all.schedules.push(Schedule::every(REFRESH, EVERY, REFRESH));
        all.subscriptions.push(Subscription::new(events::PUSHES, PUSHED));
    }
}
