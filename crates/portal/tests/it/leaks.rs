//! No secret of the configuration comes out of a running portal: each is sown, and looked for in the answers of every row of
//! the table of routes to every kind of caller, in the database and in the log.

use axum::body::Body;
use axum::http::{Method, Request};
use plugin::RowHead;
use serde_json::{Value, json};
use testkit::{Canaries, HeardLog};

use crate::served::sign_in;
use crate::tables;
use crate::world::World;

/// Pages and answers with something in them, beside the rows without parameters.
const MORE: [&str; 9] = [
    "/catalog?kind=component",
    "/catalog/default/component/shop",
    "/catalog/default/component/shop/yaml",
    "/api/catalog/entities/by-name/component/default/shop",
    "/api/search/query?term=shop",
    "/search?q=shop",
    "/-/palette?q=shop",
    "/permissions?who=user:default/ines",
    "/api/kubernetes/clusters",
];

const SHOP: &str = "\
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: { name: shop }
spec: { type: service, lifecycle: production, owner: platform }
";

/// Every secret that a section of the configuration has, with a value that is looked for.
fn configuration(canaries: &mut Canaries) -> Value {
    let mut secret = |what: &str| canaries.secret(what);
    let away = "http://127.0.0.1:1";
    let oidc = json!({
        "metadataUrl": format!("{away}/.well-known/openid-configuration"), "clientId": "portal",
        "clientSecret": secret("auth.providers.oidc.clientSecret"),
        "signIn": {"resolvers": [{"resolver": "emailMatchingUserEntityProfileEmail"}]},
    });
    json!({
        "backend": {
            "auth": {"externalAccess": [
                {"type": "static", "options": {"token": secret("externalAccess.token"), "subject": "ci"}},
                {"type": "static", "options": {"token": "whole-token", "subject": "whole"}},
            ]},
            "reading": {"allow": [{"host": "127.0.0.1:1"}]},
        },
        "auth": {"providers": {"oidc": {"development": oidc}}},
        "portal": {
            "administrators": ["user:default/ines", "user:default/guest"],
            "metrics": {"token": secret("portal.metrics.token")},
        },
        "integrations": {
            "github": [{"host": "github.example", "apiBaseUrl": away, "token": secret("github.token")}],
            "gitlab": [{"host": "gitlab.example", "apiBaseUrl": away, "token": secret("gitlab.token")}],
            "gitea": [{"host": "127.0.0.1:1", "baseUrl": away, "username": "portal", "password": secret("gitea.password")}],
            "bitbucketServer": [{"host": "bitbucket.example", "apiBaseUrl": away, "token": secret("bitbucketServer.token")}],
        },
        "catalog": {
            "rules": [{"allow": ["Component", "Template"]}],
            "locations": [
                {"type": "file", "target": "./shop.yaml"},
                // It does not answer, which is told with its address and not with what was sent there.
                {"type": "url", "target": format!("{away}/owner/repository/src/branch/main/catalog-info.yaml")},
            ],
        },
        "scaffolder": {"defaultEnvironment": {"secrets": {"TOKEN": secret("scaffolder.defaultEnvironment.secrets")}}},
        "events": {"modules": {"gitea": {"webhookSecret": secret("events.modules.gitea.webhookSecret")}}},
        "grafana": {"hosts": [{"id": "main", "domain": away, "url": away, "token": secret("grafana.token")}]},
        "proxy": {"endpoints": {"/grafana/api": {
            "target": away, "headers": {"Authorization": format!("Bearer {}", secret("proxy.headers.Authorization"))},
        }}},
        "kubernetes": {"clusterLocatorMethods": [{"type": "config", "clusters": [{
            "name": "main", "url": away, "authProvider": "serviceAccount",
            "serviceAccountToken": secret("kubernetes.serviceAccountToken"),
        }]}]},
    })
}

/// The path of a row that needs no parameter; streams never end and are left out.
fn plain_path(row: &RowHead) -> Option<String> {
    let path = row.full_path();
    let is_stream = path.contains("/live") || path.contains("/stream") || path.ends_with("/changes");
    (row.method == Method::GET && !path.contains('{') && !is_stream).then_some(path)
}

async fn ask(world: &World, path: &str, header: Option<(&str, &str)>) -> String {
    let mut request = Request::get(path);
    if let Some((name, value)) = header {
        request = request.header(name, value).header("host", "portal.example");
    }
    world.send(request.body(Body::empty()).unwrap()).await.1
}

async fn stored(world: &World) -> String {
    let mut session = world.store.read().await.unwrap();
    let mut found = String::new();
    for table in session.rows(tables::TABLES, Vec::new()).await.unwrap() {
        let table = table.text(0).unwrap();
        let row = session.row(tables::whole_row(&table), Vec::new()).await.unwrap();
        let text = tables::all_rows(&table, &row.unwrap().text(0).unwrap());
        for row in session.rows(text, Vec::new()).await.unwrap() {
            found += &row.maybe_text(0).unwrap().unwrap_or_default();
            found.push('\n');
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_of_the_configuration_comes_out() {
    let log = HeardLog::begin();
    let mut canaries = Canaries::default();
    let config = configuration(&mut canaries);
    let world = World::prepared(vec![sign_in()], config, &[("shop.yaml", SHOP)])
        .await
        .unwrap();
    world.until("/api/catalog/entities", "shop").await;
    let paths = world.table().iter().filter_map(plain_path);
    let paths = paths.chain(MORE.map(str::to_owned));
    let mut asked = 0;
    for path in paths {
        for header in [
            None,
            Some(("x-person", "user:default/ines")),
            Some(("authorization", "Bearer whole-token")),
            Some(("authorization", "Bearer wrong-token")),
        ] {
            let answer = ask(&world, &path, header).await;
            assert_eq!(
                canaries.found_in(answer.as_bytes()),
                Vec::<&str>::new(),
                "{path} {header:?}"
            );
            asked += 1;
        }
    }
    assert!(asked > 200, "{asked} answers");
    let stored = stored(&world).await;
    assert!(stored.contains("shop"), "the database was read");
    assert_eq!(
        canaries.found_in(stored.as_bytes()),
        Vec::<&str>::new(),
        "the database"
    );
    let logged = log.bytes();
    assert!(!logged.is_empty(), "nothing was logged");
    assert_eq!(canaries.found_in(&logged), Vec::<&str>::new(), "the log");
}
