//! `GET /entities`: filters, fields, order and paging.

use super::Portal;

const COMPONENTS: &str = "filter=kind=component";

#[tokio::test]
async fn filters_are_exact_and_ignore_case() {
    let portal = Portal::start().await;
    let check = async |filter: &str, expected: &str| {
        let line = format!("GET /entities?{filter}&order=asc:metadata.name");
        assert_eq!(portal.names(&line).await, expected, "{filter}");
    };
    check("filter=KIND=Api", "pay").await;
    check("filter=kind=api,kind=system", "pay shop").await;
    check("filter=kind=api&filter=kind=group", "pay team-a").await;
    check("filter=kind=component,spec.type=service", "Alpha ops/delta gamma").await;
    check("filter=kind=component,spec.type=servic", "").await;
    check("filter=metadata.tags=JAVA", "Alpha").await;
    check("filter=metadata.tags.go", "Alpha").await;
    check("filter=metadata.annotations.example.com/a.b=x+y", "Alpha").await;
    check("filter=relations.dependson=component:default/gamma", "beta").await;
    check("filter=relations.dependson=gamma", "").await;
    check("filter=spec.rank=10", "beta").await;
    check("filter=spec.flag=TRUE", "gamma").await;
    check("filter=spec.list.k=2", "Alpha").await;
    check("filter=spec.list", "").await;
    // A null and a value of more than 200 characters have a row without value.
    check("filter=spec.nothing", "gamma").await;
    check("filter=spec.nothing=null", "").await;
    check("filter=spec.long", "ops/delta").await;
    // Values win over mere existence; a comma always separates.
    check("filter=spec.rank,spec.rank=9", "gamma").await;
    check("filter=spec.type=a,b", "").await;
    check("filter=metadata.title=", "").await;
    check(&format!("{COMPONENTS},metadata.title&filter=,"), "Alpha gamma").await;
    check("filter=+kind+=+group+", "team-a").await;
    check("filter[]=kind=group", "team-a").await;
    let all = "Alpha beta ops/delta gamma generated";
    let named = portal
        .names("GET /entities?order=asc:metadata.name&filter=kind=component&filter=kind=location")
        .await;
    let named = named.split("generated").next().unwrap().to_owned() + "generated";
    assert_eq!(named, all);
}

#[tokio::test]
async fn wrong_parameters_are_refused_with_the_words_of_the_original() {
    let portal = Portal::start().await;
    let check =
        async |query: &str, expected: &str| portal.check(&format!("GET /entities?{query}"), expected).await;
    check("foo=1", "400 Unknown query parameter 'foo'").await;
    check("limit=x", "400 request/query/limit must be integer").await;
    check("limit=-1", "400 request/query/limit must be >= 0").await;
    check("limit=0", "400 Invalid limit, must be greater than zero").await;
    check("limit=", "400 Empty value found for query parameter 'limit'").await;
    check("filter[a]=x", "400 request/query/filter/0 must be string").await;
    let statement =
        "400 Invalid filter, '=x' is not a valid statement (expected a string on the form a=b or a= or a)";
    check("filter==x", statement).await;
    check(
        "fields=metadata.tags[0]",
        "400 Invalid field \"metadata.tags[0]\", array type fields are not supported",
    )
    .await;
    let order = "400 Invalid order parameter \"up:x\", expected \"<asc or desc>:<field name>\"";
    check("order=up:x", order).await;
    check("after=zzz", "400 Malformed after cursor, could not be parsed").await;
    // {"limit":2,"offset":"x"}
    let after = "eyJsaW1pdCI6Miwib2Zmc2V0IjoieCJ9";
    check(
        &format!("after={after}"),
        "400 Malformed after cursor, offset was not a number",
    )
    .await;
}

