//! The expression language of selectors: the part of JavaScript that the original's parser reads (jsep 1.4), with the same
//! messages and places of errors.

/// Deepest nesting that is read.
const DEEPEST: usize = 64;

/// A piece of an expression.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Node {
    Text(String),
    Number(f64),
    Bool(bool),
    Null,
    Identifier(String),
    Unary(&'static str, Box<Node>),
    Binary(&'static str, Box<Node>, Box<Node>),
    /// What the language has and selectors do not: the name of its type.
    Other(&'static str),
}

/// Why a text is no expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SyntaxError {
    /// The original's words, with the place.
    pub(crate) message: String,
    /// The place, in UTF-16 units from the beginning.
    pub(crate) at: usize,
}

type Parsed<T> = Result<T, SyntaxError>;

const UNARY: [&str; 4] = ["-", "!", "~", "+"];
/// Operators between two things, the longest first, with how tightly they bind.
const BINARY: [(&str, u8); 24] = [
    ("===", 6),
    ("!==", 6),
    (">>>", 8),
    ("||", 1),
    ("??", 1),
    ("&&", 2),
    ("==", 6),
    ("!=", 6),
    ("@>", 6),
    ("<=", 7),
    (">=", 7),
    ("<<", 8),
    (">>", 8),
    ("**", 11),
    ("|", 3),
    ("^", 4),
    ("&", 5),
    ("<", 7),
    (">", 7),
    ("+", 9),
    ("-", 9),
    ("*", 10),
    ("/", 10),
    ("%", 10),
];

/// Reads an expression.
pub(crate) fn parse(text: &str) -> Parsed<Node> {
    let mut parser = Parser {
        text: text.encode_utf16().collect(),
        at: 0,
        depth: 0,
    };
    let mut nodes = parser.expressions(None)?;
    Ok(match nodes.len() {
        1 => nodes.remove(0),
        _ => Node::Other("Compound"),
    })
}

struct Parser {
    text: Vec<u16>,
    at: usize,
    depth: usize,
}

impl Parser {
    fn code(&self) -> Option<u16> {
        self.text.get(self.at).copied()
    }

    fn is(&self, letter: char) -> bool {
        self.is_at(self.at, letter)
    }

    fn is_at(&self, at: usize, letter: char) -> bool {
        self.text
            .get(at)
            .is_some_and(|code| u32::from(*code) == u32::from(letter))
    }

    fn slice(&self, from: usize, to: usize) -> String {
        String::from_utf16_lossy(&self.text[from.min(self.text.len())..to.min(self.text.len())])
    }

    fn letter(&self) -> String {
        self.slice(self.at, self.at + 1)
    }

    fn fail<T>(&self, message: &str) -> Parsed<T> {
        Err(SyntaxError {
            message: format!("{message} at character {}", self.at),
            at: self.at,
        })
    }

    fn starts_with(&self, word: &str) -> bool {
        word.encode_utf16()
            .enumerate()
            .all(|(offset, code)| self.text.get(self.at + offset) == Some(&code))
    }

    fn spaces(&mut self) {
        while self.code().is_some_and(|code| matches!(code, 32 | 9 | 10 | 13)) {
            self.at += 1;
        }
    }

    fn expressions(&mut self, until: Option<char>) -> Parsed<Vec<Node>> {
        let mut nodes = Vec::new();
        while self.at < self.text.len() {
            if self.is(';') || self.is(',') {
                self.at += 1;
                continue;
            }
            let is_end = until.is_some_and(|until| self.is(until));
            match self.expression()? {
                Some(node) => nodes.push(node),
                None if self.at >= self.text.len() => {}
                None if is_end => break,
                None => return self.fail(&format!("Unexpected \"{}\"", self.letter())),
            }
        }
        Ok(nodes)
    }

    fn expression(&mut self) -> Parsed<Option<Node>> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return self.fail("Too many levels");
        }
        let node = self.binary()?;
        self.spaces();
        let node = match node {
            Some(_) if self.is('?') => Some(self.conditional()?),
            node => node,
        };
        self.depth -= 1;
        Ok(node)
    }

    fn conditional(&mut self) -> Parsed<Node> {
        self.at += 1;
        if self.expression()?.is_none() {
            return self.fail("Expected expression");
        }
        self.spaces();
        if !self.is(':') {
            return self.fail("Expected :");
        }
        self.at += 1;
        if self.expression()?.is_none() {
            return self.fail("Expected expression");
        }
        Ok(Node::Other("ConditionalExpression"))
    }

    fn operator(&mut self) -> Option<(&'static str, u8)> {
        self.spaces();
        let found = BINARY.iter().find(|(word, _)| self.starts_with(word)).copied()?;
        self.at += found.0.len();
        Some(found)
    }

    fn binary(&mut self) -> Parsed<Option<Node>> {
        let Some(left) = self.token()? else {
            return Ok(None);
        };
        let mut stack = vec![left];
        let mut operators: Vec<(&'static str, u8)> = Vec::new();
        while let Some((word, tightness)) = self.operator() {
            let reduces = |last: &(&str, u8)| {
                if word == "**" && last.0 == "**" {
                    tightness > last.1
                } else {
                    tightness <= last.1
                }
            };
            while operators.last().is_some_and(reduces) {
                join(&mut stack, &mut operators);
            }
            let Some(right) = self.token()? else {
                return self.fail(&format!("Expected expression after {word}"));
            };
            operators.push((word, tightness));
            stack.push(right);
        }
        while !operators.is_empty() {
            join(&mut stack, &mut operators);
        }
        Ok(stack.pop())
    }

    fn token(&mut self) -> Parsed<Option<Node>> {
        self.spaces();
        let Some(code) = self.code() else {
            return Ok(None);
        };
        if is_digit(code) || self.is('.') {
            return self.number().map(Some);
        }
        let node = if self.is('\'') || self.is('"') {
            Some(self.text()?)
        } else if self.is('[') {
            self.at += 1;
            self.arguments(']')?;
            Some(Node::Other("ArrayExpression"))
        } else if let Some(word) = UNARY.into_iter().find(|word| self.starts_with(word)) {
            return self.unary(word).map(Some);
        } else if is_start(code) {
            Some(known_word(self.identifier()?))
        } else if self.is('(') {
            self.group()?
        } else {
            None
        };
        node.map(|node| self.properties(node)).transpose()
    }

    fn unary(&mut self, word: &'static str) -> Parsed<Node> {
        self.at += 1;
        self.depth += 1;
        if self.depth > DEEPEST {
            return self.fail("Too many levels");
        }
        let argument = self.token()?;
        self.depth -= 1;
        match argument {
            Some(argument) => Ok(Node::Unary(word, Box::new(argument))),
            None => self.fail("missing unaryOp argument"),
        }
    }

    /// What follows a thing: `.name`, `[…]`, `(…)`.
    fn properties(&mut self, mut node: Node) -> Parsed<Node> {
        self.spaces();
        loop {
            let is_optional = self.is('?') && self.is_at(self.at + 1, '.');
            if is_optional {
                self.at += 2;
                self.spaces();
            }
            if self.is('[') {
                self.at += 1;
                if self.expression()?.is_none() {
                    return self.fail(&format!("Unexpected \"{}\"", self.letter()));
                }
                self.spaces();
                if !self.is(']') {
                    return self.fail("Unclosed [");
                }
                self.at += 1;
                node = Node::Other("MemberExpression");
            } else if self.is('(') {
                self.at += 1;
                self.arguments(')')?;
                node = Node::Other("CallExpression");
            } else if self.is('.') || is_optional {
                self.at += usize::from(!is_optional);
                self.spaces();
                self.identifier()?;
                node = Node::Other("MemberExpression");
            } else {
                return Ok(node);
            }
            self.spaces();
        }
    }

    fn number(&mut self) -> Parsed<Node> {
        let from = self.at;
        self.digits();
        if self.is('.') {
            self.at += 1;
            self.digits();
        }
        if self.is('e') || self.is('E') {
            self.at += 1;
            if self.is('+') || self.is('-') {
                self.at += 1;
            }
            self.digits();
            if !self.text.get(self.at - 1).copied().is_some_and(is_digit) {
                let number = self.slice(from, self.at + 1);
                return self.fail(&format!("Expected exponent ({number})"));
            }
        }
        if self.code().is_some_and(is_start) {
            let number = self.slice(from, self.at + 1);
            return self.fail(&format!("Variable names cannot start with a number ({number})"));
        }
        let number = self.slice(from, self.at);
        if self.is('.') || number == "." {
            return self.fail("Unexpected period");
        }
        Ok(Node::Number(number.parse().unwrap_or(f64::NAN)))
    }

    fn digits(&mut self) {
        while self.code().is_some_and(is_digit) {
            self.at += 1;
        }
    }

    fn text(&mut self) -> Parsed<Node> {
        let quote = self.code();
        self.at += 1;
        let mut units = Vec::new();
        while let Some(code) = self.code() {
            self.at += 1;
            if Some(code) == quote {
                return Ok(Node::Text(String::from_utf16_lossy(&units)));
            }
            if code == u16::from(b'\\') {
                let escaped = self.code();
                self.at += 1;
                units.extend(escaped.map(unescaped));
            } else {
                units.push(code);
            }
        }
        self.fail(&format!(
            "Unclosed quote after \"{}\"",
            String::from_utf16_lossy(&units)
        ))
    }

    fn identifier(&mut self) -> Parsed<String> {
        let from = self.at;
        if !self.code().is_some_and(is_start) {
            return self.fail(&format!("Unexpected {}", self.letter()));
        }
        while self.code().is_some_and(|code| is_start(code) || is_digit(code)) {
            self.at += 1;
        }
        Ok(self.slice(from, self.at))
    }

    fn arguments(&mut self, end: char) -> Parsed<()> {
        let (mut given, mut separators) = (0_usize, 0_usize);
        while self.at < self.text.len() {
            self.spaces();
            if self.is(end) {
                self.at += 1;
                if end == ')' && separators > 0 && separators >= given {
                    return self.fail("Unexpected token )");
                }
                return Ok(());
            }
            if self.is(',') {
                self.at += 1;
                separators += 1;
                if separators != given {
                    if end == ')' {
                        return self.fail("Unexpected token ,");
                    }
                    given = separators;
                }
            } else if given != separators && separators != 0 {
                return self.fail("Expected comma");
            } else {
                if self.expression()?.is_none() {
                    return self.fail("Expected comma");
                }
                given += 1;
            }
        }
        self.fail(&format!("Expected {end}"))
    }

    fn group(&mut self) -> Parsed<Option<Node>> {
        self.at += 1;
        let mut nodes = self.expressions(Some(')'))?;
        if !self.is(')') {
            return self.fail("Unclosed (");
        }
        self.at += 1;
        Ok(match nodes.len() {
            0 => None,
            1 => nodes.pop(),
            _ => Some(Node::Other("SequenceExpression")),
        })
    }
}

