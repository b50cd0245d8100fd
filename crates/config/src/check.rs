//! Rules about values that a schema cannot say.

use std::collections::BTreeSet;

use model::{Fault, Problem};

use crate::Secret;
use crate::json_path::segments;
use crate::node::Node;
use crate::sections::{
    AccessRestriction, Administrator, ExternalAccessOptions, HttpsSetting, ListenAddress, OneOrMany, Sections,
};
use crate::suggest::suggest;

/// Checks values; errors here keep the portal from starting.
pub(crate) fn values(sections: &Sections, tree: &Node) -> Vec<Problem> {
    let mut found = Vec::new();
    https(sections, &mut found);
    urls(sections, &mut found);
    hosts(sections, &mut found);
    reading(sections, &mut found);
    tokens(sections, &mut found);
    metrics(sections, &mut found);
    administrators(sections, &mut found);
    connections(sections, &mut found);
    outside(sections, &mut found);
    rules(sections, &mut found);
    found
        .into_iter()
        .map(|(key, problem)| problem.at(tree.nearest(&segments(&key)).origin.place()))
        .collect()
}

/// The types of location that are read.
const LOCATION_TYPES: [&str; 2] = ["file", "url"];

/// Configured locations that nothing reads: errors that hurt only their own entities.
pub(crate) fn locations(sections: &Sections, tree: &Node) -> Vec<Problem> {
    let locations = sections.catalog.locations.iter().enumerate();
    let unknown = locations.filter(|(_, location)| !LOCATION_TYPES.contains(&location.kind.as_str()));
    unknown
        .map(|(index, location)| {
            let kind = &location.kind;
            let fault = Fault::input(format!(
                "Unknown type '{kind}' in catalog.locations, expected one of 'file', 'url'; nothing is read from it"
            ));
            let hint = match suggest(kind, LOCATION_TYPES.into_iter()) {
                Some(meant) => format!("Did you mean '{meant}'?"),
                None => "Write 'url' for an address, and 'file' for a file of this machine.".to_owned(),
            };
            let place = tree.nearest(&segments(&format!("catalog.locations[{index}].type")));
            Problem::error(fault).at(place.origin.place()).hint(hint)
        })
        .collect()
}

type Found = Vec<(String, Problem)>;

/// What is served in the clear must not be taken for protected.
fn https(sections: &Sections, found: &mut Found) {
    let wanted = sections.backend.https.as_ref();
    if wanted.is_some_and(|setting| !matches!(setting, HttpsSetting::Generated(false))) {
        let fault = Fault::input("'backend.https' cannot be used: this server speaks plain HTTP only");
        let hint = "Let a proxy or an ingress in front of it speak HTTPS and remove this key; \
                    app.baseUrl and backend.baseUrl keep their https:// address.";
        found.push(("backend.https".to_owned(), Problem::error(fault).hint(hint)));
    }
}

fn urls(sections: &Sections, found: &mut Found) {
    let own = [
        ("app.baseUrl", &sections.app.base_url),
        ("backend.baseUrl", &sections.backend.base_url),
    ];
    for (key, value) in own {
        if let Some(text) = value.as_deref().filter(|text| !is_http_url(text)) {
            let fault = Fault::error(format!("Invalid {} \"{text}\" at '{key}'", "baseUrl"));
            found.push((
                key.to_owned(),
                Problem::error(fault).hint("Write a full URL, such as https://portal.example.com."),
            ));
        }
    }
}

fn is_http_url(text: &str) -> bool {
    url::Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
}

/// Whether a text is exactly a host with an optional port, as a URL would show it.
fn is_host(text: &str) -> bool {
    let url = url::Url::parse(&format!("https://{text}"));
    url.is_ok_and(|url| {
        let port = url.port().map_or_else(String::new, |port| format!(":{port}"));
        url.host_str().is_some_and(|host| format!("{host}{port}") == text)
    })
}

