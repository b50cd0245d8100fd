//! Who is below a source that cannot be read: what it brought stays in the catalog and may be out of date.

use std::collections::{HashMap, HashSet, VecDeque};

use model::Fault;
use serde_json::Value;
use store::{ChildRow, SourceKey, Store, StoreError};

use super::Above;

/// Entities that are marked at most.
const MOST: usize = 50_000;

/// The entities below sources in error, each with the nearest of them.
pub(super) async fn below(
    store: &Store,
    failing: &[(SourceKey, Vec<Fault>)],
) -> Result<HashMap<String, Above>, StoreError> {
    let mut found = HashMap::new();
    let mut waiting = VecDeque::new();
    for (key, faults) in failing {
        for child in unread(store, key, faults).await? {
            let above = Above {
                source: key.to_string(),
                is_direct: true,
            };
            waiting.push_back((child, above));
        }
    }
    let mut gone_through: HashSet<String> = HashSet::new();
    while let Some((name, above)) = waiting.pop_front() {
        if found.len() >= MOST {
            break;
        }
        if name.starts_with("location:") && gone_through.insert(name.clone()) {
            let farther = Above {
                is_direct: false,
                ..above.clone()
            };
            let children = store.children(&SourceKey::Entity(name.clone())).await?;
            waiting.extend(
                children
                    .into_iter()
                    .map(|child| (child.reference, farther.clone())),
            );
        }
        found.entry(name).or_insert(above);
    }
    Ok(found)
}

/// The children of a source whose own file could not be read.
async fn unread(store: &Store, key: &SourceKey, faults: &[Fault]) -> Result<Vec<String>, StoreError> {
    let children = store.children(key).await?;
    let all = || children.iter().map(|child| child.reference.clone()).collect();
    let Some(location) = key.entity() else {
        return Ok(all());
    };
    let named: Vec<String> = children
        .iter()
        .filter(|child| is_named(child, faults))
        .map(|child| child.reference.clone())
        .collect();
    if !named.is_empty() {
        return Ok(named);
    }
    let node = store.node(location).await?;
    let has_one_target = node
        .and_then(|node| node.processed)
        .and_then(|text| serde_json::from_str::<Value>(&text).ok())
        .is_some_and(|location| targets(&location) == 1);
    Ok(if has_one_target { all() } else { Vec::new() })
}

/// Whether a fault names the file of a child.
fn is_named(child: &ChildRow, faults: &[Fault]) -> bool {
    let file = child.location_key.as_deref().and_then(|key| key.split_once(':'));
    file.is_some_and(|(_, target)| faults.iter().any(|fault| fault.message.contains(target)))
}

fn targets(location: &Value) -> usize {
    let list = location.pointer("/spec/targets").and_then(Value::as_array);
    usize::from(location["spec"]["target"].is_string()) + list.map_or(0, Vec::len)
}
