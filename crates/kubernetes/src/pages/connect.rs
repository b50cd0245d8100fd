//! How clusters are connected, for people who have not done so.

use maud::{Markup, html};
use ui::{Code, EmptyState, Language, code_block, empty_state};

const CONFIGURATION: &str = "\
kubernetes:
  clusterLocatorMethods:
    - type: config
      clusters:
        - {name: production, url: 'https://kubernetes.example.com', authProvider: serviceAccount, serviceAccountToken: '${K8S_TOKEN}', caFile: ca.pem}
";

/// No cluster is configured.
pub(crate) fn not_configured() -> Markup {
    html! {
        (empty_state(EmptyState {
            icon: "system",
            title: "No cluster is connected",
            text: "The entity says which objects are its own, but the portal knows no cluster. Add one to app-config.yaml and start the portal again:",
            actions: None,
        }))
        (code_block(Code { title: Some("app-config.yaml"), first_line: None, ..Code::new(CONFIGURATION, Language::Yaml) }))
    }
}
