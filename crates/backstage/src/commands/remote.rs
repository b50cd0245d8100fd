//! Asking a running server.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use model::{EntityRef, SystemClock};
use outside::{Host, HostPolicy, Method, OutsideCalls, OutsideError, Request, Settings, StatusCode};
use serde_json::{Value, json};
use url::Url;

use crate::settings;

/// Longest time until a connection stands.
const TIMEOUT: Duration = Duration::from_secs(30);
/// Longest time for one answer. A portal waits half a minute for the next event of a task.
const LONGEST_ANSWER: Duration = Duration::from_mins(1);
/// Longest time for an update: the portal runs the template dry twice.
const LONGEST_UPDATE: Duration = Duration::from_mins(6);
/// Most bytes of one answer: a page of large entities.
const MAX_BYTES: u64 = 256 << 20;
/// Most redirects of a request that reads.
const MAX_REDIRECTS: usize = 5;
/// Entities asked for at once.
pub const PAGE: usize = 500;

/// An answer that is no success.
pub struct Refusal {
    /// Its status.
    pub status: StatusCode,
    /// The reason the server gives.
    pub message: String,
}

/// What is to become of an update.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UpdateOrder {
    /// It is shown.
    Show,
    /// The portal opens a pull request with it.
    Propose,
    /// The caller writes it; the portal believes the repository's record afterwards.
    Write,
}

/// A running server.
pub struct Remote {
    host: Host,
    base: String,
    token: Option<String>,
}

impl Remote {
    /// A server by its address, with or without `/api/catalog` at the end.
    pub fn new(url: &Url, token: Option<String>) -> Result<Self> {
        let base = url
            .as_str()
            .trim_end_matches('/')
            .trim_end_matches("/entities")
            .trim_end_matches("/api/catalog");
        let calls = OutsideCalls::new(
            Settings {
                trust: settings::extra_authorities()?,
                ..Settings::default()
            },
            Arc::new(SystemClock),
        );
        let policy = HostPolicy {
            connect_time: TIMEOUT,
            answer_time: LONGEST_ANSWER,
            max_answer_bytes: MAX_BYTES,
            breaker: None,
            ..HostPolicy::default()
        };
        Ok(Self {
            host: calls.host("the server", &policy)?,
            base: base.to_owned(),
            token,
        })
    }

    /// One page of entities: the items, how many there are in all, and the cursor of the next page.
    pub async fn page(&self, query: &Value) -> Result<(Vec<Value>, u64, Option<String>)> {
        let url = format!("{}/api/catalog/entities/by-query", self.base);
        let answer = self.send(self.post(&url, query)?, &url).await?;
        let items = answer["items"].as_array().cloned().unwrap_or_default();
        let next = answer["pageInfo"]["nextCursor"].as_str().map(str::to_owned);
        Ok((items, answer["totalItems"].as_u64().unwrap_or(0), next))
    }

    /// The body of the page after a cursor.
    pub fn next_page(cursor: &str, limit: usize, fields: &[String]) -> Value {
        let mut body = json!({ "cursor": cursor, "limit": limit });
        if !fields.is_empty() {
            body["fields"] = json!(fields);
        }
        body
    }

    /// Everything that depends on an entity (`dependents`), or that it needs (`dependencies`).
    pub async fn impact(&self, root: &EntityRef, direction: &str) -> Result<Value> {
        let named = format!("{}/{}/{}", root.kind(), root.namespace(), root.name());
        let url = format!(
            "{}/api/catalog/entities/by-name/{named}/impact?direction={direction}",
            self.base
        );
        self.send(self.host.get(Url::parse(&url)?), &url).await
    }

    /// The registered locations: type and target.
    pub async fn locations(&self) -> Result<Vec<(String, String)>> {
        let url = format!("{}/api/catalog/locations", self.base);
        let answer = self.send(self.host.get(Url::parse(&url)?), &url).await?;
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let rows = answer.as_array().map(Vec::as_slice).unwrap_or_default();
        Ok(rows
            .iter()
            .filter_map(|row| Some((text(&row["data"]["type"])?, text(&row["data"]["target"])?)))
            .collect())
    }

