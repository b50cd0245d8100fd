//! `http:backstage:request`: a call of the portal's own API in the name of the task's person.
//!
//! The call passes the gate that every call passes, as the person is at this moment: with its groups, and with no more
//! rights than a click would have.

use async_trait::async_trait;
use axum::body::{Body, to_bytes};
use catalog::Catalog;
use http::header::{ACCEPT_ENCODING, AUTHORIZATION, COOKIE};
use http::{Request, Uri};
use model::Fault;
use plugin::{Action, ActionContext, ActionExample, ActionSchema};
use serde_json::{Value, json};
use url::Url;
use web::Inward;

use super::super::flag;
use super::{LARGEST, Reply, Wanted, schema, with_parameters};

/// Below this path lies the API.
const API: &str = "/api/";

pub(in crate::actions) struct PortalRequest {
    pub(in crate::actions) catalog: Catalog,
    pub(in crate::actions) inward: Inward,
}

#[async_trait]
impl Action for PortalRequest {
    fn id(&self) -> &'static str {
        "http:backstage:request"
    }

    fn description(&self) -> &'static str {
        "Sends a HTTP request to the Backstage API, with the rights of the user who triggers the task."
    }

    fn schema(&self) -> ActionSchema {
        let mut schema = schema((
            "path",
            "The url path you want to query: the plugin's name and what follows, for example /catalog/entities",
        ));
        schema.input["properties"]["useBackstageToken"] =
            flag("Has no effect: the request has the rights of the person in any case");
        schema
    }

    fn examples(&self) -> Vec<ActionExample> {
        vec![ActionExample {
            description: "Look whether a component is there".to_owned(),
            input: json!({
                "method": "GET",
                "path": "/catalog/entities/by-name/component/default/${{ parameters.name }}",
                "continueOnBadResponse": true,
            }),
        }]
    }

    fn has_dry_run(&self) -> bool {
        true
    }

    async fn run(&self, context: ActionContext) -> Result<Value, Fault> {
        let path = context.input["path"].as_str().unwrap_or_default();
        let wanted = Wanted::read(&context, path)?;
        let uri = address(path, &context.input["params"])?;
        if let Some(settled) = wanted.settled(&context) {
            return Ok(settled);
        }
        if context.dry_run && !self.inward.is_served() {
            context
                .log
                .info("There is no portal to call here; a reply without content is taken for its answer");
            return Ok(json!({"code": 200, "headers": {}, "body": {}}));
        }
        let reply = tokio::select! {
            reply = tokio::time::timeout(wanted.time, self.send(&context, &wanted, uri)) => reply,
            () = context.stop.cancelled() => return Err(Fault::error("The request was ended")),
        };
        let reply = reply.map_err(|_| {
            Fault::error(format!(
                "Request was aborted as it took longer than {} seconds",
                wanted.time.as_secs_f64()
            ))
        })?;
        wanted.output(&context, &reply?).await
    }
}

impl PortalRequest {
    async fn send(&self, context: &ActionContext, wanted: &Wanted, uri: Uri) -> Result<Reply, Fault> {
        let viewer = auth::viewer_of(&self.catalog, &context.actor).await?;
        let mut request = Request::new(Body::from(wanted.body.clone()));
        *request.method_mut() = wanted.method.clone();
        *request.uri_mut() = uri;
        *request.headers_mut() = wanted.headers.clone();
        request.headers_mut().remove(ACCEPT_ENCODING);
        for name in [AUTHORIZATION, COOKIE] {
            if request.headers_mut().remove(&name).is_some() {
                context.log.warning(format!(
                    "The header {name} is left out: the request has the rights of {}",
                    viewer.reference()
                ));
            }
        }
        let (head, body) = self.inward.call(viewer, request).await?.into_parts();
        let bytes = to_bytes(body, LARGEST).await.map_err(|error| {
            Fault::error(format!(
                "Could not get response: {error}. It may have {LARGEST} bytes"
            ))
        })?;
        Ok(Reply {
            status: head.status,
            headers: head.headers,
            bytes: bytes.into(),
        })
    }
}

/// Where a path of the input lies in the portal: below the API. One that names the API already stays as it is.
fn address(path: &str, parameters: &Value) -> Result<Uri, Fault> {
    let refused = || {
        Fault::input(format!(
            "{path:?} is no path of the portal's API. It begins with a plugin's name, for example /catalog/entities"
        ))
    };
    let below = path.trim_start_matches('/');
    let below = below.strip_prefix("api/").unwrap_or(below);
    if below.is_empty() || path.starts_with("//") || path.contains("://") && !below.contains('?') {
        return Err(refused());
    }
    let url = Url::parse(&format!("http://portal{API}{below}")).map_err(|_| refused())?;
    let url = with_parameters(url, parameters);
    if !url.path().starts_with(API) {
        return Err(refused());
    }
    let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
    format!("{}{query}", url.path()).parse().map_err(|_| refused())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_below_the_api() {
        let check = |path: &str, parameters: Value, expected: &str| {
            assert_eq!(
                address(path, &parameters).unwrap().to_string(),
                expected,
                "{path}"
            );
        };
        check("/catalog/entities", json!({}), "/api/catalog/entities");
        check("catalog/entities", Value::Null, "/api/catalog/entities");
        check(
            "/api/catalog/entity-facets",
            json!({"facet": "kind"}),
            "/api/catalog/entity-facets?facet=kind",
        );
        check(
            "/catalog/entities?filter=kind=a b",
            json!({"limit": 5, "of": ["a", "b"]}),
            "/api/catalog/entities?filter=kind=a%20b&limit=5&of=a%2Cb",
        );
        check(
            "/catalog/entities?filter=spec.target=https://x/y",
            Value::Null,
            "/api/catalog/entities?filter=spec.target=https://x/y",
        );
        for path in [
            "",
            "/",
            "//evil.example/x",
            "https://evil.example/x",
            "/../settings",
            "/a/../../metrics",
            "/api/%2e%2e/x",
        ] {
            assert!(address(path, &Value::Null).is_err(), "{path}");
        }
    }
}
