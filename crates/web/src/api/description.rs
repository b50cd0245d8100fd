//! A plugin's API as it describes itself in OpenAPI: served as data, and what bodies are checked by.
//!
//! Query strings are checked by what each route reads (`ReadQuery`), not by the document.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{OriginalUri, State};
use axum::http::Method;
use axum::response::{IntoResponse, Response};
use model::Fault;
use plugin::{Rows, Rule};
use serde_json::{Map, Value};

use super::reply::Json;
use super::schema;

/// Where the document is served, relative to the mount.
const PATH: &str = "/openapi.json";

/// An OpenAPI 3 document.
#[derive(Debug)]
pub struct Description {
    document: Value,
}

/// The operation that a request asks for; bodies are checked by what it says.
#[derive(Debug, Clone)]
pub(super) struct Operation {
    description: &'static Description,
    pattern: Arc<str>,
    method: Method,
}

/// Rows that are described.
pub trait Described {
    /// Serves a description of the API at `/openapi.json`, and checks the bodies of all rows so far by it.
    fn described_by(self, description: &'static Description) -> Self;
}

impl Described for Rows {
    fn described_by(self, description: &'static Description) -> Self {
        let served = Rows::new()
            .get(PATH, Rule::signed_in(), serve)
            .with_state(&description);
        self.wrapped(|method, pattern, endpoint| {
            endpoint.route_layer(Extension(Operation {
                description,
                pattern: pattern.into(),
                method: method.clone(),
            }))
        })
        .and(served)
    }
}

impl Description {
    /// Reads a document that is part of the program. Panics when it is no JSON.
    pub fn embedded(text: &str) -> Self {
        Self {
            document: serde_json::from_str(text).expect("embedded documents are JSON"),
        }
    }

    /// The document with its paths below a mount.
    fn mounted_at(&self, mount: &str) -> Value {
        let mut document = self.document.clone();
        if let Some(paths) = document.get_mut("paths").and_then(Value::as_object_mut) {
            *paths = std::mem::take(paths)
                .into_iter()
                .map(|(path, item)| (format!("{mount}{path}"), item))
                .collect::<Map<_, _>>();
        }
        document
    }
}

impl Operation {
    /// Refuses a body that the document does not allow, in the words of the original's validator.
    pub(super) fn check_body(&self, body: &Value) -> Result<(), Fault> {
        let document = &self.description.document;
        let method = self.method.as_str().to_ascii_lowercase();
        let schema = &document["paths"][&*self.pattern][&method]["requestBody"]["content"]["application/json"]
            ["schema"];
        schema::check(document, schema, body)
            .map_err(|complaint| Fault::input(format!("request/body{complaint}")))
    }
}

/// `GET /openapi.json`.
async fn serve(State(description): State<&'static Description>, OriginalUri(uri): OriginalUri) -> Response {
    let path = uri.path().trim_end_matches('/');
    let mount = path.len().checked_sub(PATH.len()).and_then(|end| path.get(..end));
    Json(description.mounted_at(mount.unwrap_or_default())).into_response()
}
