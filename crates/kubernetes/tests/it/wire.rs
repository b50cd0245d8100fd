//! The wire contract: what programs are answered about entities and clusters.

use serde_json::{Value, json};

use crate::api_server::ApiServer;
use crate::world::World;

fn labelled(name: &str) -> Value {
    json!({"metadata": {
        "name": name, "namespace": "shop", "uid": name, "resourceVersion": "1",
        "labels": {"backstage.io/kubernetes-id": "web"},
    }})
}

fn with_token(server: &ApiServer) -> Value {
    json!({"name": "north", "title": "North", "url": server.url, "authProvider": "serviceAccount", "serviceAccountToken": "t",
           "skipMetricsLookup": true, "dashboardUrl": "https://d.example.com"})
}

fn with_viewer(server: &ApiServer) -> Value {
    json!({"name": "south", "url": server.url, "authProvider": "oidc", "oidcTokenProvider": "keycloak", "skipMetricsLookup": true})
}

fn section(clusters: Value) -> Value {
    json!({"clusterLocatorMethods": [{"type": "config", "clusters": clusters}]})
}

fn resources<'a>(item: &'a Value, kind: &str) -> &'a Value {
    let all = item["resources"].as_array().unwrap();
    let found = all.iter().find(|one| one["type"] == kind);
    found.map_or(&Value::Null, |one| &one["resources"])
}

#[tokio::test]
async fn objects_come_by_kind_and_errors_beside_them() {
    let server = ApiServer::start().await;
    server.put("pods", labelled("web-1"));
    server.put("widgets", labelled("w"));
    server.forbid("events");
    server.forbid("services");
    let mut cluster = with_token(&server);
    cluster["customResources"] = json!([{"group": "example.com", "apiVersion": "v1", "plural": "widgets"}]);
    let world = World::with(section(json!([cluster])), "").await;
    let answer = world.services(Value::Null).await;
    let item = &answer["items"][0];
    assert_eq!(
        item["cluster"],
        json!({"name": "north", "title": "North", "dashboardUrl": "https://d.example.com"})
    );
    assert_eq!(resources(item, "pods")[0]["metadata"]["name"], "web-1");
    assert_eq!(resources(item, "deployments"), &json!([]));
    assert_eq!(
        resources(item, "services"),
        &Value::Null,
        "what failed is among the errors alone"
    );
    assert_eq!(
        resources(item, "events"),
        &Value::Null,
        "the contract has no events"
    );
    assert_eq!(resources(item, "customresources")[0]["kind"], "Widget");
    let errors = item["errors"].as_array().unwrap();
    let of = |path: &str| errors.iter().find(|error| error["resourcePath"] == path).cloned();
    let forbidden =
        json!({"errorType": "UNKNOWN_ERROR", "statusCode": 403, "resourcePath": "/api/v1/services"});
    assert_eq!(of("/api/v1/services"), Some(forbidden));
    let missing = json!({"errorType": "NOT_FOUND", "statusCode": 404, "resourcePath": "/apis/batch/v1/jobs"});
    assert_eq!(of("/apis/batch/v1/jobs"), Some(missing));
    assert_eq!(of("/api/v1/events"), None);
    let lists = server.all_lists();
    let body = json!({"entityRef": "component:default/web", "auth": {}});
    let (status, again) = world
        .ask("POST", "/api/kubernetes/resources/workloads/query", &[], &body)
        .await;
    assert_eq!((status, &again), (200, &answer));
    assert_eq!(server.all_lists(), lists, "the memory answers");
}

#[tokio::test]
async fn custom_resources_are_answered_for_those_that_a_request_names() {
    let server = ApiServer::start().await;
    server.put("widgets", labelled("w"));
    server.put("pods", labelled("web-1"));
    let world = World::with(section(json!([with_token(&server)])), "").await;
    let custom =
        |list: Value| json!({"entityRef": "component:default/web", "auth": {}, "customResources": list});
    let path = "/api/kubernetes/resources/custom/query";
    let names = |plural: &str| json!({"group": "example.com", "apiVersion": "v1", "plural": plural});
    let (status, answer) = world
        .ask(
            "POST",
            path,
            &[],
            &custom(json!([names("widgets"), names("gone")])),
        )
        .await;
    assert_eq!(status, 200);
    let item = &answer["items"][0];
    assert_eq!(item["resources"].as_array().unwrap().len(), 1);
    assert_eq!(resources(item, "customresources")[0]["metadata"]["name"], "w");
    assert_eq!(
        item["errors"],
        json!([{"errorType": "NOT_FOUND", "statusCode": 404, "resourcePath": "/apis/example.com/v1/gone"}])
    );
    for (list, expected) in [
        (Value::Null, "customResources is a required field"),
        (json!({}), "customResources must be an array"),
        (json!([]), "at least 1 customResource is required"),
        (
            json!([{"group": "", "apiVersion": "v1", "plural": "secrets"}]),
            "customResources[0] needs",
        ),
    ] {
        let (status, answer) = world.ask("POST", path, &[], &custom(list.clone())).await;
        assert_eq!(status, 400, "{list}");
        let message = answer["error"]["message"].as_str().unwrap();
        assert!(message.contains(expected), "{message}");
    }
}

