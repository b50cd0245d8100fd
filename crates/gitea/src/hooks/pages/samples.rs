//! Samples of the page in its states, for the snapshot test.

use events::Refusals;
use jiff::Timestamp;
use maud::Markup;

use super::view::webhooks;
use crate::hooks::settings::HookHost;
use crate::hooks::standing::{AllStandings, HookStanding, HostStanding, Standing};

/// The page with its states: a name usable in a path, and the content.
pub fn page_samples() -> Vec<(&'static str, Markup)> {
    let now = at("09:30");
    let nothing = AllStandings {
        has_secret: false,
        ..unkept()
    };
    vec![
        ("webhooks", webhooks(&well(), now)),
        ("webhooks-troubled", webhooks(&troubled(), now)),
        ("webhooks-by-hand", webhooks(&unkept(), now)),
        ("webhooks-unset", webhooks(&nothing, now)),
    ]
}

/// Everything is well.
pub(crate) fn well() -> AllStandings {
    let hooks = vec![hook("", Standing::Delivers), hook("talent", Standing::Waits)];
    AllStandings {
        hosts: vec![host("gitea.example.com", true, hooks)],
        has_secret: true,
        refusals: None,
    }
}

/// Every kind of trouble.
pub(crate) fn troubled() -> AllStandings {
    let differs = "The signature of the webhook does not fit: its secret is not the one of events.modules.gitea.webhookSecret";
    let refused = "The webhooks of the organisation web cannot be listed: gitea.example.com answers 403 and does not allow it";
    let hooks = vec![
        hook("platform", Standing::Missed),
        hook("talent", Standing::Refused(differs.to_owned())),
        hook("web", Standing::Failed(refused.to_owned())),
    ];
    let unreachable = HostStanding {
        host: HookHost {
            problem: Some((
                "git.example.com cannot reach http://localhost:7007: that is its own machine".to_owned(),
                "Set `backend.baseUrl` to the address of the portal for others.".to_owned(),
            )),
            ..host("git.example.com", true, Vec::new()).host
        },
        hooks: Vec::new(),
    };
    AllStandings {
        hosts: vec![host("gitea.example.com", true, hooks), unreachable],
        has_secret: true,
        refusals: Some(Refusals {
            at: at("09:12"),
            reason: differs.to_owned(),
            count: 17,
        }),
    }
}

/// People keep the webhooks.
pub(crate) fn unkept() -> AllStandings {
    AllStandings {
        hosts: vec![host("gitea.example.com", false, Vec::new())],
        has_secret: true,
        refusals: None,
    }
}

fn host(name: &str, is_kept: bool, hooks: Vec<HookStanding>) -> HostStanding {
    HostStanding {
        host: HookHost {
            host: name.to_owned(),
            web: format!("https://{name}"),
            is_kept,
            url: "https://portal.example.com/api/events/http/gitea".to_owned(),
            level: None,
            organizations: Vec::new(),
            problem: None,
        },
        hooks,
    }
}

fn hook(scope: &str, standing: Standing) -> HookStanding {
    let delivers = standing == Standing::Delivers;
    HookStanding {
        scope: scope.to_owned(),
        page: Some(scm::gitea::hook_page(
            "https://gitea.example.com",
            scm::gitea::HookScope::Organization("talent"),
            7,
        )),
        last: delivers.then(|| (at("09:29"), "push".to_owned())),
        deliveries: if delivers { 1_204 } else { 0 },
        checked_at: Some(at("09:25")),
        done: (!delivers).then(|| ("made".to_owned(), at("08:15"))),
        standing,
    }
}

fn at(time: &str) -> Timestamp {
    format!("2026-11-24T{time}:00Z").parse().expect("a valid time")
}
