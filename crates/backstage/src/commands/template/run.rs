//! `backstage template run`: a task of a running portal is begun and followed to its end.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Result, bail};
use model::EntityRef;
use serde_json::{Value, json};
use url::Url;

use super::dry_run::tell_values;
use super::trying::OnDisk;
use super::values::{Given, object, texts};
use crate::cli::{Common, Format, RunArguments};
use crate::commands::code;
use crate::commands::remote::Remote;
use crate::{output, settings};

/// Runs a template; exit code 1 where it is refused, fails or is cancelled.
pub async fn run(common: &Common, what: &RunArguments) -> Result<ExitCode> {
    let format = what.print.format(common.format);
    let url = match &what.url {
        Some(url) => url.clone(),
        None => Url::parse(&settings::require(common)?.base_url())?,
    };
    let (reference, given) = wanted(what).await?;
    if what.sample {
        tell_values(&given.values, format)?;
    }
    let server = Remote::new(&url, what.token.clone())?;
    let begun = server
        .begin_task(&reference, &given.values, &given.secrets)
        .await?;
    let task = match begun {
        Ok(task) => task,
        Err(refusal) => {
            tell_refusal(&refusal.message, format)?;
            return Ok(code(true));
        }
    };
    if format == Format::Text {
        let base = url.as_str().trim_end_matches('/');
        output::complain(&format!("task {task}: {base}/create/tasks/{task}"));
    }
    follow(&server, &task, format).await
}

/// The template, and what it is run with.
async fn wanted(what: &RunArguments) -> Result<(String, Given)> {
    let is_file = Path::new(&what.template).exists();
    if is_file {
        let on_disk = OnDisk::find(Path::new(&what.template)).await?;
        let files = (what.values.as_deref(), what.secrets.as_deref());
        let given = Given::read(&on_disk.template, files, what.sample)?;
        return Ok((on_disk.template.reference.to_string(), given));
    }
    if what.sample {
        bail!("--sample needs the template's file; {} is none", what.template);
    }
    let reference = EntityRef::parse(&what.template, Some("template"), "default")?;
    let read = |file: &Option<std::path::PathBuf>| file.as_deref().map_or_else(|| Ok(json!({})), object);
    let given = Given {
        values: read(&what.values)?,
        secrets: texts(&read(&what.secrets)?)?,
        is_made_up: false,
    };
    Ok((reference.to_string(), given))
}

fn tell_refusal(message: &str, format: Format) -> Result<()> {
    match format {
        Format::Json => output::json(&json!({ "refused": message })),
        Format::Text => output::line(&format!("error: {message}")),
    }
}

/// Prints events until the task has ended.
async fn follow(server: &Remote, task: &str, format: Format) -> Result<ExitCode> {
    let mut last = 0;
    loop {
        for event in server.task_events(task, last).await? {
            last = last.max(event["id"].as_i64().unwrap_or(last));
            tell(&event, format)?;
            if event["type"] == "completion" {
                return Ok(code(
                    event["body"].get("error").is_some_and(|error| !error.is_null()),
                ));
            }
        }
    }
}

fn tell(event: &Value, format: Format) -> Result<()> {
    if format == Format::Json {
        return output::json(event);
    }
    let body = &event["body"];
    let step = body["stepId"].as_str().unwrap_or("task");
    for line in without_colours(body["message"].as_str().unwrap_or_default()).lines() {
        output::line(&format!("{step}: {line}"))?;
    }
    if event["type"] != "completion" {
        return Ok(());
    }
    if let Some(error) = body["error"]["message"].as_str() {
        return output::line(&format!("error: {error}"));
    }
    let text = yaml::to_string(&body["output"]);
    let lines: String = text.lines().map(|line| format!("  {line}\n")).collect();
    output::text(&format!("output:\n{lines}"))
}

/// A text without the signs by which terminals change colours.
fn without_colours(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |mut plain, part| {
        plain.push_str(part.split_once('m').map_or(part, |(_, rest)| rest));
        plain
    })
}

#[cfg(test)]
mod tests {
    use super::without_colours;

    #[test]
    fn colours_are_taken_out() {
        assert_eq!(
            without_colours("\u{1b}[32minfo\u{1b}[39m: made [it]m"),
            "info: made [it]m"
        );
        assert_eq!(without_colours("plain"), "plain");
    }
}
