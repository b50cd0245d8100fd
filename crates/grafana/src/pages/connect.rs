//! How to connect Grafana, where that was not done.

use maud::{Markup, html};
use ui::{Code, EmptyState, Language, code_block, empty_state};

/// The lines of the configuration.
const LINES: &str = "grafana:
  domain: https://grafana.example.com      # what browsers open
  url: http://grafana.monitoring.svc:3000  # what the portal calls, if it is another address
  token: ${GRAFANA_TOKEN}                  # of a service account with the role Viewer
  rulesFrom: [prometheus]                  # data sources with alert rules of their own
";

/// Says how to connect Grafana.
pub(crate) fn how_to_connect() -> Markup {
    html! {
        (empty_state(EmptyState {
            icon: "dashboard",
            title: "Grafana is not connected",
            text: "This entity names dashboards or alerts of Grafana, and the portal does not know where Grafana is. These lines of the configuration say it:",
            actions: None,
        }))
        div.framed {
            (code_block(Code {
                title: Some("app-config.yaml"),
                first_line: None,
                ..Code::new(LINES, Language::Yaml)
            }))
        }
    }
}
