//! Load on one query, made by `wrk` on one thread.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::contender::Running;

/// A query that is measured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// Name in the table.
    pub name: &'static str,
    /// Path with query.
    pub path: String,
    /// Body of a POST.
    pub body: Option<&'static str>,
    /// The original has no such thing, or finds nothing.
    pub only_ours: bool,
}

impl Case {
    /// Whether it asks the search and not the catalog.
    pub fn is_search(&self) -> bool {
        self.name.starts_with("search")
    }
}

/// All queries, for a component that exists.
pub fn cases(component: &str) -> Vec<Case> {
    let get = |name, path: &str| Case {
        name,
        path: path.to_owned(),
        body: None,
        only_ours: false,
    };
    let ours = |name, path: &str| Case {
        only_ours: true,
        ..get(name, path)
    };
    vec![
        get("liveness", "/.backstage/health/v1/liveness"),
        get(
            "by-name",
            &format!("/api/catalog/entities/by-name/component/default/{component}"),
        ),
        get(
            "list-100",
            "/api/catalog/entities?filter=kind=component,spec.type=service&limit=100",
        ),
        get(
            "by-query",
            "/api/catalog/entities/by-query?limit=20&filter=kind=component,spec.type=service&orderField=metadata.name,asc",
        ),
        get(
            "by-query-text",
            "/api/catalog/entities/by-query?limit=20&filter=kind=component&orderField=metadata.name,asc\
             &fullTextFilterTerm=payment&fullTextFilterFields=metadata.name,metadata.title",
        ),
        Case {
            name: "by-query-post",
            path: "/api/catalog/entities/by-query".to_owned(),
            body: Some(
                r#"{"limit":20,"query":{"kind":"component","spec.type":"service"},"orderBy":[{"field":"metadata.name","order":"asc"}],"fullTextFilter":{"term":"payment"}}"#,
            ),
            only_ours: false,
        },
        get(
            "facets",
            "/api/catalog/entity-facets?facet=kind&facet=spec.type&facet=metadata.tags&facet=spec.owner",
        ),
        get("search-word", "/api/search/query?term=payment"),
        get("search-words", "/api/search/query?term=fraud%20gateway%20invoice"),
        get("search-name", &format!("/api/search/query?term={component}")),
        ours("search-prefix", "/api/search/query?term=paym"),
        ours("search-infix", "/api/search/query?term=atewa"),
        ours("search-typo", "/api/search/query?term=paymnet"),
        ours("search-palette", "/-/palette?query=gatewy"),
    ]
}

/// What one window of load gave.
#[derive(Debug, Clone, Copy)]
pub struct Window {
    /// Answers a second.
    pub rate: f64,
    /// Median time to the whole answer, in milliseconds.
    pub p50: f64,
    /// 99th percentile of it.
    pub p99: f64,
    /// Answers other than 2xx, and broken connections.
    pub errors: u64,
    /// Bytes of one answer.
    pub bytes: f64,
}

/// Loads with one case for some seconds. A window in which no answer came gives nothing.
pub fn window(
    running: &Running,
    case: &Case,
    connections: u32,
    seconds: u32,
    work: &Path,
) -> Result<Option<Window>> {
    let script = work.join("load.lua");
    std::fs::write(&script, lua(case))?;
    let mut command = Command::new("wrk");
    command
        .args(["-t1", "--timeout", "30s"])
        .arg(format!("-c{connections}"))
        .arg(format!("-d{seconds}s"));
    if let Some(token) = &running.token {
        command.arg("-H").arg(format!("authorization: Bearer {token}"));
    }
    command
        .arg("-s")
        .arg(&script)
        .arg(format!("{}{}", running.server.base, case.path));
    let output = command.output().context("could not start wrk")?;
    let text = String::from_utf8_lossy(&output.stdout);
    figures(&text).with_context(|| String::from_utf8_lossy(&output.stderr).into_owned())
}

/// The figures in what `wrk` printed with [`FIGURES`]; nothing where no answer came.
pub fn figures(text: &str) -> Result<Option<Window>> {
    let line = text.lines().find_map(|line| line.strip_prefix("FIGURES "));
    let figures: Vec<f64> = line
        .unwrap_or_default()
        .split(' ')
        .filter_map(|word| word.parse().ok())
        .collect();
    let [requests, micros, p50, p99, errors, bytes] = figures[..] else {
        bail!("wrk printed no figures:\n{text}");
    };
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count")]
    let errors = errors as u64;
    Ok((requests > 0.0).then(|| Window {
        rate: requests / (micros / 1e6),
        p50: p50 / 1e3,
        p99: p99 / 1e3,
        errors,
        bytes: bytes / requests,
    }))
}

/// Has `wrk` print exact figures at the end.
pub const FIGURES: &str = "done = function(summary, latency)\n  local e = summary.errors\n  \
     io.write(string.format('FIGURES %d %d %.1f %.1f %d %d\\n', summary.requests, summary.duration, \
     latency:percentile(50), latency:percentile(99), \
     e.status + e.connect + e.read + e.write + e.timeout, summary.bytes))\nend\n";

/// Sends the body, and prints exact figures at the end.
fn lua(case: &Case) -> String {
    let post = case.body.map_or_else(String::new, |body| {
        format!(
            "wrk.method = 'POST'\nwrk.headers['content-type'] = 'application/json'\nwrk.body = '{body}'\n"
        )
    });
    format!("{post}{FIGURES}")
}
