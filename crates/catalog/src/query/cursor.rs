//! Where a walk through pages stands, as text that clients hand back (as in `@backstage/plugin-catalog-backend` 4.0.0).
//!
//! The stock client looks inside, so the JSON is contract: base64 of an object with `orderFields`,
//! `isPrevious`, the filter, the search text, and values of the last and of the very first row.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use base64::prelude::BASE64_STANDARD;
use model::{Fault, Filter, Predicate};
use serde_json::{Map, Value, json};

use super::by_query::FullText;
use super::cursor_check;
use super::{Direction, OrderField};

/// Reads what Node's `Buffer` reads.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Values of one row: the one it is ordered by (absent in lists by uid) and its uid.
pub type RowValues = Vec<Option<String>>;

/// Which entities a walk goes through.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Selection {
    /// All.
    #[default]
    All,
    /// Those that a predicate states.
    Query(Value),
    /// The same in the form of older cursors.
    Legacy(Value),
}

/// In which order a cursor's members are written. Nobody should look, but texts get compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Layout {
    /// Made from a request.
    #[default]
    Made,
    /// Made from the cursor before.
    Read,
    /// Made from one that did not know the first row.
    ReadWithoutFirst,
}

/// Where a walk stands.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Cursor {
    /// What it is ordered by; only the first counts.
    pub order: Vec<OrderField>,
    /// The page wanted lies before `at`.
    pub is_previous: bool,
    /// Which entities.
    pub selection: Selection,
    /// Search text.
    pub full_text: Option<FullText>,
    /// The row next to the page wanted.
    pub at: RowValues,
    /// The very first row, known from the second page on.
    pub first: Option<RowValues>,
    /// Number of entities, counted once.
    pub total: Option<u64>,
    pub(super) layout: Layout,
}

impl Cursor {
    /// Reads the text of a client.
    pub fn decode(text: &str) -> Result<Self, Fault> {
        let malformed = |reason: String| Fault::input(format!("Malformed cursor: {reason}"));
        let text = String::from_utf8_lossy(&decode_base64(text)).into_owned();
        let value = model::parse_json(&text).map_err(|reason| malformed(format!("SyntaxError: {reason}")))?;
        let query = cursor_check::check(&value)?
            .map_err(|issues| malformed(format!("InputError: Malformed cursor: {issues}")))?;
        let cursor = Self::from_checked(&value, query);
        cursor.filter()?;
        Ok(cursor)
    }

    fn from_checked(value: &Value, query: Option<Predicate>) -> Self {
        let order = value["orderFields"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|order| OrderField {
                field: order["field"].as_str().unwrap_or_default().to_owned(),
                direction: order["order"]
                    .as_str()
                    .and_then(Direction::parse)
                    .unwrap_or_default(),
            });
        let selection = match (query, value.get("filter")) {
            (Some(query), _) => Selection::Query(query.as_json().clone()),
            (None, Some(filter)) => Selection::Legacy(filter.clone()),
            (None, None) => Selection::All,
        };
        Self {
            order: order.collect(),
            is_previous: value["isPrevious"] == true,
            selection,
            full_text: value.get("fullTextFilter").map(FullText::from_json),
            at: row_values(&value["orderFieldValues"]),
            first: value.get("firstSortFieldValues").map(row_values),
            total: Some(value.get("totalItems").and_then(Value::as_u64).unwrap_or(0)),
            layout: match value.get("firstSortFieldValues") {
                Some(_) => Layout::Read,
                None => Layout::ReadWithoutFirst,
            },
        }
    }

    /// The text for a client.
    pub fn encode(&self) -> String {
        let order = |order: &OrderField| json!({ "field": order.field, "order": order.direction.as_str() });
        let order = ("orderFields", Some(self.order.iter().map(order).collect()));
        let direction = ("isPrevious", Some(self.is_previous.into()));
        let selection = match &self.selection {
            Selection::All => ("query", None),
            Selection::Query(query) => ("query", Some(query.clone())),
            Selection::Legacy(filter) => ("filter", Some(filter.clone())),
        };
        let text = ("fullTextFilter", self.full_text.as_ref().map(FullText::to_json));
        let at = ("orderFieldValues", Some(json!(self.at)));
        let first = (
            "firstSortFieldValues",
            self.first.as_ref().map(|first| json!(first)),
        );
        let total = ("totalItems", self.total.map(Value::from));
        let members: [(&str, Option<Value>); 7] = match self.layout {
            Layout::Made => [order, direction, selection, text, at, first, total],
            Layout::Read => [order, direction, text, at, selection, first, total],
            Layout::ReadWithoutFirst => [order, direction, text, at, selection, total, first],
        };
        let value: Map<String, Value> = members
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), value?)))
            .collect();
        BASE64_STANDARD.encode(Value::Object(value).to_string())
    }

    /// The filter of the walk.
    pub fn filter(&self) -> Result<Option<Filter>, Fault> {
        Ok(match &self.selection {
            Selection::All => None,
            Selection::Query(query) => Some(Filter::from_predicate(query)?),
            Selection::Legacy(filter) => Some(Filter::from_legacy(filter)?),
        })
    }
}

fn row_values(value: &Value) -> RowValues {
    value
        .as_array()
        .into_iter()
        .flatten()
        .map(|value| value.as_str().map(str::to_owned))
        .collect()
}

fn decode_base64(text: &str) -> Vec<u8> {
    let text = text.split('=').next().unwrap_or_default();
    let mut digits: String = text
        .chars()
        .map(|digit| match digit {
            '-' => '+',
            '_' => '/',
            other => other,
        })
        .filter(|digit| digit.is_ascii_alphanumeric() || matches!(digit, '+' | '/'))
        .collect();
    if digits.len() % 4 == 1 {
        digits.pop();
    }
    LENIENT.decode(digits).unwrap_or_default()
}
