//! `app-config.yaml`: reading, merging and checking the portal's configuration.
//!
//! Files, `${VARIABLES}`, includes and `APP_CONFIG_` variables become one tree in which every key
//! still knows the file it came from. Typed sections give the rest of the portal its settings; their
//! documentation is the configuration reference. This crate reads files and nothing else: no network
//! and no database.

mod check;
mod claimed;
mod config;
mod conform;
mod duration;
mod environment;
mod following;
mod foreign;
mod idle;
mod include;
mod json_path;
mod load;
mod merge;
mod node;
mod protection;
mod read;
mod redact;
mod reference;
mod schema;
mod secret;
mod secret_file;
mod sections;
mod shown;
mod source;
mod substitute;
mod suggest;
mod transform;
mod way_out;

pub use claimed::ClaimedSection;
pub use config::Config;
pub use duration::HumanDuration;
pub use following::Changes;
pub use load::LoadOptions;
pub use reference::reference_markdown;
pub use schema::schema;
pub use secret::Secret;
pub use sections::*;
pub use shown::without_passwords;
