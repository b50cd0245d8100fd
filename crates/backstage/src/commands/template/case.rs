//! A case of a template's tests, as a file declares it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::values::{object, texts};

/// The folder beside a template that holds its cases.
pub const FOLDER: &str = "template-tests";
/// Keys of a case, and of what it expects.
const KEYS: [&str; 7] = [
    "name",
    "values",
    "sample",
    "secrets",
    "user",
    "environment",
    "expect",
];
const EXPECTED: [&str; 4] = ["folder", "files", "output", "failure"];

/// A case.
#[derive(Debug)]
pub struct Case {
    pub name: String,
    /// The values of the form; nothing where they are made up.
    pub values: Option<Value>,
    pub secrets: BTreeMap<String, String>,
    pub user: Option<Value>,
    /// What expressions see as `environment.parameters`.
    pub environment: Option<Value>,
    pub expected: Expected,
}

/// What a case expects.
#[derive(Debug, Default)]
pub struct Expected {
    /// All files that there are.
    pub folder: Option<PathBuf>,
    /// The texts of some files; nothing for one that must not be there.
    pub files: BTreeMap<String, Option<String>>,
    /// Values of the output.
    pub output: Value,
    /// A part of the text with which the run fails.
    pub failure: Option<String>,
}

impl Case {
    /// Reads a file.
    pub fn read(file: &Path) -> Result<Self> {
        let written = object(file)?;
        Self::of(file, &written).with_context(|| format!("{}", file.display()))
    }

    fn of(file: &Path, written: &Value) -> Result<Self> {
        check_keys(written, &KEYS)?;
        let is_sample = written["sample"] == true;
        if is_sample && written.get("values").is_some() {
            bail!("`sample: true` makes the values up; leave out `values`");
        }
        let folder = file.parent().unwrap_or(Path::new("."));
        let stem = file
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let values = written.get("values").cloned().unwrap_or_else(|| json!({}));
        if !values.is_object() {
            bail!("`values` is {values}, and an object is wanted");
        }
        Ok(Self {
            name: written["name"].as_str().map_or(stem, str::to_owned),
            values: (!is_sample).then_some(values),
            secrets: texts(&written["secrets"])?,
            user: written.get("user").cloned(),
            environment: written.get("environment").cloned(),
            expected: Expected::of(folder, written.get("expect"))?,
        })
    }
}

impl Expected {
    fn of(folder: &Path, written: Option<&Value>) -> Result<Self> {
        let Some(written) = written else {
            return Ok(Self::default());
        };
        check_keys(written, &EXPECTED)?;
        let entries = written["files"].as_object().into_iter().flatten();
        let file = |(path, text): (&String, &Value)| match text {
            Value::String(text) => Ok((path.clone(), Some(text.clone()))),
            Value::Null => Ok((path.clone(), None)),
            other => bail!(
                "the file `{path}` is expected to be {other}; write its text, or null where there is none"
            ),
        };
        let named = match written["folder"].as_str() {
            Some(name) if Path::new(name).is_absolute() || name.contains("..") => {
                bail!("`folder: {name}` leads away; name a folder below {FOLDER}")
            }
            named => named,
        };
        Ok(Self {
            folder: named.map(|name| folder.join(name)),
            files: entries.map(file).collect::<Result<_>>()?,
            output: written["output"].clone(),
            failure: written["failure"].as_str().map(str::to_owned),
        })
    }
}

fn check_keys(object: &Value, known: &[&str]) -> Result<()> {
    let mut keys = object.as_object().into_iter().flat_map(|object| object.keys());
    if !object.is_object() {
        bail!("{object} is no object with the keys {}", known.join(", "));
    }
    match keys.find(|key| !known.contains(&key.as_str())) {
        Some(key) => bail!("there is no key `{key}`; the keys are {}", known.join(", ")),
        None => Ok(()),
    }
}

/// The cases of a template, by their names.
pub fn cases(template: &Path) -> Result<Vec<PathBuf>> {
    let folder = template.parent().unwrap_or(Path::new(".")).join(FOLDER);
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let entries = folder
        .read_dir()
        .with_context(|| format!("{} cannot be read", folder.display()))?;
    let mut files = Vec::new();
    for entry in entries {
        let path = entry
            .with_context(|| format!("{} cannot be read", folder.display()))?
            .path();
        let is_yaml = path.extension().is_some_and(|end| end == "yaml" || end == "yml");
        if is_yaml && path.is_file() {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
