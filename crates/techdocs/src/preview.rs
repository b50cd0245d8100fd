//! A site on this machine while it is written: pages of the files as they are now, which show a change by themselves.
//!
//! It listens where the caller says, and answers only who asks for it by a name of this machine, so that no page of the web can
//! read it through the browser.

use std::convert::Infallible;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Query, Request, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use futures::stream;
use model::Fault;
use serde::Deserialize;
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
const SCRIPT_TEXT: &str = "const { version } = document.currentScript.dataset;\n\
    const changes = new EventSource('/-/changes?version=' + version);\n\
    changes.addEventListener('changed', () => location.reload());\n";
/// What is shown where there is no page.
const NO_PAGE: &str = "<!doctype html>\n<html lang=\"en\">\n<head><title>No such page</title></head>\n\
    <body><h1>There is no page at this address</h1><p><a href=\"/\">To the front page</a></p></body>\n</html>\n";
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

    /// Serves it until `stop` is cancelled. `told` hears of each version while it is read already, the first one included, or why
    /// there is none.
    pub async fn serve(
        self,
        listener: TcpListener,
        stop: CancellationToken,
        told: impl Fn(Result<&Site, &Fault>) + Send + Sync + 'static,
    ) -> std::io::Result<()> {
        let told: Arc<Told> = Arc::new(told);
        let looking = tokio::spawn(self.clone().look(stop.clone(), told.clone()));
        let telling = tokio::spawn(self.clone().tell(told));
        let shown = Shown {
            preview: self,
            stop: stop.clone(),
        };
        let script = || async {
            (
                [(header::CONTENT_TYPE, "text/javascript; charset=utf-8")],
                SCRIPT_TEXT,
            )
        };
        let router = Router::new()
            .route(CHANGES, get(changes))
            .route(SCRIPT, get(script))
            .fallback(file)
            .with_state(shown)
            .layer(axum::middleware::from_fn(of_this_machine));
        let served = axum::serve(listener, router)
            .with_graceful_shutdown(stop.cancelled_owned())
            .await;
        looking.abort();
        telling.abort();
        served
    }

    /// Reads the site anew when a file changes.
    async fn look(self, stop: CancellationToken, told: Arc<Told>) {
        let mut failure = None;
        while stop
            .run_until_cancelled(tokio::time::sleep(PAUSE))
            .await
            .is_some()
        {
            let (path, version) = (self.path.clone(), self.site().version.clone());
            let read = tokio::task::spawn_blocking(move || Site::newer(&path, &version)).await;
            match read {
                Ok(Ok(newer)) => {
                    failure = None;
                    if let Some(site) = newer {
                        self.site.send_replace(Arc::new(site));
                    }
                }
                Ok(Err(fault)) if failure.as_ref() != Some(&fault.message) => {
                    told(Err(&fault));
                    failure = Some(fault.message);
                }
                _ => {}
            }
        }
    }

    /// Tells of each version. Who hears of it may look at the whole site, for which no reader waits; versions that are past by
    /// then are left out.
    async fn tell(self, told: Arc<Told>) {
        let mut versions = self.site.subscribe();
        versions.mark_changed();
        while versions.changed().await.is_ok() {
            let (site, told) = (versions.borrow_and_update().clone(), told.clone());
            // One that panics has told enough.
            let _ = tokio::task::spawn_blocking(move || told(Ok(&site))).await;
        }
    }
}

/// Who hears of each version.
type Told = dyn Fn(Result<&Site, &Fault>) + Send + Sync;

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

/// What a page says that listens.
#[derive(Deserialize)]
struct Listener {
    /// The version that it shows.
    #[serde(default)]
    version: String,
}

/// An event for each version but the one that the page shows: a file may have been saved between page and question.
async fn changes(State(shown): State<Shown>, Query(listener): Query<Listener>) -> Response {
    let receiver = shown.preview.site.subscribe();
    let from = (receiver, shown.stop, listener.version);
    let events = stream::unfold(from, |(mut receiver, stop, known)| async move {
        let other = receiver.wait_for(|site| short_version(site) != known);
        let known = short_version(&*stop.run_until_cancelled(other).await?.ok()?);
        let event = Event::default().event("changed").data("{}");
        Some((Ok::<Event, Infallible>(event), (receiver, stop, known)))
    });
    Sse::new(events).keep_alive(KeepAlive::default()).into_response()
}

/// A version as pages name it. That of a site grows with its folders.
fn short_version(site: &Site) -> String {
    let mut hasher = DefaultHasher::new();
    site.version.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

async fn file(State(shown): State<Shown>, uri: Uri) -> Response {
    let site = shown.preview.site();
    let path = percent_encoding::percent_decode_str(uri.path().trim_start_matches('/'))
        .decode_utf8_lossy()
        .into_owned();
    let version = short_version(&site);
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
            let page = with_script(NO_PAGE, &version);
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
            let page = with_script(&String::from_utf8_lossy(&bytes), &short_version(site));
            Found::File(page.into(), "text/html; charset=utf-8")
        }
        Some(bytes) if has_ending(path, "svg") => Found::File(bytes, "image/svg+xml"),
        Some(bytes) => Found::File(bytes, content_type(path)),
        None if !has_ending(path, "md") && site.page_at(path).is_some() => Found::Folder,
        None => Found::Nothing,
    }
}

fn with_script(page: &str, version: &str) -> String {
    let script = format!("<script src=\"{SCRIPT}\" data-version=\"{version}\"></script></body>");
    page.replacen("</body>", &script, 1)
}
