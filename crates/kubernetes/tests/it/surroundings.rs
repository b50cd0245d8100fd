//! States of what surrounds workloads, in plain words; and what is normal and must not alarm anybody.

use kubernetes::health::network::{Endpoints, Link};
use kubernetes::health::{Verdict, autoscaler, budget, custom, network, node, route, storage};
use serde_json::{Value, json};

fn now() -> jiff::Timestamp {
    "2026-11-24T09:30:00Z".parse().unwrap()
}

fn told(verdict: Verdict) -> String {
    let reason = verdict
        .reason
        .map_or_else(String::new, |reason| format!(": {reason}"));
    format!("{:?} {}{reason}", verdict.health, verdict.words)
}

fn condition(kind: &str, status: &str, reason: &str, message: &str) -> Value {
    json!({"type": kind, "status": status, "reason": reason, "message": message})
}

#[test]
fn autoscalers() {
    let of = |least: u64, most: u64, current: u64, conditions: &[Value]| {
        json!({"apiVersion": "autoscaling/v2", "spec": {"minReplicas": least, "maxReplicas": most},
            "status": {"currentReplicas": current, "desiredReplicas": current, "conditions": conditions}})
    };
    let able = condition("AbleToScale", "True", "ReadyForNewScale", "");
    let at_most = condition("ScalingLimited", "True", "TooManyReplicas", "more");
    let at_least = condition("ScalingLimited", "True", "TooFewReplicas", "fewer");
    let disabled = condition("ScalingActive", "False", "ScalingDisabled", "zero");
    let blind = condition("ScalingActive", "False", "FailedGetResourceMetric", "no metrics");
    let unasked = condition(
        "ScalingActive",
        "False",
        "FailedGetResourceMetric",
        "failed to get cpu utilization: missing request for cpu in container web of Pod web-1",
    );
    let no_target = condition(
        "AbleToScale",
        "False",
        "FailedGetScale",
        "deployments web not found",
    );
    for (value, expected) in [
        (of(2, 5, 3, std::slice::from_ref(&able)), "Well 3 replicas"),
        // At its fixed size and at its least it rests: no warning.
        (of(3, 3, 3, std::slice::from_ref(&at_most)), "Well 3 replicas"),
        (of(2, 5, 2, &[at_least]), "Well 2 replicas"),
        (of(2, 5, 5, std::slice::from_ref(&able)), "Well 5 replicas"),
        (
            of(2, 5, 5, &[at_most]),
            "Degraded At its most, 5: it would have more replicas if it might; maxReplicas bounds it",
        ),
        (of(2, 5, 0, &[disabled]), "Idle Off: its target is scaled to zero"),
        (of(2, 5, 2, &[blind]), "Degraded Does not scale: no metrics"),
        (
            of(2, 5, 2, &[no_target]),
            "Degraded Cannot scale: deployments web not found",
        ),
        (of(2, 5, 2, &[]), "Changing Not looked at yet"),
    ] {
        assert_eq!(told(autoscaler::verdict(&value)), expected, "{value}");
    }
    let reason = autoscaler::verdict(&of(1, 2, 1, &[unasked])).reason.unwrap();
    assert!(reason.contains("set resources.requests.cpu"), "{reason}");
    let changing = json!({"spec": {"maxReplicas": 5}, "status": {"currentReplicas": 2, "desiredReplicas": 4, "conditions": [able]}});
    assert_eq!(told(autoscaler::verdict(&changing)), "Changing From 2 to 4");
}

