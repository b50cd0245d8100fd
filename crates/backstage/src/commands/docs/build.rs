//! `backstage docs build`: a site as files.

use std::process::ExitCode;
use std::time::Instant;

use anyhow::Result;
use serde_json::json;
use techdocs::BuildOptions;

use super::output_folder::OutputFolder;
use crate::cli::{BuildArguments, Common, Format};
use crate::output;

/// Builds a site.
pub fn run(common: &Common, what: &BuildArguments) -> Result<ExitCode> {
    let begun = Instant::now();
    let site = super::open(&what.path)?;
    let (sources, has_all) = site.sources(&what.path);
    let out = OutputFolder::take(&what.out, &sources, has_all)?;
    let options = BuildOptions {
        etag: what.etag.clone(),
        name: what.site_name.clone(),
    };
    let removed = out.make_room(&site.file_paths())?;
    let build = site.build(&options, &|path, bytes| out.write(path, bytes))?;
    let milliseconds = begun.elapsed().as_millis();
    match what.print.format(common.format) {
        Format::Json => output::json(&json!({
            "out": what.out.to_string_lossy(),
            "siteName": site.name,
            "pages": build.pages,
            "files": build.files.len(),
            "removed": removed,
            "milliseconds": u64::try_from(milliseconds).unwrap_or(u64::MAX),
        }))?,
        Format::Text => output::line(&format!(
            "{}: {} page(s), {} file(s) in {milliseconds} ms",
            what.out.display(),
            build.pages,
            build.files.len()
        ))?,
    }
    Ok(ExitCode::SUCCESS)
}
