//! Expressions of `JSONata` over values of steps, bounded in time, depth and size.
//!
//! The language is that of the crate `jsonata-core`, which agrees with the original's engine. What it does not bound
//! itself, the size of texts, is bounded by `bounds`. Each expression runs on a thread of its own, for it cannot be stopped
//! between two steps of its own.

mod bounds;

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use jsonata_core::evaluator::{CancelToken, Context, Evaluator, EvaluatorOptions};
use jsonata_core::parser;
use jsonata_core::value::JValue;
use model::Fault;
use serde_json::Value;
use tokio::sync::Semaphore;

/// Longest evaluation.
const TIME: Duration = Duration::from_secs(5);
/// Deepest nesting of calls.
const DEPTH: usize = 2_000;
/// Most items of a list that an expression makes.
const ITEMS: usize = 100_000;
/// Longest expression in bytes.
const LONGEST: usize = 64 << 10;
/// Stack of the thread. A parsed expression may be 1,000 levels deep.
const STACK: usize = 64 << 20;
/// Expressions that are evaluated at the same time.
static PLACES: LazyLock<Arc<Semaphore>> = LazyLock::new(|| Arc::new(Semaphore::new(4)));

/// Stops an evaluation whose answer nobody waits for any more.
struct Cancelled(CancelToken);

