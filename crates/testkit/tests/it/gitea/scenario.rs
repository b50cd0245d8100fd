//! The requests of `fixtures/gitea/scenario.json`, played against a server.

use std::collections::BTreeMap;
use std::path::PathBuf;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use super::client::{self, Answer};

/// A server, and what the scenario has kept of its answers.
pub struct Player {
    /// Address of the API.
    pub api: String,
    pub token: String,
    pub saved: BTreeMap<String, String>,
}

/// The steps, in order.
pub fn steps() -> Vec<Value> {
    let text = std::fs::read_to_string(folder().join("scenario.json")).expect("the scenario is there");
    serde_json::from_str(&text).expect("the scenario is JSON")
}

/// Where the fixtures are.
pub fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures/gitea")
}

/// Method and path of a step, as the scenario writes them.
pub fn request(step: &Value) -> (String, String) {
    let methods = ["get", "post", "put", "patch", "delete"];
    let method = methods.iter().find(|method| step[**method].is_string());
    let method = method.expect("every step has a method");
    (
        method.to_uppercase(),
        step[*method].as_str().unwrap_or_default().to_owned(),
    )
}

impl Player {
    pub fn new(base: &str, admin: &str, token: &str) -> Self {
        Self {
            api: format!("{base}/api/v1"),
            token: token.to_owned(),
            saved: BTreeMap::from([("login".to_owned(), admin.to_owned())]),
        }
    }

    fn filled(&self, text: &str) -> String {
        let start = text.to_owned();
        self.saved.iter().fold(start, |text, (name, value)| {
            text.replace(&format!("{{{name}}}"), value)
        })
    }

    fn authorization(&self, step: &Value) -> Option<String> {
        match step["as"].as_str() {
            None => Some(format!("token {}", self.token)),
            Some("nobody") => None,
            Some("stranger") => Some("token 0123456789012345678901234567890123456789".to_owned()),
            Some(who) if who.contains(':') => Some(format!("Basic {}", BASE64_STANDARD.encode(who))),
            Some(name) => Some(format!("token {}", self.saved[name])),
        }
    }

    /// Sends the request of a step, and keeps of the answer what later steps need.
    pub async fn play(&mut self, step: &Value) -> Answer {
        let (method, path) = request(step);
        let authorization = self.authorization(step);
        let known = step["if_none_match"].as_str().map(|known| self.filled(known));
        let mut headers = vec![("content-type", "application/json")];
        headers.extend(authorization.as_deref().map(|value| ("authorization", value)));
        headers.extend(known.as_deref().map(|value| ("if-none-match", value)));
        let body = match &step["body"] {
            Value::Null => String::new(),
            body => self.filled(&body.to_string()),
        };
        let url = format!("{}{}", self.api, self.filled(&path));
        let answer = client::send(&method, &url, &headers, &body).await;
        let answer = answer.unwrap_or_else(|error| panic!("{method} {url}: {error}"));
        let none = json!({});
        for (name, place) in step["save"].as_object().or(none.as_object()).expect("an object") {
            let found = answer.json();
            let found = found.pointer(place.as_str().unwrap_or_default());
            let found = found.unwrap_or_else(|| panic!("{}: no {place} in {}", step["name"], answer.text()));
            let text = found.as_str().map_or_else(|| found.to_string(), str::to_owned);
            self.saved.insert(name.clone(), text);
        }
        answer
    }
}
