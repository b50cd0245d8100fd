//! A dashboard of the portal's own, for entities that have none: requests, errors, latency, processor and memory, by the
//! names that metrics usually have.
//!
//! `$labels` in a query stands for the labels of the entity's selector, `$name` for its name as a regular expression.

use model::entity;
use serde_json::{Value, json};

use super::board::Board;
use super::interpolate::escaped;
use crate::annotations::Annotations;

/// Stands in addresses in the place of a dashboard's uid.
pub(crate) const UID: &str = "signals";
/// Most queries.
const MOST: usize = 12;
/// How an entity is called in Kubernetes.
const KUBERNETES_ID: &str = "backstage.io/kubernetes-id";

/// The signals of an instance.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Signals {
    /// The data source, one that speaks as Prometheus does.
    pub(crate) source: String,
    pub(crate) queries: Vec<Signal>,
}

/// A chart.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Signal {
    title: String,
    query: String,
    unit: String,
    legend: String,
}

/// The charts where the configuration names none: names of OpenTelemetry's conventions first, then those of Prometheus'
/// client libraries and of Kubernetes.
const USUAL: [(&str, &str, &str, &str); 5] = [
    (
        "Requests a second",
        "sum(rate(http_server_request_duration_seconds_count{$labels}[$__rate_interval])) or \
         sum(rate(http_requests_total{$labels}[$__rate_interval]))",
        "reqps",
        "requests",
    ),
    (
        "Errors",
        "sum(rate(http_server_request_duration_seconds_count{$labels,http_response_status_code=~\"5..\"}[$__rate_interval])) / \
         sum(rate(http_server_request_duration_seconds_count{$labels}[$__rate_interval])) or \
         sum(rate(http_requests_total{$labels,code=~\"5..\"}[$__rate_interval])) / sum(rate(http_requests_total{$labels}[$__rate_interval])) or \
         sum(rate(http_requests_total{$labels,status=~\"5..\"}[$__rate_interval])) / sum(rate(http_requests_total{$labels}[$__rate_interval]))",
        "percentunit",
        "errors",
    ),
    (
        "Latency, 95th percentile",
        "histogram_quantile(0.95, sum by (le) (rate(http_server_request_duration_seconds_bucket{$labels}[$__rate_interval]))) or \
         histogram_quantile(0.95, sum by (le) (rate(http_request_duration_seconds_bucket{$labels}[$__rate_interval])))",
        "s",
        "p95",
    ),
    (
        "Processor",
        "sum by (pod) (rate(container_cpu_usage_seconds_total{container!=\"\",pod=~\"$name-.*\"}[$__rate_interval]))",
        "suffix:cores",
        "{{pod}}",
    ),
    (
        "Memory",
        "sum by (pod) (container_memory_working_set_bytes{container!=\"\",pod=~\"$name-.*\"})",
        "bytes",
        "{{pod}}",
    ),
];

impl Signals {
    /// The signals of a section's `signals`, where it names a data source.
    pub(crate) fn read(section: &Value) -> Option<Self> {
        let source = section["dataSource"].as_str().map(str::trim);
        let source = source.filter(|source| !source.is_empty())?.to_owned();
        let own = section["queries"].as_array().into_iter().flatten();
        let own: Vec<Signal> = own.filter_map(signal).take(MOST).collect();
        let queries = if own.is_empty() {
            USUAL.map(usual).to_vec()
        } else {
            own
        };
        Some(Self { source, queries })
    }

    /// The signals as a dashboard.
    pub(crate) fn board(&self) -> Board {
        let panels = self.queries.iter().zip(1_i64..).map(|(signal, id)| {
            let source = json!({"uid": self.source, "type": "prometheus"});
            json!({
                "id": id, "type": "timeseries", "title": signal.title, "datasource": source, "gridPos": {"x": 0, "y": id},
                "targets": [{"refId": "A", "expr": signal.query, "range": true, "format": "time_series", "legendFormat": signal.legend}],
                "fieldConfig": {"defaults": {"unit": signal.unit, "min": 0}},
            })
        });
        Board::read(&json!({"meta": {}, "dashboard": {
            "uid": UID, "title": "Signals", "panels": panels.collect::<Vec<_>>(),
        }}))
    }
}

fn signal(query: &Value) -> Option<Signal> {
    let text = |key: &str| query[key].as_str().unwrap_or_default().to_owned();
    let signal = Signal {
        title: text("title"),
        query: text("query"),
        unit: text("unit"),
        legend: text("legend"),
    };
    (!signal.query.is_empty()).then_some(signal)
}