#[test]
fn measures_are_written_as_kubectl_writes_them() {
    let of = |metrics: Value, current: Value| {
        autoscaler::targets(
            &json!({"apiVersion": "autoscaling/v2", "spec": {"metrics": metrics}, "status": {"currentMetrics": current}}),
        )
    };
    let cpu = json!({"type": "Resource", "resource": {"name": "cpu", "target": {"averageUtilization": 80}}});
    let memory =
        json!({"type": "Resource", "resource": {"name": "memory", "target": {"averageValue": "100Mi"}}});
    let pods = json!({"type": "Pods", "pods": {"target": {"averageValue": "10"}}});
    let outside = json!({"type": "External", "external": {"target": {"value": "30"}}});
    let now =
        json!([{"type": "Resource", "resource": {"name": "cpu", "current": {"averageUtilization": 62}}}]);
    for (metrics, current, expected) in [
        (json!([]), json!([]), "<none>"),
        (json!([cpu]), now.clone(), "cpu: 62%/80%"),
        (json!([cpu]), json!([]), "cpu: <unknown>/80%"),
        (json!([memory]), json!([]), "memory: <unknown>/100Mi"),
        (json!([cpu, pods]), now.clone(), "cpu: 62%/80%, <unknown>/10"),
        (
            json!([cpu, memory, pods, outside]),
            now,
            "cpu: 62%/80%, memory: <unknown>/100Mi + 2 more...",
        ),
    ] {
        assert_eq!(of(metrics, current), expected);
    }
}

#[test]
fn services() {
    let with = |spec: Value, status: Value| json!({"metadata": {"creationTimestamp": "2026-11-24T08:00:00Z"}, "spec": spec, "status": status});
    let selecting = || with(json!({"selector": {"app": "web"}}), json!({}));
    let counted = |ready, all| Endpoints::Counted { ready, all };
    let balancer = |created: &str, ingress: Value| json!({"metadata": {"creationTimestamp": created}, "spec": {"type": "LoadBalancer"}, "status": {"loadBalancer": {"ingress": ingress}}});
    let waits = "nothing gave its load balancer an address; the events say why, if something tries";
    for (value, endpoints, expected) in [
        (selecting(), counted(2, 3), "Well 2/3 ready".to_owned()),
        (
            selecting(),
            counted(0, 2),
            "Degraded Nobody answers: none of its 2 pods is ready".to_owned(),
        ),
        (
            selecting(),
            counted(0, 0),
            "Degraded Leads to no pod: no pod has the labels app=web".to_owned(),
        ),
        (
            selecting(),
            Endpoints::AtRest,
            "Idle At rest: what it leads to is scaled to zero".to_owned(),
        ),
        (selecting(), Endpoints::Unknown, "Well There".to_owned()),
        // Without a selector somebody else says where it leads.
        (with(json!({}), json!({})), counted(0, 0), "Well There".to_owned()),
        (
            with(
                json!({"type": "ExternalName", "externalName": "db.example.com"}),
                json!({}),
            ),
            Endpoints::Unknown,
            "Well Leads to db.example.com".to_owned(),
        ),
        (
            balancer("2026-11-24T09:29:00Z", json!([])),
            Endpoints::Unknown,
            format!("Changing No address yet: {waits}"),
        ),
        (
            balancer("2026-11-24T08:00:00Z", json!([])),
            Endpoints::Unknown,
            format!("Degraded No address yet: {waits}"),
        ),
        (
            balancer("2026-11-24T08:00:00Z", json!([{"ip": "1.2.3.4"}])),
            Endpoints::Unknown,
            "Well There".to_owned(),
        ),
    ] {
        assert_eq!(
            told(network::service(&value, endpoints, now())),
            expected,
            "{value}"
        );
    }
    let slices = [
        json!({"endpoints": [{"addresses": ["a"]}, {"addresses": ["b"], "conditions": {"ready": false}}, {"addresses": ["c"], "conditions": {"ready": null}}]}),
    ];
    assert_eq!(Endpoints::of(&slices), Endpoints::Counted { ready: 2, all: 3 });
    let ports = json!({"ports": [{"port": 80, "targetPort": "http"}, {"port": 53, "protocol": "UDP", "nodePort": 30053}]});
    assert_eq!(network::ports(&ports), ["80 → http", "53:30053 → 53/UDP"]);
}

