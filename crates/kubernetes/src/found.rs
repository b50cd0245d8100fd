//! Clusters that come while the portal runs: entities of the catalog, looked for at the start and again after each change of a
//! resource, and contexts of kubeconfig files, looked for when a file changes.

use std::time::Duration;

use catalog::query::ListRequest;
use catalog::{Catalog, IndexNews, Sight};
use model::{Fault, Filter};
use serde_json::json;
use tokio::sync::broadcast::error::RecvError;
use tokio_util::sync::CancellationToken;

use crate::engine::{Finder, Kubernetes};
use crate::settings::AllContexts;
use crate::settings::from_catalog::{FromCatalog, TYPE};

/// Which clusters there are is the same for everybody; who sees what of them is asked with each request.
static SIGHT: Sight = Sight::system("clusters that are entities of the catalog are connected");

/// Clusters that are taken from the catalog.
const MOST: usize = 100;
/// Changes within this time are looked at together.
const TOGETHER: Duration = Duration::from_millis(500);

/// How often it is looked whether a kubeconfig file changed.
const LOOK_AT_FILES: Duration = Duration::from_secs(1);

/// Keeps the contexts of kubeconfig files connected until `stop` is cancelled.
pub(crate) async fn follow_files(kubernetes: Kubernetes, stop: CancellationToken) {
    let files = kubernetes.files();
    // Nothing is known of the files as they were when the portal started, so that they are read once more.
    let mut known = None;
    loop {
        let stamps = Some(files.iter().map(AllContexts::stamp).collect::<Vec<_>>());
        if stamps != known {
            known = stamps;
            kubernetes.replace_found(Finder::Files, AllContexts::of_all(&files));
        }
        let pause = tokio::time::sleep(LOOK_AT_FILES);
        if stop.run_until_cancelled(pause).await.is_none() {
            return;
        }
    }
}

/// Keeps the clusters of the catalog connected until `stop` is cancelled.
pub(crate) async fn follow(
    kubernetes: Kubernetes,
    catalog: Catalog,
    locator: FromCatalog,
    stop: CancellationToken,
) {
    let mut news = catalog.seen_by(&SIGHT).changes().applied;
    loop {
        match found(&catalog, &locator).await {
            Ok(clusters) => kubernetes.replace_found(Finder::Catalog, clusters),
            Err(fault) => tracing::warn!("clusters of the catalog are not looked up: {fault}"),
        }
        let changed = async {
            loop {
                match news.recv().await {
                    Ok(IndexNews::Change(change)) if !change.reference.starts_with("resource:") => {}
                    Ok(_) | Err(RecvError::Lagged(_)) => return true,
                    Err(RecvError::Closed) => return false,
                }
            }
        };
        if stop.run_until_cancelled(changed).await != Some(true) {
            return;
        }
        tokio::time::sleep(TOGETHER).await;
        // What came meanwhile is looked at now.
        news = news.resubscribe();
    }
}

async fn found(
    catalog: &Catalog,
    locator: &FromCatalog,
) -> Result<Vec<crate::settings::ClusterSettings>, Fault> {
    let filter = Filter::from_predicate(&json!({"kind": "Resource", "spec.type": TYPE}))?;
    let request = ListRequest::for_people(filter).page(0, MOST);
    let listing = catalog.seen_by(&SIGHT).listing(&request).await?;
    Ok(listing
        .entities
        .iter()
        .filter_map(|entity| locator.cluster(entity))
        .collect())
}
