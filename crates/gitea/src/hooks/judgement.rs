//! What is to be done about the webhooks of one organisation or of a server.

use scm::gitea::Hook;
use url::Url;

/// The events that the portal needs.
pub(crate) const EVENTS: [&str; 5] = ["create", "delete", "push", "release", "repository"];
/// Forms of a payload that the portal reads.
const KINDS: [&str; 3] = ["gitea", "forgejo", "gogs"];

/// What is known of a webhook beside what the server says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Evidence {
    /// The webhook that was made or seen last.
    pub known: Option<i64>,
    /// Its secret is the one of the configuration.
    pub has_secret: bool,
    /// A delivery was refused after it was made, when it tried to deliver.
    pub was_refused: bool,
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Judgement {
    /// The one step.
    pub step: Step,
    /// The events that the webhook is to send: what the portal needs, and what others have chosen.
    pub events: Vec<String>,
    /// Further webhooks with the same address, which would deliver everything again.
    pub surplus: Vec<i64>,
}

/// What is to be done about the one webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    /// It is as it must be.
    Nothing(i64),
    /// There is none.
    Create,
    /// It is changed, for these reasons.
    Change(i64, Vec<String>),
    /// Another one takes its place, for this reason: a secret cannot be changed.
    Replace(i64, &'static str),
}

impl Step {
    /// What it comes to, in words; nothing where nothing is done.
    pub fn words(&self) -> Option<String> {
        match self {
            Self::Nothing(_) => None,
            Self::Create => Some("made".to_owned()),
            Self::Change(_, reasons) => Some(format!("repaired: {}", reasons.join(", "))),
            Self::Replace(_, reason) => Some(format!("made anew: {reason}")),
        }
    }
}

/// Judges the webhooks of a scope. The one of the portal is known by its address.
pub(crate) fn judge(hooks: &[Hook], url: &str, evidence: Evidence) -> Judgement {
    let mut own: Vec<&Hook> = hooks
        .iter()
        .filter(|hook| is_same(&hook.config.url, url))
        .collect();
    own.sort_by_key(|hook| (Some(hook.id) != evidence.known, hook.id));
    let surplus = own.iter().skip(1).map(|hook| hook.id).collect();
    let Some(hook) = own.first() else {
        return Judgement {
            step: Step::Create,
            events: wanted(&[]),
            surplus,
        };
    };
    Judgement {
        step: step(hook, evidence),
        events: wanted(&hook.events),
        surplus,
    }
}

fn step(hook: &Hook, evidence: Evidence) -> Step {
    if !KINDS.contains(&hook.kind.as_str()) {
        return Step::Replace(hook.id, "its payload was of another form");
    }
    if evidence.was_refused {
        return Step::Replace(hook.id, "it signed with another secret");
    }
    if !evidence.has_secret || evidence.known != Some(hook.id) {
        return Step::Replace(hook.id, "its secret was not known to be the right one");
    }
    let reasons = faults_of(hook);
    if reasons.is_empty() {
        Step::Nothing(hook.id)
    } else {
        Step::Change(hook.id, reasons)
    }
}

/// What is wrong with a webhook, apart from its secret.
pub(crate) fn faults_of(hook: &Hook) -> Vec<String> {
    let mut reasons = Vec::new();
    if !hook.active {
        reasons.push("it was not active".to_owned());
    }
    if hook.config.content_type != "json" {
        reasons.push(format!("its content type was {}", hook.config.content_type));
    }
    let missing: Vec<&str> = EVENTS
        .into_iter()
        .filter(|event| !hook.events.iter().any(|has| has == event))
        .collect();
    if !missing.is_empty() {
        reasons.push(format!("it did not send {}", missing.join(", ")));
    }
    if !matches!(hook.branch_filter.as_str(), "" | "*" | "**") {
        reasons.push(format!(
            "it sent pushes of the branches {} alone",
            hook.branch_filter
        ));
    }
    reasons
}

fn wanted(has: &[String]) -> Vec<String> {
    let mut events: Vec<String> = has.to_vec();
    events.extend(EVENTS.map(str::to_owned));
    events.sort();
    events.dedup();
    events
}

