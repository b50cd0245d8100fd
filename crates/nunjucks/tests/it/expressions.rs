//! Texts with the values that the original's engine gives.

use nunjucks::{Extensions, render};
use serde_json::Value;

const CASES: &str = include_str!("expressions.jsonl");

#[test]
fn texts_give_the_values_of_the_original() {
    let mut lines = CASES
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    let context = lines.next().unwrap();
    let mut wrong = Vec::new();
    for case in lines {
        let text = case["text"].as_str().unwrap();
        let given = render(text, &context, &Extensions::default());
        let is_right = match &given {
            Err(_) => case["fails"] == true,
            Ok(None) => case.get("value").is_none() && case["fails"] != true,
            Ok(Some(value)) => case.get("value").is_some_and(|expected| alike(value, expected)),
        };
        if !is_right {
            wrong.push(format!("{case}\n    gives {given:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// Equal values; numbers are those of JavaScript.
fn alike(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => left.as_f64() == right.as_f64(),
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| alike(left, right))
        }
        (Value::Object(left), Value::Object(right)) => {
            let same =
                |(key, value): (&String, &Value)| right.get(key).is_some_and(|other| alike(value, other));
            left.len() == right.len() && left.iter().all(same)
        }
        _ => left == right,
    }
}
