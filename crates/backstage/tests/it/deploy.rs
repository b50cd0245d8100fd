//! The configuration that `deploy` ships is one that the portal and its plugins can use.

use std::path::Path;

use crate::process::command;

/// As the Deployment and its optional components give them.
const GIVEN: [(&str, &str); 10] = [
    (
        "DATABASE_URI",
        "postgresql://portal:geheim@portal-db-rw.portal:5432/portal",
    ),
    ("OIDC_SECRET", "geheim-0123456789abcdef"),
    ("GITEA_TOKEN", "geheim-0123456789abcdef"),
    ("GITEA_WEBHOOK_SECRET", "geheim-0123456789abcdef"),
    ("FLUX_WEBHOOK_SECRET", "geheim-0123456789abcdef"),
    ("GRAFANA_TOKEN", "geheim-0123456789abcdef"),
    ("S3_ACCESS_KEY", "geheim-key"),
    ("S3_SECRET_KEY", "geheim-0123456789abcdef"),
    (
        "APP_CONFIG_portal_kubernetes_actions",
        r#"["restart","scale","deletePod","runCronJob"]"#,
    ),
    (
        "APP_CONFIG_portal_flux_actions",
        r#"["reconcile","reconcileWithSource","suspend","resume"]"#,
    ),
];

#[test]
fn the_configuration_of_a_whole_platform_is_usable() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let check = ["config", "check", "--config", "deploy/prod/files/app-config.yaml"];
    let output = command(&root, &check).envs(GIVEN).output().unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{printed}");
    assert!(
        !printed.contains("error:") && !printed.contains("geheim"),
        "{printed}"
    );
    let without = command(&root, &check).output().unwrap();
    assert!(!without.status.success(), "secrets that are missing are told");
}
