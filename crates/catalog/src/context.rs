//! Everything that the work on the catalog stands on: settings, database, sources, time and chance.
//!
//! It knows nothing of the work itself. Functions that write or read are given a [`Context`] and nothing above it.

use std::sync::Arc;

use model::{Clock, Randomness};
use store::Store;
use tokio::sync::Notify;
use work::Nudge;

use crate::ingest::UrlSource;
use crate::process::Pipeline;
use crate::settings::Settings;

/// What all work on one catalog shares.
pub(crate) struct Context {
    pub settings: Settings,
    pub store: Store,
    pub source: Arc<dyn UrlSource>,
    pub pipeline: Arc<Pipeline>,
    pub clock: Arc<dyn Clock>,
    pub randomness: Arc<dyn Randomness>,
    /// Name under which this process claims sources.
    pub holder: String,
    /// Has due sources claimed at once.
    pub wake: Arc<Nudge>,
    /// Rung after every transaction of the engine, of which the change log may tell nothing.
    pub written: Arc<Notify>,
}
