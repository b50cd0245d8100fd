//! API definitions, rendered on the server: OpenAPI, AsyncAPI, GraphQL and gRPC; anything else as text.
//!
//! Every format is read into one [`Outline`] of operations and types, and one page component shows it.
//! Reading is tolerant: a definition that is not quite right shows what could be read and what could
//! not. Nothing is fetched: references to other files stay visible as references.

mod anchors;
mod findable;
mod formats;
mod outline;
mod pages;
mod tab;

pub use formats::{Broken, Format, Reading, read};
pub use outline::{Field, Group, Operation, Outline, Section, TypeDefinition};
pub use tab::{ID, contributions};
