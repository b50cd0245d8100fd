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

/// No cluster is configured. A tab says with an icon and a sentence what it would show.
pub fn no_cluster(icon: &'static str, reason: &str) -> Markup {
    let text = format!("{reason} Add one to app-config.yaml and start the portal again:");
    html! {
        (empty_state(EmptyState {
            icon,
            title: "No cluster is connected",
            text: &text,
            actions: None,
        }))
        (code_block(Code { title: Some("app-config.yaml"), first_line: None, ..Code::new(CONFIGURATION, Language::Yaml) }))
    }
}

/// The same on the plugin's own tab.
pub(crate) fn not_configured() -> Markup {
    no_cluster(
        "system",
        "The entity says which objects are its own, but the portal knows no cluster.",
    )
}
