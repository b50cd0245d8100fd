//! Checks a tree against a schema: types with the original's conversions, required and unknown
//! keys, and which values are secret.

use std::collections::BTreeSet;

use model::{Fault, Problem};
use serde_json::{Map, Value};

use crate::config::context;
use crate::duration::HumanDuration;
use crate::json_path::dotted;
use crate::node::{Content, Node};
use crate::read::{missing, not_convertible, to_boolean, to_number, wrong_type};
use crate::schema::{alternatives, choices, schema, types};
use crate::{foreign, read, way_out};

/// The outcome.
#[derive(Debug, Default)]
pub(crate) struct Conformed {
    /// The value with texts converted to the numbers and booleans that the schema asks for.
    pub value: Value,
    /// What was found, each with the key that it is about.
    pub problems: Vec<(String, Problem)>,
    /// Paths of secrets.
    pub secrets: BTreeSet<Vec<String>>,
    /// Paths of values that the schema knows and that are no secrets.
    pub known: BTreeSet<Vec<String>>,
}

/// Who reads the keys, and so says what an unknown one is.
#[derive(Clone, Copy)]
pub(crate) enum Reader<'a> {
    /// This crate, for the portal.
    Portal,
    /// A plugin, whose documentation may have a page that lists the keys.
    Plugin { page: Option<&'a str> },
}

/// Checks a whole tree; `topmost` names the source of highest priority.
pub(crate) fn conform(tree: &Node, topmost: &str) -> Conformed {
    conform_below(tree, topmost, &[], schema(), Reader::Portal)
}

/// Checks what lies on a path of the tree, if anything does, against a schema of its own.
pub(crate) fn conform_below(
    tree: &Node,
    topmost: &str,
    path: &[String],
    schema: &Value,
    reader: Reader<'_>,
) -> Conformed {
    let Some(node) = tree.at(path) else {
        return Conformed::default();
    };
    let mut walk = Walk {
        tree,
        topmost,
        reader,
        path: path.to_owned(),
        found: Conformed::default(),
    };
    let value = walk.node(node, schema);
    Conformed { value, ..walk.found }
}

struct Walk<'a> {
    tree: &'a Node,
    topmost: &'a str,
    reader: Reader<'a>,
    path: Vec<String>,
    found: Conformed,
}

