//! A person or team as initials on a colour that belongs to the name.

use maud::{Markup, html};

use super::badge::Tone;

/// Initials on a colour chosen by the name. Decoration: show the name beside it.
pub fn avatar(name: &str) -> Markup {
    html! {
        span class=(format_args!("avatar tone-{}", tone_of(name).as_str())) aria-hidden="true" { (initials(name)) }
    }
}

/// An avatar with the name, linked when there is an address.
pub fn person(name: &str, href: Option<&str>) -> Markup {
    html! {
        span.person {
            (avatar(name))
            @match href {
                Some(href) => { a href=(href) { (name) } }
                None => { span { (name) } }
            }
        }
    }
}

/// First letters of the first and the last word, at most two.
pub(super) fn initials(name: &str) -> String {
    let mut words = name
        .split([' ', '-', '_', '.', '/'])
        .filter_map(|word| word.chars().next());
    let first = words.next();
    first
        .into_iter()
        .chain(words.next_back())
        .flat_map(char::to_uppercase)
        .collect()
}

fn tone_of(name: &str) -> Tone {
    let sum = name.bytes().fold(7_usize, |sum, byte| {
        sum.wrapping_mul(31).wrapping_add(usize::from(byte))
    });
    Tone::HUES[sum % Tone::HUES.len()]
}

#[cfg(test)]
mod tests {
    use super::initials;

    #[test]
    fn initials_of_names() {
        let check = |name, expected| assert_eq!(initials(name), expected, "{name}");
        check("guest", "G");
        check("platform-team", "PT");
        check("Ana Maria Lopez", "AL");
        check("", "");
        check("ñandú", "Ñ");
    }
}
