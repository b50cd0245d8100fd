//! What `config check`, `doctor` and the start say of a configuration.

use std::os::unix::fs::symlink;
use std::path::Path;

use tempfile::TempDir;

use crate::portal::Portal;
use crate::process::{command, transcript};

/// A folder with one `app-config.yaml`.
fn folder(config: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("app-config.yaml"), config).unwrap();
    folder
}

/// Runs a command and looks for texts in what it printed.
#[track_caller]
fn check(folder: &Path, arguments: &[&str], expected: &[&str], code: u8) {
    let printed = transcript(folder, arguments);
    for text in expected {
        assert!(printed.contains(text), "{text} in {printed}");
    }
    assert!(printed.ends_with(&format!("--- exit code {code}\n")), "{printed}");
    assert!(!printed.contains("geheim"), "{printed}");
}

#[test]
fn nothing_claims_https_that_serves_http() {
    for value in ["true", "{ certificate: { cert: a.pem, key: b.pem } }"] {
        let folder = folder(&format!("app: {{ title: T }}\nbackend:\n  https: {value}\n"));
        let expected = [
            "{folder}/app-config.yaml:3",
            "'backend.https' cannot be used",
            "plain HTTP",
            "remove this key",
        ];
        check(folder.path(), &["config", "check"], &expected, 1);
        check(folder.path(), &["doctor"], &expected, 1);
        check(folder.path(), &["serve"], &expected, 2);
    }
    check(
        folder("backend: { https: false }\n").path(),
        &["config", "check"],
        &["no problems"],
        0,
    );
}

#[test]
fn the_start_tells_where_it_listens_and_not_only_what_is_configured() {
    let folder = folder(
        "app: { baseUrl: 'https://portal.example.com' }\ncatalog: { locations: [] }\nbackend:\n  \
         listen: { host: 127.0.0.1, port: 0 }\n  database: { client: better-sqlite3, connection: ':memory:' }\n",
    );
    let mut portal = Portal::start(folder.path());
    let address = portal.address();
    let told = format!("serving at http://{address}, configured as https://portal.example.com");
    assert!(portal.log().contains(&told), "{}", portal.log());
}

#[test]
fn no_secret_stands_in_what_is_wrong() {
    let config = folder("integrations: {github: [{token: geheim: foo}]}\n");
    check(
        config.path(),
        &["config", "check"],
        &["app-config.yaml:1:", "are not allowed"],
        1,
    );
    let config = folder("integrations: {github: [{token: *geheim }]}\n");
    check(
        config.path(),
        &["config", "check"],
        &["app-config.yaml:1:", "Unresolved alias"],
        1,
    );
    let config = folder("app: {baseUrl: 'postgres://u:geheim@h'}\n");
    check(
        config.path(),
        &["config", "check"],
        &["postgres://u:<secret>@h"],
        1,
    );
    let config = folder("backend: {database: {client: 'postgres://u:geheim@h'}}\n");
    check(
        config.path(),
        &["config", "check"],
        &["backend.database.client"],
        1,
    );
    let config = folder("x: { $include: 'y.yaml' }\n");
    std::fs::write(config.path().join("y.yaml"), "a: geheim: b\n").unwrap();
    check(
        config.path(),
        &["config", "check"],
        &["y.yaml", "Nested mappings"],
        1,
    );
}

#[test]
fn a_missing_main_file_is_told_when_others_are_there() {
    let folder = tempfile::tempdir().unwrap();
    let built_in = ["the built-in example configuration is used"];
    check(folder.path(), &["config", "check"], &built_in, 0);
    std::fs::write(folder.path().join("app-config.local.yaml"), "app: { title: T }\n").unwrap();
    let expected = [
        "{folder}/app-config.yaml: error",
        "does not exist",
        "app-config.local.yaml only adds to it",
    ];
    check(folder.path(), &["config", "check"], &expected, 1);
    check(folder.path(), &["serve"], &expected, 2);
    symlink("gone.yaml", folder.path().join("app-config.yaml")).unwrap();
    std::fs::remove_file(folder.path().join("app-config.local.yaml")).unwrap();
    let expected = [
        "{folder}/app-config.yaml: error",
        "a link to something that does not exist",
    ];
    check(folder.path(), &["config", "check"], &expected, 1);
}

#[test]
fn the_files_that_were_used_are_named() {
    let folder = folder("app: { title: T }\nbackend: { listen: 'nowhere' }\n");
    std::fs::write(
        folder.path().join("app-config.b.yaml"),
        "backend: { listen: '127.0.0.1:0' }\n",
    )
    .unwrap();
    let checked = |environment: &str| {
        let mut command = command(folder.path(), &["config", "check"]);
        let output = command.env("BACKSTAGE_ENV", environment).output().unwrap();
        (String::from_utf8(output.stdout).unwrap(), output.status.code())
    };
    let (printed, code) = checked("b");
    assert_eq!(
        (printed.as_str(), code),
        ("app-config.yaml, app-config.b.yaml: no problems\n", Some(0))
    );
    let (printed, code) = checked("b,nosuch");
    assert!(
        printed.contains("BACKSTAGE_ENV names 'nosuch', but there is neither"),
        "{printed}"
    );
    assert!(
        printed.ends_with("app-config.yaml, app-config.b.yaml: usable, 1 remarks\n"),
        "{printed}"
    );
    assert_eq!(code, Some(0));
}

