//! What is reported about keys and values, and where.

use crate::support::{file_name, one_file, start, texts};

#[test]
fn unknown_keys_are_reported_and_never_fatal() {
    let text = "\
app:
  tilte: x
auth:
  providers: {}
backend:
  rateLimit: true
  lissten: 1
custom:
  a: 1
techdoc: {}
integrations:
  githb: []
";
    let problems = one_file(text).check();
    assert_eq!(
        texts(&problems),
        [
            "warning 2 InputError: Unknown configuration key 'app.tilte'",
            "info 3 InputError: 'auth' belongs to the auth plugin, it has no effect yet",
            "info 6 InputError: 'backend.rateLimit' belongs to the rate limiter, it has no effect yet",
            "warning 7 InputError: Unknown configuration key 'backend.lissten'",
            "warning 8 InputError: Unknown configuration key 'custom'",
            "warning 10 InputError: Unknown configuration key 'techdoc'",
            "warning 12 InputError: Unknown configuration key 'integrations.githb'",
        ]
    );
    let hints: Vec<&str> = problems
        .iter()
        .filter_map(|problem| problem.hint.as_deref())
        .collect();
    assert_eq!(
        hints,
        [
            "Did you mean 'app.title'?",
            "Did you mean 'backend.listen'?",
            "It has no effect. Remove it, or ignore this if it is for a plugin of your own.",
            "Did you mean 'techdocs'?",
            "Did you mean 'integrations.github'?",
        ]
    );
}

fn check(text: &str, expected: &[&str]) {
    assert_eq!(
        start(&[("app-config.yaml", text)], &[]).failures(),
        expected,
        "{text}"
    );
}

#[test]
fn wrong_values_are_all_reported() {
    check(
        "app:\n  title: 5\n  baseUrl: ''\ncatalog:\n  readonly: maybe\n  orphanStrategy: kep\n",
        &[
            "error 2 TypeError: Invalid type in config for key 'app.title' in 'app-config.yaml', got number, wanted string",
            "error 3 TypeError: Invalid type in config for key 'app.baseUrl' in 'app-config.yaml', got empty-string, wanted string",
            "error 5 Error: Unable to convert config value for key 'catalog.readonly' in 'app-config.yaml' to a boolean",
            "error 6 InputError: Invalid value 'kep' in config for key 'catalog.orphanStrategy' in 'app-config.yaml', wanted one of keep, delete",
        ],
    );
    check(
        "catalog:\n  locations:\n    - type: url\n  rules:\n    - allow: [Component, '']\n",
        &[
            "error 3 Error: Missing required config value at 'catalog.locations[0].target' in 'app-config.yaml'",
            "error 5 TypeError: Invalid type in config for key 'catalog.rules[0].allow[1]' in 'app-config.yaml', got empty-string, wanted string-array",
        ],
    );
    check(
        "catalog:\n  processingInterval: soon\n",
        &[
            "error 2 InputError: Invalid duration 'soon' in config at 'catalog.processingInterval', \
           Error: Not a valid duration string, try a number followed by a unit such as '1d' or '2 seconds'",
        ],
    );
    check(
        "backend:\n  listen: nowhere\n",
        &["error 2 Error: Unable to parse listen address nowhere, expected <port> or <host>:<port>"],
    );
    check(
        "backend:\n  listen: { port: 99999 }\n",
        &[
            "error 2 InputError: Invalid value 99999 in config for key 'backend.listen.port' in 'app-config.yaml', \
           wanted a whole number from 0 to 65535",
        ],
    );
    check(
        "integrations:\n  gitea:\n    - host: https://x\n",
        &["error 3 Error: Invalid Gitea integration config, 'https://x' is not a valid host"],
    );
    check(
        "catalog:\n  rules:\n    - allow: [A]\n      locations: [{ type: url, exact: a, pattern: b }]\n",
        &["error 4 Error: A catalog rule location cannot have both exact and pattern values"],
    );
}

#[test]
fn what_bounds_or_guards_the_portal_must_work() {
    check(
        "portal:\n  metrics:\n    token: short\n    listen: nowhere\n  connections:\n    max: 0\n",
        &[
            "error 3 Error: Illegal token at 'portal.metrics.token', must be at least 8 characters without spaces",
            "error 4 Error: Unable to parse listen address nowhere, expected <port> or <host>:<port>",
            "error 6 InputError: 'portal.connections.max' is 0, so that nobody could call; write at least 1",
        ],
    );
}

