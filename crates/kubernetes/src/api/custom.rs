//! Custom resources that a request names.

use std::sync::Arc;

use config::Secret;
use model::{Clock, Fault, SystemClock};
use serde_json::Value;

use super::resources::{fetch_error, refusal};
use crate::engine::{Cluster, Failure, Kind, Kinds, Sort, missing};
use crate::settings::kinds::{MOST_CUSTOM, names};

/// A kind that a request names.
pub(super) struct Custom {
    group: String,
    version: String,
    plural: String,
}

/// Reads the list of a body.
pub(super) fn read(list: &Value) -> Result<Vec<Custom>, Fault> {
    let list = match list {
        Value::Null => return Err(Fault::input("customResources is a required field")),
        Value::Array(list) => list,
        _ => return Err(Fault::input("customResources must be an array")),
    };
    if list.is_empty() {
        return Err(Fault::input("at least 1 customResource is required"));
    }
    if list.len() > MOST_CUSTOM {
        return Err(Fault::input(format!(
            "at most {MOST_CUSTOM} customResources are answered at once"
        )));
    }
    let read = list.iter().enumerate().map(|(index, one)| {
        let (group, version, plural) = names(one).ok_or_else(|| {
            let needs = "needs group, apiVersion and plural, in small letters as in the address of the kind";
            Fault::input(format!("customResources[{index}] {needs}"))
        })?;
        Ok(Custom {
            group: group.to_owned(),
            version: version.to_owned(),
            plural: plural.to_owned(),
        })
    });
    read.collect()
}

/// The kinds that a cluster has of them, and errors about the others. They are watched in the version that the configuration
/// or else the cluster prefers.
pub(super) async fn kinds(
    cluster: &Arc<Cluster>,
    token: Option<&Secret>,
    asked: &[Custom],
) -> Result<(Vec<&'static Kind>, Vec<Value>), Failure> {
    if let Some(provider) = cluster.viewer_provider().filter(|_| token.is_none()) {
        let now = SystemClock.now();
        return Err(Failure::new(Sort::NeedsViewer, missing(provider), now));
    }
    let has = cluster.known_kinds(token).await?;
    let (mut found, mut errors) = (Vec::new(), Vec::new());
    for one in asked {
        match kind_of(cluster, &has, one) {
            Ok(kind) => found.push(kind),
            Err(error) => errors.push(error),
        }
    }
    Ok((found, errors))
}

/// The kind that a cluster has under these names, if it can be watched.
fn kind_of(cluster: &Cluster, has: &Kinds, asked: &Custom) -> Result<&'static Kind, Value> {
    let Custom {
        group,
        version,
        plural,
    } = asked;
    let missing = || {
        refusal(
            404,
            &format!("{}/apis/{group}/{version}/{plural}", cluster.prefix()),
        )
    };
    if !has.can_be_watched(group, plural) {
        return Err(missing());
    }
    let kind = Kind::named(group, plural).filter(|kind| cluster.has_room_for(kind));
    kind.ok_or_else(|| {
        let name = cluster.name();
        fetch_error(&format!("too many kinds of {name} are watched already; name {plural}.{group} in kubernetes.customResources"))
    })
}
