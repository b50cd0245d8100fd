//! Code search: every line of every repository, exactly.
//!
//! [`Index`] is a folder of contents and of which files of which repositories have them. [`Question`] is what people type, and
//! [`Answer`] what they get: files with the lines that match, best first. What an asker may see, and who owns what, the caller
//! decides with [`Sight`]. How files come here is no part of it.
//!
//! An index says of each content which trigrams are in it (`grams`). A question asks for the trigrams of what it looks for
//! (`prepared`), files that have them are read, and only what really stands there is an answer (`search`). Everything is bounded,
//! and an answer says which bound it reached.

mod answer;
mod bits;
mod blob;
mod definitions;
mod draft;
mod folder;
mod grams;
mod index;
mod language;
mod lines;
mod listing;
mod pages;
mod pattern;
mod placing;
mod prepared;
mod question;
mod rank;
mod rules;
mod scope;
mod search;
mod set;
mod shard;
mod sight;
mod view;
mod wire;

pub use answer::{Answer, Bounds, Count, FoundFile, Line, Looked, Stop};
pub use blob::BlobId;
pub use draft::Draft;
pub use index::{Condition as IndexCondition, Index, IndexError, Repository, Size};
pub use language::Language;
pub use question::{Case, Condition, Field, Form, Hint, LONGEST as LONGEST_QUESTION, Question, Term};
pub use rules::{Attributes, Reason, Rules};
pub use sight::{Everything, Held, Sight};
