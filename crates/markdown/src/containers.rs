//! Blocks with blocks in them: quotes and alerts, notes, tabs, and definition lists.

use crate::blocks::Read;
use crate::context::Context;
use crate::escape::escape;
use crate::fences::Fence;
use crate::html_blocks;
use crate::lines::Line;

/// Most tabs of a set.
const MAX_TABS: usize = 20;

/// The line that opens a note: `!!! type "title"`, or `???` for one that is folded.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Note<'a> {
    /// It can be folded, and whether it is open at first.
    folds: Option<bool>,
    /// The kind and further classes.
    classes: &'a str,
    /// The title, if it is written.
    title: Option<&'a str>,
}

impl<'a> Note<'a> {
    pub(crate) fn open(text: &'a str) -> Option<Self> {
        let (folds, rest) = match text.split_at_checked(3)? {
            ("!!!", rest) => (None, rest),
            ("???", rest) => match rest.strip_prefix('+') {
                Some(rest) => (Some(true), rest),
                None => (Some(false), rest),
            },
            _ => return None,
        };
        let rest = rest.trim();
        let (classes, title) = match rest.find('"') {
            Some(at) => (&rest[..at], Some(rest[at + 1..].strip_suffix('"')?)),
            None => (rest, None),
        };
        let is_class = |character: char| character.is_alphanumeric() || matches!(character, '-' | '_' | ' ');
        let classes = classes.trim();
        let is_note =
            classes.chars().all(is_class) && !(classes.is_empty() && (title.is_none() || folds.is_none()));
        is_note.then_some(Self {
            folds,
            classes,
            title,
        })
    }

    fn html(&self, title: Option<&str>, body: &str) -> String {
        let classes = escape(&self.classes.to_lowercase());
        if let Some(open) = self.folds {
            let open = if open { " open=\"open\"" } else { "" };
            let title = title.unwrap_or_default();
            return format!(
                "<details class=\"{classes}\"{open}>\n<summary>{title}</summary>\n{body}</details>\n"
            );
        }
        let title = title.map(|title| format!("<p class=\"admonition-title\">{title}</p>\n"));
        let title = title.unwrap_or_default();
        format!("<div class=\"admonition {classes}\">\n{title}{body}</div>\n")
    }
}

/// The title of a tab: `=== "title"`.
pub(crate) fn tab_title(text: &str) -> Option<&str> {
    let rest = text.strip_prefix("===")?;
    let rest = rest.trim_start_matches(['!', '+']);
    let title = rest.strip_prefix(' ')?.trim();
    let quote = title.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    let title = title.strip_prefix(quote)?.strip_suffix(quote)?;
    (!title.is_empty()).then_some(title)
}

/// The kind of a note as a title.
fn capitalised(classes: &str) -> String {
    let mut first = classes.split(' ').next().unwrap_or_default().chars();
    let head: String = first.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{head}{}", first.as_str().to_lowercase())
}

/// The lines behind the first that are indented by four spaces, without them, and the number of all lines.
fn indented<'a>(lines: &[Line<'a>], base: usize) -> (Vec<Line<'a>>, usize) {
    let mut body = Vec::new();
    let mut taken = 1;
    for (at, line) in lines.iter().enumerate().skip(1) {
        if line.is_blank() {
            continue;
        }
        if line.indent() < base + 4 {
            break;
        }
        body.extend(lines[taken..at].iter().map(|line| Line { text: "", ..*line }));
        body.push(line.dedent(base + 4));
        taken = at + 1;
    }
    (body, taken)
}

