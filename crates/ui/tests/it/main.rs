//! Samples compared with what they looked like, and the rules the styles and scripts keep.

#![allow(clippy::unwrap_used, reason = "a failing unwrap is a failing test")]

mod pages;
mod tidy;
