//! Puts the routes of all plugins and the middleware together.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use axum::Router;
use axum::extract::Request;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{from_fn, from_fn_with_state, map_response};
use axum::response::{IntoResponse, Response};
use axum::routing::MethodRouter;
use plugin::{AuditLog, Authenticator, Face, HealthCheck, Permission, PluginId, Policy, Routes, RowHead};
use tower_http::CompressionLevel;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::csrf::CsrfLayer;

use crate::api::{ApiError, ApiRouter};
use crate::doorkeeper::Doorkeeper;
use crate::gate::{Gates, enforce};
use crate::health::{Check, HealthState, rows as health_rows};
use crate::holding::{Holding, hold};
use crate::mount::{Mounts, dispatch};
use crate::options::ServerOptions;
use crate::pages::{PageGuard, guard};
use crate::readiness::Readiness;
use crate::request_log::RequestId;
use crate::{caching, metrics_endpoint, request_log};

/// The name under which the server's own routes stand.
pub(crate) const OWN: PluginId = PluginId::built_in("portal");

/// The content of an error page.
#[derive(Debug, Clone)]
pub struct ErrorPage {
    /// Status of the answer.
    pub status: StatusCode,
    /// The reason, if it says more than the status.
    pub message: Option<String>,
    /// The permission that the caller lacks, where that is the reason.
    pub missing: Option<&'static Permission>,
    /// Finds the request in the log.
    pub request_id: RequestId,
    /// The head of the request.
    pub request: Parts,
}

/// Renders the pages for errors that have no page of their own: unknown paths, panics, refusals.
#[async_trait]
pub trait RenderErrorPage: Send + Sync {
    /// The page, whose status is set by the caller, or a redirect to the page that helps.
    async fn render(&self, error: ErrorPage) -> Response;
}

/// Everything a server serves.
pub struct Site {
    /// The routes of plugins.
    pub routes: Vec<Routes>,
    /// Settings from the configuration.
    pub options: ServerOptions,
    /// Whether the catalog has loaded.
    pub readiness: Readiness,
    /// Checks behind the readiness endpoint.
    pub health_checks: Vec<Arc<dyn HealthCheck>>,
    /// Ways to identify a caller, beside the tokens of the configuration.
    pub authenticators: Vec<Arc<dyn Authenticator>>,
    /// Decides what callers may do; without it they may do everything that their credentials leave.
    pub policy: Option<Arc<dyn Policy>>,
    /// Records changes that were refused before they reached their handler.
    pub audit: Option<Arc<dyn AuditLog>>,
    /// Pages for errors; without it they have an empty or JSON body.
    pub error_page: Option<Arc<dyn RenderErrorPage>>,
}

impl Site {
    /// A site of these routes alone.
    pub fn new(routes: Vec<Routes>, options: ServerOptions, readiness: Readiness) -> Self {
        Self {
            routes,
            options,
            readiness,
            health_checks: Vec::new(),
            authenticators: Vec::new(),
            policy: None,
            audit: None,
            error_page: None,
        }
    }

    /// Every row that is served, those of the server itself included.
    pub fn table(&self) -> Vec<RowHead> {
        let own = self.own_routes();
        let plugins = self.routes.iter().flat_map(Routes::table);
        own.table().chain(plugins).cloned().collect()
    }

    /// Health and metrics.
    fn own_routes(&self) -> Routes {
        let health = HealthState {
            readiness: self.readiness.clone(),
            checks: self.health_checks.iter().cloned().map(Check::new).collect(),
            headers: Arc::new(headers(&self.options.health_headers)),
        };
        let metrics = metrics_endpoint::rows(&self.options.metrics, &self.options.access);
        Routes::new(OWN).face(Face::Plain, health_rows(&health).and(metrics))
    }

