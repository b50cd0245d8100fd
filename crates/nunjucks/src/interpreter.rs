//! Evaluates templates. Every node costs fuel; depth and output are bounded.

mod calls;
mod rounds;
mod scope;

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use serde_json::Value as Json;

use crate::allowance::{Allowance, BYTES_FOR_FUEL, TOO_MUCH_WORK};
use crate::error::{Position, TemplateError};
use crate::extensions::Extensions;
use crate::pattern::Pattern;
use crate::syntax::{Expression, Loop, Macro, Node, Operator, What};
use crate::value::{CALLABLE, Function, Immense, Value};
use crate::{Options, methods, operators, tests_of_values};

/// Values that are printed or compared may have so many times the bytes of a result, or of this if that is less.
const TIMES_RESULT: usize = 4;
const LEAST_RESULT: usize = 16 << 20;

use rounds::{Rounds, loop_of};
pub(crate) use scope::Scope;

pub(crate) type Outcome<T = Value> = Result<T, TemplateError>;

pub(crate) struct Interpreter<'a> {
    context: &'a Json,
    /// Values of the context that were asked for, and names that the template set on its top level.
    known: RefCell<HashMap<String, Value>>,
    extensions: &'a Extensions,
    options: &'a Options,
    fuel: Cell<u64>,
    depth: Cell<usize>,
}

impl<'a> Interpreter<'a> {
    pub(crate) fn new(context: &'a Json, extensions: &'a Extensions, options: &'a Options) -> Self {
        Self {
            context,
            known: RefCell::default(),
            extensions,
            options,
            fuel: Cell::new(options.limits.fuel),
            depth: Cell::new(0),
        }
    }

    /// The value of a template.
    pub(crate) fn value_of(&self, nodes: &[Node]) -> Outcome<Option<Json>> {
        let [Node::Output(expression, tag)] = nodes else {
            return self.text_of(nodes).map(|text| Some(Json::String(text)));
        };
        let value = self.evaluate(expression, &Scope::new(None, false))?;
        self.weigh([&value], *tag)?;
        value.to_json().map_err(|reason| tag.error(reason))
    }

    /// The text of a template.
    pub(crate) fn text_of(&self, nodes: &[Node]) -> Outcome<String> {
        let mut text = String::new();
        self.run(nodes, &Scope::new(None, false), &mut text)?;
        Ok(text)
    }

    pub(crate) fn burn(&self, fuel: usize, at: Position) -> Outcome<()> {
        let fuel = u64::try_from(fuel).unwrap_or(u64::MAX);
        let left = self.fuel.get().checked_sub(fuel);
        let left = left.ok_or_else(|| at.error(TOO_MUCH_WORK))?;
        self.fuel.set(left);
        Ok(())
    }

