//! The recorded areas that are replayed, and what each needs.

/// When the recording's file server is needed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum FileServer {
    /// Never.
    None,
    /// While cases are sent; the replay program starts its own.
    WithCases,
    /// Already when our server starts: configured locations point at it.
    BeforeStart,
}

/// One recorded area.
pub struct Area {
    /// Its name in figures, floors and exceptions.
    pub name: &'static str,
    /// Folder of the cases.
    pub folder: &'static str,
    /// File of the cases.
    pub cases: &'static str,
    /// Configuration, relative to the recordings.
    pub config: &'static str,
    /// Where `{{ROOT}}` is copied from.
    pub root: &'static str,
    /// The file server.
    pub files: FileServer,
    /// Only cases whose path begins with one of these; all cases without any. The others ask plugins
    /// that come later.
    pub paths: &'static [&'static str],
}

/// All of them.
pub const AREAS: &[Area] = &[
    Area {
        name: "catalog-read",
        folder: "catalog-read",
        cases: "cases.jsonl",
        config: "lab/config.yaml",
        root: "lab",
        files: FileServer::None,
        paths: &[],
    },
    Area {
        name: "catalog-read/default-rules",
        folder: "catalog-read",
        cases: "cases-default-rules.jsonl",
        config: "lab/config-default-rules.yaml",
        root: "lab",
        files: FileServer::None,
        paths: &[],
    },
    Area {
        name: "catalog-read/open",
        folder: "catalog-read",
        cases: "cases-open.jsonl",
        config: "lab/config-open.yaml",
        root: "lab",
        files: FileServer::None,
        paths: &["/api/catalog/"],
    },
    Area {
        name: "catalog-write",
        folder: "catalog-write",
        cases: "cases.jsonl",
        config: "catalog-write/config.yaml",
        root: "catalog-write",
        files: FileServer::WithCases,
        paths: &[],
    },
    Area {
        name: "catalog-write/readonly",
        folder: "catalog-write",
        cases: "cases-readonly.jsonl",
        config: "catalog-write/config-readonly.yaml",
        root: "catalog-write",
        files: FileServer::BeforeStart,
        paths: &[],
    },
    Area {
        name: "scaffolder",
        folder: "scaffolder",
        cases: "cases.jsonl",
        config: "scaffolder/config.yaml",
        root: "scaffolder",
        files: FileServer::None,
        paths: &[],
    },
    Area {
        name: "fetch-template",
        folder: "fetch-template",
        cases: "cases.jsonl",
        config: "fetch-template/config.yaml",
        root: "fetch-template",
        files: FileServer::None,
        paths: &[],
    },
    // Left out until their plugins come: permission, events, proxy, signals.
    Area {
        name: "misc",
        folder: "misc",
        cases: "cases.jsonl",
        config: "misc/config.yaml",
        root: "misc",
        files: FileServer::None,
        paths: &[
            "/api/auth/",
            "/api/techdocs/.backstage/",
            "/api/user-settings",
            "/api/catalog/",
            "/api/search/",
            "/api/notifications",
            "/api/zilch",
            "/.",
            "/zilch",
            "/healthcheck",
            "/metrics",
            "/api?",
            "/?",
        ],
    },
];

impl Area {
    /// Whether a request belongs to the part of the area that is replayed.
    pub fn includes(&self, path: &str) -> bool {
        let path = if path.contains('?') {
            path.to_owned()
        } else {
            format!("{path}?")
        };
        self.paths.is_empty() || self.paths.iter().any(|start| path.starts_with(start))
    }
}
