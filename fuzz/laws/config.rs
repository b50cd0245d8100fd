//! Any YAML is a configuration or is refused with reasons; what is shown of it keeps its secrets.

use std::path::Path;

use ::config::Config;
use ::yaml::{Limits, parse_one};
use serde_json::json;

const SECRET: &str = "a-secret-nobody-may-see";

/// Stops when the law is broken.
pub fn check(text: &str) {
    let Ok(mut value) = parse_one(text, &Limits::default()) else {
        return;
    };
    // As a title it would be shown, and rightly so.
    if text.contains(SECRET) {
        return;
    }
    if let Some(root) = value.as_object_mut() {
        let access = json!([{ "type": "static", "options": { "token": SECRET, "subject": "fuzz" } }]);
        let backend = root.entry("backend").or_insert_with(|| json!({}));
        if let Some(backend) = backend.as_object_mut() {
            backend.insert("auth".to_owned(), json!({ "externalAccess": access }));
        }
    }
    match Config::from_value(value, Path::new("/")) {
        Ok(config) => {
            let _ = config.check();
            assert!(!config.redacted().to_string().contains(SECRET));
        }
        Err(problems) => assert!(!problems.is_empty()),
    }
}