#[tokio::test]
async fn a_cluster_of_viewers_answers_to_their_tokens_alone() {
    let (north, south) = (ApiServer::start().await, ApiServer::start().await);
    for server in [&north, &south] {
        server.put("pods", labelled("web-1"));
    }
    south.take_only("mine");
    let world = World::with(section(json!([with_token(&north), with_viewer(&south)])), "").await;
    let answer = world.services(Value::Null).await;
    assert_eq!(
        resources(&answer["items"][0], "pods")[0]["metadata"]["name"],
        "web-1",
        "others answer"
    );
    let message = "Auth token not found under oidc.keycloak in request body";
    assert_eq!(
        answer["items"][1]["errors"],
        json!([{"errorType": "FETCH_ERROR", "message": message}])
    );
    assert!(south.requests().is_empty(), "without a token it is not asked");
    let answer = world.services(json!({"oidc": {"keycloak": "mine"}})).await;
    assert_eq!(
        resources(&answer["items"][1], "pods")[0]["metadata"]["name"],
        "web-1"
    );
    let answer = world.services(json!({"oidc": {"keycloak": "theirs"}})).await;
    let item = &answer["items"][1];
    assert_eq!(
        resources(item, "pods"),
        &Value::Null,
        "nothing is kept for others"
    );
    let refused =
        json!({"errorType": "UNAUTHORIZED_ERROR", "statusCode": 401, "resourcePath": "/api/v1/pods"});
    assert!(item["errors"].as_array().unwrap().contains(&refused), "{item}");
    let (_, clusters) = world
        .ask("GET", "/api/kubernetes/clusters", &[], &Value::Null)
        .await;
    assert_eq!(
        clusters["items"],
        json!([
            {"name": "north", "title": "North", "dashboardUrl": "https://d.example.com", "authProvider": "serviceAccount"},
            {"name": "south", "authProvider": "oidc", "oidcTokenProvider": "keycloak"},
        ])
    );
}

#[tokio::test]
async fn the_tab_asks_clusters_of_viewers_with_the_token_of_the_sign_in() {
    let (north, south, west) = (
        ApiServer::start().await,
        ApiServer::start().await,
        ApiServer::start().await,
    );
    for (server, name) in [(&north, "of-all"), (&south, "of-viewer"), (&west, "of-others")] {
        server.put("pods", labelled(name));
    }
    south.take_only("of-the-viewer");
    let mut of_viewer = with_viewer(&south);
    of_viewer["oidcTokenProvider"] = "oidc".into();
    let mut of_others = with_viewer(&west);
    of_others["name"] = "west".into();
    let world = World::with(section(json!([with_token(&north), of_viewer, of_others])), "").await;
    let tab = world.tab("", "").await;
    assert!(tab.contains("of-all") && tab.contains("of-viewer"), "{tab}");
    assert!(
        !tab.contains("of-others") && tab.contains("oidc.keycloak"),
        "that cluster alone says so: {tab}"
    );
    assert!(west.requests().is_empty());
    let pod = world.tab("south/pods/shop/of-viewer", "").await;
    assert!(pod.contains("of-viewer"), "{pod}");
}

#[tokio::test]
async fn a_cluster_that_is_away_is_one_error_and_an_empty_one_is_left_out() {
    let (north, south) = (ApiServer::start().await, ApiServer::start().await);
    north.be_away(true);
    let mut other = with_token(&south);
    other["name"] = "south".into();
    let world = World::with(section(json!([with_token(&north), other])), "").await;
    south.put(
        "pods",
        json!({"metadata": {"name": "other", "namespace": "shop", "uid": "other"}}),
    );
    let answer = world.services(Value::Null).await;
    let items = answer["items"].as_array().unwrap();
    let errors = items[0]["errors"].as_array().unwrap();
    assert_eq!(
        (errors.len(), &errors[0]["errorType"]),
        (1, &json!("FETCH_ERROR")),
        "{answer}"
    );
    assert_eq!(
        (&items[0]["resources"], &items[0]["podMetrics"]),
        (&json!([]), &json!([]))
    );
}

