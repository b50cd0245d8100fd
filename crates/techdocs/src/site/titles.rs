//! Titles of pages and folders that nobody wrote into the navigation.

/// Lines in which a title is looked for.
const LINES: usize = 60;

/// The title of a page: the one before its text, its first heading, or its file's name.
pub(crate) fn of_page(path: &str, text: &str) -> String {
    let text = text.trim_start_matches('\u{feff}');
    let (before, text) = markdown::without_metadata(text);
    let written = before.lines().take(LINES).filter_map(|line| line.split_once(':'));
    let title = written
        .filter(|(key, _)| key.eq_ignore_ascii_case("title"))
        .last()
        .map(|(_, title)| title.trim().trim_matches(['"', '\'']).to_owned());
    title
        .filter(|title| !title.is_empty())
        .or_else(|| heading(text.lines().take(LINES)))
        .unwrap_or_else(|| of_file(path))
}

/// The first heading, if it is one of the first level.
fn heading<'a>(lines: impl Iterator<Item = &'a str>) -> Option<String> {
    let mut before = "";
    for line in lines {
        if line.starts_with("```") || line.starts_with("~~~") {
            return None;
        }
        let title = line.strip_prefix('#').filter(|rest| !rest.starts_with('#'));
        if let Some(title) = title {
            return plain(title);
        }
        if !before.trim().is_empty() && line.starts_with('=') && line.trim_end().trim_matches('=').is_empty()
        {
            return plain(before);
        }
        before = line;
    }
    None
}

/// The text of a heading without marks.
fn plain(title: &str) -> Option<String> {
    let html = markdown::render(&format!("# {}", title.trim()))
        .headings
        .into_iter()
        .next();
    html.map(|heading| heading.text).filter(|text| !text.is_empty())
}

/// A file's or folder's name as a title.
pub(crate) fn of_file(path: &str) -> String {
    let path = path.trim_end_matches('/');
    let path = path
        .strip_suffix("/index.md")
        .or_else(|| path.strip_suffix("/README.md"))
        .unwrap_or(path);
    let name = path.rsplit('/').next().unwrap_or(path);
    let name = name.strip_suffix(".md").unwrap_or(name);
    if matches!(name, "index" | "README") {
        return "Home".to_owned();
    }
    let words = name.replace(['-', '_'], " ");
    if words.chars().any(char::is_uppercase) {
        return words;
    }
    let mut letters = words.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{first}{}", letters.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_of_pages() {
        for (path, text, expected) in [
            ("a.md", "# One `two` #\n", "One two"),
            ("a.md", "One\n===\n", "One"),
            ("a.md", "---\ntitle: \"Written\"\n---\n# Other", "Written"),
            ("a.md", "---\nhide: x\n---\n\n# Other", "Other"),
            ("a.md", "Title: Written\nAuthor: x\n    y\n\n# Other", "Written"),
            ("how-to/set_up.md", "text", "Set up"),
            ("how-to/index.md", "## Second", "How to"),
            ("index.md", "", "Home"),
            ("API.md", "", "API"),
        ] {
            assert_eq!(of_page(path, text), expected, "{path} {text}");
        }
    }
}
