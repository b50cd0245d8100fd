//! The answer to an introspection of a GraphQL server, written as a schema.

use std::fmt::Write;

use serde_json::Value;

/// Types within types, such as lists of lists.
const MAX_WRAPPED: usize = 12;

/// The schema that an answer tells of.
pub(super) fn written(answer: &Value) -> String {
    let schema = ["/data/__schema", "/__schema"]
        .iter()
        .find_map(|pointer| answer.pointer(pointer))
        .unwrap_or(&Value::Null);
    let mut text = String::new();
    text.push_str(&said(schema, ""));
    text.push_str("schema {");
    for (key, word) in [
        ("queryType", "query"),
        ("mutationType", "mutation"),
        ("subscriptionType", "subscription"),
    ] {
        if let Some(name) = schema[key]["name"].as_str() {
            let _ = write!(text, " {word}: {name}");
        }
    }
    text.push_str(" }\n");
    for kind in list(schema, "types") {
        // Those that every server has.
        if !name(kind).starts_with("__") && !is_built_in(name(kind)) {
            add_type(&mut text, kind);
        }
    }
    for directive in list(schema, "directives") {
        let places: Vec<&str> = list(directive, "locations").filter_map(Value::as_str).collect();
        let repeatable = if directive["isRepeatable"] == true {
            " repeatable"
        } else {
            ""
        };
        let _ = writeln!(
            text,
            "{}directive @{}{}{repeatable} on {}",
            said(directive, ""),
            name(directive),
            arguments(directive),
            places.join(" | ")
        );
    }
    text
}

fn list<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    value[key].as_array().into_iter().flatten()
}

fn name(value: &Value) -> &str {
    value["name"].as_str().unwrap_or_default()
}

fn is_built_in(name: &str) -> bool {
    matches!(name, "String" | "Int" | "Float" | "Boolean" | "ID")
}

fn said(value: &Value, indent: &str) -> String {
    match value["description"].as_str() {
        Some(text) if !text.is_empty() => {
            let text = text.replace("\"\"\"", "\\\"\"\"");
            format!("{indent}\"\"\"\n{indent}{text}\n{indent}\"\"\"\n{indent}")
        }
        _ => indent.to_owned(),
    }
}

fn deprecated(value: &Value) -> String {
    if value["isDeprecated"] != true {
        return String::new();
    }
    match value["deprecationReason"].as_str() {
        Some(reason) => format!(" @deprecated(reason: {})", Value::from(reason)),
        None => " @deprecated".to_owned(),
    }
}

fn add_type(text: &mut String, kind: &Value) {
    let word = match kind["kind"].as_str() {
        Some("OBJECT") => "type",
        Some("INTERFACE") => "interface",
        Some("UNION") => "union",
        Some("ENUM") => "enum",
        Some("INPUT_OBJECT") => "input",
        _ => "scalar",
    };
    let _ = write!(text, "{}{word} {}", said(kind, ""), name(kind));
    let interfaces: Vec<&str> = list(kind, "interfaces").map(name).collect();
    if !interfaces.is_empty() {
        let _ = write!(text, " implements {}", interfaces.join(" & "));
    }
    if kind["isOneOf"] == true {
        text.push_str(" @oneOf");
    }
    if let Some(address) = kind["specifiedByURL"].as_str() {
        let _ = write!(text, " @specifiedBy(url: {})", Value::from(address));
    }
    match word {
        "union" => {
            let members: Vec<&str> = list(kind, "possibleTypes").map(name).collect();
            let _ = write!(text, " = {}", members.join(" | "));
        }
        "type" | "interface" => block(text, list(kind, "fields"), |field| {
            let (arguments, kind) = (arguments(field), type_of(&field["type"], MAX_WRAPPED));
            format!("{}{arguments}: {kind}{}", name(field), deprecated(field))
        }),
        "enum" => block(text, list(kind, "enumValues"), |value| {
            format!("{}{}", name(value), deprecated(value))
        }),
        "input" => block(text, list(kind, "inputFields"), input),
        _ => {}
    }
    text.push('\n');
}

fn block<'a>(text: &mut String, items: impl Iterator<Item = &'a Value>, line: impl Fn(&Value) -> String) {
    let mut items = items.peekable();
    if items.peek().is_none() {
        return;
    }
    text.push_str(" {\n");
    for item in items {
        let _ = writeln!(text, "{}{}", said(item, "  "), line(item));
    }
    text.push('}');
}

fn input(value: &Value) -> String {
    let fallback = match value["defaultValue"].as_str() {
        Some(written) => format!(" = {written}"),
        None => String::new(),
    };
    let kind = type_of(&value["type"], MAX_WRAPPED);
    format!("{}: {kind}{fallback}{}", name(value), deprecated(value))
}

fn arguments(field: &Value) -> String {
    let all: Vec<String> = list(field, "args")
        .map(|argument| format!("{}{}", said(argument, "\n    "), input(argument)))
        .collect();
    if all.is_empty() {
        String::new()
    } else {
        format!("({})", all.join(", "))
    }
}

fn type_of(kind: &Value, left: usize) -> String {
    match kind["kind"].as_str() {
        Some("NON_NULL") if left > 0 => format!("{}!", type_of(&kind["ofType"], left - 1)),
        Some("LIST") if left > 0 => format!("[{}]", type_of(&kind["ofType"], left - 1)),
        _ => name(kind).to_owned(),
    }
}
