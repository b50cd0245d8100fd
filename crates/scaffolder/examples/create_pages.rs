//! Serves samples of the pages of templates: `cargo run -p scaffolder --example create_pages -- 127.0.0.1:7102`.

use std::sync::Arc;

use axum::Extension;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use plugin::{NavigationItem, NavigationSection, Of, Rule};
use ui::{Chrome, Crumb, PageHead, PluginFiles};

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let address = std::env::args()
        .nth(1)
        .unwrap_or_else(|| "127.0.0.1:7102".to_owned());
    let assets = scaffolder::page_assets().into_iter();
    let files = assets.map(|part| Of {
        plugin: scaffolder::ID,
        part,
    });
    let files = Arc::new(PluginFiles::new(files.collect()));
    let item =
        |title, path, icon, order| NavigationItem::new(title, path, icon, NavigationSection::Main, order);
    let navigation = vec![
        item("Home", "/", "home", 0),
        item("Catalog", "/catalog", "catalog", 10),
        item("Create", "/sample", "create", 35),
    ];
    let rows = ui::rows(false)
        .get("/sample/{name}", Rule::anyone(), sample)
        .and(files.rows());
    let mut shell = ui::Shell::new("Backstage", navigation);
    shell.plugin_files = files;
    shell.is_live = false;
    let router = rows.into_open_router().layer(Extension(Arc::new(shell)));
    axum::serve(tokio::net::TcpListener::bind(address).await?, router).await
}

async fn sample(mut chrome: Chrome, Path(name): Path<String>) -> Response {
    let samples = scaffolder::page_samples();
    let Some((name, markup)) = samples.into_iter().find(|(known, _)| *known == name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    chrome.now = "2026-11-24T09:30:00Z".parse().expect("a valid time");
    let crumbs = vec![Crumb::to("Create", "/create"), Crumb::here(name)];
    chrome
        .page(PageHead::new(name).crumbs(crumbs), markup)
        .into_response()
}
