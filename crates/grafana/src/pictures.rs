//! Panels that Grafana draws itself: as pictures of its renderer, or in frames. Both only where the configuration asks for
//! them, and only after Grafana was asked whether it would do it: a page never shows a broken picture or frame.

use std::time::{Duration, Instant};

use axum::body::Bytes;
use moka::sync::Cache;
use parking_lot::Mutex;
use serde_json::Value;
use url::Url;

use crate::grafana::Grafana;
use crate::trouble::Trouble;

/// How long a picture is good.
const PICTURE: Duration = Duration::from_mins(1);
/// Bytes of pictures that are kept.
const KEPT: u64 = 32 << 20;
/// How long it is known whether Grafana lets itself be framed, or has a renderer.
const PROBED: Duration = Duration::from_mins(10);
/// Beginning of every PNG.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

/// What is known and kept of an instance's pictures and frames.
pub(crate) struct Pictures {
    pictures: Cache<String, Bytes>,
    frames: Probe,
    renderer: Probe,
}

/// What Grafana answered to a question that is asked seldom.
type Probe = Mutex<Option<(Instant, Result<(), Trouble>)>>;

impl Default for Pictures {
    fn default() -> Self {
        let size = |_: &String, picture: &Bytes| u32::try_from(picture.len()).unwrap_or(u32::MAX);
        Self {
            pictures: Cache::builder()
                .weigher(size)
                .max_capacity(KEPT)
                .time_to_live(PICTURE)
                .build(),
            frames: Probe::default(),
            renderer: Probe::default(),
        }
    }
}

fn known(probe: &Probe) -> Option<Result<(), Trouble>> {
    let probe = probe.lock();
    let (at, answer) = probe.as_ref()?;
    (at.elapsed() < PROBED).then(|| answer.clone())
}

fn keep(probe: &Probe, answer: &Result<(), Trouble>) {
    *probe.lock() = Some((Instant::now(), answer.clone()));
}

impl Grafana {
    /// A picture of a panel; `path` is what follows `/render`.
    pub(crate) async fn picture(&self, path: &str, within: Duration) -> Result<Bytes, Trouble> {
        if let Some(picture) = self.pictures.pictures.get(path) {
            return Ok(picture);
        }
        self.has_renderer().await?;
        let picture = self.client.render(path, within).await?;
        if !picture.starts_with(PNG) {
            return Err(Trouble::new(
                "Grafana's renderer sent something that is no picture.",
            ));
        }
        self.pictures.pictures.insert(path.to_owned(), picture.clone());
        Ok(picture)
    }

    /// Fails where Grafana says that it has no renderer: its pictures would only say the same.
    async fn has_renderer(&self) -> Result<(), Trouble> {
        if let Some(answer) = known(&self.pictures.renderer) {
            return answer;
        }
        let settings = self.client.frontend_settings().await?;
        let answer = match settings["rendererAvailable"] {
            Value::Bool(false) => Err(Trouble::new("Grafana has no image renderer.")
                .hint("Install Grafana's image renderer, or remove grafana.pictures.")),
            _ => Ok(()),
        };
        keep(&self.pictures.renderer, &answer);
        answer
    }

    /// Fails where Grafana forbids to be shown in a frame; `path` is a page of it.
    pub(crate) async fn lets_itself_be_framed(&self, path: &str) -> Result<(), Trouble> {
        if let Some(answer) = known(&self.pictures.frames) {
            return answer;
        }
        let (options, policy) = self.client.framing(path).await?;
        let answer = framing(options.as_deref(), policy.as_deref());
        keep(&self.pictures.frames, &answer);
        answer
    }
}

/// Whether headers of a page let it be framed by another site. Browsers tell a page nothing about it.
fn framing(options: Option<&str>, policy: Option<&str>) -> Result<(), Trouble> {
    let ancestors = policy.and_then(|policy| {
        let mut parts = policy.split(';').map(str::trim);
        parts.find_map(|part| part.strip_prefix("frame-ancestors"))
    });
    // Where a policy names ancestors, browsers do not look at the older header.
    let refused = match (ancestors, options) {
        (Some(ancestors), _) => ancestors
            .split_whitespace()
            .all(|source| matches!(source, "'none'" | "'self'"))
            .then(|| format!("frame-ancestors{ancestors}")),
        (None, Some(options)) if !options.trim().is_empty() => Some(format!("X-Frame-Options: {options}")),
        _ => None,
    };
    match refused {
        None => Ok(()),
        Some(header) => Err(Trouble::new(format!(
            "Grafana does not let itself be shown in a frame ({header})."
        ))
        .hint("Set allow_embedding in the section security of grafana.ini, or remove grafana.embed.")),
    }
}

/// The host of an address as a content security policy names it.
pub(crate) fn origin(address: &str) -> Option<String> {
    let url = Url::parse(address).ok()?;
    Some(url.origin().ascii_serialization())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_say_who_may_frame() {
        for (options, policy, may) in [
            (None, None, true),
            (Some("deny"), None, false),
            (Some("SAMEORIGIN"), None, false),
            (None, Some("default-src 'self'"), true),
            (None, Some("default-src 'self'; frame-ancestors 'none'"), false),
            (None, Some("frame-ancestors 'self'"), false),
            (
                Some("deny"),
                Some("frame-ancestors https://portal.example.com 'self'"),
                true,
            ),
        ] {
            assert_eq!(framing(options, policy).is_ok(), may, "{options:?} {policy:?}");
        }
    }
}
