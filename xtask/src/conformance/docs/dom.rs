//! HTML as a list of tokens that leaves out what only one of the two renderers draws around the content.

use std::collections::BTreeSet;

use html5ever::tendril::TendrilSink;
use html5ever::{QualName, local_name, ns, parse_fragment};
use markup5ever_rcdom::{Handle, NodeData, RcDom};

use super::code;
use super::links;

/// What a token is part of. Each is a figure of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Feature {
    /// Levels, ids and the beginning of headings.
    Headings,
    /// Links with where they lead.
    Links,
    /// Images with their address and description.
    Images,
    /// Code with language, title, numbers of lines and marked lines.
    Code,
    /// Tables, their cells and alignments.
    Tables,
    /// Notes, folded or not.
    Admonitions,
    /// Tabs and their labels.
    Tabs,
    /// Lists and their items, with boxes of tasks.
    Lists,
    /// Lists of definitions.
    Definitions,
    /// Marks within the text.
    Marks,
    /// Emoji and icons.
    Icons,
    /// Paragraphs, quotes, rules and the like.
    Blocks,
    /// Words.
    Text,
}

/// Each feature with its name in the figures.
pub const FEATURES: [(Feature, &str); 13] = [
    (Feature::Headings, "headings"),
    (Feature::Links, "links"),
    (Feature::Images, "images"),
    (Feature::Code, "code"),
    (Feature::Tables, "tables"),
    (Feature::Admonitions, "admonitions"),
    (Feature::Tabs, "tabs"),
    (Feature::Lists, "lists"),
    (Feature::Definitions, "definitions"),
    (Feature::Marks, "marks"),
    (Feature::Icons, "icons"),
    (Feature::Blocks, "blocks"),
    (Feature::Text, "text"),
];

/// Something that a page has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// What it is part of.
    pub feature: Feature,
    /// What it is.
    pub text: String,
}

/// The tokens of a page. `address` is that of its file within the site.
pub fn tokens(html: &str, address: &str, known: &BTreeSet<String>) -> Vec<Token> {
    if let Some(target) = moved_to(html) {
        // What such a page says is nowhere to be seen: the browser goes on.
        let text = format!("moved to {}", links::resolved(address, target, known));
        return vec![Token {
            feature: Feature::Links,
            text,
        }];
    }
    let body = QualName::new(None, ns!(html), local_name!("body"));
    let dom = parse_fragment(
        RcDom::default(),
        html5ever::ParseOpts::default(),
        body,
        Vec::new(),
        false,
    )
    .one(html);
    let mut reading = Reading {
        address,
        known,
        tokens: Vec::new(),
        text: String::new(),
    };
    reading.children(&dom.document);
    reading.end_text();
    for token in &mut reading.tokens {
        // The plugin for Graphviz of the original puts an element round the letters `<svg` wherever they stand, in code too.
        if token.text.contains("<div><svg") || token.text.contains("</svg></div>") {
            let text = token.text.replace("<div><svg", "<svg");
            token.text = text.replace("</svg></div>", "</svg>");
        }
    }
    reading.tokens
}

/// Where a page sends the browser at once.
fn moved_to(html: &str) -> Option<&str> {
    let (_, behind) = html.split_once("<meta http-equiv=\"refresh\" content=\"0; url=")?;
    behind.split_once('"').map(|(target, _)| target)
}

/// A page while it is read.
struct Reading<'a> {
    address: &'a str,
    /// Addresses of pages and files of the site.
    known: &'a BTreeSet<String>,
    tokens: Vec<Token>,
    /// Text that is not a token yet.
    text: String,
}

/// Elements of which nothing is compared: what never gets onto a page, and what a renderer draws around the content.
const LEFT_OUT: [&str; 14] = [
    "script", "style", "iframe", "object", "embed", "form", "svg", "nav", "audio", "video", "link", "meta",
    "math", "template",
];

