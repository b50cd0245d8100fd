//! Serves the gallery: `cargo run -p ui --example gallery -- 127.0.0.1:7100`.

use std::sync::Arc;

use axum::Extension;
use plugin::{NavigationItem, NavigationSection};

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let address = std::env::args()
        .nth(1)
        .unwrap_or_else(|| "127.0.0.1:7100".to_owned());
    let mut shell = ui::Shell::new("Backstage", navigation());
    shell.organization = Some("OpenOva".to_owned());
    let router = ui::rows(true)
        .into_open_router()
        .layer(Extension(Arc::new(shell)));
    axum::serve(tokio::net::TcpListener::bind(address).await?, router).await
}

fn navigation() -> Vec<NavigationItem> {
    let item = NavigationItem::new;
    let (main, administration) = (NavigationSection::Main, NavigationSection::Administration);
    vec![
        item("Home", "/", "home", main, 0),
        item("Catalog", "/catalog", "catalog", main, 10),
        item("APIs", "/api-docs", "api", main, 20),
        item("Graph", "/catalog-graph", "graph", main, 30),
        item("Gallery", "/-/gallery", "template", NavigationSection::Plugins, 0),
        item("Sources", "/sources", "sources", administration, 0),
        item("Problems", "/unprocessed", "problem", administration, 10),
        item("Settings", "/settings", "settings", NavigationSection::Footer, 0),
    ]
}
