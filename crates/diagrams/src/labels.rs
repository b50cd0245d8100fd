//! Labels of flowcharts over several lines, as the library wants them: each on one line, with `<br/>`.

use std::borrow::Cow;

/// The source with each label in quotes on one line, as the library wants it. Lines keep their numbers.
pub(crate) fn joined(source: &str) -> Cow<'_, str> {
    if !is_flowchart(source) || !source.lines().any(|line| line.matches('"').count() % 2 == 1) {
        return Cow::Borrowed(source);
    }
    let mut joined = String::with_capacity(source.len() + 64);
    let (mut is_open, mut passed) = (false, 0);
    for line in source.lines() {
        let line = if is_open { line.trim_start() } else { line };
        joined.push_str(line);
        is_open ^= line.matches('"').count() % 2 == 1;
        if is_open {
            joined.push_str("<br/>");
            passed += 1;
        } else {
            joined.push('\n');
            joined.extend(std::iter::repeat_n('\n', std::mem::take(&mut passed)));
        }
    }
    // A quote without an end is for the library to find.
    if is_open {
        return Cow::Borrowed(source);
    }
    Cow::Owned(with_marked_labels(&joined))
}

/// The source with the Markdown of joined labels as HTML: the library reads Markdown in one line only.
fn with_marked_labels(source: &str) -> String {
    let mut html = String::with_capacity(source.len());
    let mut rest = source;
    while let Some((before, (label, behind))) = rest
        .split_once("\"`")
        .and_then(|(before, behind)| Some((before, behind.split_once("`\"")?)))
    {
        html.push_str(before);
        if label.contains("<br/>") {
            let label = paired(&paired(label, "**", "b"), "*", "i");
            html.push_str(&format!("\"{label}\""));
        } else {
            html.push_str(&format!("\"`{label}`\""));
        }
        rest = behind;
    }
    html + rest
}

/// A text with pairs of a mark as an element.
fn paired(text: &str, mark: &str, element: &str) -> String {
    let mut html = String::new();
    let mut rest = text;
    while let Some((before, (inner, behind))) = rest
        .split_once(mark)
        .and_then(|(before, behind)| Some((before, behind.split_once(mark)?)))
    {
        html.push_str(&format!("{before}<{element}>{inner}</{element}>"));
        rest = behind;
    }
    html + rest
}

fn is_flowchart(source: &str) -> bool {
    let is_head = |line: &str| {
        ["graph", "flowchart"]
            .iter()
            .any(|head| line.trim_start().starts_with(head))
    };
    source.lines().any(is_head)
}

#[cfg(test)]
mod tests {
    use super::joined;

    #[test]
    fn labels_are_joined_and_lines_keep_their_numbers() {
        for (source, expected) in [
            ("graph TD\nA[\"a\n  b\"]\nB", "graph TD\nA[\"a<br/>b\"]\n\nB\n"),
            (
                "graph TD\nA[\"`**a**\n*b*`\"]",
                "graph TD\nA[\"<b>a</b><br/><i>b</i>\"]\n\n",
            ),
            ("graph TD\nA[\"`**a**`\"]", "graph TD\nA[\"`**a**`\"]"),
            ("graph TD\nA[\"a\nb", "graph TD\nA[\"a\nb"),
            ("pie\n\"a\n\" : 1", "pie\n\"a\n\" : 1"),
        ] {
            assert_eq!(joined(source), expected, "{source}");
        }
    }
}
