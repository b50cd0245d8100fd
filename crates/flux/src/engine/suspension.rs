//! Who suspended an object and why, as annotations say: those of this portal, of the Flux Operator and of the original's plugin.

use jiff::Timestamp;
use kubernetes::engine::Object;

/// Who suspended it. The Flux Operator's own interface reads and writes it, too.
pub const BY: &str = "fluxcd.controlplane.io/suspendedBy";
/// Why it was suspended.
pub const REASON: &str = "backstage.io/suspend-reason";
/// When it was suspended.
pub const AT: &str = "backstage.io/suspended-at";
/// Who suspended it, as the original's plugin writes it.
const BY_ORIGINAL: &str = "weave.works/suspended-by";

/// What is known of a suspension.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Suspension {
    /// Who suspended it.
    pub by: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// When.
    pub at: Option<Timestamp>,
}

/// What is known of the suspension of an object; nothing where it is not suspended.
pub fn of(object: &Object) -> Option<Suspension> {
    (object.value["spec"]["suspend"] == true).then(|| {
        let text = |key: &str| {
            let text = object.annotation(key).map(str::trim);
            text.filter(|text| !text.is_empty()).map(str::to_owned)
        };
        Suspension {
            by: text(BY).or_else(|| text(BY_ORIGINAL)),
            reason: text(REASON),
            at: text(AT).and_then(|at| at.parse().ok()),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::super::kinds::KUSTOMIZATIONS;
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn who_suspended_is_read_as_each_program_writes_it() {
        let of = |suspend: bool, annotations: Value| {
            let value =
                json!({"metadata": {"name": "x", "annotations": annotations}, "spec": {"suspend": suspend}});
            super::of(&Object::sample(&KUSTOMIZATIONS, value))
        };
        let by = |name: &str| Some(name.to_owned());
        assert_eq!(of(false, json!({BY: "ada"})), None, "a trace of before");
        assert_eq!(of(true, json!({})), Some(Suspension::default()));
        assert_eq!(
            of(true, json!({BY: "ada", BY_ORIGINAL: "bob"})).unwrap().by,
            by("ada")
        );
        assert_eq!(of(true, json!({BY_ORIGINAL: "bob"})).unwrap().by, by("bob"));
        let told = of(
            true,
            json!({BY: "ada", REASON: " freeze ", AT: "2026-11-24T09:00:00Z"}),
        )
        .unwrap();
        assert_eq!(told.reason.as_deref(), Some("freeze"));
        assert!(told.at.is_some());
    }
}
