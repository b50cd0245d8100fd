//! Tests of the template language from outside.

mod bounds;
mod fuzz;
mod language;
mod places;