#[tokio::test]
async fn fields_keep_dotted_keys_together() {
    let portal = Portal::start().await;
    let check = async |fields: &str, expected: &str| {
        let line = format!("GET /entities?filter=metadata.name=alpha&fields={fields}");
        portal.check(&line, &format!("200 {expected}")).await;
    };
    check("kind", r#"[{"kind":"Component"}]"#).await;
    check(
        "+kind+,,spec.type",
        r#"[{"kind":"Component","spec":{"type":"service"}}]"#,
    )
    .await;
    check(
        "kind&fields=metadata.title",
        r#"[{"kind":"Component","metadata":{"title":"Zed"}}]"#,
    )
    .await;
    let annotation = r#"[{"metadata":{"annotations":{"example.com/a.b":"x y"}}}]"#;
    check("metadata.annotations.example.com/a.b", annotation).await;
    check("metadata.tags", r#"[{"metadata":{"tags":["go","java"]}}]"#).await;
    check("Kind,spec.nope,metadata.name.x", "[{}]").await;
}

#[tokio::test]
async fn whole_lists_leave_out_what_lacks_the_field_and_pages_put_it_last() {
    let portal = Portal::start().await;
    let check = async |query: &str, expected: &str| {
        let line = format!("GET /entities?{COMPONENTS}&{query}");
        assert_eq!(portal.names(&line).await, expected, "{query}");
    };
    check("order=asc:metadata.title", "gamma Alpha").await;
    check("order=desc:spec.rank", "gamma ops/delta beta").await;
    check(
        "order=asc:spec.rank&order=desc:metadata.name",
        "beta ops/delta gamma",
    )
    .await;
    check("order=asc:spec.rank&limit=3", "beta ops/delta gamma").await;
    check("order=desc:spec.rank&limit=3", "gamma ops/delta beta").await;
    let page = portal
        .names(&format!(
            "GET /entities?{COMPONENTS}&order=desc:metadata.title&limit=5"
        ))
        .await;
    assert!(page.starts_with("Alpha gamma "), "{page}");
    assert_eq!(page.split(' ').count(), 5, "{page}");
    // Only pages take the field as it is written.
    check("order=asc:metadata.Title", "gamma Alpha").await;
    // Without an order, pages go by reference.
    check("limit=3", "Alpha beta gamma").await;
    check("limit=2&offset=2", "gamma with-comma").await;
    check("limit=9&offset=99", "").await;
}

#[tokio::test]
async fn pages_are_linked_by_the_address_that_was_asked_for() {
    let portal = Portal::start().await;
    let line =
        "GET /entities?limit=2&offset=1&filter=kind=component,kind=api&order=asc:metadata.name&fields=kind";
    let answer = portal.ask(line).await;
    // base64 of {"limit":2,"offset":3}
    let link = "</entities?limit=2&filter=kind%3Dcomponent%2Ckind%3Dapi&order=asc%3Ametadata.name&fields=kind\
                &after=eyJsaW1pdCI6Miwib2Zmc2V0IjozfQ%3D%3D>; rel=\"next\"";
    assert_eq!(answer.header("link"), Some(link));
    let next =
        "GET /entities?after=eyJsaW1pdCI6Miwib2Zmc2V0IjozfQ%3D%3D&limit=99&filter=kind=component&fields=kind";
    let answer = portal.ask(next).await;
    assert_eq!(answer.json().as_array().unwrap().len(), 2);
    assert_eq!(answer.header("link"), None);
    let all = portal.ask("GET /entities?filter=kind=component").await;
    assert_eq!(all.header("link"), None);
}

#[tokio::test]
async fn only_answers_of_our_own_making_have_a_tag() {
    let portal = Portal::start().await;
    let check = async |query: &str, tagged: bool| {
        let answer = portal.ask(&format!("GET /entities?{query}")).await;
        assert_eq!(answer.header("etag").is_some(), tagged, "{query}");
        assert_eq!(
            answer.header("content-type"),
            Some("application/json; charset=utf-8")
        );
    };
    check("filter=kind=api", false).await;
    check("filter=kind=api&fields=kind", false).await;
    check("filter=kind=nope", true).await;
    check("filter=kind=api&limit=1", false).await;
    check("filter=kind=api&limit=1&fields=kind", true).await;
    let line = "GET /entities?filter=kind=api&limit=1&fields=kind";
    let etag = portal.ask(line).await.header("etag").unwrap().to_owned();
    let again = portal.send(line, None, &[("if-none-match", &etag)]).await;
    assert_eq!((again.status, again.text.as_str()), (304, ""));
}

#[tokio::test]
async fn routes_ignore_case_and_a_last_slash() {
    let portal = Portal::start().await;
    for line in [
        "GET /ENTITIES?filter=kind=api&fields=kind",
        "GET /entities/?filter=kind=api&fields=kind",
    ] {
        portal.check(line, r#"200 [{"kind":"API"}]"#).await;
    }
    portal.check("GET /nope", "404").await;
    portal.check("PATCH /entities", "404").await;
    portal
        .check("GET /entities/by-name/%ZZ/a/b", "400 malformed uri'")
        .await;
}
