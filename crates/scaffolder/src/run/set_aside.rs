//! What finished steps have kept, set aside where a person has them done again.
//!
//! After a crash a step reads what it kept, so that it does nothing twice. A person who has a finished step done again wants it to be done:
//! what it kept says only what the task made itself. It stays below [`EARLIER`].

use serde_json::{Map, Value};

use super::progress::Progress;

/// The key of a step's checkpoint below which stands what it kept before a person had it done again.
pub(crate) const EARLIER: &str = "earlier";

/// The part of a job's checkpoint in which a round of a step keeps something.
pub(crate) fn part_of(step: &str, round: usize) -> String {
    format!("step {step} {round}")
}

/// A job's checkpoint in which finished rounds of these steps have kept nothing but what they made earlier.
pub(crate) fn set_aside(whole: Option<Value>, progress: &Progress, steps: &[String]) -> Map<String, Value> {
    let Some(Value::Object(mut parts)) = whole else {
        return Map::new();
    };
    for (name, kept) in &mut parts {
        let is_done = |step: &String| round_of(name, step).is_some_and(|round| progress.is_done(step, round));
        if steps.iter().any(is_done) {
            *kept = aside(kept.take());
        }
    }
    parts
}

/// The round of a step whose part this is.
fn round_of(name: &str, step: &str) -> Option<usize> {
    let rest = name.strip_prefix("step ")?.strip_prefix(step)?;
    rest.strip_prefix(' ')?.parse().ok()
}

fn aside(kept: Value) -> Value {
    let earlier = match kept {
        Value::Object(mut marks) => match marks.remove(EARLIER) {
            // It was done again before; what it made then is its own, too.
            Some(Value::Object(mut earlier)) => {
                earlier.extend(marks);
                Value::Object(earlier)
            }
            Some(earlier) if marks.is_empty() => earlier,
            _ => Value::Object(marks),
        },
        other => other,
    };
    Value::Object(Map::from_iter([(EARLIER.to_owned(), earlier)]))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn finished_rounds_alone_are_set_aside() {
        let mut progress = Progress::default();
        progress.finish("a", Some(json!({})));
        progress.finish("b", None);
        progress.finish_round("c", json!({}));
        progress.finish("d", Some(json!({})));
        let steps: Vec<String> = ["a", "a 1", "b", "c"].map(str::to_owned).into();
        let whole = json!({
            "own": {}, "step a 0": "key", "step a 1 0": {"x": 1}, "step b 0": {"x": 1}, "step c 0": {"x": 1},
            "step c 1": {"x": 1}, "step d 0": {"x": 1},
        });
        let parts = Value::Object(set_aside(Some(whole), &progress, &steps));
        let expected = json!({
            "own": {}, "step a 0": {"earlier": "key"}, "step a 1 0": {"x": 1}, "step b 0": {"x": 1},
            "step c 0": {"earlier": {"x": 1}}, "step c 1": {"x": 1}, "step d 0": {"x": 1},
        });
        assert_eq!(parts, expected);
    }

    #[test]
    fn what_was_made_at_any_time_stays_known() {
        for (kept, expected) in [
            (json!({"making": 1}), json!({"making": 1})),
            (json!({"earlier": {"making": 1}}), json!({"making": 1})),
            (
                json!({"earlier": {"making": 1, "commit": 1}, "commit": 2}),
                json!({"making": 1, "commit": 2}),
            ),
            (json!({"earlier": "key"}), json!("key")),
            (json!({"earlier": "key", "commit": 2}), json!({"commit": 2})),
        ] {
            assert_eq!(aside(kept.clone()), json!({ "earlier": expected }), "{kept}");
        }
    }
}
