//! Tests of the fakes.

mod gitea;
