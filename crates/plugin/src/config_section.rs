//! Sections of the configuration that belong to a plugin.

use model::Problem;
use serde_json::Value;

/// A section of the configuration that a plugin reads.
///
/// `config check`, `config schema` and the start of the server ask it. Its values are held against its schema, and a key that the
/// schema does not have is reported as having no effect. When the plugin is opened, a text that means a number or a
/// boolean has become one where the schema asks for it.
pub trait ConfigSection: Send + Sync + 'static {
    /// Its key, with dots between parts, for example `kubernetes` or `portal.scorecards`.
    fn path(&self) -> &str;
    /// JSON Schema of the section, with a type and a `description` for each key. A length of time has the format `human-duration`,
    /// a secret `"visibility": "secret"`; an object without `properties` may have any keys.
    fn schema(&self) -> Value;
    /// The page of the documentation that lists its keys, for example `docs/kubernetes.md`.
    fn page(&self) -> Option<&'static str> {
        None
    }
    /// Problems that the schema cannot express. Paths in them are relative to the section. Values of a wrong type may be
    /// in it; nothing needs to be said of these.
    fn check(&self, section: &Value) -> Vec<Problem> {
        let _ = section;
        Vec::new()
    }
}