fn usual((title, query, unit, legend): (&str, &str, &str, &str)) -> Signal {
    Signal {
        title: title.to_owned(),
        query: query.to_owned(),
        unit: unit.to_owned(),
        legend: legend.to_owned(),
    }
}

/// Whether signals could be found for an entity that names nothing of Grafana.
pub(crate) fn has_workloads(entity: &Value) -> bool {
    entity::annotation(entity, KUBERNETES_ID).is_some()
}

/// The name of an entity's workloads.
pub(crate) fn name(entity: &Value) -> &str {
    let named = entity::annotation(entity, KUBERNETES_ID).map(str::trim);
    let own = || entity["metadata"]["name"].as_str().unwrap_or_default();
    named.filter(|name| !name.is_empty()).unwrap_or_else(own)
}

/// The values of `$labels` and `$name` for an entity.
pub(crate) fn values(entity: &Value, annotations: &Annotations<'_>) -> Vec<(String, String)> {
    let name = name(entity);
    let pairs = match (&annotations.dashboards, &annotations.alerts) {
        (Some(Ok(selector)), _) if !selector.pairs().is_empty() => selector.pairs(),
        (_, Some(Ok(alerts))) => alerts.any.first().map_or(&[][..], Vec::as_slice),
        _ => &[],
    };
    let labels: Vec<String> = pairs
        .iter()
        .filter(|pair| is_label(&pair.label))
        .filter_map(|pair| Some(format!("{}={}", pair.label, quoted(pair.only_value()?))))
        .collect();
    let labels = if labels.is_empty() {
        format!("job=~\"(.+/)?{}\"", escaped(name))
    } else {
        labels.join(",")
    };
    vec![("labels".to_owned(), labels), ("name".to_owned(), escaped(name))]
}

/// Whether Prometheus takes a text as the name of a label.
fn is_label(text: &str) -> bool {
    let is_letter = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    text.chars().all(is_letter) && !text.starts_with(|letter: char| letter.is_ascii_digit())
}

/// A text in a query.
fn quoted(text: &str) -> String {
    format!(
        "\"{}\"",
        text.replace('\\', "\\\\")
            .replace('"', "\\\"")
            .replace('\n', "\\n")
    )
}

#[cfg(test)]
mod tests {
    use super::super::interpolate::Values;
    use super::*;

    #[test]
    fn queries_ask_for_the_labels_of_the_entity() {
        let signals = Signals::read(&json!({"dataSource": "prom"})).unwrap();
        let board = signals.board();
        assert_eq!(board.panels.len(), 5);
        for (annotations, labels, name) in [
            (
                json!({"grafana/dashboard-selector": "app=orders,tier=web"}),
                "{app=\"orders\",tier=\"web\"}",
                "orders-.*",
            ),
            (
                json!({"grafana/alert-label-selector": "service=a\"b,x=y"}),
                "{service=\"a\\\"b\"}",
                "orders-.*",
            ),
            (
                json!({"grafana/dashboard-selector": "k8s.io/app=x"}),
                "{job=~\"(.+/)?orders\"}",
                "orders-.*",
            ),
            (
                json!({"backstage.io/kubernetes-id": "or.ders"}),
                "{job=~\"(.+/)?or\\\\.ders\"}",
                "or\\\\.ders-.*",
            ),
        ] {
            let entity = json!({"metadata": {"name": "orders", "annotations": annotations}});
            let chosen = values(&entity, &Annotations::of(&entity)).into_iter().collect();
            let values = Values::new(&board, &chosen, (0, 1));
            let query = |panel: usize| values.text(board.panels[panel].targets[0]["expr"].as_str().unwrap());
            assert!(
                query(0).contains(&format!("http_requests_total{labels}[$__rate_interval]")),
                "{}",
                query(0)
            );
            assert!(query(4).contains(&format!("pod=~\"{name}\"")), "{}", query(4));
        }
    }

    #[test]
    fn the_configuration_may_name_other_queries() {
        let own = json!({"dataSource": "prom", "queries": [{"title": "Orders", "query": "sum(orders{$labels})", "unit": "short"}, {"title": "none"}]});
        let board = Signals::read(&own).unwrap().board();
        assert_eq!(
            (board.panels.len(), board.panels[0].title.as_str()),
            (1, "Orders")
        );
        for nothing in [json!(null), json!({}), json!({"dataSource": " "})] {
            assert_eq!(Signals::read(&nothing), None);
        }
    }
}
