//! `backstage serve`: the portal itself.

use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use catalog::Catalog;
use config::{Config, ListenAddress};
use model::Severity;
use tokio_util::sync::CancellationToken;
use web::{Access, Bound, Ending, Lifecycle, Limits, Readiness, ServerOptions, Stage};

use super::first_load;
use crate::cli::{Common, ServeArguments};
use crate::{examples, logging, output, process, reload, settings};
use portal::background::Background;
use portal::{Ground, Portal};

/// How long work that was begun may take after `serverShutdownDelay`.
const DRAIN: Duration = Duration::from_secs(30);
/// How much later the process ends whatever runs.
const FORCE_AFTER: Duration = Duration::from_secs(5);
/// How long it may take to end after a second signal.
const HASTE: Duration = Duration::from_secs(3);

/// Serves until a signal or a failed task.
pub async fn run(common: &Common, what: &ServeArguments) -> Result<ExitCode> {
    let started = Instant::now();
    logging::start();
    let files = settings::options_to_serve(common, what)?;
    let config = settings::require_with(&files)?;
    examples::write_carried(&config)?;
    let saved_index = portal::saved_index(&config);
    tracing::info!("configuration: {}", settings::source(&config));
    for problem in portal::check_configuration(&config, &portal::declarations()) {
        match problem.severity {
            Severity::Error => tracing::error!("{}", output::problem(&problem)),
            Severity::Warning => tracing::warn!("{}", output::problem(&problem)),
            Severity::Info => tracing::info!("{}", output::problem(&problem)),
        }
    }
    // Everything is built before the port is bound: what cannot work fails before anybody asks.
    let mut options = ServerOptions::from_config(&config)?;
    keep_below_open_files(&mut options);
    let store = settings::open_store(&config).await?;
    let readiness = Readiness::new();
    let outside = portal::outside_calls(&config, settings::extra_authorities()?)?;
    let life = begin_life(&options)?;
    let config = Arc::new(config);
    let background = Background::start()?;
    tell_who_may_call(&options.access);
    let (limits, metrics) = (options.limits.clone(), options.metrics.listen.clone());
    let delay = limits.shutdown_delay;
    let ground = Ground {
        config: config.clone(),
        store: store.clone(),
        background: background.handle().clone(),
        outside,
        options,
        policy: None,
        readiness: readiness.clone(),
        stop: life.soft(),
        saved_index,
    };
    let portal = Portal::open(ground, Vec::new()).await?;
    let (catalog, search, jobs) = (portal.catalog.clone(), portal.search.clone(), portal.jobs.clone());
    let (router, loading) = portal.into_router();
    let bound = bind(config.listen(), "backend.listen").await?;
    let address = bound.address;
    if let Some(listen) = metrics {
        serve_metrics(&listen, limits.clone(), &readiness, &life).await?;
    }
    life.spawn(
        "http",
        web::serve(bound, router, limits, readiness.clone(), life.clone()),
    );
    let loaded = loading.await?;
    loaded.map_err(|error| settings::named(error, &settings::database(&config)))?;
    let closed = closed(&life, delay);
    start_catalog(&life, &background, &catalog, closed.clone());
    life.spawn_on(background.handle(), "search index", async move {
        search.run(closed).await;
    });
    let soft = life.soft();
    life.spawn_on(background.handle(), "jobs", async move {
        jobs.run(&soft).await;
    });
    life.spawn_on(
        background.handle(),
        "configuration",
        reload::watch(files, (*config).clone(), life.soft()),
    );
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

/// From now on signals are heard.
fn begin_life(options: &ServerOptions) -> Result<Lifecycle> {
    process::survive_file_size_limit()?;
    let life = Lifecycle::install(Ending {
        drain: options.limits.shutdown_delay + DRAIN,
        deadline: options.limits.shutdown_delay + DRAIN + FORCE_AFTER,
        haste: HASTE,
        end: process::end,
    })?;
    Ok(life)
}

/// Serves metrics at an address of their own.
async fn serve_metrics(
    listen: &ListenAddress,
    limits: Limits,
    readiness: &Readiness,
    life: &Lifecycle,
) -> Result<()> {
    let bound = bind(listen, "portal.metrics.listen").await?;
    tracing::info!("metrics at http://{}/metrics", reachable(bound.address));
    let serving = web::serve(
        bound,
        web::metrics_router(),
        limits,
        readiness.clone(),
        life.clone(),
    );
    life.spawn("metrics", serving);
    Ok(())
}

/// Cancelled when no connection is taken any more: until then answers must be as new as those of other replicas.
fn closed(life: &Lifecycle, delay: Duration) -> CancellationToken {
    let (soft, closed) = (life.soft(), CancellationToken::new());
    let told = closed.clone();
    life.spawn("shutdown delay", async move {
        soft.cancelled().await;
        tokio::time::sleep(delay).await;
        told.cancel();
    });
    closed
}

/// Follows what the store serves; reads the sources beside that.
fn start_catalog(life: &Lifecycle, background: &Background, catalog: &Catalog, closed: CancellationToken) {
    let follower = catalog.clone();
    life.spawn("catalog index", async move {
        follower.follow(closed).await;
    });
    let (engine, soft) = (catalog.clone(), life.soft());
    life.spawn_on(background.handle(), "catalog sources", async move {
        engine.run(soft).await;
    });
}

/// Idle connections must not use up the files that everything else needs.
fn keep_below_open_files(options: &mut ServerOptions) {
    let open_files = process::raise_open_files();
    let limits = &mut options.limits;
    let wanted = limits.max_connections;
    limits.max_connections = process::connections_within(open_files, wanted);
    if limits.max_connections < wanted {
        tracing::warn!(
            "at most {} connections instead of {wanted}: the system lets this process open {} files (ulimit -n)",
            limits.max_connections,
            open_files.unwrap_or_default()
        );
        limits.max_connections_per_peer = limits
            .max_connections_per_peer
            .min(limits.max_connections.div_ceil(2));
    }
}

/// Once, at the start: a portal that nobody can open looks like a broken one.
fn tell_who_may_call(access: &Access) {
    if access.admits_people() {
        tracing::info!("who may call: {}", access.summary());
    } else {
        tracing::warn!("nobody can open the pages without a token: {}", access.summary());
    }
}

async fn bind(listen: &ListenAddress, key: &str) -> Result<Bound> {
    web::bind(listen).await.with_context(|| {
        let host = listen.host.as_deref().unwrap_or("all interfaces");
        format!(
            "cannot listen on {host}, port {}; set {key} to another address",
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
