//! Lists of entities: those of the wire contract (`GET /entities`) and those that people read.
//!
//! Both have one request, which counts the entities before the page. They differ in how entities with the same value
//! follow each other ([`Ties`]): the order of the contract is no order to a reader. The pages of
//! `/entities/by-query` have a request of their own (`by_query`), because their cursors are part of the contract: they
//! hold the values of rows, and what is listed.

use model::Filter;

use super::ordered::{distinct, rows as ordered_rows};
use super::{Direction, OrderField, QueryError, View, versions};
use crate::index::Version;
use crate::slow_work::Caller;
use read_model::{ReadModel, Scan, ScanOrder, Subset};

/// What people order by unless they say otherwise.
const NAME: &str = "metadata.name";
/// Longer lists are found aside.
const LONG: usize = 1_000;

/// What to list.
#[derive(Debug, Clone, Default)]
pub struct ListRequest {
    /// Only entities that pass.
    pub filter: Option<Filter>,
    /// Part of the name or title; blank for all.
    pub text: String,
    /// What to order by.
    pub order: Vec<OrderField>,
    /// How entities with the same value follow each other.
    pub ties: Ties,
    /// Rows to leave out; with this or a limit the list is a page.
    pub offset: Option<usize>,
    /// Most rows.
    pub limit: Option<usize>,
}

/// How entities with the same value follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Ties {
    /// As the wire contract says: an entity stands in a row for each of its values, rows with the same value are by
    /// uid. A whole list leaves out entities without a value and is otherwise by uid; a page puts them last and is
    /// otherwise by reference.
    #[default]
    ByUid,
    /// As people read: by the first field alone, each entity once, entities with the same value by name, and those
    /// without a value last.
    ByName,
}

/// A list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listed {
    /// The entities, to be fetched by their versions.
    pub versions: Vec<Version>,
    /// Entities on all pages together.
    pub total: u64,
    /// There are more after these.
    pub has_more: bool,
}

impl ListRequest {
    /// The entities that pass a filter as people read them, by name.
    pub fn for_people(filter: Filter) -> Self {
        Self {
            filter: Some(filter),
            ties: Ties::ByName,
            ..Self::default()
        }
    }

    /// In the order of a field.
    pub fn by(mut self, field: &str, direction: Direction) -> Self {
        self.order = vec![OrderField {
            field: field.to_owned(),
            direction,
        }];
        self
    }

    /// At most `limit` entities behind the first `offset`.
    pub fn page(mut self, offset: usize, limit: usize) -> Self {
        (self.offset, self.limit) = (Some(offset), Some(limit));
        self
    }

    /// Whether finding the entities takes a while: the order is made for the question, or the list is long.
    fn is_slow(&self) -> bool {
        match self.ties {
            Ties::ByUid => self.order.len() > 1,
            Ties::ByName => self.limit.is_none_or(|limit| limit > LONG),
        }
    }
}

impl View<'_> {
    /// A list.
    pub async fn list(&self, request: &ListRequest) -> Result<Listed, QueryError> {
        if !request.is_slow() {
            return Ok(self.find_list(request, &Caller::default()));
        }
        let (catalog, sight, request) = (self.catalog.clone(), self.sight.clone(), request.clone());
        let find = move |caller: &Caller| catalog.seen_by(&sight).find_list(&request, caller);
        Ok(self.catalog.run_slow(find).await?)
    }

    fn find_list(&self, request: &ListRequest, caller: &Caller) -> Listed {
        let model = self.catalog.index().read();
        let set = self.matching(&model, request.filter.as_ref(), &request.text);
        let is_page = request.limit.is_some() || request.offset.is_some();
        let mut docs = match request.ties {
            Ties::ByName => page_for_people(&model, set.subset(), request),
            Ties::ByUid if is_page => page(&model, set.subset(), request, caller),
            Ties::ByUid => whole(&model, set.subset(), request),
        };
        let has_more = request.limit.is_some_and(|limit| docs.len() > limit);
        docs.truncate(request.limit.unwrap_or(usize::MAX));
        Listed {
            versions: versions(&model, docs),
            total: set.len(),
            has_more,
        }
    }
}

/// One entity more than asked for, to see whether there is more.
fn page_for_people(model: &ReadModel, subset: Subset<'_>, request: &ListRequest) -> Vec<u32> {
    let first = request.order.first();
    let field = first.map_or_else(|| NAME.to_owned(), |order| model::js::lowercase(&order.field));
    let descending = first.is_some_and(|order| order.direction == Direction::Descending);
    let limit = request.limit.map_or(usize::MAX, |limit| limit.saturating_add(1));
    model.page_by_value(subset, &field, descending, request.offset.unwrap_or(0), limit)
}

fn whole(model: &ReadModel, subset: Subset<'_>, request: &ListRequest) -> Vec<u32> {
    let first = request.order.first();
    let field = first.map(|order| model::js::lowercase(&order.field));
    let order = field.as_deref().map_or(ScanOrder::Uid, ScanOrder::Key);
    let descending = first.is_some_and(|order| order.direction == Direction::Descending);
    let scan = Scan::by(order, subset);
    rows(model, &scan.descending(descending).ties_descending(descending))
}

/// One row more than asked for, to see whether there is more.
fn page(model: &ReadModel, subset: Subset<'_>, request: &ListRequest, caller: &Caller) -> Vec<u32> {
    let offset = request.offset.unwrap_or(0);
    let limit = request.limit.map_or(usize::MAX, |limit| limit.saturating_add(1));
    match distinct(&request.order).as_slice() {
        [] => rows(model, &Scan::by(ScanOrder::Reference, subset).page(offset, limit)),
        [order] => page_by_one(model, subset, order, offset, limit),
        orders => ordered_rows(model, subset.set, orders, (offset, limit), caller),
    }
}

/// Entities with the field in its order, then those without by uid.
fn page_by_one(
    model: &ReadModel,
    subset: Subset<'_>,
    order: &OrderField,
    offset: usize,
    limit: usize,
) -> Vec<u32> {
    let descending = order.direction == Direction::Descending;
    let scan = Scan::by(ScanOrder::Key(&order.field), subset).descending(descending);
    let mut docs = rows(model, &scan.page(offset, limit));
    if docs.len() < limit {
        let without = subset.set - model.with_value(&order.field).as_ref();
        let counted = model.count_rows(subset.set, &order.field);
        let scan = Scan::by(ScanOrder::Uid, &without);
        docs.extend(rows(
            model,
            &scan.page(offset.saturating_sub(counted), limit - docs.len()),
        ));
    }
    docs
}

fn rows(model: &ReadModel, scan: &Scan<'_>) -> Vec<u32> {
    model.scan(scan).into_iter().map(|row| row.doc).collect()
}