impl Walk<'_> {
    fn node(&mut self, node: &Node, schema: &Value) -> Value {
        if schema["visibility"] == "secret" {
            self.found.secrets.insert(self.path.clone());
        }
        if schema["format"] == "human-duration" {
            return self.duration(node);
        }
        match alternatives(schema)[..] {
            [only] if std::ptr::eq(only, schema) => self.typed(node, only),
            [only] => self.node(node, only),
            ref several => self.one_of(node, several),
        }
    }

    fn typed(&mut self, node: &Node, schema: &Value) -> Value {
        if let Some(choices) = choices(schema) {
            return self.choice(node, &choices);
        }
        match types(schema)[..] {
            ["object"] => self.object(node, schema),
            ["array"] => self.list(node, schema),
            ["boolean"] => self.scalar(node, "boolean", |value| to_boolean(value).map(Value::Bool)),
            ["integer"] => self.integer(node, schema),
            ["number"] => self.scalar(node, "number", |value| to_number(value).map(Value::from)),
            ["string"] => self.text(node, schema),
            _ => node.to_value(),
        }
    }

    /// Takes the first alternative that fits. When none does, the problems of the only one with the
    /// right shape are shown, or that no shape fits.
    fn one_of(&mut self, node: &Node, several: &[&Value]) -> Value {
        let mut failed = Vec::new();
        for schema in several {
            let mut walk = Walk {
                tree: self.tree,
                topmost: self.topmost,
                reader: self.reader,
                path: self.path.clone(),
                found: Conformed::default(),
            };
            let value = walk.node(node, schema);
            if !walk
                .found
                .problems
                .iter()
                .any(|(_, problem)| problem.severity == model::Severity::Error)
            {
                self.take(walk.found);
                return value;
            }
            failed.push((*schema, walk.found));
        }
        let shape = |schema: &Value| types(schema).contains(&shape_of(node));
        let mut fitting = failed.iter().filter(|(schema, _)| shape(schema));
        if let (Some((_, found)), None) = (fitting.next(), fitting.next()) {
            let problems = found.problems.clone();
            self.found.problems.extend(problems);
        } else {
            let wanted: Vec<&str> = several.iter().flat_map(|schema| types(schema)).collect();
            self.wrong_type(node, &wanted.join(" or "));
        }
        Value::Null
    }

    fn take(&mut self, found: Conformed) {
        self.found.problems.extend(found.problems);
        self.found.secrets.extend(found.secrets);
        self.found.known.extend(found.known);
    }

    fn object(&mut self, node: &Node, schema: &Value) -> Value {
        let Content::Object(entries) = &node.content else {
            return self.wrong_type(node, "object");
        };
        if is_free(schema) {
            return node.to_value();
        }
        let mut object = Map::new();
        for (key, child) in entries {
            let known = schema["properties"].get(key);
            let Some(child_schema) =
                known.or_else(|| schema.get("additionalProperties").filter(|any| any.is_object()))
            else {
                self.unknown(key, child, schema);
                continue;
            };
            self.path.push(key.clone());
            let value = self.node(child, child_schema);
            self.path.pop();
            object.insert(key.clone(), value);
        }
        for required in schema["required"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
        {
            if node.child(required).is_none() {
                self.path.push(required.to_owned());
                let fault = missing(&dotted(&self.path), &node.origin.source.context);
                self.fail(node, fault, way_out::MISSING);
                self.path.pop();
            }
        }
        Value::Object(object)
    }

    fn list(&mut self, node: &Node, schema: &Value) -> Value {
        let items_schema = &schema["items"];
        let items_type = alternatives(items_schema)
            .first()
            .and_then(|one| types(one).first().copied());
        let wanted = if items_type == Some("object") {
            "object-array"
        } else {
            "string-array"
        };
        let Content::List(items) = &node.content else {
            return self.wrong_type(node, wanted);
        };
        let mut list = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            self.path.push(index.to_string());
            let before = self.found.problems.len();
            list.push(self.node(item, items_schema));
            self.name_list_type(before, wanted);
            self.path.pop();
        }
        Value::Array(list)
    }

    /// In lists of texts the original says `string-array` where the item is at fault.
    fn name_list_type(&mut self, before: usize, wanted: &str) {
        let own_key = format!("key '{}' ", dotted(&self.path));
        for (_, problem) in &mut self.found.problems[before..] {
            let message = &mut problem.fault.message;
            let plain = wanted.trim_end_matches("-array");
            if message.contains(&own_key) && message.ends_with(&format!("wanted {plain}")) {
                message.push_str("-array");
            }
        }
    }

    fn text(&mut self, node: &Node, schema: &Value) -> Value {
        let Content::Scalar(Value::String(text)) = &node.content else {
            return self.wrong_type(node, "string");
        };
        if text.is_empty() {
            return self.wrong_type(node, "string");
        }
        if schema["visibility"] == "secret" {
            self.found.secrets.insert(self.path.clone());
        }
        self.leaf(Value::String(text.clone()))
    }

    fn choice(&mut self, node: &Node, choices: &[&str]) -> Value {
        let Content::Scalar(Value::String(text)) = &node.content else {
            return self.wrong_type(node, "string");
        };
        if choices.contains(&text.as_str()) {
            return self.leaf(Value::String(text.clone()));
        }
        let (key, context) = (dotted(&self.path), &node.origin.source.context);
        let listed = choices.join(", ");
        let message = format!(
            "Invalid value '{text}' in config for key '{key}' in '{context}', wanted one of {listed}"
        );
        let meant = crate::suggest::suggest(text, choices.iter().copied());
        let hint = meant.map_or_else(
            || "Write one of these words.".to_owned(),
            |choice| format!("Did you mean '{choice}'?"),
        );
        self.fail(node, Fault::input(message), hint)
    }

    fn scalar(&mut self, node: &Node, wanted: &str, convert: impl Fn(&Value) -> Option<Value>) -> Value {
        let value = match &node.content {
            Content::Scalar(value @ (Value::Number(_) | Value::String(_))) => value,
            Content::Scalar(value @ Value::Bool(_)) if wanted == "boolean" => value,
            _ => return self.wrong_type(node, wanted),
        };
        match convert(value) {
            Some(value) => self.leaf(value),
            None => self.fail(
                node,
                not_convertible(&dotted(&self.path), &node.origin.source.context, wanted),
                way_out::of_type(wanted, &Value::Null),
            ),
        }
    }

    fn integer(&mut self, node: &Node, schema: &Value) -> Value {
        let number = self.scalar(node, "number", |value| to_number(value).map(Value::from));
        let Some(number) = number.as_f64() else {
            return Value::Null;
        };
        let bound = |name: &str, default: f64| schema[name].as_f64().unwrap_or(default);
        let (least, most) = (bound("minimum", -9e15), bound("maximum", 9e15));
        if number.fract() == 0.0 && (least..=most).contains(&number) {
            #[expect(
                clippy::cast_possible_truncation,
                reason = "whole and within ±9e15, checked above"
            )]
            return Value::from(number as i64);
        }
        let key = dotted(&self.path);
        let context = &node.origin.source.context;
        let range = if most < 9e15 {
            format!("from {least} to {most}")
        } else {
            format!("of at least {least}")
        };
        let fault = Fault::input(format!(
            "Invalid value {number} in config for key '{key}' in '{context}', wanted a whole number {range}"
        ));
        self.fail(node, fault, "Write a number of this range.")
    }

    fn duration(&mut self, node: &Node) -> Value {
        let value = node.to_value();
        match HumanDuration::read(&value, &dotted(&self.path)) {
            Ok(_) => {
                self.known_below(node);
                value
            }
            Err(fault) => self.fail(node, fault, way_out::DURATION),
        }
    }

    fn known_below(&mut self, node: &Node) {
        self.found.known.insert(self.path.clone());
        if let Content::Object(entries) = &node.content {
            for (key, _) in entries {
                let path = self.path.iter().cloned().chain([key.clone()]).collect();
                self.found.known.insert(path);
            }
        }
    }

    fn leaf(&mut self, value: Value) -> Value {
        self.found.known.insert(self.path.clone());
        value
    }

    fn wrong_type(&mut self, node: &Node, wanted: &str) -> Value {
        let key = dotted(&self.path);
        let context = context(self.tree, &self.path, self.topmost);
        let value = node.to_value();
        let hint = way_out::of_type(wanted, &value);
        self.fail(node, wrong_type(&key, &context, &value, wanted), hint)
    }

    fn fail(&mut self, node: &Node, fault: Fault, hint: impl Into<String>) -> Value {
        let problem = Problem::error(fault).at(node.origin.place()).hint(hint);
        self.found.problems.push((dotted(&self.path), problem));
        Value::Null
    }

    fn unknown(&mut self, key: &str, node: &Node, schema: &Value) {
        let path: Vec<String> = self.path.iter().cloned().chain([key.to_owned()]).collect();
        let siblings = schema["properties"]
            .as_object()
            .into_iter()
            .flat_map(Map::keys)
            .map(String::as_str);
        let problem = match (&node.content, self.reader) {
            // Each entry belongs to somebody else.
            (Content::Object(entries), Reader::Portal) if foreign::is_family(&path) => {
                let reports = entries.iter().filter_map(|(key, entry)| {
                    let path: Vec<String> = path.iter().cloned().chain([key.clone()]).collect();
                    let problem = foreign::report(&path, entry, std::iter::empty())?;
                    Some((dotted(&path), problem))
                });
                self.found.problems.extend(reports);
                return;
            }
            (_, Reader::Portal) => foreign::report(&path, node, siblings),
            (_, Reader::Plugin { page }) => foreign::without_effect(&path, node, siblings, page),
        };
        self.found
            .problems
            .extend(problem.map(|problem| (dotted(&path), problem)));
    }
}

/// Whether an object may have any keys.
fn is_free(schema: &Value) -> bool {
    schema.get("properties").is_none() && schema.get("additionalProperties").is_none()
}

/// The JSON schema word for what a node looks like.
fn shape_of(node: &Node) -> &'static str {
    match &node.content {
        Content::Object(_) => "object",
        Content::List(_) => "array",
        Content::Scalar(Value::String(_)) => "string",
        Content::Scalar(value) => read::type_of(value),
    }
}
