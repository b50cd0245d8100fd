//! A request that a person can paste into a shell.
//!
//! Values of the definition come between single quotes, in which a shell reads nothing.

use serde_json::Value;

use super::keys::plain;
use super::schema::{resolve, sample};

/// Longest body that is written out, in bytes.
const MAX_BODY: usize = 4_000;

/// The request of an operation; none for what others call, such as webhooks.
pub(super) fn of_openapi(root: &Value, item: &Value, place: &str, method: &str) -> Option<String> {
    let path = place.strip_prefix("/paths/")?;
    if path.contains('/') {
        return None;
    }
    let path = path.replace("~1", "/").replace("~0", "~");
    let described = item.get(method)?;
    let mut lines = Vec::new();
    let mut address = format!("{}{path}", server(root, item, described));
    let mut query = Vec::new();
    for parameter in parameters(root, item, described) {
        let name = parameter["name"].as_str().unwrap_or_default();
        let value = || value_of(root, parameter);
        match parameter["in"].as_str() {
            Some("path") if !example_of(parameter).is_null() => {
                address = address.replace(&format!("{{{name}}}"), &value());
            }
            Some("query") if parameter["required"] == true => {
                query.push(format!(
                    "{}={}",
                    ui::href::encode(name),
                    ui::href::encode(&value())
                ));
            }
            Some("header") if parameter["required"] == true => {
                lines.push(format!("-H {}", quoted(&format!("{name}: {}", value()))));
            }
            _ => {}
        }
    }
    lines.extend(credentials(root, described, &mut query));
    body(root, described, &mut lines);
    if !query.is_empty() {
        address = format!("{address}?{}", query.join("&"));
    }
    let verb = method.to_uppercase();
    let first = if verb == "GET" {
        "curl".to_owned()
    } else {
        format!("curl -X {verb}")
    };
    // Without `-g`, curl reads braces as lists.
    let first = if address.contains('{') {
        format!("{first} -g")
    } else {
        first
    };
    let mut all = vec![format!("{first} {}", quoted(&address))];
    all.extend(lines);
    Some(all.join(" \\\n  "))
}

fn parameters<'a>(root: &'a Value, item: &'a Value, described: &'a Value) -> Vec<&'a Value> {
    let lists = [&item["parameters"], &described["parameters"]];
    let all = lists.into_iter().filter_map(Value::as_array).flatten();
    all.map(|given| resolve(root, given, "").0).collect()
}

fn example_of(parameter: &Value) -> &Value {
    let schema = &parameter["schema"];
    [parameter, schema]
        .into_iter()
        .flat_map(|holder| ["example", "default"].map(|key| &holder[key]))
        .find(|value| !value.is_null())
        .unwrap_or(&Value::Null)
}

fn value_of(root: &Value, parameter: &Value) -> String {
    let given = example_of(parameter);
    if !given.is_null() {
        return plain(given);
    }
    let schema = if parameter["schema"].is_object() {
        &parameter["schema"]
    } else {
        parameter
    };
    plain(&sample(root, schema))
}

/// The first server, with the defaults of its variables.
fn server(root: &Value, item: &Value, described: &Value) -> String {
    let server = [described, item, root]
        .into_iter()
        .find_map(|holder| holder["servers"].get(0));
    let Some(server) = server else {
        return match root["host"].as_str() {
            Some(host) => {
                let scheme = root["schemes"][0].as_str().unwrap_or("https");
                format!(
                    "{scheme}://{host}{}",
                    root["basePath"].as_str().unwrap_or_default()
                )
                .trim_end_matches('/')
                .to_owned()
            }
            None => "https://HOST".to_owned(),
        };
    };
    let mut address = server["url"]
        .as_str()
        .unwrap_or_default()
        .trim_end_matches('/')
        .to_owned();
    for (name, variable) in server["variables"].as_object().into_iter().flatten() {
        if let Some(value) = variable["default"].as_str() {
            address = address.replace(&format!("{{{name}}}"), value);
        }
    }
    if address.starts_with('/') || address.is_empty() {
        format!("https://HOST{address}")
    } else {
        address
    }
}

/// How one says who one is, with names of variables in place of secrets. Some stand in the query.
fn credentials(root: &Value, described: &Value, query: &mut Vec<String>) -> Vec<String> {
    let needs = if described["security"].is_array() {
        &described["security"]
    } else {
        &root["security"]
    };
    let Some(first) = needs[0].as_object() else {
        return Vec::new();
    };
    let schemes = if root["components"].is_object() {
        &root["components"]["securitySchemes"]
    } else {
        &root["securityDefinitions"]
    };
    let mut lines = Vec::new();
    for name in first.keys() {
        let (scheme, _) = resolve(root, &schemes[name.as_str()], "");
        let text = |key: &str| scheme[key].as_str().unwrap_or_default();
        match (
            text("type"),
            text("scheme").to_ascii_lowercase().as_str(),
            text("in"),
        ) {
            ("basic", ..) | ("http", "basic", _) => lines.push("-u \"$USER:$PASSWORD\"".to_owned()),
            ("apiKey", _, "header") => {
                lines.push(format!(
                    "-H {}\"$API_KEY\"",
                    quoted(&format!("{}: ", text("name")))
                ));
            }
            ("apiKey", _, "cookie") => {
                lines.push(format!(
                    "-b {}\"$API_KEY\"",
                    quoted(&format!("{}=", text("name")))
                ));
            }
            ("apiKey", _, "query") => query.push(format!("{}=API_KEY", ui::href::encode(text("name")))),
            ("http" | "oauth2" | "openIdConnect", ..) => {
                lines.push("-H \"Authorization: Bearer $TOKEN\"".to_owned());
            }
            _ => {}
        }
    }
    lines
}