    fn allowance(&self) -> Allowance<'_> {
        Allowance {
            room: self.room(),
            fuel: &self.fuel,
        }
    }

    /// Bytes that a text may have.
    pub(crate) fn room(&self) -> usize {
        self.options.limits.output
    }

    fn deeper<T>(&self, at: Position, work: impl FnOnce() -> Outcome<T>) -> Outcome<T> {
        let depth = self.depth.get() + 1;
        if depth > self.options.limits.depth * 2 {
            return Err(at.error("The template is nested too deeply; a macro may call itself without end"));
        }
        self.depth.set(depth);
        let done = work();
        self.depth.set(depth - 1);
        done
    }

    fn run(&self, nodes: &[Node], scope: &Scope, text: &mut String) -> Outcome<()> {
        nodes.iter().try_for_each(|node| self.node(node, scope, text))
    }

    fn write(&self, added: &str, text: &mut String, at: Position) -> Outcome<()> {
        self.burn(1 + added.len() / BYTES_FOR_FUEL, at)?;
        if text.len() + added.len() > self.room() {
            return Err(at.error(format!("The result is longer than {} bytes", self.room())));
        }
        text.push_str(added);
        Ok(())
    }

    /// Pays for values that are printed, compared or given away, with all that they hold; a list that is held twice counts twice.
    fn weigh<'v>(&self, values: impl IntoIterator<Item = &'v Value>, at: Position) -> Outcome<()> {
        let most = self.room().max(LEAST_RESULT).saturating_mul(TIMES_RESULT);
        // What cannot be paid is not gone through either.
        let fuel = usize::try_from(self.fuel.get()).unwrap_or(usize::MAX);
        let payable = fuel.saturating_add(1).saturating_mul(BYTES_FOR_FUEL).min(most);
        let reason = |immense| match immense {
            Immense::Long if payable < most => at.error(TOO_MUCH_WORK),
            Immense::Long => at.error(format!("A value is longer than {most} bytes")),
            Immense::Deep => at.error("The value is nested too deeply"),
        };
        let mut whole = 0;
        for value in values {
            whole += value.whole_weight(payable - whole).map_err(reason)?;
        }
        self.burn(whole / BYTES_FOR_FUEL, at)
    }

    /// Writes what a value is shown as.
    fn show(&self, value: &Value, text: &mut String, at: Position) -> Outcome<()> {
        self.weigh([value], at)?;
        self.write(&value.shown(), text, at)
    }

    /// What stands inside of a statement.
    fn inside(&self, nodes: &[Node], scope: &Scope, text: &mut String) -> Outcome<()> {
        self.deeper(Position::default(), || self.run(nodes, scope, text))
    }

    fn node(&self, node: &Node, scope: &Scope, text: &mut String) -> Outcome<()> {
        let nowhere = Position::default();
        self.burn(1, nowhere)?;
        match node {
            Node::Text(added) => self.write(added, text, nowhere),
            Node::Output(expression, tag) => {
                let value = self.evaluate(expression, scope)?;
                if value.is_callable() {
                    return Err(tag.error(CALLABLE));
                }
                self.show(&value, text, expression.at)
            }
            Node::If(branches, otherwise) => {
                for (condition, body) in branches {
                    if self.evaluate(condition, scope)?.is_true() {
                        return self.inside(body, scope, text);
                    }
                }
                self.inside(otherwise, scope, text)
            }
            Node::For(repeated) => self.repeat(repeated, scope, text),
            Node::Set(names, value) => {
                let value = self.evaluate(value, scope)?;
                self.burn(names.len(), nowhere)?;
                for name in names {
                    self.set(scope, name, value.clone());
                }
                Ok(())
            }
            Node::SetBlock(names, body) => {
                let value = Value::text(self.body(body, scope)?);
                self.burn(names.len(), nowhere)?;
                for name in names {
                    self.set(scope, name, value.clone());
                }
                Ok(())
            }
            Node::Macro(one) => {
                self.set(scope, &one.name, Value::function(Function::Macro(one.clone())));
                Ok(())
            }
            Node::Call(call, body, tag) => self.call_with_body(call, body, *tag, scope, text),
            Node::Filter(name, arguments, body, at) => {
                let value = Value::text(self.body(body, scope)?);
                let (list, named) = self.arguments(arguments, scope)?;
                let filtered = self.filter(name, value, list, named, *at)?;
                self.show(&filtered, text, *at)
            }
            Node::Switch(value, cases, otherwise) => {
                let value = self.evaluate(value, scope)?;
                for (case, body) in cases {
                    let other = self.evaluate(case, scope)?;
                    self.burn(value.weight().min(other.weight()) / BYTES_FOR_FUEL, case.at)?;
                    if operators::same(&value, &other) {
                        return self.inside(body, scope, text);
                    }
                }
                self.inside(otherwise, scope, text)
            }
            Node::Block(body) => self.inside(body, &Scope::new(Some(scope.clone()), true), text),
        }
    }

    fn body(&self, nodes: &[Node], scope: &Scope) -> Outcome<String> {
        let mut text = String::new();
        self.inside(nodes, scope, &mut text)?;
        Ok(text)
    }

    fn set(&self, scope: &Scope, name: &str, value: Value) {
        if scope.is_top() {
            self.known.borrow_mut().insert(name.to_owned(), value.clone());
        }
        scope.set(name, value);
    }

    fn repeat(&self, repeated: &Arc<Loop>, scope: &Scope, text: &mut String) -> Outcome<()> {
        let at = repeated.list.at;
        let list = self.evaluate(&repeated.list, scope)?;
        let count = repeated.names.len();
        let rounds = Rounds::of(&list, count);
        let length = rounds.length();
        if length == 0 {
            return self.inside(&repeated.otherwise, scope, text);
        }
        self.burn(list.weight() / BYTES_FOR_FUEL, at)?;
        for index in 0..length {
            self.burn(count, at)?;
            let inner = Scope::new(Some(scope.clone()), false);
            let missing = std::iter::repeat(Value::Undefined);
            let values = rounds.values(index, count).into_iter().chain(missing);
            for (name, value) in repeated.names.iter().zip(values) {
                inner.put(name, value);
            }
            inner.put("loop", loop_of(index, length));
            self.deeper(at, || self.run(&repeated.body, &inner, text))?;
        }
        Ok(())
    }

    fn call_with_body(
        &self,
        call: &Expression,
        body: &Arc<Macro>,
        tag: Position,
        scope: &Scope,
        text: &mut String,
    ) -> Outcome<()> {
        let What::Call(function, arguments) = &call.what else {
            return Err(tag.error("Call block requires a function call"));
        };
        let called = self.evaluate(function, scope)?;
        if !matches!(&called, Value::Function(function) if matches!(**function, Function::Macro(_))) {
            return Err(tag.error("Call blocks can target only template macros"));
        }
        let (list, mut named) = self.arguments(arguments, scope)?;
        named.push((
            "caller".into(),
            Value::function(Function::Caller(body.clone(), scope.clone())),
        ));
        let value = self.call(&called, list, named, function, call.at)?;
        self.show(&value, text, call.at)
    }

    fn lookup(&self, name: &str, scope: &Scope) -> Value {
        if let Some(value) = scope.get(name).filter(|value| !matches!(value, Value::Undefined)) {
            return value;
        }
        if let Some(value) = self.known.borrow().get(name) {
            return value.clone();
        }
        let value = match self.context.get(name) {
            Some(json) => Value::of(json),
            None => match name {
                "range" => Value::function(Function::Range),
                "cycler" => Value::function(Function::MakeCycler),
                "joiner" => Value::function(Function::MakeJoiner),
                _ if self.extensions.function_of(name).is_some() => {
                    Value::function(Function::Added(name.into()))
                }
                _ => return Value::Undefined,
            },
        };
        self.known.borrow_mut().insert(name.to_owned(), value.clone());
        value
    }

    pub(crate) fn evaluate(&self, expression: &Expression, scope: &Scope) -> Outcome {
        self.burn(1, expression.at)?;
        self.deeper(expression.at, || self.evaluated(expression, scope))
    }

    fn evaluated(&self, expression: &Expression, scope: &Scope) -> Outcome {
        let at = expression.at;
        Ok(match &expression.what {
            What::Undefined => Value::Undefined,
            What::Null => Value::Null,
            What::Flag(flag) => Value::Flag(*flag),
            What::Number(number) => Value::Number(*number),
            What::Text(text) => {
                self.burn(text.len() / BYTES_FOR_FUEL, at)?;
                Value::text(text)
            }
            What::Regex(program) => Value::Regex(Rc::new(Pattern::new(program.clone()))),
            What::Symbol(name) => self.lookup(name, scope),
            What::Array(items) => Value::array(self.all(items, scope)?),
            What::Group(items) => self.all(items, scope)?.pop().unwrap_or(Value::Undefined),
            What::Object(entries) => self.object(entries, scope)?,
            What::Member(object, key) => {
                let object = self.evaluate(object, scope)?;
                let key = self.evaluate(key, scope)?;
                self.member(&object, &key, at)?
            }
            What::Slice(value, parts) => self.slice(value, parts, scope, at)?,
            What::Call(function, arguments) => {
                let called = self.evaluate(function, scope)?;
                let (list, named) = self.arguments(arguments, scope)?;
                self.call(&called, list, named, function, at)?
            }
            What::Filter(name, value, arguments) => {
                let value = self.evaluate(value, scope)?;
                let (list, named) = self.arguments(arguments, scope)?;
                self.filter(name, value, list, named, at)?
            }
            What::Test(name, value, arguments) => {
                let value = self.evaluate(value, scope)?;
                let (list, _) = self.arguments(arguments, scope)?;
                self.weigh(list.iter().chain([&value]), at)?;
                Value::Flag(tests_of_values::test(name, &value, &list).map_err(|reason| at.error(reason))?)
            }
            What::Not(value) => Value::Flag(!self.evaluate(value, scope)?.is_true()),
            What::Negative(value) => Value::Number(-self.number(value, scope, at)?),
            What::Positive(value) => Value::Number(self.number(value, scope, at)?),
            What::Binary(operator, left, right) => self.binary(*operator, left, right, scope, at)?,
            What::InlineIf(value, condition, otherwise) => {
                if self.evaluate(condition, scope)?.is_true() {
                    self.evaluate(value, scope)?
                } else if let Some(otherwise) = otherwise {
                    self.evaluate(otherwise, scope)?
                } else {
                    Value::text("")
                }
            }
        })
    }

    fn number(&self, value: &Expression, scope: &Scope, at: Position) -> Outcome<f64> {
        let value = self.evaluate(value, scope)?;
        if value.is_callable() {
            return Err(at.error(CALLABLE));
        }
        self.weigh([&value], at)?;
        Ok(value.number())
    }

    fn all(&self, items: &[Expression], scope: &Scope) -> Outcome<Vec<Value>> {
        items.iter().map(|item| self.evaluate(item, scope)).collect()
    }

    fn object(&self, entries: &[(Expression, Expression)], scope: &Scope) -> Outcome {
        let mut all = Vec::with_capacity(entries.len());
        for (key, value) in entries {
            let name: Rc<str> = match &key.what {
                What::Symbol(name) | What::Text(name) => (&**name).into(),
                _ => return Err(key.at.error("The key of an object must be a name or a text")),
            };
            self.burn(1 + name.len() / BYTES_FOR_FUEL, key.at)?;
            all.push((name, self.evaluate(value, scope)?));
        }
        Ok(Value::object(all))
    }

    fn member(&self, object: &Value, key: &Value, at: Position) -> Outcome {
        self.burn(object.weight() / (8 * BYTES_FOR_FUEL), at)?;
        self.weigh([key], at)?;
        let found = methods::member(object, key);
        if matches!(found, Value::Undefined) && self.options.has_python_words {
            return Ok(methods::python_member(object, key));
        }
        Ok(found)
    }

    fn slice(
        &self,
        value: &Expression,
        parts: &[Option<Expression>; 3],
        scope: &Scope,
        at: Position,
    ) -> Outcome {
        let sliced = self.evaluate(value, scope)?;
        let mut numbers = [None; 3];
        for (number, part) in numbers.iter_mut().zip(parts) {
            if let Some(part) = part {
                let part = self.evaluate(part, scope)?;
                self.weigh([&part], at)?;
                *number = Some(part)
                    .filter(|part| !part.is_nothing())
                    .map(|part| part.number());
            }
        }
        if numbers[2].is_some_and(|step| step == 0.0 || !step.is_finite()) {
            return Err(at.error(operators::NO_STEP));
        }
        self.burn(sliced.weight(), at)?;
        operators::slice(&sliced, numbers, || self.burn(1, at))
    }

    fn binary(
        &self,
        operator: Operator,
        left: &Expression,
        right: &Expression,
        scope: &Scope,
        at: Position,
    ) -> Outcome {
        let left = self.evaluate(left, scope)?;
        match operator {
            Operator::And if !left.is_true() => return Ok(left),
            Operator::Or if left.is_true() => return Ok(left),
            _ => {}
        }
        let right = self.evaluate(right, scope)?;
        if matches!(operator, Operator::And | Operator::Or) {
            return Ok(right);
        }
        self.weigh([&left, &right], at)?;
        let value = operators::apply(operator, &left, &right).map_err(|reason| at.error(reason))?;
        self.check_size(&value, at)?;
        Ok(value)
    }

    /// Pays for a value that was made: an item of a list takes more room than its bytes in a text.
    fn check_size(&self, value: &Value, at: Position) -> Outcome<()> {
        self.burn(
            match value {
                Value::Array(items) => items.borrow().len(),
                Value::Object(entries) => entries.len(),
                value => value.weight() / BYTES_FOR_FUEL,
            },
            at,
        )?;
        if value.weight() > self.room() {
            return Err(at.error(format!("A value is longer than {} bytes", self.room())));
        }
        Ok(())
    }
}
