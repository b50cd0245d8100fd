//! Errors as answers: the status of a fault and the body around it.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use model::{Fault, FaultKind};
use serde_json::{Map, Value, json};

use super::reply::Json;

/// When something that does not answer now is worth another try, in seconds.
const RETRY_AFTER_SECONDS: u16 = 5;
/// The same for a client that asked too often.
const BRAKE_SECONDS: u16 = 60;

/// A fault on its way to a client.
///
/// The body also names the request (`request.method`, `request.url` relative to the plugin's
/// mount); the mount fills that in, since a handler does not know where it is mounted.
#[derive(Debug, Clone)]
pub struct ApiError {
    details: Box<ErrorDetails>,
}

/// What the mount needs to write the body of an error.
#[derive(Debug, Clone)]
pub(crate) struct ErrorDetails {
    fault: Fault,
    status: StatusCode,
    fields: Map<String, Value>,
}

impl ApiError {
    /// An error with the status that its fault's name stands for.
    pub fn new(fault: Fault) -> Self {
        let status = status_of(&fault.kind());
        Self {
            details: Box::new(ErrorDetails {
                fault,
                status,
                fields: Map::new(),
            }),
        }
    }

    /// Answers with this status, whatever the fault's name stands for.
    pub fn with_status(mut self, status: StatusCode) -> Self {
        self.details.status = status;
        self
    }

    /// Adds a field to the `error` object.
    pub fn with_field(mut self, name: &str, value: Value) -> Self {
        self.details.fields.insert(name.to_owned(), value);
        self
    }

    /// A failure inside the portal: logged once with its causes, shown only by the id of that log line.
    pub fn internal(error: &dyn std::error::Error) -> Self {
        let mut log_id = uuid::Uuid::new_v4().simple().to_string();
        log_id.truncate(20);
        let mut chain = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            chain = format!("{chain}: {cause}");
            source = cause.source();
        }
        tracing::error!(log_id, "request failed: {chain}");
        Self::new(Fault::error(format!("An internal error occurred logId={log_id}")))
    }

    /// The status of the answer.
    pub fn status(&self) -> StatusCode {
        self.details.status
    }

    /// What went wrong.
    pub fn fault(&self) -> &Fault {
        &self.details.fault
    }
}

impl From<Fault> for ApiError {
    fn from(fault: Fault) -> Self {
        Self::new(fault)
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = self.details.render(None);
        response.extensions_mut().insert(*self.details);
        response
    }
}

impl ErrorDetails {
    /// The sentence for a person.
    pub(crate) fn message(&self) -> String {
        self.fault.describe()
    }

    /// The answer; `request` is the method and the URL relative to the mount.
    pub(crate) fn render(&self, request: Option<(&str, &str)>) -> Response {
        let mut error = wire_form(&self.fault);
        error.extend(self.fields.clone());
        let mut body = Map::new();
        body.insert("error".to_owned(), Value::Object(error));
        if let Some((method, url)) = request {
            body.insert("request".to_owned(), json!({ "method": method, "url": url }));
        }
        body.insert(
            "response".to_owned(),
            json!({ "statusCode": self.status.as_u16() }),
        );
        let mut answer = (self.status, Json(Value::Object(body))).into_response();
        tell_when_to_retry(&mut answer);
        answer
    }
}

/// Tells clients that were sent away for now when to come back.
pub(crate) fn tell_when_to_retry(answer: &mut Response) {
    let seconds = match answer.status() {
        StatusCode::SERVICE_UNAVAILABLE => RETRY_AFTER_SECONDS,
        StatusCode::TOO_MANY_REQUESTS => BRAKE_SECONDS,
        _ => return,
    };
    answer.headers_mut().insert(header::RETRY_AFTER, seconds.into());
}

/// A fault as clients see it: the message includes the causes, which also follow as data.
fn wire_form(fault: &Fault) -> Map<String, Value> {
    let mut error = Map::new();
    error.insert("name".to_owned(), Value::String(fault.name.clone()));
    error.insert("message".to_owned(), Value::String(fault.describe()));
    if let Some(cause) = &fault.cause {
        error.insert("cause".to_owned(), Value::Object(wire_form(cause)));
    }
    error
}

fn status_of(kind: &FaultKind) -> StatusCode {
    match kind {
        FaultKind::Input => StatusCode::BAD_REQUEST,
        FaultKind::Authentication => StatusCode::UNAUTHORIZED,
        FaultKind::NotAllowed => StatusCode::FORBIDDEN,
        FaultKind::NotFound => StatusCode::NOT_FOUND,
        FaultKind::Conflict => StatusCode::CONFLICT,
        FaultKind::NotModified => StatusCode::NOT_MODIFIED,
        FaultKind::TooManyRequests => StatusCode::TOO_MANY_REQUESTS,
        FaultKind::NotImplemented => StatusCode::NOT_IMPLEMENTED,
        FaultKind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        FaultKind::Plain | FaultKind::Type | FaultKind::Fetch | FaultKind::Other(_) => {
            StatusCode::INTERNAL_SERVER_ERROR
        }
    }
}
