//! Filters and functions that a user of the language adds.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde_json::Value as Json;

/// A filter or function: values in, a value or a reason out. `None` stands for `undefined`.
pub type Extension = Arc<dyn Fn(&[Option<Json>]) -> Result<Option<Json>, String> + Send + Sync>;

/// Filters and functions beside the built-in ones.
#[derive(Clone, Default)]
pub struct Extensions {
    filters: BTreeMap<String, Extension>,
    functions: BTreeMap<String, Extension>,
}

impl Extensions {
    /// Adds a filter; its first value is what it is applied to.
    pub fn filter(
        mut self,
        name: &str,
        filter: impl Fn(&[Option<Json>]) -> Result<Option<Json>, String> + Send + Sync + 'static,
    ) -> Self {
        self.filters.insert(name.to_owned(), Arc::new(filter));
        self
    }

    /// Adds a function.
    pub fn function(
        mut self,
        name: &str,
        function: impl Fn(&[Option<Json>]) -> Result<Option<Json>, String> + Send + Sync + 'static,
    ) -> Self {
        self.functions.insert(name.to_owned(), Arc::new(function));
        self
    }

    pub(crate) fn filter_of(&self, name: &str) -> Option<&Extension> {
        self.filters.get(name)
    }

    /// The names of the filters.
    pub(crate) fn filters(&self) -> impl Iterator<Item = &str> {
        self.filters.keys().map(String::as_str)
    }

    /// The names of the functions.
    pub fn functions(&self) -> impl Iterator<Item = &str> {
        self.functions.keys().map(String::as_str)
    }

    pub(crate) fn function_of(&self, name: &str) -> Option<&Extension> {
        self.functions.get(name)
    }
}

impl fmt::Debug for Extensions {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.filters.keys().chain(self.functions.keys());
        formatter.debug_set().entries(names).finish()
    }
}
