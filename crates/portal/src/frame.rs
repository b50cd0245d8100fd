//! What surrounds the pages of a caller: the navigation has no entry that the caller may not follow, and the bar above the
//! page has the parts of plugins for this caller.

use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::extract::{Request, State};
use axum::http::{Extensions, HeaderMap, Method};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::MethodRouter;
use futures::future::{join_all, join3};
use maud::Markup;
use model::{Principal, Viewer};
use plugin::{
    Body, Counted, Decision, Face, NavigationItem, Of, Permission, PluginId, Routes, TopBarPart, contained,
};
use ui::{Shell, foreign_html};
use web::Permissions;

/// Longest that a part of the bar may hold up a page.
const LIMIT: Duration = Duration::from_millis(200);

/// The shell of all pages, and what its navigation needs.
pub(crate) struct Frame {
    shell: Arc<Shell>,
    guarded: Vec<Guarded>,
    counted: Vec<(PluginId, String, Counted)>,
    top_bar: Vec<Of<Arc<dyn TopBarPart>>>,
}

/// An entry that not everybody sees.
struct Guarded {
    plugin: PluginId,
    path: String,
    needs: &'static Permission,
}

impl Frame {
    /// A frame whose navigation is that of the shell.
    pub(crate) fn new(
        shell: Shell,
        navigation: &[Of<NavigationItem>],
        mut top_bar: Vec<Of<Arc<dyn TopBarPart>>>,
    ) -> Self {
        top_bar.sort_by_key(|of| of.part.order());
        let guarded = navigation.iter().filter_map(|of| {
            Some(Guarded {
                plugin: of.plugin.clone(),
                path: of.part.path.to_string(),
                needs: of.part.needs?,
            })
        });
        let counted = navigation.iter().filter_map(|of| {
            let count = of.part.count.clone()?;
            Some((of.plugin.clone(), of.part.path.to_string(), count))
        });
        Self {
            counted: counted.collect(),
            guarded: guarded.collect(),
            top_bar,
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

    /// The shell without entries that the caller of a request may not follow, with the caller's parts of the bar.
    pub(crate) async fn shell_for(&self, extensions: &Extensions) -> Arc<Shell> {
        let (hidden, top_bar, counts) = join3(
            self.hidden_from(extensions),
            self.top_bar_for(extensions),
            self.counts_for(extensions),
        )
        .await;
        if hidden.is_empty() && top_bar.is_empty() && counts.is_empty() {
            return self.shell.clone();
        }
        let mut shell = Shell::clone(&self.shell);
        shell
            .navigation
            .retain(|item| !hidden.iter().any(|path| *path == item.path));
        shell.top_bar = top_bar;
        shell.counts = counts;
        Arc::new(shell)
    }

    /// The parts of the bar that have something to say. One that fails is left out; its failure is counted.
    async fn top_bar_for(&self, extensions: &Extensions) -> Vec<Markup> {
        let viewer = extensions.get::<Viewer>();
        let Some(viewer) = viewer.filter(|viewer| viewer.who != Principal::Nobody) else {
            return Vec::new();
        };
        let made = self.top_bar.iter().map(|of| {
            let (part, viewer) = (of.part.clone(), viewer.clone());
            let work = async move { part.show(viewer).await };
            contained(&of.plugin, "top bar part", LIMIT, work)
        });
        let made = join_all(made).await.into_iter().filter_map(Result::ok).flatten();
        made.map(|body| match body {
            Body::Ours(markup) => markup,
            Body::Foreign(html) => foreign_html(&html),
        })
        .collect()
    }

    /// The numbers beside entries, as far as the caller may see what is counted.
    async fn counts_for(&self, extensions: &Extensions) -> Vec<(String, usize, &'static str)> {
        let Some((permissions, viewer)) = extensions.get::<Permissions>().zip(extensions.get::<Viewer>())
        else {
            return Vec::new();
        };
        let asked: Vec<_> = self
            .counted
            .iter()
            .map(|(plugin, _, count)| (plugin, count.0.permission()))
            .collect();
        let decisions = permissions.decide_all(viewer, &asked).await.unwrap_or_default();
        let counted = self.counted.iter().zip(&decisions);
        counted
            .map(|((_, path, count), decision)| (path.clone(), count.0.count(decision), count.0.noun()))
            .filter(|(_, number, _)| *number > 0)
            .collect()
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
    if has_no_bar(&request) {
        request.extensions_mut().insert(frame.shell.clone());
        return next.run(request).await;
    }
    let shell = frame.shell_for(request.extensions()).await;
    request.extensions_mut().insert(shell);
    next.run(request).await
}

/// Whether the answer is no whole page: a form that was sent leads elsewhere, a page that fetches itself or a part of it takes what is
/// below the bar, and nothing surrounds a file.
fn has_no_bar(request: &Request) -> bool {
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    !is_read || request.headers().contains_key("x-refetch") || is_for_a_file(request.headers())
}

/// Whether a browser asks for a file that a page loads.
fn is_for_a_file(headers: &HeaderMap) -> bool {
    let destination = headers
        .get("sec-fetch-dest")
        .and_then(|value| value.to_str().ok());
    matches!(
        destination,
        Some("image" | "style" | "script" | "font" | "audio" | "video")
    )
}
