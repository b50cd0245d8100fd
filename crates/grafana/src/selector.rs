//! Which dashboards and alerts belong to an entity: the languages of the annotations.
//!
//! `grafana/dashboard-selector` is a word (a tag), an expression of the original's language, pairs of labels and values, or
//! any other text (a tag). What the original shows as an error, and what is neither pairs nor a plain tag, stays one, with the
//! original's words and a way out.

pub(crate) mod evaluate;
pub(crate) mod labels;
pub(crate) mod parse;

use serde_json::{Map, Value, json};

use labels::Pair;
use parse::Node;

/// Longest selector that is read, in bytes.
const LONGEST: usize = 4_000;

/// Which dashboards belong to an entity.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Selector {
    /// Those with a tag.
    Tag(String),
    /// Those that an expression is true for.
    Expression(Node),
    /// Those that have all of the labels, as tags or as variables.
    Labels(Vec<Pair>),
}

/// A selector that says nothing, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BrokenSelector {
    /// The selector.
    pub(crate) text: String,
    /// What is wrong, in the original's words.
    pub(crate) message: String,
    /// Where, in UTF-16 units from the beginning.
    pub(crate) at: Option<usize>,
    /// What to write instead.
    pub(crate) instead: String,
}

impl Selector {
    /// Reads a selector.
    pub(crate) fn parse(text: &str) -> Result<Self, BrokenSelector> {
        let text = text.trim();
        let is_word = |text: &str| {
            text.bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
        };
        if text.len() > LONGEST {
            return Err(BrokenSelector {
                text: text.chars().take(80).collect(),
                message: format!("the selector has more than {LONGEST} bytes"),
                at: None,
                instead: "Give the dashboards a tag of their own, and name that tag.".to_owned(),
            });
        }
        if text.is_empty() || is_word(text) {
            return Ok(Self::Tag(text.to_owned()));
        }
        let (message, at) = match parse::parse(text) {
            Ok(node) => match evaluate::refusal(&node) {
                None => return Ok(Self::Expression(node)),
                Some(message) => (message, None),
            },
            Err(error) => (error.message, Some(error.at)),
        };
        if let Some(pairs) = labels::pairs(text) {
            return Ok(Self::Labels(pairs));
        }
        if !looks_like_expression(text) {
            return Ok(Self::Tag(text.to_owned()));
        }
        Err(broken(text, message, at))
    }

    /// What belongs to a dashboard that search has listed; without its variables.
    pub(crate) fn passes(&self, dashboard: &Map<String, Value>) -> Result<bool, String> {
        match self {
            Self::Tag(tag) => Ok(tags(dashboard).contains(&tag.as_str())),
            Self::Expression(node) => evaluate::passes(node, dashboard),
            Self::Labels(pairs) => {
                let tags = tags(dashboard);
                let labels = dashboard.get("labels").and_then(Value::as_object);
                let fits = |pair: &Pair| pair.fits_dashboard(&tags, labels);
                Ok(pairs.iter().all(fits))
            }
        }
    }

    /// What is wrong with an expression whatever the dashboards are: where there is none, nothing would be noticed.
    pub(crate) fn try_out(&self) -> Result<(), String> {
        let example = json!({
            "title": "", "tags": [], "url": "", "folderTitle": "", "folderUrl": "", "uid": "", "type": "dash-db",
            "isStarred": false, "id": 1, "uri": "",
        });
        let example = example.as_object().cloned().unwrap_or_default();
        self.passes(&example).map(drop)
    }

    /// The tags that were looked for, to be named where nothing was found.
    pub(crate) fn tags(&self) -> Vec<String> {
        match self {
            Self::Tag(tag) => vec![tag.clone()],
            Self::Expression(node) => texts(node),
            Self::Labels(pairs) => pairs
                .iter()
                .filter(|pair| !pair.is_not)
                .flat_map(Pair::tags)
                .collect(),
        }
    }

    /// The pairs, where it is pairs.
    pub(crate) fn pairs(&self) -> &[Pair] {
        match self {
            Self::Labels(pairs) => pairs,
            _ => &[],
        }
    }
}

/// The tags of a dashboard.
pub(crate) fn tags(dashboard: &Map<String, Value>) -> Vec<&str> {
    let tags = dashboard.get("tags").and_then(Value::as_array);
    tags.into_iter().flatten().filter_map(Value::as_str).collect()
}

