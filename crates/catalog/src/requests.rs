//! What people and other features ask of the engine: register, refresh, delete, validate, report.
//!
//! Every function answers when its transaction is stored; followers of the change log, the index
//! among them, see it a moment later. Error texts are those of the original where a client sees them.

mod analysis;
mod audited;
mod dirty;
mod dry_run;
mod locations;
mod preview;
mod pushed;
mod reports;
mod repository;
mod validation;

pub(crate) use audited::Asked;
use audited::cause;
pub use dry_run::DryRun;
pub use locations::Located;
pub use preview::{Fate, Preview};
pub use reports::{SourceReport, SourceStatus, Unprocessed};
pub use repository::RepositoryDescriptors;
