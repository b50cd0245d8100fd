//! Plain lists of entities (`GET /entities`).

use std::cmp::Ordering;

use model::Filter;

use super::{Body, Direction, OrderField, QueryError, View, versions};
use read_model::{ReadModel, Walk, WalkOrder};

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
        let (wanted, has_more) = {
            let model = self.catalog.index().read();
            let set = self.visible(&model, request.filter.as_ref());
            let is_page = request.limit.is_some() || request.offset.is_some();
            let mut docs = if is_page {
                page(&model, &set, request)
            } else {
                whole(&model, &set, request)
            };
            let has_more = request.limit.is_some_and(|limit| docs.len() > limit);
            docs.truncate(request.limit.unwrap_or(usize::MAX));
            (versions(&model, docs), has_more)
        };
        Ok(Listed {
            items: self.present(&wanted).await?,
            has_more,
        })
    }
}

fn whole(model: &ReadModel, set: &roaring::RoaringBitmap, request: &ListRequest) -> Vec<u32> {
    let field = request
        .order
        .first()
        .map(|order| model::js::lowercase(&order.field));
    let order = field.as_deref().map_or(WalkOrder::Uid, WalkOrder::Key);
    let descending = request
        .order
        .first()
        .is_some_and(|order| order.direction == Direction::Descending);
    rows(model, set, order, descending, descending, 0, usize::MAX)
}

/// One row more than asked for, to see whether there is more.
fn page(model: &ReadModel, set: &roaring::RoaringBitmap, request: &ListRequest) -> Vec<u32> {
    let offset = request.offset.unwrap_or(0);
    let limit = request.limit.map_or(usize::MAX, |limit| limit.saturating_add(1));
    match request.order.as_slice() {
        [] => rows(model, set, WalkOrder::Reference, false, false, offset, limit),
        [order] => page_by_one(model, set, order, offset, limit),
        orders => {
            let docs = sorted(model, set, orders);
            docs.into_iter().skip(offset).take(limit).collect()
        }
    }
}

/// Entities with the field in its order, then those without by uid.
fn page_by_one(
    model: &ReadModel,
    set: &roaring::RoaringBitmap,
    order: &OrderField,
    offset: usize,
    limit: usize,
) -> Vec<u32> {
    let descending = order.direction == Direction::Descending;
    let mut docs = rows(
        model,
        set,
        WalkOrder::Key(&order.field),
        descending,
        false,
        offset,
        limit,
    );
    if docs.len() < limit {
        let without = set - model.with_value(&order.field).as_ref();
        let counted = model.count_rows(set, &order.field);
        let skip = offset.saturating_sub(counted);
        docs.extend(rows(
            model,
            &without,
            WalkOrder::Uid,
            false,
            false,
            skip,
            limit - docs.len(),
        ));
    }
    docs
}

fn rows(
    model: &ReadModel,
    set: &roaring::RoaringBitmap,
    order: WalkOrder<'_>,
    descending: bool,
    ties_descending: bool,
    offset: usize,
    limit: usize,
) -> Vec<u32> {
    let walk = Walk {
        set,
        order,
        descending,
        ties_descending,
        after: None,
        text: None,
        offset,
        limit,
    };
    model.walk(&walk).into_iter().map(|row| row.doc).collect()
}

/// A row for every combination of values, as joining them in SQL gives.
fn sorted(model: &ReadModel, set: &roaring::RoaringBitmap, orders: &[OrderField]) -> Vec<u32> {
    let mut rows: Vec<(Vec<Option<&str>>, u32)> = Vec::new();
    for doc in set {
        let mut combinations = vec![Vec::new()];
        for order in orders {
            let values = model.values(doc, &order.field);
            let values = if values.is_empty() {
                vec![None]
            } else {
                values.into_iter().map(Some).collect()
            };
            combinations = combinations
                .iter()
                .flat_map(|row| {
                    values
                        .iter()
                        .map(|value| row.iter().copied().chain([*value]).collect())
                })
                .collect();
        }
        rows.extend(combinations.into_iter().map(|values| (values, doc)));
    }
    rows.sort_by(|left, right| {
        let fields = left.0.iter().zip(&right.0).zip(orders);
        fields
            .map(|((left, right), order)| compare(*left, *right, order.direction))
            .find(|ordering| ordering.is_ne())
            .unwrap_or_else(|| model.uid(left.1).cmp(&model.uid(right.1)))
    });
    rows.into_iter().map(|(_, doc)| doc).collect()
}

/// Missing values come last in either direction.
fn compare(left: Option<&str>, right: Option<&str>, direction: Direction) -> Ordering {
    match (left, right, direction) {
        (Some(left), Some(right), Direction::Ascending) => left.cmp(right),
        (Some(left), Some(right), Direction::Descending) => right.cmp(left),
        (left, right, _) => right.is_some().cmp(&left.is_some()),
    }
}
