//! A site on this machine while it is written: pages of the files as they are now, which show a change by themselves.
//!
//! It listens where the caller says, and answers only who asks for it by a name of this machine, so that no page of the web can
//! read it through the browser.

use std::convert::Infallible;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use futures::stream;
use model::Fault;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::api::content_type;
use crate::site::{Site, has_ending};

/// How often files are looked at.
const PAUSE: Duration = Duration::from_millis(300);
/// The script that shows a change, and where it hears of one.
const SCRIPT: &str = "/-/preview.js";
const CHANGES: &str = "/-/changes";
const SCRIPT_TEXT: &str = "const changes = new EventSource('/-/changes');\n\
    changes.addEventListener('changed', () => location.reload());\n";
/// What a page may do.
const POLICY: &str = "default-src 'self'; img-src 'self' data: https: http:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'";

/// A site that is written.
#[derive(Clone)]
pub struct Preview {
    path: PathBuf,
    site: watch::Sender<Arc<Site>>,
}

impl Preview {
    /// Reads the site at a path. Blocks.
    pub fn open(path: PathBuf) -> Result<Self, Fault> {
        let site = Arc::new(Site::of_folder(&path)?);
        let (site, _) = watch::channel(site);
        Ok(Self { path, site })
    }

    /// The site as it is now.
    pub fn site(&self) -> Arc<Site> {
        self.site.borrow().clone()
    }

    /// Serves it until `stop` is cancelled. `changed` hears of each version, or why there is none.
    pub async fn serve(
        self,
        listener: TcpListener,
        stop: CancellationToken,
        changed: impl Fn(Result<&Site, &Fault>) + Send + 'static,
    ) -> std::io::Result<()> {
        let looking = tokio::spawn(self.clone().look(stop.clone(), changed));
        let shown = Shown {
            preview: self,
            stop: stop.clone(),
        };
        let router = Router::new()
            .route(CHANGES, get(changes))
            .route(
                SCRIPT,
                get(|| async {
                    (
                        [(header::CONTENT_TYPE, "text/javascript; charset=utf-8")],
                        SCRIPT_TEXT,
                    )
                }),
            )
            .fallback(file)
            .with_state(shown)
            .layer(axum::middleware::from_fn(of_this_machine));
        let served = axum::serve(listener, router)
            .with_graceful_shutdown(stop.cancelled_owned())
            .await;
        looking.abort();
        served
    }

    async fn look(self, stop: CancellationToken, changed: impl Fn(Result<&Site, &Fault>)) {
        let mut told = None;
        while stop
            .run_until_cancelled(tokio::time::sleep(PAUSE))
            .await
            .is_some()
        {
            let (path, version) = (self.path.clone(), self.site().version.clone());
            let read = tokio::task::spawn_blocking(move || Site::newer(&path, &version)).await;
            match read {
                Ok(Ok(Some(site))) => {
                    changed(Ok(&site));
                    self.site.send_replace(Arc::new(site));
                    told = None;
                }
                Ok(Err(fault)) if told.as_ref() != Some(&fault.message) => {
                    changed(Err(&fault));
                    told = Some(fault.message);
                }
                _ => {}
            }
        }
    }
}

#[derive(Clone)]
struct Shown {
    preview: Preview,
    stop: CancellationToken,
}

/// Refuses who asks by a name that is none of this machine.
async fn of_this_machine(headers: HeaderMap, request: Request, next: axum::middleware::Next) -> Response {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let name = host.unwrap_or_default();
    let name = name.rsplit_once(':').map_or(name, |(name, _)| name);
    if !matches!(name, "localhost" | "127.0.0.1" | "[::1]") {
        let text = "This preview is read on its own machine only: ask for it by localhost.\n";
        return (StatusCode::MISDIRECTED_REQUEST, text).into_response();
    }
    next.run(request).await
}

/// An event for each version.
async fn changes(State(shown): State<Shown>) -> Response {
    let mut receiver = shown.preview.site.subscribe();
    receiver.mark_unchanged();
    let events = stream::unfold((receiver, shown.stop), |(mut receiver, stop)| async move {
        let changed = stop.run_until_cancelled(receiver.changed()).await?;
        changed.ok()?;
        let event = Event::default().event("changed").data("{}");
        Some((Ok::<Event, Infallible>(event), (receiver, stop)))
    });
    Sse::new(events).keep_alive(KeepAlive::default()).into_response()
}

async fn file(State(shown): State<Shown>, uri: Uri) -> Response {
    let site = shown.preview.site();
    let path = percent_encoding::percent_decode_str(uri.path().trim_start_matches('/'))
        .decode_utf8_lossy()
        .into_owned();
    let made = tokio::task::spawn_blocking(move || found(&site, &path)).await;
    match made {
        Ok(Found::File(bytes, kind)) => {
            let headers = [
                (header::CONTENT_TYPE, kind),
                (header::CONTENT_SECURITY_POLICY, POLICY),
                (header::CACHE_CONTROL, "no-store"),
                (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            ];
            (headers, bytes).into_response()
        }
        Ok(Found::Folder) => Redirect::permanent(&format!("{}/", uri.path())).into_response(),
        _ => {
            let page = with_script(
                "<!doctype html><title>No such page</title><h1>There is no page at this address</h1><p><a href=\"/\">To the front page</a></p><body></body>",
            );
            (
                StatusCode::NOT_FOUND,
                [(header::CONTENT_TYPE, "text/html; charset=utf-8")],
                page,
            )
                .into_response()
        }
    }
}

enum Found {
    File(bytes::Bytes, &'static str),
    /// A page, whose address needs a slash at the end.
    Folder,
    Nothing,
}

fn found(site: &Site, path: &str) -> Found {
    match site.built_file(path) {
        Some(bytes) if path.is_empty() || path.ends_with('/') || has_ending(path, "html") => {
            let page = with_script(&String::from_utf8_lossy(&bytes));
            Found::File(page.into(), "text/html; charset=utf-8")
        }
        Some(bytes) if has_ending(path, "svg") => Found::File(bytes, "image/svg+xml"),
        Some(bytes) => Found::File(bytes, content_type(path)),
        None if !has_ending(path, "md") && site.page_at(path).is_some() => Found::Folder,
        None => Found::Nothing,
    }
}

fn with_script(page: &str) -> String {
    let script = format!("<script src=\"{SCRIPT}\"></script></body>");
    page.replacen("</body>", &script, 1)
}
