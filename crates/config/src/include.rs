//! `$env`, `$file` and `$include`: objects that stand for something written elsewhere.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use model::Fault;
use serde_json::Value;

use crate::source::Source;
use crate::substitute::{Environment, substitute, variable};
use crate::transform::absolute;

const KEYS: [&str; 3] = ["$file", "$env", "$include"];

/// What an object turned out to stand for.
pub(crate) enum Included {
    /// An ordinary value.
    NotAnInclude,
    /// The text of `$env`; `None` for a variable that is not set.
    Text(Option<String>),
    /// The text of `$file`, and where it is.
    File {
        /// The text, without white space at its end.
        text: String,
        /// The file.
        path: PathBuf,
    },
    /// The data of `$include`; relative paths within it start at `directory`.
    Data {
        /// The data; `None` when the named part does not exist.
        value: Option<Value>,
        /// The file it stands in.
        source: Arc<Source>,
        /// Its path within that file.
        at: Arc<[String]>,
        /// The folder of that file.
        directory: PathBuf,
    },
}

/// The include key of an object and its argument.
fn include_key(value: &Value) -> Result<Option<(&str, &Value)>, Fault> {
    let Value::Object(map) = value else {
        return Ok(None);
    };
    let Some((key, argument)) = map.iter().find(|(key, _)| KEYS.contains(&key.as_str())) else {
        return Ok(None);
    };
    if map.len() != 1 {
        return Err(Fault::error(format!(
            "include key {key} should not have adjacent keys"
        )));
    }
    Ok(Some((key, argument)))
}

/// Reads what an include object names.
pub(crate) fn resolve(value: &Value, directory: &Path, environment: &Environment) -> Result<Included, Fault> {
    let Some((key, argument)) = include_key(value)? else {
        return Ok(Included::NotAnInclude);
    };
    let Value::String(argument) = argument else {
        return Err(Fault::error(format!("{key} include value is not a string")));
    };
    let argument = substitute(argument, environment)
        .text
        .ok_or_else(|| Fault::error(format!("{key} substitution value was undefined")))?;
    match key {
        "$env" => Ok(Included::Text(
            variable(environment, &argument).map(str::to_owned),
        )),
        "$file" => read_text(directory, &argument),
        _ => read_data(directory, &argument),
    }
}

fn read_text(directory: &Path, argument: &str) -> Result<Included, Fault> {
    let path = absolute(directory, argument);
    let text =
        read_file(&path).map_err(|fault| Fault::error(format!("failed to read file {argument}, {fault}")))?;
    Ok(Included::File {
        text: text.trim_end().to_owned(),
        path,
    })
}

fn read_data(directory: &Path, argument: &str) -> Result<Included, Fault> {
    let (file, data_path) = argument.split_once('#').unwrap_or((argument, ""));
    let extension = Path::new(file)
        .extension()
        .and_then(|extension| extension.to_str());
    if !matches!(extension, Some("json" | "yaml" | "yml")) {
        return Err(Fault::error(format!(
            "no configuration parser available for included file {file}"
        )));
    }
    let path = absolute(directory, file);
    let text = read_file(&path)?;
    let root = parse(&text, extension == Some("json"))
        .map_err(|reason| Fault::error(format!("failed to parse included file {file}, {reason}")))?;
    let parts: Vec<String> = data_path
        .split('.')
        .filter(|_| !data_path.is_empty())
        .map(str::to_owned)
        .collect();
    let value = descend(root, &parts, file)?;
    let directory = path.parent().unwrap_or(Path::new("/")).to_owned();
    Ok(Included::Data {
        value,
        source: Arc::new(Source::file(&path, text)),
        at: parts.into(),
        directory,
    })
}

fn parse(text: &str, is_json: bool) -> Result<Value, String> {
    if is_json {
        serde_json::from_str(text).map_err(|error| format!("SyntaxError: {error}"))
    } else {
        yaml::parse_one(text, &yaml::Limits::default())
            .map_err(|error| format!("{}: {}", error.name, crate::shown::syntax_reason(&error.message)))
    }
}

fn descend(root: Value, parts: &[String], file: &str) -> Result<Option<Value>, Fault> {
    let mut value = Some(root);
    for (index, part) in parts.iter().enumerate() {
        let Some(Value::Object(mut map)) = value else {
            let place = parts[..index].join(".");
            return Err(Fault::error(format!(
                "value at '{place}' in included file {file} is not an object"
            )));
        };
        value = map.shift_remove(part);
    }
    Ok(value)
}

fn read_file(path: &Path) -> Result<String, Fault> {
    crate::source::read_bounded(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Fault::not_found(format!(
            "failed to include \"{}\", file does not exist",
            path.display()
        )),
        _ => Fault::error(format!("failed to include \"{}\", {error}", path.display())),
    })
}
