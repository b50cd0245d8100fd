//! Files of a site, at the addresses of the original.

use axum::extract::{OriginalUri, Path, State};
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use catalog::Sight;
use model::EntityRef;
use sight::CurrentSight;

use super::Triplet;
use crate::Docs;
use crate::published::{FRONT, PublishedSites};
use crate::site::{Site, has_ending};

/// Endings with their types. What could act in a browser is sent as text.
const TYPES: [(&str, &str); 22] = [
    ("png", "image/png"),
    ("jpg", "image/jpeg"),
    ("jpeg", "image/jpeg"),
    ("gif", "image/gif"),
    ("webp", "image/webp"),
    ("avif", "image/avif"),
    ("ico", "image/x-icon"),
    ("bmp", "image/bmp"),
    ("css", "text/css; charset=utf-8"),
    ("js", "text/javascript; charset=utf-8"),
    ("json", "application/json; charset=utf-8"),
    ("pdf", "application/pdf"),
    ("mp4", "video/mp4"),
    ("webm", "video/webm"),
    ("mp3", "audio/mpeg"),
    ("woff", "font/woff"),
    ("woff2", "font/woff2"),
    ("ttf", "font/ttf"),
    ("zip", "application/zip"),
    ("gz", "application/gzip"),
    ("csv", "text/csv; charset=utf-8"),
    ("wasm", "application/wasm"),
];
const TEXT: &str = "text/plain; charset=utf-8";
/// What a file may do that is opened by itself: show itself.
const SANDBOX: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox";

/// The type of a file by its ending.
pub(crate) fn content_type(path: &str) -> &'static str {
    let ending = path
        .rsplit_once('.')
        .map_or("", |(_, ending)| ending)
        .to_ascii_lowercase();
    TYPES
        .iter()
        .find(|(known, _)| *known == ending)
        .map_or(TEXT, |(_, kind)| kind)
}

/// The same for pages of the portal, which show pictures and the like, and nothing that acts.
pub(crate) fn shown_type(path: &str) -> &'static str {
    if has_ending(path, "svg") {
        return "image/svg+xml";
    }
    let kind = content_type(path);
    let is_shown = [
        "image/",
        "video/",
        "audio/",
        "font/",
        "application/pdf",
        "application/json",
        "text/csv",
    ];
    if is_shown.iter().any(|shown| kind.starts_with(shown)) {
        kind
    } else {
        TEXT
    }
}

/// A file as an answer, which cannot act where it is opened.
pub(crate) fn file_answer(bytes: Bytes, kind: &str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CONTENT_SECURITY_POLICY, SANDBOX),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, bytes).into_response()
}

/// The site itself.
pub(super) async fn redirect(OriginalUri(uri): OriginalUri) -> Response {
    front_page(&uri)
}

/// Leads to the front page of a folder, by its file: the address with a slash at the end is this address, too.
fn front_page(uri: &Uri) -> Response {
    let target = format!("{}/{FRONT}", uri.path().trim_end_matches('/'));
    (StatusCode::MOVED_PERMANENTLY, [(header::LOCATION, target)]).into_response()
}

/// A file of the site.
pub(super) async fn show(
    State(docs): State<Docs>,
    CurrentSight(sight): CurrentSight,
    Path((namespace, kind, name, path)): Path<(String, String, String, String)>,
    OriginalUri(uri): OriginalUri,
) -> Response {
    let lower = |text: &str| text.to_lowercase();
    let triplet: Triplet = (namespace, kind, name);
    let lowered = (lower(&triplet.0), lower(&triplet.1), lower(&triplet.2));
    let published = docs.library.published();
    let keeps_case = published.is_some_and(PublishedSites::keeps_case);
    if lowered != triplet && !keeps_case {
        let (namespace, kind, name) = lowered;
        let part = ui::href::encode;
        let path = path.split('/').map(part).collect::<Vec<_>>().join("/");
        let target = format!(
            "/api/techdocs/static/docs/{}/{}/{}/{path}",
            part(&namespace),
            part(&kind),
            part(&name)
        );
        return (StatusCode::MOVED_PERMANENTLY, [(header::LOCATION, target)]).into_response();
    }
    let missing = StatusCode::NOT_FOUND.into_response();
    let is_plain = !path.contains('\\') && !path.split('/').any(|part| part == "..");
    if let Some(published) = published {
        return published_file(&docs, &sight, &triplet, published, &path, &uri).await;
    }
    let Ok(shown) = super::site(&docs, &sight, &triplet).await else {
        return missing;
    };
    let (site, asked) = (shown.site, path);
    let made = tokio::task::spawn_blocking(move || file(&site, &asked)).await;
    match made {
        Ok(Some(Found::File(bytes, kind))) if is_plain => file_answer(bytes, kind),
        Ok(Some(Found::Folder)) if is_plain => front_page(&uri),
        _ => missing,
    }
}

/// A file as another program published it.
async fn published_file(
    docs: &Docs,
    sight: &Sight,
    (namespace, kind, name): &Triplet,
    published: &PublishedSites,
    path: &str,
    uri: &Uri,
) -> Response {
    let missing = || StatusCode::NOT_FOUND.into_response();
    let reference = EntityRef::new(kind, namespace, name);
    let entity = super::seen(docs, sight, &reference).await.ok().flatten();
    let Some(folder) = entity.and_then(|value| published.folder_of(&value)) else {
        return missing();
    };
    let is_folder = path.is_empty() || path.ends_with('/');
    let asked = if is_folder {
        format!("{path}{FRONT}")
    } else {
        path.to_owned()
    };
    match published.file(&folder, &asked).await {
        Ok(Some(bytes)) => file_answer(bytes, content_type(&asked)),
        Ok(None) if !is_folder => {
            let inner = format!("{path}/{FRONT}");
            match published.file(&folder, &inner).await {
                Ok(Some(_)) => front_page(uri),
                _ => missing(),
            }
        }
        Ok(None) => missing(),
        Err(fault) => {
            tracing::warn!(%reference, %fault, "a published file could not be read");
            StatusCode::BAD_GATEWAY.into_response()
        }
    }
}

/// What is at an address.
enum Found {
    /// A file with its type.
    File(Bytes, &'static str),
    /// A page, whose address needs a slash at the end.
    Folder,
}

fn file(site: &Site, path: &str) -> Option<Found> {
    if let Some(bytes) = site.built_file(path) {
        let is_page = path.is_empty() || path.ends_with('/');
        let kind = if is_page { TEXT } else { content_type(path) };
        return Some(Found::File(bytes, kind));
    }
    let is_folder = site.page_at(path).is_some() || site.redirects.at(path).is_some();
    (is_folder && !has_ending(path, "md")).then_some(Found::Folder)
}
