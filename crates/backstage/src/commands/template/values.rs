//! Values, secrets and other objects that are read from files, as YAML or JSON.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, bail};
use scaffolder::template::Template;
use scaffolder::{sample, validation};
use serde_json::{Value, json};
use yaml::Limits;

use crate::commands::descriptor;

/// What a template is tried with.
#[derive(Debug, Clone)]
pub struct Given {
    pub values: Value,
    pub secrets: BTreeMap<String, String>,
    /// The values are made up; so is what steps look for and do not find.
    pub is_made_up: bool,
}

impl Given {
    /// From the files that are named; made up where `is_sample`.
    pub fn read(
        template: &Template,
        (values, secrets): (Option<&Path>, Option<&Path>),
        is_sample: bool,
    ) -> Result<Self> {
        let values = match values {
            Some(file) => object(file)?,
            None if is_sample => sample::values(template),
            None => json!({}),
        };
        let secrets = match secrets {
            Some(file) => texts(&object(file)?).with_context(|| format!("{}", file.display()))?,
            None if is_sample => sample::secrets(template),
            None => BTreeMap::new(),
        };
        Ok(Self {
            values,
            secrets,
            is_made_up: is_sample,
        })
    }

    /// What does not fit the form, a sentence each.
    pub fn mistakes(&self, template: &Template) -> Vec<String> {
        let wrong = validation::check(template, &self.values, &self.secrets);
        let sentence = |wrong: validation::Violation| {
            let place = match (wrong.is_secret, wrong.path.is_empty()) {
                (true, _) => "a secret".to_owned(),
                (false, true) => "the values".to_owned(),
                (false, false) => format!("the value `{}`", wrong.path.join(".")),
            };
            format!("{place}: {}", wrong.message)
        };
        wrong.into_iter().map(sentence).collect()
    }
}

/// The object of a file.
pub fn object(file: &Path) -> Result<Value> {
    let name = file.display();
    let bytes = descriptor::read(file).with_context(|| format!("{name} cannot be read"))?;
    let text = String::from_utf8(bytes).with_context(|| format!("{name} is no UTF-8"))?;
    let documents = yaml::parse(&text, &Limits::default());
    let Some(first) = documents.into_iter().next() else {
        return Ok(json!({}));
    };
    match first.value {
        Ok(Value::Null) => Ok(json!({})),
        Ok(value) if value.is_object() => Ok(value),
        Ok(value) => bail!("{name} holds {value}, and an object is wanted: `name: value` in YAML or JSON"),
        Err(error) => bail!("{name}:{}:{}: {}", error.line, error.column, error.message),
    }
}

/// Texts by name.
pub fn texts(object: &Value) -> Result<BTreeMap<String, String>> {
    let entries = object.as_object().into_iter().flatten();
    let text = |(name, value): (&String, &Value)| match value.as_str() {
        Some(text) => Ok((name.clone(), text.to_owned())),
        None => bail!("the secret `{name}` is no text; put it in quotes"),
    };
    entries.map(text).collect()
}
