//! `backstage serve`: the portal itself.

use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use catalog::Catalog;
use config::Config;
use store::StoreError;
use web::{Bound, Lifecycle, Readiness, ServerOptions, Stage};

use super::first_load;
use crate::cli::Common;
use crate::{logging, output, settings};
use portal::background::Background;
use portal::wiring;

/// How long work that was begun may take after the signal to stop.
const DRAIN: Duration = Duration::from_secs(30);

/// Serves until a signal or a failed task.
pub async fn run(common: &Common) -> Result<ExitCode> {
    let started = Instant::now();
    logging::start();
    let config = settings::require(common)?;
    let saved_index = wiring::saved_index(&config);
    if config.files().is_empty() {
        tracing::info!("{}", settings::source(&config));
    }
    for problem in config.check() {
        tracing::warn!("{}", output::problem(&problem));
    }
    // Everything is built before the port is bound: what cannot work fails before anybody asks.
    let limits = ServerOptions::from_config(&config)?.limits;
    let store = settings::open_store(&config).await?;
    let readiness = Readiness::new();
    let life = Lifecycle::install(DRAIN)?;
    let config = Arc::new(config);
    let background = Background::start()?;
    let catalog = wiring::open_catalog(&config, &store, saved_index)?;
    let loading = tokio::spawn(load(catalog.clone()));
    let portal = wiring::portal(&config, &catalog, &store, background.handle(), life.soft()).await?;
    let router = wiring::router(&config, &catalog, portal.contributions, readiness.clone())?;
    let bound = bind(&config).await?;
    let address = bound.address;
    life.spawn(
        "http",
        web::serve(bound, router, limits, readiness.clone(), life.clone()),
    );
    let loaded = loading.await?;
    loaded.map_err(|error| settings::named(error, &settings::database(&config)))?;
    start_catalog(&life, &background, &catalog);
    let (search, soft) = (portal.search, life.soft());
    life.spawn_on(background.handle(), "search index", async move {
        search.run(soft).await;
    });
    readiness.enter(Stage::Ready);
    announce(&config, address, started);
    life.spawn_on(
        background.handle(),
        "first load",
        first_load::tell(catalog, store.clone(), life.soft()),
    );
    let code = life.until_stopped().await;
    store.close().await;
    Ok(code)
}

/// Loads what the store serves.
async fn load(catalog: Catalog) -> Result<(), StoreError> {
    catalog.catch_up().await
}

/// Follows what the store serves; reads the sources beside that.
fn start_catalog(life: &Lifecycle, background: &Background, catalog: &Catalog) {
    let (follower, soft) = (catalog.clone(), life.soft());
    life.spawn("catalog index", async move {
        follower.follow(soft).await;
    });
    let (engine, soft) = (catalog.clone(), life.soft());
    life.spawn_on(background.handle(), "catalog sources", async move {
        engine.run(soft).await;
    });
}

async fn bind(config: &Config) -> Result<Bound> {
    let listen = config.listen();
    web::bind(listen).await.with_context(|| {
        let host = listen.host.as_deref().unwrap_or("all interfaces");
        format!(
            "cannot listen on {host}, port {}; set backend.listen to another address",
            listen.port
        )
    })
}

/// Tells where the portal listens, and where people find it when that is somewhere else; on a terminal in a form
/// that can be clicked.
fn announce(config: &Config, listening: SocketAddr, started: Instant) {
    let address = format!("http://{}", reachable(listening));
    let public = config::without_passwords(&config.base_url());
    let public = (config.has_base_url() && public != address).then_some(public);
    let started_in_ms = started.elapsed().as_millis();
    if output::has_audience() {
        let public = public.map_or_else(String::new, |public| format!(", configured as {public}"));
        output::complain(&format!(
            "\n  {} is at {address}{public}  (ready in {started_in_ms} ms)\n",
            config.title()
        ));
    } else if let Some(public) = public {
        tracing::info!(
            address,
            public,
            started_in_ms,
            "serving at {address}, configured as {public}"
        );
    } else {
        tracing::info!(address, started_in_ms, "serving at {address}");
    }
}

/// An address that can be opened on this machine: all interfaces are none.
fn reachable(listening: SocketAddr) -> String {
    if listening.ip().is_unspecified() {
        format!("localhost:{}", listening.port())
    } else {
        listening.to_string()
    }
}
