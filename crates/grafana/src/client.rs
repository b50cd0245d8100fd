//! The calls to one Grafana: each is one question of ours, and nothing is passed through.

mod new_api;

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::body::Bytes;
use config::Secret;
use http::header::{ACCEPT, AUTHORIZATION};
use outside::{Host, HostPolicy, Method, NotPrepared, OutsideCalls, OutsideError, Request, StatusCode, What};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use url::Url;

use crate::settings::HostSettings;
use crate::trouble::Trouble;

/// Largest list of dashboards or rules, in bytes.
const LARGEST_LIST: u64 = 32 << 20;
/// Largest answer to the queries of a panel.
const LARGEST_ANSWER: u64 = 8 << 20;
/// Queries of panels at the same time.
const QUERIES: usize = 16;

/// Calls to one Grafana.
pub(crate) struct Client {
    server: String,
    authorization: Option<Secret>,
    host: Host,
    /// Queries have places of their own: a data source that is slow holds up nothing else.
    queries: Host,
    /// The organisation in paths of the newer API.
    namespace: String,
    /// The older API is gone, or is not to be used.
    is_new: AtomicBool,
}

impl Client {
    /// A client. `is_only` tells whether the host needs its id in its name.
    pub(crate) fn new(
        outside: &OutsideCalls,
        settings: &HostSettings,
        is_only: bool,
    ) -> Result<Self, NotPrepared> {
        let name = if is_only {
            "grafana".to_owned()
        } else {
            format!("grafana {}", settings.id)
        };
        let queries = HostPolicy {
            concurrency: QUERIES,
            queue_time: Duration::from_secs(3),
            max_answer_bytes: LARGEST_ANSWER,
            // One data source that fails says nothing about the others.
            breaker: None,
            ..HostPolicy::default()
        };
        let lists = HostPolicy {
            max_answer_bytes: LARGEST_LIST,
            ..HostPolicy::default()
        };
        Ok(Self {
            server: settings.server.clone(),
            authorization: settings.authorization.clone(),
            host: outside.host(&name, &lists)?,
            queries: outside.host(&format!("{name} (queries)"), &queries)?,
            namespace: settings.namespace.clone(),
            is_new: AtomicBool::new(settings.is_new_api),
        })
    }

    fn request(&self, host: &Host, method: Method, path: &str) -> Result<Request, Trouble> {
        let address = format!("{}{path}", self.server);
        let url = Url::parse(&address)
            .map_err(|error| Trouble::new(format!("{} is no address: {error}", self.server)))?;
        let request = host.request(method, url).header(ACCEPT, "application/json");
        Ok(match &self.authorization {
            Some(secret) => request.secret_header(AUTHORIZATION, secret.current().expose().trim()),
            None => request,
        })
    }

    async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, Trouble> {
        let answer = self.request(&self.host, Method::GET, path)?.send().await?;
        Ok(answer.json().await?)
    }

    /// The dashboards, page by page, and whether there are more than were asked for. A Grafana that has no search any more is
    /// asked by its newer API from then on.
    pub(crate) async fn dashboards_of(
        &self,
        pages: usize,
        size: usize,
    ) -> Result<(Vec<Value>, bool), Trouble> {
        if self.is_new.load(Ordering::Relaxed) {
            return self.new_list(pages * size).await;
        }
        if let Some(found) = self.search(pages, size).await? {
            return Ok(found);
        }
        let found = self.new_list(pages * size).await?;
        self.is_new.store(true, Ordering::Relaxed);
        Ok(found)
    }

    /// The dashboards by the older API; nothing where it is gone.
    async fn search(&self, pages: usize, size: usize) -> Result<Option<(Vec<Value>, bool)>, Trouble> {
        let mut hits: Vec<Value> = Vec::new();
        for page in 1..=pages {
            let path = format!("/api/search?type=dash-db&limit={size}&page={page}");
            let found: Vec<Value> = match self.request(&self.host, Method::GET, &path)?.send().await {
                Ok(answer) => answer.json().await?,
                Err(error) if page == 1 && is_gone(&error) => return Ok(None),
                Err(error) => return Err(error.into()),
            };
            let is_last = found.len() < size;
            hits.extend(found);
            if is_last {
                return Ok(Some((hits, false)));
            }
        }
        Ok(Some((hits, true)))
    }

    /// An answer as it is, for a program that asked for this path.
    pub(crate) async fn pass(&self, path: &str) -> Result<(StatusCode, Bytes), Trouble> {
        let answer = self
            .request(&self.host, Method::GET, path)?
            .any_status()
            .send()
            .await?;
        let status = answer.status();
        if status.is_redirection() {
            return Err(Trouble::status(
                self.host.name(),
                status,
                Some("it asks for a sign-in"),
            ));
        }
        if status.is_success() {
            let value: Value = answer.json().await?;
            return Ok((status, value.to_string().into()));
        }
        Ok((status, answer.bytes().await?))
    }

