//! What `mkdocs.yml` switches on of Markdown, beyond what `mkdocs-techdocs-core` always switches on.

use markdown::{GitHost, Options, ShortLinks, SmartPunctuation};
use serde_json::Value;

/// Names of notes that sites may write between slashes, where the configuration names none.
const NOTES: [&str; 9] = [
    "admonition",
    "note",
    "attention",
    "caution",
    "danger",
    "error",
    "tip",
    "hint",
    "warning",
];
/// Names of blocks that `use_pymdownx_blocks` switches on, each also as `details-…`.
const TECHDOCS_NOTES: [&str; 14] = [
    "new", "settings", "note", "abstract", "info", "tip", "success", "question", "warning", "failure",
    "danger", "bug", "example", "quote",
];

/// The options of a site, from its configuration.
pub(crate) fn options(config: &Value) -> Options {
    let mut options = Options {
        line_numbers: true,
        ..Options::default()
    };
    if settings(&config["plugins"], "techdocs-core")["use_pymdownx_blocks"] == true {
        options.blocks = vec!["tab".to_owned(), "details".to_owned(), "admonition".to_owned()];
        for note in TECHDOCS_NOTES {
            options
                .blocks
                .extend([note.to_owned(), format!("details-{note}")]);
        }
    }
    let extensions = &config["markdown_extensions"];
    for (name, settings) in entries(extensions) {
        switch_on(&mut options, name, settings);
    }
    options
}

fn switch_on(options: &mut Options, name: &str, settings: &Value) {
    match name {
        "pymdownx.keys" => options.keys = true,
        "pymdownx.arithmatex" => options.math = true,
        "smarty" => options.punctuation = Some(punctuation(settings)),
        "codehilite" => options.plain_code = true,
        "pymdownx.highlight" => {
            options.line_numbers &= settings["linenums"] != false && settings["use_pygments"] != false;
        }
        "pymdownx.magiclink" => options.short_links = short_links(settings),
        // The value names a function in a tag, which is not read. Only the usual index has no icons.
        "pymdownx.emoji" => options.icons |= settings.get("emoji_index").is_some(),
        "pymdownx.superfences" => {
            let fences = settings["custom_fences"].as_array();
            let names = fences
                .into_iter()
                .flatten()
                .filter_map(|fence| fence["name"].as_str());
            options.fences.extend(names.map(str::to_owned));
        }
        "pymdownx.blocks.tab" => options.blocks.push("tab".to_owned()),
        "pymdownx.blocks.html" => options.blocks.push("html".to_owned()),
        "pymdownx.blocks.definition" => options.blocks.push("define".to_owned()),
        "pymdownx.blocks.caption" => {
            let names = ["caption", "figure-caption", "table-caption"];
            options.blocks.extend(names.map(str::to_owned));
        }
        "pymdownx.blocks.details" => {
            options.blocks.push("details".to_owned());
            options.blocks.extend(types(settings));
        }
        "pymdownx.blocks.admonition" => {
            options.blocks.push("admonition".to_owned());
            let named = types(settings);
            if named.is_empty() {
                options.blocks.extend(NOTES.map(str::to_owned));
            }
            options.blocks.extend(named);
        }
        _ => {}
    }
}

/// What short names of people and issues mean, where they mean something.
fn short_links(settings: &Value) -> Option<ShortLinks> {
    if settings["repo_url_shorthand"] != true {
        return None;
    }
    let text = |key: &str| settings[key].as_str().unwrap_or_default().to_owned();
    Some(ShortLinks {
        host: match text("provider").as_str() {
            "" => GitHost::GitHub,
            name => GitHost::named(name)?,
        },
        user: text("user"),
        repository: text("repo"),
        is_normalised: settings["normalize_issue_symbols"] == true,
    })
}

/// What is exchanged of quotes, dashes and dots, and for what.
fn punctuation(settings: &Value) -> SmartPunctuation {
    let usual = SmartPunctuation::default();
    let switch = |key: &str, usual: bool| settings[key].as_bool().unwrap_or(usual);
    let sign = |key: &str, usual: String| {
        let given = settings["substitutions"][key].as_str();
        given.map_or(usual, markdown::unescape)
    };
    let pair = |keys: [&str; 2], [first, second]: [String; 2]| [sign(keys[0], first), sign(keys[1], second)];
    SmartPunctuation {
        quotes: switch("smart_quotes", usual.quotes),
        dashes: switch("smart_dashes", usual.dashes),
        ellipses: switch("smart_ellipses", usual.ellipses),
        angles: switch("smart_angled_quotes", usual.angles),
        double: pair(["left-double-quote", "right-double-quote"], usual.double),
        single: pair(["left-single-quote", "right-single-quote"], usual.single),
        angled: pair(["left-angle-quote", "right-angle-quote"], usual.angled),
        dash: pair(["ndash", "mdash"], usual.dash),
        ellipsis: sign("ellipsis", usual.ellipsis),
    }
}

/// The names of the kinds that the configuration of a block has.
fn types(settings: &Value) -> Vec<String> {
    let types = settings["types"].as_array();
    let name = |kind: &Value| kind.as_str().or_else(|| kind["name"].as_str()).map(str::to_owned);
    types.into_iter().flatten().filter_map(name).collect()
}

/// Plugins or extensions with their settings: a list of names and mappings, or one mapping.
fn entries(value: &Value) -> Vec<(&str, &Value)> {
    let mut entries = Vec::new();
    match value {
        Value::Array(list) => {
            for entry in list {
                match entry {
                    Value::String(name) => entries.push((name.as_str(), &Value::Null)),
                    Value::Object(map) => {
                        entries.extend(map.iter().map(|(name, settings)| (name.as_str(), settings)));
                    }
                    _ => {}
                }
            }
        }
        Value::Object(map) => entries.extend(map.iter().map(|(name, settings)| (name.as_str(), settings))),
        _ => {}
    }
    entries
}

fn settings<'v>(value: &'v Value, wanted: &str) -> &'v Value {
    let found = entries(value).into_iter().find(|(name, _)| *name == wanted);
    found.map_or(&Value::Null, |(_, settings)| settings)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_site_switches_on() {
        let config = serde_json::json!({
            "plugins": ["techdocs-core"],
            "markdown_extensions": [
                "pymdownx.keys",
                {"pymdownx.highlight": {"linenums": false}},
                {"pymdownx.blocks.admonition": {"types": ["note", {"name": "new"}]}},
                {"pymdownx.superfences": {"custom_fences": [{"name": "mermaid", "class": "mermaid"}]}},
            ],
        });
        let found = options(&config);
        let expected = Options {
            keys: true,
            blocks: ["admonition", "note", "new"].map(str::to_owned).to_vec(),
            fences: vec!["mermaid".to_owned()],
            ..Options::default()
        };
        assert_eq!(found, expected);
        assert!(options(&Value::Null).line_numbers);
        let blocks = serde_json::json!({"plugins": {"techdocs-core": {"use_pymdownx_blocks": true}}});
        assert!(options(&blocks).blocks.contains(&"details-note".to_owned()));
    }
}
