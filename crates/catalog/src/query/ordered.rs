//! Pages ordered by several fields, where an entity with several values stands in several rows.
//!
//! The rows of one entity are made one after the other, and only as far as the page reaches: their number
//! is the product of the numbers of its values.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;

use read_model::ReadModel;
use roaring::RoaringBitmap;
use uuid::Uuid;

use super::{Direction, OrderField};
use crate::slow_work::Caller;

/// Fields that count; more cannot change much, as ties are rare after these.
const MAX_FIELDS: usize = 4;
/// Rows in which one entity stands at most.
const MAX_ROWS: usize = 100;
/// Rows after which the work asks whether anybody waits for it.
const BETWEEN_CHECKS: usize = 4_096;

/// The fields that count: each once, and not too many.
pub(super) fn distinct(orders: &[OrderField]) -> Vec<OrderField> {
    let mut kept: Vec<OrderField> = Vec::new();
    for order in orders {
        if kept.len() == MAX_FIELDS {
            break;
        }
        if kept.iter().all(|known| known.field != order.field) {
            kept.push(order.clone());
        }
    }
    kept
}

/// Entities of the rows behind the first `offset`, at most `limit`; none when the caller is gone.
pub(super) fn rows(
    model: &ReadModel,
    set: &RoaringBitmap,
    orders: &[OrderField],
    (offset, limit): (usize, usize),
    caller: &Caller,
) -> Vec<u32> {
    let mut standing: BinaryHeap<Reverse<Standing<'_>>> = set
        .iter()
        .map(|doc| Reverse(Standing::new(model, doc, orders)))
        .collect();
    let (mut found, mut passed) = (Vec::new(), 0_usize);
    while found.len() < limit {
        let Some(mut first) = standing.peek_mut() else {
            break;
        };
        if passed >= offset {
            found.push(first.0.doc);
        }
        passed += 1;
        if !first.0.advance() {
            PeekMut::pop(first);
        }
        if passed.is_multiple_of(BETWEEN_CHECKS) && caller.is_gone() {
            return Vec::new();
        }
    }
    found
}

/// An entity at one of its rows.
struct Standing<'m> {
    doc: u32,
    uid: Uuid,
    orders: &'m [OrderField],
    /// For each field the values in the order wanted; one that is missing stands for none.
    values: Vec<Vec<Option<&'m str>>>,
    /// Which value of each field makes up the row.
    at: Vec<usize>,
    rows: usize,
}

impl<'m> Standing<'m> {
    fn new(model: &'m ReadModel, doc: u32, orders: &'m [OrderField]) -> Self {
        let values = orders.iter().map(|order| {
            let mut values: Vec<Option<&str>> =
                model.values(doc, &order.field).into_iter().map(Some).collect();
            if values.is_empty() {
                values.push(None);
            }
            values.sort_by(|left, right| compare(*left, *right, order.direction));
            values
        });
        Self {
            doc,
            uid: model.uid(doc),
            values: values.collect(),
            at: vec![0; orders.len()],
            orders,
            rows: 1,
        }
    }

    /// Goes to the next row; `false` when there is none.
    fn advance(&mut self) -> bool {
        self.rows += 1;
        if self.rows > MAX_ROWS {
            return false;
        }
        for (at, values) in self.at.iter_mut().zip(&self.values).rev() {
            *at += 1;
            if *at < values.len() {
                return true;
            }
            *at = 0;
        }
        false
    }

    fn row(&self) -> impl Iterator<Item = Option<&'m str>> + '_ {
        self.values.iter().zip(&self.at).map(|(values, at)| values[*at])
    }
}

impl Ord for Standing<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        let fields = self.row().zip(other.row()).zip(self.orders);
        fields
            .map(|((left, right), order)| compare(left, right, order.direction))
            .find(|ordering| ordering.is_ne())
            .unwrap_or_else(|| self.uid.cmp(&other.uid))
    }
}

impl PartialOrd for Standing<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Standing<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Standing<'_> {}

/// Missing values come last in either direction.
fn compare(left: Option<&str>, right: Option<&str>, direction: Direction) -> Ordering {
    match (left, right, direction) {
        (Some(left), Some(right), Direction::Ascending) => left.cmp(right),
        (Some(left), Some(right), Direction::Descending) => right.cmp(left),
        (left, right, _) => right.is_some().cmp(&left.is_some()),
    }
}
