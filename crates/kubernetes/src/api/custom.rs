//! Custom resources that a request names.

use std::sync::Arc;

use config::Secret;
use model::Fault;
use serde_json::Value;

use super::resources::refusal;
use crate::engine::{Cluster, Failure, Kind};
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
    if cluster.viewer_provider().is_some() && token.is_none() {
        // Without a token it is not known what the cluster has, and the answer says that the token is missing.
        let known = asked
            .iter()
            .filter_map(|one| Kind::named(&one.group, &one.plural));
        return Ok((known.take(1).collect(), Vec::new()));
    }
    let has = cluster.known_kinds(token).await?;
    let (mut found, mut errors) = (Vec::new(), Vec::new());
    for Custom {
        group,
        version,
        plural,
    } in asked
    {
        match has.get(group, plural).and_then(|_| Kind::named(group, plural)) {
            Some(kind) => found.push(kind),
            None => errors.push(refusal(
                404,
                &format!("{}/apis/{group}/{version}/{plural}", cluster.prefix()),
            )),
        }
    }
    Ok((found, errors))
}
