//! Rules that protect branches, as they are kept.

use serde_json::{Map, Value, json};

use super::world::World;

/// The fields of a rule that a request may set, each as it is before, and the version 1.x that brought it.
fn fields() -> [(&'static str, Value, u32); 17] {
    [
        ("enable_push", json!(false), 0),
        ("enable_push_whitelist", json!(false), 0),
        ("push_whitelist_usernames", json!([]), 0),
        ("push_whitelist_teams", json!([]), 0),
        ("enable_merge_whitelist", json!(false), 0),
        ("merge_whitelist_usernames", json!([]), 0),
        ("merge_whitelist_teams", json!([]), 0),
        ("enable_status_check", json!(false), 0),
        ("status_check_contexts", json!([]), 0),
        ("required_approvals", json!(0), 0),
        ("block_on_rejected_reviews", json!(false), 0),
        ("block_on_official_review_requests", json!(false), 0),
        ("block_on_outdated_branch", json!(false), 0),
        ("dismiss_stale_approvals", json!(false), 0),
        ("require_signed_commits", json!(false), 0),
        ("protected_file_patterns", json!(""), 0),
        ("block_admin_merge_override", json!(false), 23),
    ]
}

/// A rule for the branches whose names fit a pattern.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Rule {
    pub name: String,
    fields: Map<String, Value>,
}

impl Rule {
    /// A rule as a request asks for it; fields that the version does not know are passed over without a word.
    pub(super) fn new(name: &str, minor: u32, body: &Value) -> Self {
        let known = fields().into_iter().filter(|(_, _, since)| *since <= minor);
        let fields = known.map(|(field, default, _)| (field.to_owned(), default));
        let mut rule = Self {
            name: name.to_owned(),
            fields: fields.collect(),
        };
        rule.set(body);
        rule
    }

    /// Sets what a request names; all else stays.
    pub(super) fn set(&mut self, body: &Value) {
        for (field, value) in &mut self.fields {
            if let Some(new) = body.get(field).filter(|new| !new.is_null()) {
                value.clone_from(new);
            }
        }
    }

    /// The names in the lists of those who may.
    pub(super) fn listed(&self, kind: &str) -> impl Iterator<Item = &str> {
        let lists = self.fields.iter().filter(move |(field, _)| field.ends_with(kind));
        lists.flat_map(|(_, list)| list.as_array().into_iter().flatten().filter_map(Value::as_str))
    }

    pub(super) fn shape(&self) -> Value {
        let mut shape = Map::new();
        // The older of the two names is empty for patterns.
        let is_pattern = self.name.contains(['*', '?', '[', '{']);
        let branch = if is_pattern { "" } else { self.name.as_str() };
        shape.insert("branch_name".to_owned(), branch.into());
        shape.insert("rule_name".to_owned(), self.name.as_str().into());
        shape.extend(self.fields.clone());
        Value::Object(shape)
    }

    fn may_be_pushed(&self) -> bool {
        self.fields["enable_push"] == true
    }
}

impl World {
    /// The branches of a repository to which nobody may push. Patterns count for themselves alone here.
    pub(super) fn closed_branches(&self, id: u64) -> Vec<String> {
        let rules = self.rules.get(&id).into_iter().flatten();
        let closed = rules.filter(|rule| !rule.may_be_pushed());
        closed.map(|rule| rule.name.clone()).collect()
    }
}
