//! Files as a tree of folders, each with a mark for what became of it.

use maud::{Markup, html};
use ui::{TreeNode, icon, tree};

/// With more files than this, folders are closed unless what is shown lies in them.
const MOST_OPEN: usize = 80;

/// Files that say what the others are about, the first that there is.
const TELLING: [&str; 3] = ["README.md", "catalog-info.yaml", "package.json"];

/// What a step did to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    Added,
    Changed,
    Removed,
}

impl Change {
    fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Added => ("A", "added", "change-mark change-added"),
            Self::Changed => ("M", "changed", "change-mark change-changed"),
            Self::Removed => ("D", "removed", "change-mark change-removed"),
        }
    }
}

/// The mark of a change.
pub(super) fn change_mark(change: Change) -> Markup {
    let (sign, word, class) = change.words();
    html! { span class=(class) title=(word) { span aria-hidden="true" { (sign) } span.visually-hidden { (word) } } }
}

/// A file of the tree.
#[derive(Debug, Clone)]
pub(super) struct Leaf {
    /// Its path.
    pub path: String,
    /// Where it is shown.
    pub href: String,
    /// What became of it.
    pub change: Option<Change>,
}

/// The tree of these files, which are in the order of their paths. `shown` is the path of the file beside the tree.
pub(super) fn file_tree(leaves: &[Leaf], shown: Option<&str>) -> Markup {
    let is_open = leaves.len() <= MOST_OPEN;
    html! { div.file-tree { (tree(&nodes(leaves, "", shown, is_open))) } }
}

fn nodes(leaves: &[Leaf], below: &str, shown: Option<&str>, is_open: bool) -> Vec<TreeNode> {
    let (mut folders, mut files) = (Vec::new(), Vec::new());
    let mut rest = leaves;
    while let Some(first) = rest.first() {
        let name = &first.path[below.len()..];
        let Some((folder, _)) = name.split_once('/') else {
            files.push(file(first, name, shown));
            rest = &rest[1..];
            continue;
        };
        let path = format!("{below}{folder}/");
        let end = rest
            .iter()
            .position(|leaf| !leaf.path.starts_with(&path))
            .unwrap_or(rest.len());
        let holds_shown = shown.is_some_and(|shown| shown.starts_with(&path));
        folders.push(TreeNode {
            line: html! { span.file-folder { (folder) } },
            children: nodes(&rest[..end], &path, shown, is_open),
            open: is_open || holds_shown,
            key: path,
        });
        rest = &rest[end..];
    }
    folders.extend(files);
    folders
}

fn file(leaf: &Leaf, name: &str, shown: Option<&str>) -> TreeNode {
    let is_here = shown == Some(leaf.path.as_str());
    TreeNode {
        line: html! {
            a.file-link href=(leaf.href) aria-current=[is_here.then_some("true")] title=(leaf.path) { (icon("note")) span { (name) } }
            @if let Some(change) = leaf.change { (change_mark(change)) }
        },
        children: Vec::new(),
        open: false,
        key: leaf.path.clone(),
    }
}

/// The place of the file that says most of all these.
pub(super) fn telling<'p>(paths: impl Iterator<Item = &'p str> + Clone) -> Option<usize> {
    TELLING
        .iter()
        .find_map(|name| paths.clone().position(|path| path == *name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_come_first_and_are_closed_where_there_is_much() {
        let leaf = |path: &str| Leaf {
            path: path.to_owned(),
            href: String::new(),
            change: None,
        };
        let mut leaves: Vec<Leaf> = ["a.md", "src/deep/b.ts", "src/c.ts", "src-x/d.ts"]
            .map(leaf)
            .to_vec();
        leaves.sort_by(|left, right| left.path.cmp(&right.path));
        let told = |nodes: &[TreeNode]| -> Vec<(String, bool)> {
            nodes.iter().map(|node| (node.key.clone(), node.open)).collect()
        };
        let all = nodes(&leaves, "", None, true);
        let [x, src, a] = ["src-x/", "src/", "a.md"];
        assert_eq!(
            told(&all),
            [
                (x.to_owned(), true),
                (src.to_owned(), true),
                (a.to_owned(), false)
            ]
        );
        assert_eq!(
            told(&all[1].children),
            [("src/deep/".to_owned(), true), ("src/c.ts".to_owned(), false)]
        );
        let closed = nodes(&leaves, "", Some("src/c.ts"), false);
        assert_eq!(
            told(&closed[..2]),
            [(x.to_owned(), false), (src.to_owned(), true)]
        );
    }
}
