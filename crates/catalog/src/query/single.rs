//! Entities by uid and by reference.

use model::Filter;
use uuid::Uuid;

use super::{Body, QueryError, View, Wanted};
use crate::index::Version;

impl View<'_> {
    /// The entity with this uid.
    pub async fn by_uid(&self, uid: Uuid) -> Result<Option<Body>, QueryError> {
        let version = {
            let model = self.catalog.index().read();
            let doc = model.by_uid(uid).filter(|doc| self.eyes(&model).see(*doc));
            doc.map(|doc| (uid, model.generation(doc)))
        };
        self.body(version).await
    }

    /// The entity with this reference.
    pub async fn by_reference(&self, reference: &str) -> Result<Option<Body>, QueryError> {
        let version = {
            let model = self.catalog.index().read();
            let doc = self.eyes(&model).find(reference);
            doc.map(|doc| (model.uid(doc), model.generation(doc)))
        };
        self.body(version).await
    }

    /// Entities in the order of the references, nothing where there is none that passes the filter.
    /// References are taken as they are, so one that is not lower-cased finds nothing.
    pub async fn by_references(
        &self,
        references: &[String],
        filter: Option<&Filter>,
    ) -> Result<Vec<Option<Body>>, QueryError> {
        let versions = self.versions_by_reference(references, filter);
        let wanted: Vec<Version> = versions.iter().flatten().copied().collect();
        let mut found = self.fetch(&wanted).await?.into_iter();
        Ok(versions
            .into_iter()
            .map(|version| version.and_then(|_| found.next().flatten()))
            .collect())
    }

    /// The same, to be fetched by their versions.
    pub fn versions_by_reference(&self, references: &[String], filter: Option<&Filter>) -> Vec<Wanted> {
        let model = self.catalog.index().read();
        let passing = filter.map(|filter| model.evaluate(filter));
        let eyes = self.eyes(&model);
        let find = |reference: &String| {
            let doc = eyes.find(reference)?;
            let passes = passing.as_ref().is_none_or(|passing| passing.contains(doc));
            passes.then(|| (model.uid(doc), model.generation(doc)))
        };
        references.iter().map(find).collect()
    }

    async fn body(&self, version: Option<Version>) -> Result<Option<Body>, QueryError> {
        let Some(version) = version else { return Ok(None) };
        Ok(self.bodies(&[version]).await?.pop())
    }
}
