//! Pages of entities that can be walked in both directions (`/entities/by-query`).

use std::collections::HashSet;

use model::Fault;
use serde_json::{Value, json};

use super::cursor::{Cursor, RowValues, Selection};
use super::{Direction, Fields, OrderField, QueryError, View, versions};
use crate::index::Version;
use crate::slow_work::Caller;
use read_model::{Like, ReadModel, Row, Scan, ScanOrder, Subset, UidBound};

/// Key of lists that nobody ordered.
const UID: &str = "metadata.uid";

/// Most fields that a text is searched for in.
const MAX_TEXT_FIELDS: usize = 20;
/// Longest text that is searched for, in bytes.
const MAX_TERM: usize = 1_000;

/// A search text and where to look for it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FullText {
    /// The text; blank means no search.
    pub term: String,
    /// Keys whose values are searched; without any, the one the list is ordered by.
    pub fields: Option<Vec<String>>,
}

/// What to list.
#[derive(Debug, Clone, PartialEq)]
pub struct PageRequest {
    /// Where the walk stands; for the first page only what and in which order.
    pub cursor: Cursor,
    /// Whether this is the first page.
    pub is_first: bool,
    /// Rows to leave out, on the first page.
    pub offset: usize,
    /// Most rows on the page.
    pub limit: usize,
    /// Parts of the entities wanted.
    pub fields: Fields,
}

/// A page.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// The entities, to be fetched by their versions.
    pub versions: Vec<Version>,
    /// Number of entities on all pages together.
    pub total: u64,
    /// Leads to the page after.
    pub next: Option<Cursor>,
    /// Leads to the page before.
    pub previous: Option<Cursor>,
}

impl FullText {
    fn is_blank(&self) -> bool {
        self.term.trim().is_empty()
    }

    pub(super) fn from_json(value: &Value) -> Self {
        let strings = |list: &Vec<Value>| list.iter().filter_map(Value::as_str).map(str::to_owned).collect();
        Self {
            term: value["term"].as_str().unwrap_or_default().to_owned(),
            fields: value["fields"].as_array().map(strings),
        }
    }

    pub(super) fn to_json(&self) -> Value {
        match &self.fields {
            Some(fields) => json!({ "term": self.term, "fields": fields }),
            None => json!({ "term": self.term }),
        }
    }
}

impl PageRequest {
    /// The first page of the entities that a predicate states; all without one.
    pub fn first(query: Option<Value>, order: Vec<OrderField>) -> Self {
        let selection = query.map_or(Selection::All, Selection::Query);
        Self {
            cursor: Cursor {
                order,
                selection,
                ..Cursor::default()
            },
            is_first: true,
            offset: 0,
            limit: 20,
            fields: Fields::all(),
        }
    }

    /// The page a cursor leads to.
    pub fn at(cursor: Cursor) -> Self {
        Self {
            is_first: false,
            cursor,
            ..Self::first(None, Vec::new())
        }
    }
}

impl View<'_> {
    /// One page.
    pub async fn page(&self, request: &PageRequest) -> Result<Page, QueryError> {
        // Only a search for a text goes through values; everything else the index has ready.
        if request.cursor.full_text.as_ref().is_none_or(FullText::is_blank) {
            return self.find_page(request);
        }
        let (catalog, sight, request) = (self.catalog.clone(), self.sight.clone(), request.clone());
        let find = move |_: &Caller| catalog.seen_by(&sight).find_page(&request);
        self.catalog.run_slow(find).await?
    }

    fn find_page(&self, request: &PageRequest) -> Result<Page, QueryError> {
        let cursor = &request.cursor;
        let filter = cursor.filter()?;
        let model = self.catalog.index().read();
        let mut set = self.chosen(&model, filter.as_ref());
        let order = Order::of(cursor);
        let text = Text::of(cursor, &order)?;
        if let Some(text) = &text {
            set = set.narrowed(&model.matching(&text.fields, &text.like));
        }
        let mut rows = walk_page(&model, set.subset(), &order, text.as_ref(), request);
        let total = cursor.total.unwrap_or_else(|| match order.key {
            // The original takes the number from a row, and an offset behind the end leaves none.
            _ if rows.is_empty() && request.limit > 0 => 0,
            Some(_) => model.count_valued(&set, &order.field),
            None => set.len(),
        });
        let has_more = request.limit > 0 && (cursor.is_previous || rows.len() > request.limit);
        if cursor.is_previous {
            rows.reverse();
        }
        rows.truncate(request.limit);
        let (next, previous) = neighbours(&model, cursor, &rows, &order, total, has_more);
        Ok(Page {
            versions: versions(&model, rows.iter().map(|row| row.doc)),
            total,
            next,
            previous,
        })
    }
}

