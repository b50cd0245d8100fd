//! The section `techdocs` of the configuration.

use model::{Fault, Problem};
use plugin::ConfigSection;
use serde_json::{Value, json};

/// Keys of the original that have no effect, because nothing is built by another program.
const IDLE: [&str; 4] = [
    "generator",
    "generators",
    "cache",
    "legacyUseCaseSensitiveTripletPaths",
];

/// The section as the commands see it.
pub struct Section;

impl ConfigSection for Section {
    fn path(&self) -> &'static str {
        "techdocs"
    }

    fn page(&self) -> Option<&'static str> {
        Some("docs/techdocs.md")
    }

    fn schema(&self) -> Value {
        let text = |words: &str| json!({"type": "string", "description": words});
        json!({
            "type": "object",
            "description": "Documentation of entities. Nothing needs to be set: it is rendered from the repositories.",
            "properties": {
                "builder": text("local: rendered here, when it is read."),
                "publisher": {
                    "type": "object",
                    "description": "Where the original keeps what it built. Here nothing is kept: only type local has a meaning.",
                    "properties": {"type": text("local")},
                },
                "generator": {"type": "object", "description": "Of the original; has no effect."},
                "generators": {"type": "object", "description": "Of the original; has no effect."},
                "cache": {"type": "object", "description": "Of the original; has no effect."},
                "legacyUseCaseSensitiveTripletPaths": {"type": "boolean", "description": "Of the original; has no effect."},
                "storageUrl": text("Of the original; has no effect."),
                "requestUrl": text("Of the original; has no effect."),
            },
        })
    }

    fn check(&self, section: &Value) -> Vec<Problem> {
        let mut problems: Vec<Problem> = IDLE
            .iter()
            .filter(|key| !section[**key].is_null())
            .map(|key| idle(key))
            .collect();
        let builder = section["builder"].as_str().unwrap_or("local");
        if builder != "local" {
            problems.push(unsupported("builder", builder));
        }
        let publisher = section
            .pointer("/publisher/type")
            .and_then(Value::as_str)
            .unwrap_or("local");
        if publisher != "local" {
            problems.push(unsupported("publisher.type", publisher));
        }
        problems
    }
}

fn idle(key: &str) -> Problem {
    let text = format!(
        "'techdocs.{key}' has no effect: documentation is rendered when it is read, without another program"
    );
    Problem::warning(Fault::input(text).at(key)).hint("Remove it.")
}

fn unsupported(key: &str, value: &str) -> Problem {
    let text = format!(
        "'techdocs.{key}' is '{value}', but only 'local' is supported: documentation is rendered from the repositories, \
         not fetched from where another program published it"
    );
    Problem::warning(Fault::input(text).at(key)).hint("Set it to local; entities keep their annotations.")
}
