//! What a run gave, held against what a case expects.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::Result;
use scaffolder::WorkspaceFile;
use scaffolder::dry_run::DryRunReport;
use scm::{TreeLimits, read_folder};
use serde_json::Value;

use super::case::Case;
use super::diff::unified;
use super::trying::by_path;

/// Names of the sides of a difference.
const SIDES: (&str, &str) = ("expected", "found");

/// What is not as expected: a sentence, and the differences line by line where there are some.
#[derive(Debug, PartialEq, Eq)]
pub struct Difference {
    pub message: String,
    pub diff: String,
}

fn differs(message: String) -> Difference {
    Difference {
        message,
        diff: String::new(),
    }
}

/// All that is not as expected.
pub fn compare(case: &Case, report: &DryRunReport) -> Result<Vec<Difference>> {
    let failure = report.failure.as_ref().map(model::Fault::describe);
    match (&case.expected.failure, failure) {
        (None, Some(found)) => return Ok(vec![differs(format!("it failed: {found}"))]),
        (Some(expected), Some(found)) if found.contains(expected.as_str()) => {}
        (Some(expected), Some(found)) => {
            let message = format!("it failed with another text than `{expected}`: {found}");
            return Ok(vec![differs(message)]);
        }
        (Some(expected), None) => return Ok(vec![differs(format!("it did not fail with `{expected}`"))]),
        (None, None) => {}
    }
    let mut all = Vec::new();
    if let Some(folder) = &case.expected.folder {
        all.extend(folders(folder, &report.files)?);
    }
    all.extend(files(case, &report.files));
    all.extend(outputs(&case.expected.output, &report.output));
    Ok(all)
}

/// Every file of a folder is there as it is in the folder, and no other.
fn folders(folder: &Path, found: &[WorkspaceFile]) -> Result<Vec<Difference>> {
    let expected = if folder.is_dir() {
        read_folder(folder, "", &TreeLimits::default())?.files
    } else {
        let name = folder.display();
        return Ok(vec![differs(format!(
            "there is no folder {name}; `--update` makes it"
        ))]);
    };
    let found = by_path(found);
    let paths: BTreeSet<&str> = expected
        .keys()
        .map(String::as_str)
        .chain(found.keys().copied())
        .collect();
    let difference = |path: &str| match (expected.get(path), found.get(path)) {
        (Some(_), None) => Some(differs(format!("the file {path} is missing"))),
        (None, Some(file)) => Some(Difference {
            message: format!("there is another file, {path}"),
            diff: unified(SIDES, path, "", &String::from_utf8_lossy(&file.bytes)),
        }),
        (Some(expected), Some(file)) if expected.bytes == file.bytes => {
            (expected.is_executable != file.is_executable).then(|| {
                differs(format!(
                    "the file {path} is {}a program",
                    if file.is_executable { "" } else { "not " }
                ))
            })
        }
        (Some(expected), Some(file)) => Some(of_texts(path, &expected.bytes, &file.bytes)),
        (None, None) => None,
    };
    Ok(paths.into_iter().filter_map(difference).collect())
}

fn of_texts(path: &str, expected: &[u8], found: &[u8]) -> Difference {
    let diff = match (std::str::from_utf8(expected), std::str::from_utf8(found)) {
        (Ok(expected), Ok(found)) => unified(SIDES, path, expected, found),
        _ => String::new(),
    };
    Difference {
        message: format!("the file {path} differs"),
        diff,
    }
}

fn files(case: &Case, found: &[WorkspaceFile]) -> Vec<Difference> {
    let found = by_path(found);
    let difference = |(path, expected): (&String, &Option<String>)| match (expected, found.get(path.as_str()))
    {
        (Some(expected), Some(file)) if expected.as_bytes() == file.bytes => None,
        (Some(expected), Some(file)) => Some(of_texts(path, expected.as_bytes(), &file.bytes)),
        (Some(_), None) => Some(differs(format!("the file {path} is missing"))),
        (None, Some(_)) => Some(differs(format!("the file {path} is there"))),
        (None, None) => None,
    };
    case.expected.files.iter().filter_map(difference).collect()
}

fn outputs(expected: &Value, found: &Value) -> Vec<Difference> {
    let entries = expected.as_object().into_iter().flatten();
    let different = entries.filter(|(key, value)| found.get(key.as_str()) != Some(value));
    let difference = |(key, value): (&String, &Value)| Difference {
        message: format!("the output `{key}` differs"),
        diff: unified(
            SIDES,
            &format!("output/{key}"),
            &yaml::to_string(value),
            &found.get(key).map(yaml::to_string).unwrap_or_default(),
        ),
    };
    different.map(difference).collect()
}
