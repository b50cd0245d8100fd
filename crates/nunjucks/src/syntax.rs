//! What a text means: nodes of the template and expressions.

use std::sync::Arc;

use crate::error::Position;
use crate::pattern::Program;

/// A part of a template.
#[derive(Debug, Clone)]
pub(crate) enum Node {
    Text(Arc<str>),
    /// An expression, and where its tag begins.
    Output(Expression, Position),
    If(Vec<(Expression, Vec<Node>)>, Vec<Node>),
    For(Arc<Loop>),
    Set(Vec<String>, Expression),
    SetBlock(Vec<String>, Vec<Node>),
    Macro(Arc<Macro>),
    /// A call of a macro with a body, which the macro reaches as `caller()`.
    Call(Expression, Arc<Macro>, Position),
    Filter(String, Arguments, Vec<Node>, Position),
    Switch(Expression, Vec<(Expression, Vec<Node>)>, Vec<Node>),
    Block(Vec<Node>),
}

#[derive(Debug, Clone)]
pub(crate) struct Loop {
    pub(crate) names: Vec<String>,
    pub(crate) list: Expression,
    pub(crate) body: Vec<Node>,
    pub(crate) otherwise: Vec<Node>,
}

#[derive(Debug, Clone)]
pub(crate) struct Macro {
    pub(crate) name: String,
    pub(crate) parameters: Vec<(String, Option<Expression>)>,
    pub(crate) body: Vec<Node>,
}

/// An expression and where it begins.
#[derive(Debug, Clone)]
pub(crate) struct Expression {
    pub(crate) at: Position,
    pub(crate) what: What,
}

#[derive(Debug, Clone)]
pub(crate) enum What {
    Undefined,
    Null,
    Flag(bool),
    Number(f64),
    Text(Arc<str>),
    Regex(Arc<Program>),
    Symbol(Arc<str>),
    Array(Vec<Expression>),
    Object(Vec<(Expression, Expression)>),
    /// In brackets; of several the last one counts.
    Group(Vec<Expression>),
    Member(Box<Expression>, Box<Expression>),
    Slice(Box<Expression>, Box<[Option<Expression>; 3]>),
    Call(Box<Expression>, Arguments),
    Filter(Arc<str>, Box<Expression>, Arguments),
    Test(Arc<str>, Box<Expression>, Arguments),
    Not(Box<Expression>),
    Negative(Box<Expression>),
    Positive(Box<Expression>),
    Binary(Operator, Box<Expression>, Box<Expression>),
    InlineIf(Box<Expression>, Box<Expression>, Option<Box<Expression>>),
}

/// Arguments of a call, in their order, then those with names.
#[derive(Debug, Clone, Default)]
pub(crate) struct Arguments {
    pub(crate) list: Vec<Expression>,
    pub(crate) named: Vec<(Arc<str>, Expression)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    Or,
    And,
    In,
    NotIn,
    Equal,
    NotEqual,
    Same,
    NotSame,
    Less,
    Greater,
    LessOrEqual,
    GreaterOrEqual,
    Concat,
    Add,
    Subtract,
    Multiply,
    Divide,
    FloorDivide,
    Remainder,
    Power,
}

impl Operator {
    /// Whether JavaScript has a sign for it that stands between operands, rather than a function.
    pub(crate) fn is_infix(self) -> bool {
        !matches!(
            self,
            Self::Or | Self::And | Self::In | Self::NotIn | Self::FloorDivide | Self::Power
        )
    }
}

impl Expression {
    /// The expression as it is named in an error, `values.environments.replaceAll`, if it is made of names alone.
    pub(crate) fn label(&self) -> Option<String> {
        match &self.what {
            What::Symbol(name) => Some(name.to_string()),
            What::Member(object, key) => match &key.what {
                What::Text(key) => Some(format!("{}.{key}", object.label()?)),
                _ => None,
            },
            _ => None,
        }
    }
}