impl Token {
    /// Whether two tokens are the same. The original calls code of languages that its highlighter does not know a text.
    pub fn is_like(&self, own: &Self) -> bool {
        let code = |token: &Self| token.text.split_once(']').map(|(_, code)| code.to_owned());
        let is_text = self.feature == Feature::Code && self.text.starts_with("[text]");
        // A link or image that leads nowhere there, and to something here.
        let leads_nowhere = matches!(self.feature, Feature::Links | Feature::Images)
            && own.feature == self.feature
            && self.text.split_once(' ').is_some_and(|(tag, target)| {
                target.starts_with('?') && own.text.starts_with(&format!("{tag} /"))
            });
        leads_nowhere || self == own || (is_text && own.feature == Feature::Code && code(self) == code(own))
    }
}

impl Reading<'_> {
    fn push(&mut self, feature: Feature, text: impl Into<String>) {
        self.end_text();
        let text = text.into();
        self.tokens.push(Token { feature, text });
    }

    /// Ends the text at hand; each of its words is a token, so that a difference is small.
    fn end_text(&mut self) {
        let text = std::mem::take(&mut self.text);
        let words = text.split_whitespace().map(|word| Token {
            feature: Feature::Text,
            text: word.to_owned(),
        });
        self.tokens.extend(words);
    }

    fn children(&mut self, node: &Handle) {
        for child in node.children.borrow().iter() {
            self.node(child);
        }
    }

    fn node(&mut self, node: &Handle) {
        match &node.data {
            NodeData::Text { contents } => self.text.push_str(&contents.borrow()),
            NodeData::Element { name, .. } => self.element(node, &name.local),
            _ => self.children(node),
        }
    }

    fn element(&mut self, node: &Handle, name: &str) {
        if LEFT_OUT.contains(&name) || has_class(node, "headerlink") || has_class(node, "linenos") {
            return;
        }
        if code::is_block(node, name) {
            let text = code::block(node).join(" ");
            return self.push(Feature::Code, text);
        }
        match name {
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                let id = attribute(node, "id").unwrap_or_default();
                self.around(node, Feature::Headings, &format!("{name} #{id}"), name);
            }
            "a" if attribute(node, "href").is_some() => {
                let target = links::resolved(
                    self.address,
                    &attribute(node, "href").unwrap_or_default(),
                    self.known,
                );
                self.around(node, Feature::Links, &format!("a {target}"), "a");
            }
            "img" => self.image(node),
            "table" | "thead" | "tbody" | "tr" => self.around(node, Feature::Tables, name, name),
            "th" | "td" => {
                let align = alignment(node);
                self.around(node, Feature::Tables, &format!("{name}{align}"), name);
            }
            "details" | "summary" => self.note(node, name),
            "div" | "section" => self.division(node),
            "label" if !has_class(node, "task-list-control") => {
                self.around(node, Feature::Tabs, "label", "label");
            }
            "input" => self.input(node),
            _ => self.plain_element(node, name),
        }
    }

    /// An element of which its name counts, with one attribute at most.
    fn plain_element(&mut self, node: &Handle, name: &str) {
        match name {
            "ul" | "li" => self.around(node, Feature::Lists, name, name),
            "ol" => {
                let start = attribute(node, "start")
                    .map(|start| format!(" {start}"))
                    .unwrap_or_default();
                self.around(node, Feature::Lists, &format!("ol{start}"), name);
            }
            "dl" | "dt" | "dd" => self.around(node, Feature::Definitions, name, name),
            "strong" | "em" | "del" | "ins" | "mark" | "sub" | "sup" | "kbd" | "code" | "b" | "i" | "q"
            | "s" | "small" | "u" => {
                self.around(node, Feature::Marks, name, name);
            }
            "abbr" => {
                let title = attribute(node, "title").unwrap_or_default();
                self.around(node, Feature::Marks, &format!("abbr {title}"), name);
            }
            "span" if ["twemoji", "emojione"].iter().any(|class| has_class(node, class)) => {
                self.push(Feature::Icons, "icon");
            }
            "p" if has_class(node, "admonition-title") => {
                self.around(node, Feature::Admonitions, "title", "title");
            }
            "p" | "blockquote" | "figure" | "figcaption" | "pre" | "caption" => {
                self.around(node, Feature::Blocks, name, name);
            }
            "br" | "hr" => self.push(Feature::Blocks, name),
            _ => self.children(node),
        }
    }

    fn around(&mut self, node: &Handle, feature: Feature, open: &str, name: &str) {
        let from = self.tokens.len();
        self.push(feature, open);
        self.children(node);
        // A paragraph in which nothing is shown is no difference.
        self.end_text();
        if name == "p"
            && self
                .tokens
                .last()
                .is_some_and(|last| last.text == "p" && self.tokens.len() > from)
        {
            self.tokens.pop();
            return;
        }
        self.push(feature, format!("/{name}"));
    }

    fn image(&mut self, node: &Handle) {
        if ["emojione", "twemoji", "gemoji"]
            .iter()
            .any(|class| has_class(node, class))
        {
            return self.push(Feature::Icons, "icon");
        }
        let source = links::resolved(
            self.address,
            &attribute(node, "src").unwrap_or_default(),
            self.known,
        );
        let alt = attribute(node, "alt").unwrap_or_default();
        let alt: Vec<&str> = alt.split_whitespace().collect();
        self.push(Feature::Images, format!("img {source} {}", alt.join(" ")));
    }

    fn note(&mut self, node: &Handle, name: &str) {
        let open = attribute(node, "open").map_or("", |_| " open");
        let class = if name == "details" {
            kind(node)
        } else {
            String::new()
        };
        self.around(node, Feature::Admonitions, &format!("{name}{class}{open}"), name);
    }

    fn division(&mut self, node: &Handle) {
        if has_class(node, "admonition") {
            let class = kind(node);
            return self.around(
                node,
                Feature::Admonitions,
                &format!("admonition{class}"),
                "admonition",
            );
        }
        for class in ["tabbed-set", "tabbed-block"] {
            if has_class(node, class) {
                return self.around(node, Feature::Tabs, class, class);
            }
        }
        self.end_text();
        self.children(node);
        self.end_text();
    }

    fn input(&mut self, node: &Handle) {
        if attribute(node, "type").as_deref() == Some("checkbox") {
            let state = attribute(node, "checked").map_or("open", |_| "done");
            self.push(Feature::Lists, format!("task {state}"));
        }
    }
}

