//! Every template of a folder draws its form, and what a browser would send of it are the values that it shows: of the
//! templates beside these tests, and of those below the folder that the variable `TEMPLATES` names.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::*;
use crate::forms::kind::unknown_field;
use crate::template::Template;
use crate::{sample, validation};

/// What was found in a folder.
#[derive(Debug, Default)]
struct Count {
    templates: usize,
    pages: usize,
    fields: usize,
    /// Templates whose pages come from another file.
    elsewhere: usize,
    /// Names of fields that the portal does not have.
    plain: BTreeMap<String, usize>,
    faults: Vec<String>,
}

#[test]
fn every_form_is_drawn_and_sent_without_a_fault() {
    let mut count = Count::default();
    look(Path::new("tests/templates"), &mut count);
    assert_eq!(count.faults, Vec::<String>::new());
    assert!(count.templates >= 2 && count.fields > 60, "{count:?}");
    assert_eq!(
        count.plain.keys().collect::<Vec<_>>(),
        ["GSChartPicker", "SmartLinkField", "checkbox"]
    );
    if let Ok(folder) = std::env::var("TEMPLATES") {
        let mut count = Count::default();
        look(Path::new(&folder), &mut count);
        println!("{count:#?}");
        assert!(count.faults.is_empty() && count.templates > 0, "{count:#?}");
    }
}

fn look(folder: &Path, count: &mut Count) {
    let mut entries: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .flatten()
        .map(|entry| entry.path())
        .collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            look(&path, count);
        } else if path
            .extension()
            .is_some_and(|name| name == "yaml" || name == "yml")
            && let Ok(text) = std::fs::read_to_string(&path)
        {
            for document in yaml::parse(&text, &yaml::Limits::default()) {
                let template = document.value.ok().and_then(|entity| Template::of(&entity).ok());
                let faults = template
                    .map(|template| try_template(&template, count))
                    .unwrap_or_default();
                count.faults.extend(
                    faults
                        .into_iter()
                        .map(|fault| format!("{}: {fault}", path.display())),
                );
            }
        }
    }
}

fn try_template(template: &Template, count: &mut Count) -> Vec<String> {
    count.templates += 1;
    count.elsewhere += usize::from(
        template.entity["spec"]["parameters"]
            .to_string()
            .contains("\"$yaml\""),
    );
    let mut faults = Vec::new();
    let values = sample::values(template);
    let fits = validation::check(template, &values, &BTreeMap::new()).is_empty();
    for page in &template.pages {
        count.pages += 1;
        faults.extend(
            try_page(&page.schema, &json!({}))
                .into_iter()
                .map(|fault| format!("empty: {fault}")),
        );
        faults.extend(
            try_page(&page.schema, &values)
                .into_iter()
                .map(|fault| format!("filled: {fault}")),
        );
        let branches = Branches::new();
        let form = Form::new(&page.schema, &branches, &[]);
        let filled = form.fill(
            &Sent::default(),
            &Filled {
                values: values.clone(),
                ..Filled::default()
            },
        );
        count_fields(&form.effective(&filled.values), count);
        for (pointer, told) in form.check(&filled.values) {
            if fits || pointer.is_empty() {
                faults.push(format!("values that fit are refused at {pointer}: {told}"));
            }
        }
    }
    faults
}

/// Draws a page, and sends what is drawn.
fn try_page(schema: &Value, values: &Value) -> Vec<String> {
    let branches = Branches::new();
    let form = Form::new(schema, &branches, &[]);
    let before = Filled {
        values: values.clone(),
        ..Filled::default()
    };
    let filled = form.fill(&Sent::default(), &before);
    let markup = drawn(schema, &filled.values, &Offers::new()).0;
    let mut faults = wrong_ids(&markup);
    let again = form.fill(&Sent::new(controls(&markup)), &filled);
    let (shown, sent) = (form.result(&filled.values), form.result(&again.values));
    if without_unticked(&json!(shown)) != without_unticked(&json!(sent)) {
        faults.push(format!("shows {} and sends {}", json!(shown), json!(sent)));
    }
    faults
}

/// A box that nobody has ticked is sent as no.
fn without_unticked(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let kept = fields.iter().filter(|(_, value)| **value != false);
            Value::Object(
                kept.map(|(name, value)| (name.clone(), without_unticked(value)))
                    .collect(),
            )
        }
        other => other.clone(),
    }
}

fn count_fields(schema: &Value, count: &mut Count) {
    for (_, field) in schema::properties(schema) {
        count.fields += 1;
        if let Some(name) = unknown_field(field) {
            *count.plain.entry(name.to_owned()).or_default() += 1;
        }
        count_fields(field, count);
    }
}

/// Ids that stand twice, and labels that lead nowhere.
fn wrong_ids(markup: &str) -> Vec<String> {
    let all = |mark: &str| -> Vec<&str> {
        let places = markup
            .match_indices(mark)
            .map(|(at, _)| &markup[at + mark.len()..]);
        places.filter_map(|rest| rest.split('"').next()).collect()
    };
    let ids = all(" id=\"");
    let known: BTreeSet<&str> = ids.iter().copied().collect();
    let mut faults = Vec::new();
    if known.len() < ids.len() {
        faults.push("an id stands twice".to_owned());
    }
    let named = [" for=\"", " aria-describedby=\""].into_iter().flat_map(all);
    let lost = named
        .flat_map(|ids| ids.split(' '))
        .filter(|id| !known.contains(id));
    faults.extend(lost.map(|id| format!("{id} is nowhere")));
    faults
}

/// Names and values that a browser sends of this markup.
fn controls(markup: &str) -> Vec<(String, String)> {
    let mut sent = Vec::new();
    let mut chosen: Option<(String, Option<String>)> = None;
    for part in markup.split('<').skip(1) {
        let (tag, rest) = part.split_once('>').unwrap_or((part, ""));
        let name = tag.split(' ').next().unwrap_or_default();
        let is_off = has(tag, "disabled");
        match name {
            "input" if !is_off => {
                let is_box = matches!(value_of(tag, "type").as_deref(), Some("checkbox" | "radio"));
                if !is_box || has(tag, "checked") {
                    sent.extend(
                        value_of(tag, "name").map(|name| (name, value_of(tag, "value").unwrap_or_default())),
                    );
                }
            }
            "textarea" if !is_off => {
                let text = plain_text(rest.strip_prefix('\n').unwrap_or(rest));
                sent.extend(value_of(tag, "name").map(|name| (name, text)));
            }
            "select" if !is_off => chosen = value_of(tag, "name").map(|name| (name, None)),
            "option" => {
                if let Some((_, value)) = &mut chosen
                    && (value.is_none() || has(tag, "selected"))
                {
                    *value = value_of(tag, "value");
                }
            }
            "/select" => {
                sent.extend(
                    chosen
                        .take()
                        .map(|(name, value)| (name, value.unwrap_or_default())),
                );
            }
            _ => {}
        }
    }
    sent
}

fn has(tag: &str, word: &str) -> bool {
    tag.split(' ').any(|part| part == word)
}

fn value_of(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    Some(plain_text(rest.split('"').next()?))
}

fn plain_text(text: &str) -> String {
    let signs = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&amp;", "&")];
    signs
        .iter()
        .fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}
