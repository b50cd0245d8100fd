//! From a `Location` entity to the files it names (as in `@backstage/plugin-catalog-backend` 4.0.0).

use std::collections::HashSet;
use std::path::Path;

use bytes::Bytes;
use model::{Fault, FaultKind, LocationRef, entity};
use serde_json::Value;

use super::UrlSource;
use super::file::read_files;
use super::room::{MAX_TARGETS, Room};
use crate::paths::normalize;
use crate::settings::Settings;

/// Longest message of a failed read that is kept.
const MAX_MESSAGE: usize = 5_000;

/// One target of a location.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    /// What to read, resolved against the file that names it.
    pub location: LocationRef,
    /// Missing files are no error.
    pub optional: bool,
}

/// A file that was read.
#[derive(Debug, Clone)]
pub(crate) struct SourceFile {
    pub location: LocationRef,
    pub bytes: Bytes,
    pub commit: Option<String>,
}

/// What reading one target gave.
#[derive(Debug, Default)]
pub(crate) struct Reading {
    pub files: Vec<SourceFile>,
    pub faults: Vec<Fault>,
    pub etag: Option<String>,
    pub not_modified: bool,
}

/// The targets of a processed `Location` entity, each once; those that cannot be read for what they are come
/// as faults, the others are not hurt.
pub(crate) fn targets(value: &Value, settings: &Settings) -> Result<Vec<Result<Target, Fault>>, Fault> {
    let own = entity::annotation(value, entity::MANAGED_BY_LOCATION).unwrap_or_default();
    let own = LocationRef::parse(own)?;
    let kind = entity::spec_str(value, "type").unwrap_or(&own.kind).to_owned();
    let optional = entity::spec_str(value, "presence") == Some("optional");
    if kind != own.kind && !settings.allowed_types.contains(&kind) {
        return Ok(vec![Err(type_not_allowed(&settings.allowed_types))]);
    }
    let list = value.pointer("/spec/targets").and_then(Value::as_array);
    let names = entity::spec_str(value, "target")
        .into_iter()
        .chain(list.into_iter().flatten().filter_map(Value::as_str));
    let mut seen = HashSet::new();
    let mut targets: Vec<Result<Target, Fault>> = names
        .filter(|name| seen.insert(*name))
        .take(MAX_TARGETS + 1)
        .map(|name| resolve(&own, &kind, name, optional))
        .collect();
    if targets.len() > MAX_TARGETS {
        targets.pop();
        targets.push(Err(Fault::input(format!(
            "A location has at most {MAX_TARGETS} targets, the others are not read; split it"
        ))));
    }
    Ok(targets)
}

/// The refusal of a location type.
pub(crate) fn type_not_allowed(allowed: &[String]) -> Fault {
    let allowed = serde_json::to_string(allowed).unwrap_or_default();
    Fault::input(format!(
        "Registered locations must be of an allowed type {allowed}"
    ))
}

fn resolve(own: &LocationRef, kind: &str, name: &str, optional: bool) -> Result<Target, Fault> {
    if kind == "file" && name.ends_with('/') {
        return Err(Fault::input(format!(
            "LocationEntityProcessor cannot handle {} type location with target {} that ends with a path separator",
            own.kind, own.target
        )));
    }
    let target = match kind {
        "file" if name.starts_with('.') => {
            let folder = Path::new(&own.target).parent().unwrap_or(Path::new("/"));
            normalize(&folder.join(name))
        }
        _ => name.to_owned(),
    };
    Ok(Target {
        location: LocationRef::new(kind, target),
        optional,
    })
}

/// Reads one target, as far as there is room. `base` is the file that names it, for relative URLs.
pub(crate) async fn read_target(
    target: &Target,
    base: &LocationRef,
    source: &dyn UrlSource,
    settings: &Settings,
    etag: Option<&str>,
    room: &mut Room,
) -> Reading {
    let LocationRef { kind, target: name } = &target.location;
    match kind.as_str() {
        "file" => {
            let (name, limits) = (name.clone(), (settings.max_file_bytes, settings.max_matches));
            let mut left = *room;
            let read = tokio::task::spawn_blocking(move || {
                let reading = read_files(&name, limits.0, limits.1, &mut left);
                (reading, left)
            });
            match read.await {
                Err(error) => failed(Fault::error(error.to_string())),
                Ok((mut reading, left)) => {
                    *room = left;
                    let missing = |fault: &Fault| fault.is(&FaultKind::NotFound);
                    reading.faults.retain(|fault| !target.optional || !missing(fault));
                    reading
                }
            }
        }
        "url" => {
            let reading = read_url(name, target.optional, base, source, etag).await;
            within(reading, room)
        }
        _ => failed(Fault::input(format!(
            "No processor was able to handle reading of {}",
            target.location
        ))),
    }
}

async fn read_url(
    name: &str,
    optional: bool,
    base: &LocationRef,
    source: &dyn UrlSource,
    etag: Option<&str>,
) -> Reading {
    let url = match source.integrations().resolve_url(&base.target, name) {
        Ok(url) => url,
        Err(fault) => return failed(unreadable(&fault)),
    };
    match source.search(&url, etag).await {
        Ok(found) if found.not_modified => Reading {
            etag: found.etag.or_else(|| etag.map(str::to_owned)),
            not_modified: true,
            ..Reading::default()
        },
        Ok(found) if found.files.is_empty() && !optional => failed(Fault::not_found(format!(
            "Unable to read url, no matching files found for {url}"
        ))),
        Ok(found) => Reading {
            files: found
                .files
                .into_iter()
                .map(|file| SourceFile {
                    location: LocationRef::new("url", file.url),
                    bytes: file.bytes,
                    commit: file.commit,
                })
                .collect(),
            etag: found.etag,
            ..Reading::default()
        },
        Err(fault) if fault.is(&FaultKind::NotFound) && optional => Reading::default(),
        Err(fault) => failed(unreadable(&fault)),
    }
}

/// What there is room for.
fn within(mut reading: Reading, room: &mut Room) -> Reading {
    let files = std::mem::take(&mut reading.files);
    for file in files {
        match room.take(&file.location.to_string(), file.bytes.len()) {
            Ok(()) => reading.files.push(file),
            Err(fault) => {
                reading.faults.push(fault);
                break;
            }
        }
    }
    reading
}

fn unreadable(fault: &Fault) -> Fault {
    let message: String = format!("Unable to read url, {}", fault.describe())
        .chars()
        .take(MAX_MESSAGE)
        .collect();
    match fault.kind() {
        FaultKind::NotFound => Fault::not_found(message),
        _ => Fault::error(message),
    }
}

fn failed(fault: Fault) -> Reading {
    Reading {
        faults: vec![fault],
        ..Reading::default()
    }
}
