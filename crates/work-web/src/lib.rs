//! What administrators see of work that lasts: jobs and schedules as pages (`/work`) and as an API (`/api/work`).

mod api;
mod pages;

pub use pages::{PageSample, page_samples};

use std::str::FromStr;

use model::{Actor, Fault};
use plugin::{
    ActionRegistry, Contributions, LiveTopic, NavigationItem, NavigationSection, Permission,
    PermissionAction, PluginId, Routes, Rule, Slot,
};
use work::{Cancelling, JobId, JobReport, Jobs, WorkError};

/// The plugin's name.
pub const ID: PluginId = PluginId::built_in("work");

/// See jobs, their logs and schedules.
pub static READ: Permission = Permission {
    name: "work.job.read",
    action: PermissionAction::Read,
    resource: None,
};
/// End jobs and have them done again.
pub static UPDATE: Permission = Permission {
    name: "work.job.update",
    action: PermissionAction::Update,
    resource: None,
};
/// All permissions of the plugin.
pub static PERMISSIONS: [&Permission; 2] = [&READ, &UPDATE];

const SEE: Rule = Rule::signed_in().needs(&READ);
const CHANGE: Rule = Rule::signed_in().needs(&UPDATE);

/// The plugin. `actions` are those of all plugins.
pub fn contributions(jobs: &Jobs, actions: Slot<ActionRegistry>) -> Contributions {
    let routes = Routes::new(ID)
        .api(api::rows(jobs, &actions))
        .pages(pages::rows(jobs));
    let entry = NavigationItem::new("Work", "/work", "clock", NavigationSection::Administration, 30);
    Contributions {
        routes: vec![routes],
        navigation: vec![entry],
        live_topics: vec![LiveTopic {
            name: work::TOPIC.into(),
            needs: Some(&READ),
        }],
        ..Contributions::of(ID)
    }
}

/// A job by the id of an address.
async fn job(jobs: &Jobs, id: &str) -> Result<JobReport, Fault> {
    let found = match JobId::from_str(id) {
        Ok(id) => jobs.show(id).await.map_err(fault)?,
        Err(_) => None,
    };
    found.ok_or_else(|| {
        Fault::not_found(format!(
            "There is no job {id:?}. Jobs that have ended are kept for some time only."
        ))
    })
}

/// Ends a job that has not ended.
async fn cancel(jobs: &Jobs, id: JobId, actor: &Actor) -> Result<(), Fault> {
    match jobs.cancel(id, actor).await.map_err(fault)? {
        Cancelling::Cancelled | Cancelling::Asked => Ok(()),
        Cancelling::HasEnded => Err(Fault::conflict(format!("The job {id} has ended already."))),
        Cancelling::Missing => Err(Fault::not_found(format!("There is no job {id}."))),
    }
}

/// Has a job done again that did not end well.
async fn retry(jobs: &Jobs, id: JobId, actor: &Actor) -> Result<(), Fault> {
    if jobs.retry(id, actor).await.map_err(fault)? {
        return Ok(());
    }
    Err(Fault::conflict(format!(
        "The job {id} is not one that failed or was cancelled, so it cannot be done again."
    )))
}

fn fault(error: impl Into<WorkError>) -> Fault {
    error.into().into()
}
