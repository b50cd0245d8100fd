//! Colours that programs put into their lines, as classes. What a terminal does beside colouring is left out.

use maud::{Markup, html};

/// The classes of the eight colours of terminals, in their order.
const COLOURS: [&str; 8] = [
    "black", "red", "green", "yellow", "blue", "magenta", "cyan", "white",
];

/// How a piece of a line looks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Look {
    is_bold: bool,
    colour: Option<&'static str>,
}

impl Look {
    /// After the numbers of one sequence.
    fn after(mut self, numbers: &str) -> Self {
        let mut numbers = numbers
            .split(';')
            .map(|number| number.parse::<usize>().unwrap_or(0));
        while let Some(number) = numbers.next() {
            match number {
                0 => self = Self::default(),
                1 => self.is_bold = true,
                22 => self.is_bold = false,
                30..=37 => self.colour = Some(COLOURS[number - 30]),
                90..=97 => self.colour = Some(COLOURS[number - 90]),
                39 => self.colour = None,
                38 | 48 => {
                    // A colour of a palette or of three parts, which has no place in two themes.
                    let parts = if numbers.next() == Some(2) { 3 } else { 1 };
                    numbers.by_ref().take(parts).for_each(drop);
                }
                _ => {}
            }
        }
        self
    }

    fn class(self) -> Option<String> {
        let colour = self.colour.map(|colour| format!("ansi-{colour}"));
        let bold = self.is_bold.then(|| "ansi-bold".to_owned());
        let classes: Vec<String> = colour.into_iter().chain(bold).collect();
        (!classes.is_empty()).then(|| classes.join(" "))
    }
}

/// A text with its colours; what is looked for is marked.
pub(in crate::pages) fn coloured(text: &str, find: &str) -> Markup {
    html! {
        @for (look, piece) in pieces(text) {
            @match look.class() {
                Some(class) => { span class=(class) { (marked(piece, find)) } }
                None => { (marked(piece, find)) }
            }
        }
    }
}

/// A text without its colours.
pub(in crate::pages) fn plain(text: &str) -> String {
    pieces(text).into_iter().map(|(_, piece)| piece).collect()
}

/// Whether a text has what is looked for, in capitals or not.
pub(super) fn has(text: &str, find: &str) -> bool {
    text.to_ascii_lowercase().contains(&find.to_ascii_lowercase())
}

fn marked(text: &str, find: &str) -> Markup {
    let (lower, find) = (text.to_ascii_lowercase(), find.to_ascii_lowercase());
    if find.is_empty() {
        return html! { (text) };
    }
    let mut at = 0;
    let mut parts = Vec::new();
    for (begin, found) in lower.match_indices(&find) {
        let end = begin + found.len();
        parts.push((&text[at..begin], &text[begin..end]));
        at = end;
    }
    html! {
        @for (before, found) in parts { (before) mark { (found) } }
        (&text[at..])
    }
}

fn pieces(text: &str) -> Vec<(Look, &str)> {
    let mut look = Look::default();
    let mut found = Vec::new();
    let mut parts = text.split('\u{1b}');
    found.extend(parts.next().map(|first| (look, first)));
    for part in parts {
        let Some(sequence) = part.strip_prefix('[') else {
            found.push((look, part));
            continue;
        };
        let is_end = |sign: char| ('@'..='~').contains(&sign);
        let end = sequence.find(is_end).unwrap_or(sequence.len());
        let (numbers, rest) = sequence.split_at(end);
        if rest.starts_with('m') {
            look = look.after(numbers);
        }
        found.push((look, rest.get(1..).unwrap_or_default()));
    }
    found.retain(|(_, piece)| !piece.is_empty());
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_become_classes() {
        let check = |text: &str, expected: &str| assert_eq!(coloured(text, "").0, expected, "{text:?}");
        check("a <b>", "a &lt;b&gt;");
        check(
            "\u{1b}[1;31mred\u{1b}[0m plain",
            "<span class=\"ansi-red ansi-bold\">red</span> plain",
        );
        check(
            "\u{1b}[38;5;196mx\u{1b}[48;2;1;2;3my\u{1b}[92mz",
            "xy<span class=\"ansi-green\">z</span>",
        );
        check("\u{1b}[2K\u{1b}[1Gdone\u{1b}", "done");
        check("\u{1b}[", "");
    }

    #[test]
    fn what_is_looked_for_is_marked_in_capitals_or_not() {
        assert_eq!(
            coloured("Ähm NPM, npm", "npm").0,
            "Ähm <mark>NPM</mark>, <mark>npm</mark>"
        );
        assert!(has("NPM install", "npm I") && !has("x", "y"));
        assert_eq!(plain("\u{1b}[31mred\u{1b}[39m: x"), "red: x");
    }
}