impl Drop for Cancelled {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

/// What an expression gives for a value; nothing where it finds nothing.
pub(crate) async fn evaluate(expression: &str, data: &Value) -> Result<Option<Value>, Fault> {
    if expression.len() > LONGEST {
        return Err(failed(&format!("it is longer than {LONGEST} bytes")));
    }
    let place = PLACES.clone().acquire_owned().await;
    let place = place.map_err(|_| failed("the process stops"))?;
    let (expression, data) = (expression.to_owned(), data.to_string());
    let cancel = CancelToken::new();
    let _cancelled = Cancelled(cancel.clone());
    let (done, answer) = tokio::sync::oneshot::channel();
    let thread = std::thread::Builder::new().name("jsonata".to_owned());
    let begun = thread.stack_size(STACK).spawn(move || {
        // Nobody waits any more where the answer cannot be given.
        let _ = done.send(evaluated(&expression, &data, cancel));
        drop(place);
    });
    begun.map_err(|error| failed(&error.to_string()))?;
    let given = tokio::time::timeout(2 * TIME, answer).await;
    let given = given.map_err(|_| failed("it takes too long"))?;
    given.map_err(|_| failed("it broke off"))?
}

fn failed(reason: &str) -> Fault {
    Fault::input(format!("JSONata failed to evaluate the expression: {reason}"))
}

fn evaluated(expression: &str, data: &str, cancel: CancelToken) -> Result<Option<Value>, Fault> {
    let parsed = parser::parse(expression).map_err(|error| failed(&error.to_string()))?;
    let parsed = bounds::bounded(&parsed).map_err(|reason| failed(&reason))?;
    let data = JValue::from_json_str(data).map_err(|error| failed(&error.to_string()))?;
    let options = EvaluatorOptions {
        timeout_ms: u64::try_from(TIME.as_millis()).ok(),
        cancel: Some(cancel),
        max_stack_depth: Some(DEPTH),
        max_sequence_length: Some(ITEMS),
    };
    let mut evaluator = Evaluator::with_options(Context::new(), options);
    bounds::register(&mut evaluator).map_err(|error| failed(&error.to_string()))?;
    let found = evaluator.evaluate(&parsed, &data);
    let found = found.map_err(|error| failed(&error.to_string()))?;
    if found.is_undefined() {
        return Ok(None);
    }
    bounds::check(&found).map_err(|reason| failed(&reason))?;
    let text = found
        .to_json_string()
        .map_err(|error| failed(&error.to_string()))?;
    let value = serde_json::from_str(&text);
    value
        .map(Some)
        .map_err(|error| failed(&format!("its result cannot be kept, {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    async fn gives(expression: &str, data: Value) -> Result<Option<Value>, String> {
        let given = evaluate(expression, &data).await;
        given.map_err(|fault| fault.message)
    }

    #[tokio::test]
    async fn expressions_of_real_templates() {
        let service = json!({"kind": "Component", "spec": {"type": "old", "ends": [
            {"path": "/users", "auth": true}, {"path": "/health", "auth": false}, {"path": "/admin", "auth": true},
        ]}});
        for (expression, expected) in [
            ("spec.ends[auth=false].path", json!("/health")),
            ("spec.ends.path", json!(["/users", "/health", "/admin"])),
            (
                "{ \"total\": $count(spec.ends), \"open\": $distinct(spec.ends.auth) }",
                json!({"total": 3, "open": [true, false]}),
            ),
            (
                "($ ~> | $.spec | { \"type\": \"new\" }, [\"ends\"] |).spec",
                json!({"type": "new"}),
            ),
            (
                "$split(\"a, b,,c\", \",\") ~> $map(function($v) { $trim($v) }) ~> $filter(function($v) { $v != \"\" })",
                json!(["a", "b", "c"]),
            ),
            (
                "\"x-\" & $replace($replace(\"a:b.c\", \":\", \"\"), \".\", \"-\")",
                json!("x-ab-c"),
            ),
            (
                "$replace(\"ab\", /[a-z]/, function($m) { $uppercase($m.match) & \".\" })",
                json!("A.B."),
            ),
            ("$map([1, 2], $string) ~> $join(\"-\")", json!("1-2")),
            ("$pad($string(7), -3, \"0\")", json!("007")),
            (
                "[spec.ends.auth, [1..3], \"x\", [spec.type]]",
                json!([true, false, true, [1, 2, 3], "x", ["old"]]),
            ),
            ("[1..3]", json!([1, 2, 3])),
            ("[spec.type[]]", json!(["old"])),
            ("1.0 + 1", json!(2)),
            ("$string({\"a\": [1.0, 2.5]})", json!("{\"a\":[1,2.5]}")),
        ] {
            assert_eq!(
                gives(expression, service.clone()).await,
                Ok(Some(expected)),
                "{expression}"
            );
        }
        assert_eq!(gives("missing.part", service).await, Ok(None));
    }

    #[tokio::test]
    async fn expressions_without_end_or_measure_are_refused() {
        let doubled = |body: &str| format!("$reduce([1..60], function($a, $v) {{ {body} }}, \"x\")");
        for (expression, expected) in [
            ("a.b[".to_owned(), "Unexpected end"),
            ("($f := function($x) { $f($x) + 1 }; $f(1))".to_owned(), "D1011"),
            ("[1..1000000]".to_owned(), "D2015"),
            (doubled("$a & $a"), "larger than"),
            (doubled("[$a, $a]"), "larger than"),
            (doubled("$join([$a, $a])"), "larger than"),
            (doubled("[$a, $a] ~> $join"), "larger than"),
            (doubled("$replace($a, \"x\", \"xx\")"), "larger than"),
            (
                doubled("$replace($a, /x/, function($m) { \"xx\" })"),
                "larger than",
            ),
            (doubled("$string([$a, $a])"), "larger than"),
            (doubled("$map([[$a, $a]], $string)"), "larger than"),
            ("$pad(\"x\", 100000000000)".to_owned(), "larger than"),
            ("$formatInteger(1e15, \"I\")".to_owned(), "larger than"),
            ("($j := $join(?, \"\"); $j([\"a\"]))".to_owned(), "in part"),
            (
                "($join := $uppercase; $join(\"a\"))".to_owned(),
                "another meaning",
            ),
            ("$eval(\"1\")".to_owned(), "$eval"),
        ] {
            let refused = gives(&expression, json!({})).await.unwrap_err();
            assert!(refused.contains(expected), "{expression}: {refused}");
        }
    }
}
