//! What is found, and in which order.

use catalog::Sight;
use catalog::browse;
use search::{Condition, Question};
use serde_json::json;

use crate::world::{EVERYTHING, World, asking, entities, entity};

fn component(name: &str, title: Option<&str>, description: &str, tags: &[&str], owner: &str) -> String {
    let mut metadata = json!({ "description": description, "tags": tags });
    if let Some(title) = title {
        metadata["title"] = json!(title);
    }
    let spec = json!({ "type": "service", "lifecycle": "production", "owner": owner });
    entity(&format!("Component:{name}"), metadata, spec)
}

async fn world() -> World {
    let people = [
        ("nora", "Nora Payne", "nora@lumen.example"),
        ("olaf", "Ólafur Arnalds", "olaf@lumen.example"),
    ];
    let users = people.map(|(name, display, email)| {
        let spec = json!({ "memberOf": [], "profile": { "displayName": display, "email": email } });
        entity(&format!("User:{name}"), json!({}), spec)
    });
    let all = [
        component("payment", None, "The core", &[], "payers"),
        component(
            "payment-gateway",
            Some("Payment Gateway"),
            "Takes cards",
            &["java"],
            "payers",
        ),
        component(
            "gateway-for-payments-of-partners",
            None,
            "For partners",
            &[],
            "partners",
        ),
        component("ledger", None, "Books every payment", &["go"], "books"),
        component(
            "talentmesh-api",
            None,
            "People and skills",
            &["grpc-v2"],
            "people",
        ),
        component("OrderService", None, "", &[], "shop"),
        component("kubernetes-cluster-agent", None, "", &[], "platform"),
        component(
            "strasse",
            Some("Größenübersicht"),
            "Maße und Gewichte",
            &[],
            "books",
        ),
        component(
            "bibliotheque",
            Some("Bibliothèque"),
            "Catalogue général des œuvres",
            &[],
            "books",
        ),
        component("lib-1.2.3", None, "A pinned library", &[], "platform"),
    ];
    World::with(&(all.concat() + &users.concat())).await
}

#[tokio::test]
async fn the_best_match_comes_first() {
    let world = world().await;
    for (asked, expected) in [
        ("payment", "component:default/payment"),
        ("PAYMENT-GATEWAY", "component:default/payment-gateway"),
        ("payment gateway", "component:default/payment-gateway"),
        ("gateway payment", "component:default/payment-gateway"),
        ("paymentgateway", "component:default/payment-gateway"),
        ("pay gate", "component:default/payment-gateway"),
        ("component:default/ledger", "component:default/ledger"),
        ("default/ledger", "component:default/ledger"),
        ("order service", "component:default/orderservice"),
        ("orderserv", "component:default/orderservice"),
        ("service order", "component:default/orderservice"),
        ("entmesh", "component:default/talentmesh-api"),
        ("mesh-ap", "component:default/talentmesh-api"),
        ("kuberntes", "component:default/kubernetes-cluster-agent"),
        ("kubernetes-clsuter", "component:default/kubernetes-cluster-agent"),
        ("grossenubersicht", "component:default/strasse"),
        ("Größenübersicht", "component:default/strasse"),
        ("bibliotheque", "component:default/bibliotheque"),
        ("catalogue general", "component:default/bibliotheque"),
        ("oeuvres", "component:default/bibliotheque"),
        ("1.2.3", "component:default/lib-1.2.3"),
        ("nora@lumen.example", "user:default/nora"),
        ("nora payne", "user:default/nora"),
        ("olafur", "user:default/olaf"),
        ("java", "component:default/payment-gateway"),
        ("grpc", "component:default/talentmesh-api"),
        ("skils", "component:default/talentmesh-api"),
        ("books every", "component:default/ledger"),
        ("\"takes cards\"", "component:default/payment-gateway"),
    ] {
        let found = world.found(asked).await;
        assert_eq!(
            found.first().map(String::as_str),
            Some(expected),
            "{asked}: {found:?}"
        );
    }
}

#[tokio::test]
async fn scripts_without_spaces_are_found_by_parts() {
    let all = [
        component(
            "pay-cn",
            Some("统一支付网关平台"),
            "负责结算和微信支付的服务",
            &[],
            "payers",
        ),
        component(
            "pay-jp",
            Some("決済ゲートウェイ"),
            "東京都の支払いサービス",
            &[],
            "payers",
        ),
        component(
            "pay-kr",
            Some("결제게이트웨이"),
            "간편결제 서비스입니다",
            &[],
            "payers",
        ),
    ];
    let world = World::with(&all.concat()).await;
    for (asked, expected) in [
        ("支付", "component:default/pay-cn"),
        ("网关", "component:default/pay-cn"),
        ("平台", "component:default/pay-cn"),
        ("台", "component:default/pay-cn"),
        ("结算", "component:default/pay-cn"),
        ("微信支付", "component:default/pay-cn"),
        ("微信 服务", "component:default/pay-cn"),
        ("\"支付网关\"", "component:default/pay-cn"),
        ("決済", "component:default/pay-jp"),
        ("東京", "component:default/pay-jp"),
        ("支払い", "component:default/pay-jp"),
        ("サービス", "component:default/pay-jp"),
        ("게이트", "component:default/pay-kr"),
        ("결제 서비스", "component:default/pay-kr"),
    ] {
        let found = world.found(asked).await;
        assert_eq!(found, [expected], "{asked}");
    }
}

