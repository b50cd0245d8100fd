//! Samples of the pages compared with what they looked like.

mod pages;
