//! Values that must never be shown.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer};

use crate::secret_file::SecretFile;

/// A password, token or key. It prints as `[redacted]` and has no serialised form.
#[derive(Clone)]
pub struct Secret {
    text: SecretString,
    followed: Option<Followed>,
}

/// Where a secret comes from, and what is made of it.
#[derive(Clone)]
struct Followed {
    file: SecretFile,
    shapes: Vec<Shape>,
}

type Shape = Arc<dyn Fn(&str) -> String + Send + Sync>;

impl Secret {
    /// Wraps a text.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: SecretString::from(text.into()),
            followed: None,
        }
    }

    /// The same secret, which [`Secret::current`] reads from a file.
    pub(crate) fn following(self, file: SecretFile) -> Self {
        Self {
            followed: Some(Followed {
                file,
                shapes: Vec::new(),
            }),
            ..self
        }
    }

    /// A text that is made of the secret, such as the value of a header. Where the secret follows a file, so does that.
    #[must_use]
    pub fn shaped(&self, shape: impl Fn(&str) -> String + Send + Sync + 'static) -> Self {
        let text = SecretString::from(shape(self.expose()));
        let followed = self.followed.clone().map(|mut followed| {
            followed.shapes.push(Arc::new(shape));
            followed
        });
        Self { text, followed }
    }

    /// The secret as it is now: where `$file` names it, the file may have changed since the start. Who keeps a secret for longer than
    /// one use asks for it each time.
    pub fn current(&self) -> Cow<'_, Self> {
        let Some(followed) = &self.followed else {
            return Cow::Borrowed(self);
        };
        let text = followed.file.text();
        let shaped = followed.shapes.iter().fold(text, |text, shape| {
            SecretString::from(shape(text.expose_secret()))
        });
        Cow::Owned(Self {
            text: shaped,
            followed: Some(followed.clone()),
        })
    }

    /// The text itself, as it was read at the start. Keep it out of logs, errors and pages.
    pub fn expose(&self) -> &str {
        self.text.expose_secret()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("[redacted]")
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.expose() == other.expose()
    }
}

impl Eq for Secret {}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = SecretString::deserialize(deserializer)?;
        Ok(Self { text, followed: None })
    }
}

impl JsonSchema for Secret {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Secret".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "visibility": "secret" })
    }
}
