//! Dashboards, charts and alerts of entities, from Grafana.