/// One host of an integration: its key, the original's name for it, host and base addresses.
type HostEntry<'a> = (String, &'a str, Option<&'a str>, Vec<(&'a str, Option<&'a str>)>);

fn hosts(sections: &Sections, found: &mut Found) {
    for (key, name, host, addresses) in host_entries(sections) {
        if let Some(host) = host.filter(|host| !is_host(host)) {
            let fault = Fault::error(format!(
                "Invalid {name} integration config, '{host}' is not a valid host"
            ));
            found.push((format!("{key}.host"), Problem::error(fault)));
        }
        for (field, address) in addresses {
            if let Some(address) = address.filter(|address| !is_http_url(address)) {
                let message =
                    format!("Invalid {name} integration config, '{address}' is not a valid {field}");
                found.push((format!("{key}.{field}"), Problem::error(Fault::error(message))));
            }
        }
    }
}

fn host_entries(sections: &Sections) -> Vec<HostEntry<'_>> {
    let integrations = &sections.integrations;
    let mut entries: Vec<HostEntry<'_>> = Vec::new();
    for (index, one) in integrations.github.iter().enumerate() {
        let addresses = vec![
            ("apiBaseUrl", one.api_base_url.as_deref()),
            ("rawBaseUrl", one.raw_base_url.as_deref()),
        ];
        entries.push((
            format!("integrations.github[{index}]"),
            "GitHub",
            one.host.as_deref(),
            addresses,
        ));
    }
    for (index, one) in integrations.gitlab.iter().enumerate() {
        let default = format!("https://{}/api/v4", one.host);
        let api = one.api_base_url.as_deref().filter(|address| *address != default);
        let addresses = vec![("apiBaseUrl", api), ("baseUrl", one.base_url.as_deref())];
        entries.push((
            format!("integrations.gitlab[{index}]"),
            "GitLab",
            Some(&one.host),
            addresses,
        ));
    }
    for (index, one) in integrations.gitea.iter().enumerate() {
        let addresses = vec![("baseUrl", one.base_url.as_deref())];
        entries.push((
            format!("integrations.gitea[{index}]"),
            "Gitea",
            Some(&one.host),
            addresses,
        ));
    }
    for (index, one) in integrations.bitbucket_server.iter().enumerate() {
        let addresses = vec![("apiBaseUrl", one.api_base_url.as_deref())];
        let key = format!("integrations.bitbucketServer[{index}]");
        entries.push((key, "Bitbucket Server", Some(&one.host), addresses));
    }
    for (index, one) in integrations.azure.iter().enumerate() {
        entries.push((
            format!("integrations.azure[{index}]"),
            "Azure",
            one.host.as_deref(),
            Vec::new(),
        ));
    }
    entries
}

fn reading(sections: &Sections, found: &mut Found) {
    for (index, allow) in sections.backend.reading.allow.iter().enumerate() {
        let key = format!("backend.reading.allow[{index}].host");
        let after_address = allow.host.rfind(']').unwrap_or(0);
        let (_, port) = allow.host[after_address..].split_once(':').unwrap_or_default();
        let (from, to) = port.split_once('-').unwrap_or((port, port));
        let is_range = from
            .parse::<u16>()
            .ok()
            .zip(to.parse::<u16>().ok())
            .is_some_and(|(from, to)| 0 < from && from <= to);
        if !port.is_empty() && !is_range {
            found.push((
                key,
                Problem::error(Fault::error(format!("Port range is not valid: {port}"))),
            ));
        } else if allow.host.trim_start_matches("*.").contains('*') || allow.host.contains('/') {
            let message = format!(
                "'{}' matches no host: write a host name, or '*.' and a domain",
                allow.host
            );
            found.push((key, Problem::warning(Fault::input(message))));
        }
    }
}

fn is_token(token: &Secret) -> bool {
    token.expose().len() >= 8 && !token.expose().contains(char::is_whitespace)
}

fn illegal_token(key: String) -> (String, Problem) {
    let fault = Fault::error(format!(
        "Illegal token at '{key}', must be at least 8 characters without spaces"
    ));
    (key, Problem::error(fault))
}

