//! Comments by the path of what they stand at (descriptor.proto, `SourceCodeInfo`).

use std::collections::HashMap;

use prost_types::FileDescriptorProto;

/// Comments before, at and behind what they are about.
pub(super) struct Comments(HashMap<Vec<i32>, String>);

impl Comments {
    pub(super) fn of(file: &FileDescriptorProto) -> Self {
        let locations = file.source_code_info.iter().flat_map(|info| &info.location);
        let said = locations.filter_map(|location| {
            let detached = location.leading_detached_comments.iter();
            let texts = detached
                .chain(&location.leading_comments)
                .chain(&location.trailing_comments);
            let texts: Vec<String> = texts
                .map(|text| unindented(text))
                .filter(|text| !text.is_empty())
                .collect();
            (!texts.is_empty()).then(|| (location.path.clone(), texts.join("\n\n")))
        });
        Self(said.collect())
    }

    pub(super) fn at(&self, path: &[i32]) -> String {
        self.0.get(path).cloned().unwrap_or_default()
    }
}

/// The lines of a comment without the space behind its signs.
fn unindented(text: &str) -> String {
    let lines = text
        .lines()
        .map(|line| line.strip_prefix(' ').unwrap_or(line).trim_end());
    lines.collect::<Vec<_>>().join("\n").trim().to_owned()
}
