//! A new repository with those who have access to it, its topics, variables and other settings.

use model::Fault;
use plugin::ActionContext;
use scm::github::{FullName, Github, Grantee, OwnerKind, Repository, Scope};
use serde_json::{Value, json};

use super::super::at_host::{Marks, Place, is, name_of, texts};
use super::named_texts;

/// The mark of a repository that this step began to make.
const MAKING: &str = "making";

/// Makes the repository. One that this step made before an interruption is gone on with; another one of the name is a fault.
pub(super) async fn repository(
    github: &Github,
    place: &Place,
    context: &ActionContext,
) -> Result<Repository, Fault> {
    let (at, input) = (place.at(), &context.input);
    let kind = github.owner_kind(&place.owner).await?;
    let access = input["access"].as_str().filter(|access| !access.is_empty());
    let team = access.and_then(|access| access.strip_prefix(&format!("{}/", place.owner)));
    if let Some(team) = team {
        github.check_team(&place.owner, team).await?;
    }
    let marks = Marks(&context.checkpoint);
    let known = match marks.own(MAKING) {
        Some(_) => github.repository(at).await?,
        None => None,
    };
    let repository = if let Some(known) = known {
        context.log.info(format!("The repository {at} was made before"));
        known
    } else {
        let new = settings(input, kind);
        let making = github.create(at, kind, &new);
        let made = marks.announce(MAKING, json!(at.to_string()), making).await?;
        let text = format!("The repository {} is made", made.full_name);
        context.log.info(text);
        made
    };
    let admin = match (team, access) {
        (Some(team), _) => Some(Grantee::Team(team)),
        // The owner of an account needs no access to it.
        (None, Some(user)) if user != place.owner => Some(Grantee::User(user)),
        _ => None,
    };
    if let Some(admin) = admin {
        github.grant(at, admin, "admin").await?;
    }
    collaborators(github, at, context).await;
    surroundings(github, at, context).await?;
    Ok(repository)
}

/// The keys of the call that makes a repository.
fn settings(input: &Value, kind: OwnerKind) -> Value {
    let visibility = input["repoVisibility"].as_str().unwrap_or("private");
    let word = |key: &str, default: &str| input[key].as_str().unwrap_or(default).to_owned();
    let mut settings = json!({
        "private": visibility == "private",
        "delete_branch_on_merge": is(input, "deleteBranchOnMerge", false),
        "allow_merge_commit": is(input, "allowMergeCommit", true),
        "allow_squash_merge": is(input, "allowSquashMerge", true),
        "squash_merge_commit_title": word("squashMergeCommitTitle", "COMMIT_OR_PR_TITLE"),
        "squash_merge_commit_message": word("squashMergeCommitMessage", "COMMIT_MESSAGES"),
        "allow_rebase_merge": is(input, "allowRebaseMerge", true),
        "allow_auto_merge": is(input, "allowAutoMerge", false),
        "allow_update_branch": is(input, "allowUpdateBranch", false),
    });
    for (from, to) in [
        ("description", "description"),
        ("homepage", "homepage"),
        ("hasProjects", "has_projects"),
        ("hasWiki", "has_wiki"),
        ("hasIssues", "has_issues"),
    ] {
        if let Some(value) = input.get(from).filter(|value| !value.is_null()) {
            settings[to] = value.clone();
        }
    }
    if kind == OwnerKind::Organization {
        settings["visibility"] = visibility.into();
        if let Some(properties) = input.get("customProperties") {
            settings["custom_properties"] = properties.clone();
        }
    }
    settings
}

/// Gives people and teams access. One that cannot get it is told, and does not end the step.
async fn collaborators(github: &Github, at: FullName<'_>, context: &ActionContext) {
    for one in context.input["collaborators"].as_array().into_iter().flatten() {
        let access = one["access"].as_str().unwrap_or_default();
        let (name, grantee) = match (one["user"].as_str(), one["team"].as_str()) {
            (Some(user), _) => (user, Grantee::User(name_of(user))),
            (None, Some(team)) => (team, Grantee::Team(name_of(team))),
            (None, None) => continue,
        };
        if let Err(fault) = github.grant(at, grantee, access).await {
            let text = format!("Skipping {access} access for {name}, {}", fault.message);
            context.log.warning(text);
        }
    }
}

async fn surroundings(github: &Github, at: FullName<'_>, context: &ActionContext) -> Result<(), Fault> {
    let input = &context.input;
    let topics: Vec<String> = texts(&input["topics"])
        .iter()
        .map(|topic| topic.to_lowercase())
        .collect();
    if input["topics"].is_array()
        && let Err(fault) = github.set_topics(at, &topics).await
    {
        let text = format!("Skipping topics {}, {}", topics.join(" "), fault.message);
        context.log.warning(text);
    }
    let scope = Scope {
        at,
        environment: None,
    };
    for (name, value) in named_texts(&input["repoVariables"]) {
        github.set_variable(scope, name, value).await?;
    }
    github.set_secrets(scope, &named_texts(&input["secrets"])).await?;
    if let Some(oidc) = input["oidcCustomization"].as_object() {
        let mut body =
            json!({"use_default": oidc.get("useDefault").and_then(Value::as_bool).unwrap_or(true)});
        if let Some(keys) = oidc.get("includeClaimKeys") {
            body["include_claim_keys"] = keys.clone();
        }
        github.customize_oidc(at, &body).await?;
    }
    if is(input, "subscribe", false) {
        github.subscribe(at).await?;
    }
    Ok(())
}
