//! Styles and scripts, joined at compile time and addressed by the hash of their content.

use std::sync::LazyLock;

use sha1::{Digest, Sha1};

/// A file that never changes under its address.
pub(crate) struct Asset {
    /// File name with the content's hash.
    pub(crate) name: String,
    /// Media type.
    pub(crate) media_type: &'static str,
    /// Content.
    pub(crate) text: &'static str,
}

impl Asset {
    fn new(stem: &str, extension: &str, media_type: &'static str, text: &'static str) -> Self {
        let digest = Sha1::digest(text.as_bytes());
        let hash: String = digest
            .iter()
            .take(6)
            .fold(String::new(), |hash, byte| format!("{hash}{byte:02x}"));
        Self {
            name: format!("{stem}.{hash}.{extension}"),
            media_type,
            text,
        }
    }

    /// Address of the file.
    pub(crate) fn href(&self) -> String {
        format!("/-/assets/{}", self.name)
    }
}

macro_rules! joined {
    ($before:literal, $after:literal, $($file:literal),+ $(,)?) => {
        concat!($($before, include_str!($file), $after),+)
    };
}

/// All style partials in cascade order.
pub(crate) const STYLES: &str = joined!(
    "",
    "\n",
    "../css/tokens.css",
    "../css/base.css",
    "../css/layout.css",
    "../css/navigation.css",
    "../css/button.css",
    "../css/badge.css",
    "../css/card.css",
    "../css/prose.css",
    "../css/table.css",
    "../css/tabs.css",
    "../css/facet.css",
    "../css/marks.css",
    "../css/entity.css",
    "../css/problem.css",
    "../css/code.css",
    "../css/diff.css",
    "../css/timeline.css",
    "../css/field.css",
    "../css/state.css",
    "../css/tree.css",
    "../css/dialog.css",
    "../css/graph.css",
    "../css/chart.css",
    "../css/extras.css",
    "../css/print.css",
);

/// All scripts, each in a block of its own so that their names do not meet; only those of the first are for all.
pub(crate) const SCRIPTS: &str = concat!(
    include_str!("../js/page.js"),
    joined!(
        "{\n",
        "}\n",
        "../js/theme.js",
        "../js/live.js",
        "../js/palette.js",
        "../js/keyboard.js",
        "../js/star.js",
        "../js/copy.js",
        "../js/form.js",
        "../js/tabs.js",
        "../js/deferred.js",
        "../js/graph.js",
        "../js/anchor.js",
    )
);

const FAVICON: &str = include_str!("../css/favicon.svg");

pub(crate) static STYLE: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("app", "css", "text/css; charset=utf-8", STYLES));
pub(crate) static SCRIPT: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("app", "js", "text/javascript; charset=utf-8", SCRIPTS));
pub(crate) static ICON: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("icon", "svg", "image/svg+xml", FAVICON));

/// The asset of that file name.
pub(crate) fn find(name: &str) -> Option<&'static Asset> {
    [&STYLE, &SCRIPT, &ICON]
        .into_iter()
        .map(|asset| &**asset)
        .find(|asset| asset.name == name)
}
