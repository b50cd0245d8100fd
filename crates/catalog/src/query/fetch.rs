//! The bodies of entities that a question has found.
//!
//! A body is fetched after the entity was found and may be newer: the entity may have gone out of sight meanwhile. A
//! restricted sight is given a body only if it is of the version that was found, or if the sight shows the body itself.

use std::sync::Arc;

use serde_json::Value;
use store::StoreError;

use super::{Body, QueryError, View};
use crate::index::{Fetched, Version};

/// Judging more bytes than this is left to a thread of its own.
const INLINE: usize = 64 << 10;

impl View<'_> {
    /// The bodies of entities that were found at these versions; nothing for those that went away or out of sight
    /// meanwhile.
    pub(crate) async fn fetch(&self, versions: &[Version]) -> Result<Vec<Option<Body>>, QueryError> {
        let index = self.catalog.index();
        let mut fetched = index.bodies().get(self.catalog.store(), versions).await?;
        if !self.sight.is_everything() {
            self.leave_out_newly_hidden(versions, &mut fetched).await?;
        }
        let text = |body: Option<Arc<Fetched>>| body.map(|body| Arc::clone(&body.text));
        Ok(fetched.into_iter().map(text).collect())
    }

    /// The same without gaps.
    pub async fn bodies(&self, versions: &[Version]) -> Result<Vec<Body>, QueryError> {
        Ok(self.fetch(versions).await?.into_iter().flatten().collect())
    }

    /// Those of the versions whose entities are still seen.
    pub(crate) fn still_seen(&self, versions: &mut [Option<Version>]) {
        if self.sight.is_everything() {
            return;
        }
        let model = self.catalog.index().read();
        let eyes = self.eyes(&model);
        for version in versions {
            let doc = version.and_then(|(uid, _)| model.by_uid(uid));
            if !doc.is_some_and(|doc| eyes.see(doc)) {
                *version = None;
            }
        }
    }

    async fn leave_out_newly_hidden(
        &self,
        versions: &[Version],
        fetched: &mut [Option<Arc<Fetched>>],
    ) -> Result<(), QueryError> {
        let is_open = |body: &Option<Arc<Fetched>>| body.as_ref().is_some_and(|body| !body.is_of_version());
        if fetched.iter().any(is_open) {
            self.find_those_of_their_version(versions, fetched).await?;
        }
        let places: Vec<usize> = (0..fetched.len()).filter(|at| is_open(&fetched[*at])).collect();
        let texts: Vec<Body> = places
            .iter()
            .filter_map(|at| Some(Arc::clone(&fetched[*at].as_ref()?.text)))
            .collect();
        for (at, is_seen) in places.into_iter().zip(self.judge(texts).await?) {
            if !is_seen {
                fetched[at] = None;
            }
        }
        Ok(())
    }

    /// A body is of its version if the index, which has everything that the store had when the body was fetched, has
    /// the entity at this version.
    async fn find_those_of_their_version(
        &self,
        versions: &[Version],
        fetched: &[Option<Arc<Fetched>>],
    ) -> Result<(), StoreError> {
        let last = self.catalog.store().log_mark().await?;
        let index = self.catalog.index();
        let model = index.read();
        if index.mark() != Some(last) {
            return Ok(());
        }
        for ((uid, generation), body) in versions.iter().zip(fetched) {
            let doc = model.by_uid(*uid);
            let is_same = doc.is_some_and(|doc| model.generation(doc) == *generation);
            if let Some(body) = body.as_ref().filter(|_| is_same) {
                body.set_of_version();
            }
        }
        Ok(())
    }

    /// Whether the sight shows each of these forms of entities.
    async fn judge(&self, texts: Vec<Body>) -> Result<Vec<bool>, QueryError> {
        let sight = self.sight.clone();
        let bytes: usize = texts.iter().map(|text| text.len()).sum();
        let judge = move || -> Vec<bool> {
            let sees = |text: &Body| serde_json::from_str::<Value>(text).is_ok_and(|form| sight.sees(&form));
            texts.iter().map(sees).collect()
        };
        if bytes <= INLINE {
            return Ok(judge());
        }
        Ok(self.catalog.run_slow(move |_| judge()).await?)
    }
}
