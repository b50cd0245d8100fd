//! TeX formulas as `MathML`, which browsers show and read aloud themselves.
//!
//! The library writes widths, alignment and lines as `style`, which pages of the portal refuse: they become classes, and colours
//! become attributes of `MathML`.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use ammonia::Builder;
use math_core::{LatexToMathML, MathCoreConfig, MathDisplay};

use crate::Trouble;
use crate::bounded::bounded;

/// Longest formula, in bytes.
const MAX_BYTES: usize = 8 << 10;

/// Where a formula stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Display {
    /// Within a sentence.
    Inline,
    /// On lines of its own.
    Block,
}

/// Elements of `MathML` that a formula is made of.
const ELEMENTS: [&str; 22] = [
    "math",
    "mrow",
    "mi",
    "mn",
    "mo",
    "mtext",
    "mspace",
    "mfrac",
    "msqrt",
    "mroot",
    "msub",
    "msup",
    "msubsup",
    "munder",
    "mover",
    "munderover",
    "mmultiscripts",
    "mprescripts",
    "mtable",
    "mtr",
    "mtd",
    "mpadded",
];
/// Their attributes, none of which holds an address or a style.
const ATTRIBUTES: [&str; 28] = [
    "display",
    "displaystyle",
    "scriptlevel",
    "mathvariant",
    "stretchy",
    "symmetric",
    "fence",
    "separator",
    "form",
    "largeop",
    "movablelimits",
    "accent",
    "accentunder",
    "lspace",
    "rspace",
    "minsize",
    "maxsize",
    "width",
    "height",
    "depth",
    "voffset",
    "linethickness",
    "columnspan",
    "rowspan",
    "mathcolor",
    "mathbackground",
    "class",
    "dir",
];
/// What the library writes as a style, and the class that stands for it.
const CLASSES: [(&str, &str); 19] = [
    ("text-align:left", "math-left"),
    ("text-align:right", "math-right"),
    ("padding-left:0", "math-close-left"),
    ("padding-right:0", "math-close-right"),
    ("padding-left:1em", "math-apart-left"),
    ("padding-top:0", "math-close-top"),
    ("padding-bottom:0", "math-close-bottom"),
    ("padding-top:0.1667em", "math-apart-top"),
    ("padding-right:0.1667em", "math-thin-right"),
    ("padding-right:0.2222em", "math-thin-right"),
    ("padding-left:0.1667em", "math-thin-left"),
    ("padding-left:0.2222em", "math-thin-left"),
    ("width:100%", "math-whole"),
    ("width:50%", "math-half"),
    ("width:7.5%", "math-edge"),
    ("border-right:0.05em solid currentcolor", "math-line-right"),
    ("border-right:0.05em dashed currentcolor", "math-dash-right"),
    ("border-top:0.05em solid currentcolor", "math-line-top"),
    ("border-top:0.05em dashed currentcolor", "math-dash-top"),
];

static SAFE: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = Builder::empty();
    builder
        .tags(HashSet::from(ELEMENTS))
        .generic_attributes(HashSet::from(ATTRIBUTES))
        .tag_attributes(HashMap::new())
        .attribute_filter(|_, name, value| {
            let is_own = CLASSES
                .iter()
                .any(|(_, class)| value.split(' ').any(|one| one == *class));
            (name != "class" || is_own).then(|| value.into())
        });
    builder
});

/// A formula as `MathML` that is safe to show.
pub fn math(tex: &str, display: Display) -> Result<String, Trouble> {
    if tex.len() > MAX_BYTES {
        return Err(Trouble::of(format!(
            "the formula has {} bytes, and at most {MAX_BYTES} are drawn; split it",
            tex.len()
        )));
    }
    let tex = tex.to_owned();
    bounded(move || drawn(&tex, display))
}

fn drawn(tex: &str, display: Display) -> Result<String, Trouble> {
    let display = match display {
        Display::Inline => MathDisplay::Inline,
        Display::Block => MathDisplay::Block,
    };
    let converter = LatexToMathML::new(MathCoreConfig::default())
        .map_err(|(error, _, _)| Trouble::of(error.error_message()))?;
    let drawn = converter
        .convert_with_local_state(tex, display)
        .map_err(|error| Trouble::at(tex, error.0.start, error.error_message().trim_end_matches('.')))?;
    Ok(SAFE.clean(&without_styles(&drawn.mathml)).to_string())
}

/// `MathML` whose styles are classes and attributes. In text `<` is written as an entity, so that a tag ends at the next `>`.
fn without_styles(mathml: &str) -> String {
    let mut html = String::with_capacity(mathml.len());
    let mut rest = mathml;
    while let Some(at) = rest.find('<') {
        let end = rest[at..].find('>').map_or(rest.len(), |end| at + end);
        html.push_str(&rest[..at]);
        push_tag(&rest[at..end], &mut html);
        rest = &rest[end..];
    }
    html.push_str(rest);
    html
}

fn push_tag(tag: &str, html: &mut String) {
    let styled = tag
        .split_once(" style=\"")
        .and_then(|(before, behind)| Some((before, behind.split_once('"')?)));
    let Some((before, (style, behind))) = styled else {
        html.push_str(tag);
        return;
    };
    html.push_str(before);
    let mut classes = Vec::new();
    for declaration in style.split(';') {
        let Some((name, value)) = declaration.split_once(':') else {
            continue;
        };
        let (name, value) = (name.trim(), value.trim());
        if name == "color" {
            html.push_str(&format!(" mathcolor=\"{value}\""));
        }
        let found = CLASSES
            .iter()
            .find(|(known, _)| *known == format!("{name}:{value}"));
        classes.extend(found.map(|(_, class)| *class));
    }
    if !classes.is_empty() {
        html.push_str(&format!(" class=\"{}\"", classes.join(" ")));
    }
    html.push_str(behind);
}
