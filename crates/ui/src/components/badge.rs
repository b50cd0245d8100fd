//! Small marks: kinds, lifecycles, counts, tags.

use maud::{Markup, html};

use crate::icon::{icon, kind_icon};

/// A colour by meaning or hue; never the only sign of a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tone {
    /// Without emphasis.
    #[default]
    Neutral,
    /// Information, selected things.
    Blue,
    /// Works, done.
    Green,
    /// Look at it.
    Amber,
    /// Failed.
    Red,
    /// A hue without meaning.
    Violet,
    /// A hue without meaning.
    Teal,
    /// A hue without meaning.
    Pink,
}

impl Tone {
    /// The tones that may stand for anything, for avatars and kinds.
    pub const HUES: [Self; 6] = [
        Self::Blue,
        Self::Violet,
        Self::Teal,
        Self::Pink,
        Self::Green,
        Self::Amber,
    ];

    /// The word used in class names.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Neutral => "neutral",
            Self::Blue => "blue",
            Self::Green => "green",
            Self::Amber => "amber",
            Self::Red => "red",
            Self::Violet => "violet",
            Self::Teal => "teal",
            Self::Pink => "pink",
        }
    }
}

/// A mark with text.
#[derive(Debug, Clone, Copy, Default)]
pub struct Badge<'a> {
    /// Text of the mark.
    pub text: &'a str,
    /// Colour.
    pub tone: Tone,
    /// Icon before the text.
    pub icon: Option<&'a str>,
}

/// A mark with text.
pub fn badge(badge: Badge<'_>) -> Markup {
    html! {
        span class=(format_args!("badge tone-{}", badge.tone.as_str())) {
            @if let Some(name) = badge.icon { (icon(name)) }
            (badge.text)
        }
    }
}

/// The mark of an entity kind: icon and word.
pub fn kind_badge(kind: &str) -> Markup {
    html! {
        span class=(format_args!("badge kind-badge tone-{}", kind_tone(kind).as_str())) { (kind_icon(kind)) (kind) }
    }
}

/// The hue of an entity kind.
pub(crate) fn kind_tone(kind: &str) -> Tone {
    match kind.to_ascii_lowercase().as_str() {
        "component" => Tone::Blue,
        "api" => Tone::Violet,
        "resource" => Tone::Teal,
        "system" => Tone::Pink,
        "domain" => Tone::Amber,
        "group" | "user" => Tone::Green,
        _ => Tone::Neutral,
    }
}

/// The mark of a lifecycle.
pub fn lifecycle_badge(lifecycle: &str) -> Markup {
    html! {
        span class=(format_args!("badge dot-badge tone-{}", lifecycle_tone(lifecycle).as_str())) { (lifecycle) }
    }
}

/// The colour of a lifecycle: the three well-known words, anything else is neutral.
pub fn lifecycle_tone(lifecycle: &str) -> Tone {
    match lifecycle.to_ascii_lowercase().as_str() {
        "production" => Tone::Green,
        "experimental" | "development" => Tone::Amber,
        "deprecated" => Tone::Red,
        _ => Tone::Neutral,
    }
}

/// A number beside a title.
pub fn count(number: usize) -> Markup {
    html! { span.count { (grouped(number)) } }
}

/// A tag, linked to what carries it when there is an address.
pub fn tag(text: &str, href: Option<&str>) -> Markup {
    html! {
        @match href {
            Some(href) => { a.tag href=(href) { (text) } }
            None => { span.tag { (text) } }
        }
    }
}

/// A number with thin spaces between thousands.
pub(crate) fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn thousands() {
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1_000), "1\u{202f}000");
        assert_eq!(grouped(1_234_567), "1\u{202f}234\u{202f}567");
    }
}