/// Joins the two things on top with the operator on top.
fn join(stack: &mut Vec<Node>, operators: &mut Vec<(&'static str, u8)>) {
    if let (Some(right), Some(left), Some((word, _))) = (stack.pop(), stack.pop(), operators.pop()) {
        stack.push(Node::Binary(word, Box::new(left), Box::new(right)));
    }
}

fn known_word(name: String) -> Node {
    match name.as_str() {
        "true" => Node::Bool(true),
        "false" => Node::Bool(false),
        "null" => Node::Null,
        "this" => Node::Other("ThisExpression"),
        _ => Node::Identifier(name),
    }
}

fn unescaped(code: u16) -> u16 {
    match u8::try_from(code) {
        Ok(b'n') => 10,
        Ok(b'r') => 13,
        Ok(b't') => 9,
        Ok(b'b') => 8,
        Ok(b'f') => 12,
        Ok(b'v') => 11,
        _ => code,
    }
}

fn is_digit(code: u16) -> bool {
    (48..=57).contains(&code)
}

/// Letters, `$`, `_` and everything beyond ASCII.
fn is_start(code: u16) -> bool {
    code >= 128
        || u8::try_from(code).is_ok_and(|byte| byte.is_ascii_alphabetic() || byte == b'$' || byte == b'_')
}
