//! Clusters that are entities of the catalog: looked for at the start, and again after each change of a resource.

use std::time::Duration;

use catalog::query::ListRequest;
use catalog::{Catalog, IndexNews, Sight};
use model::{Fault, Filter};
use serde_json::json;
use tokio::sync::broadcast::error::RecvError;
use tokio_util::sync::CancellationToken;

use crate::engine::Kubernetes;
use crate::settings::from_catalog::{FromCatalog, TYPE};

/// Which clusters there are is the same for everybody; who sees what of them is asked with each request.
static SIGHT: Sight = Sight::system("clusters that are entities of the catalog are connected");

/// Clusters that are taken from the catalog.
const MOST: usize = 100;
/// Changes within this time are looked at together.
const TOGETHER: Duration = Duration::from_millis(500);

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
            Ok(clusters) => kubernetes.replace_found(clusters),
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