    /// Registers a location, or tells what it would bring. The outer error is a server out of reach,
    /// the inner one its refusal.
    pub async fn register(&self, kind: &str, target: &str, dry_run: bool) -> Result<Result<Value, Refusal>> {
        let url = format!("{}/api/catalog/locations?dryRun={dry_run}", self.base);
        let body = json!({ "type": kind, "target": target });
        self.ask(self.post(&url, &body)?, &url).await
    }

    /// Begins a task of a template: its id, or the refusal.
    pub async fn begin_task(
        &self,
        template: &str,
        values: &Value,
        secrets: &BTreeMap<String, String>,
    ) -> Result<Result<String, Refusal>> {
        let url = format!("{}/api/scaffolder/v2/tasks", self.base);
        let body = json!({ "templateRef": template, "values": values, "secrets": secrets });
        let answer = self.ask(self.post(&url, &body)?, &url).await?;
        Ok(match answer {
            Ok(body) => Ok(body["id"].as_str().unwrap_or_default().to_owned()),
            Err(refusal) => Err(refusal),
        })
    }

    /// The events of a task behind the one of this number. Waits for the first.
    pub async fn task_events(&self, task: &str, after: i64) -> Result<Vec<Value>> {
        let url = format!(
            "{}/api/scaffolder/v2/tasks/{task}/events?after={after}",
            self.base
        );
        let answer = self.send(self.host.get(Url::parse(&url)?), &url).await?;
        Ok(answer.as_array().cloned().unwrap_or_default())
    }

    /// The repositories that templates made.
    pub async fn projects(&self) -> Result<Vec<Value>> {
        let url = format!("{}/api/scaffolder/v2/projects", self.base);
        let answer = self.send(self.host.get(Url::parse(&url)?), &url).await?;
        Ok(answer["projects"].as_array().cloned().unwrap_or_default())
    }

    /// What a newer template changes in a project, and what the portal does about it.
    pub async fn update(
        &self,
        project: &str,
        values: &Value,
        order: UpdateOrder,
    ) -> Result<Result<Value, Refusal>> {
        let url = format!("{}/api/scaffolder/v2/projects/{project}/update", self.base);
        let body = match order {
            UpdateOrder::Show => json!({ "values": values }),
            UpdateOrder::Propose => json!({ "values": values, "propose": true }),
            UpdateOrder::Write => json!({ "values": values, "write": true }),
        };
        let request = self.post(&url, &body)?.within(LONGEST_UPDATE);
        self.ask(request, &url).await
    }

    fn post(&self, url: &str, body: &Value) -> Result<Request> {
        Ok(self.host.request(Method::POST, Url::parse(url)?).json(body))
    }

    async fn send(&self, request: Request, url: &str) -> Result<Value> {
        match self.ask(request, url).await? {
            Ok(body) => Ok(body),
            Err(refusal) => bail!("{url} answered {}: {}", refusal.status, refusal.message),
        }
    }

    async fn ask(&self, request: Request, url: &str) -> Result<Result<Value, Refusal>> {
        let mut request = request.any_status();
        if let Some(token) = &self.token {
            request = request.bearer(token);
        }
        let answer: Result<_, OutsideError> = request.follow(MAX_REDIRECTS, |_| Ok(self.host.clone())).await;
        let answer = answer.with_context(|| format!("{url} cannot be reached; is the server running?"))?;
        let status = answer.status();
        let text = answer
            .text()
            .await
            .with_context(|| format!("{url} broke off its answer"))?;
        let body: Value = serde_json::from_str(&text).unwrap_or(Value::Null);
        if !status.is_success() {
            return Ok(Err(Refusal {
                status,
                message: reason(&body),
            }));
        }
        Ok(Ok(body))
    }
}

/// The reason that a refusal gives: that of the error, or what is wrong with each value of a form.
fn reason(body: &Value) -> String {
    let errors = body["errors"].as_array().into_iter().flatten();
    let wrong: Vec<&str> = errors.filter_map(|error| error["stack"].as_str()).collect();
    match body["error"]["message"].as_str() {
        Some(message) => message.to_owned(),
        None if wrong.is_empty() => "no reason given".to_owned(),
        None => format!("the values do not fit the form: {}", wrong.join("; ")),
    }
}
