//! Pickers ask the catalog's index for a page of choices, with and without a script, and take only what is there.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::world::World;

/// More people than a page or an answer may hold.
const PEOPLE: usize = 240;

fn template() -> Value {
    json!({
        "apiVersion": "scaffolder.backstage.io/v1beta3", "kind": "Template", "metadata": {"name": "pick"},
        "spec": {"type": "service", "steps": [], "parameters": [{"title": "Who", "required": ["owner"], "properties": {
            "owner": {"title": "Owner", "type": "string", "ui:field": "OwnerPicker"},
            "team": {"title": "Team", "type": "string", "ui:field": "OwnerPicker", "ui:options": {"catalogFilter": {"kind": "Group"}}},
            "thing": {"title": "Thing", "type": "string", "ui:field": "EntityPicker", "ui:options": {"allowArbitraryValues": false}},
        }}]},
    })
}

async fn world() -> World {
    let person = |number: usize| {
        json!({
            "apiVersion": "backstage.io/v1alpha1", "kind": "User", "metadata": {"name": format!("person-{number:03}")},
            "spec": {"memberOf": [], "profile": {"displayName": format!("Person {number}")}},
        })
    };
    let mut entities: Vec<Value> = (0..PEOPLE).map(person).collect();
    entities.push(json!({
        "apiVersion": "backstage.io/v1alpha1", "kind": "Group", "metadata": {"name": "crew", "title": "The crew"},
        "spec": {"type": "team", "children": []},
    }));
    entities.push(json!({
        "apiVersion": "backstage.io/v1alpha1", "kind": "Component", "metadata": {"name": "shop", "tags": ["go", "grpc"]},
        "spec": {"type": "service", "lifecycle": "production", "owner": "crew"},
    }));
    entities.push(template());
    World::with_entities(&entities).await
}

async fn call(world: &World, request: Request<String>) -> (StatusCode, String) {
    let mut request = request.map(Body::from);
    request.extensions_mut().insert(model::Viewer::guest());
    let permissions = web::Permissions::new(None, scaffolder::ID);
    request.extensions_mut().insert(permissions);
    let answer = world.router().oneshot(request).await.unwrap();
    let status = answer.status();
    let body = axum::body::to_bytes(answer.into_body(), 1 << 22).await.unwrap();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

async fn get(world: &World, path: &str) -> (StatusCode, String) {
    call(world, Request::get(path).body(String::new()).unwrap()).await
}

async fn send(world: &World, body: &str) -> String {
    let request = Request::post("/create/templates/default/pick")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(body.to_owned());
    call(world, request.unwrap()).await.1
}

async fn choices(world: &World, query: &str) -> Value {
    let (status, body) = get(world, &format!("/create/choices?{query}")).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    serde_json::from_str(&body).unwrap()
}

#[tokio::test]
async fn a_picker_answers_a_page_of_what_has_the_text_in_its_name_or_title() {
    let world = world().await;
    let owners = "field=OwnerPicker&filter=%7B%22kind%22%3A%5B%22Group%22%2C%22User%22%5D%7D";
    let all = choices(&world, owners).await;
    assert_eq!(
        (all["choices"].as_array().unwrap().len(), &all["more"]),
        (20, &json!(true))
    );
    for text in ["Person 217", "person-217", "user:default/person-217"] {
        let found = choices(&world, &format!("{owners}&text={}", text.replace(' ', "+"))).await;
        let expected = json!({"value": "user:default/person-217", "label": "Person 217 (user:person-217)"});
        assert_eq!(found, json!({"choices": [expected], "more": false}), "{text}");
    }
    let none = choices(&world, &format!("{owners}&text=zebra")).await;
    assert_eq!(none, json!({"choices": [], "more": false}));
    let tags = choices(
        &world,
        "field=EntityTagsPicker&filter=%5B%22Component%22%5D&text=gr",
    )
    .await;
    assert_eq!(tags["choices"], json!([{"value": "grpc", "label": "grpc (1)"}]));
    assert_eq!(
        get(&world, "/create/choices?text=a").await.0,
        StatusCode::BAD_REQUEST
    );
}

#[tokio::test]
async fn a_form_brings_the_first_choices_and_never_all() {
    let world = world().await;
    let (status, page) = get(&world, "/create/templates/default/pick").await;
    assert_eq!(status, StatusCode::OK, "{page}");
    // At most 50 for each of two fields.
    let people = page.matches("value=\"user:default/person-").count();
    assert!((90..=100).contains(&people), "{people}: {page}");
    assert!(
        page.contains("data-choices=\"/create/choices?field=OwnerPicker"),
        "{page}"
    );
    // Few are listed to choose from.
    assert!(
        page.contains("<option value=\"group:default/crew\">The crew (group:crew)</option>"),
        "{page}"
    );
}

#[tokio::test]
async fn a_typed_reference_is_checked_against_the_catalog() {
    let world = world().await;
    let told = |page: &str| -> Vec<String> {
        let errors = page.split("class=\"field-error\"").skip(1);
        errors
            .map(|rest| {
                rest.split("<span>")
                    .nth(1)
                    .unwrap()
                    .split("</span>")
                    .next()
                    .unwrap()
                    .to_owned()
            })
            .collect()
    };
    let page = send(&world, "go=next&%2Fowner=nobody&%2Fteam=").await;
    assert_eq!(told(&page), ["The catalog has no group:default/nobody."]);
    assert!(page.contains("value=\"group:default/nobody\""), "{page}");
    let page = send(&world, "go=next&%2Fowner=crew&%2Fteam=user%3Aperson-001").await;
    assert_eq!(
        told(&page),
        ["user:default/person-001 is not among those that can be chosen here."]
    );
    let page = send(&world, "go=next&%2Fowner=crew&%2Fteam=&%2Fthing=shop").await;
    assert_eq!(told(&page), ["shop names no entity: write kind:namespace/name."]);
    let page = send(&world, "go=next&%2Fowner=crew&%2Fteam=").await;
    assert!(
        page.contains(">Review</h2>") && page.contains("group:default/crew"),
        "{page}"
    );
}
