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

/// Most bytes of all drawings of a page. What is beyond is shown as its source.
const MAX_DRAWN: usize = 8 << 20;

/// The diagrams of one page, which have ids of their own.
#[derive(Debug, Default)]
pub struct Drawings {
    drawn: usize,
    spent: Duration,
    bytes: usize,
    is_passing: bool,
}

impl Drawings {
    /// Fenced code as a drawing; nothing if its language is none of a drawing.
    pub fn of_code(&mut self, language: &str, source: &str) -> Option<Markup> {
        match language {
            "mermaid" => {
                self.drawn += 1;
                let number = self.drawn;
                let drawn = self.bounded(|| mermaid(source, number), |picture| picture.svg.len());
                Some(diagram(source, drawn))
            }
            "math" => Some(self.formula(source, Display::Block)),
            _ => NOT_DRAWN
                .iter()
                .find(|(known, _)| *known == language)
                .map(|(_, name)| not_drawn(name, source)),
        }
    }

    /// Whether something could not be drawn that may be the next time, so that the page should not be kept.
    pub fn is_passing(&self) -> bool {
        self.is_passing
    }

    /// A formula.
    pub fn formula(&mut self, tex: &str, display: Display) -> Markup {
        match (self.bounded(|| math(tex, display), String::len), display) {
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

    /// Draws as long as the page has time and room left.
    fn bounded<T>(
        &mut self,
        draw: impl FnOnce() -> Result<T, Trouble>,
        bytes: impl FnOnce(&T) -> usize,
    ) -> Result<T, Trouble> {
        let drawn = self.within_time(draw).and_then(|drawn| {
            self.bytes += bytes(&drawn);
            if self.bytes <= MAX_DRAWN {
                return Ok(drawn);
            }
            Err(Trouble::of(format!(
                "the drawings of the page have more than {} MB together; move it to another page",
                MAX_DRAWN >> 20
            )))
        });
        self.is_passing |= drawn.as_ref().is_err_and(|trouble| trouble.is_passing);
        drawn
    }

    fn within_time<T>(&mut self, draw: impl FnOnce() -> Result<T, Trouble>) -> Result<T, Trouble> {
        if self.spent > LONGEST {
            return Err(Trouble::passing(
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
        while let Some((before, behind)) = rest.split_once(MARK) {
            if let Some((before, tex, display, behind)) = formula(before, behind) {
                drawn.push_str(before);
                drawn.push_str(&self.formula(&unescaped(tex), display).into_string());
                rest = behind;
            } else {
                drawn.push_str(&rest[..before.len() + MARK.len()]);
                rest = behind;
            }
        }
        drawn.push_str(rest);
        drawn
    }
}

/// What the tag of a formula ends with.
const MARK: &str = " class=\"arithmatex\">\\";

/// What stands before a formula, its TeX as HTML, where it stands, and what follows; of the HTML before and behind a mark. No element is
/// in a formula, so that it ends at the next tag.
fn formula<'h>(before: &'h str, behind: &'h str) -> Option<(&'h str, &'h str, Display, &'h str)> {
    const FORMS: [(&str, &str, &str, Display); 2] = [
        ("span", "(", "\\)", Display::Inline),
        ("div", "[", "\\]", Display::Block),
    ];
    FORMS.into_iter().find_map(|(tag, opening, closing, display)| {
        let before = before.strip_suffix(tag)?.strip_suffix('<')?;
        let (inner, rest) = behind.strip_prefix(opening)?.split_once('<')?;
        let tex = inner.strip_suffix(closing)?;
        let rest = rest.strip_prefix('/')?.strip_prefix(tag)?.strip_prefix('>')?;
        Some((before, tex, display, rest))
    })
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
