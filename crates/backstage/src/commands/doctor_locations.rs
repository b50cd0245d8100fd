//! `backstage doctor`: which configured locations could be read, without asking any server.

use std::fs::{self, File};
use std::path::Path;

use config::{CatalogLocation, Config, without_passwords};
use scm::UrlReader;

use super::doctor::{Finding, bad, good};

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
    let reader = UrlReader::new(config).and_then(|reader| reader.check(target));
    reader.map_err(|fault| {
        let shown = without_passwords(target);
        let fix = match fault.name.as_str() {
            "NotAllowedError" => "add the host to integrations, or to backend.reading.allow",
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
    if let Some(start) = target.find(['*', '?', '{', '[']) {
        // The folder that the pattern begins in.
        let folder = target[..start].rfind('/').map_or("", |end| &target[..=end]);
        let folder = config.directory().join(folder);
        return match fs::read_dir(&folder) {
            Ok(_) => Ok(format!("{} is a pattern", path.display())),
            Err(error) => Err(unreadable(config, &folder, &error.to_string())),
        };
    }
    // Opened only then: a pipe would be waited for.
    let is_file = fs::metadata(&path).map(|found| found.is_file());
    match is_file.and_then(|is_file| Ok((is_file, is_file.then(|| File::open(&path)).transpose()?))) {
        Ok((true, _)) => Ok(format!("{} can be read", path.display())),
        Ok((false, _)) => Err(unreadable(
            config,
            &path,
            "it is no file; a pattern such as *.yaml names those in a folder",
        )),
        Err(error) => Err(unreadable(config, &path, &error.to_string())),
    }
}

fn unreadable(config: &Config, path: &Path, reason: &str) -> (String, String) {
    let fix = format!(
        "correct the target; relative ones start at the folder the portal is started in, here {}",
        config.directory().display()
    );
    (format!("{} cannot be read: {reason}", path.display()), fix)
}
