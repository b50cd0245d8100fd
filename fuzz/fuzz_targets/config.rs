//! Any YAML is a configuration or is refused with reasons; what is shown of it keeps its secrets.
#![no_main]

use std::path::Path;

use config::Config;
use libfuzzer_sys::fuzz_target;
use yaml::{Limits, parse_one};

const SECRET: &str = "a-secret-nobody-may-see";

fuzz_target!(|text: &str| {
    let Ok(mut value) = parse_one(text, &Limits::default()) else {
        return;
    };
    if let Some(root) = value.as_object_mut() {
        let access = serde_json::json!([{ "type": "static", "options": { "token": SECRET, "subject": "fuzz" } }]);
        root.insert("backend".to_owned(), serde_json::json!({ "auth": { "externalAccess": access } }));
    }
    match Config::from_value(value, Path::new("/")) {
        Ok(config) => {
            let _ = config.check();
            assert!(!config.redacted().to_string().contains(SECRET));
        }
        Err(problems) => assert!(!problems.is_empty()),
    }
});
