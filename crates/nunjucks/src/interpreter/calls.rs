//! Calls: of functions, methods, macros and filters.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use serde_json::Value as Json;

use super::{Interpreter, Outcome, Scope};
use crate::allowance::{Allowance, BYTES_FOR_FUEL};
use crate::error::{Position, unknown};
use crate::syntax::{Arguments, Expression, Macro};
use crate::value::{CALLABLE, Cycler, Function, Value};
use crate::{filters, methods, number};

/// Most numbers of a range.
const MOST_NUMBERS: f64 = 1_000_000.0;

impl Interpreter<'_> {
    #[expect(clippy::type_complexity, reason = "a pair of lists, used in this file alone")]
    pub(super) fn arguments(
        &self,
        arguments: &Arguments,
        scope: &Scope,
    ) -> Outcome<(Vec<Value>, Vec<(Rc<str>, Value)>)> {
        let list = self.all(&arguments.list, scope)?;
        let mut named = Vec::with_capacity(arguments.named.len());
        for (name, value) in &arguments.named {
            named.push((Rc::from(&**name), self.evaluate(value, scope)?));
        }
        Ok((list, named))
    }

    pub(super) fn filter(
        &self,
        name: &str,
        value: Value,
        mut list: Vec<Value>,
        named: Vec<(Rc<str>, Value)>,
        at: Position,
    ) -> Outcome {
        self.burn(1, at)?;
        let others = list.iter().chain(named.iter().map(|(_, value)| value));
        self.weigh(others.chain([&value]), at)?;
        if let Some(filter) = self.extensions.filter_of(name) {
            list.insert(0, value);
            if !named.is_empty() {
                list.push(Value::object(named));
            }
            let outside = to_outside(&list, at)?;
            let filtered = filter(&outside);
            let filtered = filtered
                .map_err(|reason| at.error(format!("Template filter \"{name}\" failed: {reason}")))?;
            let filtered = filtered.as_ref().map_or(Value::Undefined, Value::of);
            self.check_size(&filtered, at)?;
            return Ok(filtered);
        }
        let is_there = |filter: &&str| *filter != filters::JSONIFY || self.options.has_python_words;
        if !filters::NAMES
            .iter()
            .filter(|filter| is_there(filter))
            .any(|filter| *filter == name)
        {
            let built_in = filters::NAMES.into_iter().filter(is_there);
            let known = built_in.chain(self.extensions.filters());
            return Err(at.error(unknown("filter", name, known)));
        }
        if value.is_callable() {
            return Err(at.error(CALLABLE));
        }
        let given = filters::Given::new(name, list, named);
        let filtered = filters::apply(name, &value, &given, self.allowance());
        let filtered = filtered.map_err(|reason| {
            at.error(format!(
                "Filter \"{name}\" failed for {} input: {reason}",
                value.kind()
            ))
        })?;
        self.check_size(&filtered, at)?;
        Ok(filtered)
    }

    pub(super) fn call(
        &self,
        called: &Value,
        list: Vec<Value>,
        named: Vec<(Rc<str>, Value)>,
        function: &Expression,
        at: Position,
    ) -> Outcome {
        let Value::Function(called) = called else {
            let named = function
                .label()
                .map_or_else(|| "expression".to_owned(), |label| format!("value \"{label}\""));
            return Err(at.error(format!(
                "Template {named} resolved to {} and cannot be called",
                called.kind()
            )));
        };
        let reasoned = |reason: String| at.error(reason);
        match &**called {
            Function::Range if !named.is_empty() => {
                Err(at.error("Built-in global range does not accept keyword arguments"))
            }
            Function::Range => {
                self.weigh(&list, at)?;
                range(&list, self.allowance()).map_err(reasoned)
            }
            Function::MakeCycler => {
                let cycler = Cycler {
                    items: list.into(),
                    next: 0,
                };
                Ok(Value::Cycler(Rc::new(RefCell::new(cycler))))
            }
            Function::MakeJoiner => {
                let with = list.into_iter().next().filter(|with| !with.is_nothing());
                let with = with.unwrap_or_else(|| Value::text(","));
                Ok(Value::function(Function::Joiner(with.into(), RefCell::new(true))))
            }
            Function::Joiner(with, is_first) => {
                let first = is_first.replace(false);
                Ok(if first {
                    Value::text("")
                } else {
                    Value::clone(with)
                })
            }
            Function::Method(value, name) => {
                self.burn(value.weight() / BYTES_FOR_FUEL, at)?;
                if methods::looks_into(name.0) {
                    self.weigh([&**value], at)?;
                }
                self.weigh(&list, at)?;
                let has_names = !named.is_empty();
                let made = methods::call(value, name, &list, has_names, self.allowance());
                let made = made.map_err(reasoned)?;
                self.check_size(&made, at)?;
                Ok(made)
            }
            Function::Macro(one) => self.expand(one, Scope::new(None, true), list, named, at),
            Function::Caller(one, scope) => {
                self.expand(one, Scope::new(Some(scope.clone()), true), list, named, at)
            }
            Function::Added(name) => {
                self.weigh(&list, at)?;
                let outside = to_outside(&list, at)?;
                let made = self
                    .extensions
                    .function_of(name)
                    .map_or(Ok(None), |function| function(&outside));
                let made = made.map_err(reasoned)?;
                let made = made.as_ref().map_or(Value::Undefined, Value::of);
                self.check_size(&made, at)?;
                Ok(made)
            }
        }
    }

    pub(super) fn expand(
        &self,
        one: &Arc<Macro>,
        scope: Scope,
        list: Vec<Value>,
        named: Vec<(Rc<str>, Value)>,
        at: Position,
    ) -> Outcome {
        self.deeper(at, || {
            self.burn(one.parameters.len() + named.len(), at)?;
            let mut by_name = HashMap::new();
            for (name, value) in &named {
                by_name.entry(&**name).or_insert(value);
            }
            let mut list = list.into_iter();
            for (name, default) in &one.parameters {
                let given = by_name.get(name.as_str()).map(|value| Value::clone(value));
                let value = match (list.next().or(given), default) {
                    (Some(value), _) => value,
                    (None, Some(default)) => self.evaluate(default, &scope)?,
                    (None, None) => Value::Undefined,
                };
                scope.put(name, value);
            }
            if let Some(caller) = by_name.get("caller") {
                scope.put("caller", Value::clone(caller));
            }
            Ok(Value::safe(self.body(&one.body, &scope)?))
        })
    }
}

