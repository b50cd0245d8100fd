//! Secrets, environments and deploy keys of repositories.
//!
//! GitHub takes secrets in sealed boxes alone, which only GitHub can open
//! (<https://docs.github.com/en/rest/guides/encrypting-secrets-for-the-rest-api>).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use dryoc::classic::crypto_box::crypto_box_seal;
use dryoc::constants::CRYPTO_BOX_SEALBYTES;
use http::Method;
use model::Fault;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{FullName, Github};
use crate::call::Call;

/// Entries of a page, the most that GitHub gives.
const PAGE: usize = 100;
/// Pages of a list that are read.
const MOST_PAGES: usize = 50;

/// What secrets of one place are sealed with.
#[derive(Deserialize)]
struct BoxKey {
    key_id: String,
    key: String,
}

/// Where workflows find a secret or variable: in the whole repository, or in one environment.
#[derive(Debug, Clone, Copy)]
pub struct Scope<'a> {
    /// The repository.
    pub at: FullName<'a>,
    /// The environment; nothing for the whole repository.
    pub environment: Option<&'a str>,
}

impl<'a> Scope<'a> {
    /// The path of the API to what is in it; a repository's own lies below `actions`.
    pub(super) fn path(&self, parts: &[&'a str]) -> Vec<&'a str> {
        let mut path = vec!["repos", self.at.owner, self.at.name];
        match self.environment {
            Some(environment) => path.extend(["environments", environment]),
            None => path.push("actions"),
        }
        path.extend_from_slice(parts);
        path
    }
}

impl Github {
    /// Sets secrets of workflows, each as a name with its text.
    pub async fn set_secrets(&self, scope: Scope<'_>, secrets: &[(&str, &str)]) -> Result<(), Fault> {
        if secrets.is_empty() {
            return Ok(());
        }
        let doing = format!("The secrets of {} cannot be set", scope.at);
        let path = scope.path(&["secrets", "public-key"]);
        let key: BoxKey = self.rest.get(Call::new(&path, &doing)).await?;
        for (name, text) in secrets {
            let sealed = sealed(text, &key.key)
                .ok_or_else(|| Fault::error(format!("{doing}: the host's key for them cannot be used")))?;
            let doing = format!("The secret {name} of {} cannot be set", scope.at);
            let body = json!({"encrypted_value": sealed, "key_id": key.key_id});
            let path = scope.path(&["secrets", name]);
            self.rest
                .order(Method::PUT, Call::new(&path, &doing), Some(&body))
                .await?;
        }
        Ok(())
    }

    /// Makes an environment, or sets the rules of the one that is there
    /// (<https://docs.github.com/en/rest/deployments/environments>).
    pub async fn set_environment(&self, at: FullName<'_>, name: &str, rules: &Value) -> Result<(), Fault> {
        let doing = format!("The environment {name} of {at} cannot be made");
        let path = ["repos", at.owner, at.name, "environments", name];
        self.rest
            .order(Method::PUT, Call::new(&path, &doing), Some(rules))
            .await
    }

    /// Lets branches or tags that fit a pattern be deployed to an environment. A pattern that is there stays.
    pub async fn allow_deployment(
        &self,
        (at, environment): (FullName<'_>, &str),
        kind: &str,
        pattern: &str,
    ) -> Result<(), Fault> {
        let doing =
            format!("The {kind} {pattern} cannot be allowed in the environment {environment} of {at}");
        let path = [
            "repos",
            at.owner,
            at.name,
            "environments",
            environment,
            "deployment-branch-policies",
        ];
        let is_it =
            |one: &Value| one["name"] == pattern && one["type"].as_str().is_none_or(|known| known == kind);
        if self
            .has_listed(&path, Some("branch_policies"), &doing, is_it)
            .await?
        {
            return Ok(());
        }
        let body = json!({"name": pattern, "type": kind});
        self.rest
            .order(Method::POST, Call::new(&path, &doing), Some(&body))
            .await
    }

    /// The number of a user.
    pub async fn user_number(&self, login: &str) -> Result<u64, Fault> {
        let doing = format!("The user {login} cannot be looked up");
        let found: Value = self.rest.get(Call::new(&["users", login], &doing)).await?;
        number(&found, &doing)
    }

    /// The number of a team.
    pub async fn team_number(&self, organization: &str, team: &str) -> Result<u64, Fault> {
        let doing = format!("The team {team} of {organization} cannot be looked up");
        let path = ["orgs", organization, "teams", team];
        let found: Value = self.rest.get(Call::new(&path, &doing)).await?;
        number(&found, &doing)
    }

    /// Adds a key that may read and write the repository; whether it is new. One that is there stays.
    pub async fn add_deploy_key(&self, at: FullName<'_>, title: &str, key: &str) -> Result<bool, Fault> {
        let doing = format!("The deploy key {title} of {at} cannot be added");
        let path = ["repos", at.owner, at.name, "keys"];
        let is_known = |one: &Value| one["key"].as_str().is_some_and(|known| bare(known) == bare(key));
        if self.has_listed(&path, None, &doing, is_known).await? {
            return Ok(false);
        }
        let body = json!({"title": title, "key": key});
        let call = Call::new(&path, &doing);
        self.rest.order(Method::POST, call, Some(&body)).await?;
        Ok(true)
    }

    /// Whether a list has an entry, read page by page until it is found
    /// (<https://docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api>). The list is the answer, or stands below a
    /// key of it.
    async fn has_listed(
        &self,
        path: &[&str],
        key: Option<&str>,
        doing: &str,
        is_it: impl Fn(&Value) -> bool,
    ) -> Result<bool, Fault> {
        let size = PAGE.to_string();
        for page in 1..=MOST_PAGES {
            let page = page.to_string();
            let query = [("per_page", size.as_str()), ("page", page.as_str())];
            let answer: Value = self.rest.get(Call::new(path, doing).query(&query)).await?;
            let listed = key.map_or(&answer, |key| &answer[key]);
            let listed = listed.as_array().map(Vec::as_slice).unwrap_or_default();
            if listed.iter().any(&is_it) {
                return Ok(true);
            }
            if listed.len() < PAGE {
                return Ok(false);
            }
        }
        Err(Fault::error(format!(
            "{doing}: the host lists more than {} entries, of which none is the wanted one; remove those that are not needed",
            MOST_PAGES * PAGE
        )))
    }
}

/// A public key without its comment: GitHub leaves it out.
fn bare(key: &str) -> Vec<&str> {
    key.split_whitespace().take(2).collect()
}

fn number(found: &Value, doing: &str) -> Result<u64, Fault> {
    let number = found["id"].as_u64();
    number.ok_or_else(|| Fault::error(format!("{doing}: the answer names no number")))
}

/// A text that only the owner of a key can read; nothing where the key is none.
fn sealed(text: &str, key: &str) -> Option<String> {
    let key = STANDARD.decode(key).ok()?.try_into().ok()?;
    let mut sealed = vec![0; text.len() + CRYPTO_BOX_SEALBYTES];
    crypto_box_seal(&mut sealed, text.as_bytes(), &key).ok()?;
    Some(STANDARD.encode(sealed))
}

#[cfg(test)]
mod tests {
    use dryoc::classic::crypto_box::{crypto_box_keypair, crypto_box_seal_open};

    use super::*;

    #[test]
    fn only_the_owner_of_the_key_reads_what_is_sealed() {
        let (public, secret) = crypto_box_keypair();
        let sealed = STANDARD
            .decode(sealed("hush", &STANDARD.encode(public)).unwrap())
            .unwrap();
        let mut opened = vec![0; sealed.len() - CRYPTO_BOX_SEALBYTES];
        crypto_box_seal_open(&mut opened, &sealed, &public, &secret).unwrap();
        assert_eq!(opened, b"hush");
        let (_, other) = crypto_box_keypair();
        assert!(crypto_box_seal_open(&mut opened, &sealed, &public, &other).is_err());
    }

    #[test]
    fn what_is_no_key_seals_nothing() {
        assert_eq!(super::sealed("hush", "no key"), None);
        assert_eq!(super::sealed("hush", "aGVsbG8="), None);
    }

    #[test]
    fn keys_are_compared_without_comments() {
        assert_eq!(bare("ssh-ed25519 AAAA ines@host"), bare("ssh-ed25519  AAAA"));
        assert_ne!(bare("ssh-ed25519 AAAA"), bare("ssh-ed25519 AAAB"));
    }
}
