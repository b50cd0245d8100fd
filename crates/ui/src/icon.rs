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
        r#"<path d="M8 4c-1.5-1-3.5-1.3-5.5-1.2v9.5c2-.1 4 .2 5.5 1.2 1.5-1 3.5-1.3 5.5-1.2V2.8C11.5 2.7 9.5 3 8 4zm0 0v9.3"/>"#,
    ),
    (
        "create",
        r#"<rect x="2" y="2" width="12" height="12" rx="2"/><path d="M8 5v6M5 8h6"/>"#,
    ),
    (
        "settings",
        r#"<path d="M2 4.500h7M13 4.500h1M2 11.500h1M7 11.500h7"/><circle cx="11" cy="4.5" r="1.75"/><circle cx="5" cy="11.5" r="1.75"/>"#,
    ),
    (
        "search",
        r#"<circle cx="7" cy="7" r="4.5"/><path d="m10.5 10.5 3.5 3.5"/>"#,
    ),
    (
        "sun",
        r#"<circle cx="8" cy="8" r="2.75"/><path d="M8 1.500V3M8 13v1.500M1.5 8H3M13 8h1.500M3.4 3.400l1.1 1.100M11.5 11.500l1.1 1.100M3.4 12.600l1.1-1.100M11.5 4.500l1.1-1.1"/>"#,
    ),
    (
        "moon",
        r#"<path d="M13.5 9.500A5.8 5.8 0 0 1 6.5 2.500a5.8 5.8 0 1 0 7 7z"/>"#,
    ),
    (
        "star",
        r#"<path d="m8 1.8 1.9 3.9 4.3.6-3.1 3 .7 4.300L8 11.600l-3.8 2 .7-4.3-3.1-3 4.3-.6z"/>"#,
    ),
    ("chevron-right", r#"<path d="m6 3.5 4.5 4.500L6 12.5"/>"#),
    ("chevron-left", r#"<path d="M10 3.5 5.5 8l4.5 4.5"/>"#),
    ("chevron-down", r#"<path d="M3.5 6 8 10.5 12.5 6"/>"#),
    ("sort-ascending", r#"<path d="M8 12.500v-9M4.5 7 8 3.5 11.5 7"/>"#),
    ("sort-descending", r#"<path d="M8 3.500v9M4.5 9 8 12.5 11.5 9"/>"#),
    (
        "external",
        r#"<path d="M9.5 2.500h4v4M13.5 2.500l-6 6M11.5 9v4.500h-9v-9H7"/>"#,
    ),
    (
        "copy",
        r#"<rect x="5.5" y="5.5" width="8" height="8" rx="1.5"/><path d="M10.5 5.500v-2a1 1 0 0 0-1-1h-6a1 1 0 0 0-1 1v6a1 1 0 0 0 1 1h2"/>"#,
    ),
    ("check", r#"<path d="m3 8.5 3.5 3.500L13 4.5"/>"#),
    (
        "warning",
        r#"<path d="M8 2 1.5 13.500h13zM8 6.500v3.500M8 11.800v.2"/>"#,
    ),
    (
        "error",
        r#"<circle cx="8" cy="8" r="6"/><path d="M8 4.800v4M8 11v.2"/>"#,
    ),
    (
        "info",
        r#"<circle cx="8" cy="8" r="6"/><path d="M8 7.300v4M8 4.900v.2"/>"#,
    ),
    (
        "bell",
        r#"<path d="M8 2a4 4 0 0 0-4 4v3l-1.500 2.500h11L12 9V6a4 4 0 0 0-4-4zM6.500 13.500a1.600 1.600 0 0 0 3 0"/>"#,
    ),
    ("bookmark", r#"<path d="M4 2.500h8v11L8 10.500l-4 3z"/>"#),
    ("circle", r#"<circle cx="8" cy="8" r="3.5"/>"#),
    ("close", r#"<path d="m4 4 8 8M12 4l-8 8"/>"#),
    ("menu", r#"<path d="M2 4h12M2 8h12M2 12h12"/>"#),
    (
        "refresh",
        r#"<path d="M13.5 8a5.5 5.5 0 1 1-1.6-3.900L13.5 5.700M13.5 2.500v3.200h-3.2"/>"#,
    ),
    (
        "trash",
        r#"<path d="M2.5 4.500h11M6 4.500v-2h4v2M4 4.500l.7 9h6.600l.7-9M6.7 7v4M9.3 7v4"/>"#,
    ),
    (
        "link",
        r#"<path d="M6.5 9.5 9.5 6.500M7 4.500l1.2-1.200a3.1 3.1 0 0 1 4.5 4.500L11.5 9M9 11.500l-1.2 1.200a3.1 3.1 0 0 1-4.5-4.500L4.5 7"/>"#,
    ),
    (
        "history",
        r#"<path d="M2.5 8a5.5 5.5 0 1 0 1.6-3.900L2.5 5.700M2.5 2.500v3.200h3.200M8 5v3.200l2.2 1.3"/>"#,
    ),
    (
        "clock",
        r#"<circle cx="8" cy="8" r="6"/><path d="M8 4.500V8l2.5 1.5"/>"#,
    ),
    (
        "tag",
        r#"<path d="M2.5 2.500h5l6 6-5 5-6-6z"/><circle cx="5.5" cy="5.5" r=".7"/>"#,
    ),
    ("label", r#"<path d="M2.5 4h7.500l3.5 4-3.5 4H2.500z"/>"#),
    (
        "note",
        r#"<path d="M3 2.500h10v11H3zM5.5 5.500h5M5.5 8h5M5.5 10.500h3"/>"#,
    ),
    (
        "sign-in",
        r#"<path d="M9 2.500h4.500v11H9M2 8h7.500M6.500 5l3 3-3 3"/>"#,
    ),
    (
        "sign-out",
        r#"<path d="M7 2.500H2.500v11H7M6 8h7.500M10.500 5l3 3-3 3"/>"#,
    ),
    (
        "user",
        r#"<circle cx="8" cy="5" r="2.7"/><path d="M2.8 13.500c.4-2.7 2.5-4 5.2-4s4.8 1.3 5.2 4"/>"#,
    ),
    (
        "group",
        r#"<circle cx="5.8" cy="5.5" r="2.3"/><path d="M1.5 13c.3-2.4 2-3.5 4.3-3.500S9.8 10.6 10.1 13M10.5 3.400a2.2 2.2 0 0 1 0 4.200M12 9.800c1.5.5 2.3 1.6 2.5 3.2"/>"#,
    ),
    (
        "component",
        r#"<path d="M8 1.8 13.5 5v6L8 14.2 2.5 11V5z"/><path d="M2.5 5 8 8.2 13.5 5M8 8.200v6"/>"#,
    ),
    (
        "resource",
        r#"<ellipse cx="8" cy="4" rx="5" ry="2"/><path d="M3 4v8c0 1.1 2.2 2 5 2s5-.9 5-2V4M3 8c0 1.1 2.2 2 5 2s5-.9 5-2"/>"#,
    ),
    (
        "system",
        r#"<path d="m8 2 6 3-6 3-6-3zM2 8l6 3 6-3M2 11l6 3 6-3"/>"#,
    ),
    (
        "domain",
        r#"<circle cx="8" cy="8" r="6"/><path d="M2 8h12M8 2c2 1.8 2.8 3.8 2.8 6S10 12.2 8 14c-2-1.8-2.8-3.8-2.8-6S6 3.8 8 2z"/>"#,
    ),
    (
        "location",
        r#"<path d="M8 14.200C5 11 3.3 8.7 3.3 6.500a4.7 4.7 0 0 1 9.4 0c0 2.2-1.7 4.5-4.7 7.700z"/><circle cx="8" cy="6.5" r="1.7"/>"#,
    ),
    (
        "template",
        r#"<path d="M2.5 2.500h11v3h-11zM2.5 8h4.500v5.500H2.500zM9.5 8h4M9.5 10.700h4M9.5 13.400h4"/>"#,
    ),
    (
        "entity",
        r#"<rect x="2.5" y="2.5" width="11" height="11" rx="2"/><circle cx="8" cy="8" r="2"/>"#,
    ),
    (
        "graph",
        r#"<circle cx="3.5" cy="8" r="1.7"/><circle cx="12.5" cy="3.5" r="1.7"/><circle cx="12.5" cy="12.5" r="1.7"/><path d="m5 7.2 6-3M5 8.800l6 3"/>"#,
    ),
    (
        "code",
        r#"<path d="M5 4.5 1.5 8 5 11.500M11 4.5 14.5 8 11 11.500M9.3 3l-2.6 10"/>"#,
    ),
    (
        "sources",
        r#"<path d="M2 9.500h3.500l1 2h3l1-2H14M2 9.5 4 3h8l2 6.500V13H2z"/>"#,
    ),
    (
        "problem",
        r#"<path d="M5.5 2h5L14 5.500v5L10.5 14h-5L2 10.500v-5zM8 5v3.800M8 10.800v.2"/>"#,
    ),
    (
        "filter",
        r#"<path d="M2 3.500h12L9.5 8.700v4.800l-3-1.500V8.700z"/>"#,
    ),
    (
        "download",
        r#"<path d="M8 2v8M4.5 6.8 8 10.300l3.5-3.500M2.5 13.500h11"/>"#,
    ),
    (
        "columns",
        r#"<rect x="2" y="2.5" width="12" height="11" rx="1.5"/><path d="M6 2.500v11M10 2.500v11"/>"#,
    ),
    ("plus", r#"<path d="M8 3v10M3 8h10"/>"#),
    ("minus", r#"<path d="M3 8h10"/>"#),
    (
        "fit",
        r#"<rect x="1.5" y="3" width="13" height="10" rx="1.5"/><path d="M4.5 8h7M6.500 6l-2 2 2 2M9.500 6l2 2-2 2"/>"#,
    ),
    (
        "full-screen",
        r#"<path d="M2.5 6V2.500H6M10 2.500h3.500V6M13.5 10v3.500H10M6 13.500H2.500V10"/>"#,
    ),
    ("edit", r#"<path d="m10.5 2.5 3 3-8 8h-3v-3zM8.5 4.500l3 3"/>"#),
    (
        "lock",
        r#"<rect x="3" y="7" width="10" height="7" rx="1.5"/><path d="M5 7V5a3 3 0 0 1 6 0v2"/>"#,
    ),
    (
        "mail",
        r#"<rect x="2" y="3" width="12" height="10" rx="1.5"/><path d="m2.5 4.5 5.5 4 5.5-4"/>"#,
    ),
    (
        "dashboard",
        r#"<path d="M2 13.500h12M4 13.500v-4M8 13.500v-10M12 13.500v-7"/>"#,
    ),
    (
        "branch",
        r#"<circle cx="4.5" cy="3.5" r="1.5"/><circle cx="4.5" cy="12.5" r="1.5"/><circle cx="11.5" cy="5.5" r="1.5"/><path d="M4.5 5v6M11.5 7c0 3-7 1-7 4"/>"#,
    ),
    ("chat", r#"<path d="M2 3h12v8.500H7L4 14v-2.500H2z"/>"#),
];

/// An icon. It is decoration: the text beside it or the control's label says what it means.
pub fn icon(name: &str) -> Markup {
    let name = if content(name).is_some() { name } else { "entity" };
    PreEscaped(format!(
        r##"<svg class="icon" aria-hidden="true"><use href="#i:{name}"/></svg>"##
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
    for (at, marker) in page.match_indices("href=\"#i:") {
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
                    symbol id=(format_args!("i:{name}")) viewBox="0 0 16 16" { (PreEscaped(content)) }
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
        assert!(sprite.contains("i:moon") && !sprite.contains("i:sun"));
    }

    #[test]
    fn an_unknown_name_still_shows_something() {
        assert!(icon("no-such").0.contains("#i:entity"));
    }
}
