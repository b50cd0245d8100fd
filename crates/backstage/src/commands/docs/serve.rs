//! `backstage docs serve`: a site while it is written.

use std::net::Ipv4Addr;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, Result};
use model::{Fault, Severity};
use techdocs::{Preview, Site};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::cli::ServeDocsArguments;
use crate::output;

/// Serves a site until it is interrupted.
pub async fn run(what: &ServeDocsArguments) -> Result<ExitCode> {
    super::must_exist(&what.path)?;
    let (path, shown) = (what.path.clone(), what.path.display());
    let preview = tokio::task::spawn_blocking(move || Preview::open(path)).await?;
    let preview = preview.with_context(|| format!("the site at {shown} cannot be read"))?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, what.port)).await;
    let listener = listener.with_context(|| {
        format!(
            "port {} of this machine cannot be listened at; name another one with --port",
            what.port
        )
    })?;
    let address = listener.local_addr()?;
    output::line(&format!("http://{address}/ shows {shown}; end with Ctrl-C"))?;
    let stop = CancellationToken::new();
    let interrupted = stop.clone();
    tokio::spawn(async move {
        // Without the signal the process is ended by other means.
        let _ = tokio::signal::ctrl_c().await;
        interrupted.cancel();
    });
    let is_first = AtomicBool::new(true);
    let told = move |version: Result<&Site, &Fault>| {
        let before = if is_first.swap(false, Ordering::Relaxed) {
            ""
        } else {
            "changed: "
        };
        output::complain(&words(version, before));
    };
    preview.serve(listener, stop, told).await?;
    Ok(ExitCode::SUCCESS)
}

fn words(version: Result<&Site, &Fault>, before: &str) -> String {
    match version {
        Ok(site) => format!("{before}{}", summary(site)),
        Err(fault) => format!("the last version is shown: {}", fault.message),
    }
}

fn summary(site: &Site) -> String {
    let findings = site.findings();
    format!(
        "{} page(s): {} error(s), {} warning(s)",
        site.page_count(),
        findings.count(Severity::Error),
        findings.count(Severity::Warning)
    )
}
