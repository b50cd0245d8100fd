//! Operators with the meaning that they have in JavaScript.

use std::cmp::Ordering;
use std::rc::Rc;

use crate::methods::units;
use crate::number;
use crate::syntax::Operator;
use crate::value::{CALLABLE, Value};

/// `left == right`.
pub(crate) fn equal(left: &Value, right: &Value) -> bool {
    use Value as V;
    match (left, right) {
        (V::Undefined | V::Null, V::Undefined | V::Null) => true,
        (V::Undefined | V::Null, _) | (_, V::Undefined | V::Null) => false,
        (V::Flag(_), _) | (_, V::Flag(_)) | (V::Number(_), V::Text(_)) | (V::Text(_), V::Number(_))
            if !is_reference(left) && !is_reference(right) && !same_kind(left, right) =>
        {
            left.number() == right.number()
        }
        _ if is_reference(left) && is_reference(right) => same(left, right),
        (V::Text(text), other) | (other, V::Text(text)) if is_reference(other) => **text == *other.print(),
        _ if is_reference(left) || is_reference(right) => left.number() == right.number(),
        _ => same(left, right),
    }
}

fn is_reference(value: &Value) -> bool {
    !matches!(
        value,
        Value::Undefined | Value::Null | Value::Flag(_) | Value::Number(_) | Value::Text(_)
    )
}

fn same_kind(left: &Value, right: &Value) -> bool {
    std::mem::discriminant(left) == std::mem::discriminant(right)
}

/// `left === right`.
pub(crate) fn same(left: &Value, right: &Value) -> bool {
    use Value as V;
    match (left, right) {
        (V::Undefined, V::Undefined) | (V::Null, V::Null) => true,
        (V::Flag(left), V::Flag(right)) => left == right,
        (V::Number(left), V::Number(right)) => left == right,
        (V::Text(left), V::Text(right)) => left == right,
        (V::Array(left), V::Array(right)) => Rc::ptr_eq(left, right),
        (V::Object(left), V::Object(right)) => Rc::ptr_eq(left, right),
        (V::Regex(left), V::Regex(right)) => Rc::ptr_eq(left, right),
        (V::Function(left), V::Function(right)) => Rc::ptr_eq(left, right),
        (V::Cycler(left), V::Cycler(right)) => Rc::ptr_eq(left, right),
        _ => false,
    }
}

/// How two values are ordered by `<` and `>`; nothing where neither is true.
pub(crate) fn compare(left: &Value, right: &Value) -> Option<Ordering> {
    match (printed(left), printed(right)) {
        (Some(left), Some(right)) => Some(by_units(&left, &right)),
        _ => left.number().partial_cmp(&right.number()),
    }
}

/// What a value is compared with texts as; nothing for one that is compared as a number.
pub(crate) fn printed(value: &Value) -> Option<String> {
    let is_text = is_reference(value) || matches!(value, Value::Text(_));
    is_text.then(|| value.print())
}

/// The order of texts by their UTF-16 units. What they begin with alike is passed over.
pub(crate) fn by_units(left: &str, right: &str) -> Ordering {
    let alike = left
        .bytes()
        .zip(right.bytes())
        .take_while(|(left, right)| left == right);
    let alike = alike.count();
    let begin = (0..=alike)
        .rev()
        .find(|at| left.is_char_boundary(*at))
        .unwrap_or(0);
    left[begin..].encode_utf16().cmp(right[begin..].encode_utf16())
}

/// An operator that needs both values; the reason where it cannot be applied.
pub(crate) fn apply(operator: Operator, left: &Value, right: &Value) -> Result<Value, String> {
    use Operator as O;
    let is_membership = matches!(operator, O::In | O::NotIn);
    if left.is_callable() || (right.is_callable() && !is_membership) {
        return Err(CALLABLE.to_owned());
    }
    let order = |holds: fn(Ordering) -> bool| Value::Flag(compare(left, right).is_some_and(holds));
    let calculate = |with: fn(f64, f64) -> f64| Value::Number(with(left.number(), right.number()));
    Ok(match operator {
        O::Or | O::And => return Err("a value is missing".to_owned()),
        O::In => Value::Flag(is_in(left, right)?),
        O::NotIn => Value::Flag(!is_in(left, right)?),
        O::Equal => Value::Flag(equal(left, right)),
        O::NotEqual => Value::Flag(!equal(left, right)),
        O::Same => Value::Flag(same(left, right)),
        O::NotSame => Value::Flag(!same(left, right)),
        O::Less => order(Ordering::is_lt),
        O::Greater => order(Ordering::is_gt),
        O::LessOrEqual => order(Ordering::is_le),
        O::GreaterOrEqual => order(Ordering::is_ge),
        O::Concat => Value::text(left.print() + &right.print()),
        O::Add => add(left, right),
        O::Subtract => calculate(|left, right| left - right),
        O::Multiply => calculate(|left, right| left * right),
        O::Divide => calculate(|left, right| left / right),
        O::FloorDivide => calculate(|left, right| (left / right).floor()),
        O::Remainder => calculate(|left, right| left % right),
        O::Power => calculate(f64::powf),
    })
}

pub(crate) fn add(left: &Value, right: &Value) -> Value {
    let is_text = |value: &Value| is_reference(value) || matches!(value, Value::Text(_));
    if is_text(left) || is_text(right) {
        return Value::text(left.print() + &right.print());
    }
    Value::Number(left.number() + right.number())
}

fn is_in(key: &Value, holder: &Value) -> Result<bool, String> {
    match holder {
        Value::Array(items) => Ok(items.borrow().iter().any(|item| same(item, key))),
        Value::Text(text) => Ok(text.contains(&key.print())),
        Value::Object(entries) => Ok(entries.get(&key.print()).is_some()),
        _ => Err("Membership requires an array, record, or string".to_owned()),
    }
}

/// What a slice is when its step leads nowhere.
pub(crate) const NO_STEP: &str = "Slice step must have finite non-zero numeric coercion";

/// A part of a list or of a text's letters, much as in Python: the original goes one place too far where the end lies beyond the last
/// one, and takes values without a length for endless. Each place is paid for.
pub(crate) fn slice<E>(
    value: &Value,
    parts: [Option<f64>; 3],
    mut pay: impl FnMut() -> Result<(), E>,
) -> Result<Value, E> {
    let items = match value {
        Value::Array(items) => items.borrow().clone(),
        Value::Text(text) => units(text),
        _ => Vec::new(),
    };
    let length = match value {
        Value::Array(_) | Value::Text(_) => number::count(items.len()),
        Value::Object(entries) => entries.get("length").map_or(f64::NAN, Value::number),
        value if value.is_true() => f64::NAN,
        _ => 0.0,
    };
    let step = parts[2].unwrap_or(1.0);
    let place = |part: Option<f64>, default: f64| {
        part.map_or(default, |part| if part < 0.0 { part + length } else { part })
    };
    let (first, end) = if step < 0.0 {
        (length - 1.0, -1.0)
    } else {
        (0.0, length)
    };
    let (mut at, end) = (place(parts[0], first), place(parts[1], end));
    let mut taken = Vec::new();
    while !(at < 0.0 || at > length || (step > 0.0 && at >= end) || (step < 0.0 && at <= end)) {
        pay()?;
        let is_place = at.fract() == 0.0;
        let item = match value {
            Value::Object(entries) => entries.get(&number::print(at)).cloned(),
            _ => items.get(number::size(at)).filter(|_| is_place).cloned(),
        };
        taken.push(item.unwrap_or(Value::Undefined));
        at += step;
    }
    Ok(Value::array(taken))
}
