//! A tree that opens and closes without scripts.

use maud::{Markup, html};

/// A node and what is below it.
#[derive(Debug, Clone)]
pub struct TreeNode {
    /// Content of the node's line.
    pub line: Markup,
    /// Nodes below.
    pub children: Vec<TreeNode>,
    /// Shown open.
    pub open: bool,
    /// Identity that stays when the page is fetched again.
    pub key: String,
}

/// Nodes and all below them.
pub fn tree(nodes: &[TreeNode]) -> Markup {
    html! {
        ul.tree { @for node in nodes { (branch(node)) } }
    }
}

fn branch(node: &TreeNode) -> Markup {
    html! {
        li {
            div.tree-line { (node.line) }
            @if !node.children.is_empty() {
                // The toggle stands beside the line, which may hold links of its own.
                details open[node.open] data-key=(node.key) {
                    summary aria-label=(format_args!("Below {}", node.key)) {}
                    (tree(&node.children))
                }
            }
        }
    }
}
