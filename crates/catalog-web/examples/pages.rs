//! Serves samples of the catalog's pages: `cargo run -p catalog-web --example pages -- 127.0.0.1:7101`.

use std::sync::Arc;

use axum::Extension;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use plugin::{NavigationItem, NavigationSection, Rule};
use ui::{Chrome, Crumb, PageHead};

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let address = std::env::args()
        .nth(1)
        .unwrap_or_else(|| "127.0.0.1:7101".to_owned());
    let item =
        |title, path, icon, order| NavigationItem::new(title, path, icon, NavigationSection::Main, order);
    let navigation = vec![
        item("Home", "/", "home", 0),
        item("Catalog", "/sample", "catalog", 10),
        item("APIs", "/api-docs", "api", 20),
    ];
    let rows = ui::rows(true).get("/sample/{name}", Rule::anyone(), sample);
    let shell = Extension(Arc::new(ui::Shell::new("Backstage", navigation)));
    let router = rows.into_open_router().layer(shell);
    axum::serve(tokio::net::TcpListener::bind(address).await?, router).await
}

async fn sample(chrome: Chrome, Path(name): Path<String>) -> Response {
    let samples = catalog_web::pages::page_samples();
    let Some(sample) = samples.into_iter().find(|sample| sample.name == name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let crumbs = vec![Crumb::to("Catalog", "/catalog"), Crumb::here(name.clone())];
    chrome
        .page(PageHead::new(name).crumbs(crumbs), sample.markup)
        .into_response()
}
