//! Three-way merging of folders: what changed from an old state to a new one is brought into a third.
//!
//! Nothing that a team wrote is lost: where both changed the same lines, both stand in the file with marks between them, and where
//! that cannot be, the team's file stays and the page says so.

use std::collections::{BTreeMap, BTreeSet};

use scm::TreeFile;

/// The files of a folder by their paths.
pub(crate) type Folder = BTreeMap<String, TreeFile>;

/// Largest file of which lines are merged.
const MAX_MERGED: usize = 4 << 20;

/// What becomes of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It is new in the template.
    Added,
    /// The template changed it, the team did not.
    Changed,
    /// Both changed it, in different places.
    Merged,
    /// Both changed the same lines; both stand there.
    Conflict,
    /// The template removed it, the team did not change it.
    Removed,
    /// The template removed it, and the team changed it: it stays.
    KeptChanged,
    /// The template changed it, and the team removed it: it stays away.
    KeptRemoved,
    /// Both changed it, and it has no lines to merge: the team's stays.
    KeptWhole,
}

impl Outcome {
    /// The word of the API.
    pub fn word(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Changed => "changed",
            Self::Merged => "merged",
            Self::Conflict => "conflict",
            Self::Removed => "removed",
            Self::KeptChanged => "kept-changed",
            Self::KeptRemoved => "kept-removed",
            Self::KeptWhole => "kept-whole",
        }
    }

    /// What it means, for people.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Added => "new in the template",
            Self::Changed => "changed by the template",
            Self::Merged => "changed by both, merged",
            Self::Conflict => "changed by both in the same lines: decide in the pull request",
            Self::Removed => "removed by the template",
            Self::KeptChanged => "removed by the template, but changed here: it stays",
            Self::KeptRemoved => "changed by the template, but removed here: it stays away",
            Self::KeptWhole => "changed by both and not a text: the one here stays",
        }
    }

    /// Whether a person has to look.
    pub fn needs_a_look(self) -> bool {
        matches!(
            self,
            Self::Conflict | Self::KeptChanged | Self::KeptRemoved | Self::KeptWhole
        )
    }
}

/// A file that the newer template changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FileChange {
    pub path: String,
    pub outcome: Outcome,
    /// As the team has it; nothing where it has none.
    pub before: Option<TreeFile>,
    /// As it is to be; nothing where there is none.
    pub after: Option<TreeFile>,
}

impl FileChange {
    /// Whether the file becomes another one.
    pub(crate) fn changes(&self) -> bool {
        self.before != self.after
    }
}

/// What the step from `old` to `new` means for `ours`, in the order of the paths.
pub(crate) fn merge(old: &Folder, new: &Folder, ours: &Folder) -> Vec<FileChange> {
    let paths: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let one = |path: &String| {
        let (old, new, ours) = (old.get(path), new.get(path), ours.get(path));
        if old == new || ours == new {
            return None;
        }
        let (outcome, after) = merge_file(old, new, ours);
        if outcome == Outcome::Merged && after.as_ref() == ours {
            return None;
        }
        Some(FileChange {
            path: path.clone(),
            outcome,
            before: ours.cloned(),
            after,
        })
    };
    paths.into_iter().filter_map(one).collect()
}

/// One file: what its step from `old` to `new` makes of `ours`, which is none of the two states that are to be.
pub fn merge_file(
    old: Option<&TreeFile>,
    new: Option<&TreeFile>,
    ours: Option<&TreeFile>,
) -> (Outcome, Option<TreeFile>) {
    match (old, new, ours) {
        (None, Some(new), None) => (Outcome::Added, Some(new.clone())),
        (Some(_), _, None) => (Outcome::KeptRemoved, None),
        (Some(old), None, Some(ours)) if old == ours => (Outcome::Removed, None),
        (_, None, _) => (Outcome::KeptChanged, ours.cloned()),
        (Some(old), Some(new), Some(ours)) if old == ours => (Outcome::Changed, Some(new.clone())),
        (old, Some(new), Some(ours)) => {
            let (outcome, bytes) = contents(old, new, ours);
            let bytes = bytes.map_or_else(|| ours.bytes.clone(), Into::into);
            let is_executable = match old {
                Some(old) if old.is_executable != new.is_executable => new.is_executable,
                _ => ours.is_executable,
            };
            let merged = TreeFile { bytes, is_executable };
            (outcome, Some(merged))
        }
    }
}

/// The content of a file that both changed; nothing where the team's stays.
fn contents(old: Option<&TreeFile>, new: &TreeFile, ours: &TreeFile) -> (Outcome, Option<Vec<u8>>) {
    let old = old.map(|old| &*old.bytes);
    if new.bytes == ours.bytes || old == Some(&*new.bytes) {
        return (Outcome::Merged, None);
    }
    if old == Some(&*ours.bytes) {
        return (Outcome::Merged, Some(new.bytes.to_vec()));
    }
    lines(old.unwrap_or_default(), &new.bytes, &ours.bytes)
}

