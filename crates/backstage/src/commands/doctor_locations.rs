//! `backstage doctor`: which configured locations could be read, without asking any server.

use std::path::Path;

use catalog::offline::files_of;
use config::{CatalogLocation, Config, without_passwords};
use model::{Fault, FaultKind};
use scm::UrlReader;

use super::doctor::{Finding, bad, good};
use crate::examples;

const CHECK: &str = "location";

/// One finding for each of `catalog.locations`.
pub fn check(config: &Config) -> Vec<Finding> {
    let locations = config.catalog().locations.iter().enumerate();
    locations
        .map(|(index, location)| one(config, index, location))
        .collect()
}

fn one(config: &Config, index: usize, location: &CatalogLocation) -> Finding {
    let CatalogLocation { kind, target, .. } = location;
    let shown = without_passwords(&format!("{kind}:{target}"));
    let result = match kind.as_str() {
        "file" => file(config, target),
        "url" => url(config, target).map(|()| format!("{shown} is read by the running portal")),
        _ => Err((
            format!("{shown} cannot be read: there is no reader for the type '{kind}'"),
            "use the type `file` or `url`".to_owned(),
        )),
    };
    match result {
        Ok(text) => good(CHECK, text),
        Err((text, fix)) => {
            let place = config.place(&format!("catalog.locations[{index}]"));
            let line = place.line.map_or_else(String::new, |line| format!(":{line}"));
            bad(CHECK, text, &format!("{fix} ({}{line})", place.source))
        }
    }
}

/// What was found, or what is wrong and the way out.
type Told<T> = Result<T, (String, String)>;

fn url(config: &Config, target: &str) -> Told<()> {
    let checked = UrlReader::offline(config).check(target);
    checked.map_err(|fault| {
        let shown = without_passwords(target);
        let fix = match fault.kind() {
            FaultKind::NotAllowed => "add the host to integrations, or to backend.reading.allow",
            _ => "correct the target: the whole http(s) address of one file, without login and pattern",
        };
        (
            format!(
                "url:{shown} cannot be read: {}",
                without_passwords(&fault.message)
            ),
            fix.to_owned(),
        )
    })
}

fn file(config: &Config, target: &str) -> Told<String> {
    let path = config.directory().join(target);
    if !path.exists() && examples::are_shown(config) {
        return Ok("the example catalog, which the first start writes into the data folder".to_owned());
    }
    match files_of(config, target) {
        Ok(found) if found == [path.clone()] => Ok(format!("{} can be read", path.display())),
        Ok(found) => Ok(format!("{} names {} files", path.display(), found.len())),
        Err(fault) if is_pattern(target) && fault.is(&FaultKind::NotFound) => {
            Err(unreadable(config, &path, "the pattern matches no file"))
        }
        Err(fault) => Err(unreadable(config, &path, reason(&fault))),
    }
}

fn is_pattern(target: &str) -> bool {
    target.contains(['*', '?', '[', '{'])
}

/// What the catalog says of a file, without its name.
fn reason(fault: &Fault) -> &str {
    let said = fault.message.split_once("could not be read, ");
    said.map_or(fault.message.as_str(), |(_, reason)| reason)
}

fn unreadable(config: &Config, path: &Path, reason: &str) -> (String, String) {
    let fix = format!(
        "correct the target; relative ones start at the folder the portal is started in, here {}",
        config.directory().display()
    );
    (format!("{} cannot be read: {reason}", path.display()), fix)
}
