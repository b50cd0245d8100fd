//! Styles and scripts of plugins, addressed by the hash of their content.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use plugin::{Asset, AssetKind, Of, Rows, Rule};
use sha1::{Digest, Sha1};

/// Where the files are served.
const MOUNT: &str = "/-/plugins";

/// The files of all plugins.
#[derive(Debug, Default)]
pub struct PluginFiles {
    files: Vec<File>,
}

#[derive(Debug)]
struct File {
    name: String,
    kind: AssetKind,
    text: String,
}

impl PluginFiles {
    /// All styles in one file, and the scripts in one file a plugin, so that a broken script hurts only its plugin.
    pub fn new(assets: Vec<Of<Asset>>) -> Self {
        let mut joined: Vec<(String, AssetKind, String)> = Vec::new();
        for Of { plugin, part } in assets {
            let name = match part.kind {
                AssetKind::Style => "plugins".to_owned(),
                AssetKind::Script => plugin.to_string(),
            };
            let known = joined
                .iter_mut()
                .find(|(known, kind, _)| *known == name && *kind == part.kind);
            match known {
                Some((.., text)) => {
                    text.push('\n');
                    text.push_str(&part.text);
                }
                None => joined.push((name, part.kind, part.text.into_owned())),
            }
        }
        Self {
            files: joined.into_iter().map(File::new).collect(),
        }
    }

    /// The links to the styles, for the head of a page.
    pub(crate) fn styles(&self) -> Markup {
        html! { @for file in self.of(AssetKind::Style) { link rel="stylesheet" href=(file.address()); } }
    }

    /// The links to the scripts, for the head of a page.
    pub(crate) fn scripts(&self, nonce: &str) -> Markup {
        html! { @for file in self.of(AssetKind::Script) { script type="module" src=(file.address()) nonce=(nonce) {} } }
    }

    fn of(&self, kind: AssetKind) -> impl Iterator<Item = &File> {
        self.files.iter().filter(move |file| file.kind == kind)
    }

    /// Serves the files.
    pub fn rows(self: &Arc<Self>) -> Rows {
        Rows::new()
            .get(format!("{MOUNT}/{{name}}"), Rule::anyone(), show)
            .with_state(self)
    }
}

impl File {
    fn new((stem, kind, text): (String, AssetKind, String)) -> Self {
        let digest = Sha1::digest(text.as_bytes());
        let hash = digest
            .iter()
            .take(6)
            .fold(String::new(), |hash, byte| format!("{hash}{byte:02x}"));
        let extension = match kind {
            AssetKind::Style => "css",
            AssetKind::Script => "js",
        };
        Self {
            name: format!("{stem}.{hash}.{extension}"),
            kind,
            text,
        }
    }

    fn address(&self) -> String {
        format!("{MOUNT}/{}", self.name)
    }
}

async fn show(State(all): State<Arc<PluginFiles>>, Path(name): Path<String>) -> Response {
    let Some(file) = all.files.iter().find(|file| file.name == name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let media_type = match file.kind {
        AssetKind::Style => "text/css; charset=utf-8",
        AssetKind::Script => "text/javascript; charset=utf-8",
    };
    let headers = [
        (CONTENT_TYPE, media_type),
        (CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    (headers, file.text.clone()).into_response()
}
