//! Sections of the configuration that belong to a plugin.

use model::Problem;
use serde_json::Value;

/// A section of the configuration that a plugin reads.
///
/// `config check`, `config schema` and the start of the server ask it; a key that no section claims is reported as
/// having no effect.
pub trait ConfigSection: Send + Sync + 'static {
    /// Its key, with dots between parts, for example `kubernetes` or `portal.scorecards`.
    fn path(&self) -> &str;
    /// JSON Schema of the section, with a `description` for each key.
    fn schema(&self) -> Value;
    /// Problems that the schema cannot express. Paths in them are relative to the section.
    fn check(&self, section: &Value) -> Vec<Problem> {
        let _ = section;
        Vec::new()
    }
}
