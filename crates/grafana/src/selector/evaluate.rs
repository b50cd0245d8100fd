//! What an expression says about a dashboard, by the rules and with the messages of the original.

use serde_json::{Map, Value};

use super::parse::Node;

/// What a dashboard has as the search lists it. Expressions that name anything else are no expressions.
pub(crate) const PROPERTIES: [&str; 17] = [
    "title",
    "tags",
    "url",
    "folderTitle",
    "folderUrl",
    "uid",
    "type",
    "isStarred",
    "id",
    "orgId",
    "uri",
    "slug",
    "folderId",
    "folderUid",
    "sortMeta",
    "isDeleted",
    "permanentlyDeleteDate",
];

/// A value while it is calculated with.
#[derive(Clone, Copy)]
enum Calculated<'a> {
    Text(&'a str),
    Number(f64),
    Bool(bool),
    Null,
    /// A list or an object, which is equal to itself alone.
    Thing(&'a Value),
}

/// Whether a dashboard passes: the expression gives true, and not something like it.
pub(crate) fn passes(node: &Node, dashboard: &Map<String, Value>) -> Result<bool, String> {
    Ok(matches!(calculate(node, dashboard)?, Calculated::Bool(true)))
}

/// The first thing in an expression that no dashboard could be asked.
pub(crate) fn refusal(node: &Node) -> Option<String> {
    match node {
        Node::Other(kind) => Some(format!("unknown node type {kind}")),
        Node::Identifier(name) if !PROPERTIES.contains(&name.as_str()) => {
            Some(format!("identifier {name} does not exist"))
        }
        Node::Unary("!", argument) => refusal(argument),
        Node::Unary(word, _) => Some(format!("unknown unary operator {word}")),
        Node::Binary("&&" | "||" | "==" | "!=" | "@>", left, right) => {
            refusal(left).or_else(|| refusal(right))
        }
        Node::Binary(word, ..) => Some(format!("unknown binary operator {word}")),
        _ => None,
    }
}

fn calculate<'a>(node: &'a Node, dashboard: &'a Map<String, Value>) -> Result<Calculated<'a>, String> {
    let side = |node: &'a Node| calculate(node, dashboard);
    Ok(match node {
        Node::Text(text) => Calculated::Text(text),
        Node::Number(number) => Calculated::Number(*number),
        Node::Bool(value) => Calculated::Bool(*value),
        Node::Null => Calculated::Null,
        Node::Identifier(name) => match dashboard.get(name) {
            Some(value) => Calculated::of(value),
            // Some dashboards lack some properties: that is no mistake of the expression.
            None if PROPERTIES.contains(&name.as_str()) => Calculated::Null,
            None => return Err(format!("identifier {name} does not exist")),
        },
        Node::Unary("!", argument) => Calculated::Bool(!side(argument)?.is_true()),
        Node::Binary("&&", left, right) => match side(left)? {
            left if left.is_true() => side(right)?,
            left => left,
        },
        Node::Binary("||", left, right) => match side(left)? {
            left if left.is_true() => left,
            _ => side(right)?,
        },
        Node::Binary("==", left, right) => Calculated::Bool(side(left)?.is_same(side(right)?)),
        Node::Binary("!=", left, right) => Calculated::Bool(!side(left)?.is_same(side(right)?)),
        Node::Binary("@>", left, right) => Calculated::Bool(contains(side(left)?, side(right)?)?),
        other => return Err(refusal(other).unwrap_or_default()),
    })
}

fn contains(list: Calculated<'_>, wanted: Calculated<'_>) -> Result<bool, String> {
    let Calculated::Thing(Value::Array(items)) = list else {
        return Err("@> operator can only be used on an array".to_owned());
    };
    Ok(items.iter().any(|item| Calculated::of(item).is_same(wanted)))
}

impl<'a> Calculated<'a> {
    fn of(value: &'a Value) -> Self {
        match value {
            Value::String(text) => Self::Text(text),
            Value::Number(number) => Self::Number(number.as_f64().unwrap_or(f64::NAN)),
            Value::Bool(value) => Self::Bool(*value),
            Value::Null => Self::Null,
            Value::Array(_) | Value::Object(_) => Self::Thing(value),
        }
    }

    fn is_true(self) -> bool {
        match self {
            Self::Text(text) => !text.is_empty(),
            Self::Number(number) => !(number.abs() < f64::MIN_POSITIVE || number.is_nan()),
            Self::Bool(value) => value,
            Self::Null => false,
            Self::Thing(_) => true,
        }
    }

    #[expect(clippy::float_cmp, reason = "the language compares numbers exactly")]
    fn is_same(self, other: Self) -> bool {
        match (self, other) {
            (Self::Text(one), Self::Text(other)) => one == other,
            (Self::Number(one), Self::Number(other)) => one == other,
            (Self::Bool(one), Self::Bool(other)) => one == other,
            (Self::Null, Self::Null) => true,
            (Self::Thing(one), Self::Thing(other)) => std::ptr::eq(one, other),
            _ => false,
        }
    }
}
