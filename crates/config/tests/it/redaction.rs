//! Secrets never show.

use serde_json::json;

use crate::support::start;

#[test]
fn secrets_are_replaced_everywhere() {
    let text = "\
app: { title: '${TITLE}', baseUrl: 'https://me:geheim1@x.example/path' }
backend:
  auth:
    externalAccess: [{ type: static, options: { token: geheim2-long, subject: ci } }, { type: legacy, options: { secret: geheim9, subject: old } }]
    keys: [{ secret: geheim10 }]
  database: { client: pg, connection: { host: db, user: me, password: geheim3 } }
integrations:
  gitea: [{ host: git.example.com, username: bot, password: geheim4 }]
  github: [{ host: github.com, token: '${TOKEN}' }]
auth:
  providers: { oidc: { production: { clientId: portal, clientSecret: geheim6 } } }
proxy: { endpoints: { /x: { headers: { Authorization: Bearer geheim7 } } } }
custom: { url: 'redis://:geheim8@cache:6379', plain: shown, fromEnv: '${TOKEN}', apiKey: 12345 }
";
    let start = start(
        &[("app-config.yaml", text)],
        &[("TITLE", "Shown"), ("TOKEN", "geheim5")],
    );
    let config = start.config();
    let shown = config.redacted();
    assert!(
        !shown.to_string().contains("geheim") && !shown.to_string().contains("12345"),
        "{shown:#}"
    );
    assert_eq!(
        shown["app"],
        json!({ "title": "Shown", "baseUrl": "https://me:<secret>@x.example/path" })
    );
    assert_eq!(shown["backend"]["database"]["connection"]["host"], "db");
    assert_eq!(shown["backend"]["database"]["connection"]["password"], "<secret>");
    assert_eq!(shown["integrations"]["gitea"][0]["username"], "bot");
    assert_eq!(
        shown["auth"]["providers"]["oidc"]["production"]["clientId"],
        "portal"
    );
    assert_eq!(shown["custom"]["plain"], "shown");
    assert_eq!(shown["custom"]["url"], "redis://<secret>@cache:6379");
    let debug = format!(
        "{:?}{:?}{:?}",
        config.backend(),
        config.integrations(),
        config.database()
    );
    assert!(!debug.contains("geheim"), "{debug}");
}

#[test]
fn connection_strings() {
    let text = "backend: { database: { client: pg, connection: 'postgres://u:geheim@h/d' } }";
    let config = start(&[("app-config.yaml", text)], &[]).config();
    assert_eq!(config.redacted()["backend"]["database"]["connection"], "<secret>");
    let text = "backend: { database: { client: better-sqlite3, connection: ':memory:' } }";
    let config = start(&[("app-config.yaml", text)], &[]).config();
    assert_eq!(config.redacted()["backend"]["database"]["connection"], ":memory:");
}

#[test]
fn addresses_and_short_names() {
    let text = "\
custom:
  pat: geheim
  path: shown
  link: 'https://h/x?page=2&token=geheim&sig=geheim'
  caData: shown
  webhookUrl: 'https://chat.example.com/hooks/builds'
  slackWebhookUrl: 'https://hooks.example.com/services/T000/B000/geheimgeheimgeheim1234'
  otherWebhookUrl: 'https://u:geheim@chat.example.com'
";
    let config = start(&[("app-config.yaml", text)], &[]).config();
    let shown = &config.redacted()["custom"];
    let expected = json!({
        "pat": "<secret>",
        "path": "shown",
        "link": "https://h/x?page=2&token=<secret>&sig=<secret>",
        "caData": "shown",
        "webhookUrl": "https://chat.example.com/hooks/builds",
        "slackWebhookUrl": "<secret>",
        "otherWebhookUrl": "<secret>",
    });
    assert_eq!(shown, &expected);
}
