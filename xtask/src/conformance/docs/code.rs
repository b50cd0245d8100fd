//! Blocks of code, which both renderers draw in their own way.

use markup5ever_rcdom::{Handle, NodeData};

use super::dom::{attribute, has_class};

/// What is known of a block.
#[derive(Debug, Default)]
struct Block {
    language: String,
    title: String,
    text: String,
    /// The number of its first line, if lines are numbered.
    first: String,
    /// Marked lines, counted from 1.
    marked: Vec<String>,
    is_mark: bool,
    line: usize,
}

/// Whether an element is a block of code.
pub fn is_block(node: &Handle, name: &str) -> bool {
    let is_drawn = matches!(name, "div" | "figure" | "table")
        && ["highlight", "highlighttable", "code"]
            .iter()
            .any(|class| has_class(node, class));
    is_drawn || (name == "pre" && node.children.borrow().iter().any(|child| is(child, "code")))
}

/// A block as words: language, title, numbers and marked lines, text.
pub fn block(node: &Handle) -> Vec<String> {
    let mut block = Block {
        line: 1,
        ..Block::default()
    };
    read(node, &mut block);
    // A mark on an empty line, or beyond the last one, is not to be seen.
    let written: Vec<&str> = block.text.split('\n').collect();
    let is_seen = |line: &String| {
        let at = line.parse::<usize>().ok().and_then(|line| line.checked_sub(1));
        at.and_then(|at| written.get(at))
            .is_some_and(|line| !line.is_empty())
    };
    let marked: Vec<&str> = block
        .marked
        .iter()
        .filter(|line| is_seen(line))
        .map(String::as_str)
        .collect();
    let text = block.text.trim_matches('\n');
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    vec![
        format!("[{}]", block.language),
        block.title.trim().to_owned(),
        format!("from {}", block.first),
        format!("marked {}", marked.join(",")),
        lines.join("\n"),
    ]
}

fn is(node: &Handle, wanted: &str) -> bool {
    matches!(&node.data, NodeData::Element { name, .. } if &*name.local == wanted)
}

fn read(node: &Handle, block: &mut Block) {
    match &node.data {
        NodeData::Text { contents } => text(&contents.borrow(), block),
        NodeData::Element { name, .. } => element(node, &name.local, block),
        _ => children(node, block),
    }
}

fn text(text: &str, block: &mut Block) {
    for character in text.chars() {
        if block.is_mark
            && character != '\n'
            && block
                .marked
                .last()
                .is_none_or(|last| *last != block.line.to_string())
        {
            block.marked.push(block.line.to_string());
        }
        if character == '\n' {
            block.line += 1;
        }
        block.text.push(character);
    }
}

fn element(node: &Handle, name: &str, block: &mut Block) {
    for class in attribute(node, "class").unwrap_or_default().split_whitespace() {
        if let Some(language) = class.strip_prefix("language-")
            && block.language.is_empty()
        {
            language.clone_into(&mut block.language);
        }
    }
    // A diagram that the browser draws.
    if name == "pre" && has_class(node, "mermaid") {
        "mermaid".clone_into(&mut block.language);
    }
    if name == "button" || name == "nav" {
        return;
    }
    if name == "figcaption" || has_class(node, "filename") {
        return block.title.push_str(&whole_text(node));
    }
    if has_class(node, "linenos") {
        let numbers = whole_text(node);
        let first = numbers
            .split_whitespace()
            .next()
            .or(block.first.is_empty().then_some(""));
        if block.first.is_empty() {
            first.unwrap_or_default().clone_into(&mut block.first);
        }
        return;
    }
    if let Some(number) = attribute(node, "data-line").or_else(|| attribute(node, "data-linenos"))
        && block.first.is_empty()
    {
        number.trim().clone_into(&mut block.first);
    }
    if let Some(first) = attribute(node, "data-first").filter(|_| block.first.is_empty()) {
        block.first = first;
    }
    if let Some(marked) = attribute(node, "data-marked").filter(|_| block.marked.is_empty()) {
        block.marked = marked.split_whitespace().map(str::to_owned).collect();
    }
    let was = block.is_mark;
    block.is_mark |= has_class(node, "hll") || has_class(node, "line-marked");
    // Text before the code is layout.
    let is_layout = matches!(name, "div" | "table" | "tbody" | "tr" | "td" | "th" | "figure");
    if is_layout {
        for child in node
            .children
            .borrow()
            .iter()
            .filter(|child| !matches!(child.data, NodeData::Text { .. }))
        {
            read(child, block);
        }
    } else {
        children(node, block);
    }
    block.is_mark = was;
}

fn children(node: &Handle, block: &mut Block) {
    for child in node.children.borrow().iter() {
        read(child, block);
    }
}

fn whole_text(node: &Handle) -> String {
    if let NodeData::Text { contents } = &node.data {
        return contents.borrow().to_string();
    }
    node.children.borrow().iter().map(whole_text).collect()
}
