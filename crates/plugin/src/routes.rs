//! Routes that a plugin serves.

use axum::Router;

/// A plugin's HTTP surface: its wire API and its pages.
pub struct RouteSet {
    /// The plugin's id; its API is mounted at `/api/<id>`.
    pub id: &'static str,
    /// Routes below `/api/<id>`, written relative to that mount.
    pub api: Router,
    /// Pages, written with their full path.
    pub pages: Router,
}

impl RouteSet {
    /// A set with no route yet.
    pub fn new(id: &'static str) -> Self {
        Self {
            id,
            api: Router::new(),
            pages: Router::new(),
        }
    }

    /// Sets the routes below `/api/<id>`.
    pub fn api(mut self, api: Router) -> Self {
        self.api = api;
        self
    }

    /// Sets the pages.
    pub fn pages(mut self, pages: Router) -> Self {
        self.pages = pages;
        self
    }
}