    /// A picture of Grafana's renderer.
    pub(crate) async fn render(&self, path: &str, within: Duration) -> Result<Bytes, Trouble> {
        let request = self.request(&self.queries, Method::GET, &format!("/render{path}"))?;
        Ok(request.within(within).send().await?.bytes().await?)
    }

    /// What Grafana tells its own pages about itself.
    pub(crate) async fn frontend_settings(&self) -> Result<Value, Trouble> {
        self.get("/api/frontend/settings").await
    }

    /// The headers by which a page says who may frame it: `X-Frame-Options` and `Content-Security-Policy`.
    pub(crate) async fn framing(&self, path: &str) -> Result<(Option<String>, Option<String>), Trouble> {
        let request = self.request(&self.host, Method::HEAD, path)?.any_status();
        let answer = request.send().await?;
        let header = |name: &str| answer.header(name).map(str::to_owned);
        let headers = (header("x-frame-options"), header("content-security-policy"));
        answer.bytes().await?;
        Ok(headers)
    }

    /// A dashboard.
    pub(crate) async fn dashboard(&self, uid: &str) -> Result<Value, Trouble> {
        if self.is_new.load(Ordering::Relaxed) {
            return self.new_dashboard(uid).await;
        }
        self.get(&format!("/api/dashboards/uid/{}", encoded(uid))).await
    }

    /// The alert rules of Grafana, or those that a data source has itself, with their alerts.
    pub(crate) async fn rules(&self, source: Option<&str>) -> Result<Value, Trouble> {
        let source = source.map_or_else(|| "grafana".to_owned(), encoded);
        self.get(&format!("/api/prometheus/{source}/api/v1/rules")).await
    }

    /// The silences of Grafana's alert manager, or of another one behind it.
    pub(crate) async fn silences(&self, source: Option<&str>) -> Result<Value, Trouble> {
        let source = source.map_or_else(|| "grafana".to_owned(), encoded);
        self.get(&format!("/api/alertmanager/{source}/api/v2/silences"))
            .await
    }

    /// What was noted in a span of time: of a dashboard, or with one of the tags.
    pub(crate) async fn annotations(
        &self,
        (from, to): (i64, i64),
        board: Option<&str>,
        tags: &[String],
    ) -> Result<Value, Trouble> {
        let mut path = format!("/api/annotations?from={from}&to={to}&type=annotation&limit=100");
        if !tags.is_empty() {
            path.push_str("&matchAny=true");
        }
        if let Some(board) = board {
            path.push_str(&format!("&dashboardUID={}", encoded(board)));
        }
        for tag in tags {
            path.push_str(&format!("&tags={}", encoded(tag)));
        }
        // Charts do without annotations: that they fail must not look as if Grafana were away.
        let answer = self.request(&self.queries, Method::GET, &path)?.send().await?;
        Ok(answer.json().await?)
    }

    /// Writes an annotation.
    pub(crate) async fn annotate(&self, note: &Value) -> Result<Value, Trouble> {
        let request = self.request(&self.host, Method::POST, "/api/annotations")?;
        Ok(request.json(note).send().await?.json().await?)
    }

    /// Answers to the queries of a panel. Some may have failed while others have not.
    pub(crate) async fn query(
        &self,
        (from, to): (i64, i64),
        queries: &[Value],
        within: Duration,
    ) -> Result<Value, Trouble> {
        let body = json!({"from": from.to_string(), "to": to.to_string(), "queries": queries});
        let request = self.request(&self.queries, Method::POST, "/api/ds/query")?;
        let answer = request.json(&body).within(within).any_status().send().await?;
        let status = answer.status();
        if status.is_redirection() {
            return Err(Trouble::status(
                self.queries.name(),
                status,
                Some("it asks for a sign-in"),
            ));
        }
        let answered: Value = match answer.json().await {
            Ok(answered) => answered,
            Err(error) if status.is_success() => return Err(error.into()),
            Err(_) => return Err(Trouble::status(self.queries.name(), status, None)),
        };
        if answered.get("results").is_some() {
            return Ok(answered);
        }
        let reason = ["message", "error"]
            .iter()
            .find_map(|key| answered.get(*key)?.as_str());
        Err(Trouble::status(self.queries.name(), status, reason))
    }
}

/// Whether a route of the older API is not there.
fn is_gone(error: &OutsideError) -> bool {
    let gone = [StatusCode::NOT_FOUND, StatusCode::GONE];
    matches!(&error.what, What::Status { status, .. } if gone.contains(status))
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}
