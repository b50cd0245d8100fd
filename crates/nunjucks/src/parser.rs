//! From tokens to expressions. `statements` reads what stands between `{%` and `%}`.

mod ranks;

use std::collections::HashMap;
use std::sync::Arc;

use crate::Options;
use crate::error::{Position, TemplateError};
use crate::lexer::{Placed, Token};
use crate::pattern::Program;
use crate::syntax::{Arguments, Expression, Operator, What};
use ranks::{EQUALITY, IN, NOT, flag, member, negated, not, operator_of};

/// Steps that all regular expressions of a template may have together.
const MOST_PATTERNS: usize = 200_000;

pub(crate) struct Parser<'a> {
    tokens: std::vec::IntoIter<Placed>,
    waiting: Vec<Placed>,
    last: Position,
    depth: usize,
    /// Steps of the regular expressions that were read.
    patterns: usize,
    /// The blocks of the template, and where each was declared.
    blocks: HashMap<String, Position>,
    options: &'a Options,
}

type Parsed = Result<Expression, TemplateError>;

impl<'a> Parser<'a> {
    pub(crate) fn new(tokens: Vec<Placed>, options: &'a Options) -> Self {
        Self {
            tokens: tokens.into_iter(),
            waiting: Vec::new(),
            last: Position { line: 1, column: 1 },
            depth: 0,
            patterns: 0,
            blocks: HashMap::new(),
            options,
        }
    }

    /// Takes note of a block; where one of this name was declared before.
    pub(crate) fn declare(&mut self, name: &str, at: Position) -> Option<Position> {
        self.blocks.insert(name.to_owned(), at)
    }

    pub(crate) fn next(&mut self) -> Option<Placed> {
        let next = self.waiting.pop().or_else(|| self.tokens.next());
        if let Some((_, at)) = &next {
            self.last = *at;
        }
        next
    }

    pub(crate) fn give_back(&mut self, token: Placed) {
        self.waiting.push(token);
    }

    pub(crate) fn peek(&mut self) -> Option<&Placed> {
        if self.waiting.is_empty() {
            let next = self.tokens.next()?;
            self.waiting.push(next);
        }
        self.waiting.last()
    }

    pub(crate) fn here(&mut self) -> Position {
        let last = self.last;
        self.peek().map_or(last, |(_, at)| *at)
    }

    pub(crate) fn error(&self, text: impl std::fmt::Display) -> TemplateError {
        self.last.error(text)
    }

    pub(crate) fn unexpected(&self, token: Option<Placed>) -> TemplateError {
        match token {
            Some((Token::VariableEnd | Token::BlockEnd, at)) => {
                at.error("Unexpected expression token at end of input")
            }
            Some((token, at)) => at.error(format!("Unexpected expression token \"{}\"", token.shown())),
            None => self.error("Unexpected expression token at end of input"),
        }
    }

    /// Something else stands where one thing must stand.
    pub(crate) fn expected(&self, what: &str, token: Option<Placed>) -> TemplateError {
        match token {
            Some((Token::VariableEnd | Token::BlockEnd, at)) => {
                at.error(format!("Expected {what}, received end of input"))
            }
            Some((token, at)) => at.error(format!("Expected {what}, received \"{}\"", token.shown())),
            None => self.error(format!("Expected {what}, received end of input")),
        }
    }

    pub(crate) fn skip_sign(&mut self, sign: &str) -> bool {
        let is_it = matches!(self.peek(), Some((Token::Sign(found), _)) if *found == sign);
        if is_it {
            self.next();
        }
        is_it
    }

    pub(crate) fn skip_word(&mut self, word: &str) -> bool {
        let is_it = matches!(self.peek(), Some((Token::Symbol(found), _)) if found == word);
        if is_it {
            self.next();
        }
        is_it
    }

    pub(crate) fn expect_sign(&mut self, sign: &str) -> Result<(), TemplateError> {
        if self.skip_sign(sign) {
            return Ok(());
        }
        let at = self.here();
        Err(at.error(format!("Expected {sign}")))
    }

    pub(crate) fn name(&mut self) -> Result<String, TemplateError> {
        match self.next() {
            Some((Token::Symbol(name), _)) => Ok(name),
            other => Err(self.expected("name", other)),
        }
    }

    /// Nothing is nested without bound, neither here nor when it is evaluated.
    pub(crate) fn nested<T>(
        &mut self,
        parse: impl FnOnce(&mut Self) -> Result<T, TemplateError>,
    ) -> Result<T, TemplateError> {
        let depth = self.depth;
        self.deepen()?;
        let parsed = parse(self);
        self.depth = depth;
        parsed
    }

    /// One level more, until the end of what is [`Parser::nested`].
    fn deepen(&mut self) -> Result<(), TemplateError> {
        self.depth += 1;
        if self.depth > self.options.limits.depth {
            return Err(self.error(format!(
                "The template is nested more than {} levels deep",
                self.options.limits.depth
            )));
        }
        Ok(())
    }

