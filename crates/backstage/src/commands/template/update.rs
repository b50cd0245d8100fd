//! `backstage template update`: what a newer template changes in a repository that it made.

use std::process::ExitCode;

use anyhow::{Result, bail};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use scaffolder::merge::Outcome;
use scm::TreeFile;
use serde_json::{Value, json};
use url::Url;

use super::checkout::{Checkout, Wanted};
use super::diff::unified;
use super::values::object;
use crate::cli::{Common, Format, UpdateArguments};
use crate::commands::code;
use crate::commands::remote::{Remote, UpdateOrder};
use crate::{output, settings};

/// Lists projects, or shows and proposes the update of one; exit code 1 where the portal refuses it.
pub async fn run(common: &Common, what: &UpdateArguments) -> Result<ExitCode> {
    let format = what.print.format(common.format);
    let url = match &what.url {
        Some(url) => url.clone(),
        None => Url::parse(&settings::require(common)?.base_url())?,
    };
    let server = Remote::new(&url, what.token.clone())?;
    let projects = server.projects().await?;
    let checkout = what.write.as_deref().map(Checkout::of).transpose()?;
    let wanted = match (&what.project, &checkout) {
        (Some(project), _) => project.clone(),
        (None, Some(checkout)) => checkout.project()?,
        (None, None) => {
            list(projects, format)?;
            return Ok(code(false));
        }
    };
    let project = find(&projects, &wanted)?;
    if let Some(checkout) = checkout.as_ref().filter(|_| !what.force) {
        checkout.check_clean()?;
    }
    let values = what.values.as_deref().map_or_else(|| Ok(json!({})), object)?;
    let id = project["id"].as_str().unwrap_or_default();
    let order = match (&checkout, what.propose) {
        (Some(_), _) => UpdateOrder::Write,
        (None, true) => UpdateOrder::Propose,
        (None, false) => UpdateOrder::Show,
    };
    match server.update(id, &values, order).await? {
        Ok(update) => {
            if let Some(checkout) = &checkout {
                return write(checkout, &update, format);
            }
            tell(&update, format)?;
            Ok(code(false))
        }
        Err(refusal) => {
            match format {
                Format::Json => output::json(&json!({ "refused": refusal.message }))?,
                Format::Text => output::line(&format!("error: {}", refusal.message))?,
            }
            Ok(code(true))
        }
    }
}

/// Puts an update into a checkout, the record last; exit code 1 where a person has to decide something.
fn write(checkout: &Checkout, update: &Value, format: Format) -> Result<ExitCode> {
    let files = update["files"].as_array().map(Vec::as_slice).unwrap_or_default();
    let mut needs_a_look = 0;
    for file in files {
        let known = file["change"].as_str().unwrap_or_default();
        let written = checkout.write(&wanted(file)?)?;
        // What the portal could not decide is not decided by being written.
        let is_undecided = known == Outcome::Conflict.word();
        let outcome = if is_undecided { Outcome::Conflict } else { written };
        let is_kept = known.starts_with("kept-");
        needs_a_look += usize::from(outcome.needs_a_look() || is_kept);
        let path = file["path"].as_str().unwrap_or_default();
        let told = if is_kept { known } else { outcome.word() };
        match format {
            Format::Json => output::json(&json!({ "path": path, "change": told }))?,
            Format::Text => output::line(&format!("{path}: {told}"))?,
        }
    }
    let (path, text) = record(update)?;
    checkout.replace(path, text)?;
    if format == Format::Text {
        output::line(&match needs_a_look {
            0 => "The update is in the checkout; look at it with git diff, and commit it".to_owned(),
            count => format!(
                "{count} file(s) need a look: decide what stands between marks, and commit the rest with it"
            ),
        })?;
    }
    Ok(code(needs_a_look > 0))
}

