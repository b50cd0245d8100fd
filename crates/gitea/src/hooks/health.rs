//! The health check: webhooks that the portal keeps and that do not deliver.

use async_trait::async_trait;
use plugin::{Health, HealthCheck};

use super::standing::{HookStanding, HostStanding, Overview, Standing};

/// Most webhooks that are named one by one.
const MAX_NAMED: usize = 3;

/// Says which webhooks do not deliver, by what was seen last.
pub(crate) struct Webhooks(pub Overview);

#[async_trait]
impl HealthCheck for Webhooks {
    fn name(&self) -> &'static str {
        "gitea webhooks"
    }

    async fn check(&self) -> Health {
        match self.0.now().await {
            Ok(all) => of(&all.hosts),
            Err(error) => Health::Failed(format!("the table of webhooks cannot be read: {error}")),
        }
    }
}

fn of(hosts: &[HostStanding]) -> Health {
    let mut bad = Vec::new();
    for host in hosts.iter().filter(|host| host.host.is_kept) {
        match &host.host.problem {
            Some((fault, hint)) => bad.push(format!("{fault}. {}", hint.replace('`', ""))),
            None => bad.extend(
                host.hooks
                    .iter()
                    .filter_map(|hook| sentence(&host.host.host, hook)),
            ),
        }
    }
    if bad.is_empty() {
        return Health::Ok;
    }
    let more = bad.len().saturating_sub(MAX_NAMED);
    bad.truncate(MAX_NAMED);
    let more = if more > 0 {
        format!("; and {more} more")
    } else {
        String::new()
    };
    Health::Degraded(format!("{}{more}; see /gitea/webhooks", bad.join("; ")))
}

fn sentence(host: &str, hook: &HookStanding) -> Option<String> {
    let of = if hook.scope.is_empty() {
        host.to_owned()
    } else {
        format!("{} at {host}", hook.scope)
    };
    match &hook.standing {
        Standing::Failed(problem) => Some(problem.clone()),
        Standing::Refused(reason) => Some(format!("a delivery of the webhook of {of} was refused: {reason}")),
        Standing::Missed => Some(format!(
            "the webhook of {of} tried to deliver and nothing came in: name the portal under [webhook] ALLOWED_HOST_LIST in \
             Gitea's app.ini, or see its recent deliveries there"
        )),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::pages::samples;
    use super::*;

    #[test]
    fn bad_webhooks_are_named_with_the_way_out() {
        let Health::Degraded(text) = of(&samples::troubled().hosts) else {
            panic!("it is degraded");
        };
        for part in [
            "ALLOWED_HOST_LIST",
            "platform at gitea.example.com",
            "and 1 more",
            "see /gitea/webhooks",
        ] {
            assert!(text.contains(part), "{part} in {text}");
        }
        assert_eq!(of(&samples::well().hosts), Health::Ok);
        assert_eq!(of(&samples::unkept().hosts), Health::Ok, "people keep these");
    }
}