    /// An expression, possibly with `if` and `else`.
    pub(crate) fn expression(&mut self) -> Parsed {
        self.nested(|parser| {
            let value = parser.operation(1)?;
            if !parser.skip_word("if") {
                return Ok(value);
            }
            let condition = parser.operation(1)?;
            let otherwise = if parser.skip_word("else") {
                Some(Box::new(parser.operation(1)?))
            } else {
                None
            };
            Ok(Expression {
                at: value.at,
                what: What::InlineIf(Box::new(value), Box::new(condition), otherwise),
            })
        })
    }

    /// Operands and operators that bind at least this tightly.
    fn operation(&mut self, least: u8) -> Parsed {
        self.nested(|parser| {
            let at = parser.here();
            let mut left = if least <= NOT && parser.skip_word("not") {
                negated(parser.operation(NOT)?, at)
            } else {
                parser.unary(true)?
            };
            while let Some((operator, level)) = parser.operator(least) {
                parser.deepen()?;
                left = match operator {
                    Some(operator) => {
                        let right = parser.operation(level + 1)?;
                        let at = left.at;
                        let what = What::Binary(operator, Box::new(left), Box::new(right));
                        Expression { at, what }
                    }
                    None => parser.test(left)?,
                };
            }
            Ok(left)
        })
    }

    /// The next operator with its level if it binds tightly enough; nothing in its place for `is`.
    fn operator(&mut self, least: u8) -> Option<(Option<Operator>, u8)> {
        let token = self.peek()?.0.clone();
        if let Token::Symbol(word) = &token
            && word == "not"
        {
            let not = self.next()?;
            let is_in = least <= IN && self.skip_word("in");
            if !is_in {
                self.give_back(not);
                return None;
            }
            return Some((Some(Operator::NotIn), IN));
        }
        let (operator, level) = operator_of(&token)?;
        if level < least {
            return None;
        }
        self.next();
        Some((operator, level))
    }

    /// What follows `is`: a name, perhaps with arguments. Nothing is what another expression says.
    fn test(&mut self, value: Expression) -> Parsed {
        let is_not = self.skip_word("not");
        let test = self.operation(EQUALITY)?;
        let at = test.at;
        let (name, arguments) = match test.what {
            What::Symbol(name) => (name, Arguments::default()),
            What::Null => ("null".into(), Arguments::default()),
            What::Undefined => ("undefined".into(), Arguments::default()),
            What::Flag(flag) => (flag.to_string().into(), Arguments::default()),
            What::Call(function, arguments) => match function.what {
                What::Symbol(name) => (name, arguments),
                _ => return Ok(flag(is_not, at)),
            },
            _ => return Ok(flag(is_not, at)),
        };
        let what = What::Test(name, Box::new(value), arguments);
        let tested = Expression { at, what };
        Ok(if is_not { not(tested, at) } else { tested })
    }

    fn unary(&mut self, has_filters: bool) -> Parsed {
        let at = self.here();
        let mut value = if self.skip_sign("-") {
            let what = What::Negative(Box::new(self.signed("-")?));
            Expression { at, what }
        } else if self.skip_sign("+") {
            let what = What::Positive(Box::new(self.signed("+")?));
            Expression { at, what }
        } else {
            self.primary()?
        };
        while has_filters && self.skip_sign("|") {
            self.deepen()?;
            let (name, arguments, at) = self.filter()?;
            let what = What::Filter(name.into(), Box::new(value), arguments);
            value = Expression { at, what };
        }
        Ok(value)
    }

    /// What stands behind a sign: no second sign.
    fn signed(&mut self, sign: &str) -> Parsed {
        let at = self.here();
        if self.skip_sign("-") || self.skip_sign("+") {
            return Err(at.error(format!("Repeated unparenthesized unary {sign} is not supported")));
        }
        self.nested(|parser| parser.unary(false))
    }

    /// A filter's name and arguments.
    pub(crate) fn filter(&mut self) -> Result<(String, Arguments, Position), TemplateError> {
        let at = self.here();
        let mut name = self.name()?;
        while self.skip_sign(".") {
            name.push('.');
            name.push_str(&self.name()?);
        }
        let arguments = if self.skip_sign("(") {
            self.arguments()?
        } else {
            Arguments::default()
        };
        Ok((name, arguments, at))
    }

    fn primary(&mut self) -> Parsed {
        let at = self.here();
        let what = match self.next() {
            Some((Token::Text(text), _)) => What::Text(text.into()),
            Some((Token::Number(number), _)) => What::Number(number),
            Some((Token::Regex(source, flags), at)) => {
                What::Regex(self.pattern(&source, &flags).map_err(|reason| at.error(reason))?)
            }
            Some((Token::Symbol(word), _)) => self.word(word),
            Some((Token::Sign("("), at)) => What::Group(self.group(at)?),
            Some((Token::Sign("["), _)) => What::Array(self.list("]")?),
            Some((Token::Sign("{"), _)) => What::Object(self.object()?),
            other => return Err(self.unexpected(other)),
        };
        self.postfix(Expression { at, what })
    }

