//! The tab in its states.

mod pages;
