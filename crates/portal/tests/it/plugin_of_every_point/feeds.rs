//! What the plugin declares and feeds into the catalog: it is made before the catalog, from configuration alone.

use std::sync::Arc;

use async_trait::async_trait;
use model::{Fault, Kind, Problem, Relation};
use plugin::{ConfigSection, DeferredEntity, EntityProvider, ProcessContext, Processor, ProviderSink};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

/// The section `teapots` of the configuration.
pub struct Section;

impl ConfigSection for Section {
    fn path(&self) -> &'static str {
        "teapots"
    }

    fn schema(&self) -> Value {
        json!({"type": "object", "properties": {
            "spout": {"type": "string", "description": "The side where tea comes out."},
            "handle": {"type": "string", "description": "The side where the pot is held."},
        }})
    }

    fn check(&self, section: &Value) -> Vec<Problem> {
        if section["spout"].is_null() || section["spout"] != section["handle"] {
            return Vec::new();
        }
        let fault = Fault::input("teapots.spout and teapots.handle are on the same side");
        vec![Problem::error(Fault {
            path: Some("spout".to_owned()),
            ..fault
        })]
    }
}

/// The kind `Teapot`.
pub struct TeapotKind;

impl Kind for TeapotKind {
    fn kind(&self) -> &'static str {
        "Teapot"
    }

    fn api_versions(&self) -> &[&str] {
        &["teapots.example/v1"]
    }

    fn validate(&self, entity: &Value) -> Result<bool, Fault> {
        Ok(entity["kind"] == "Teapot" && entity["apiVersion"] == "teapots.example/v1")
    }

    fn relations(&self, _: &Value) -> Result<Vec<Relation>, Fault> {
        Ok(Vec::new())
    }
}

/// Marks every teapot before it is validated.
pub struct Glaze;

#[async_trait]
impl Processor for Glaze {
    fn name(&self) -> &'static str {
        "GlazeProcessor"
    }

    async fn pre_process(&self, mut entity: Value, _: &ProcessContext) -> Result<Value, Fault> {
        if entity["kind"] == "Teapot" {
            entity["metadata"]["annotations"]["teapots.example/glaze"] = json!("celadon");
        }
        Ok(entity)
    }
}

/// Delivers one teapot.
pub struct Shelf;

#[async_trait]
impl EntityProvider for Shelf {
    fn name(&self) -> &'static str {
        "teapots:shelf"
    }

    async fn run(&self, sink: Arc<dyn ProviderSink>, stop: CancellationToken) -> Result<(), Fault> {
        let entity = json!({
            "apiVersion": "teapots.example/v1",
            "kind": "Teapot",
            "metadata": {
                "name": "brown-betty",
                "annotations": {
                    "backstage.io/managed-by-location": "url:https://teapots.example/shelf",
                    "backstage.io/managed-by-origin-location": "url:https://teapots.example/shelf",
                },
            },
            "spec": {"volume": "1l"},
        });
        let location_key = Some("teapots:shelf".to_owned());
        let mut nameless = entity.clone();
        nameless["metadata"]["name"] = Value::Null;
        let deferred = |entity: Value| DeferredEntity {
            entity,
            location_key: location_key.clone(),
        };
        let mut shelf = sink.replace().await?;
        shelf.put(vec![deferred(entity)]).await?;
        shelf.put(vec![deferred(nameless)]).await?;
        let report = shelf.finish().await?;
        let refused = report.refused.iter().map(|refused| refused.entity.as_str());
        let summary = format!(
            "{} accepted, refused: {}",
            report.accepted,
            refused.collect::<Vec<_>>().join(", ")
        );
        sink.problem(Problem::warning(Fault::error(summary))).await;
        stop.cancelled().await;
        Ok(())
    }
}
