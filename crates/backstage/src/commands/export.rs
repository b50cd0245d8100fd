//! `backstage catalog export`: all entities as YAML documents or lines of JSON.

use std::process::ExitCode;

use anyhow::Result;
use serde_json::{Value, json};
use store::ScanPosition;

use super::remote::{PAGE, Remote};
use crate::cli::{Common, ExportArguments, Format};
use crate::{output, settings};

/// Prints every entity.
pub async fn run(common: &Common, what: &ExportArguments) -> Result<ExitCode> {
    match &what.url {
        Some(url) => from_server(&Remote::new(url, what.token.clone())?, common.format, what.plain).await?,
        None => from_store(common, what.plain).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn from_server(server: &Remote, format: Format, plain: bool) -> Result<()> {
    let order = json!([{ "field": "metadata.uid", "order": "asc" }]);
    let mut query = json!({ "limit": PAGE, "orderBy": order });
    loop {
        let (items, _, next) = server.page(&query).await?;
        for entity in items {
            print(entity, format, plain)?;
        }
        match next {
            Some(cursor) => query = Remote::next_page(&cursor, PAGE, &[]),
            None => return Ok(()),
        }
    }
}

async fn from_store(common: &Common, plain: bool) -> Result<()> {
    let config = settings::require(common)?;
    let store = settings::open_store(&config).await?;
    let mut position = ScanPosition::default();
    loop {
        let (rows, next) = store.scan_finals(position, PAGE).await?;
        for row in rows {
            print(serde_json::from_str(&row.json)?, common.format, plain)?;
        }
        match next {
            Some(next) => position = next,
            None => return Ok(()),
        }
    }
}

fn print(entity: Value, format: Format, plain: bool) -> Result<()> {
    let Some(entity) = (if plain { as_declared(entity) } else { Some(entity) }) else {
        return Ok(());
    };
    match format {
        Format::Json => output::json(&entity),
        Format::Text => output::text(&format!("---\n{}", yaml::to_string(&entity))),
    }
}

/// An entity without what the catalog adds. Nothing for a Location: it is how the catalog was fed, and read again
/// it would lead to the files that the other entities came from.
fn as_declared(mut entity: Value) -> Option<Value> {
    if entity["kind"] == "Location" {
        return None;
    }
    strip(&mut entity);
    Some(entity)
}

fn strip(entity: &mut Value) {
    let Some(root) = entity.as_object_mut() else {
        return;
    };
    root.remove("relations");
    root.remove("status");
    let Some(metadata) = root.get_mut("metadata").and_then(Value::as_object_mut) else {
        return;
    };
    metadata.remove("uid");
    metadata.remove("etag");
    if let Some(annotations) = metadata.get_mut("annotations").and_then(Value::as_object_mut) {
        annotations
            .retain(|name, _| !name.starts_with("backstage.io/managed-by-") && name != "backstage.io/orphan");
        if annotations.is_empty() {
            metadata.remove("annotations");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_exported_plain_can_be_read_again() {
        let declared =
            json!({"kind": "Component", "metadata": {"name": "a", "annotations": {"x/y": "1"}}, "spec": {}});
        let mut served = declared.clone();
        served["relations"] = json!([]);
        served["metadata"]["uid"] = json!("u");
        served["metadata"]["etag"] = json!("e");
        served["metadata"]["annotations"]["backstage.io/managed-by-location"] = json!("file:/a.yaml");
        assert_eq!(as_declared(served), Some(declared));
        let location =
            json!({"kind": "Location", "metadata": {"name": "generated-1"}, "spec": {"target": "./a.yaml"}});
        assert_eq!(as_declared(location), None);
    }
}
