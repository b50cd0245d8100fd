//! Puts the routes of all plugins and the middleware together.

use std::sync::Arc;

use async_trait::async_trait;
use axum::Router;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{from_fn, from_fn_with_state, map_response};
use axum::response::{IntoResponse, Response};
use plugin::{HealthCheck, RouteSet};
use tower_http::CompressionLevel;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::csrf::CsrfLayer;
use tower_http::timeout::TimeoutLayer;

use crate::api::ApiError;
use crate::health::{Check, HealthState, router as health_router};
use crate::holding::{Holding, hold};
use crate::mount::{Mounts, dispatch};
use crate::options::ServerOptions;
use crate::pages::{PageGuard, guard};
use crate::readiness::Readiness;
use crate::request_log::RequestId;
use crate::{caching, metrics_endpoint, request_log};

/// What an error page tells.
#[derive(Debug, Clone)]
pub struct ErrorPage {
    /// Status of the answer.
    pub status: StatusCode,
    /// What went wrong, when there is more to say than the status does.
    pub message: Option<String>,
    /// Finds the request in the log.
    pub request_id: RequestId,
    /// The head of the request.
    pub request: Parts,
}

/// Renders the pages for errors that have no page of their own: unknown paths, panics, refusals.
#[async_trait]
pub trait RenderErrorPage: Send + Sync {
    /// The page; its status is set by the caller.
    async fn render(&self, error: ErrorPage) -> Response;
}

/// Everything a server serves.
pub struct Site {
    /// What plugins serve.
    pub routes: Vec<RouteSet>,
    /// Settings from the configuration.
    pub options: ServerOptions,
    /// Whether the catalog has loaded.
    pub readiness: Readiness,
    /// Checks behind the readiness endpoint.
    pub health_checks: Vec<Arc<dyn HealthCheck>>,
    /// Pages for errors; without it they have an empty or JSON body.
    pub error_page: Option<Arc<dyn RenderErrorPage>>,
}

impl Site {
    /// The whole router, middleware included.
    pub fn into_router(self) -> Router {
        let Self {
            routes,
            options,
            readiness,
            health_checks,
            error_page,
        } = self;
        let mut plugins = std::collections::HashMap::new();
        let mut pages = Router::new();
        for set in routes {
            plugins.insert(set.id, set.api);
            pages = pages.merge(set.pages);
        }
        let page_guard = Arc::new(PageGuard {
            access: options.access.clone(),
            readiness: readiness.clone(),
            limits: options.limits.clone(),
            error_page,
        });
        let pages = pages
            .fallback(|| async { StatusCode::NOT_FOUND })
            .layer(CatchPanicLayer::custom(panicked))
            .layer(CsrfLayer::new())
            .layer(from_fn_with_state(page_guard, guard));
        let health = HealthState {
            readiness: readiness.clone(),
            checks: health_checks.into_iter().map(Check::new).collect(),
            headers: Arc::new(headers(&options.health_headers)),
        };
        let mounts = Mounts {
            plugins,
            access: options.access.clone(),
            cors: options.cors.clone(),
            readiness,
            limits: options.limits.clone(),
        };
        let metrics = metrics_endpoint::router(options.metrics.clone(), options.access.clone());
        let own = health_router(health).merge(metrics);
        let whole = own
            .method_not_allowed_fallback(|| async { StatusCode::NOT_FOUND })
            .fallback_service(pages);
        with_middleware(whole, mounts, options)
    }
}

fn with_middleware(router: Router, mounts: Mounts, options: ServerOptions) -> Router {
    let limits = options.limits.clone();
    router
        .layer(from_fn_with_state(Arc::new(mounts), dispatch))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::SERVICE_UNAVAILABLE,
            limits.answer_timeout,
        ))
        .layer(from_fn_with_state(Holding::new(&limits), hold))
        .layer(map_response(caching::private))
        .layer(map_response(vary_by_encoding))
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
        .layer(from_fn_with_state(Arc::new(options), request_log::frame))
        .layer(from_fn(request_log::log))
}

/// Tells caches that a text may come compressed, also when it is too small to be.
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
