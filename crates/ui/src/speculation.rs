//! Which pages a browser may fetch while the pointer rests on a link.

use std::fmt::Write;

/// Speculation rules for pages with these paths, in the form in which routes write them (`/org/{name}`); nothing without
/// any page. Links that download or lead away are left out.
pub(crate) fn rules<'a>(paths: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let patterns: Vec<String> = paths
        .into_iter()
        .map(|path| format!("{:?}", pattern(path)))
        .collect();
    if patterns.is_empty() {
        return None;
    }
    let patterns = patterns.join(",");
    let links = r#"{"not":{"selector_matches":"[download],[rel~=external]"}}"#;
    Some(format!(
        r#"{{"prefetch":[{{"where":{{"and":[{{"href_matches":[{patterns}]}},{links}]}},"eagerness":"moderate"}}]}}"#
    ))
}

/// A path as URL patterns write it: parameters have short names, the rest of a path is a star.
fn pattern(path: &str) -> String {
    let mut pattern = String::new();
    let parts = path.split('/').skip(1);
    for (number, part) in parts.enumerate() {
        if part.starts_with("{*") {
            pattern.push_str("/*");
        } else if part.starts_with('{') {
            let _ = write!(pattern, "/:p{number}");
        } else {
            pattern.push('/');
            pattern.push_str(part);
        }
    }
    pattern
}

#[cfg(test)]
mod tests {
    use super::rules;

    #[test]
    fn only_pages_of_the_table_are_fetched_ahead() {
        let check = |paths: &[&str], expected: &str| {
            let rules = rules(paths.iter().copied()).expect("there are pages");
            let read: serde_json::Value = serde_json::from_str(&rules).expect("rules are JSON");
            let found = &read["prefetch"][0]["where"]["and"][0]["href_matches"];
            assert_eq!(found.to_string(), expected, "{rules}");
        };
        check(&["/"], r#"["/"]"#);
        check(
            &["/catalog", "/catalog/{kind}/{name}", "/docs/{*rest}"],
            r#"["/catalog","/catalog/:p1/:p2","/docs/*"]"#,
        );
        assert_eq!(rules([]), None);
    }
}
