//! `backstage template update`: what a newer template changes in a repository that it made.

use std::process::ExitCode;

use anyhow::{Result, bail};
use serde_json::{Value, json};
use url::Url;

use super::diff::unified;
use super::values::object;
use crate::cli::{Common, Format, UpdateArguments};
use crate::commands::code;
use crate::commands::remote::Remote;
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
    let Some(wanted) = &what.project else {
        list(projects, format)?;
        return Ok(code(false));
    };
    let project = find(&projects, wanted)?;
    let values = what.values.as_deref().map_or_else(|| Ok(json!({})), object)?;
    let id = project["id"].as_str().unwrap_or_default();
    match server.update(id, &values, what.propose).await? {
        Ok(update) => {
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
    let wanted = wanted.trim_end_matches('/').trim_end_matches(".git");
    let fits = |project: &&Value| {
        let repository = project["repository"].as_str().unwrap_or_default();
        repository == wanted
            || repository.starts_with(&format!("{wanted}/"))
            || repository.contains(&format!("/{wanted}/"))
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
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn projects_are_found_by_address_or_name() {
        let project = |name: &str| json!({"repository": format!("https://git.example.com/shop/{name}/src/branch/main/")});
        let all = [project("orders"), project("orders-web")];
        for wanted in [
            "shop/orders",
            "orders",
            "https://git.example.com/shop/orders",
            "https://git.example.com/shop/orders.git",
        ] {
            assert_eq!(find(&all, wanted).unwrap(), &all[0], "{wanted}");
        }
        assert!(find(&all, "order").is_err());
        assert!(
            find(&all, "shop")
                .unwrap_err()
                .to_string()
                .starts_with("2 projects")
        );
    }
}
