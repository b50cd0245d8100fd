//! Label selectors as the API server reads them: equality and sets, joined by commas.

pub(crate) use super::words::Labels;

/// A selector of objects by their labels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selector {
    text: String,
    needs: Vec<Requirement>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Requirement {
    key: String,
    test: Test,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Test {
    In(Vec<String>),
    NotIn(Vec<String>),
    Exists,
    Missing,
}

/// A selector that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the label selector \"{selector}\" cannot be read at \"{part}\"; it is written like app=web,tier in (a,b),!canary"
)]
pub struct UnreadableSelector {
    /// The selector.
    pub selector: String,
    /// The part that is wrong.
    pub part: String,
}

impl Selector {
    /// Objects that have a label with this value.
    pub fn equal(key: &str, value: &str) -> Self {
        Self {
            text: format!("{key}={value}"),
            needs: vec![Requirement {
                key: key.to_owned(),
                test: Test::In(vec![value.to_owned()]),
            }],
        }
    }

    /// Reads a selector.
    pub fn parse(text: &str) -> Result<Self, UnreadableSelector> {
        let needs = parts(text).into_iter().map(|part| {
            requirement(part).ok_or_else(|| UnreadableSelector {
                selector: text.to_owned(),
                part: part.trim().to_owned(),
            })
        });
        Ok(Self {
            text: text.trim().to_owned(),
            needs: needs.collect::<Result<_, _>>()?,
        })
    }

    /// The selector as it is written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether an object with these labels is selected.
    pub fn matches(&self, labels: &Labels) -> bool {
        self.needs.iter().all(|need| need.holds(labels))
    }

    /// A label that every selected object has with this value, if there is one.
    pub(crate) fn sure(&self) -> Option<(&str, &str)> {
        self.needs.iter().find_map(|need| match &need.test {
            Test::In(values) if values.len() == 1 => Some((need.key.as_str(), values[0].as_str())),
            _ => None,
        })
    }
}

impl Requirement {
    fn holds(&self, labels: &Labels) -> bool {
        let value = labels.get(&self.key);
        match &self.test {
            Test::In(values) => value.is_some_and(|value| values.iter().any(|one| one == value)),
            Test::NotIn(values) => value.is_none_or(|value| !values.iter().any(|one| one == value)),
            Test::Exists => value.is_some(),
            Test::Missing => value.is_none(),
        }
    }
}

/// Splits at the commas outside of parentheses.
fn parts(text: &str) -> Vec<&str> {
    let (mut depth, mut start, mut parts) = (0_usize, 0, Vec::new());
    for (at, letter) in text.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                parts.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

fn requirement(part: &str) -> Option<Requirement> {
    let part = part.trim();
    let (key, test) = if let Some(key) = part.strip_prefix('!') {
        (key, Test::Missing)
    } else if let Some((key, value)) = part.split_once("!=") {
        (key, Test::NotIn(vec![value_of(value)?]))
    } else if let Some((key, value)) = part.split_once("==").or_else(|| part.split_once('=')) {
        (key, Test::In(vec![value_of(value)?]))
    } else if let Some((key, values)) = part.split_once(" notin ") {
        (key, Test::NotIn(set(values)?))
    } else if let Some((key, values)) = part.split_once(" in ") {
        (key, Test::In(set(values)?))
    } else {
        (part, Test::Exists)
    };
    let key = key.trim();
    let is_key = !key.is_empty() && key.chars().all(|letter| is_label_letter(letter) || letter == '/');
    is_key.then(|| Requirement {
        key: key.to_owned(),
        test,
    })
}

fn set(text: &str) -> Option<Vec<String>> {
    let inner = text.trim().strip_prefix('(')?.strip_suffix(')')?;
    inner.split(',').map(value_of).collect()
}

fn value_of(text: &str) -> Option<String> {
    let text = text.trim();
    text.chars().all(is_label_letter).then(|| text.to_owned())
}

fn is_label_letter(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(text: &str) -> Labels {
        let pairs = text.split_whitespace().filter_map(|pair| pair.split_once('='));
        pairs
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .collect()
    }

    #[test]
    fn selectors_as_the_api_server_reads_them() {
        for (selector, object, expected) in [
            ("app=web", "app=web tier=a", true),
            ("app==web", "app=web", true),
            ("app=web", "app=api", false),
            ("app=web,tier in (a, b)", "app=web tier=b", true),
            ("app=web,tier in (a,b)", "app=web tier=c", false),
            ("app=web,tier notin (a,b)", "app=web", true),
            ("app!=web", "tier=a", true),
            ("!canary", "app=web", true),
            ("!canary", "canary=yes", false),
            ("app.kubernetes.io/name", "app.kubernetes.io/name=x", true),
            ("app.kubernetes.io/name", "app=x", false),
        ] {
            let read = Selector::parse(selector).unwrap();
            assert_eq!(read.matches(&labels(object)), expected, "{selector} for {object}");
        }
    }

    #[test]
    fn what_is_no_selector_is_refused_with_its_part() {
        for (selector, part) in [
            ("app=web,,tier=a", ""),
            ("app in web", "app in web"),
            ("app=web,tier=a b", "tier=a b"),
            ("", ""),
        ] {
            assert_eq!(Selector::parse(selector).unwrap_err().part, part, "{selector}");
        }
    }

    #[test]
    fn a_sure_label_is_looked_up() {
        assert_eq!(
            Selector::parse("!x,app=web").unwrap().sure(),
            Some(("app", "web"))
        );
        assert_eq!(Selector::parse("app in (a,b)").unwrap().sure(), None);
    }
}
