//! Hosts that a part of the configuration names, and that no integration has. The part alone does not know that.

use config::Config;
use model::{Fault, Problem};

/// The problem of a part whose `host` no entry of `integrations.gitea` has. `key` is that of the part, `consequence` what comes of it.
pub(crate) fn missing(config: &Config, key: &str, host: &str, consequence: &str) -> Option<Problem> {
    let known: Vec<&str> = config
        .integrations()
        .gitea
        .iter()
        .map(|one| one.host.as_str())
        .collect();
    if known.contains(&host) {
        return None;
    }
    let hint = match known[..] {
        [] => format!("Add integrations.gitea with {{ host: {host}, password: a token }}."),
        _ => format!("Write one of: {}.", known.join(", ")),
    };
    let key = format!("{key}.host");
    let fault = Fault::input(format!(
        "{key} is {host}, which no entry of integrations.gitea has; {consequence}"
    ));
    Some(Problem::error(fault).at(config.place(&key)).hint(hint))
}
