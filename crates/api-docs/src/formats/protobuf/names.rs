//! Names of the types of a file, and what a name means where it stands.

use std::collections::HashSet;

use prost_types::{DescriptorProto, FileDescriptorProto};

use crate::block::Span;

/// The names of all messages and enums of a file, without its package.
pub(super) struct Names {
    package: String,
    known: HashSet<String>,
}

impl Names {
    pub(super) fn of(file: &FileDescriptorProto) -> Self {
        let mut known: HashSet<String> = file.enum_type.iter().map(|kind| kind.name().to_owned()).collect();
        for message in &file.message_type {
            add(&mut known, message, "");
        }
        Self {
            package: file.package().to_owned(),
            known,
        }
    }

    /// The name of a type of this file, from where it is used: scopes are looked through from the inside out.
    pub(super) fn find(&self, name: &str, scope: &str) -> Option<String> {
        let name = name.trim_start_matches('.');
        let within = name
            .strip_prefix(&self.package)
            .and_then(|rest| rest.strip_prefix('.'));
        if let Some(known) = within.filter(|rest| self.known.contains(*rest)) {
            return Some(known.to_owned());
        }
        let mut scope = scope.trim_end_matches('.');
        while !scope.is_empty() {
            let whole = format!("{scope}.{name}");
            if self.known.contains(&whole) {
                return Some(whole);
            }
            scope = scope.rsplit_once('.').map_or("", |(outer, _)| outer);
        }
        self.known.contains(name).then(|| name.to_owned())
    }

    /// A link to a type of this file; others are named whole.
    pub(super) fn link(&self, name: &str, scope: &str) -> Span {
        match self.find(name, scope) {
            Some(known) => Span::definition(short(name), format!("type:{known}")),
            None => Span::plain(name.trim_start_matches('.')),
        }
    }
}

fn add(known: &mut HashSet<String>, message: &DescriptorProto, outer: &str) {
    let name = format!("{outer}{}", message.name());
    let inside = format!("{name}.");
    known.extend(
        message
            .enum_type
            .iter()
            .map(|kind| format!("{inside}{}", kind.name())),
    );
    for nested in &message.nested_type {
        add(known, nested, &inside);
    }
    known.insert(name);
}

/// A type's name without its package.
pub(super) fn short(name: &str) -> String {
    name.rsplit('.').next().unwrap_or(name).to_owned()
}
