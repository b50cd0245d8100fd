//! Tests of the crate from outside.

mod index;
mod question;
