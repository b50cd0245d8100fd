//! Configuration from files, as a start of the portal reads it.

mod check;
mod loading;
mod reading;
mod redaction;
mod reference;
mod sections;
mod support;
