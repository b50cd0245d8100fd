//! From tokens to the nodes of a template.

use std::sync::Arc;

use crate::error::{Position, TemplateError, unknown};
use crate::lexer::{Placed, Token, shared};
use crate::parser::Parser;
use crate::syntax::{Loop, Macro, Node, What};

type Nodes = Result<Vec<Node>, TemplateError>;

/// Words that go on with a statement or end it.
const CONTINUING: [&str; 12] = [
    "else",
    "elif",
    "elseif",
    "case",
    "default",
    "endif",
    "endfor",
    "endmacro",
    "endcall",
    "endfilter",
    "endset",
    "endswitch",
];
/// Words that begin a statement.
const OPENING: [&str; 8] = ["if", "for", "set", "macro", "call", "filter", "switch", "block"];
/// Statements of the original's engine that would read other templates.
const LOADING: [&str; 4] = ["include", "import", "from", "extends"];

/// A statement that has a body.
#[derive(Clone, Copy)]
struct Opened<'w> {
    /// Where its tag begins.
    at: Position,
    /// The words that may follow its body; the last one ends it.
    ends: &'w [&'w str],
}

/// The word that follows a body, and where its tag begins.
type End = (String, Position);

impl Parser<'_> {
    /// The whole template.
    pub(crate) fn template(mut self) -> Nodes {
        let mut nodes = Vec::new();
        while let Some(next) = self.next() {
            if let Some((word, at)) = self.node(next, None, &mut nodes)? {
                return Err(at.error(format!("Unknown template tag \"{word}\"")));
            }
        }
        Ok(nodes)
    }

    /// The nodes of a body, and what follows it. The word is read, the rest of its tag is not.
    fn body(&mut self, opened: Opened<'_>) -> Result<(Vec<Node>, End), TemplateError> {
        let mut nodes = Vec::new();
        while let Some(next) = self.next() {
            if let Some(end) = self.node(next, Some(opened), &mut nodes)? {
                return Ok((nodes, end));
            }
        }
        let end = opened.ends.last().copied().unwrap_or_default();
        Err(opened.at.error(format!("Missing {end} tag")))
    }

    /// The body of a statement that only its end follows, and whose end is read whole.
    fn only_body(&mut self, at: Position, end: &str) -> Nodes {
        let (nodes, end) = self.body(Opened { at, ends: &[end] })?;
        self.end_alone(&end)?;
        Ok(nodes)
    }

    /// One node, or the word that ends what is open.
    fn node(
        &mut self,
        (token, at): Placed,
        opened: Option<Opened<'_>>,
        nodes: &mut Vec<Node>,
    ) -> Result<Option<End>, TemplateError> {
        match token {
            Token::Data(text) => nodes.push(Node::Text(shared(&text))),
            Token::VariableStart => {
                let value = self.expression()?;
                self.end_of(&Token::VariableEnd)?;
                nodes.push(Node::Output(value, at));
            }
            Token::BlockStart => {
                let Some((Token::Symbol(word), _)) = self.next() else {
                    return Err(at.error("Template block tag cannot be empty"));
                };
                if opened.is_some_and(|opened| opened.ends.contains(&word.as_str())) {
                    return Ok(Some((word, at)));
                }
                if CONTINUING.contains(&word.as_str()) {
                    return Err(misplaced(&word, at, opened));
                }
                nodes.push(self.nested(|parser| parser.statement(&word, at))?);
            }
            other => return Err(self.unexpected(Some((other, at)))),
        }
        Ok(None)
    }

    fn end_of(&mut self, end: &Token) -> Result<(), TemplateError> {
        match self.next() {
            Some((token, _)) if token == *end => Ok(()),
            other => Err(self.expected("eof", other)),
        }
    }

    /// The end of a tag that is one word.
    fn end_alone(&mut self, (word, at): &End) -> Result<(), TemplateError> {
        match self.next() {
            Some((Token::BlockEnd, _)) => Ok(()),
            _ => Err(at.error(format!("{word} tag does not accept trailing content"))),
        }
    }

    fn statement(&mut self, word: &str, at: Position) -> Result<Node, TemplateError> {
        match word {
            "if" => self.conditional(at),
            "for" => self.repetition(at),
            "set" => self.assignment(at),
            "macro" => self.definition(at),
            "call" => self.call(at),
            "filter" => {
                let (name, arguments, filter_at) = self.filter()?;
                self.end_of(&Token::BlockEnd)?;
                let body = self.only_body(at, "endfilter")?;
                Ok(Node::Filter(name, arguments, body, filter_at))
            }
            "switch" => self.switch(at),
            "block" => self.block(at),
            "raw" | "verbatim" => Err(at.error(format!("{word} tag does not accept trailing content"))),
            word if LOADING.contains(&word) => {
                Err(at.error(format!("Unsupported template-loading tag \"{word}\"")))
            }
            _ => Err(at.error(unknown("tag", word, OPENING.into_iter()))),
        }
    }

    fn conditional(&mut self, at: Position) -> Result<Node, TemplateError> {
        let (mut branches, mut otherwise) = (Vec::new(), Vec::new());
        let mut condition = Some(self.expression()?);
        self.end_of(&Token::BlockEnd)?;
        loop {
            let ends: &[&str] = match condition {
                Some(_) => &["elif", "elseif", "else", "endif"],
                None => &["endif"],
            };
            let (nodes, end) = self.body(Opened { at, ends })?;
            match condition.take() {
                Some(condition) => branches.push((condition, nodes)),
                None => otherwise = nodes,
            }
            match end.0.as_str() {
                "elif" | "elseif" => {
                    condition = Some(self.expression()?);
                    self.end_of(&Token::BlockEnd)?;
                }
                "else" => self.end_alone(&end)?,
                _ => {
                    self.end_alone(&end)?;
                    return Ok(Node::If(branches, otherwise));
                }
            }
        }
    }

    /// The tokens of a tag that are still to come, its end included. They are to come again.
    fn rest_of_tag(&mut self) -> Vec<Placed> {
        let mut rest = Vec::new();
        while let Some(next) = self.next() {
            let is_end = next.0 == Token::BlockEnd;
            rest.push(next);
            if is_end {
                break;
            }
        }
        rest.iter().rev().for_each(|token| self.give_back(token.clone()));
        rest
    }

    /// Names with commas between them, before a word or sign that the tag must have.
    fn names_before(&mut self, stop: &Token, rest: &[Placed]) -> Result<Vec<String>, TemplateError> {
        let end = rest.last().map_or_else(Position::default, |(_, at)| *at);
        let mut behind = end;
        let mut names = Vec::new();
        loop {
            if self.peek().is_some_and(|(token, _)| token == stop) {
                return Err(behind.error("Expected name, received end of input"));
            }
            names.push(self.name()?);
            behind = self.here();
            behind.column += 1;
            if !self.skip_sign(",") {
                return Ok(names);
            }
        }
    }

    fn repetition(&mut self, at: Position) -> Result<Node, TemplateError> {
        let word = Token::Symbol("in".to_owned());
        let rest = self.rest_of_tag();
        if !rest.iter().any(|(token, _)| *token == word) {
            return Err(at.error("For tag requires an in expression"));
        }
        let names = self.names_before(&word, &rest)?;
        if !self.skip_word("in") {
            let next = self.next();
            return Err(self.expected("eof", next));
        }
        let list = self.expression()?;
        self.end_of(&Token::BlockEnd)?;
        let (body, mut end) = self.body(Opened {
            at,
            ends: &["else", "endfor"],
        })?;
        let mut otherwise = Vec::new();
        if end.0 == "else" {
            self.end_alone(&end)?;
            (otherwise, end) = self.body(Opened {
                at,
                ends: &["endfor"],
            })?;
        }
        self.end_alone(&end)?;
        Ok(Node::For(Arc::new(Loop {
            names,
            list,
            body,
            otherwise,
        })))
    }

    fn assignment(&mut self, at: Position) -> Result<Node, TemplateError> {
        let rest = self.rest_of_tag();
        let names = self.names_before(&Token::Sign("="), &rest)?;
        if self.skip_sign("=") {
            let value = self.expression()?;
            self.end_of(&Token::BlockEnd)?;
            return Ok(Node::Set(names, value));
        }
        self.end_of(&Token::BlockEnd)?;
        Ok(Node::SetBlock(names, self.only_body(at, "endset")?))
    }

    fn definition(&mut self, at: Position) -> Result<Node, TemplateError> {
        let rest = self.rest_of_tag();
        let is_signature = matches!(
            rest.as_slice(),
            [
                (Token::Symbol(_), _),
                (Token::Sign("("), _),
                ..,
                (Token::Sign(")"), _),
                (Token::BlockEnd, _)
            ]
        );
        if !is_signature {
            return Err(at.error("Invalid macro signature"));
        }
        let name = self.name()?;
        let parameters = self.parameters()?;
        self.end_of(&Token::BlockEnd)?;
        let body = self.only_body(at, "endmacro")?;
        Ok(Node::Macro(Arc::new(Macro {
            name,
            parameters,
            body,
        })))
    }

    /// The parameters of a macro, with their brackets.
    fn parameters(&mut self) -> Result<Vec<(String, Option<crate::syntax::Expression>)>, TemplateError> {
        let mut parameters = Vec::new();
        self.expect_sign("(")?;
        while !self.skip_sign(")") {
            if !parameters.is_empty() {
                self.expect_sign(",")?;
            }
            let name = match self.next() {
                Some((Token::Symbol(name), _)) => name,
                Some((_, at)) => return Err(at.error("Formal parameters must be names")),
                None => return Err(self.unexpected(None)),
            };
            let default = if self.skip_sign("=") {
                Some(self.expression()?)
            } else {
                None
            };
            parameters.push((name, default));
        }
        Ok(parameters)
    }

    fn call(&mut self, at: Position) -> Result<Node, TemplateError> {
        let has_parameters = matches!(self.peek(), Some((Token::Sign("("), _)));
        let parameters = if has_parameters {
            self.parameters()?
        } else {
            Vec::new()
        };
        let call = self.expression()?;
        if !matches!(call.what, What::Call(..)) {
            return Err(at.error("Call block requires a function call"));
        }
        self.end_of(&Token::BlockEnd)?;
        let body = Macro {
            name: "caller".to_owned(),
            parameters,
            body: self.only_body(at, "endcall")?,
        };
        Ok(Node::Call(call, Arc::new(body), at))
    }

    fn switch(&mut self, at: Position) -> Result<Node, TemplateError> {
        let opened = Opened {
            at,
            ends: &["case", "default", "endswitch"],
        };
        let value = self.expression()?;
        self.end_of(&Token::BlockEnd)?;
        let (mut cases, mut otherwise) = (Vec::new(), Vec::new());
        let (before, mut end) = self.body(opened)?;
        let is_blank = |node: &Node| matches!(node, Node::Text(text) if text.trim().is_empty());
        if !before.iter().all(is_blank) {
            return Err(at.error("Switch content must begin with case or default"));
        }
        if end.0 == "endswitch" {
            return Err(at.error("Switch requires at least one case or default"));
        }
        while end.0 != "endswitch" {
            let case = if end.0 == "case" {
                let case = self.expression()?;
                self.end_of(&Token::BlockEnd)?;
                Some(case)
            } else {
                self.end_alone(&end)?;
                None
            };
            let (nodes, next) = self.body(opened)?;
            match case {
                Some(case) => cases.push((case, nodes)),
                None => otherwise = nodes,
            }
            end = next;
        }
        self.end_alone(&end)?;
        Ok(Node::Switch(value, cases, otherwise))
    }

    fn block(&mut self, at: Position) -> Result<Node, TemplateError> {
        let name = match self.next() {
            Some((Token::Symbol(name), _)) => name,
            other => return Err(self.unexpected(other)),
        };
        self.end_of(&Token::BlockEnd)?;
        if let Some(first) = self.declare(&name, at) {
            let Position { line, column } = first;
            return Err(at.error(format!(
                "Block \"{name}\" is declared more than once; the first declaration is at line {line}, column {column}"
            )));
        }
        let (nodes, (_, end_at)) = self.body(Opened {
            at,
            ends: &["endblock"],
        })?;
        if matches!(self.peek(), Some((Token::Symbol(_), _))) && self.name()? != name {
            return Err(end_at.error("Endblock name must match its opening block"));
        }
        self.end_of(&Token::BlockEnd)?;
        Ok(Node::Block(nodes))
    }
}

/// A word that goes on with a statement, where none does that it could belong to.
fn misplaced(word: &str, at: Position, opened: Option<Opened<'_>>) -> TemplateError {
    let Some(Opened { ends, .. }) = opened else {
        return at.error(format!(
            "Unexpected \"{word}\" tag without a matching opening tag"
        ));
    };
    let quoted = |words: &[&str]| {
        words
            .iter()
            .map(|word| format!("\"{word}\""))
            .collect::<Vec<_>>()
            .join(", ")
    };
    let expected = match ends {
        [] => String::new(),
        [only] => quoted(&[only]),
        [others @ .., last] => format!("{}, or \"{last}\"", quoted(others)),
    };
    at.error(format!("Unexpected \"{word}\" tag; expected {expected}"))
}
