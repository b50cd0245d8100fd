//! Marks of emphasis and how they are matched: `*`, `_`, `~`, `^`, `=`.

use super::{Inline, Node};

/// Most open marks among which the first of the same length is looked for.
const MAX_OPEN: usize = 200;

/// A run of marks.
#[derive(Debug)]
pub(crate) struct Mark {
    character: char,
    /// Marks that are not used yet.
    count: usize,
    can_open: bool,
    can_close: bool,
    /// Tags that end before what is left of the run.
    closes: String,
    /// Tags that begin behind it.
    opens: String,
}

impl Mark {
    pub(crate) fn write(&self, html: &mut String) {
        html.push_str(&self.closes);
        html.extend(std::iter::repeat_n(self.character, self.count));
        html.push_str(&self.opens);
    }

    /// Whether a text may end with it.
    pub(crate) fn closes_text(&self) -> bool {
        self.can_close
    }

    /// Whether it may begin the text that another one ends.
    pub(crate) fn opens(&self, other: &Self) -> bool {
        self.can_open && self.character == other.character
    }

    /// The characters as they were written.
    pub(crate) fn text(&self) -> String {
        std::iter::repeat_n(self.character, self.count).collect()
    }
}

impl Inline<'_> {
    pub(crate) fn mark(&mut self) -> bool {
        let rest = self.rest();
        let Some(character) = rest.chars().next() else {
            return false;
        };
        let count = rest.chars().take_while(|one| *one == character).count();
        let before = self.text[..self.at].chars().next_back();
        let after = rest[count..].chars().next();
        let is_word = |one: Option<char>| one.is_some_and(char::is_alphanumeric);
        let is_space = |one: Option<char>| one.is_none_or(char::is_whitespace);
        // Within a word only the marks mean something that stand for insertions and the like.
        let in_word = matches!(character, '~' | '^' | '=');
        let usable = match character {
            '=' => count == 2,
            '~' | '^' => count <= 2,
            _ => true,
        };
        let can_open = usable && !is_space(after) && (in_word || !is_word(before));
        let can_close = usable && !is_space(before) && (in_word || !is_word(after));
        if !can_open && !can_close {
            self.push_text(&rest[..count]);
        } else {
            self.nodes.push(Node::Mark(Mark {
                character,
                count,
                can_open,
                can_close,
                closes: String::new(),
                opens: String::new(),
            }));
        }
        self.at += count;
        true
    }
}

/// Matches the marks of the nodes from `from` on. What is not matched is text from then on.
pub(crate) fn resolve(nodes: &mut [Node], from: usize) {
    let marks: Vec<usize> = (from..nodes.len())
        .filter(|at| matches!(nodes[*at], Node::Mark(_)))
        .collect();
    // Marks before which no opening mark of a character was found are not searched again.
    let mut bottoms = [0_usize; 5];
    let mut open: Vec<usize> = Vec::new();
    for &at in &marks {
        close(nodes, at, &mut open, &mut bottoms);
        if let Node::Mark(mark) = &nodes[at]
            && mark.can_open
            && mark.count > 0
        {
            open.push(at);
        }
    }
    for at in marks {
        if let Node::Mark(mark) = &mut nodes[at] {
            (mark.can_open, mark.can_close) = (false, false);
        }
    }
}

/// Uses a mark to close what was opened before it.
fn close(nodes: &mut [Node], at: usize, open: &mut Vec<usize>, bottoms: &mut [usize; 5]) {
    loop {
        let Node::Mark(closer) = &nodes[at] else { return };
        let (character, available) = (closer.character, closer.count);
        if !closer.can_close || available == 0 {
            return;
        }
        let bottom = &mut bottoms[kind(character)];
        let fits = |opener: &usize| matches!(&nodes[*opener], Node::Mark(mark) if mark.character == character && fits_together(mark, available));
        let lowest = (*bottom).min(open.len());
        // The first mark of the same length opened the text; other lengths are nested.
        let is_same = |opener: &usize| matches!(&nodes[*opener], Node::Mark(mark) if mark.character == character && mark.count == available);
        let same = open[lowest..].iter().take(MAX_OPEN).position(is_same);
        let Some(found) = same
            .or_else(|| open[lowest..].iter().rposition(fits))
            .map(|found| found + lowest)
        else {
            *bottom = open.len();
            return;
        };
        let opener = open[found];
        open.truncate(found + 1);
        for bottom in bottoms.iter_mut() {
            *bottom = (*bottom).min(open.len());
        }
        if !join(nodes, opener, at, available) {
            return;
        }
        if matches!(&nodes[opener], Node::Mark(mark) if mark.count == 0) {
            open.pop();
        }
    }
}

fn kind(character: char) -> usize {
    match character {
        '*' => 0,
        '_' => 1,
        '~' => 2,
        '^' => 3,
        _ => 4,
    }
}

fn fits_together(opener: &Mark, available: usize) -> bool {
    match opener.character {
        '*' | '_' => true,
        _ => opener.count == available,
    }
}

/// Writes the tags of a pair. Nothing is written where the pair means nothing.
fn join(nodes: &mut [Node], opener: usize, closer: usize, available: usize) -> bool {
    let Node::Mark(first) = &nodes[opener] else {
        return false;
    };
    // Three marks on both sides are a strong text around an emphasised one.
    let is_both = first.count >= 3 && available >= 3;
    let used = if is_both {
        1
    } else {
        first.count.min(available).min(2)
    };
    let name = match (first.character, used) {
        ('*' | '_', 2) => "strong",
        ('*' | '_', _) => "em",
        ('~', 2) => "del",
        ('^', 2) => "ins",
        ('=', 2) => "mark",
        ('~', 1) if is_one_word(&nodes[opener + 1..closer]) => "sub",
        ('^', 1) if is_one_word(&nodes[opener + 1..closer]) => "sup",
        _ => {
            // The pair is no pair: both are text.
            for at in [opener, closer] {
                if let Node::Mark(mark) = &mut nodes[at] {
                    (mark.can_open, mark.can_close) = (at == closer && mark.can_open, false);
                }
            }
            return false;
        }
    };
    if let Node::Mark(mark) = &mut nodes[opener] {
        mark.count -= used;
        mark.opens.insert_str(0, &format!("<{name}>"));
    }
    if let Node::Mark(mark) = &mut nodes[closer] {
        mark.count -= used;
        mark.closes.push_str(&format!("</{name}>"));
    }
    true
}

fn is_one_word(nodes: &[Node]) -> bool {
    let has_space = |node: &Node| matches!(node, Node::Text(text) if text.contains(char::is_whitespace));
    nodes.len() <= 20 && !nodes.is_empty() && !nodes.iter().any(has_space)
}