/// A file of an update.
fn wanted(file: &Value) -> Result<Wanted> {
    let content = |text: &str, bytes: &str, executable: &str| {
        let bytes = match (file[text].as_str(), file[bytes].as_str()) {
            (Some(text), _) => text.as_bytes().to_vec(),
            (None, Some(bytes)) => BASE64_STANDARD.decode(bytes)?,
            (None, None) => return Ok(None),
        };
        anyhow::Ok(Some(TreeFile {
            bytes: bytes.into(),
            is_executable: file[executable] == true,
        }))
    };
    Ok(Wanted {
        path: file["path"].as_str().unwrap_or_default().to_owned(),
        before: content("before", "beforeBytes", "executableBefore")?,
        after: content("after", "afterBytes", "executable")?,
    })
}

/// Path and text of the record.
fn record(update: &Value) -> Result<(&str, &str)> {
    let record = &update["record"];
    match (record["path"].as_str(), record["after"].as_str()) {
        (Some(path), Some(text)) => Ok((path, text)),
        _ => bail!("the portal gives no record with the update; it is older than this command"),
    }
}

/// The projects, those that are behind first.
fn list(mut projects: Vec<Value>, format: Format) -> Result<()> {
    let is_behind = |project: &Value| project["state"] == "behind";
    projects.sort_by_key(|project| !is_behind(project));
    for project in &projects {
        if format == Format::Json {
            output::json(project)?;
            continue;
        }
        let text = |key: &str| project[key].as_str().unwrap_or_default();
        let problem = project["problem"].as_str().map(|problem| format!(" ({problem})"));
        output::line(&format!(
            "{}\t{}\t{}{}",
            text("state"),
            text("repository"),
            text("template"),
            problem.unwrap_or_default()
        ))?;
    }
    if projects.is_empty() && format == Format::Text {
        output::complain("No template has made a repository with a record so far");
    }
    Ok(())
}

/// The one project that has this address, or this end of it.
fn find<'a>(projects: &'a [Value], wanted: &str) -> Result<&'a Value> {
    let bare = |address: &str| address.trim_end_matches('/').trim_end_matches(".git").to_owned();
    let wanted = bare(wanted);
    let fits = |project: &&Value| {
        let repository = format!("{}/", bare(project["repository"].as_str().unwrap_or_default()));
        repository.starts_with(&format!("{wanted}/")) || repository.contains(&format!("/{wanted}/"))
    };
    let found: Vec<&Value> = projects.iter().filter(fits).collect();
    match found[..] {
        [one] => Ok(one),
        [] => bail!(
            "the portal knows no project {wanted}; `backstage template update` lists those that it knows"
        ),
        _ => bail!(
            "{} projects fit {wanted}; give the whole address of one",
            found.len()
        ),
    }
}

fn tell(update: &Value, format: Format) -> Result<()> {
    if format == Format::Json {
        return output::json(update);
    }
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let files = update["files"].as_array().map(Vec::as_slice).unwrap_or_default();
    output::line(&format!(
        "{} from commit {} to {}: {} file(s)",
        text(&update["template"]),
        text(&update["from"]),
        text(&update["to"]),
        files.len()
    ))?;
    for file in files {
        let path = text(&file["path"]);
        output::line(&format!("{path}: {}", text(&file["meaning"])))?;
        let (before, after) = (text(&file["before"]), text(&file["after"]));
        output::text(&unified(("repository", "update"), &path, &before, &after))?;
    }
    if let Some(page) = update["pullRequest"].as_str() {
        output::line(&format!("pull request: {page}"))?;
    } else if let Some(branch) = update["branch"].as_str() {
        output::line(&format!("branch: {branch} ({})", text(&update["branchPage"])))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn projects_are_found_by_address_or_name() {
        let project = |name: &str| json!({"repository": format!("https://git.example.com/shop/{name}/src/branch/main/")});
        let mut all = vec![project("orders"), project("orders-web")];
        for wanted in [
            "shop/orders",
            "orders",
            "https://git.example.com/shop/orders",
            "https://git.example.com/shop/orders.git",
        ] {
            assert_eq!(find(&all, wanted).unwrap(), &all[0], "{wanted}");
        }
        all.push(json!({"repository": "https://plain.example.com/team/billing.git"}));
        assert_eq!(find(&all, "team/billing").unwrap(), &all[2]);
        assert!(find(&all, "order").is_err());
        assert!(
            find(&all, "shop")
                .unwrap_err()
                .to_string()
                .starts_with("2 projects")
        );
    }
}