impl Context<'_, '_> {
    /// Quotes, notes and tabs.
    pub(crate) fn container(&mut self, lines: &[Line<'_>], depth: usize) -> Read {
        let near = lines[0].near()?;
        if near.starts_with('>') {
            return Some(self.quote(lines, depth));
        }
        if let Some(note) = Note::open(near) {
            let (body, taken) = indented(lines, lines[0].indent());
            let title = match note.title {
                Some("") if note.folds.is_none() => None,
                Some(title) => Some(self.inline(title, lines[0].number)),
                None => Some(escape(&capitalised(note.classes))),
            };
            let body = self.blocks(&body, depth + 1, false);
            return Some((note.html(title.as_deref(), &body), taken));
        }
        if tab_title(near).is_some() {
            return Some(self.tabs(lines, depth));
        }
        slashes(near).and_then(|open| self.slash_block(&open, lines, depth))
    }

    fn quote(&mut self, lines: &[Line<'_>], depth: usize) -> (String, usize) {
        let mut body = Vec::new();
        let mut taken = 0;
        for (at, line) in lines.iter().enumerate() {
            let quoted = line.near().and_then(|near| near.strip_prefix('>'));
            match quoted {
                Some(text) => body.push(Line {
                    text: text.strip_prefix(' ').unwrap_or(text),
                    ..*line
                }),
                // A text goes on without the mark.
                None if line.is_blank() => {
                    let goes_on = lines
                        .get(at + 1)
                        .and_then(|next| next.near())
                        .is_some_and(|next| next.starts_with('>'));
                    if !goes_on {
                        break;
                    }
                    body.push(Line { text: "", ..*line });
                }
                None if ends_quote(*line) => break,
                None => body.push(*line),
            }
            taken = at + 1;
        }
        let alert = body.first().and_then(|first| alert(first.text));
        let html = match alert {
            Some((class, title)) => {
                let body = self.blocks(&body[1..], depth + 1, false);
                format!(
                    "<div class=\"admonition {class}\">\n<p class=\"admonition-title\">{title}</p>\n{body}</div>\n"
                )
            }
            None => format!(
                "<blockquote>\n{}</blockquote>\n",
                self.blocks(&body, depth + 1, false)
            ),
        };
        (html, taken)
    }

    /// A set of tabs: radio buttons, their labels, and the content of each.
    fn tabs(&mut self, lines: &[Line<'_>], depth: usize) -> (String, usize) {
        self.tab_sets += 1;
        let set = self.tab_sets;
        let (mut inputs, mut labels, mut blocks) = (String::new(), String::new(), String::new());
        let (mut at, mut count) = (0, 0);
        let base = lines[0].indent();
        while count < MAX_TABS {
            let next = lines[at..]
                .iter()
                .position(|line| !line.is_blank())
                .map(|blank| at + blank);
            let Some(next) = next.filter(|next| lines[*next].indent() == base) else {
                break;
            };
            let Some(title) = tab_title(lines[next].text.trim_start()) else {
                break;
            };
            count += 1;
            let (body, taken) = indented(&lines[next..], base);
            let checked = if count == 1 { " checked=\"checked\"" } else { "" };
            let id = format!("__tabbed_{set}_{count}");
            inputs.push_str(&format!(
                "<input{checked} id=\"{id}\" name=\"__tabbed_{set}\" type=\"radio\" />"
            ));
            labels.push_str(&format!(
                "<label for=\"{id}\">{}</label>",
                self.inline(title, lines[next].number)
            ));
            blocks.push_str(&format!(
                "<div class=\"tabbed-block\">\n{}</div>\n",
                self.blocks(&body, depth + 1, false)
            ));
            at = next + taken;
        }
        let html = format!(
            "<div class=\"tabbed-set tabbed-alternate\">{inputs}<div class=\"tabbed-labels\">{labels}</div>\n\
             <div class=\"tabbed-content\">\n{blocks}</div>\n</div>\n"
        );
        (html, at)
    }

    /// `/// note | title` up to the slashes that close it.
    fn slash_block(&mut self, open: &Slashes<'_>, lines: &[Line<'_>], depth: usize) -> Read {
        let closes = |line: &Line<'_>| {
            let text = line.text.trim();
            text.len() == open.length && text.bytes().all(|byte| byte == b'/')
        };
        let end = lines.iter().skip(1).take(5_000).position(closes)? + 1;
        self.search_left = self.search_left.checked_sub(end)?;
        let inner: Vec<Line<'_>> = lines[1..end]
            .iter()
            .map(|line| line.dedent(lines[0].indent()))
            .collect();
        let body = self.blocks(&inner, depth + 1, false);
        let title = open.title.map(|title| self.inline(title, lines[0].number));
        let note = match open.name {
            "details" => Note {
                folds: Some(false),
                classes: "",
                title: None,
            },
            "html" | "caption" | "define" | "tab" => {
                return Some((format!("<div>\n{body}</div>\n"), end + 1));
            }
            name => match name.strip_prefix("details-") {
                Some(classes) => Note {
                    folds: Some(false),
                    classes,
                    title: None,
                },
                None => Note {
                    folds: None,
                    classes: name,
                    title: None,
                },
            },
        };
        let title = title.unwrap_or_else(|| escape(&capitalised(open.name)));
        Some((note.html(Some(&title), &body), end + 1))
    }

    /// Terms with lines that begin with a colon.
    pub(crate) fn definition_list(&mut self, lines: &[Line<'_>], depth: usize) -> Read {
        let mut html = String::new();
        let mut at = 0;
        while let Some(group) = Group::at(&lines[at..]) {
            for term in &lines[at..at + group.terms] {
                let term = self.inline(term.text.trim(), term.number);
                html.push_str(&format!("<dt>{term}</dt>\n"));
            }
            at += group.terms + group.blank;
            let mut is_loose = group.blank > 0;
            while let Some(first) = lines.get(at).and_then(|line| definition(*line)) {
                let (mut body, taken) = indented(&lines[at..], 0);
                let lazy = lines[at + taken..]
                    .iter()
                    .position(|line| line.is_blank() || definition(*line).is_some());
                let lazy = if taken == 1 {
                    lazy.unwrap_or(lines.len() - at - taken)
                } else {
                    0
                };
                let lazy_lines = lines[at + 1..at + 1 + lazy].iter().copied();
                body.splice(0..0, std::iter::once(first).chain(lazy_lines));
                at += taken + lazy;
                is_loose |= body.iter().any(|line| line.is_blank());
                let content = self.blocks(&body, depth + 1, false);
                let content = if is_loose { content } else { lists_tight(&content) };
                html.push_str(&format!("<dd>{content}</dd>\n"));
                let blanks = lines[at..].iter().take_while(|line| line.is_blank()).count();
                let goes_on = lines
                    .get(at + blanks)
                    .is_some_and(|line| definition(*line).is_some());
                if goes_on {
                    at += blanks;
                }
            }
            let blanks = lines[at..].iter().take_while(|line| line.is_blank()).count();
            if Group::at(&lines[at + blanks..]).is_some() {
                at += blanks;
            }
        }
        (!html.is_empty()).then(|| (format!("<dl>\n{html}</dl>\n"), at))
    }
}

fn lists_tight(content: &str) -> String {
    crate::lists::tight(content)
}

/// Terms before definitions.
struct Group {
    terms: usize,
    /// Blank lines behind the terms.
    blank: usize,
}

impl Group {
    fn at(lines: &[Line<'_>]) -> Option<Self> {
        let is_term =
            |line: &&Line<'_>| !line.is_blank() && definition(**line).is_none() && line.indent() < 4;
        let terms = lines.iter().take(10).take_while(is_term).count();
        let blank = usize::from(lines.get(terms).is_some_and(|line| line.is_blank()));
        let is_defined = lines
            .get(terms + blank)
            .is_some_and(|line| definition(*line).is_some());
        (terms > 0 && is_defined && (blank == 0 || terms == 1)).then_some(Self { terms, blank })
    }
}

/// The text of a line that begins with a colon.
fn definition(line: Line<'_>) -> Option<Line<'_>> {
    let rest = line.near()?.strip_prefix(':')?;
    let text = rest.strip_prefix(' ')?.trim_start();
    (!text.is_empty()).then_some(Line { text, ..line })
}

/// Whether a line without the mark is no more of a quote.
fn ends_quote(line: Line<'_>) -> bool {
    let near = line.near().unwrap_or_default();
    Fence::open(near).is_some() || html_blocks::opens(near)
}

/// The line that opens a block with slashes.
struct Slashes<'a> {
    length: usize,
    name: &'a str,
    title: Option<&'a str>,
}

fn slashes(text: &str) -> Option<Slashes<'_>> {
    let length = text.bytes().take_while(|byte| *byte == b'/').count();
    let rest = text.get(length..)?.strip_prefix(' ')?.trim();
    let (name, title) = match rest.split_once('|') {
        Some((name, title)) => (name.trim(), Some(title.trim())),
        None => (rest, None),
    };
    let is_name = !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    (length >= 3 && is_name).then_some(Slashes { length, name, title })
}

/// The class and title of an alert as GitHub writes it, and as sites show it.
fn alert(text: &str) -> Option<(&'static str, &'static str)> {
    Some(match text.trim() {
        "[!NOTE]" => ("note", "Note"),
        "[!TIP]" => ("tip", "Tip"),
        "[!IMPORTANT]" => ("info", "Important"),
        "[!WARNING]" => ("warning", "Warning"),
        "[!CAUTION]" => ("danger", "Caution"),
        _ => return None,
    })
}
