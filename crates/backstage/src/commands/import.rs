//! `backstage catalog import`: registering locations with a running server, one by one or all those
//! that another Backstage has.

use std::process::ExitCode;

use anyhow::{Context, Result};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use model::EntityRef;
use outside::StatusCode;
use serde_json::{Value, json};
use url::Url;

use super::code;
use super::remote::{Refusal, Remote};
use crate::cli::{Common, Format, ImportArguments};
use crate::{output, settings};

/// What became of one location.
struct Outcome {
    kind: String,
    target: String,
    /// `registered`, `exists`, `readable` or `refused`.
    word: &'static str,
    /// References that it would bring, on a dry run.
    entities: Vec<String>,
    /// Why it was refused.
    reason: Option<String>,
}

/// Registers every location; exit code 1 when one was refused.
pub async fn run(common: &Common, what: &ImportArguments) -> Result<ExitCode> {
    let url = match &what.url {
        Some(url) => url.clone(),
        None => Url::parse(&settings::require(common)?.base_url())?,
    };
    let server = Remote::new(&url, what.token.clone())?;
    let locations = locations(what).await?;
    let progress = progress(locations.len());
    let mut refused = 0;
    for (kind, target) in locations {
        let outcome = if let Some(reason) = unreadable(&kind, &target) {
            Outcome::refused(kind, target, reason)
        } else {
            let answer = server.register(&kind, &target, what.dry_run).await?;
            Outcome::of(kind, target, what.dry_run, answer)
        };
        refused += usize::from(outcome.reason.is_some());
        progress.suspend(|| outcome.print(common.format))?;
        progress.inc(1);
    }
    progress.finish_and_clear();
    Ok(code(refused > 0))
}

/// What to register: type and target.
async fn locations(what: &ImportArguments) -> Result<Vec<(String, String)>> {
    let Some(from) = &what.from else {
        // As locations are shown, so they may be given.
        let given = what.locations.iter().map(|given| {
            let given = given.trim();
            given.strip_prefix("url:").unwrap_or(given).to_owned()
        });
        return Ok(given.map(|target| ("url".to_owned(), target)).collect());
    };
    let other = Remote::new(from, what.from_token.clone())?;
    let found = other.locations().await;
    found.with_context(|| format!("the locations of {from} cannot be listed"))
}

/// Why no server could ever read a location.
fn unreadable(kind: &str, target: &str) -> Option<String> {
    let is_address = Url::parse(target)
        .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.host_str().is_some());
    (kind == "url" && !is_address).then(|| {
        "it is no address that begins with http:// or https://; files of the server's machine belong into \
         catalog.locations of its app-config.yaml"
            .to_owned()
    })
}

fn progress(locations: usize) -> ProgressBar {
    let target = if output::has_audience() && locations > 1 {
        ProgressDrawTarget::stderr()
    } else {
        ProgressDrawTarget::hidden()
    };
    let style = ProgressStyle::with_template("{bar:30} {pos}/{len} locations");
    ProgressBar::with_draw_target(Some(locations as u64), target)
        .with_style(style.expect("a constant template"))
}

impl Outcome {
    fn refused(kind: String, target: String, reason: String) -> Self {
        Self {
            kind,
            target,
            word: "refused",
            entities: Vec::new(),
            reason: Some(reason),
        }
    }

    fn of(kind: String, target: String, dry_run: bool, answer: Result<Value, Refusal>) -> Self {
        let (word, entities, reason) = match answer {
            Ok(body) if dry_run => {
                let word = if body["exists"] == true {
                    "exists"
                } else {
                    "readable"
                };
                (word, references(&body["entities"]), None)
            }
            Ok(_) => ("registered", Vec::new(), None),
            Err(refusal) if refusal.status == StatusCode::CONFLICT => ("exists", Vec::new(), None),
            Err(refusal) => ("refused", Vec::new(), Some(refusal.message)),
        };
        Self {
            kind,
            target,
            word,
            entities,
            reason,
        }
    }

    fn print(&self, format: Format) -> Result<()> {
        let location = format!("{}:{}", self.kind, config::without_passwords(&self.target));
        if format == Format::Json {
            let mut line = json!({ "location": location, "outcome": self.word });
            if !self.entities.is_empty() {
                line["entities"] = json!(self.entities);
            }
            if let Some(reason) = &self.reason {
                line["error"] = json!(reason);
            }
            return output::json(&line);
        }
        output::line(&format!("{:<10} {location}", self.word))?;
        for entity in &self.entities {
            output::line(&format!("           {entity}"))?;
        }
        let reason = self.reason.iter().flat_map(|reason| reason.lines());
        for line in reason.filter(|line| !line.is_empty()) {
            output::line(&format!("           {line}"))?;
        }
        Ok(())
    }
}

fn references(entities: &Value) -> Vec<String> {
    let entities = entities.as_array().map(Vec::as_slice).unwrap_or_default();
    let references = entities.iter().filter_map(EntityRef::of);
    references.map(|reference| reference.to_string()).collect()
}