#[tokio::test]
async fn no_text_is_an_error() {
    let world = world().await;
    let long = "x".repeat(10_000);
    for asked in [
        "",
        " ",
        "*",
        "[",
        "\"",
        "+-&&||!(){}^~?:\\/",
        "a:b:c",
        "🦀",
        &long,
        "\u{0}",
        "😀 payment AND NOT OR",
        "%",
    ] {
        let answer = world.ask(asking(asked)).await;
        assert!(answer.hits.len() <= 10, "{asked}");
    }
}

#[tokio::test]
async fn a_mistake_brings_a_suggestion() {
    let world = world().await;
    assert_eq!(
        world.ask(asking("paymnet")).await.suggestion.as_deref(),
        Some("payment")
    );
    assert_eq!(
        world.ask(asking("kuberntes agent")).await.suggestion.as_deref(),
        Some("kubernetes agent")
    );
    assert_eq!(world.ask(asking("payment")).await.suggestion, None);
}

#[tokio::test]
async fn conditions_restrict_and_pages_meet() {
    let world = world().await;
    let question = |field: &str, value: &str| Question {
        conditions: vec![Condition {
            field: field.to_owned(),
            values: vec![value.to_owned()],
        }],
        ..Question::default()
    };
    for (field, value, expected) in [
        ("kind", "user", 2),
        ("entity.owner", "group:default/books", 3),
        ("entity.tag", "JAVA", 1),
        ("lifecycle", "production", 10),
        ("nothing", "x", 0),
    ] {
        assert_eq!(
            world.ask(question(field, value)).await.total,
            expected,
            "{field}={value}"
        );
    }
    let mut all = Vec::new();
    for offset in (0..12).step_by(5) {
        let page = world
            .ask_as(question("type", "service"), &EVERYTHING, offset, 5)
            .await;
        assert_eq!(page.total, 10);
        all.extend(entities(&page));
    }
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 10);
}

/// A whole name is no mistake: nothing similar is added, on no page, and also where only the number is asked.
#[tokio::test]
async fn a_whole_name_finds_the_same_on_every_page() {
    let world = world().await;
    let whole = "payment-gateway";
    let named = world.ask(asking(whole)).await;
    assert_eq!(
        entities(&named).first().map(String::as_str),
        Some("component:default/payment-gateway")
    );
    for (offset, limit) in [(0, 0), (named.total, 5)] {
        let page = world.ask_as(asking(whole), &EVERYTHING, offset, limit).await;
        assert_eq!(page.total, named.total, "{offset} {limit}");
    }
}

#[tokio::test]
async fn what_may_not_be_seen_is_neither_found_nor_counted() {
    let world = world().await;
    let sight = Sight::only(browse::one_of("spec.owner", &["payers".to_owned()]));
    let answer = world.ask_as(asking("payment"), &sight, 0, 1).await;
    assert_eq!((answer.total, answer.hits.len()), (2, 1));
    assert_eq!(world.ask_as(asking("ledger"), &sight, 0, 10).await.total, 0);
}

#[tokio::test]
async fn own_and_starred_entities_come_first_among_equals() {
    let one = |name: &str, owner: &str| component(name, None, "", &[], owner);
    let world = World::with(&[one("svc-aa", "a"), one("svc-bb", "b"), one("svc-cc", "c")].concat()).await;
    let owned = Question {
        owners: vec!["group:default/b".to_owned()],
        ..asking("svc")
    };
    assert_eq!(entities(&world.ask(owned).await)[0], "component:default/svc-bb");
    let starred = Question {
        starred: vec!["component:default/svc-cc".to_owned()],
        ..asking("svc")
    };
    assert_eq!(entities(&world.ask(starred).await)[0], "component:default/svc-cc");
}

#[tokio::test]
async fn values_of_a_filter_are_counted_as_if_none_of_them_were_chosen() {
    let world = world().await;
    let condition = |field: &str, value: &str| Condition {
        field: field.to_owned(),
        values: vec![value.to_owned()],
    };
    let fields = &["entity.owner", "entity.tag"];
    let counted = |conditions| {
        let question = Question {
            conditions,
            ..asking("payment")
        };
        world.ask_counting(question, fields)
    };
    let all = counted(Vec::new()).await;
    assert!(all.facets[0].len() > 2, "{:?}", all.facets);
    let of_payers = counted(vec![condition("entity.owner", "group:default/payers")]).await;
    assert_eq!(of_payers.total, 2);
    assert_eq!(
        of_payers.facets[0], all.facets[0],
        "choosing another owner adds to the results"
    );
    assert_eq!(
        of_payers.facets[1],
        [("java".to_owned(), 1)],
        "others count the results"
    );
    let of_java = vec![
        condition("entity.owner", "group:default/payers"),
        condition("entity.tag", "java"),
    ];
    let of_java = counted(of_java).await;
    assert_eq!(of_java.total, 1);
    assert_eq!(of_java.facets[0], [("group:default/payers".to_owned(), 1)]);
}
