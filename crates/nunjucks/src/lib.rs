//! The `${{ }}` language of software templates: a closed subset of Nunjucks over values that behave as in JavaScript.
//!
//! A text is parsed once ([`Template::parse`]) and rendered with a context ([`Template::render`]). A template that is one
//! expression and nothing else gives the expression's own value; any other gives a text. Nothing outside of the context
//! and the given extensions can be reached, and work, depth and output are bounded ([`Limits`]).

#![allow(
    clippy::float_cmp,
    reason = "JavaScript compares numbers exactly, and so do templates"
)]

mod allowance;
mod error;
mod extensions;
mod filters;
mod interpreter;
mod lexer;
mod mentions;
mod methods;
mod number;
mod operators;
mod parser;
mod pattern;
mod statements;
mod syntax;
mod tests_of_values;
mod value;

pub use error::TemplateError;
pub use extensions::{Extension, Extensions};
pub use mentions::{Mention, Mentioned};

use std::cell::Cell;

use allowance::Allowance;
use serde_json::Value as Json;
use syntax::Node;

/// How a text is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// What begins an expression: `${{` or `{{`.
    pub variable_start: &'static str,
    /// A line break behind a statement is left out.
    pub trim_blocks: bool,
    /// Blanks between the beginning of a line and a statement are left out.
    pub lstrip_blocks: bool,
    /// `True`, `False` and `None` are known, as in templates of cookiecutter.
    pub has_python_words: bool,
    /// What a template may cost.
    pub limits: Limits,
}

/// What a template may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Steps of work: nodes that are evaluated, and pieces of texts that are made.
    pub fuel: u64,
    /// Nesting of expressions, statements and calls of macros.
    pub depth: usize,
    /// Bytes of the result.
    pub output: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            fuel: 10_000_000,
            depth: 150,
            output: 16 << 20,
        }
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            variable_start: "${{",
            trim_blocks: false,
            lstrip_blocks: false,
            has_python_words: false,
            limits: Limits::default(),
        }
    }
}

/// The names of the built-in filters.
pub fn filter_names() -> impl Iterator<Item = &'static str> {
    filters::NAMES.into_iter()
}

/// The names of what can follow `is`.
pub fn test_names() -> impl Iterator<Item = &'static str> {
    tests_of_values::NAMES.iter().map(|(name, _)| *name)
}

/// A text with other text for every place that is found, as `replaceAll` of JavaScript gives it: `$&`, `$1` and `$$` are
/// filled in. `find` is a text, or a pattern of ECMAScript. The result has at most so many bytes, and the work is that of a template.
pub fn replace_all(
    text: &str,
    find: &str,
    is_pattern: bool,
    with: &str,
    most: usize,
) -> Result<String, String> {
    let fuel = Cell::new(Limits::default().fuel);
    let allowance = Allowance {
        room: most,
        fuel: &fuel,
    };
    let program = is_pattern
        .then(|| pattern::Program::read(find, "g"))
        .transpose()?;
    methods::replace_all(text, program.as_ref(), find, with, allowance)
}

/// A text that was read.
#[derive(Debug, Clone)]
pub struct Template {
    nodes: Vec<Node>,
    options: Options,
}

impl Template {
    /// Reads a text.
    pub fn parse(text: &str, options: &Options) -> Result<Self, TemplateError> {
        let tokens = lexer::Lexer::new(text, options).tokens()?;
        let nodes = parser::Parser::new(tokens, options).template()?;
        Ok(Self {
            nodes,
            options: options.clone(),
        })
    }

    /// The value with a context, an object; nothing for `undefined`.
    pub fn render(&self, context: &Json, extensions: &Extensions) -> Result<Option<Json>, TemplateError> {
        let run = interpreter::Interpreter::new(context, extensions, &self.options);
        run.value_of(&self.nodes)
    }

    /// The text with a context; an expression that stands alone is printed.
    pub fn render_text(&self, context: &Json, extensions: &Extensions) -> Result<String, TemplateError> {
        interpreter::Interpreter::new(context, extensions, &self.options).text_of(&self.nodes)
    }

    /// Whether it is plain text, without expressions and statements.
    pub fn is_plain(&self) -> bool {
        self.nodes.iter().all(|node| matches!(node, Node::Text(_)))
    }

    /// Whether a part of it is always given as it is written, blanks aside: the result is a text that is not empty.
    pub fn has_text(&self) -> bool {
        let mut nodes = self.nodes.iter();
        nodes.any(|node| matches!(node, Node::Text(text) if !text.trim().is_empty()))
    }
}

/// Reads and renders a text with the usual options.
pub fn render(text: &str, context: &Json, extensions: &Extensions) -> Result<Option<Json>, TemplateError> {
    Template::parse(text, &Options::default())?.render(context, extensions)
}