fn written(links: &[Link]) -> Vec<String> {
    links
        .iter()
        .map(|link| link.href.clone().unwrap_or_else(|| format!("({})", link.text)))
        .collect()
}

#[test]
fn links_of_an_ingress_open() {
    let ingress = json!({"spec": {
        "tls": [{"hosts": ["web.example.com", "*.apps.example.com"]}],
        "rules": [
            {"host": "web.example.com", "http": {"paths": [{"path": "/"}, {"path": "/api"}, {"path": "/v[0-9]+/(.*)"}]}},
            {"host": "shop.apps.example.com"}, {"host": "plain.example.com"}, {"host": "*.example.com"}, {"http": {"paths": [{}]}},
        ],
    }});
    assert_eq!(
        written(&network::links(&ingress)),
        [
            "https://web.example.com/",
            "https://web.example.com/api",
            "(web.example.com/v[0-9]+/(.*))",
            "https://shop.apps.example.com/",
            "http://plain.example.com/",
            "(*.example.com)",
        ]
    );
}

#[test]
fn routes_are_what_each_parent_says() {
    let of = |parents: Value| json!({"metadata": {"generation": 2}, "spec": {"parentRefs": [{"name": "public", "sectionName": "https"}]}, "status": {"parents": parents}});
    let parent =
        |name: &str, conditions: &[Value]| json!({"parentRef": {"name": name}, "conditions": conditions});
    let accepted = condition("Accepted", "True", "Accepted", "");
    let resolved = condition("ResolvedRefs", "True", "ResolvedRefs", "");
    let refused = condition("Accepted", "False", "NotAllowedByListeners", "namespace shop");
    let lost = condition("ResolvedRefs", "False", "BackendNotFound", "service web");
    let mut old = accepted.clone();
    old["observedGeneration"] = 1.into();
    let good = || parent("public", &[accepted.clone(), resolved.clone()]);
    for (parents, expected) in [
        (json!([good()]), "Well Accepted"),
        (
            json!([]),
            "Degraded Not taken: no gateway says anything about it; its parentRefs name Gateway public, listener https",
        ),
        (
            json!([good(), parent("inner", &[refused])]),
            "Down Not accepted: Gateway inner: its listeners do not allow routes from here: namespace shop",
        ),
        (
            json!([parent("public", &[accepted.clone(), lost])]),
            "Down Leads nowhere: Gateway public: a service that it names is not there: service web",
        ),
        (
            json!([parent("public", &[old])]),
            "Changing Pending: Gateway public has not taken it up yet",
        ),
    ] {
        assert_eq!(told(route::verdict(&of(parents))), expected);
    }
    let gateway = json!({"spec": {"listeners": [
        {"name": "http", "protocol": "HTTP", "hostname": "*.example.com"}, {"name": "https", "protocol": "HTTPS", "hostname": "*.example.com"},
    ]}});
    let route = |section: Option<&str>, hostnames: Value| json!({"spec": {"parentRefs": [{"name": "public", "sectionName": section}], "hostnames": hostnames}});
    let links = |route: &Value, gateways: &[&Value]| written(&route::links(route, gateways));
    assert_eq!(
        links(&route(None, json!(["a.example.com"])), &[&gateway]),
        ["https://a.example.com/"]
    );
    assert_eq!(
        links(&route(Some("http"), json!(["a.example.com"])), &[&gateway]),
        ["http://a.example.com/"]
    );
    assert_eq!(
        links(&route(None, json!(["a.example.com"])), &[]),
        ["https://a.example.com/"]
    );
    assert_eq!(links(&route(None, json!([])), &[&gateway]), ["(*.example.com)"]);
}

