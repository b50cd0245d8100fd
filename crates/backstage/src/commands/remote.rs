//! Asking a running server.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use reqwest::{Client, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use url::Url;

/// Longest time for one answer.
const TIMEOUT: Duration = Duration::from_secs(30);
/// Entities asked for at once.
pub const PAGE: usize = 500;

/// An answer that is no success.
pub struct Refusal {
    /// Its status.
    pub status: StatusCode,
    /// The reason the server gives.
    pub message: String,
}

/// A running server.
pub struct Remote {
    client: Client,
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
        let client = Client::builder().timeout(TIMEOUT).build()?;
        Ok(Self {
            client,
            base: base.to_owned(),
            token,
        })
    }

    /// One page of entities: the items, how many there are in all, and the cursor of the next page.
    pub async fn page(&self, query: &Value) -> Result<(Vec<Value>, u64, Option<String>)> {
        let url = format!("{}/api/catalog/entities/by-query", self.base);
        let answer = self.send(self.client.post(&url).json(query), &url).await?;
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

    /// The registered locations: type and target.
    pub async fn locations(&self) -> Result<Vec<(String, String)>> {
        let url = format!("{}/api/catalog/locations", self.base);
        let answer = self.send(self.client.get(&url), &url).await?;
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
        self.ask(self.client.post(&url).json(&body), &url).await
    }

    async fn send(&self, request: RequestBuilder, url: &str) -> Result<Value> {
        match self.ask(request, url).await? {
            Ok(body) => Ok(body),
            Err(refusal) => bail!("{url} answered {}: {}", refusal.status, refusal.message),
        }
    }

    async fn ask(&self, mut request: RequestBuilder, url: &str) -> Result<Result<Value, Refusal>> {
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        let answer = request
            .send()
            .await
            .with_context(|| format!("{url} cannot be reached; is the server running?"))?;
        let status = answer.status();
        let text = answer
            .text()
            .await
            .with_context(|| format!("{url} broke off its answer"))?;
        let body: Value = serde_json::from_str(&text).unwrap_or(Value::Null);
        if !status.is_success() {
            let message = body["error"]["message"].as_str().unwrap_or("no reason given");
            return Ok(Err(Refusal {
                status,
                message: message.to_owned(),
            }));
        }
        Ok(Ok(body))
    }
}
