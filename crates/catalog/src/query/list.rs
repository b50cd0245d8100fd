//! Plain lists of entities (`GET /entities`).

use model::Filter;

use super::ordered::{distinct, rows as ordered_rows};
use super::{Body, Direction, OrderField, QueryError, View, versions};
use crate::aside::Caller;
use crate::index::Version;
use read_model::{ReadModel, Scan, ScanOrder, Subset};

/// What to list.
#[derive(Debug, Clone, Default)]
pub struct ListRequest {
    /// Only entities that pass.
    pub filter: Option<Filter>,
    /// What to order by.
    pub order: Vec<OrderField>,
    /// Rows to leave out; with this or a limit the list is a page.
    pub offset: Option<usize>,
    /// Most rows.
    pub limit: Option<usize>,
}

/// A list.
#[derive(Debug, Clone, Default)]
pub struct Listed {
    /// Served JSON of the entities.
    pub items: Vec<Body>,
    /// There are more after these.
    pub has_more: bool,
}

impl View<'_> {
    /// A list. A whole list leaves out entities that lack the field it is ordered by and is otherwise
    /// by uid; a page puts them last and is otherwise by reference.
    pub async fn list(&self, request: &ListRequest) -> Result<Listed, QueryError> {
        let (wanted, has_more) = self.list_versions(request).await?;
        Ok(Listed {
            items: self.present(&wanted).await?,
            has_more,
        })
    }

    /// The entities of a list, to be fetched by their versions, and whether there are more after these.
    pub async fn list_versions(&self, request: &ListRequest) -> Result<(Vec<Version>, bool), QueryError> {
        // By one field the index has the order ready, by several it is made for the question.
        if request.order.len() < 2 {
            return Ok(self.find_list(request, &Caller::default()));
        }
        let (catalog, sight, request) = (self.catalog.clone(), self.sight.clone(), request.clone());
        let find = move |caller: &Caller| catalog.seen_by(&sight).find_list(&request, caller);
        Ok(self.catalog.aside(find).await?)
    }

    fn find_list(&self, request: &ListRequest, caller: &Caller) -> (Vec<Version>, bool) {
        let model = self.catalog.index().read();
        let set = self.chosen(&model, request.filter.as_ref());
        let is_page = request.limit.is_some() || request.offset.is_some();
        let mut docs = if is_page {
            page(&model, set.subset(), request, caller)
        } else {
            whole(&model, set.subset(), request)
        };
        let has_more = request.limit.is_some_and(|limit| docs.len() > limit);
        docs.truncate(request.limit.unwrap_or(usize::MAX));
        (versions(&model, docs), has_more)
    }
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
