//! What the page of a definition is made of: the same few blocks whatever the format.

use ui::Language;

/// A few words, and how they look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// The words.
    pub text: String,
    /// How they look.
    pub look: Look,
}

/// How words look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Look {
    /// As text.
    Plain,
    /// As something that programs read.
    Code,
    /// A link to what this names in the same definition, where that has an entry.
    Definition(String),
    /// A link to an address, where that is a harmless one.
    Web(String),
}

impl Span {
    /// Words as text.
    pub fn plain(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            look: Look::Plain,
        }
    }

    /// Words as programs read them.
    pub fn code(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            look: Look::Code,
        }
    }

    /// A link into the definition.
    pub fn definition(text: impl Into<String>, target: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            look: Look::Definition(target.into()),
        }
    }

    /// A link to an address, which is its own text.
    pub fn web(address: impl Into<String>) -> Self {
        let address = address.into();
        Self {
            text: address.clone(),
            look: Look::Web(address),
        }
    }
}

/// The words of spans without their looks.
pub fn words(spans: &[Span]) -> String {
    spans.iter().map(|span| span.text.as_str()).collect()
}

/// Something that is known, and its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// What it is.
    pub label: String,
    /// What is known.
    pub value: Vec<Span>,
}

impl Fact {
    /// A fact of one span.
    pub fn new(label: impl Into<String>, value: Span) -> Self {
        Self {
            label: label.into(),
            value: vec![value],
        }
    }
}

/// A parameter, a property, a value of an enumeration.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// How deep it is nested, 0 for the outermost.
    pub depth: usize,
    /// Its type as a person reads it: `string · uuid`, `Order[]`.
    pub kind: Vec<Span>,
    /// It must be given.
    pub required: bool,
    /// Clients should move away from it.
    pub deprecated: bool,
    /// What it is in a word or two: `read only`.
    pub marks: Vec<String>,
    /// What it means, in Markdown.
    pub description: String,
    /// Bounds, defaults, examples.
    pub facts: Vec<Fact>,
    /// What else the definition says, as YAML; nothing if empty.
    pub more: String,
    /// Where its own fields are, if they are not among these.
    pub onward: Option<Onward>,
}

/// A part of the definition that has a page of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Onward {
    /// Its pointer.
    pub pointer: String,
    /// How many of its fields were shown.
    pub from: usize,
}

/// A part of an entry with a heading.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Part {
    /// `Parameters`, `200 · application/json · Order`…
    pub heading: Vec<Span>,
    /// It opens on demand.
    pub folded: bool,
    /// What is in it.
    pub blocks: Vec<Block>,
}

/// A piece of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// Markdown.
    Prose(String),
    /// Names and values.
    Facts(Vec<Fact>),
    /// A table of fields.
    Fields(Vec<Field>),
    /// An example, a request.
    Code {
        /// What it is.
        title: String,
        /// How it is highlighted.
        language: Language,
        /// The text.
        text: String,
    },
    /// Blocks under a heading.
    Part(Part),
    /// What the reader knows no better form for, as YAML, folded.
    More(String),
    /// A sentence to the reader.
    Remark(String),
}

impl Block {
    /// Blocks under a heading of plain words.
    pub fn part(heading: impl Into<String>, blocks: Vec<Block>) -> Self {
        Self::Part(Part {
            heading: vec![Span::plain(heading)],
            folded: false,
            blocks,
        })
    }

    /// The same, opened on demand.
    pub fn folded(heading: impl Into<String>, blocks: Vec<Block>) -> Self {
        Self::Part(Part {
            heading: vec![Span::plain(heading)],
            folded: true,
            blocks,
        })
    }
}
