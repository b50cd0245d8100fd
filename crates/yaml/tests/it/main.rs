//! The reader's and the printer's behaviour, as cases.