/// Whether two addresses are the same, however they are written.
pub(crate) fn is_same(one: &str, other: &str) -> bool {
    let plain = |address: &str| Url::parse(address.trim().trim_end_matches('/')).ok();
    plain(one).is_some_and(|one| Some(one) == plain(other))
}

#[cfg(test)]
mod tests {
    use scm::gitea::HookConfig;

    use super::*;

    const URL: &str = "https://portal.example/api/events/http/gitea";

    fn hook(id: i64, change: fn(&mut Hook)) -> Hook {
        let mut hook = Hook {
            id,
            kind: "gitea".to_owned(),
            active: true,
            config: HookConfig {
                url: URL.to_owned(),
                content_type: "json".to_owned(),
            },
            events: EVENTS.map(str::to_owned).to_vec(),
            branch_filter: "*".to_owned(),
            updated_at: None,
        };
        change(&mut hook);
        hook
    }

    fn sure(known: i64) -> Evidence {
        Evidence {
            known: Some(known),
            has_secret: true,
            was_refused: false,
        }
    }

    fn check(hooks: &[Hook], evidence: Evidence, expected: &Step, surplus: &[i64]) {
        let found = judge(hooks, URL, evidence);
        assert_eq!((&found.step, &*found.surplus), (expected, surplus), "{hooks:?}");
    }

    #[test]
    fn a_webhook_as_it_must_be_is_left_alone() {
        check(&[hook(7, |_| {})], sure(7), &Step::Nothing(7), &[]);
        let written_otherwise = hook(7, |hook| {
            "HTTPS://Portal.example:443/api/events/http/gitea/".clone_into(&mut hook.config.url);
        });
        check(&[written_otherwise], sure(7), &Step::Nothing(7), &[]);
    }

    #[test]
    fn a_missing_one_is_made() {
        check(&[], Evidence::default(), &Step::Create, &[]);
        let of_another = hook(3, |hook| {
            "https://other.example/api/events/http/gitea".clone_into(&mut hook.config.url);
        });
        check(&[of_another], sure(7), &Step::Create, &[]);
    }

    #[test]
    fn a_damaged_one_is_repaired() {
        let repaired = |change: fn(&mut Hook), reason: &str| {
            let expected = Step::Change(7, vec![reason.to_owned()]);
            check(&[hook(7, change)], sure(7), &expected, &[]);
        };
        repaired(|hook| hook.active = false, "it was not active");
        repaired(
            |hook| "form".clone_into(&mut hook.config.content_type),
            "its content type was form",
        );
        repaired(
            |hook| hook.events.retain(|event| event != "delete"),
            "it did not send delete",
        );
        repaired(
            |hook| "main".clone_into(&mut hook.branch_filter),
            "it sent pushes of the branches main alone",
        );
    }

    #[test]
    fn what_others_have_chosen_stays() {
        let more = hook(7, |hook| {
            hook.events = vec!["issues".to_owned(), "push".to_owned()];
        });
        let events = judge(&[more], URL, sure(7)).events;
        assert_eq!(
            events,
            ["create", "delete", "issues", "push", "release", "repository"]
        );
    }

    #[test]
    fn a_secret_that_may_be_wrong_makes_a_new_one() {
        let unknown = Step::Replace(7, "its secret was not known to be the right one");
        check(&[hook(7, |_| {})], Evidence::default(), &unknown, &[]);
        check(&[hook(7, |_| {})], sure(6), &unknown, &[]);
        let changed = Evidence {
            has_secret: false,
            ..sure(7)
        };
        check(&[hook(7, |_| {})], changed, &unknown, &[]);
        let refused = Evidence {
            was_refused: true,
            ..sure(7)
        };
        check(
            &[hook(7, |_| {})],
            refused,
            &Step::Replace(7, "it signed with another secret"),
            &[],
        );
    }

    #[test]
    fn one_of_several_stays() {
        check(
            &[hook(3, |_| {}), hook(7, |_| {}), hook(9, |_| {})],
            sure(7),
            &Step::Nothing(7),
            &[3, 9],
        );
    }
}