#[test]
fn variables_that_are_not_set_are_noticed() {
    let text = "app:\n  title: ${TITLE}\norganization:\n  name: { $env: NAME }\nx: ['${A:-b}']\n";
    let problems = one_file(text).check();
    assert_eq!(
        texts(&problems)[..2],
        [
            "warning 2 InputError: Variable TITLE is not set, 'app.title' is left out",
            "warning 4 InputError: Variable NAME is not set, 'organization.name' is left out",
        ]
    );
    assert_eq!(
        problems[0].hint.as_deref(),
        Some("Set it, or write ${TITLE:-fallback}.")
    );
}

#[test]
fn problems_name_the_file_that_wrote_the_key() {
    let files = [
        ("app-config.yaml", "app:\n  title: fine\n"),
        ("app-config.local.yaml", "organization:\n\n  name: 5\n"),
    ];
    let start = start(&files, &[]);
    let problems = config::Config::load(&start.options).expect_err("a number is no name");
    assert_eq!(file_name(&problems[0]), "app-config.local.yaml");
    assert_eq!(problems[0].place.as_ref().and_then(|place| place.line), Some(3));
    assert!(problems[0].fault.message.contains("in 'app-config.local.yaml'"));
}

#[test]
fn known_keys_without_effect_are_told() {
    let text = "\
app:
  baseUrl: https://h.example/portal/
backend:
  baseUrl: https://h.example/
  trustProxy: 1
  server: { headersTimeout: 5000, maxRequestsPerSocket: 100 }
  auth:
    externalAccess:
      - type: static
        options: { token: long-enough }
portal: { unprotected: [backend.auth] }
catalog:
  processorOptions:
    CodeOwnersProcessor: { disabled: true }
    FileReaderProcessor: { disabled: true }
    Other: { disabled: false }
  providerOptions:
    ConfigLocationProvider: { disabled: true }
    Unknown: { disabled: true }
";
    assert_eq!(
        texts(&one_file(text).check()),
        [
            "warning 6 InputError: 'backend.server.maxRequestsPerSocket' has no effect here",
            "warning 15 InputError: 'catalog.processorOptions.FileReaderProcessor' has no effect here",
            "warning 19 InputError: 'catalog.providerOptions.Unknown' has no effect here",
            "warning 2 InputError: The path '/portal/' of 'app.baseUrl' has no effect here",
        ]
    );
}

#[test]
fn configured_locations_are_left_out_with_their_provider() {
    let text = |disabled: bool| {
        format!(
            "catalog:\n  locations: [{{ type: file, target: a.yaml }}]\n  \
             providerOptions: {{ ConfigLocationProvider: {{ disabled: {disabled} }} }}\n"
        )
    };
    assert_eq!(one_file(&text(false)).catalog().locations.len(), 1);
    assert_eq!(one_file(&text(true)).catalog().locations.len(), 0);
}

/// What is wrong with the restrictions of a caller, with the number of the restriction.
fn restrictions(list: &str) -> Vec<String> {
    let text = format!(
        "backend:\n  auth:\n    externalAccess:\n      - type: static\n        options: {{ token: long-enough }}\n        \
         accessRestrictions: {list}\n"
    );
    match config::Config::load(&start(&[("app-config.yaml", &text)], &[]).options) {
        Ok(config) => texts(&config.check()),
        Err(problems) => texts(&problems),
    }
}

/// The keys because of which nobody is served without a token.
fn only_tokens(text: &str) -> Vec<String> {
    one_file(text).only_tokens_because_of().to_vec()
}

#[test]
fn a_key_that_asks_for_protection_is_not_passed_over() {
    for yes in ["true", "'yes'", "['?']", "{}", "maybe"] {
        assert_eq!(
            only_tokens(&format!("permission: {{ enabled: {yes} }}\n")),
            ["permission.enabled"],
            "{yes}"
        );
    }
    let text =
        "auth:\n  providers:\n    guest: {}\n    okta: { development: { clientId: x } }\n    oidc: {}\n";
    assert_eq!(only_tokens(text), ["auth.providers.okta", "auth.providers.oidc"]);
    let problems = one_file(text).check();
    assert_eq!(
        texts(&problems)[1],
        "warning 4 InputError: 'auth.providers.okta' asks for a sign-in, which this portal does not have: other \
         machines are served only with a token of backend.auth.externalAccess"
    );
    let hint = problems[1].hint.as_deref().unwrap_or_default();
    assert!(
        hint.contains("add 'auth.providers.okta' to the list portal.unprotected"),
        "{hint}"
    );
    let asks_for_nothing = "\
permission: { enabled: false }
auth: { environment: development, providers: { guest: { userEntityRef: 'user:default/guest' }, okta: null, x: false } }
";
    assert_eq!(only_tokens(asks_for_nothing), [""; 0]);
}

