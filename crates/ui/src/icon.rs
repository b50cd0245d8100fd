//! Line icons on a 16 × 16 grid, drawn for this portal, sent as one sprite per page.

use maud::{Markup, PreEscaped, html};

/// Name and content of each symbol. Strokes take the text's colour.
const ICONS: &[(&str, &str)] = &[
    (
        "logo",
        r#"<path d="M3 4.2 8 1.5l5 2.7v7.6l-5 2.7-5-2.7z"/><path d="M3 4.2 8 7l5-2.8M8 7v7.5"/>"#,
    ),
    ("home", r#"<path d="M2.5 7 8 2.5 13.5 7v6.5H10V9.5H6v4H2.5z"/>"#),
    (
        "catalog",
        r#"<rect x="2" y="2" width="5" height="5" rx="1"/><rect x="9" y="2" width="5" height="5" rx="1"/><rect x="2" y="9" width="5" height="5" rx="1"/><rect x="9" y="9" width="5" height="5" rx="1"/>"#,
    ),
    (
        "api",
        r#"<path d="M6 2.5H5A1.5 1.5 0 0 0 3.5 4v2.5L2 8l1.5 1.5V12A1.5 1.5 0 0 0 5 13.5h1M10 2.5h1A1.5 1.5 0 0 1 12.5 4v2.5L14 8l-1.5 1.5V12a1.5 1.5 0 0 1-1.5 1.5h-1"/>"#,
    ),
    (
        "docs",
        r#"<path d="M8 4c-1.5-1-3.5-1.3-5.5-1.2v9.5c2-.1 4 .2 5.5 1.2 1.5-1 3.5-1.3 5.5-1.2V2.8C11.500 2.700 9.500 3 8 4zm0 0v9.300"/>"#,
    ),
    (
        "create",
        r#"<rect x="2" y="2" width="12" height="12" rx="2"/><path d="M8 5v6M5 8h6"/>"#,
    ),
    (
        "settings",
        r#"<path d="M2 4.500h7M13 4.500h1M2 11.500h1M7 11.500h7"/><circle cx="11" cy="4.500" r="1.750"/><circle cx="5" cy="11.500" r="1.750"/>"#,
    ),
    (
        "search",
        r#"<circle cx="7" cy="7" r="4.500"/><path d="m10.500 10.500 3.500 3.500"/>"#,
    ),
    (
        "sun",
        r#"<circle cx="8" cy="8" r="2.750"/><path d="M8 1.500V3M8 13v1.500M1.500 8H3M13 8h1.500M3.400 3.400l1.100 1.100M11.500 11.500l1.100 1.100M3.400 12.600l1.100-1.100M11.500 4.500l1.100-1.100"/>"#,
    ),
    (
        "moon",
        r#"<path d="M13.500 9.500A5.800 5.800 0 0 1 6.500 2.500a5.800 5.800 0 1 0 7 7z"/>"#,
    ),
    (
        "star",
        r#"<path d="m8 1.800 1.900 3.900 4.300.6-3.100 3 .7 4.300L8 11.600l-3.800 2 .7-4.300-3.100-3 4.300-.6z"/>"#,
    ),
    ("chevron-right", r#"<path d="m6 3.500 4.500 4.500L6 12.500"/>"#),
    ("chevron-left", r#"<path d="M10 3.500 5.500 8l4.500 4.500"/>"#),
    ("chevron-down", r#"<path d="M3.500 6 8 10.500 12.500 6"/>"#),
    (
        "sort-ascending",
        r#"<path d="M8 12.500v-9M4.500 7 8 3.500 11.500 7"/>"#,
    ),
    (
        "sort-descending",
        r#"<path d="M8 3.500v9M4.500 9 8 12.500 11.500 9"/>"#,
    ),
    (
        "external",
        r#"<path d="M9.500 2.500h4v4M13.500 2.500l-6 6M11.500 9v4.500h-9v-9H7"/>"#,
    ),
    (
        "copy",
        r#"<rect x="5.500" y="5.500" width="8" height="8" rx="1.500"/><path d="M10.500 5.500v-2a1 1 0 0 0-1-1h-6a1 1 0 0 0-1 1v6a1 1 0 0 0 1 1h2"/>"#,
    ),
    ("check", r#"<path d="m3 8.500 3.500 3.500L13 4.500"/>"#),
    (
        "warning",
        r#"<path d="M8 2 1.500 13.500h13zM8 6.500v3.500M8 11.800v.2"/>"#,
    ),
    (
        "error",
        r#"<circle cx="8" cy="8" r="6"/><path d="M8 4.800v4M8 11v.2"/>"#,
    ),
    (
        "info",
        r#"<circle cx="8" cy="8" r="6"/><path d="M8 7.300v4M8 4.900v.2"/>"#,
    ),
    ("close", r#"<path d="m4 4 8 8M12 4l-8 8"/>"#),
    ("menu", r#"<path d="M2 4h12M2 8h12M2 12h12"/>"#),
    (
        "refresh",
        r#"<path d="M13.500 8a5.500 5.500 0 1 1-1.600-3.900L13.500 5.700M13.500 2.500v3.200h-3.200"/>"#,
    ),
    (
        "trash",
        r#"<path d="M2.500 4.500h11M6 4.500v-2h4v2M4 4.500l.7 9h6.600l.7-9M6.700 7v4M9.300 7v4"/>"#,
    ),
    (
        "link",
        r#"<path d="M6.500 9.500 9.500 6.500M7 4.500l1.200-1.200a3.100 3.100 0 0 1 4.500 4.500L11.500 9M9 11.500l-1.200 1.200a3.100 3.100 0 0 1-4.500-4.500L4.500 7"/>"#,
    ),
    (
        "history",
        r#"<path d="M2.500 8a5.500 5.500 0 1 0 1.600-3.900L2.500 5.700M2.500 2.500v3.200h3.200M8 5v3.200l2.200 1.300"/>"#,
    ),
    (
        "clock",
        r#"<circle cx="8" cy="8" r="6"/><path d="M8 4.500V8l2.500 1.500"/>"#,
    ),
    (
        "tag",
        r#"<path d="M2.500 2.500h5l6 6-5 5-6-6z"/><circle cx="5.500" cy="5.500" r=".7"/>"#,
    ),
    ("label", r#"<path d="M2.500 4h7.500l3.500 4-3.500 4H2.500z"/>"#),
    (
        "note",
        r#"<path d="M3 2.500h10v11H3zM5.500 5.500h5M5.500 8h5M5.500 10.500h3"/>"#,
    ),
    (
        "user",
        r#"<circle cx="8" cy="5" r="2.700"/><path d="M2.800 13.500c.4-2.700 2.500-4 5.200-4s4.800 1.300 5.200 4"/>"#,
    ),
    (
        "group",
        r#"<circle cx="5.800" cy="5.500" r="2.300"/><path d="M1.500 13c.3-2.400 2-3.500 4.300-3.500S9.800 10.600 10.100 13M10.500 3.400a2.200 2.200 0 0 1 0 4.200M12 9.800c1.500.5 2.300 1.600 2.500 3.200"/>"#,
    ),
    (
        "component",
        r#"<path d="M8 1.800 13.500 5v6L8 14.200 2.500 11V5z"/><path d="M2.500 5 8 8.200 13.500 5M8 8.200v6"/>"#,
    ),
    (
        "resource",
        r#"<ellipse cx="8" cy="4" rx="5" ry="2"/><path d="M3 4v8c0 1.100 2.200 2 5 2s5-.9 5-2V4M3 8c0 1.100 2.200 2 5 2s5-.9 5-2"/>"#,
    ),
    (
        "system",
        r#"<path d="m8 2 6 3-6 3-6-3zM2 8l6 3 6-3M2 11l6 3 6-3"/>"#,
    ),
    (
        "domain",
        r#"<circle cx="8" cy="8" r="6"/><path d="M2 8h12M8 2c2 1.800 2.800 3.800 2.800 6S10 12.200 8 14c-2-1.800-2.800-3.800-2.800-6S6 3.800 8 2z"/>"#,
    ),
    (
        "location",
        r#"<path d="M8 14.200C5 11 3.300 8.700 3.300 6.500a4.700 4.700 0 0 1 9.400 0c0 2.200-1.700 4.500-4.700 7.700z"/><circle cx="8" cy="6.500" r="1.700"/>"#,
    ),
    (
        "template",
        r#"<path d="M2.500 2.500h11v3h-11zM2.500 8h4.500v5.500H2.500zM9.500 8h4M9.500 10.700h4M9.500 13.400h4"/>"#,
    ),
    (
        "entity",
        r#"<rect x="2.500" y="2.500" width="11" height="11" rx="2"/><circle cx="8" cy="8" r="2"/>"#,
    ),
    (
        "graph",
        r#"<circle cx="3.500" cy="8" r="1.700"/><circle cx="12.500" cy="3.500" r="1.700"/><circle cx="12.500" cy="12.500" r="1.700"/><path d="m5 7.200 6-3M5 8.800l6 3"/>"#,
    ),
    (
        "code",
        r#"<path d="M5 4.500 1.500 8 5 11.500M11 4.500 14.500 8 11 11.500M9.300 3l-2.600 10"/>"#,
    ),
    (
        "sources",
        r#"<path d="M2 9.500h3.500l1 2h3l1-2H14M2 9.500 4 3h8l2 6.500V13H2z"/>"#,
    ),
    (
        "problem",
        r#"<path d="M5.500 2h5L14 5.500v5L10.500 14h-5L2 10.500v-5zM8 5v3.800M8 10.800v.2"/>"#,
    ),
    (
        "filter",
        r#"<path d="M2 3.500h12L9.500 8.700v4.800l-3-1.500V8.700z"/>"#,
    ),
    (
        "download",
        r#"<path d="M8 2v8M4.500 6.800 8 10.300l3.500-3.500M2.500 13.500h11"/>"#,
    ),
    (
        "columns",
        r#"<rect x="2" y="2.500" width="12" height="11" rx="1.500"/><path d="M6 2.500v11M10 2.500v11"/>"#,
    ),
    ("plus", r#"<path d="M8 3v10M3 8h10"/>"#),
    ("minus", r#"<path d="M3 8h10"/>"#),
    (
        "fit",
        r#"<path d="M2.500 6V2.500H6M10 2.500h3.500V6M13.500 10v3.500H10M6 13.500H2.500V10"/>"#,
    ),
    (
        "edit",
        r#"<path d="m10.500 2.500 3 3-8 8h-3v-3zM8.500 4.500l3 3"/>"#,
    ),
    (
        "lock",
        r#"<rect x="3" y="7" width="10" height="7" rx="1.500"/><path d="M5 7V5a3 3 0 0 1 6 0v2"/>"#,
    ),
    (
        "mail",
        r#"<rect x="2" y="3" width="12" height="10" rx="1.500"/><path d="m2.500 4.500 5.500 4 5.500-4"/>"#,
    ),
    (
        "dashboard",
        r#"<path d="M2 13.500h12M4 13.500v-4M8 13.500v-10M12 13.500v-7"/>"#,
    ),
    ("chat", r#"<path d="M2 3h12v8.500H7L4 14v-2.500H2z"/>"#),
];

/// An icon. It is decoration: the text beside it or the control's label says what it means.
pub fn icon(name: &str) -> Markup {
    let name = if content(name).is_some() { name } else { "entity" };
    PreEscaped(format!(
        r##"<svg class="icon" aria-hidden="true"><use href="#i-{name}"/></svg>"##
    ))
}

/// The icon of an entity kind.
pub fn kind_icon(kind: &str) -> Markup {
    icon(match kind.to_ascii_lowercase().as_str() {
        "component" => "component",
        "api" => "api",
        "resource" => "resource",
        "system" => "system",
        "domain" => "domain",
        "group" => "group",
        "user" => "user",
        "location" => "location",
        "template" => "template",
        _ => "entity",
    })
}

/// Names of all icons.
pub fn icon_names() -> impl Iterator<Item = &'static str> {
    ICONS.iter().map(|(name, _)| *name)
}

fn content(name: &str) -> Option<&'static str> {
    ICONS
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, content)| *content)
}

/// The symbols of the icons that occur in a page, and those that scripts may add.
pub(crate) fn sprite(page: &str) -> Markup {
    let scripted = [
        "check",
        "api",
        "component",
        "resource",
        "system",
        "domain",
        "user",
        "group",
        "location",
        "template",
        "entity",
    ];
    let mut used: Vec<&str> = scripted.to_vec();
    for (at, marker) in page.match_indices("href=\"#i-") {
        let rest = &page[at + marker.len()..];
        let name = rest.split('"').next().unwrap_or_default();
        if !used.contains(&name) {
            used.push(name);
        }
    }
    used.sort_unstable();
    html! {
        svg #icons.icon-sprite aria-hidden="true" {
            @for name in used {
                @if let Some(content) = content(name) {
                    symbol id=(format_args!("i-{name}")) viewBox="0 0 16 16" { (PreEscaped(content)) }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_gets_only_the_symbols_it_uses() {
        let sprite = sprite(&icon("moon").0).0;
        assert!(sprite.contains("i-moon") && !sprite.contains("i-sun"));
    }

    #[test]
    fn an_unknown_name_still_shows_something() {
        assert!(icon("no-such").0.contains("#i-entity"));
    }
}