#[tokio::test]
async fn an_entity_runs_in_the_clusters_that_it_depends_on() {
    let (north, south) = (ApiServer::start().await, ApiServer::start().await);
    for server in [&north, &south] {
        server.put("pods", labelled("web-1"));
    }
    let mut other = with_token(&south);
    other["name"] = "south".into();
    let mut section = section(json!([with_token(&north), other]));
    section["serviceLocatorMethod"] = json!({"type": "catalogRelation"});
    let resource = "apiVersion: backstage.io/v1alpha1\nkind: Resource\nmetadata: {name: north}\n\
                    spec: {type: database, owner: team}\n";
    let world = World::with(section, resource).await;
    let answer = world.services(Value::Null).await;
    let names: Vec<&Value> = answer["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| &item["cluster"]["name"])
        .collect();
    assert_eq!(names, ["north"]);
    assert!(south.requests().is_empty());
}

#[tokio::test]
async fn a_resource_of_the_catalog_is_a_cluster() {
    let server = ApiServer::start().await;
    server.put("pods", labelled("web-1"));
    let resource = format!(
        "apiVersion: backstage.io/v1alpha1\nkind: Resource\nmetadata:\n  name: north\n  annotations:\n    \
         kubernetes.io/api-server: {}\n    kubernetes.io/api-server-certificate-authority: ''\n    \
         kubernetes.io/auth-provider: oidc\n    kubernetes.io/oidc-token-provider: keycloak\n\
         spec: {{type: kubernetes-cluster, owner: team}}\n",
        server.url
    );
    let locator = |allowed: &str| json!({"clusterLocatorMethods": [{"type": "catalog", "dangerouslyAllowClusterUrls": [allowed]}]});
    let mine = json!({"oidc": {"keycloak": "mine"}});
    let world = World::with(locator("127.0.0.1"), &resource).await;
    let mut answer = Value::Null;
    for _ in 0..200 {
        answer = world.services(mine.clone()).await;
        if answer["items"] != json!([]) {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(25)).await;
    }
    assert_eq!(
        resources(&answer["items"][0], "pods")[0]["metadata"]["name"],
        "web-1",
        "{answer}"
    );
    let asked = server.requests().len();
    let world = World::with(locator("elsewhere.example.com"), &resource).await;
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    let answer = world.services(mine).await;
    let message = answer["items"][0]["errors"][0]["message"].as_str().unwrap();
    assert!(message.contains("dangerouslyAllowClusterUrls"), "{message}");
    assert_eq!(server.requests().len(), asked, "it was not called");
}

#[tokio::test]
async fn pods_come_with_what_they_use() {
    let server = ApiServer::start().await;
    let resources =
        json!({"requests": {"cpu": "50m", "memory": "100Mi"}, "limits": {"cpu": "100m", "memory": "200Mi"}});
    let mut pod = labelled("web-1");
    pod["spec"] = json!({"containers": [{"name": "app", "resources": resources}]});
    server.put("pods", pod);
    server.put(
        "podmetrics",
        json!({
            "metadata": {"name": "web-1", "namespace": "shop"},
            "containers": [{"name": "app", "usage": {"cpu": "10000000n", "memory": "35568Ki"}}],
        }),
    );
    let mut cluster = with_token(&server);
    cluster["skipMetricsLookup"] = false.into();
    let world = World::with(section(json!([cluster])), "").await;
    let answer = world.services(Value::Null).await;
    let metrics = &answer["items"][0]["podMetrics"];
    let cpu = json!({"currentUsage": 0.01, "requestTotal": 0.05, "limitTotal": 0.1});
    let memory = json!({"currentUsage": "36421632", "requestTotal": "104857600", "limitTotal": "209715200"});
    assert_eq!(
        (&metrics[0]["cpu"], &metrics[0]["memory"]),
        (&cpu, &memory),
        "{answer}"
    );
    assert_eq!(
        metrics[0]["containers"],
        json!([{"container": "app", "cpuUsage": cpu, "memoryUsage": memory}])
    );
    assert_eq!(metrics[0]["pod"]["metadata"]["name"], "web-1");
    let asked = || {
        let requests = server.requests();
        requests
            .iter()
            .filter(|(path, _)| path.contains("metrics.k8s.io"))
            .count()
    };
    assert_eq!(asked(), 1);
    world.services(Value::Null).await;
    assert_eq!(asked(), 1, "use is kept for a moment");
}
