//! How a server is connected, for entities whose code lies at one that the configuration does not have.

use maud::{Markup, html};
use ui::{Code, EmptyState, Language, code_block, empty_state};

/// What to write into the configuration.
pub(super) fn not_connected(host: &str) -> Markup {
    let lines = format!(
        "integrations:\n  gitea:\n    - host: {host}\n      baseUrl: https://{host}  # another address only if the portal calls it \
         by one\n      password: ${{GITEA_TOKEN}}  # scopes read:repository, read:issue, read:organization, read:user\n"
    );
    html! {
        (empty_state(EmptyState {
            icon: "code",
            title: &format!("{host} is not connected"),
            text: "The code of this entity lies at a Gitea that the portal does not know. These lines of the configuration name it:",
            actions: None,
        }))
        div.framed {
            (code_block(Code { title: Some("app-config.yaml"), first_line: None, ..Code::new(&lines, Language::Yaml) }))
        }
    }
}
