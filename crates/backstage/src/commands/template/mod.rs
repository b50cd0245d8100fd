//! The commands that work with software templates, one file each.

mod bench;
mod case;
mod checkout;
mod compare;
mod diff;
pub mod dry_run;
mod finding_files;
pub mod lint;
pub mod render;
pub mod run;
mod template_file;
pub mod test;
mod trying;
pub mod update;
mod values;