#[test]
fn a_location_that_nothing_reads_is_no_success() {
    let folder = folder(
        "catalog: { locations: [{ type: gitub, target: x }] }\nportal: { dataDirectory: data }\n\
         backend: { listen: '127.0.0.1:0' }\n",
    );
    let expected = [
        "app-config.yaml:1:",
        "Unknown type 'gitub' in catalog.locations",
        "usable in part, 1 errors",
    ];
    check(folder.path(), &["config", "check"], &expected, 1);
    check(
        folder.path(),
        &["doctor"],
        &["FAIL  configuration: ", "there is no reader for the type 'gitub'"],
        1,
    );
}

#[test]
fn a_portal_serves_nobody_without_the_protection_it_is_asked_for() {
    let config = "\
permission: { enabled: true }
catalog: { locations: [] }
backend:
  baseUrl: https://portal.example.com
  listen: { host: 127.0.0.1, port: 0 }
  database: { client: better-sqlite3, connection: ':memory:' }
  auth:
    dangerouslyDisableDefaultAuthPolicy: OPEN
    externalAccess: [{ type: static, options: { token: a-static-token, subject: me } }]
";
    for open in ["false", "true"] {
        let folder = folder(&config.replace("OPEN", open));
        let expected = [
            "{folder}/app-config.yaml:1",
            "'permission.enabled' asks for permissions, but no policy says who has which (permission.rbac.policies-csv-file): other machines are served only with a token",
            "add 'permission.enabled' to the list portal.unprotected",
        ];
        check(folder.path(), &["config", "check"], &expected, 0);
        let mut portal = Portal::start(folder.path());
        for path in ["/", "/catalog", "/api/catalog/entities"] {
            let refused = portal.get(path);
            assert!(
                refused.starts_with("HTTP/1.1 401")
                    && (refused.contains("permission.enabled of the configuration")
                        || path.starts_with("/api")),
                "{path} {refused}"
            );
        }
        let with = |header: &str| portal.get_with("/api/catalog/entities", header);
        let answers = [
            "Authorization: Basic eA==",
            "Authorization: Bearer wrong-token",
            "Authorization: Bearer a-static-token",
        ]
        .map(with);
        assert!(answers[0].starts_with("HTTP/1.1 401"), "{}", answers[0]);
        assert!(answers[1].starts_with("HTTP/1.1 401"), "{}", answers[1]);
        assert!(answers[2].starts_with("HTTP/1.1 200"), "{}", answers[2]);
        assert!(
            portal
                .get("/.backstage/health/v1/readiness")
                .starts_with("HTTP/1.1 200")
        );
    }
    let accepted = folder(&format!(
        "{}portal: {{ unprotected: [permission] }}\n",
        config.replace("OPEN", "false")
    ));
    let mut portal = Portal::start(accepted.path());
    assert!(
        portal.get("/api/catalog/entities").starts_with("HTTP/1.1 401"),
        "no guest behind another host"
    );
    let near = folder(
        &config
            .replace("OPEN", "false")
            .replace("https://portal.example.com", "http://localhost"),
    );
    let mut portal = Portal::start(near.path());
    assert!(
        portal.get("/api/catalog/entities").starts_with("HTTP/1.1 200"),
        "a person on the machine itself"
    );
}

/// The thing, the place, the reason and the way out; `doctor` says the last as the fix.
#[test]
fn what_is_wrong_in_a_section_of_a_plugin_is_told_with_the_way_out() {
    let folder = folder("scaffolder:\n  concurrentTasksLimit: many\nbackend: { listen: '127.0.0.1:0' }\n");
    let reason = "{folder}/app-config.yaml:2:3: error: Unable to convert config value for key \
                  'scaffolder.concurrentTasksLimit' in 'app-config.yaml' to a number";
    let expected = [reason, "\n    Write a number.\n", "usable in part, 1 errors"];
    check(folder.path(), &["config", "check"], &expected, 1);
    check(folder.path(), &["doctor"], &[reason, "fix: Write a number."], 1);
}

/// Sections of plugins are asked only about a configuration that can be used, so nothing is said of them before.
#[test]
fn a_section_with_effect_is_not_said_to_have_none_beside_an_error() {
    let config = folder("portal: {administrators: [ines]}\nevents: {http: {topics: [gitea]}}\n");
    let printed = transcript(config.path(), &["config", "check"]);
    assert!(printed.contains("names no caller"), "{printed}");
    assert!(!printed.contains("no effect"), "{printed}");
}
