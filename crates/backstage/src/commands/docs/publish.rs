//! `backstage docs publish`: a site is built and written to where published sites lie.

use std::process::ExitCode;
use std::sync::Mutex;

use anyhow::{Context, Result, anyhow, bail};
use model::EntityRef;
use serde_json::json;
use techdocs::{BuildOptions, Publisher};

use crate::cli::{Common, Format, PublishArguments};
use crate::{output, settings};

/// Builds and publishes a site.
pub async fn run(common: &Common, what: &PublishArguments) -> Result<ExitCode> {
    let entity = entity(&what.entity)?;
    let config = settings::require(common)?;
    let outside = portal::outside_calls(&config, settings::extra_authorities()?)
        .map_err(|fault| anyhow!(fault.message))?;
    let publisher = Publisher::open(&config, &outside).map_err(|fault| anyhow!(fault.message))?;
    let site = super::open(&what.path)?.as_configured(&config);
    let options = BuildOptions {
        etag: what.etag.clone(),
        name: what.site_name.clone().or_else(|| Some(entity.name().to_owned())),
    };
    let files = Mutex::new(Vec::new());
    let take = |path: &str, bytes: &[u8]| {
        let file = (path.to_owned(), bytes.to_vec().into());
        files
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .push(file);
        Ok(())
    };
    let build = site.build(&options, &take).context("the site cannot be built")?;
    let files = files
        .into_inner()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    let published = publisher.publish(&entity, files).await;
    let published = published.map_err(|fault| anyhow!(fault.message))?;
    match what.print.format(common.format) {
        Format::Json => output::json(&json!({
            "place": published.place,
            "folder": published.folder,
            "pages": build.pages,
            "written": published.written,
            "removed": published.removed,
        }))?,
        Format::Text => output::line(&format!(
            "{} in {}: {} page(s), {} file(s) written, {} removed",
            published.folder, published.place, build.pages, published.written, published.removed
        ))?,
    }
    Ok(ExitCode::SUCCESS)
}

/// An entity as the folders of published sites name it.
fn entity(written: &str) -> Result<EntityRef> {
    let parts: Vec<&str> = written.split('/').collect();
    let is_part = |part: &&str| {
        let is_plain = |one: char| one.is_ascii_alphanumeric() || matches!(one, '-' | '_' | '.');
        !part.is_empty() && part.chars().all(is_plain) && !part.starts_with('.')
    };
    match parts.as_slice() {
        [namespace, kind, name] if parts.iter().all(is_part) => Ok(EntityRef::new(kind, namespace, name)),
        _ => bail!(
            "'{written}' names no entity; write namespace/kind/name, for example default/component/orders"
        ),
    }
}
