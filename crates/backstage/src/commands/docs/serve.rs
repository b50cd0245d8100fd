//! `backstage docs serve`: a site while it is written.

use std::net::Ipv4Addr;
use std::process::ExitCode;

use anyhow::{Context, Result};
use model::{Fault, Severity};
use techdocs::{Preview, Site};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::cli::ServeDocsArguments;
use crate::output;

/// Serves a site until it is interrupted.
pub async fn run(what: &ServeDocsArguments) -> Result<ExitCode> {
    super::open(&what.path)?;
    let path = what.path.clone();
    let preview = tokio::task::spawn_blocking(move || Preview::open(path)).await??;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, what.port)).await;
    let listener = listener.with_context(|| {
        format!(
            "port {} of this machine cannot be listened at; name another one with --port",
            what.port
        )
    })?;
    let address = listener.local_addr()?;
    output::line(&format!(
        "http://{address}/ shows {}; end with Ctrl-C",
        what.path.display()
    ))?;
    output::complain(&summary(&preview.site()));
    let stop = CancellationToken::new();
    let interrupted = stop.clone();
    tokio::spawn(async move {
        // Without the signal the process is ended by other means.
        let _ = tokio::signal::ctrl_c().await;
        interrupted.cancel();
    });
    preview
        .serve(listener, stop, |changed| output::complain(&told(changed)))
        .await?;
    Ok(ExitCode::SUCCESS)
}

fn told(changed: Result<&Site, &Fault>) -> String {
    match changed {
        Ok(site) => format!("changed: {}", summary(site)),
        Err(fault) => format!("the last version is shown: {}", fault.message),
    }
}

fn summary(site: &Site) -> String {
    let findings = site.findings();
    let count = |severity: Severity| {
        let of = findings.iter().filter(|one| one.rule.severity() == severity);
        of.count()
    };
    format!(
        "{} page(s): {} error(s), {} warning(s)",
        site.page_count(),
        count(Severity::Error),
        count(Severity::Warning)
    )
}
