//! The way of requests to a cluster: the Kubernetes client writes them, the portal's one client for outside calls sends them.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use config::Secret;
use futures::stream::{Stream, StreamExt};
use http::{Request, Response};
use http_body_util::BodyExt;
use kube::client::Body;
use model::{Clock, SystemClock};
use outside::{Host, OutsideError};
use tower::BoxError;
use url::Url;

use super::cluster::Cluster;
use super::credentials::Token;
use super::failure::{Failure, Sort};
use super::pulse::Pulse;

/// Longest silence of a watch. The server sends bookmarks every minute, and ends a watch after five.
const WATCH_PAUSE: Duration = Duration::from_mins(6);

/// Where a cluster is and who calls it.
#[derive(Clone)]
pub(crate) struct Line {
    pub host: Host,
    pub base: Url,
    pub token: Token,
}

/// A request that was not sent.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.message)]
pub(crate) struct NotSent(pub Failure);

impl Cluster {
    /// A client of the Kubernetes library. `pulse` hears of the streams of changes that are opened, and of what comes. The line is
    /// looked up for each request, so that renewed certificates count.
    pub fn client(self: &Arc<Self>, pulse: Option<Arc<Pulse>>) -> kube::Client {
        self.client_with(None, pulse)
    }

    /// A client with the token of a viewer.
    pub fn client_as(self: &Arc<Self>, token: Secret) -> kube::Client {
        self.client_with(Some(Token::Text(token)), None)
    }

    fn client_with(self: &Arc<Self>, token: Option<Token>, pulse: Option<Arc<Pulse>>) -> kube::Client {
        let cluster = self.clone();
        let service = tower::service_fn(move |request: Request<Body>| {
            let (cluster, token, pulse) = (cluster.clone(), token.clone(), pulse.clone());
            async move {
                let mut line = cluster.usable_line().map_err(NotSent)?;
                line.token = token.unwrap_or(line.token);
                line.send(request, pulse).await
            }
        });
        kube::Client::new(service, "default")
    }
}

impl Line {
    /// The token as it is now.
    pub async fn token(&self) -> Result<Option<String>, Failure> {
        let sort = match self.token {
            Token::OfViewer(_) => Sort::NeedsViewer,
            _ => Sort::Unauthorized,
        };
        let token = self.token.now().await;
        token.map_err(|reason| Failure::new(sort, reason, SystemClock.now()))
    }

    async fn send(
        self,
        request: Request<Body>,
        pulse: Option<Arc<Pulse>>,
    ) -> Result<Response<axum::body::Body>, BoxError> {
        let (head, body) = request.into_parts();
        let query = head.uri.query().unwrap_or_default();
        let is_watch = query
            .split('&')
            .any(|pair| matches!(pair, "watch=true" | "watch=1"));
        let mut call = self
            .host
            .request(head.method, self.address(head.uri.path(), query))
            .any_status();
        for (name, value) in &head.headers {
            call = call.header(name.clone(), value.to_str()?);
        }
        if let Some(token) = self.token().await.map_err(NotSent)? {
            call = call.bearer(&token);
        }
        if is_watch {
            call = call.endless(WATCH_PAUSE);
        }
        let answer = call.body(body.collect().await?.to_bytes()).send().await?;
        let mut response = Response::builder().status(answer.status());
        if let Some(headers) = response.headers_mut() {
            headers.clone_from(answer.headers());
        }
        let opened = pulse.filter(|_| is_watch && answer.is_success());
        Ok(response.body(followed(answer.stream(), opened))?)
    }

    /// The address of a path of the API; a path that the cluster's own address has stays before it.
    pub fn address(&self, path: &str, query: &str) -> Url {
        let mut url = self.base.clone();
        url.set_path(&format!("{}{path}", self.base.path().trim_end_matches('/')));
        url.set_query((!query.is_empty()).then_some(query));
        url
    }
}

/// The content as it comes, which `opened` hears of.
fn followed(
    parts: impl Stream<Item = Result<Bytes, OutsideError>> + Send + 'static,
    opened: Option<Arc<Pulse>>,
) -> axum::body::Body {
    let connection = opened.map(Connection::open);
    axum::body::Body::from_stream(parts.inspect(move |part| {
        if let (Ok(_), Some(connection)) = (part, &connection) {
            connection.0.heard(SystemClock.now());
        }
    }))
}

/// A stream of changes while it is open.
struct Connection(Arc<Pulse>);

impl Connection {
    fn open(pulse: Arc<Pulse>) -> Self {
        pulse.connected(SystemClock.now());
        Self(pulse)
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.0.disconnected();
    }
}
