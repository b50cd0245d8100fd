//! Fields that older versions do not write (by the change log of Gitea).

use serde_json::Value;

use super::settings::Settings;

/// A field and the version 1.x that brought it.
type Field = (&'static str, u32);

/// Of repositories.
pub(super) const REPOSITORY: &[Field] = &[
    ("has_code", 26),
    ("branch_count", 26),
    ("licenses", 23),
    ("topics", 23),
    ("projects_mode", 22),
    ("object_format_name", 22),
    ("allow_fast_forward_only_merge", 22),
];

/// Of files.
pub(super) const CONTENTS: &[Field] = &[
    ("lfs_oid", 25),
    ("lfs_size", 25),
    ("last_committer_date", 24),
    ("last_author_date", 24),
];

/// Of issues.
pub(super) const ISSUE: &[Field] = &[("content_version", 26), ("time_estimate", 23)];

/// Takes away what the version of the server does not know yet.
pub(super) fn prune(value: &mut Value, fields: &[Field], settings: &Settings) {
    let Value::Object(value) = value else { return };
    for (name, _) in fields.iter().filter(|(_, since)| *since > settings.minor()) {
        value.shift_remove(*name);
    }
}
