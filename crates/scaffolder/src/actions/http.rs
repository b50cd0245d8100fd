//! `http:backstage:request` and `http:request`, with the inputs and outputs of
//! `@roadiehq/scaffolder-backend-module-http-request`.

mod elsewhere;
mod portal;

use std::time::Duration;

use http::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use http::{Method, StatusCode};
use model::Fault;
use plugin::{ActionContext, ActionSchema};
use serde_json::{Map, Value, json};
use url::Url;

use super::{flag, object, text};
use crate::run::EARLIER;

pub(super) use elsewhere::HttpRequest;
pub(super) use portal::PortalRequest;

/// Time of a call where the input names none, and longest one.
const TIME: (Duration, Duration) = (Duration::from_mins(1), Duration::from_mins(5));
/// Largest answer: it is kept with the task.
const LARGEST: usize = 4 << 20;
/// Characters of an answer that the log shows.
const SHOWN: usize = 2_000;
const METHODS: [&str; 8] = [
    "GET", "HEAD", "OPTIONS", "POST", "UPDATE", "DELETE", "PUT", "PATCH",
];

/// What both actions take and give; they differ in what names the address.
fn schema(address: (&str, &str)) -> ActionSchema {
    let any = |description: &str| json!({"type": "object", "description": description});
    let mut properties = json!({address.0: text(address.1)});
    let more = json!({
        "method": {"type": "string", "enum": METHODS, "description": "The method type of the request"},
        "headers": any("The headers you would like to pass to your request"),
        "params": any("The query parameters you would like to pass to your request"),
        "body": {"description": "The body you would like to pass to your request. What is no text is sent as JSON"},
        "logRequestPath": flag("Option to turn request path logging off. On by default"),
        "continueOnBadResponse": flag("Return response code and body and continue to next scaffolder step if the response status is 4xx or 5xx. By default the step will fail if any status code is returned 400 and above."),
        "timeout": {"type": "number", "default": 60_000, "description": "Timeout for the request (milliseconds), at most 300000"},
        "idempotencyKey": text("With a key the answer is kept, and a task that goes on after its process ended does not send the request again"),
    });
    if let (Some(all), Value::Object(more)) = (properties.as_object_mut(), more) {
        all.extend(more);
    }
    ActionSchema {
        input: object(&[address.0, "method"], properties),
        output: object(
            &[],
            json!({
                "code": {"type": "number", "description": "The response code of the request"},
                "headers": any("The headers of the response"),
                "body": {"description": "The body of the response: the value of JSON, else an object whose `message` is the text"},
            }),
        ),
    }
}

/// A request as the input wants it.
struct Wanted {
    method: Method,
    headers: HeaderMap,
    body: Vec<u8>,
    time: Duration,
    /// The address for people; nothing where it is not to be logged.
    shown: Option<String>,
}

/// What came back.
struct Reply {
    status: StatusCode,
    headers: HeaderMap,
    bytes: Vec<u8>,
}

impl Wanted {
    fn read(context: &ActionContext, address: &str) -> Result<Self, Fault> {
        let input = &context.input;
        let method = input["method"].as_str().unwrap_or("GET");
        let method = Method::from_bytes(method.as_bytes())
            .map_err(|_| Fault::input(format!("{method:?} is no method of HTTP")))?;
        let mut headers = headers(&input["headers"])?;
        let body = body(&input["body"], &mut headers)?;
        if !body.is_empty() && matches!(method, Method::GET | Method::HEAD) {
            return Err(Fault::input(format!(
                "A request with the method {method} has no body. Give its values as params"
            )));
        }
        let time = input["timeout"]
            .as_f64()
            .map(|milliseconds| milliseconds / 1_000.0);
        let time = time.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        let is_shown = input["logRequestPath"] != false;
        Ok(Self {
            method,
            headers,
            body,
            time: time.unwrap_or(TIME.0).min(TIME.1),
            shown: is_shown.then(|| address.to_owned()),
        })
    }

    fn name(&self) -> String {
        let shown = self.shown.as_deref();
        shown.map_or_else(
            || format!("{} request", self.method),
            |shown| format!("{} {shown}", self.method),
        )
    }

