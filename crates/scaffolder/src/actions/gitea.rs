//! The actions for Gitea and Forgejo, and what they share: which repository a step is about, on which server, as whom.
//!
//! Names of inputs and outputs are those that the original's actions for GitHub have.

mod branch_protection;
mod create;
mod protection;
mod publish;
mod pull_request;
mod push;
mod secret;
mod webhook;

use std::collections::BTreeMap;
use std::sync::Arc;

use config::{IntegrationsSection, Secret};
use model::Fault;
use outside::OutsideCalls;
use plugin::{Action, ActionContext};
use scm::gitea::{Gitea, Repository};
use serde_json::{Value, json};

use super::text;
use crate::filters::{Hosts, parse_repo_url};
use crate::settings::Settings;

/// Longest name of a repository (Gitea 1.26, `modules/structs/repo.go`).
const LONGEST_NAME: usize = 100;

/// The servers of the configuration, and what the actions use where a template does not say.
#[derive(Clone)]
pub(super) struct Servers {
    pub(super) integrations: IntegrationsSection,
    pub(super) calls: OutsideCalls,
    pub(super) hosts: Hosts,
    pub(super) settings: Arc<Settings>,
}

/// All actions for Gitea.
pub(super) fn all(servers: &Servers) -> Vec<Arc<dyn Action>> {
    vec![
        Arc::new(publish::Publish(servers.clone())),
        Arc::new(pull_request::PullRequest(servers.clone())),
        Arc::new(create::Create(servers.clone())),
        Arc::new(push::Push(servers.clone())),
        Arc::new(webhook::Webhook(servers.clone())),
        Arc::new(branch_protection::Protect(servers.clone())),
        Arc::new(secret::SetSecret(servers.clone())),
    ]
}

/// The repository that a step is about.
struct Target {
    host: String,
    /// What `repoUrl` says, else the configured default.
    owner: Option<String>,
    name: String,
    token: Option<String>,
}

impl Target {
    /// Owner and name, as far as they are known without asking.
    fn full_name(&self) -> String {
        let owner = self.owner.as_deref().unwrap_or("<user of the token>");
        format!("{owner}/{}", self.name)
    }
}

impl Servers {
    /// The key with which commits for a server are signed.
    fn signing_key(&self, target: &Target) -> Option<&Secret> {
        let host = self
            .integrations
            .gitea
            .iter()
            .find(|one| one.host == target.host)?;
        host.commit_signing_key.as_ref()
    }

    /// Reads `repoUrl` and `token`. A dry run takes a host without integration, and warns of it.
    fn target(&self, context: &ActionContext) -> Result<Target, Fault> {
        let address = context.input["repoUrl"].as_str().unwrap_or_default();
        let mut hosts: BTreeMap<String, String> = (*self.hosts).clone();
        if context.dry_run {
            let host = address.split(['?', '/']).next().unwrap_or_default();
            hosts.entry(host.to_owned()).or_insert_with(|| "gitea".to_owned());
        }
        let parsed = parse_repo_url(address, &hosts).map_err(Fault::input)?;
        let part = |key: &str| parsed[key].as_str().map(str::to_owned);
        let target = Target {
            host: part("host").unwrap_or_default(),
            owner: part("owner").or_else(|| self.settings.owner.clone()),
            name: part("repo").ok_or_else(|| {
                Fault::input(format!(
                    "Invalid repo URL passed to publisher: {address}, missing repo"
                ))
            })?,
            token: context.input["token"].as_str().map(str::to_owned),
        };
        check_name(&target.name)?;
        Ok(target)
    }

    /// The server, with the token of the step or the account of the integration.
    fn gitea(&self, target: &Target) -> Result<Gitea, Fault> {
        match &target.token {
            Some(token) => Gitea::reading(&self.integrations, &self.calls, &target.host)
                .map(|gitea| gitea.acting_with(token)),
            None => Gitea::of(&self.integrations, &self.calls, &target.host),
        }
    }

    /// The server and a repository that must be there.
    async fn repository(&self, target: &Target) -> Result<(Gitea, Repository), Fault> {
        let gitea = self.gitea(target)?;
        let owner = match &target.owner {
            Some(owner) => owner.clone(),
            None => gitea.own_user().await?,
        };
        let found = gitea.repository(&owner, &target.name).await?;
        let found = found.ok_or_else(|| {
            Fault::not_found(format!(
                "{} has no repository {owner}/{} that the token sees. Make it first, for example with publish:gitea, or \
                 correct repoUrl",
                target.host, target.name
            ))
        })?;
        if found.archived {
            return Err(Fault::conflict(format!(
                "{} has archived {}, and nothing in it can be changed",
                target.host, found.full_name
            )));
        }
        Ok((gitea, found))
    }

    /// Says in the log of a dry run what the step would do, and what stands in its way as far as the configuration tells. The
    /// address that the repository would have.
    fn foresee(&self, context: &ActionContext, target: &Target, work: &str) -> String {
        let line = format!(
            "Dry run: nothing is sent to {}. The step would {work}",
            target.host
        );
        context.log.info(line);
        let gitea = self.gitea(target);
        if let Err(fault) = &gitea {
            let line = format!("Outside of a dry run the step would fail: {}", fault.message);
            context.log.warning(line);
        }
        let owner = target.owner.as_deref().unwrap_or("user");
        let web = gitea.map_or_else(
            |_| format!("https://{}", target.host),
            |gitea| gitea.web().to_owned(),
        );
        format!("{web}/{owner}/{}", target.name)
    }
}

fn check_name(name: &str) -> Result<(), Fault> {
    let is_letter = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
    if name.len() > LONGEST_NAME || !name.chars().all(is_letter) {
        return Err(Fault::input(format!(
            "{name:?} is no name of a repository: it has letters, digits, '-', '_' and '.', and at most {LONGEST_NAME} of them"
        )));
    }
    Ok(())
}

/// The inputs `repoUrl` and `token`, which all actions for Gitea have.
fn target_properties() -> Value {
    json!({
        "repoUrl": text(
            "Repository Location: host?repo=name, or host?owner=name&repo=name. Without owner it is scaffolder.defaultOwner, \
             else the token's user.",
        ),
        "token": text("The token to use for authorization to Gitea, in place of that of the integration"),
    })
}

/// `properties` with those of `more`.
fn with(mut properties: Value, more: &Value) -> Value {
    for (key, value) in more.as_object().into_iter().flatten() {
        properties[key] = value.clone();
    }
    properties
}

/// What a step that leaves a repository behind gives.
fn addresses(page: &str, branch: &str) -> Value {
    json!({
        "remoteUrl": format!("{page}.git"),
        "repoContentsUrl": format!("{page}/src/branch/{branch}/"),
    })
}

/// The texts of a list of the input.
fn texts(list: &Value) -> Vec<String> {
    let list = list.as_array().into_iter().flatten();
    list.filter_map(|text| text.as_str().map(str::to_owned)).collect()
}
