//! The tree of a page as HTML. Texts are read here.

use crate::attributes::{self, Attributes};
use crate::context::Context;
use crate::escape::{escape, unescape};
use crate::inline;
use crate::lines::Line;
use crate::slug::{Ids, slug};
use crate::source::fences::{Code, code_html};
use crate::tree::{Id, Kind, Tree};
use crate::{Heading, Options};

/// The characters around the number of a heading whose id is not known yet.
const OPEN: &str = "\u{2}h";
const CLOSE: char = '\u{3}';

/// Most references back to the text from a footnote.
const MAX_BACK: usize = 20;

/// Writes a tree.
pub(crate) struct Writer<'a, 't, 'c, 'r, 'f> {
    pub tree: &'t mut Tree<'a>,
    pub context: &'c mut Context<'r, 'f>,
    /// Ids that headings give themselves, by the heading's number.
    pub wanted: Vec<Option<String>>,
}

fn joined(lines: &[Line<'_>]) -> String {
    let texts: Vec<&str> = lines.iter().map(|line| line.text).collect();
    texts.join("\n")
}

impl<'a> Writer<'a, '_, '_, '_, '_> {
    /// The children of an element.
    pub(crate) fn children(&mut self, id: Id) -> String {
        let mut html = String::new();
        for child in self.tree.get(id).children.clone() {
            html.push_str(&self.element(child));
            let tail = std::mem::take(&mut self.tree.get_mut(child).tail);
            html.push_str(&self.text(&tail));
        }
        html
    }

    fn text(&mut self, lines: &[Line<'a>]) -> String {
        let Some(first) = lines.first() else {
            return String::new();
        };
        let text = joined(lines);
        self.context.inline(text.trim_end(), first.number)
    }

    fn element(&mut self, id: Id) -> String {
        let element = self.tree.get(id);
        match (element.tag, element.kind) {
            (_, Kind::Tabs) => return self.tabs(id),
            (_, Kind::Raw) => return self.raw(id),
            ("pre", _) => {
                let code = element.fixed.clone().unwrap_or_default();
                let options = &self.context.options;
                return if options.plain_code {
                    code_html(&code, &Code::plain(), &Options::default())
                } else {
                    code_html(&code, &Code::plain(), options)
                };
            }
            ("math", _) => {
                let tex = element.fixed.as_deref().unwrap_or_default();
                return format!("<div class=\"arithmatex\">\\[{tex}\\]</div>\n");
            }
            ("hr", _) => return "<hr />\n".to_owned(),
            ("h1" | "h2" | "h3" | "h4" | "h5" | "h6", _) => return self.heading(id),
            ("p", _) if element.fixed.is_none() => return self.paragraph(id),
            ("li", _) => return self.item(id),
            _ => {}
        }
        self.take_attributes(id);
        self.plain(id)
    }

    /// An element with its text and children.
    fn plain(&mut self, id: Id) -> String {
        let element = self.tree.get_mut(id);
        let (tag, text, fixed) = (
            element.tag,
            std::mem::take(&mut element.text),
            element.fixed.take(),
        );
        let attributes = self.attributes(id);
        let has_blocks = matches!(
            tag,
            "ul" | "ol" | "dl" | "table" | "thead" | "tbody" | "tr" | "div" | "details" | "blockquote"
        );
        let text = match fixed {
            Some(fixed) => fixed,
            None => self.text(&text),
        };
        let children = self.children(id);
        let inner = if has_blocks && !text.is_empty() { "\n" } else { "" };
        let begin = if has_blocks { "\n" } else { "" };
        let middle = if !has_blocks && !text.is_empty() && !children.is_empty() {
            "\n"
        } else {
            inner
        };
        format!("<{tag}{attributes}>{begin}{text}{middle}{children}</{tag}>\n")
    }

    fn attributes(&mut self, id: Id) -> String {
        let attributes = &self.tree.get(id).attributes;
        self.context.given_ids.extend(attributes.id.clone());
        attributes.html()
    }

    /// Takes the list of attributes from the last line of an element's text.
    fn take_attributes(&mut self, id: Id) {
        let element = self.tree.get(id);
        let has_list = matches!(element.tag, "td" | "th" | "dt");
        let last = element.children.last().copied();
        if has_list {
            let element = self.tree.get_mut(id);
            if let Some(line) = element.text.last_mut()
                && let Some((text, list)) = attributes::trailing(line.text)
            {
                line.text = text;
                merge(&mut element.attributes, list);
            }
            return;
        }
        let list = match last {
            Some(last) => list_below(&mut self.tree.get_mut(last).tail, false),
            None => list_below(&mut self.tree.get_mut(id).text, true),
        };
        if let Some(list) = list {
            merge(&mut self.tree.get_mut(id).attributes, list);
        }
    }

    fn paragraph(&mut self, id: Id) -> String {
        let text = joined(&self.tree.get(id).text);
        if let Some(html) = self
            .context
            .stash
            .alone(&text)
            .filter(|_| self.tree.get(id).children.is_empty())
        {
            return format!("{}\n", html.trim_end());
        }
        self.take_attributes(id);
        let text = std::mem::take(&mut self.tree.get_mut(id).text);
        let attributes = self.attributes(id);
        let text = self.text(&text);
        format!("<p{attributes}>{text}</p>\n")
    }

    fn item(&mut self, id: Id) -> String {
        // The list of attributes stands before a list within the item.
        let element = self.tree.get(id);
        let children = element.children.clone();
        let inner = children
            .iter()
            .position(|child| matches!(self.tree.tag(*child), "ul" | "ol"));
        let before = match inner {
            Some(0) => None,
            Some(at) => children.get(at - 1).copied(),
            None => children.last().copied(),
        };
        let list = match before {
            Some(before) => list_below(&mut self.tree.get_mut(before).tail, false),
            None => list_below(&mut self.tree.get_mut(id).text, true),
        };
        let task = self.task(id);
        let attributes = &mut self.tree.get_mut(id).attributes;
        if let Some(list) = list {
            merge(attributes, list);
        }
        let Some(is_done) = task else {
            return self.plain(id);
        };
        attributes.classes.push("task-list-item".to_owned());
        let (checked, label) = if is_done {
            (" checked=\"checked\"", "Done")
        } else {
            ("", "To do")
        };
        let input =
            format!("<input type=\"checkbox\" disabled=\"disabled\"{checked} aria-label=\"{label}\" /> ");
        let html = self.plain(id);
        let at = html.find('>').map_or(0, |at| at + 1);
        let at = if html[at..].starts_with("<p>") { at + 3 } else { at };
        format!("{}{input}{}", &html[..at], &html[at..])
    }

    /// Takes the box from the beginning of an item, and says whether it is checked.
    fn task(&mut self, id: Id) -> Option<bool> {
        let element = self.tree.get(id);
        let place = if element.text.is_empty() {
            element
                .children
                .first()
                .copied()
                .filter(|first| self.tree.tag(*first) == "p")?
        } else {
            id
        };
        let line = self.tree.get_mut(place).text.first_mut()?;
        let state = match line.text.get(..3)? {
            "[ ]" => false,
            "[x]" | "[X]" => true,
            _ => return None,
        };
        let rest = &line.text[3..];
        if !rest.starts_with(' ') {
            return None;
        }
        line.text = rest.trim_start();
        Some(state)
    }

    /// A heading as HTML; it joins the page's headings. Its id is known when all ids are.
    fn heading(&mut self, id: Id) -> String {
        let element = self.tree.get_mut(id);
        let (tag, text) = (element.tag, std::mem::take(&mut element.text));
        let level = tag.as_bytes().get(1).map_or(1, |digit| digit - b'0');
        let Some(line) = text.first().copied() else {
            return String::new();
        };
        let (text, mut attributes) = attributes::trailing(line.text).map_or_else(
            || (line.text, Attributes::default()),
            |(text, list)| (text.trim_end_matches('#').trim_end(), list),
        );
        let html = self.context.inline(text, line.number);
        let text = unescape(&inline::without_tags(&html)).trim().to_owned();
        let wanted = attributes.id.take();
        self.context.given_ids.extend(wanted.clone());
        let number = self.context.headings.len();
        self.wanted.push(wanted);
        let rest = attributes.html();
        self.context.headings.push(Heading {
            level,
            id: String::new(),
            text,
            line: line.number,
        });
        let shown = format!("{OPEN}{number}{CLOSE}");
        format!(
            "<{tag} id=\"{shown}\"{rest}>{html}<a class=\"headerlink\" href=\"#{shown}\" \
             title=\"Permanent link\">&para;</a></{tag}>\n"
        )
    }

    fn raw(&mut self, id: Id) -> String {
        let element = self.tree.get_mut(id);
        let (tag, open, text) = (element.tag, element.open, std::mem::take(&mut element.text));
        if !text.is_empty() {
            let text = self.text(&text);
            return format!("{open}{}</{tag}>\n", text.trim());
        }
        format!("{open}\n{}</{tag}>\n", self.children(id))
    }

    /// A set of tabs: radio buttons, their labels, and the content of each.
    fn tabs(&mut self, id: Id) -> String {
        self.context.tab_sets += 1;
        let set = self.context.tab_sets;
        let (mut inputs, mut labels, mut blocks) = (String::new(), String::new(), String::new());
        let tabs = self.tree.get(id).children.clone();
        let chosen = tabs
            .iter()
            .rposition(|tab| self.tree.get(*tab).is_chosen)
            .unwrap_or(0);
        for (at, tab) in tabs.into_iter().enumerate() {
            let checked = if at == chosen { " checked=\"checked\"" } else { "" };
            let name = format!("__tabbed_{set}_{}", at + 1);
            inputs.push_str(&format!(
                "<input{checked} id=\"{name}\" name=\"__tabbed_{set}\" type=\"radio\" />"
            ));
            let label: Vec<Line<'a>> = self.tree.get(tab).label.into_iter().collect();
            labels.push_str(&format!("<label for=\"{name}\">{}</label>", self.text(&label)));
            let text = std::mem::take(&mut self.tree.get_mut(tab).text);
            let text = self.text(&text);
            blocks.push_str(&format!(
                "<div class=\"tabbed-block\">\n{text}{}</div>\n",
                self.children(tab)
            ));
        }
        format!(
            "<div class=\"tabbed-set tabbed-alternate\">{inputs}<div class=\"tabbed-labels\">{labels}</div>\n\
             <div class=\"tabbed-content\">\n{blocks}</div>\n</div>\n"
        )
    }

    /// The section of the footnotes: for each its element with the text.
    pub(crate) fn footnotes(&mut self, bodies: &[Id]) -> String {
        if bodies.is_empty() {
            return String::new();
        }
        let mut items = String::new();
        for (at, body) in bodies.iter().enumerate() {
            let html = self.children(*body);
            let Some((label, footnote)) = self.context.footnotes.get(at) else {
                continue;
            };
            let label = escape(label);
            let back: String = (1..=footnote.uses.clamp(1, MAX_BACK))
                .map(|number| {
                    let suffix = if number == 1 {
                        String::new()
                    } else {
                        number.to_string()
                    };
                    format!(
                        "&#160;<a class=\"footnote-backref\" href=\"#fnref{suffix}:{label}\" \
                         title=\"Jump back to the text\">&#8617;</a>"
                    )
                })
                .collect();
            let html = match html.trim_end().strip_suffix("</p>") {
                Some(html) => format!("{html}{back}</p>"),
                None => format!("{html}<p>{}</p>", back.trim_start_matches("&#160;")),
            };
            items.push_str(&format!("<li id=\"fn:{label}\">\n{html}\n</li>\n"));
        }
        format!("<div class=\"footnote\">\n<hr />\n<ol>\n{items}</ol>\n</div>\n")
    }

    /// Gives headings their ids, and writes them where they stand.
    pub(crate) fn with_ids(&mut self, html: &str) -> String {
        let mut ids = Ids::new(std::mem::take(&mut self.context.given_ids));
        for (heading, wanted) in self.context.headings.iter_mut().zip(&self.wanted) {
            heading.id = match wanted {
                Some(wanted) => wanted.clone(),
                None => ids.unique(slug(&heading.text)),
            };
        }
        let mut written = String::with_capacity(html.len());
        let mut rest = html;
        while let Some(at) = rest.find(OPEN) {
            written.push_str(&rest[..at]);
            let body = &rest[at + OPEN.len()..];
            let end = body.find(CLOSE).unwrap_or(0);
            let number: usize = body[..end].parse().unwrap_or(usize::MAX);
            if let Some(heading) = self.context.headings.get(number) {
                written.push_str(&escape(&heading.id));
            }
            rest = body.get(end + 1..).unwrap_or_default();
        }
        written.push_str(rest);
        written
    }
}

/// The list of attributes that is the last line of a text. Another line stands before it, unless the text goes on another.
fn list_below(text: &mut Vec<Line<'_>>, is_whole: bool) -> Option<Attributes> {
    let last = text.last().filter(|_| text.len() > usize::from(is_whole))?;
    let list = attributes::alone(last.text)?;
    text.pop();
    Some(list)
}

fn merge(attributes: &mut Attributes, list: Attributes) {
    attributes.id = list.id.or(attributes.id.take());
    attributes.classes.extend(list.classes);
    attributes.others.extend(list.others);
}