fn body(root: &Value, described: &Value, lines: &mut Vec<String>) {
    let (body, _) = resolve(root, &described["requestBody"], "");
    let content = body["content"].as_object().into_iter().flatten().next();
    if let Some((media_type, media)) = content {
        lines.push(format!("-H {}", quoted(&format!("Content-Type: {media_type}"))));
        lines.extend(data(&given(root, media)));
        return;
    }
    // Swagger 2 has it among the parameters.
    let listed = described["parameters"].as_array().into_iter().flatten();
    let mut listed = listed.map(|given| resolve(root, given, "").0);
    if let Some(body) = listed.find(|given| given["in"] == "body") {
        lines.push("-H 'Content-Type: application/json'".to_owned());
        lines.extend(data(&sample(root, &body["schema"])));
    }
}

/// The example of a media type, or one made of its schema.
fn given(root: &Value, media: &Value) -> Value {
    if !media["example"].is_null() {
        return media["example"].clone();
    }
    let named = media["examples"]
        .as_object()
        .and_then(|named| named.values().next());
    let value = named.map(|example| &resolve(root, example, "").0["value"]);
    match value.filter(|value| !value.is_null()) {
        Some(value) => value.clone(),
        None => sample(root, &media["schema"]),
    }
}

fn data(value: &Value) -> Option<String> {
    if value.is_null() {
        return None;
    }
    let text = match value {
        Value::String(text) => text.clone(),
        other => serde_json::to_string_pretty(other).unwrap_or_default(),
    };
    (text.len() <= MAX_BODY).then(|| format!("-d {}", quoted(&text)))
}

/// A question or change to a GraphQL server; `arguments` are names and types.
pub(super) fn of_graphql(verb: &str, name: &str, arguments: &[(String, String)], has_fields: bool) -> String {
    let list = |one: fn(&(String, String)) -> String| {
        let all: Vec<String> = arguments.iter().map(one).collect();
        if all.is_empty() {
            String::new()
        } else {
            format!("({})", all.join(", "))
        }
    };
    let declared = list(|(name, kind)| format!("${name}: {kind}"));
    let given = list(|(name, _)| format!("{name}: ${name}"));
    let fields = if has_fields { " { __typename }" } else { "" };
    let query = format!("{}{declared} {{ {name}{given}{fields} }}", verb.to_lowercase());
    let variables: serde_json::Map<String, Value> = arguments
        .iter()
        .map(|(name, _)| (name.clone(), Value::Null))
        .collect();
    let body = serde_json::json!({"query": query, "variables": variables}).to_string();
    format!(
        "curl -X POST 'https://HOST/graphql' \\\n  -H 'Content-Type: application/json' \\\n  -d {}",
        quoted(&body)
    )
}

/// A call of a method of a service.
pub(super) fn of_grpc(service: &str, method: &str, body: &Value) -> String {
    let body = body.to_string();
    format!("grpcurl -d {} \\\n  HOST:443 {service}/{method}", quoted(&body))
}

/// A word of a shell. A single quote ends it, stands for itself, and begins it anew.
pub(super) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_request_has_what_must_be_given() {
        let root = json!({
            "servers": [{"url": "https://{region}.example/v1/", "variables": {"region": {"default": "eu"}}}],
            "security": [{"key": []}],
            "components": {"securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}}},
            "paths": {"/orders/{id}": {"post": {
                "parameters": [
                    {"name": "dry", "in": "query", "required": true, "schema": {"type": "boolean"}},
                    {"name": "sort", "in": "query"}],
                "requestBody": {"content": {"application/json": {"schema": {"type": "object", "properties": {
                    "note": {"type": "string", "example": "it's $HOME"}, "id": {"readOnly": true}}}}}},
            }}},
        });
        let place = "/paths/~1orders~1{id}";
        let item = root.pointer(place).expect("the path");
        let text = of_openapi(&root, item, place, "post").expect("a request");
        assert_eq!(
            text,
            "curl -X POST -g 'https://eu.example/v1/orders/{id}?dry=true' \\\n  -H 'X-Key: '\"$API_KEY\" \\\n  \
             -H 'Content-Type: application/json' \\\n  -d '{\n  \"note\": \"it'\\''s $HOME\"\n}'"
        );
    }

    #[test]
    fn nobody_calls_a_webhook() {
        let root = json!({"webhooks": {"paid": {"post": {}}}});
        assert_eq!(
            of_openapi(&root, &root["webhooks"]["paid"], "/webhooks/paid", "post"),
            None
        );
    }
}