    /// The whole router, middleware included.
    pub fn into_router(self) -> Router {
        let mut all = vec![self.own_routes()];
        let ids: Vec<PluginId> = self.routes.iter().map(|set| set.plugin().clone()).collect();
        all.extend(self.routes);
        let options = self.options;
        let gates = Arc::new(Gates {
            doorkeeper: Doorkeeper {
                access: options.access.clone(),
                authenticators: self.authenticators,
            },
            policy: self.policy,
            cors: options.cors.clone(),
            readiness: self.readiness,
            limits: options.limits.clone(),
            audit: self.audit,
        });
        let rows: Vec<_> = all.into_iter().flat_map(Routes::into_rows).collect();
        let (api, full_paths): (Vec<_>, Vec<_>) =
            rows.into_iter().partition(|(head, _)| head.face == Face::Api);
        let (pages, plain): (Vec<_>, Vec<_>) = full_paths
            .into_iter()
            .partition(|(head, _)| head.face == Face::Page);
        let whole = plain_router(&gates, plain).fallback_service(page_router(&gates, pages, self.error_page));
        with_middleware(whole, mounts(&gates, ids, api), options)
    }
}

type Row = (RowHead, MethodRouter);

/// The APIs of the plugins, also of those without any route there.
fn mounts(gates: &Arc<Gates>, ids: Vec<PluginId>, rows: Vec<Row>) -> Mounts {
    let mut by_plugin: BTreeMap<PluginId, Vec<Row>> = ids.into_iter().map(|id| (id, Vec::new())).collect();
    for row in rows {
        by_plugin.entry(row.0.plugin.clone()).or_default().push(row);
    }
    let plugins = by_plugin
        .into_iter()
        .map(|(id, rows)| (id.to_string(), ApiRouter::new(gates, &id, rows)));
    Mounts {
        plugins: plugins.collect(),
    }
}

fn gated(gates: &Arc<Gates>, rows: Vec<Row>) -> Router {
    rows.into_iter().fold(Router::new(), |router, (head, endpoint)| {
        let gate = from_fn_with_state(gates.of(&head), enforce);
        router.route(&head.path, endpoint.route_layer(gate))
    })
}

fn page_router(gates: &Arc<Gates>, rows: Vec<Row>, error_page: Option<Arc<dyn RenderErrorPage>>) -> Router {
    let elsewhere = gates.elsewhere(Face::Page, None);
    let nothing = |status: StatusCode| {
        let elsewhere = elsewhere.clone();
        move |request: Request| async move { elsewhere.nothing(request, status).await }
    };
    gated(gates, rows)
        .method_not_allowed_fallback(nothing(StatusCode::METHOD_NOT_ALLOWED))
        .fallback(nothing(StatusCode::NOT_FOUND))
        .layer(CsrfLayer::new())
        .layer(from_fn_with_state(Arc::new(PageGuard { error_page }), guard))
}

fn plain_router(gates: &Arc<Gates>, rows: Vec<Row>) -> Router {
    gated(gates, rows).method_not_allowed_fallback(|| async { StatusCode::NOT_FOUND })
}

fn with_middleware(router: Router, mounts: Mounts, options: ServerOptions) -> Router {
    let limits = options.limits.clone();
    router
        .layer(from_fn_with_state(Arc::new(mounts), dispatch))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(Holding::new(&limits), hold))
        .layer(map_response(caching::private))
        .layer(map_response(vary_by_encoding))
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
        .layer(from_fn_with_state(Arc::new(options), request_log::frame))
        .layer(from_fn(request_log::log))
}

/// Tells caches that the answer depends on `Accept-Encoding`, even if this text is too short to be compressed.
async fn vary_by_encoding(mut answer: Response) -> Response {
    let kind = answer
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok());
    let is_text =
        kind.is_some_and(|kind| kind.starts_with("text/") || kind.contains("json") || kind.contains("xml"));
    if is_text {
        answer
            .headers_mut()
            .append(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    }
    answer
}

fn headers(given: &[(String, String)]) -> HeaderMap {
    let parsed = given.iter().filter_map(|(name, value)| {
        Some((
            HeaderName::try_from(name.as_str()).ok()?,
            HeaderValue::from_str(value).ok()?,
        ))
    });
    parsed.collect()
}

/// The panic itself was logged by the panic hook, with its place.
fn panicked(_: Box<dyn std::any::Any + Send>) -> Response {
    ApiError::new(model::Fault::error("An internal error occurred")).into_response()
}