#[test]
fn claims_budgets_quotas_and_nodes() {
    let claim = |phase: &str, conditions: Value, is_used| {
        told(storage::claim(
            &json!({"status": {"phase": phase, "conditions": conditions}}),
            is_used,
        ))
    };
    assert_eq!(claim("Bound", json!([]), true), "Well Bound");
    assert_eq!(
        claim("Lost", json!([]), true),
        "Down Lost: the volume that it had is gone"
    );
    // A class may wait for the first pod.
    assert!(claim("Pending", json!([]), false).starts_with("Idle Pending"));
    assert!(claim("Pending", json!([]), true).starts_with("Degraded Pending"));
    let stuck = json!([condition("NodeResizeError", "True", "", "no space")]);
    assert_eq!(
        claim("Bound", stuck, true),
        "Degraded Bound: its size cannot be changed: no space"
    );

    let budget = |healthy: u64, desired: u64, allowed: u64, expected: u64| {
        told(budget::disruption(
            &json!({"status": {"currentHealthy": healthy, "desiredHealthy": desired, "disruptionsAllowed": allowed, "expectedPods": expected}}),
        ))
    };
    assert_eq!(budget(3, 2, 1, 3), "Well 1 may be missing");
    assert_eq!(
        budget(1, 2, 0, 3),
        "Degraded 0 may be missing: 1 of 2 pods are healthy"
    );
    assert!(
        budget(1, 1, 0, 1).starts_with("Well 0 may be missing: all pods are healthy and none may be missing")
    );
    assert_eq!(budget(0, 0, 0, 0), "Idle No pods");

    let quota = |used: &str, hard: &str| {
        told(budget::quota(
            &json!({"status": {"hard": {"requests.cpu": hard, "pods": "10"}, "used": {"requests.cpu": used}}}),
        ))
    };
    assert_eq!(quota("1", "4"), "Well Room left");
    assert_eq!(
        quota("3200m", "4"),
        "Degraded Nearly full: requests.cpu: 3200m of 4 used"
    );
    assert_eq!(
        quota("4", "4"),
        "Down Full: requests.cpu: 4 of 4 used; new pods that need it are refused"
    );
    assert_eq!(quota("0", "0"), "Well Room left");

    let node = |conditions: &[Value], spec: Value| {
        told(node::verdict(
            &json!({"spec": spec, "status": {"conditions": conditions}}),
        ))
    };
    let ready = condition("Ready", "True", "", "");
    assert_eq!(node(std::slice::from_ref(&ready), json!({})), "Well Ready");
    assert_eq!(
        node(std::slice::from_ref(&ready), json!({"unschedulable": true})),
        "Idle Ready,SchedulingDisabled: it takes no new pods"
    );
    assert_eq!(
        node(&[ready, condition("DiskPressure", "True", "", "full")], json!({})),
        "Degraded Ready: disk space is short: full"
    );
    assert_eq!(
        node(&[condition("Ready", "Unknown", "", "")], json!({})),
        "Down NotReady: it is not heard of"
    );
}

#[test]
fn objects_of_unknown_kinds_go_by_the_conventions() {
    let of = |status: Value| {
        told(custom::verdict(
            &json!({"metadata": {"generation": 2}, "status": status}),
        ))
    };
    for (status, expected) in [
        (json!(null), "Well There"),
        (
            json!({"conditions": [condition("Ready", "True", "", "")]}),
            "Well Ready",
        ),
        (
            json!({"conditions": [condition("Ready", "False", "Failed", "no such key")]}),
            "Degraded Not ready: no such key",
        ),
        (
            json!({"conditions": [condition("Ready", "Unknown", "Progressing", "")]}),
            "Changing In progress: Progressing",
        ),
        (
            json!({"conditions": [condition("Stalled", "True", "", "gave up"), condition("Ready", "False", "", "")]}),
            "Down Stalled: gave up",
        ),
        (
            json!({"observedGeneration": 1, "conditions": [condition("Ready", "True", "", "")]}),
            "Changing In progress: the change is not taken up yet",
        ),
    ] {
        assert_eq!(of(status.clone()), expected, "{status}");
    }
}