fn metrics(sections: &Sections, found: &mut Found) {
    let metrics = &sections.portal.metrics;
    if metrics.token.as_ref().is_some_and(|token| !is_token(token)) {
        found.push(illegal_token("portal.metrics.token".to_owned()));
    }
    if let Some(Err(fault)) = metrics.listen.as_ref().map(ListenAddress::try_from) {
        found.push(("portal.metrics.listen".to_owned(), Problem::error(fault)));
    }
}

/// An entry that names nobody would leave somebody out who is meant.
fn administrators(sections: &Sections, found: &mut Found) {
    for (index, name) in sections.portal.administrators.iter().enumerate() {
        if let Err(fault) = Administrator::parse(name) {
            found.push((format!("portal.administrators[{index}]"), Problem::error(fault)));
        }
    }
}

fn connections(sections: &Sections, found: &mut Found) {
    let connections = &sections.portal.connections;
    let bounds = [
        ("max", connections.max),
        ("maxPerAddress", connections.max_per_address),
    ];
    for (name, _) in bounds.into_iter().filter(|(_, bound)| *bound == 0) {
        let key = format!("portal.connections.{name}");
        let fault = Fault::input(format!(
            "'{key}' is 0, so that nobody could call; write at least 1"
        ));
        found.push((key, Problem::error(fault)));
    }
}

fn outside(sections: &Sections, found: &mut Found) {
    for (index, one) in sections.portal.outside.hosts.iter().enumerate() {
        if !is_host(&one.host) {
            let key = format!("portal.outside.hosts[{index}].host");
            let fault = Fault::input(format!(
                "'{}' at '{key}' is no host: write it as it stands in addresses, such as gitea.example.com or \
                 gitea.example.com:3000",
                one.host
            ));
            found.push((key, Problem::error(fault)));
        }
    }
}

/// Refuses what could be meant as a limit and would be none.
fn restrictions(entry: &str, restrictions: &[AccessRestriction], found: &mut Found) {
    let mut plugins = BTreeSet::new();
    for (index, restriction) in restrictions.iter().enumerate() {
        let key = format!("{entry}.accessRestrictions[{index}]");
        let mut refuse = |message: String| {
            let message = format!("{message}, at '{key}'");
            found.push((key.clone(), Problem::error(Fault::input(message))));
        };
        let attribute = restriction.permission_attribute.as_ref();
        for action in restriction.actions() {
            if !["create", "read", "update", "delete"].contains(&action.as_str()) {
                refuse(format!(
                    "Invalid value '{action}' at 'action' in 'permissionAttribute' config, valid values are 'create', \
                     'read', 'update', 'delete'"
                ));
            }
        }
        let names_nothing =
            |list: &Option<OneOrMany>| list.as_ref().is_some_and(|list| list.words().is_empty());
        if names_nothing(&restriction.permission)
            || attribute.is_some_and(|attribute| names_nothing(&attribute.action))
        {
            refuse(
                "A list without any entry leaves everything; name what is left, or remove the key".to_owned(),
            );
        }
        if !plugins.insert(restriction.plugin.as_str()) {
            refuse(format!(
                "Attempted to declare 'accessRestrictions' twice for plugin '{}', which is not permitted",
                restriction.plugin
            ));
        }
    }
}

