//! What surrounds the pages of a caller: the navigation has no entry that the caller may not follow.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Request, State};
use axum::http::Extensions;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::MethodRouter;
use model::Viewer;
use plugin::{Decision, Face, NavigationItem, Of, Permission, PluginId, Routes};
use ui::Shell;
use web::Permissions;

/// The shell of all pages, and what its navigation needs.
pub(crate) struct Frame {
    shell: Arc<Shell>,
    guarded: Vec<Guarded>,
}

/// An entry that not everybody sees.
struct Guarded {
    plugin: PluginId,
    path: String,
    needs: &'static Permission,
}

impl Frame {
    /// A frame whose navigation is that of the shell.
    pub(crate) fn new(shell: Shell, navigation: &[Of<NavigationItem>]) -> Self {
        let guarded = navigation.iter().filter_map(|of| {
            Some(Guarded {
                plugin: of.plugin.clone(),
                path: of.part.path.to_string(),
                needs: of.part.needs?,
            })
        });
        Self {
            guarded: guarded.collect(),
            shell: Arc::new(shell),
        }
    }

    /// Puts the caller's shell into the requests of pages, and the whole one into those of other routes, which show no
    /// navigation.
    pub(crate) fn around(self: &Arc<Self>, set: Routes) -> Routes {
        set.wrapped(|row, endpoint: MethodRouter| match row.face {
            Face::Page => endpoint.route_layer(from_fn_with_state(self.clone(), surround)),
            Face::Api | Face::Plain => endpoint.route_layer(Extension(self.shell.clone())),
        })
    }

    /// The shell without entries that the caller of a request may not follow.
    pub(crate) async fn shell_for(&self, extensions: &Extensions) -> Arc<Shell> {
        let hidden = self.hidden_from(extensions).await;
        if hidden.is_empty() {
            return self.shell.clone();
        }
        let mut shell = Shell::clone(&self.shell);
        shell
            .navigation
            .retain(|item| !hidden.iter().any(|path| *path == item.path));
        Arc::new(shell)
    }

    async fn hidden_from(&self, extensions: &Extensions) -> Vec<&str> {
        let asked: Vec<_> = self.guarded.iter().map(|one| (&one.plugin, one.needs)).collect();
        let caller = extensions.get::<Permissions>().zip(extensions.get::<Viewer>());
        let decisions = match caller {
            Some((permissions, viewer)) => permissions.decide_all(viewer, &asked).await.unwrap_or_default(),
            None => Vec::new(),
        };
        let is_hidden = |at: usize| {
            decisions
                .get(at)
                .is_none_or(|decision| *decision == Decision::Deny)
        };
        let guarded = self.guarded.iter().enumerate();
        guarded
            .filter(|(at, _)| is_hidden(*at))
            .map(|(_, one)| one.path.as_str())
            .collect()
    }
}

async fn surround(State(frame): State<Arc<Frame>>, mut request: Request, next: Next) -> Response {
    let shell = frame.shell_for(request.extensions()).await;
    request.extensions_mut().insert(shell);
    next.run(request).await
}
