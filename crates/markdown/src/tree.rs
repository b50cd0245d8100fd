//! The elements of a page while its blocks are read. Their texts are read last, when everything that is defined is known.

use crate::attributes::Attributes;
use crate::lines::Line;

/// An element's place in the tree.
pub(crate) type Id = usize;

/// What an element is, beyond its tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Kind {
    #[default]
    Plain,
    /// A note that cannot be folded.
    Note,
    /// A set of tabs.
    Tabs,
    /// A tab; its first text is the label.
    Tab,
    /// An element that is written as HTML, with Markdown in it.
    Raw,
}

/// An element.
#[derive(Debug, Default)]
pub(crate) struct Element<'a> {
    pub tag: &'a str,
    pub kind: Kind,
    /// The text before its children.
    pub text: Vec<Line<'a>>,
    pub children: Vec<Id>,
    /// The text behind it, within its parent.
    pub tail: Vec<Line<'a>>,
    pub attributes: Attributes,
    /// Code, or a text that needs no reading.
    pub fixed: Option<String>,
    /// The label of a tab.
    pub label: Option<Line<'a>>,
    /// Whether the tab is shown first, or the tag opens a set of its own.
    pub is_chosen: bool,
    /// The opening tag as it is written in the page.
    pub open: &'a str,
}

/// All elements of a page. The first one holds the others.
#[derive(Debug)]
pub(crate) struct Tree<'a> {
    elements: Vec<Element<'a>>,
}

/// The element that holds all others.
pub(crate) const ROOT: Id = 0;

impl<'a> Tree<'a> {
    pub(crate) fn new() -> Self {
        Self {
            elements: vec![Element {
                tag: "body",
                ..Element::default()
            }],
        }
    }

    pub(crate) fn get(&self, id: Id) -> &Element<'a> {
        &self.elements[id]
    }

    pub(crate) fn get_mut(&mut self, id: Id) -> &mut Element<'a> {
        &mut self.elements[id]
    }

    /// A new element that is in no other one.
    pub(crate) fn alone(&mut self, element: Element<'a>) -> Id {
        self.elements.push(element);
        self.elements.len() - 1
    }

    /// A new element behind the children of another one.
    pub(crate) fn add(&mut self, parent: Id, element: Element<'a>) -> Id {
        let id = self.alone(element);
        self.elements[parent].children.push(id);
        id
    }

    /// A new element of which only the tag is known.
    pub(crate) fn add_tag(&mut self, parent: Id, tag: &'a str) -> Id {
        self.add(
            parent,
            Element {
                tag,
                ..Element::default()
            },
        )
    }

    /// The last child of an element.
    pub(crate) fn last(&self, parent: Id) -> Option<Id> {
        self.elements[parent].children.last().copied()
    }

    pub(crate) fn tag(&self, id: Id) -> &'a str {
        self.elements[id].tag
    }

    /// Whether an element is a list, of definitions too.
    pub(crate) fn is_list(&self, id: Id) -> bool {
        matches!(self.tag(id), "ul" | "ol" | "dl")
    }

    /// Makes the text of an item a paragraph of its own.
    pub(crate) fn loosen(&mut self, item: Id) {
        let text = std::mem::take(&mut self.elements[item].text);
        if text.is_empty() {
            return;
        }
        let paragraph = self.alone(Element {
            tag: "p",
            text,
            ..Element::default()
        });
        self.elements[item].children.insert(0, paragraph);
    }
}
