//! Values passed to a statement.

use jiff::Timestamp;
use uuid::Uuid;

use crate::StoreError;

/// An argument of a statement; the variant fixes its SQL type, null or not. Made with `into()` from texts, numbers,
/// flags, times and ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Arg {
    /// `TEXT`.
    Text(Option<String>),
    /// `BIGINT`: numbers, flags (0 and 1) and times (microseconds since 1970).
    Int(Option<i64>),
    /// `{bytes}`: ids and digests.
    Bytes(Option<Vec<u8>>),
}

impl Arg {
    /// A value as JSON text.
    pub fn json(value: &impl serde::Serialize) -> Result<Self, StoreError> {
        let text = serde_json::to_string(value).map_err(|error| StoreError::malformed("JSON", error))?;
        Ok(Self::from(text))
    }

    /// Refuses what PostgreSQL cannot store, on both engines alike.
    pub(crate) fn check(&self) -> Result<(), StoreError> {
        let Self::Text(Some(text)) = self else {
            return Ok(());
        };
        if !text.as_bytes().contains(&0) {
            return Ok(());
        }
        let beginning = text.chars().take_while(|&c| c != '\0').take(100).collect();
        Err(StoreError::NulCharacter { beginning })
    }
}

impl From<String> for Arg {
    fn from(text: String) -> Self {
        Self::Text(Some(text))
    }
}

impl From<&str> for Arg {
    fn from(text: &str) -> Self {
        Self::Text(Some(text.to_owned()))
    }
}

impl From<&String> for Arg {
    fn from(text: &String) -> Self {
        Self::Text(Some(text.clone()))
    }
}

impl From<&Option<String>> for Arg {
    fn from(text: &Option<String>) -> Self {
        Self::Text(text.clone())
    }
}

impl From<i64> for Arg {
    fn from(number: i64) -> Self {
        Self::Int(Some(number))
    }
}

impl From<usize> for Arg {
    fn from(number: usize) -> Self {
        Self::Int(Some(i64::try_from(number).unwrap_or(i64::MAX)))
    }
}

impl From<bool> for Arg {
    fn from(flag: bool) -> Self {
        Self::Int(Some(i64::from(flag)))
    }
}

impl From<Timestamp> for Arg {
    fn from(time: Timestamp) -> Self {
        Self::Int(Some(time.as_microsecond()))
    }
}

impl From<Option<Timestamp>> for Arg {
    fn from(time: Option<Timestamp>) -> Self {
        Self::Int(time.map(Timestamp::as_microsecond))
    }
}

impl From<Uuid> for Arg {
    fn from(uuid: Uuid) -> Self {
        Self::Bytes(Some(uuid.as_bytes().to_vec()))
    }
}

impl From<Option<i64>> for Arg {
    fn from(number: Option<i64>) -> Self {
        Self::Int(number)
    }
}

impl From<u32> for Arg {
    fn from(number: u32) -> Self {
        Self::Int(Some(number.into()))
    }
}

impl From<Option<String>> for Arg {
    fn from(text: Option<String>) -> Self {
        Self::Text(text)
    }
}

impl From<Option<&str>> for Arg {
    fn from(text: Option<&str>) -> Self {
        Self::Text(text.map(str::to_owned))
    }
}

impl From<Vec<u8>> for Arg {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Bytes(Some(bytes))
    }
}

impl From<Option<Uuid>> for Arg {
    fn from(uuid: Option<Uuid>) -> Self {
        Self::Bytes(uuid.map(|uuid| uuid.as_bytes().to_vec()))
    }
}
