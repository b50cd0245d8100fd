//! From tokens to the nodes of a template.

use std::sync::Arc;

use crate::error::TemplateError;
use crate::lexer::{Token, shared};
use crate::parser::Parser;
use crate::syntax::{Loop, Macro, Node};

type Nodes = Result<Vec<Node>, TemplateError>;

impl Parser<'_> {
    /// The whole template.
    pub(crate) fn template(mut self) -> Nodes {
        let (nodes, end) = self.nodes(&[])?;
        match end {
            None => Ok(nodes),
            Some(word) => Err(self.error(format!("Unknown block tag: {word}"))),
        }
    }

    /// Nodes up to a statement of one of these words, which is read up to behind its word; the word.
    fn nodes(&mut self, ends: &[&str]) -> Result<(Vec<Node>, Option<String>), TemplateError> {
        let mut nodes = Vec::new();
        while let Some((token, at)) = self.next() {
            match token {
                Token::Data(text) => nodes.push(Node::Text(shared(&text))),
                Token::VariableStart => {
                    nodes.push(Node::Output(self.expression()?));
                    self.end_of(&Token::VariableEnd)?;
                }
                Token::BlockStart => {
                    let word = self.name()?;
                    if ends.contains(&word.as_str()) {
                        return Ok((nodes, Some(word)));
                    }
                    nodes.push(self.nested(|parser| parser.statement(&word))?);
                }
                other => return Err(self.unexpected(Some((other, at)))),
            }
        }
        if ends.is_empty() {
            return Ok((nodes, None));
        }
        Err(self.error(format!("Expected {}, got end of input", ends.join(" or "))))
    }

    /// The body of a statement up to its end, which is read whole.
    fn body(&mut self, end: &str) -> Nodes {
        let (nodes, _) = self.nodes(&[end])?;
        if let Some((Token::Symbol(_), _)) = self.peek() {
            // `{% endblock name %}`
            self.next();
        }
        self.end_of(&Token::BlockEnd)?;
        Ok(nodes)
    }

    fn end_of(&mut self, end: &Token) -> Result<(), TemplateError> {
        match self.next() {
            Some((token, _)) if token == *end => Ok(()),
            other => Err(self.unexpected(other)),
        }
    }

    fn statement(&mut self, word: &str) -> Result<Node, TemplateError> {
        match word {
            "if" | "elif" | "elseif" => self.conditional(),
            "for" => self.repetition(),
            "set" => self.assignment(),
            "macro" => {
                let name = self.name()?;
                Ok(Node::Macro(Arc::new(self.macro_of(name, "endmacro")?)))
            }
            "call" => self.call(),
            "filter" => {
                let (name, arguments, at) = self.filter()?;
                self.end_of(&Token::BlockEnd)?;
                Ok(Node::Filter(name, arguments, self.body("endfilter")?, at))
            }
            "switch" => self.switch(),
            "block" => {
                self.name()?;
                self.end_of(&Token::BlockEnd)?;
                Ok(Node::Block(self.body("endblock")?))
            }
            "include" | "import" | "from" | "extends" => Err(self.error(format!(
                "The tag {word} is not supported: a template cannot read other files"
            ))),
            _ => Err(self.error(format!("Unknown block tag: {word}"))),
        }
    }

    fn conditional(&mut self) -> Result<Node, TemplateError> {
        let (mut branches, mut otherwise) = (Vec::new(), Vec::new());
        let mut condition = Some(self.expression()?);
        loop {
            self.end_of(&Token::BlockEnd)?;
            let (nodes, end) = self.nodes(&["elif", "elseif", "else", "endif"])?;
            match condition.take() {
                Some(condition) => branches.push((condition, nodes)),
                None => otherwise = nodes,
            }
            match end.as_deref() {
                Some("elif" | "elseif") => condition = Some(self.expression()?),
                Some("else") => {}
                _ => break,
            }
        }
        self.end_of(&Token::BlockEnd)?;
        Ok(Node::If(branches, otherwise))
    }

    fn repetition(&mut self) -> Result<Node, TemplateError> {
        let mut names = vec![self.name()?];
        while self.skip_sign(",") {
            names.push(self.name()?);
        }
        if !self.skip_word("in") {
            return Err(self.error("Expected in"));
        }
        let list = self.expression()?;
        self.end_of(&Token::BlockEnd)?;
        let (body, end) = self.nodes(&["else", "endfor"])?;
        let otherwise = if end.as_deref() == Some("else") {
            self.end_of(&Token::BlockEnd)?;
            self.nodes(&["endfor"])?.0
        } else {
            Vec::new()
        };
        self.end_of(&Token::BlockEnd)?;
        Ok(Node::For(Arc::new(Loop {
            names,
            list,
            body,
            otherwise,
        })))
    }

    fn assignment(&mut self) -> Result<Node, TemplateError> {
        let mut names = vec![self.name()?];
        while self.skip_sign(",") {
            names.push(self.name()?);
        }
        if self.skip_sign("=") {
            let value = self.expression()?;
            self.end_of(&Token::BlockEnd)?;
            return Ok(Node::Set(names, value));
        }
        self.end_of(&Token::BlockEnd)?;
        Ok(Node::SetBlock(names, self.body("endset")?))
    }

    /// Parameters and body of a macro.
    fn macro_of(&mut self, name: String, end: &str) -> Result<Macro, TemplateError> {
        let mut parameters = Vec::new();
        self.expect_sign("(")?;
        while !self.skip_sign(")") {
            if !parameters.is_empty() {
                self.expect_sign(",")?;
            }
            let name = self.name()?;
            let default = if self.skip_sign("=") {
                Some(self.expression()?)
            } else {
                None
            };
            parameters.push((name, default));
        }
        self.end_of(&Token::BlockEnd)?;
        let body = self.body(end)?;
        Ok(Macro {
            name,
            parameters,
            body,
        })
    }

    fn call(&mut self) -> Result<Node, TemplateError> {
        let caller = "caller".to_owned();
        let has_parameters = matches!(self.peek(), Some((Token::Sign("("), _)));
        let mut parameters = Vec::new();
        if has_parameters {
            self.next();
            while !self.skip_sign(")") {
                if !parameters.is_empty() {
                    self.expect_sign(",")?;
                }
                parameters.push((self.name()?, None));
            }
        }
        let call = self.expression()?;
        self.end_of(&Token::BlockEnd)?;
        let body = self.body("endcall")?;
        let body = Macro {
            name: caller,
            parameters,
            body,
        };
        Ok(Node::Call(call, Arc::new(body)))
    }

    fn switch(&mut self) -> Result<Node, TemplateError> {
        let ends = ["case", "default", "endswitch"];
        let value = self.expression()?;
        self.end_of(&Token::BlockEnd)?;
        let (mut cases, mut otherwise) = (Vec::new(), Vec::new());
        let (_, mut end) = self.nodes(&ends)?;
        while let Some(word) = end.filter(|word| word != "endswitch") {
            let case = if word == "case" {
                Some(self.expression()?)
            } else {
                None
            };
            self.end_of(&Token::BlockEnd)?;
            let (nodes, next) = self.nodes(&ends)?;
            match case {
                Some(case) => cases.push((case, nodes)),
                None => otherwise = nodes,
            }
            end = next;
        }
        self.end_of(&Token::BlockEnd)?;
        Ok(Node::Switch(value, cases, otherwise))
    }
}
