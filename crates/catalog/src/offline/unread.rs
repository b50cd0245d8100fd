//! The source of addresses when no host is asked: it notes what a running portal would read.

use async_trait::async_trait;
use config::Config;
use model::Fault;
use parking_lot::Mutex;
use scm::{Integrations, Read, Search, UrlReader};

use crate::ingest::UrlSource;

/// What stands for every file: an object for those who parse it, and some text for others.
const CONTENT: &str = "{}";

/// Answers without asking.
pub(super) struct Unread {
    reader: UrlReader,
    /// Hosts that the configuration does not allow are refused.
    is_strict: bool,
    addresses: Mutex<Vec<String>>,
}

impl Unread {
    pub fn new(config: &Config, is_strict: bool) -> Self {
        Self {
            reader: UrlReader::offline(config),
            is_strict,
            addresses: Mutex::default(),
        }
    }

    /// The addresses that were not read.
    pub fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.addresses.lock())
    }
}

/// With the same hosts, and nothing noted yet.
impl Clone for Unread {
    fn clone(&self) -> Self {
        Self {
            reader: self.reader.clone(),
            is_strict: self.is_strict,
            addresses: Mutex::default(),
        }
    }
}

#[async_trait]
impl UrlSource for Unread {
    async fn read(&self, url: &str, _etag: Option<&str>) -> Result<Read, Fault> {
        if self.is_strict {
            self.reader.check(url)?;
        }
        self.addresses.lock().push(url.to_owned());
        Ok(Read {
            bytes: CONTENT.into(),
            ..Read::default()
        })
    }

    async fn search(&self, _url: &str, _etag: Option<&str>) -> Result<Search, Fault> {
        Ok(Search::default())
    }

    fn integrations(&self) -> &Integrations {
        self.reader.integrations()
    }
}
