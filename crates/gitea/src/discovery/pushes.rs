//! The jobs for pushes and for repositories that are made or removed: they have one repository looked through at once.
//!
//! A job runs in any process and only notes the wish; the process that runs the provider fulfils it.

use std::sync::Arc;

use async_trait::async_trait;
use model::{Clock, Fault, SystemClock};
use scm::Push;
use serde_json::Value;
use store::{Lane, Store};
use work::{Job, JobFailure, JobHandler};

use super::{WANTED, tables};

/// The kind of the jobs of pushes.
pub(crate) const PUSHED: &str = "gitea.pushed";
/// The kind of the jobs of webhooks about repositories.
pub(crate) const REPOSITORY: &str = "gitea.repository";

/// A provider, as pushes concern it.
#[derive(Debug, Clone)]
pub(crate) struct Watched {
    /// Its name.
    pub provider: String,
    /// Address of its server for people and for the portal: a webhook may name either.
    pub servers: [String; 2],
    /// The branch that it looks at beside default branches.
    pub branch: Option<String>,
    /// Whose repositories it finds; everybody's where this is empty.
    pub owners: Vec<String>,
}

impl Watched {
    /// The full name of a repository whose page is at this address, if the provider finds it.
    fn full_name<'a>(&self, page: &'a str) -> Option<&'a str> {
        let mut servers = self.servers.iter();
        let name = servers.find_map(|server| page.strip_prefix(server.as_str())?.strip_prefix('/'))?;
        let (owner, rest) = name.split_once('/')?;
        let is_found =
            self.owners.is_empty() || self.owners.iter().any(|one| one.eq_ignore_ascii_case(owner));
        (is_found && !rest.is_empty() && !rest.contains('/')).then_some(name)
    }
}

/// Notes which repositories are to be looked through at once.
#[derive(Clone)]
pub(crate) struct Wishes {
    pub watched: Arc<[Watched]>,
    pub store: Store,
}

impl Wishes {
    async fn want(
        &self,
        page: &str,
        job: &Job,
        is_wanted: impl Fn(&Watched) -> bool,
    ) -> Result<(), JobFailure> {
        let watched = self.watched.iter().filter(|one| is_wanted(one));
        let wishes: Vec<_> = watched
            .filter_map(|one| Some((one.provider.as_str(), one.full_name(page)?)))
            .collect();
        if wishes.is_empty() {
            return Ok(());
        }
        let mut tx = self.store.write_unordered(Lane::Person).await?;
        for (provider, full_name) in &wishes {
            tables::want(&mut tx, provider, full_name, SystemClock.now()).await?;
            job.log.info(format!("{provider} looks through {full_name}"));
        }
        tx.announce(WANTED);
        tx.commit().await?;
        Ok(())
    }
}

/// Has the repository of a push looked through.
pub(crate) struct Pushed(pub Wishes);

#[async_trait]
impl JobHandler for Pushed {
    fn kind(&self) -> &'static str {
        PUSHED
    }

    async fn run(&self, job: Job) -> Result<(), JobFailure> {
        let push: Push = serde_json::from_value(job.payload.clone())
            .map_err(|error| JobFailure::GiveUp(Fault::input(format!("The push cannot be read: {error}"))))?;
        let is_wanted = |one: &Watched| {
            push.is_default || (!push.is_tag && one.branch.as_deref() == Some(push.name.as_str()))
        };
        self.0.want(&push.repository, &job, is_wanted).await
    }
}

/// Has a repository looked through that was made or removed.
pub(crate) struct RepositoryChanged(pub Wishes);

#[async_trait]
impl JobHandler for RepositoryChanged {
    fn kind(&self) -> &'static str {
        REPOSITORY
    }

    async fn run(&self, job: Job) -> Result<(), JobFailure> {
        if job
            .payload
            .pointer("/metadata/x-gitea-event")
            .and_then(Value::as_str)
            != Some("repository")
        {
            return Ok(());
        }
        let page = job.payload.pointer("/eventPayload/repository/html_url");
        let Some(page) = page.and_then(Value::as_str).map(str::to_owned) else {
            return Ok(());
        };
        self.0.want(page.trim_end_matches('/'), &job, |_| true).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_repositories() {
        let watched = |owners: &[&str]| Watched {
            provider: "gitea-provider:x".to_owned(),
            servers: [
                "https://git.example.com/git".to_owned(),
                "http://gitea:3000".to_owned(),
            ],
            branch: None,
            owners: owners.iter().map(|one| (*one).to_owned()).collect(),
        };
        let all = watched(&[]);
        assert_eq!(all.full_name("https://git.example.com/git/a/b"), Some("a/b"));
        assert_eq!(all.full_name("http://gitea:3000/a/b"), Some("a/b"));
        assert_eq!(all.full_name("https://git.example.com/git/a/b/c"), None);
        assert_eq!(all.full_name("https://git.example.com/gitea/b"), None);
        assert_eq!(all.full_name("https://elsewhere.example.com/a/b"), None);
        assert_eq!(watched(&["A"]).full_name("http://gitea:3000/a/b"), Some("a/b"));
        assert_eq!(watched(&["c"]).full_name("http://gitea:3000/a/b"), None);
    }
}
