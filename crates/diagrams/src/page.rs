//! Diagrams and formulas as parts of a page: with their source in a fold, or with what is wrong with it.

use std::time::{Duration, Instant};

use maud::{Markup, PreEscaped, html};
use ui::{Code, Language};

use crate::{Display, Picture, Trouble, math, mermaid};

/// Languages of diagrams that only other servers draw.
const NOT_DRAWN: [(&str, &str); 6] = [
    ("plantuml", "PlantUML"),
    ("puml", "PlantUML"),
    ("dot", "Graphviz"),
    ("graphviz", "Graphviz"),
    ("d2", "D2"),
    ("kroki", "Kroki"),
];

/// Longest time for all drawings of a page. What is left then is shown as its source.
const LONGEST: Duration = Duration::from_secs(10);

/// The diagrams of one page, which have ids of their own.
#[derive(Debug, Default)]
pub struct Drawings {
    drawn: usize,
    spent: Duration,
}

impl Drawings {
    /// Fenced code as a drawing; nothing if its language is none of a drawing.
    pub fn of_code(&mut self, language: &str, source: &str) -> Option<Markup> {
        match language {
            "mermaid" => {
                self.drawn += 1;
                let number = self.drawn;
                Some(diagram(source, self.timed(|| mermaid(source, number))))
            }
            "math" => Some(self.formula(source, Display::Block)),
            _ => NOT_DRAWN
                .iter()
                .find(|(known, _)| *known == language)
                .map(|(_, name)| not_drawn(name, source)),
        }
    }

    /// A formula.
    pub fn formula(&mut self, tex: &str, display: Display) -> Markup {
        match (self.timed(|| math(tex, display)), display) {
            (Ok(formula), Display::Inline) => PreEscaped(formula),
            (Ok(formula), Display::Block) => html! {
                div.math tabindex="0" role="group" aria-label="Formula" { (PreEscaped(formula)) }
            },
            (Err(trouble), Display::Inline) => html! {
                code.math-trouble title=(format!("This is no formula: {trouble}")) { (tex) }
            },
            (Err(trouble), Display::Block) => refused("This is no formula", &trouble, tex),
        }
    }

    /// Draws as long as the page has time left.
    fn timed<T>(&mut self, draw: impl FnOnce() -> Result<T, Trouble>) -> Result<T, Trouble> {
        if self.spent > LONGEST {
            return Err(Trouble::of(
                "the drawings before it took all the time that a page has; move it to another page",
            ));
        }
        let begun = Instant::now();
        let drawn = draw();
        self.spent += begun.elapsed();
        drawn
    }

    /// HTML whose elements of the class `arithmatex` are formulas.
    pub fn with_formulas(&mut self, html: &str) -> String {
        let mut drawn = String::with_capacity(html.len());
        let mut rest = html;
        while let Some((before, tex, display, behind)) = next_formula(rest) {
            drawn.push_str(before);
            drawn.push_str(&self.formula(&unescaped(tex), display).into_string());
            rest = behind;
        }
        drawn.push_str(rest);
        drawn
    }
}

/// What stands before the next formula, its TeX as HTML, where it stands, and what follows.
fn next_formula(html: &str) -> Option<(&str, &str, Display, &str)> {
    const FORMS: [(&str, &str, Display); 2] = [
        ("<span class=\"arithmatex\">\\(", "\\)</span>", Display::Inline),
        ("<div class=\"arithmatex\">\\[", "\\]</div>", Display::Block),
    ];
    let found = FORMS
        .into_iter()
        .filter_map(|form| Some((html.find(form.0)?, form)));
    let (at, (opening, closing, display)) = found.min_by_key(|(at, _)| *at)?;
    let inner = &html[at + opening.len()..];
    let end = inner.find(closing)?;
    Some((&html[..at], &inner[..end], display, &inner[end + closing.len()..]))
}

/// Text of HTML as it was written by the sanitiser, which knows no other entities.
fn unescaped(html: &str) -> String {
    html.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&nbsp;", "\u{a0}")
        .replace("&quot;", "\"")
        .replace("&amp;", "&")
}

fn diagram(source: &str, drawn: Result<Picture, Trouble>) -> Markup {
    let picture = match drawn {
        Ok(picture) => picture,
        Err(trouble) => return refused("This diagram cannot be drawn", &trouble, source),
    };
    html! {
        figure.diagram {
            div.diagram-scroll tabindex="0" role="group" aria-label=(picture.label) { (PreEscaped(picture.svg)) }
            details.diagram-source {
                summary { "Show the source" }
                (code(source))
            }
        }
    }
}

fn refused(what: &str, trouble: &Trouble, source: &str) -> Markup {
    html! {
        div.diagram-trouble {
            p.diagram-note { strong { (what) ": " } (trouble) "." }
            (code(source))
        }
    }
}

fn not_drawn(name: &str, source: &str) -> Markup {
    html! {
        div.diagram-plain {
            p.diagram-note { (name) " is shown as text: the portal draws Mermaid, and sends no diagram to another server." }
            (code(source))
        }
    }
}

fn code(source: &str) -> Markup {
    ui::code_block(Code {
        text: source.trim_end_matches('\n'),
        language: Language::Plain,
        title: None,
        first_line: None,
        marked_lines: &[],
        has_anchors: false,
    })
}
