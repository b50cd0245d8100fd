//! Serves the definitions in a folder: `cargo run -p api-docs --example definition_pages -- 127.0.0.1:7102 FOLDER`, then `/d/FILE`.

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use api_docs::{Definition, Place};
use axum::Extension;
use axum::extract::{Path, RawQuery};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::html;
use plugin::{Asset, AssetKind, NavigationItem, NavigationSection, Of, Rule};
use ui::{Chrome, Crumb, PageHead, PluginFiles};

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let address = arguments.next().unwrap_or_else(|| "127.0.0.1:7102".to_owned());
    let folder = PathBuf::from(arguments.next().unwrap_or_default());
    let item = NavigationItem::new("APIs", "/d", "api", NavigationSection::Main, 0);
    let rows = ui::rows(true).get("/d/{file}", Rule::anyone(), first).get(
        "/d/{file}/{*rest}",
        Rule::anyone(),
        below,
    );
    let style = Of {
        plugin: api_docs::ID,
        part: Asset {
            kind: AssetKind::Style,
            text: include_str!("../css/definition.css").into(),
        },
    };
    let files = Arc::new(PluginFiles::new(vec![style]));
    let rows = rows.and(files.rows());
    let mut shell = ui::Shell::new("Backstage", vec![item]);
    shell.plugin_files = files;
    let shell = Extension(Arc::new(shell));
    let router = rows
        .into_open_router()
        .layer(shell)
        .layer(Extension(Arc::new(folder)));
    axum::serve(tokio::net::TcpListener::bind(address).await?, router).await
}

type Folder = Extension<Arc<PathBuf>>;

async fn first(chrome: Chrome, folder: Folder, Path(file): Path<String>, query: RawQuery) -> Response {
    shown(chrome, &folder, &file, "", &query.0.unwrap_or_default())
}

async fn below(
    chrome: Chrome,
    folder: Folder,
    Path((file, rest)): Path<(String, String)>,
    query: RawQuery,
) -> Response {
    shown(chrome, &folder, &file, &rest, &query.0.unwrap_or_default())
}

fn shown(chrome: Chrome, folder: &std::path::Path, file: &str, rest: &str, query: &str) -> Response {
    let Ok(text) = std::fs::read_to_string(folder.join(file)) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let declared = if file.ends_with("graphql") { "graphql" } else { "" };
    let place = Place {
        path: format!("/d/{file}"),
        raw: format!("/raw/{file}"),
        origin: String::new(),
    };
    let started = std::time::Instant::now();
    let definition = Definition::read(declared, &text);
    let read = started.elapsed();
    let Some(page) = definition.page(&place, rest, query) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let written = started.elapsed().saturating_sub(read);
    // Nobody may be reading.
    let _ = writeln!(
        std::io::stdout(),
        "{file}/{rest}?{query}: read in {read:?}, written in {written:?}, {} bytes",
        page.0.len()
    );
    let body = html! { h1 { (file) } (page) };
    let head = PageHead::new(file).crumbs(vec![Crumb::here(file)]);
    chrome.page(head, body).into_response()
}