#[test]
fn protection_that_the_portal_has_is_not_missed() {
    let oidc = "auth: { providers: { oidc: { development: { clientId: x } } } }\n";
    let open = "backend: { auth: { dangerouslyDisableDefaultAuthPolicy: true } }\n";
    let config = one_file(&format!("{oidc}{open}"));
    assert_eq!(config.only_tokens_because_of(), [""; 0]);
    assert!(config.signs_people_in() && config.wants_sign_in());
    let told = texts(&config.check());
    assert!(
        told.iter()
            .any(|text| text.contains("dangerouslyDisableDefaultAuthPolicy' has no effect")),
        "{told:?}"
    );
    for given in [
        "github: { development: { clientId: x } }",
        "oauth2Proxy: { trustedProxies: [127.0.0.1] }",
        "cfaccess: { teamName: acme }",
    ] {
        let config = one_file(&format!("auth: {{ providers: {{ {given} }} }}\n"));
        assert_eq!(config.only_tokens_because_of(), [""; 0], "{given}");
        assert!(config.signs_people_in() && config.wants_sign_in(), "{given}");
    }
    let accepted = one_file(&format!(
        "{oidc}{open}portal: {{ unprotected: [auth.providers] }}\n"
    ));
    assert!(accepted.signs_people_in() && !accepted.wants_sign_in());
    let roles = |enabled: &str| {
        let text =
            format!("permission: {{ enabled: {enabled}, rbac: {{ policies-csv-file: roles.csv }} }}\n");
        let config = one_file(&text);
        (
            config.roles_file().is_some(),
            config.only_tokens_because_of().len(),
        )
    };
    assert_eq!(roles("true"), (true, 0));
    assert_eq!(roles("'yes'"), (true, 0));
    assert_eq!(roles("false"), (false, 0));
    assert_eq!(roles("maybe"), (false, 1), "a doubt opens nothing");
}

#[test]
fn protection_that_is_missing_can_be_accepted() {
    let unprotected = |accepted: &str| {
        only_tokens(&format!(
            "permission: {{ enabled: true }}\nauth: {{ providers: {{ okta: {{}} }} }}\n\
             portal: {{ unprotected: [{accepted}] }}\n"
        ))
    };
    let both = ["permission.enabled", "auth.providers.okta"];
    assert_eq!(unprotected(""), both);
    assert_eq!(unprotected("auth.providers.gitlab, auth.prov"), both);
    assert_eq!(unprotected("permission.enabled"), both[1..]);
    for all in ["permission.enabled, auth.providers.okta", "permission, auth"] {
        assert_eq!(unprotected(all), [""; 0], "{all}");
    }
}

#[test]
fn restrictions_of_callers_that_restrict_nothing_are_refused() {
    let fine = "[{ plugin: catalog, permission: 'catalog.entity.read, b' }, { plugin: search }]";
    assert_eq!(restrictions(fine), Vec::<String>::new());
    for (list, expected) in [
        (
            "[{ plugin: search, permissions: [x] }]",
            "accessRestrictions[0].permissions'",
        ),
        (
            "[{ plugin: a, permissionAttribute: { actions: read } }]",
            "permissionAttribute.actions'",
        ),
        ("[{ plugin: a }, { plugin: a }]", "twice for plugin 'a'"),
        (
            "[{ plugin: a, permissionAttribute: { action: [read, see] } }]",
            "Invalid value 'see' at 'action'",
        ),
        (
            "[{ plugin: a, permission: [] }]",
            "A list without any entry leaves everything",
        ),
    ] {
        let told = restrictions(list);
        let is_told = told.len() == 1 && told[0].starts_with("error 6 ") && told[0].contains(expected);
        assert!(is_told, "{list}: {told:#?}");
    }
}