/// Both changed the lines of a file; nothing where it has none.
fn lines(old: &[u8], new: &[u8], ours: &[u8]) -> (Outcome, Option<Vec<u8>>) {
    let all = [old, new, ours];
    let is_text = |bytes: &[u8]| bytes.len() <= MAX_MERGED && !bytes.contains(&0);
    let texts = all.map(|bytes| std::str::from_utf8(bytes).ok().filter(|_| is_text(bytes)));
    let [Some(old), Some(new), Some(ours)] = texts else {
        return (Outcome::KeptWhole, None);
    };
    let mut options = diffy::MergeOptions::new();
    options.set_conflict_style(diffy::ConflictStyle::Merge);
    match options.merge(old, ours, new) {
        Ok(merged) => (Outcome::Merged, Some(merged.into_bytes())),
        Err(marked) => (Outcome::Conflict, Some(named_marks(&marked).into_bytes())),
    }
}

/// The marks with names that people know their sides by.
fn named_marks(marked: &str) -> String {
    let lines = marked.split_inclusive('\n').map(|line| match line.trim_end() {
        "<<<<<<< ours" => "<<<<<<< this repository\n",
        ">>>>>>> theirs" => ">>>>>>> newer template\n",
        _ => line,
    });
    lines.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[(&str, &str)]) -> Folder {
        let files = files.iter();
        files
            .map(|(path, text)| ((*path).to_owned(), file(text.as_bytes(), false)))
            .collect()
    }

    fn file(bytes: &[u8], is_executable: bool) -> TreeFile {
        TreeFile {
            bytes: bytes.to_vec().into(),
            is_executable,
        }
    }

    /// Path, outcome and the text afterwards.
    fn merged(
        old: &[(&str, &str)],
        new: &[(&str, &str)],
        ours: &[(&str, &str)],
    ) -> Vec<(String, Outcome, String)> {
        let changes = merge(&folder(old), &folder(new), &folder(ours));
        let shown = |after: Option<TreeFile>| {
            after.map_or("-".to_owned(), |after| {
                String::from_utf8(after.bytes.to_vec()).unwrap()
            })
        };
        changes
            .into_iter()
            .map(|change| (change.path, change.outcome, shown(change.after)))
            .collect()
    }

    #[test]
    fn each_side_keeps_what_it_did() {
        let old = [
            ("a", "1\n2\n3\n4\n5\n"),
            ("gone", "x"),
            ("left", "x"),
            ("dead", "x"),
            ("same", "x"),
        ];
        let new = [
            ("a", "one\n2\n3\n4\n5\n"),
            ("dead", "y"),
            ("new", "n"),
            ("same", "x"),
        ];
        let ours = [
            ("a", "1\n2\n3\n4\nfive\n"),
            ("gone", "x"),
            ("left", "mine"),
            ("same", "mine"),
            ("own", "o"),
        ];
        let expected = [
            ("a", Outcome::Merged, "one\n2\n3\n4\nfive\n"),
            ("dead", Outcome::KeptRemoved, "-"),
            ("gone", Outcome::Removed, "-"),
            ("left", Outcome::KeptChanged, "mine"),
            ("new", Outcome::Added, "n"),
        ];
        let expected = expected.map(|(path, outcome, after)| (path.to_owned(), outcome, after.to_owned()));
        assert_eq!(merged(&old, &new, &ours), expected);
    }

    #[test]
    fn the_same_lines_of_both_are_marked() {
        let found = merged(&[("a", "1\nx\n")], &[("a", "2\nx\n")], &[("a", "3\nx\n")]);
        let marked = "<<<<<<< this repository\n3\n=======\n2\n>>>>>>> newer template\nx\n";
        assert_eq!(found, [("a".to_owned(), Outcome::Conflict, marked.to_owned())]);
        let both_new = merged(&[], &[("a", "2\n")], &[("a", "3\n")]);
        assert_eq!(both_new[0].1, Outcome::Conflict);
    }

    #[test]
    fn the_same_change_on_both_sides_is_none() {
        assert!(merged(&[("a", "1")], &[("a", "2")], &[("a", "2")]).is_empty());
        assert!(merged(&[("a", "1")], &[], &[]).is_empty());
        assert!(merged(&[("a", "1")], &[("a", "1")], &[("a", "2")]).is_empty());
    }

    #[test]
    fn pictures_are_not_mixed() {
        let [old, new, ours] = [b"\0a", b"\0b", b"\0c"].map(|bytes| file(bytes, false));
        let merged = merge_file(Some(&old), Some(&new), Some(&ours));
        assert_eq!(merged, (Outcome::KeptWhole, Some(ours)));
    }

    #[test]
    fn the_mode_is_merged_beside_the_lines() {
        let of = |text: &str, is_executable| file(text.as_bytes(), is_executable);
        let cases = [
            // The template makes a file executable that the team has as it was.
            (
                (("1", false), ("1", true), ("1", false)),
                (Outcome::Changed, ("1", true)),
            ),
            // And one whose lines the team changed.
            (
                (("1", false), ("1", true), ("2", false)),
                (Outcome::Merged, ("2", true)),
            ),
            // The team made it executable, and the template changed its lines.
            (
                (("1", false), ("2", false), ("1", true)),
                (Outcome::Merged, ("2", true)),
            ),
            // The template takes the mode back, and both have the same lines by now.
            (
                (("1", true), ("2", false), ("2", true)),
                (Outcome::Merged, ("2", false)),
            ),
        ];
        for ((old, new, ours), (outcome, expected)) in cases {
            let [old, new, ours, expected] =
                [old, new, ours, expected].map(|(text, is_executable)| of(text, is_executable));
            let merged = merge_file(Some(&old), Some(&new), Some(&ours));
            assert_eq!(merged, (outcome, Some(expected)));
        }
    }
}
