//! Lists in pages.
//!
//! A server caps the size of a page silently, and its `Link` header names its public address, which the portal need not
//! reach: pages are counted by the capped size and the total that the server states.

use http::Method;
use model::Fault;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::Gitea;
use super::call::{Call, failed};

/// Most pages of one list.
const MAX_PAGES: usize = 2_000;
/// Failed pages in a row after which a list is given up.
const MAX_FAILED: usize = 3;
/// The header with the number of all entries.
const TOTAL: &str = "x-total-count";

/// A list of many pages.
#[derive(Debug, Clone)]
pub struct Listing<T> {
    /// The entries of all pages that were read, in the server's order.
    pub items: Vec<T>,
    /// Why pages are missing. What they would have said is unknown, not gone.
    pub failed: Vec<Fault>,
}

impl<T> Listing<T> {
    /// Every page was read: what is not in the list is not there.
    pub fn is_complete(&self) -> bool {
        self.failed.is_empty()
    }

    /// The entries, unless a page is missing.
    pub fn complete(self) -> Result<Vec<T>, Fault> {
        match self.failed.into_iter().next() {
            None => Ok(self.items),
            Some(fault) => Err(fault),
        }
    }
}

/// One page.
pub(super) struct Page<T> {
    pub items: Vec<T>,
    /// All entries, where the server says.
    pub total: Option<usize>,
}

impl Gitea {
    /// Reads a list whole. A page that fails is left out and said; a first page that fails is the list's failure.
    pub(super) async fn list<T: DeserializeOwned>(&self, call: Call<'_>) -> Result<Listing<T>, Fault> {
        self.list_below(call, None).await
    }

    /// Like [`Gitea::list`], of entries that stand below a key of each answer.
    pub(super) async fn list_below<T: DeserializeOwned>(
        &self,
        call: Call<'_>,
        key: Option<&str>,
    ) -> Result<Listing<T>, Fault> {
        let size = self.features().await?.page;
        let mut listing = Listing {
            items: Vec::new(),
            failed: Vec::new(),
        };
        let (mut total, mut failed_in_a_row) = (None, 0);
        for number in 1..=MAX_PAGES {
            match self.one_page(call, key, (number, size)).await {
                Ok(page) => {
                    let is_short = page.items.len() < size;
                    total = page.total.or(total);
                    failed_in_a_row = 0;
                    listing.items.extend(page.items);
                    if is_short || total.is_some_and(|total| number * size >= total) {
                        return Ok(listing);
                    }
                }
                Err(fault) if number == 1 => return Err(fault),
                Err(fault) => {
                    failed_in_a_row += 1;
                    listing.failed.push(fault);
                    let was_last = total.is_none_or(|total| number * size >= total);
                    if was_last || failed_in_a_row >= MAX_FAILED {
                        return Ok(listing);
                    }
                }
            }
        }
        let most = MAX_PAGES * size;
        listing.failed.push(Fault::input(format!(
            "{}: {} has more than {most} of them",
            call.doing, self.name
        )));
        Ok(listing)
    }

    /// Reads one page of this number and size.
    pub(super) async fn one_page<T: DeserializeOwned>(
        &self,
        call: Call<'_>,
        key: Option<&str>,
        (number, size): (usize, usize),
    ) -> Result<Page<T>, Fault> {
        let (number, size) = (number.to_string(), size.to_string());
        let mut query = call.query.to_vec();
        query.extend([("page", number.as_str()), ("limit", size.as_str())]);
        let answer = self.send(Method::GET, call.query(&query), None).await?;
        let total = answer.header(TOTAL).and_then(|total| total.parse().ok());
        let failed = |error: outside::OutsideError| failed(call.doing, &error);
        let items = match key {
            None => answer.json::<Option<Vec<T>>>().await.map_err(failed)?,
            Some(key) => {
                let mut value: Value = answer.json().await.map_err(failed)?;
                serde_json::from_value(value[key].take()).map_err(|error| {
                    Fault::error(format!(
                        "{}: the answer of {} has no usable {key} ({error})",
                        call.doing, self.name
                    ))
                })?
            }
        };
        Ok(Page {
            items: items.unwrap_or_default(),
            total,
        })
    }
}
