//! API definitions, rendered on the server: OpenAPI, AsyncAPI, GraphQL, gRPC, custom resources, JSON Schema
//! and Avro; anything else as text.
//!
//! Every format is read into one [`Outline`] of entries in groups: operations, types, and what else has a name.
//! What is said of an entry is made of blocks when it is shown. A reader takes the keys it knows from an object;
//! the rest of that object is shown as it is written, so that nothing of a definition is lost.
//!
//! Reading is tolerant: a definition that is not quite right shows what could be read and what could not. Nothing
//! is fetched: references to other files stay visible as references.

mod anchors;
mod block;
mod findable;
mod formats;
mod outline;
mod pages;
mod prose;
mod raw;
mod tab;

pub use block::{Block, Fact, Field, Look, Onward, Part, Span};
pub use formats::{Broken, Format, Reading, read};
pub use outline::{Entry, Group, Outline, Sort};
pub use pages::{Definition, Place};
pub use tab::{ID, contributions};