    /// What an earlier attempt has kept, and what a dry run gives instead of a change. Else the call is to be made.
    fn settled(&self, context: &ActionContext) -> Option<Value> {
        let kept = context.checkpoint.get();
        if let Some(kept) = kept.filter(|kept| kept.get(EARLIER).is_none()) {
            context
                .log
                .info(format!("{} was sent by an earlier attempt", self.name()));
            return Some(kept);
        }
        let only_reads = matches!(self.method, Method::GET | Method::HEAD | Method::OPTIONS);
        if context.dry_run && !only_reads {
            context
                .log
                .info(format!("Dry run mode. Skipping non dry-run safe {}", self.name()));
            return Some(json!({}));
        }
        context.log.info(format!("Sending {}", self.name()));
        None
    }

    /// The output of a reply; one that refuses is a fault, unless the input wants to go on.
    async fn output(&self, context: &ActionContext, reply: &Reply) -> Result<Value, Fault> {
        let body = reply.body()?;
        let output = json!({
            "code": reply.status.as_u16(), "headers": reply.shown_headers(), "body": body,
        });
        if reply.status.as_u16() >= 400 {
            let said: String = body.to_string().chars().take(SHOWN).collect();
            let text = format!("Status code: {} Response body: {said}", reply.status.as_u16());
            if context.input["continueOnBadResponse"] != true {
                context
                    .log
                    .error(format!("There was an issue with your request. {text}"));
                return Err(Fault::error(format!(
                    "Unable to complete request: {} was answered with {}",
                    self.name(),
                    reply.status
                )));
            }
            context.log.info(text);
        }
        if context.input["idempotencyKey"].is_string() {
            let saved = context.checkpoint.save(&output).await;
            saved.map_err(|error| Fault::error(error.to_string()))?;
        }
        Ok(output)
    }
}

impl Reply {
    fn body(&self) -> Result<Value, Fault> {
        let kind = self.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        if kind.is_some_and(|kind| kind.contains("application/json")) && !self.bytes.is_empty() {
            return serde_json::from_slice(&self.bytes).map_err(|error| {
                Fault::error(format!(
                    "Could not get response: it says that it is JSON, and is none: {error}"
                ))
            });
        }
        Ok(json!({"message": String::from_utf8_lossy(&self.bytes)}))
    }

    fn shown_headers(&self) -> Value {
        let shown = self.headers.iter().map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            (name.to_string(), Value::String(value))
        });
        Value::Object(shown.collect::<Map<String, Value>>())
    }
}

/// A value as it stands in a header or a query.
fn printed(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(printed).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}

fn headers(written: &Value) -> Result<HeaderMap, Fault> {
    let mut headers = HeaderMap::new();
    for (name, value) in written.as_object().into_iter().flatten() {
        let name = HeaderName::from_bytes(name.as_bytes())
            .map_err(|_| Fault::input(format!("{name:?} is no name of a header")))?;
        let value = HeaderValue::from_str(&printed(value)).map_err(|_| {
            Fault::input(format!(
                "The value of the header {name} has characters that no header may have"
            ))
        })?;
        headers.insert(name, value);
    }
    Ok(headers)
}

/// The body of a request; its type is added to the headers where they have none.
fn body(written: &Value, headers: &mut HeaderMap) -> Result<Vec<u8>, Fault> {
    let (kind, bytes) = match written {
        Value::Null => return Ok(Vec::new()),
        Value::String(text) => ("text/plain;charset=UTF-8", text.clone().into_bytes()),
        other => ("application/json", other.to_string().into_bytes()),
    };
    if bytes.len() > LARGEST {
        return Err(Fault::input(format!("The body is larger than {LARGEST} bytes")));
    }
    headers
        .entry(CONTENT_TYPE)
        .or_insert(HeaderValue::from_static(kind));
    Ok(bytes)
}

/// Adds the parameters of the input to an address.
fn with_parameters(mut url: Url, parameters: &Value) -> Url {
    let given = parameters.as_object().into_iter().flatten();
    let pairs: Vec<(&String, String)> = given.map(|(name, value)| (name, printed(value))).collect();
    if !pairs.is_empty() {
        url.query_pairs_mut().extend_pairs(pairs);
    }
    url
}
