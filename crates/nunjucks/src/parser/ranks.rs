//! The ranks of operators, and expressions that are put together with them.

use crate::error::{Position, TemplateError};
use crate::lexer::Token;
use crate::syntax::{Expression, Operator, What};

/// How tightly operators bind; more is tighter.
pub(super) const NOT: u8 = 3;
pub(super) const IN: u8 = 4;
pub(super) const IS: u8 = 5;
pub(super) const EQUALITY: u8 = 6;
pub(super) const ORDER: u8 = 7;
pub(super) const SUM: u8 = 8;
pub(super) const PRODUCT: u8 = 9;
pub(super) const FLOOR: u8 = 10;
pub(super) const POWER: u8 = 11;

/// Names that lead out of values.
const FORBIDDEN: [&str; 3] = ["constructor", "__proto__", "prototype"];

pub(super) fn flag(flag: bool, at: Position) -> Expression {
    Expression {
        at,
        what: What::Flag(flag),
    }
}

pub(super) fn not(value: Expression, at: Position) -> Expression {
    Expression {
        at,
        what: What::Not(Box::new(value)),
    }
}

/// `not` before an expression. As in the original it belongs to the first operand of signs that JavaScript has between
/// operands, and to the whole of what else stands there.
pub(super) fn negated(mut value: Expression, at: Position) -> Expression {
    match &mut value.what {
        What::Binary(operator, left, _) if operator.is_infix() => {
            let first = std::mem::replace(&mut **left, flag(true, at));
            **left = negated(first, at);
            value
        }
        _ => not(value, at),
    }
}

pub(super) fn member(value: Expression, key: Expression) -> Result<What, TemplateError> {
    if let What::Text(name) = &key.what
        && FORBIDDEN.contains(&&**name)
    {
        return Err(key.at.error(format!("Template name \"{name}\" is reserved")));
    }
    Ok(What::Member(Box::new(value), Box::new(key)))
}

pub(super) fn operator_of(token: &Token) -> Option<(Option<Operator>, u8)> {
    use Operator as O;
    let (operator, level) = match token {
        Token::Symbol(word) => match word.as_str() {
            "or" => (O::Or, 1),
            "and" => (O::And, 2),
            "in" => (O::In, IN),
            "is" => return Some((None, IS)),
            _ => return None,
        },
        Token::Sign(sign) => match *sign {
            "==" => (O::Equal, EQUALITY),
            "!=" => (O::NotEqual, EQUALITY),
            "===" => (O::Same, EQUALITY),
            "!==" => (O::NotSame, EQUALITY),
            "<" => (O::Less, ORDER),
            ">" => (O::Greater, ORDER),
            "<=" => (O::LessOrEqual, ORDER),
            ">=" => (O::GreaterOrEqual, ORDER),
            "~" => (O::Concat, SUM),
            "+" => (O::Add, SUM),
            "-" => (O::Subtract, SUM),
            "*" => (O::Multiply, PRODUCT),
            "/" => (O::Divide, PRODUCT),
            "//" => (O::FloorDivide, FLOOR),
            "%" => (O::Remainder, PRODUCT),
            "**" => (O::Power, POWER),
            _ => return None,
        },
        _ => return None,
    };
    Some((Some(operator), level))
}
