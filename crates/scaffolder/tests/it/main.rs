//! The pages of templates in their states.

mod pages;
