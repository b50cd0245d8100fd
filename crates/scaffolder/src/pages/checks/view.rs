//! What the card of findings looks like.

use maud::{Markup, html};
use model::Severity;
use ui::{Badge, Tone, badge, inline_code};

use crate::lint::Finding;

/// Findings that are shown.
const SHOWN: usize = 20;

/// The findings of a template; `source` is the address of its file for people.
pub(in crate::pages) fn card(findings: &[Finding], source: Option<&str>) -> Markup {
    let mut sorted: Vec<&Finding> = findings.iter().collect();
    sorted.sort_by_key(|finding| finding.severity);
    html! {
        @if sorted.is_empty() {
            p.checks-none { "Nothing was found in the form, the steps, the expressions and the skeletons." }
        } @else {
            ul.checks { @for finding in sorted.iter().take(SHOWN) { (one(finding, source)) } }
            @if sorted.len() > SHOWN {
                p.checks-more { (sorted.len() - SHOWN) " more: " (inline_code("`backstage template lint`")) " tells all of them." }
            }
        }
    }
}

fn one(finding: &Finding, source: Option<&str>) -> Markup {
    let (text, tone) = match finding.severity {
        Severity::Error => ("error", Tone::Red),
        Severity::Warning => ("warning", Tone::Amber),
        Severity::Info => ("note", Tone::Blue),
    };
    html! {
        li.check {
            div.check-head {
                (badge(Badge { text, tone, ..Badge::default() }))
                (place(finding, source))
                code.check-rule { (finding.rule.id()) }
            }
            p { (inline_code(&finding.message)) }
            @if let Some(way_out) = &finding.way_out { p.check-way-out { (inline_code(way_out)) } }
        }
    }
}

/// File and line, which lead to the source where that is known.
fn place(finding: &Finding, source: Option<&str>) -> Markup {
    let text = match finding.line {
        Some(line) => format!("{}:{line}", finding.file),
        None => finding.file.clone(),
    };
    let is_web = |address: &&str| address.starts_with("https://") || address.starts_with("http://");
    // Files of skeletons have a path below that of the template; only of its own file the address is known.
    let is_own = !finding.path.is_empty();
    let source = source.filter(is_web).filter(|_| is_own);
    let address = source
        .zip(finding.line)
        .map(|(source, line)| format!("{source}#L{line}"));
    html! {
        @if let Some(address) = address { a href=(address) { (text) } } @else { span { (text) } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint::Rule;

    fn finding(path: &str, rule: Rule) -> Finding {
        Finding {
            severity: rule.severity(),
            rule,
            message: "There is no action `x`".to_owned(),
            file: "template.yaml".to_owned(),
            path: path.to_owned(),
            line: Some(12),
            column: Some(3),
            way_out: None,
        }
    }

    #[test]
    fn findings_lead_to_their_line_and_the_worst_comes_first() {
        let findings = [
            finding("", Rule::DeprecatedKey),
            finding("/spec", Rule::UnknownAction),
        ];
        let text = card(&findings, Some("https://git.example.com/t/template.yaml")).into_string();
        let link = "<a href=\"https://git.example.com/t/template.yaml#L12\">template.yaml:12</a>";
        assert_eq!(text.matches(link).count(), 1, "{text}");
        assert!(
            text.find("unknown-action") < text.find("deprecated-key"),
            "{text}"
        );
        assert!(!card(&findings, Some("file:/x")).into_string().contains("href"));
        let many = vec![finding("/spec", Rule::UnknownAction); SHOWN + 2];
        assert!(card(&many, None).into_string().contains("2 more"));
        assert!(card(&[], None).into_string().contains("Nothing was found"));
    }
}
