//! Tests of the crate from outside.

mod agreement;
mod disk;
mod index;
mod question;