/// The texts that an expression compares with.
fn texts(node: &Node) -> Vec<String> {
    match node {
        Node::Text(text) => vec![text.clone()],
        Node::Unary(_, one) => texts(one),
        Node::Binary(_, left, right) => [texts(left), texts(right)].concat(),
        _ => Vec::new(),
    }
}

/// Whether a text has a sign that tags seldom have and expressions always.
fn looks_like_expression(text: &str) -> bool {
    text.contains(['\'', '"', '(', ')', '[', ']', '<', '>', '!', '?', '&', '|']) || text.contains("==")
}

/// The error for a text that is meant as an expression.
pub(crate) fn broken(text: &str, message: String, at: Option<usize>) -> BrokenSelector {
    BrokenSelector {
        text: text.to_owned(),
        instead: instead(text, &message),
        message,
        at,
    }
}

/// What to write instead.
fn instead(text: &str, message: &str) -> String {
    if message.starts_with("Unexpected \"=\"") {
        let doubled = text
            .replace("==", "\u{0}")
            .replace("!=", "\u{1}")
            .replace('=', "==");
        let doubled = doubled.replace('\u{0}', "==").replace('\u{1}', "!=");
        return format!("Expressions compare with two signs: {doubled}");
    }
    if let Some(name) = message
        .strip_prefix("identifier ")
        .and_then(|rest| rest.strip_suffix(" does not exist"))
    {
        let quoted = ["@> ", "== ", "!= "]
            .into_iter()
            .find(|sign| text.contains(&format!("{sign}{name}")));
        return match quoted {
            Some(sign) => format!("Put quotes around the text: {}", text.replace(&format!("{sign}{name}"), &format!("{sign}'{name}'"))),
            None => "Dashboards have: title, tags, url, folderTitle, folderUrl, uid, type, isStarred. Texts stand in quotes.".to_owned(),
        };
    }
    let advice = match message {
        "@> operator can only be used on an array" => {
            "Only tags is a list: tags @> 'a-tag'. Compare others with ==, for example title == 'Orders'."
        }
        _ if message.starts_with("unknown binary operator")
            || message.starts_with("unknown unary operator") =>
        {
            "The operators are ==, !=, @> (a list has), &&, ||, ! and parentheses."
        }
        _ if message.starts_with("Unclosed quote") => "Close the quote.",
        _ if message.starts_with("Unclosed (") => "Close the parenthesis.",
        _ if message.starts_with("Expected expression after") => {
            "Something has to follow the operator, a text in quotes for example."
        }
        "unknown node type Compound" | "unknown node type SequenceExpression" => {
            "Join conditions with && or ||: tags @> 'orders' && tags @> 'slo'."
        }
        _ => {
            "Write a tag (orders), labels (app=orders), or an expression such as tags @> 'orders' && folderTitle == 'Services'."
        }
    };
    advice.to_owned()
}

/// Which alerts belong to an entity: those that fit all pairs of one of these.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct AlertSelector {
    /// Sets of pairs.
    pub(crate) any: Vec<Vec<Pair>>,
}

impl AlertSelector {
    /// Reads `grafana/alert-label-selector`: pairs with commas between them, of which one has to fit.
    pub(crate) fn parse(text: &str) -> Result<Self, BrokenSelector> {
        let pairs = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        let pairs: Option<Vec<Pair>> = pairs
            .map(|part| {
                let (label, value) = part.split_once('=')?;
                let (label, value) = (label.trim(), value.trim());
                (!label.is_empty() && !value.is_empty()).then(|| Pair::equal(label, value))
            })
            .collect();
        match pairs {
            Some(pairs) if !pairs.is_empty() => Ok(Self {
                any: pairs.into_iter().map(|pair| vec![pair]).collect(),
            }),
            _ => Err(BrokenSelector {
                text: text.to_owned(),
                message: "The selector names no label and value".to_owned(),
                at: None,
                instead: "Write label=value, several with commas between them: app=orders,team=shop. A rule that has one of them belongs to the entity.".to_owned(),
            }),
        }
    }

    /// The alerts that belong to a selector of dashboards: those with all its labels.
    pub(crate) fn of_dashboards(selector: &Selector) -> Option<Self> {
        let pairs = selector.pairs();
        let says_what = pairs.iter().any(|pair| !pair.is_not);
        says_what.then(|| Self {
            any: vec![pairs.to_vec()],
        })
    }
}

#[cfg(test)]
mod tests;
