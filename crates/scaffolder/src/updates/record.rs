//! What a repository keeps about its beginning: the file `.backstage/template.yaml`.
//!
//! Secrets are not in it: neither those of the form, nor values of fields that hide what is typed.

use std::collections::BTreeMap;

use model::Fault;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::template::Template;

/// Where the record lies in a repository.
pub(crate) const PATH: &str = ".backstage/template.yaml";
/// Largest record.
const MAX_BYTES: usize = 1 << 20;
/// The first lines of the file.
const HEAD: &str = "# The software template that this repository was made from, and the values of its form.\n\
     # The developer portal reads it to propose what a newer template changes.\n";

/// The beginning of a repository.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Record {
    /// Reference of the template.
    pub template: String,
    /// Address of the template's file, at its branch.
    pub source: String,
    /// The commit of the template's repository.
    pub commit: String,
    /// The step that published.
    pub step: String,
    /// The person, as a reference.
    pub by: Option<String>,
    /// The values of the form.
    pub parameters: Value,
    /// Values that are not kept, because the form hides them.
    pub hidden: Vec<String>,
    /// The branch that updates go into, where a team wants another one than the default branch.
    pub branch: Option<String>,
}

impl Record {
    /// Leaves out what the form of a template hides, and what has one of these secrets in it.
    pub(crate) fn hide(mut self, template: &Template, secrets: &BTreeMap<String, String>) -> Self {
        let is_secret = |value: &Value| {
            let written = value.to_string();
            let mut secrets = secrets.values().filter(|secret| !secret.is_empty());
            secrets.any(|secret| written.contains(secret.as_str()))
        };
        let Some(values) = self.parameters.as_object() else {
            return self;
        };
        let (hidden, kept): (Map<_, _>, Map<_, _>) = values.clone().into_iter().partition(|(name, value)| {
            let mut pages = template.pages.iter();
            pages.any(|page| hides(&page.schema, name)) || is_secret(value)
        });
        self.hidden = hidden.into_iter().map(|(name, _)| name).collect();
        self.parameters = Value::Object(kept);
        self
    }

    /// The text of the file.
    pub(crate) fn text(&self) -> String {
        let mut record = json!({
            "template": self.template,
            "source": self.source,
            "commit": self.commit,
            "step": self.step,
        });
        if let Some(by) = &self.by {
            record["by"] = by.as_str().into();
        }
        if let Some(branch) = &self.branch {
            record["branch"] = branch.as_str().into();
        }
        record["parameters"] = self.parameters.clone();
        if !self.hidden.is_empty() {
            record["hidden"] = json!(self.hidden);
        }
        format!("{HEAD}{}", yaml::to_string(&record))
    }

    /// Reads the file. `place` is its address, for errors.
    pub(crate) fn read(bytes: &[u8], place: &str) -> Result<Self, Fault> {
        let wrong = |why: String| Fault::input(format!("{place} is no record of a template: {why}"));
        if bytes.len() > MAX_BYTES {
            return Err(wrong(format!("it is larger than {MAX_BYTES} bytes")));
        }
        let text = std::str::from_utf8(bytes).map_err(|error| wrong(error.to_string()))?;
        let read =
            yaml::parse_one(text, &yaml::Limits::default()).map_err(|error| wrong(error.to_string()))?;
        let field = |name: &str| {
            let found = read[name].as_str().filter(|found| !found.is_empty());
            let found = found.map(str::to_owned);
            found.ok_or_else(|| wrong(format!("it has no text under \"{name}\"")))
        };
        let hidden = read["hidden"].as_array().into_iter().flatten();
        Ok(Self {
            template: field("template")?,
            source: field("source")?,
            commit: field("commit")?,
            step: field("step")?,
            by: read["by"].as_str().map(str::to_owned),
            branch: read["branch"]
                .as_str()
                .filter(|branch| !branch.is_empty())
                .map(str::to_owned),
            parameters: match &read["parameters"] {
                Value::Null => json!({}),
                Value::Object(values) => Value::Object(values.clone()),
                _ => return Err(wrong("\"parameters\" is no object".to_owned())),
            },
            hidden: hidden.filter_map(Value::as_str).map(str::to_owned).collect(),
        })
    }
}

/// Whether a schema has a field of this name, at any depth of its branches, that hides what is typed.
fn hides(schema: &Value, name: &str) -> bool {
    match schema {
        Value::Object(keys) => {
            let field = &schema["properties"][name];
            let words = [
                &field["ui:widget"],
                &field["ui:options"]["widget"],
                &field["ui:field"],
            ];
            words
                .iter()
                .any(|word| matches!(word.as_str(), Some("password" | "Secret")))
                || keys.values().any(|below| hides(below, name))
        }
        Value::Array(items) => items.iter().any(|below| hides(below, name)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record() -> Record {
        Record {
            template: "template:default/service".to_owned(),
            source: "https://git.example.com/a/b/src/branch/main/template.yaml".to_owned(),
            commit: "4f2c".to_owned(),
            step: "publish".to_owned(),
            by: Some("user:default/ines".to_owned()),
            parameters: json!({"name": "orders", "port": 8080, "pin": "1234", "note": "the word is hush", "deep": {"a": [1]}}),
            hidden: Vec::new(),
            branch: Some("develop".to_owned()),
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        let written = record().text();
        assert!(written.starts_with("# The software template"), "{written}");
        assert_eq!(Record::read(written.as_bytes(), "here"), Ok(record()));
    }

    #[test]
    fn what_the_form_hides_is_not_kept() {
        let entity = json!({
            "apiVersion": "scaffolder.backstage.io/v1beta3", "kind": "Template", "metadata": {"name": "service"},
            "spec": {"steps": [], "parameters": {"allOf": [{"properties": {"pin": {"type": "string", "ui:widget": "password"}}}]}},
        });
        let secrets = BTreeMap::from([("word".to_owned(), "hush".to_owned())]);
        let kept = record().hide(&Template::of(&entity).unwrap(), &secrets);
        assert_eq!(kept.hidden, ["pin", "note"]);
        assert!(!kept.text().contains("1234") && !kept.text().contains("hush"));
        assert_eq!(kept.parameters["deep"], json!({"a": [1]}));
    }

    #[test]
    fn broken_records_say_what_is_wrong() {
        for (text, expected) in [
            ("a: [", "is no record of a template:"),
            ("template: a", "it has no text under \"source\""),
            (
                "{template: a, source: b, commit: c, step: d, parameters: 3}",
                "\"parameters\" is no object",
            ),
        ] {
            let fault = Record::read(text.as_bytes(), "here").unwrap_err();
            assert!(fault.message.contains(expected), "{fault}");
        }
    }
}
