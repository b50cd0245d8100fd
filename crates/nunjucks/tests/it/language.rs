//! The whole language against the engine of the original, case by case: values, and errors with their places.
//!
//! `tests/oracle` made the expectations; it says how they are made anew.

use std::collections::BTreeMap;

use nunjucks::{Extensions, Options, Template, TemplateError};
use serde_json::Value;

const CASES: &str = include_str!("language.jsonl");
/// Fewest cases, so that a broken list of cases is noticed.
const FEWEST: usize = 1_000;

#[test]
fn texts_give_what_the_original_gives() {
    let mut lines = CASES
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    let context = lines.next().unwrap()["context"].clone();
    let (mut areas, mut wrong) = (BTreeMap::<String, (usize, usize)>::new(), Vec::new());
    for case in lines {
        let given = render(&case, &context);
        let (right, all) = areas
            .entry(case["area"].as_str().unwrap().to_owned())
            .or_default();
        *all += 1;
        if is_as_expected(&case, &given) {
            *right += 1;
        } else {
            wrong.push(format!("{case}\n    gives {given:?}"));
        }
    }
    for (area, (right, all)) in &areas {
        println!("{area}: {right} of {all}");
    }
    assert!(areas.values().map(|(_, all)| all).sum::<usize>() >= FEWEST);
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

fn render(case: &Value, context: &Value) -> Result<Option<Value>, TemplateError> {
    let option = |name: &str| case["options"][name] == true;
    let options = Options {
        variable_start: if option("cookiecutterCompat") { "{{" } else { "${{" },
        trim_blocks: option("trimBlocks"),
        lstrip_blocks: option("lstripBlocks"),
        has_python_words: option("cookiecutterCompat"),
        ..Options::default()
    };
    let template = Template::parse(case["text"].as_str().expect("each case has a text"), &options)?;
    template.render(context, &Extensions::default())
}

fn is_as_expected(case: &Value, given: &Result<Option<Value>, TemplateError>) -> bool {
    match given {
        Err(error) => {
            let expected = &case["error"];
            expected["line"] == error.line
                && expected["column"] == error.column
                && expected["text"] == error.text
        }
        Ok(None) => case.get("value").is_none() && case.get("error").is_none(),
        Ok(Some(value)) => case.get("value").is_some_and(|expected| alike(value, expected)),
    }
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
