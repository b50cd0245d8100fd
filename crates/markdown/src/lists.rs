//! Lists, with items that are continued by indentation.

use crate::blocks::Read;
use crate::context::Context;
use crate::fences::Fence;
use crate::headings;
use crate::lines::Line;

/// The beginning of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Marker<'a> {
    /// The first number, for numbered lists.
    number: Option<u64>,
    /// The text behind the marker.
    text: &'a str,
}

impl<'a> Marker<'a> {
    /// The marker at the beginning of a line, whatever its indentation is.
    fn anywhere(line: Line<'a>) -> Option<Self> {
        let text = line.text.trim_start_matches(' ');
        let (number, rest) = match text.as_bytes().first()? {
            b'*' | b'-' | b'+' => (None, &text[1..]),
            b'0'..=b'9' => {
                let digits = text.bytes().take_while(u8::is_ascii_digit).count();
                let number = text[..digits].parse().ok()?;
                (Some(number), text[digits..].strip_prefix('.')?)
            }
            _ => return None,
        };
        let text = rest.strip_prefix(' ')?.trim_start_matches(' ');
        (!headings::is_rule(line.text.trim_start())).then_some(Self { number, text })
    }

    /// The marker of a line that may begin a list.
    pub(crate) fn of(line: Line<'a>) -> Option<Self> {
        line.near()?;
        Self::anywhere(line)
    }
}

/// An item as it was gathered.
struct Item<'a> {
    lines: Vec<Line<'a>>,
    /// A blank line stands before it, or within it.
    is_loose: bool,
}

/// Gathers the items of a list.
struct Gathering<'a> {
    base: usize,
    is_numbered: bool,
    items: Vec<Item<'a>>,
    /// Spaces that are taken from the lines of the item at hand.
    inner: Option<usize>,
    /// The fence in which the item is, and the spaces before it.
    fence: Option<(Fence<'a>, usize)>,
}

impl<'a> Gathering<'a> {
    fn begin(&mut self, marker: Marker<'a>, line: Line<'a>, is_loose: bool) {
        if is_loose && let Some(last) = self.items.last_mut() {
            last.is_loose = true;
        }
        let first = Line {
            text: marker.text,
            ..line
        };
        self.items.push(Item {
            lines: vec![first],
            is_loose,
        });
        self.inner = None;
        self.fence = Fence::open(marker.text).map(|fence| (fence, line.indent()));
    }

    /// Adds a line to the item at hand.
    fn go_on(&mut self, line: Line<'a>) {
        if let Some((fence, spaces)) = self.fence {
            if fence.is_closed_by(line.text.trim_start()) {
                self.fence = None;
            }
            return self.add(line.dedent(spaces));
        }
        let indent = line.indent().saturating_sub(self.base);
        let inner = if indent >= 2 { indent.min(4) } else { 4 };
        let inner = *self.inner.get_or_insert(inner);
        let spaces = line.indent().min(self.base + inner);
        self.fence = Fence::open(line.text.trim_start()).map(|fence| (fence, spaces));
        self.add(line.dedent(spaces));
    }

    fn add(&mut self, line: Line<'a>) {
        if let Some(item) = self.items.last_mut() {
            item.lines.push(line);
        }
    }

    fn blank(&mut self, line: Line<'a>) {
        if let Some(item) = self.items.last_mut() {
            item.lines.push(Line { text: "", ..line });
        }
    }

    /// Takes a line; `false` if the list ends before it.
    fn take(&mut self, line: Line<'a>, after_blank: bool) -> bool {
        if self.fence.is_some() {
            self.go_on(line);
            return true;
        }
        let indent = line.indent();
        let is_nested = indent >= self.base + 2;
        if !is_nested {
            if let Some(marker) = Marker::anywhere(line) {
                if marker.number.is_some() != self.is_numbered {
                    return false;
                }
                self.begin(marker, line, after_blank && self.is_numbered);
                return true;
            }
            let ends = after_blank
                || headings::marked(line.text).is_some()
                || headings::is_rule(line.text.trim_start());
            if ends {
                return false;
            }
        }
        self.go_on(line);
        true
    }
}

impl Context<'_, '_> {
    /// The list that begins with these lines.
    pub(crate) fn list(&mut self, lines: &[Line<'_>], depth: usize) -> Read {
        let first = Marker::of(lines[0])?;
        let mut gathering = Gathering {
            base: lines[0].indent(),
            is_numbered: first.number.is_some(),
            items: Vec::new(),
            inner: None,
            fence: None,
        };
        gathering.begin(first, lines[0], false);
        let mut taken = 1;
        for (at, line) in lines.iter().enumerate().skip(1) {
            if line.is_blank() {
                continue;
            }
            let blanks = &lines[taken..at];
            let mark = gathering.items.len();
            if !gathering.take(*line, !blanks.is_empty()) {
                break;
            }
            // Blank lines within an item belong before the line that was just added.
            if gathering.items.len() == mark && !blanks.is_empty() {
                let last = gathering.items.last_mut().and_then(|item| item.lines.pop());
                for blank in blanks {
                    gathering.blank(*blank);
                }
                if let (Some(item), Some(last)) = (gathering.items.last_mut(), last) {
                    item.lines.push(last);
                }
            }
            taken = at + 1;
        }
        let html = self.items(&gathering, first.number, depth);
        Some((html, taken))
    }

    fn items(&mut self, gathering: &Gathering<'_>, start: Option<u64>, depth: usize) -> String {
        let mut html = match start {
            Some(start) if start != 1 => format!("<ol start=\"{start}\">\n"),
            Some(_) => "<ol>\n".to_owned(),
            None => "<ul>\n".to_owned(),
        };
        for item in &gathering.items {
            html.push_str(&self.item(item, depth));
        }
        html.push_str(if start.is_some() { "</ol>\n" } else { "</ul>\n" });
        html
    }

    fn item(&mut self, item: &Item<'_>, depth: usize) -> String {
        let mut lines = item.lines.clone();
        let task = lines[0].text.get(..3).and_then(|mark| match mark {
            "[ ]" => Some(false),
            "[x]" | "[X]" => Some(true),
            _ => None,
        });
        let task = task.filter(|_| lines[0].text.get(3..4).is_none_or(|next| next == " "));
        if task.is_some() {
            lines[0].text = lines[0].text[3..].trim_start();
        }
        let is_loose = item.is_loose || lines.iter().any(|line| line.is_blank());
        let content = self.blocks(&lines, depth + 1, true);
        let content = if is_loose { content } else { tight(&content) };
        match task {
            None => format!("<li>{content}</li>\n"),
            Some(done) => {
                let (checked, label) = if done {
                    (" checked=\"checked\"", "Done")
                } else {
                    ("", "To do")
                };
                let input = format!(
                    "<input type=\"checkbox\" disabled=\"disabled\"{checked} aria-label=\"{label}\" /> "
                );
                let content = match content.strip_prefix("<p>") {
                    Some(rest) => format!("<p>{input}{rest}"),
                    None => format!("{input}{content}"),
                };
                format!("<li class=\"task-list-item\">{content}</li>\n")
            }
        }
    }
}

/// Content of a tight item: its first paragraph without tags.
pub(crate) fn tight(content: &str) -> String {
    match content
        .strip_prefix("<p>")
        .and_then(|rest| rest.split_once("</p>\n"))
    {
        Some((text, "")) => text.to_owned(),
        Some((text, rest)) => format!("{text}\n{rest}"),
        None => content.to_owned(),
    }
}
