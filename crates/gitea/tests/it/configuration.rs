//! The section, and what is said of a wrong one.

use config::Config;
use gitea::Section;
use plugin::ConfigSection as _;
use serde_json::json;

#[test]
fn a_wrong_section_says_what_is_wrong() {
    let section = json!({
        "good": {"host": "gitea.example.com", "organization": "shop", "schedule": {"frequency": "PT30M"}},
        "name": {"host": "gitea.example.com", "filters": {"name": "a("}},
        "path": {"host": "gitea.example.com", "catalogPath": "a/{b"},
        "nohost": {},
        "schedule": {"host": "gitea.example.com", "schedule": {"frequency": {"cron": "0 * * * *"}}},
    });
    let problems = Section.check(&section);
    let found: Vec<(&str, &str)> = problems
        .iter()
        .map(|one| (one.fault.path.as_deref().unwrap(), one.fault.message.as_str()))
        .collect();
    let paths: Vec<&str> = found.iter().map(|one| one.0).collect();
    assert_eq!(
        paths,
        ["name.filters.name", "nohost.host", "path.catalogPath", "schedule"],
        "{found:?}"
    );
    assert!(found[0].1.contains("no regular expression"), "{found:?}");
    assert!(
        !found[0].1.contains("(?:"),
        "only what was written is shown: {found:?}"
    );
    assert!(
        found[3].1.contains("Unknown property 'cron'") || found[3].1.contains("Needs one or more"),
        "{found:?}"
    );
}

#[test]
fn the_schema_describes_every_key() {
    let schema = Section.schema();
    let provider = &schema["additionalProperties"]["properties"];
    for key in [
        "host",
        "organization",
        "organizations",
        "users",
        "branch",
        "catalogPath",
        "schedule",
        "filters",
    ] {
        assert!(provider[key]["description"].is_string(), "{key} in {schema}");
    }
}

#[test]
fn a_host_without_integration_is_named() {
    let value = json!({
        "integrations": {"gitea": [{"host": "gitea.example.com"}]},
        "catalog": {"providers": {"gitea": {
            "good": {"host": "gitea.example.com"},
            "bad": {"host": "git.example.com"},
        }}},
    });
    let config = Config::from_value(value, std::path::Path::new("/")).unwrap();
    let problems = gitea::problems(&config);
    assert_eq!(problems.len(), 1, "{problems:?}");
    let message = &problems[0].fault.message;
    assert!(
        message.contains("catalog.providers.gitea.bad.host is git.example.com"),
        "{message}"
    );
    assert_eq!(
        problems[0].hint.as_deref(),
        Some("Write one of: gitea.example.com.")
    );
}
