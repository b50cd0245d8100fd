//! What differs between two texts, as `diff -u` prints it.

use similar::{Algorithm, DiffOp, capture_diff_slices, group_diff_ops};
use std::fmt::Write;

/// Lines without a difference around each one.
const AROUND: usize = 3;

/// The differences of two texts, whose sides have these names; empty where there are none.
pub fn unified(sides: (&str, &str), path: &str, expected: &str, found: &str) -> String {
    let old: Vec<&str> = expected.split_inclusive('\n').collect();
    let new: Vec<&str> = found.split_inclusive('\n').collect();
    let groups = group_diff_ops(capture_diff_slices(Algorithm::Myers, &old, &new), AROUND);
    let mut text = String::new();
    for group in groups {
        if text.is_empty() {
            let _ = write!(text, "--- {}/{path}\n+++ {}/{path}\n", sides.0, sides.1);
        }
        hunk(&group, &old, &new, &mut text);
    }
    text
}

fn hunk(group: &[DiffOp], old: &[&str], new: &[&str], text: &mut String) {
    let (Some(first), Some(last)) = (group.first(), group.last()) else {
        return;
    };
    let (from, to) = (first.old_range().start, last.old_range().end);
    let (new_from, new_to) = (first.new_range().start, last.new_range().end);
    let _ = writeln!(
        text,
        "@@ -{} +{} @@",
        range(from, to - from),
        range(new_from, new_to - new_from)
    );
    for part in group {
        let is_same = matches!(part, DiffOp::Equal { .. });
        for line in &old[part.old_range()] {
            push(text, if is_same { ' ' } else { '-' }, line);
        }
        for line in new[part.new_range()].iter().filter(|_| !is_same) {
            push(text, '+', line);
        }
    }
}

/// Where lines begin and how many there are; of none, the line before them.
fn range(start: usize, length: usize) -> String {
    match length {
        0 => format!("{start},0"),
        1 => format!("{}", start + 1),
        _ => format!("{},{length}", start + 1),
    }
}

fn push(text: &mut String, sign: char, line: &str) {
    text.push(sign);
    text.push_str(line);
    if !line.ends_with('\n') {
        text.push_str("\n\\ No newline at end of file\n");
    }
}

#[cfg(test)]
mod tests {
    use super::unified;

    #[test]
    fn differences_are_printed_as_diff_prints_them() {
        assert_eq!(unified(("expected", "found"), "a", "x\ny\n", "x\ny\n"), "");
        assert_eq!(
            unified(
                ("expected", "found"),
                "a",
                "1\n2\n3\n4\n5\n6\n",
                "1\n2\n3\n4\nfive\n6"
            ),
            "--- expected/a\n+++ found/a\n@@ -2,5 +2,5 @@\n 2\n 3\n 4\n-5\n-6\n+five\n+6\n\\ No newline at end of file\n"
        );
        assert_eq!(
            unified(("expected", "found"), "a", "", "x\n"),
            "--- expected/a\n+++ found/a\n@@ -0,0 +1 @@\n+x\n"
        );
    }
}