/// The first kind of a note that is known.
fn kind(node: &Handle) -> String {
    let classes = attribute(node, "class").unwrap_or_default();
    let kind = classes.split_whitespace().find(|class| *class != "admonition");
    kind.map(|kind| format!(" {kind}")).unwrap_or_default()
}

/// How a cell is aligned.
fn alignment(node: &Handle) -> &'static str {
    let style = attribute(node, "style").unwrap_or_default().replace(' ', "");
    for (side, class, shown) in [
        ("left", "align-left", " left"),
        ("right", "align-right", " right"),
        ("center", "align-center", " center"),
    ] {
        let is_attribute = attribute(node, "align").as_deref() == Some(side);
        if is_attribute || style.contains(&format!("text-align:{side}")) || has_class(node, class) {
            return shown;
        }
    }
    ""
}

/// An attribute of an element.
pub fn attribute(node: &Handle, name: &str) -> Option<String> {
    let NodeData::Element { attrs, .. } = &node.data else {
        return None;
    };
    let attributes = attrs.borrow();
    let found = attributes.iter().find(|attribute| &*attribute.name.local == name);
    found.map(|attribute| attribute.value.to_string())
}

/// Whether an element has a class.
pub fn has_class(node: &Handle, class: &str) -> bool {
    attribute(node, "class").is_some_and(|classes| classes.split_whitespace().any(|one| one == class))
}
