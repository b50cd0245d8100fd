//! What a template uses of the world outside of it: names with the keys behind them, filters and functions. For those who
//! judge templates without rendering them.

use std::collections::BTreeSet;

use crate::error::{Position, unknown};
use crate::syntax::{Arguments, Expression, Macro, Node, Operator, What};
use crate::{Extensions, Template, filters};

/// Names that a template has without making them, besides those of its context.
const GIVEN: [&str; 4] = ["loop", "caller", "varargs", "kwargs"];
/// Functions of the language.
const FUNCTIONS: [&str; 3] = ["range", "cycler", "joiner"];

/// Something that a template uses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// What it is.
    pub what: Mentioned,
    /// The line in the template's text, from 1.
    pub line: u32,
    /// The column, from 1.
    pub column: u32,
    /// The template is prepared for nothing being there: it asks whether there is something, says what stands for it, goes
    /// through it as a list, or gets there only under a condition.
    pub is_guarded: bool,
}

/// What is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mentioned {
    /// A name of the context, and the keys behind it that are written out: `steps.fetch.output`.
    Value(Vec<String>),
    /// A filter.
    Filter(String),
    /// A function that is called by its name and that neither the language nor the template has.
    Function(String),
}

impl Template {
    /// All that it uses, statement by statement. Names that the template makes itself are not among it.
    pub fn mentions(&self) -> Vec<Mention> {
        let mut own: BTreeSet<String> = GIVEN.map(str::to_owned).into();
        made_by(&self.nodes, &mut own);
        let mut finder = Finder {
            own,
            conditions: 0,
            found: Vec::new(),
        };
        finder.nodes(&self.nodes);
        finder.found
    }

    /// Whether an expression of it calls one of these functions by its name.
    pub fn calls_any(&self, names: &[&str]) -> bool {
        let is_one = |mention: &Mention| match &mention.what {
            Mentioned::Function(name) => names.contains(&name.as_str()),
            _ => false,
        };
        self.mentions().iter().any(is_one)
    }

    /// What is to be said of a filter that there is not; nothing of one that there is.
    pub fn unknown_filter(&self, name: &str, extensions: &Extensions) -> Option<String> {
        let has_python_words = self.options.has_python_words;
        let is_there = |filter: &&str| *filter != filters::JSONIFY || has_python_words;
        let built_in = filters::NAMES.into_iter().filter(is_there);
        let mut known = built_in.chain(extensions.filters());
        if known.any(|known| known == name) {
            return None;
        }
        let built_in = filters::NAMES.into_iter().filter(is_there);
        Some(unknown("filter", name, built_in.chain(extensions.filters())))
    }
}

/// Names that statements of the template make.
fn made_by(nodes: &[Node], own: &mut BTreeSet<String>) {
    for node in nodes {
        match node {
            Node::Set(names, _) | Node::SetBlock(names, _) => own.extend(names.iter().cloned()),
            Node::For(one) => own.extend(one.names.iter().cloned()),
            Node::Macro(one) => {
                own.insert(one.name.clone());
                own.extend(one.parameters.iter().map(|(name, _)| name.clone()));
            }
            Node::Call(_, body, _) => own.extend(body.parameters.iter().map(|(name, _)| name.clone())),
            _ => {}
        }
        for body in bodies(node) {
            made_by(body, own);
        }
    }
}

/// The parts of a statement that are templates themselves.
fn bodies(node: &Node) -> Vec<&[Node]> {
    let mut all: Vec<&[Node]> = Vec::new();
    match node {
        Node::Text(_) | Node::Output(..) | Node::Set(..) => {}
        Node::If(branches, otherwise) | Node::Switch(_, branches, otherwise) => {
            all.extend(branches.iter().map(|(_, body)| body.as_slice()));
            all.push(otherwise);
        }
        Node::For(one) => all.extend([one.body.as_slice(), &one.otherwise]),
        Node::SetBlock(_, body) | Node::Filter(_, _, body, _) | Node::Block(body) => all.push(body),
        Node::Macro(one) | Node::Call(_, one, _) => all.push(&one.body),
    }
    all
}

struct Finder {
    own: BTreeSet<String>,
    /// How many conditions lie around the node at hand.
    conditions: usize,
    found: Vec<Mention>,
}

impl Finder {
    fn nodes(&mut self, nodes: &[Node]) {
        for node in nodes {
            self.node(node);
            let is_condition = usize::from(matches!(node, Node::If(..) | Node::Switch(..)));
            self.conditions += is_condition;
            for body in bodies(node) {
                self.nodes(body);
            }
            self.conditions -= is_condition;
        }
    }

    /// The expressions of a node itself.
    fn node(&mut self, node: &Node) {
        match node {
            Node::Text(_) | Node::SetBlock(..) | Node::Block(_) => {}
            Node::Output(value, _) | Node::Set(_, value) => self.expression(value, false),
            Node::If(branches, _) => {
                for (condition, _) in branches {
                    self.expression(condition, true);
                }
            }
            Node::Switch(value, cases, _) => {
                self.expression(value, true);
                for (case, _) in cases {
                    self.expression(case, false);
                }
            }
            Node::For(one) => self.expression(&one.list, true),
            Node::Macro(one) => self.defaults(one),
            Node::Call(value, body, _) => {
                self.defaults(body);
                self.expression(value, false);
            }
            Node::Filter(name, arguments, _, at) => {
                self.note(Mentioned::Filter(name.clone()), *at, false);
                self.arguments(arguments);
            }
        }
    }

    fn defaults(&mut self, one: &Macro) {
        for (_, value) in &one.parameters {
            if let Some(value) = value {
                self.expression(value, false);
            }
        }
    }