fn range(list: &[Value], allowance: Allowance<'_>) -> Result<Value, String> {
    let numbers: Vec<f64> = list.iter().map(Value::number).collect();
    let (start, end, step) = match numbers[..] {
        [end] => (0.0, end, 1.0),
        [start, end] => (start, end, 1.0),
        [start, end, step] => (start, end, step),
        [_, _, _, _, ..] => {
            return Err("Built-in global range accepts at most 3 positional arguments".to_owned());
        }
        [] => return Ok(Value::array(Vec::new())),
    };
    if step == 0.0 || step.is_nan() || ((end - start) / step).abs() > MOST_NUMBERS {
        return Err(format!("A range has {MOST_NUMBERS} numbers at most"));
    }
    allowance.pay(number::size(((end - start) / step).max(0.0)))?;
    let mut made = Vec::new();
    let mut at = start;
    while (step > 0.0 && at < end) || (step < 0.0 && at > end) {
        made.push(Value::Number(at));
        at += step;
    }
    Ok(Value::array(made))
}

/// Values as the extensions of a user of the language get them.
fn to_outside(values: &[Value], at: Position) -> Outcome<Vec<Option<Json>>> {
    let outside = values.iter().map(Value::to_json).collect::<Result<_, _>>();
    outside.map_err(|reason| at.error(reason))
}