#[test]
fn callers_that_cannot_be_known_keep_the_portal_from_starting() {
    let external = |entry: &str| {
        let text = format!("backend:\n  auth:\n    externalAccess:\n      - {entry}\n");
        match config::Config::load(&start(&[("app-config.yaml", &text)], &[]).options) {
            Ok(config) => texts(&config.check()),
            Err(problems) => texts(&problems),
        }
    };
    for fine in [
        "{ type: legacy, options: { secret: 'a+/b', subject: ci } }",
        "{ type: legacy, options: { secret: a-_bYQ==, subject: ci } }",
        "{ type: jwks, options: { url: 'https://id.example/keys' } }",
        "{ type: jwks, options: { url: 'https://id.example/keys', algorithm: 'RS256, ES256', audience: [a, b], issuer: c } }",
    ] {
        assert_eq!(external(fine), Vec::<String>::new(), "{fine}");
    }
    let at = "'backend.auth.externalAccess[0]";
    for (entry, expected) in [
        (
            "{ type: legacy, options: { subject: ci } }",
            format!("Missing required config value at {at}.options.secret'"),
        ),
        (
            "{ type: legacy, options: { secret: YQ== } }",
            format!("Missing required config value at {at}.options.subject'"),
        ),
        (
            "{ type: legacy, options: { secret: 'no base64!', subject: ci } }",
            format!("Illegal secret at {at}.options.secret', must be a valid base64 string"),
        ),
        (
            "{ type: legacy, options: { secret: YQ==, subject: 'a b' } }",
            format!("Illegal subject at {at}.options.subject', must be a set of non-space characters"),
        ),
        (
            "{ type: jwks }",
            format!("Missing required config value at {at}.options.url'"),
        ),
        (
            "{ type: jwks, options: { url: id.example } }",
            format!("Illegal url at {at}.options.url', must be a web address"),
        ),
        (
            "{ type: jwks, options: { url: 'https://id.example', algorithm: HS256 } }",
            format!("Illegal algorithm at {at}.options.algorithm', 'HS256' is none of RS256,"),
        ),
        (
            "{ type: magic }",
            "Unknown type 'magic' in backend.auth.externalAccess".to_owned(),
        ),
    ] {
        let told = external(entry);
        let is_told = told.len() == 1 && told[0].starts_with("error 4 ") && told[0].contains(&expected);
        assert!(is_told, "{entry}: {told:#?}");
        assert!(!told[0].contains("no base64!"), "no secret: {told:#?}");
    }
}

#[test]
fn locations_that_nothing_reads_are_errors_of_their_own() {
    let text = "\
catalog:
  locations:
    - { type: url, target: 'https://h.example/a.yaml' }
    - { type: urll, target: 'https://h.example/a.yaml' }
    - type: github
      target: x
";
    let problems = one_file(text).check();
    let told = |kind: &str| {
        format!(
            "Unknown type '{kind}' in catalog.locations, expected one of 'file', 'url'; nothing is read from it"
        )
    };
    assert_eq!(
        texts(&problems),
        [
            format!("error 4 InputError: {}", told("urll")),
            format!("error 5 InputError: {}", told("github")),
        ]
    );
    assert_eq!(problems[0].hint.as_deref(), Some("Did you mean 'url'?"));
    assert!(
        problems[1]
            .hint
            .as_deref()
            .is_some_and(|hint| hint.starts_with("Write 'url'"))
    );
}

#[test]
fn an_environment_without_a_file_is_told() {
    let warned = |name: &str, files: &[(&str, &str)]| {
        let start = start(files, &[("BACKSTAGE_ENV", name)]);
        let config = config::Config::load(&start.options)
            .or_else(|_| config::Config::builtin_default(&start.options, "./examples/catalog.yaml"));
        texts(&config.unwrap().check())
            .join("\n")
            .replace(&start.folder.path().display().to_string(), "DIR")
    };
    let files = [
        ("app-config.yaml", "app: { title: x }"),
        ("app-config.a.local.yaml", "app: { title: y }"),
    ];
    assert_eq!(warned("a", &files), "");
    let told = "warning - NotFoundError: BACKSTAGE_ENV names 'nosuch', but there is neither app-config.nosuch.yaml nor \
                app-config.nosuch.local.yaml in DIR";
    assert_eq!(warned("a, nosuch", &files), told);
    assert_eq!(warned("nosuch", &[]), told);
}