    fn arguments(&mut self, arguments: &Arguments) {
        let named = arguments.named.iter().map(|(_, value)| value);
        for value in arguments.list.iter().chain(named) {
            self.expression(value, false);
        }
    }

    fn expression(&mut self, expression: &Expression, is_guarded: bool) {
        if let Some((path, at)) = path_of(expression) {
            if !self.own.contains(&path[0]) {
                self.note(Mentioned::Value(path), at, is_guarded);
            }
            return self.keys(expression);
        }
        match &expression.what {
            What::Call(function, arguments) => self.call(function, arguments),
            What::Filter(name, value, arguments) => {
                let has_default = matches!(&**name, "default" | "d");
                self.expression(value, is_guarded || has_default);
                self.note(Mentioned::Filter(name.to_string()), expression.at, is_guarded);
                self.arguments(arguments);
            }
            What::Test(name, value, arguments) => {
                let asks = matches!(
                    &**name,
                    "defined" | "undefined" | "null" | "falsy" | "truthy" | "none"
                );
                self.expression(value, is_guarded || asks);
                self.arguments(arguments);
            }
            What::Array(list) | What::Group(list) => {
                for one in list {
                    self.expression(one, is_guarded);
                }
            }
            What::Object(entries) => {
                for (_, value) in entries {
                    self.expression(value, is_guarded);
                }
            }
            What::Member(object, key) => {
                self.expression(object, is_guarded);
                self.expression(key, false);
            }
            What::Slice(value, bounds) => {
                self.expression(value, is_guarded);
                for bound in bounds.iter().flatten() {
                    self.expression(bound, false);
                }
            }
            What::Not(value) => self.expression(value, true),
            What::Negative(value) | What::Positive(value) => self.expression(value, is_guarded),
            What::Binary(operator, left, right) => {
                self.expression(
                    left,
                    is_guarded || matches!(operator, Operator::Or | Operator::And),
                );
                self.expression(right, is_guarded);
            }
            What::InlineIf(value, condition, otherwise) => {
                self.expression(value, is_guarded);
                self.expression(condition, true);
                if let Some(otherwise) = otherwise {
                    self.expression(otherwise, is_guarded);
                }
            }
            What::Undefined
            | What::Null
            | What::Flag(_)
            | What::Number(_)
            | What::Text(_)
            | What::Regex(..)
            | What::Symbol(_) => {}
        }
    }

    fn call(&mut self, function: &Expression, arguments: &Arguments) {
        match &function.what {
            What::Symbol(name) if self.own.contains(&**name) || FUNCTIONS.contains(&&**name) => {}
            What::Symbol(name) => self.note(Mentioned::Function(name.to_string()), function.at, false),
            _ => self.expression(function, false),
        }
        self.arguments(arguments);
    }

    /// Keys in brackets that are no plain texts.
    fn keys(&mut self, expression: &Expression) {
        let What::Member(object, key) = &expression.what else {
            return;
        };
        self.keys(object);
        if !matches!(key.what, What::Text(_) | What::Number(_)) {
            self.expression(key, false);
        }
    }

    fn note(&mut self, what: Mentioned, at: Position, is_guarded: bool) {
        self.found.push(Mention {
            what,
            line: at.line,
            column: at.column,
            is_guarded: is_guarded || self.conditions > 0,
        });
    }
}

/// The name at the root of an expression with the keys behind it up to the first that is not written out, and where the name
/// stands.
fn path_of(expression: &Expression) -> Option<(Vec<String>, Position)> {
    let mut keys = Vec::new();
    let mut at = expression;
    while let What::Member(object, key) = &at.what {
        keys.push(match &key.what {
            What::Text(key) => Some(key.to_string()),
            _ => None,
        });
        at = object;
    }
    let What::Symbol(root) = &at.what else {
        return None;
    };
    let written = keys.into_iter().rev().map_while(|key| key);
    let path = std::iter::once(root.to_string()).chain(written);
    Some((path.collect(), at.at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Options;

    fn mentions(text: &str) -> Vec<String> {
        let template = Template::parse(text, &Options::default()).unwrap();
        let one = |mention: Mention| {
            let what = match mention.what {
                Mentioned::Value(path) => path.join("."),
                Mentioned::Filter(name) => format!("|{name}"),
                Mentioned::Function(name) => format!("{name}()"),
            };
            let guard = if mention.is_guarded { "?" } else { "" };
            format!("{}:{} {what}{guard}", mention.line, mention.column)
        };
        template.mentions().into_iter().map(one).collect()
    }

    #[test]
    fn names_filters_and_functions_are_found_with_their_places() {
        for (text, expected) in [
            ("${{ parameters.name }}", vec!["1:5 parameters.name"]),
            (
                "a\n${{ steps['fetch-base'].output.url | lower }}",
                vec!["2:5 steps.fetch-base.output.url", "2:38 |lower"],
            ),
            ("${{ a[b.c].d }}", vec!["1:5 a", "1:7 b.c"]),
            ("${{ now() }}", vec!["1:5 now()"]),
            ("${{ range(x) }}", vec!["1:11 x"]),
            ("${{ a.b or c }}", vec!["1:5 a.b?", "1:12 c"]),
            (
                "${{ a if b is defined else c }}",
                vec!["1:5 a", "1:10 b?", "1:28 c"],
            ),
            ("{% set x = a %}${{ x.y }}", vec!["1:12 a"]),
            (
                "{% for k in list %}${{ k }}${{ loop.index }}${{ z }}{% endfor %}",
                vec!["1:13 list?", "1:49 z"],
            ),
            ("{% if a %}${{ a }}{% endif %}", vec!["1:7 a?", "1:15 a?"]),
        ] {
            assert_eq!(mentions(text), expected, "{text}");
        }
    }
}