    fn pattern(&mut self, source: &str, flags: &str) -> Result<Arc<Program>, String> {
        let program = Program::read(source, flags)?;
        self.patterns += program.size();
        if self.patterns > MOST_PATTERNS {
            return Err(format!(
                "The regular expressions of the template are too large: together they have more than {MOST_PATTERNS} steps"
            ));
        }
        Ok(Arc::new(program))
    }

    fn word(&self, word: String) -> What {
        match word.as_str() {
            "true" => What::Flag(true),
            "false" => What::Flag(false),
            "none" | "null" => What::Null,
            "undefined" => What::Undefined,
            "True" if self.options.has_python_words => What::Flag(true),
            "False" if self.options.has_python_words => What::Flag(false),
            "None" if self.options.has_python_words => What::Null,
            _ => What::Symbol(word.into()),
        }
    }

    /// Members and calls. The place of a member is that of its key.
    fn postfix(&mut self, mut value: Expression) -> Parsed {
        loop {
            self.deepen()?;
            let at = value.at;
            value = if self.skip_sign(".") {
                let at = self.here();
                let key = match self.next() {
                    Some((Token::Symbol(name), _)) => What::Text(name.into()),
                    Some((Token::Number(number), _)) => What::Number(number),
                    other => return Err(self.expected("name", other)),
                };
                let what = member(value, Expression { at, what: key })?;
                Expression { at, what }
            } else if self.skip_sign("[") {
                let key_at = self.here();
                let what = self.bracket(value)?;
                Expression { at: key_at, what }
            } else if self.skip_sign("(") {
                let what = What::Call(Box::new(value), self.arguments()?);
                Expression { at, what }
            } else {
                return Ok(value);
            };
        }
    }

    /// A member or a slice, behind its `[`.
    fn bracket(&mut self, value: Expression) -> Result<What, TemplateError> {
        let mut parts: [Option<Expression>; 3] = [None, None, None];
        let mut index = 0;
        loop {
            if self.skip_sign("]") {
                break;
            }
            if self.skip_sign(":") {
                index += 1;
                if index > 2 {
                    return Err(self.error("A slice has three parts at most"));
                }
            } else {
                let part = self.expression()?;
                if parts[index].replace(part).is_some() {
                    return Err(self.error("Expected ]"));
                }
            }
        }
        match (index, parts) {
            (0, [Some(key), ..]) => member(value, key),
            (0, _) => Err(self.error("Unexpected expression token ]")),
            (_, parts) => Ok(What::Slice(Box::new(value), Box::new(parts))),
        }
    }

    fn group(&mut self, at: Position) -> Result<Vec<Expression>, TemplateError> {
        if self.skip_sign(")") {
            return Err(at.error("Parenthesized expression cannot be empty"));
        }
        let mut list = vec![self.expression()?];
        while self.skip_sign(",") {
            list.push(self.expression()?);
        }
        self.expect_sign(")")?;
        Ok(list)
    }

    fn list(&mut self, end: &'static str) -> Result<Vec<Expression>, TemplateError> {
        let mut list = Vec::new();
        if self.skip_sign(end) {
            return Ok(list);
        }
        loop {
            list.push(self.expression()?);
            if !self.skip_sign(",") {
                self.expect_sign(end)?;
                return Ok(list);
            }
        }
    }

    fn object(&mut self) -> Result<Vec<(Expression, Expression)>, TemplateError> {
        let mut entries = Vec::new();
        if self.skip_sign("}") {
            return Ok(entries);
        }
        loop {
            let at = self.here();
            let what = match self.next() {
                Some((Token::Symbol(name), _)) => What::Symbol(name.into()),
                Some((Token::Text(text), _)) => What::Text(text.into()),
                _ => return Err(at.error("Dictionary keys must be strings or names")),
            };
            self.expect_sign(":")?;
            entries.push((Expression { at, what }, self.expression()?));
            if !self.skip_sign(",") {
                self.expect_sign("}")?;
                return Ok(entries);
            }
        }
    }

    /// Arguments behind their `(`.
    pub(crate) fn arguments(&mut self) -> Result<Arguments, TemplateError> {
        let mut arguments = Arguments::default();
        if self.skip_sign(")") {
            return Ok(arguments);
        }
        loop {
            let value = self.expression()?;
            if self.skip_sign("=") {
                let What::Symbol(name) = value.what else {
                    return Err(value.at.error("Expected the name of an argument before ="));
                };
                arguments.named.push((name, self.expression()?));
            } else {
                arguments.list.push(value);
            }
            if !self.skip_sign(",") {
                self.expect_sign(")")?;
                return Ok(arguments);
            }
        }
    }
}
