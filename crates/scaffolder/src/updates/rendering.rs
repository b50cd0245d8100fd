//! What a template gives for the values of a record, at any of its commits.

use std::collections::BTreeMap;

use catalog::{Catalog, Sight};
use model::{Actor, EntityRef, Fault, entity};
use scm::{Pinned, TreeFile, UrlReader};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::merge::Folder;
use super::record::{self, Record};
use crate::dry_run::{Beside, DryRun, DryRunner};
use crate::template::Template;

static FIRST_PERSON: Sight = Sight::system("a template is rendered again for the person that used it first");
static OWN_SOURCE: Sight = Sight::system("a template is looked for where the catalog has it from");

/// A template at one of its commits.
pub(crate) struct AtCommit {
    pub(crate) template: Template,
    pub(crate) pinned: Pinned,
}

/// Where the catalog has a template from. What a repository says about that is not believed: its authors could name any place that
/// the portal may read and they may not.
pub(crate) async fn source_of(catalog: &Catalog, template: &str) -> Result<String, Fault> {
    let reference: EntityRef = template.parse()?;
    let found = catalog.seen_by(&OWN_SOURCE).entity(&reference).await?;
    let found = found.ok_or_else(|| Fault::not_found(format!("The catalog has no {reference} any more")))?;
    let source = entity::annotation(&found, entity::MANAGED_BY_LOCATION);
    let source = source.and_then(|source| source.strip_prefix("url:"));
    let elsewhere = || {
        Fault::input(format!(
            "{reference} is not at a Git host, so that it has no older state"
        ))
    };
    source.map(str::to_owned).ok_or_else(elsewhere)
}

/// Reads the template of a record at a commit; without one, at the newest of its branch.
pub(crate) async fn template_at(
    reader: &UrlReader,
    source: &str,
    record: &Record,
    commit: Option<&str>,
) -> Result<AtCommit, Fault> {
    let pinned = reader.pinned(source, commit).await?;
    let read = reader.read_url(&pinned.url, None).await?;
    let text = std::str::from_utf8(&read.bytes)
        .map_err(|error| Fault::input(format!("{} is no text: {error}", pinned.url)))?;
    let mut found = find(text, record, &pinned.url)?;
    found["metadata"]["annotations"][entity::MANAGED_BY_LOCATION] = format!("url:{}", pinned.url).into();
    let template = Template::of(&found)?;
    Ok(AtCommit { template, pinned })
}

/// The template of a record among the documents of a file.
fn find(text: &str, record: &Record, place: &str) -> Result<Value, Fault> {
    for document in yaml::parse(text, &yaml::Limits::default()) {
        let found = document
            .value
            .map_err(|error| Fault::input(format!("{place}: {error}")))?;
        let reference = EntityRef::of(&found).map(|reference| reference.to_string());
        if reference.as_deref() == Some(record.template.as_str()) {
            return Ok(found);
        }
    }
    Err(Fault::not_found(format!(
        "{place} has no {}; it may have another name or place by now",
        record.template
    )))
}

/// The values of a record with further ones, and the defaults of fields that have none.
pub(crate) fn values(template: &Template, record: &Record, more: &Value) -> Value {
    let mut values = record.parameters.clone();
    for (name, value) in more.as_object().into_iter().flatten() {
        values[name] = value.clone();
    }
    for page in &template.pages {
        for (name, field) in page.schema["properties"].as_object().into_iter().flatten() {
            if let Some(default) = field.get("default").filter(|_| values.get(name).is_none()) {
                values[name] = default.clone();
            }
        }
    }
    values
}

/// The files that the step of a record would publish.
pub(crate) async fn render(
    (dry_runs, user): (&DryRunner, Option<Value>),
    at: &AtCommit,
    record: &Record,
    values: &Value,
    actor: &Actor,
    stop: &CancellationToken,
) -> Result<Folder, Fault> {
    let wanted = DryRun {
        limit: crate::ActionLimit::default(),
        template: &at.template,
        values,
        secrets: BTreeMap::new(),
        user,
        actor: actor.clone(),
        environment: None,
        beside: Beside::Url(at.template.base_url.clone().unwrap_or_default()),
        until: Some(&record.step),
        is_made_up: false,
    };
    let failed = |fault: Fault| Fault {
        message: format!("{} cannot be rendered: {}", at.pinned.url, fault.message),
        ..fault
    };
    let report = dry_runs.run(wanted, stop).await.map_err(failed)?;
    if let Some(fault) = report.failure {
        return Err(failed(fault));
    }
    let published = report.published.ok_or_else(|| {
        Fault::input(format!(
            "{} has no step {} that publishes with these values",
            at.pinned.url, record.step
        ))
    })?;
    let files = published.into_iter().map(|file| {
        let content = TreeFile {
            bytes: file.bytes.into(),
            is_executable: file.is_executable,
        };
        (file.path, content)
    });
    Ok(files.filter(|(path, _)| path != record::PATH).collect())
}

/// The person that made a project, as expressions see it.
pub(crate) async fn person(catalog: &Catalog, created_by: Option<&str>) -> Result<Option<Value>, Fault> {
    let Some(by) = created_by else {
        return Ok(None);
    };
    let mut user = json!({ "ref": by });
    if let Ok(reference) = by.parse::<EntityRef>()
        && let Some(entity) = catalog.seen_by(&FIRST_PERSON).entity(&reference).await?
    {
        user["entity"] = entity;
    }
    Ok(Some(user))
}