/// The order of a walk, made explicit.
struct Order {
    field: String,
    /// The key, unless it is the uid.
    key: Option<String>,
    descending: bool,
    /// Rows differ by value and uid, not by uid alone.
    has_value: bool,
}

impl Order {
    fn of(cursor: &Cursor) -> Self {
        let first = cursor.order.first();
        let field = first.map_or_else(|| UID.to_owned(), |order| model::js::lowercase(&order.field));
        Self {
            key: (field != UID).then(|| field.clone()),
            field,
            descending: first.is_some_and(|order| order.direction == Direction::Descending),
            has_value: first.is_some(),
        }
    }
}

/// The search of a walk, made explicit.
struct Text {
    like: Like,
    fields: Vec<String>,
    /// The text is looked for in each row's own value, not in all of the entity's.
    by_row: bool,
}

impl Text {
    fn of(cursor: &Cursor, order: &Order) -> Result<Option<Self>, Fault> {
        let full_text = cursor.full_text.as_ref().filter(|text| !text.is_blank());
        let Some(full_text) = full_text else {
            return Ok(None);
        };
        let term = full_text.term.trim();
        if term.len() > MAX_TERM {
            return Err(Fault::input(format!(
                "The text to search for has more than {MAX_TERM} bytes"
            )));
        }
        let fields = full_text
            .fields
            .clone()
            .unwrap_or_else(|| vec![order.field.clone()]);
        let mut seen = HashSet::new();
        let fields = fields.iter().map(|field| model::js::lowercase(field));
        let fields: Vec<String> = fields.filter(|field| seen.insert(field.clone())).collect();
        if fields.len() > MAX_TEXT_FIELDS {
            return Err(Fault::input(format!(
                "A text is searched for in at most {MAX_TEXT_FIELDS} fields; name fewer"
            )));
        }
        Ok(Some(Self {
            like: Like::containing(term),
            by_row: fields == [order.field.clone()],
            fields,
        }))
    }
}

/// Rows of the page in the direction of the walk, one more than asked for when going forward.
fn walk_page<'m>(
    model: &'m ReadModel,
    subset: Subset<'_>,
    order: &Order,
    text: Option<&Text>,
    request: &PageRequest,
) -> Vec<Row<'m>> {
    let cursor = &request.cursor;
    let descending = order.descending != cursor.is_previous;
    let after = match cursor.at.as_slice() {
        _ if request.is_first => None,
        [Some(uid)] => Some(("", UidBound::parse(uid))),
        [Some(value), Some(uid)] => Some((value.as_str(), UidBound::parse(uid))),
        // A null equals nothing and precedes nothing.
        _ => return Vec::new(),
    };
    let extra = usize::from(!cursor.is_previous);
    let (offset, limit) = match request.limit {
        0 => (0, 0),
        limit if request.is_first => (request.offset, limit.saturating_add(extra)),
        limit => (0, limit.saturating_add(extra)),
    };
    let scan = Scan::by(
        order.key.as_deref().map_or(ScanOrder::Uid, ScanOrder::Key),
        subset,
    )
    .descending(descending)
    .ties_descending(descending)
    .after(after)
    .matching(text.filter(|text| text.by_row).map(|text| &text.like))
    .page(offset, limit);
    model.scan(&scan)
}

fn neighbours(
    model: &ReadModel,
    cursor: &Cursor,
    rows: &[Row<'_>],
    order: &Order,
    total: u64,
    has_more: bool,
) -> (Option<Cursor>, Option<Cursor>) {
    let values = |row: &Row<'_>| row_values(model, row, order);
    let first = cursor.first.clone().or_else(|| rows.first().map(values));
    let turn = |row: &Row<'_>, is_previous| Cursor {
        is_previous,
        at: values(row),
        first: first.clone(),
        total: Some(total),
        ..cursor.clone()
    };
    let next = rows.last().filter(|_| has_more).map(|row| turn(row, false));
    let is_further = |row: &&Row<'_>| cursor.first.as_ref().is_some_and(|first| values(row) != *first);
    let previous = rows.first().filter(is_further).map(|row| turn(row, true));
    (next, previous)
}

fn row_values(model: &ReadModel, row: &Row<'_>, order: &Order) -> RowValues {
    let uid = model.uid(row.doc).to_string();
    match row.value {
        _ if !order.has_value => vec![Some(uid)],
        Some(value) => vec![Some(value.to_owned()), Some(uid)],
        None => vec![Some(uid.clone()), Some(uid)],
    }
}