fn tokens(sections: &Sections, found: &mut Found) {
    for (index, key) in sections.backend.auth.keys.iter().enumerate() {
        if !is_base64(&key.secret) {
            found.push(illegal_secret(format!("backend.auth.keys[{index}].secret")));
        }
    }
    for (index, access) in sections.backend.auth.external_access.iter().enumerate() {
        let key = format!("backend.auth.externalAccess[{index}]");
        restrictions(&key, &access.access_restrictions, found);
        match (access.kind.as_str(), &access.options.token) {
            ("static", Some(token)) if !is_token(token) => {
                found.push(illegal_token(format!("{key}.options.token")));
            }
            ("static", None) => {
                let fault = Fault::error(format!("Missing required config value at '{key}.options.token'"));
                found.push((key, Problem::error(fault)));
            }
            ("static", Some(_)) => {}
            ("legacy", _) => legacy(&key, &access.options, found),
            ("jwks", _) => published_keys(&key, &access.options, found),
            (other, _) => {
                let message = format!(
                    "Unknown type '{other}' in backend.auth.externalAccess, expected one of 'static', 'legacy', 'jwks'"
                );
                found.push((key, Problem::error(Fault::input(message))));
            }
        }
    }
}

fn missing(key: &str, option: &str) -> (String, Problem) {
    let fault = Fault::error(format!(
        "Missing required config value at '{key}.options.{option}'"
    ));
    (key.to_owned(), Problem::error(fault))
}

/// Tokens that a shared secret signs.
fn legacy(key: &str, options: &ExternalAccessOptions, found: &mut Found) {
    match &options.secret {
        None => found.push(missing(key, "secret")),
        Some(secret) if !is_base64(secret) => found.push(illegal_secret(format!("{key}.options.secret"))),
        Some(_) => {}
    }
    match &options.subject {
        None => found.push(missing(key, "subject")),
        Some(subject) if subject.is_empty() || subject.contains(char::is_whitespace) => {
            let at = format!("{key}.options.subject");
            let fault = Fault::error(format!(
                "Illegal subject at '{at}', must be a set of non-space characters"
            ));
            found.push((at, Problem::error(fault)));
        }
        Some(_) => {}
    }
}

/// Algorithms that a public key verifies: whoever knows the key of a symmetric one signs with it.
const PUBLIC_KEY_ALGORITHMS: [&str; 9] = [
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA",
];

/// Tokens of a server that publishes its keys.
fn published_keys(key: &str, options: &ExternalAccessOptions, found: &mut Found) {
    let Some(url) = &options.url else {
        found.push(missing(key, "url"));
        return;
    };
    let mut refuse = |option: &str, reason: String| {
        let at = format!("{key}.options.{option}");
        let fault = Fault::error(format!("Illegal {option} at '{at}', {reason}"));
        found.push((at, Problem::error(fault)));
    };
    let parsed = url::Url::parse(url);
    if !parsed.is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.host().is_some()) {
        refuse("url", "must be a web address".to_owned());
    }
    let algorithms = options
        .algorithm
        .as_ref()
        .map(OneOrMany::words)
        .unwrap_or_default();
    for unknown in algorithms
        .iter()
        .filter(|name| !PUBLIC_KEY_ALGORITHMS.contains(&name.as_str()))
    {
        let known = PUBLIC_KEY_ALGORITHMS.join(", ");
        refuse("algorithm", format!("'{unknown}' is none of {known}"));
    }
}

/// Whether a text is base64, in either alphabet, with or without padding.
fn is_base64(secret: &Secret) -> bool {
    let text = secret.expose().trim_end_matches('=');
    let is_letter = |letter: char| letter.is_ascii_alphanumeric() || "+/-_".contains(letter);
    // Four letters are three bytes; one letter is none.
    !text.is_empty() && text.len() % 4 != 1 && text.chars().all(is_letter)
}

fn illegal_secret(key: String) -> (String, Problem) {
    let fault = Fault::error(format!(
        "Illegal secret at '{key}', must be a valid base64 string"
    ));
    (key, Problem::error(fault))
}

fn rules(sections: &Sections, found: &mut Found) {
    for (index, rule) in sections.catalog.rules.iter().flatten().enumerate() {
        for (at, location) in rule.locations.iter().flatten().enumerate() {
            if location.exact.is_some() && location.pattern.is_some() {
                let key = format!("catalog.rules[{index}].locations[{at}]");
                let fault = Fault::error("A catalog rule location cannot have both exact and pattern values");
                found.push((key, Problem::error(fault)));
            }
        }
    }
}
