//! Tests of the template language from outside.

mod bounds;
mod fuzz;
mod hostile;
mod language;
mod places;
