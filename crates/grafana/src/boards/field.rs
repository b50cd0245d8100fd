//! What a panel says about values: words in their place, and what is different for single lines and columns.

use serde_json::{Map, Value};
use ui::Tone;

use super::board::{text, tone};

/// Most mappings, and most overrides, of a panel that are read.
const MOST: usize = 200;

/// Words and a colour in place of values.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Mapping {
    values: Mapped,
    words: Option<String>,
    tone: Option<Tone>,
}

/// The values that a mapping is for.
#[derive(Debug, Clone, PartialEq)]
enum Mapped {
    /// One value, a number or a text.
    Value(String),
    /// Numbers from one to another, both included.
    Range(Option<f64>, Option<f64>),
    /// No value.
    Nothing,
}

/// What is different for the lines and columns of a name.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Override {
    /// The name.
    pub(crate) name: String,
    /// The name that is shown.
    pub(crate) shown: Option<String>,
    /// Its unit.
    pub(crate) unit: Option<String>,
    /// Its colour.
    pub(crate) tone: Option<Tone>,
    /// It is not shown.
    pub(crate) is_hidden: bool,
}

/// The mappings of a panel.
pub(crate) fn mappings(all: &Value) -> Vec<Mapping> {
    let all = all.as_array().into_iter().flatten();
    all.flat_map(mapping).take(MOST).collect()
}

fn mapping(mapping: &Value) -> Vec<Mapping> {
    let options = &mapping["options"];
    let with = |values: Mapped, result: &Value| Mapping {
        values,
        words: Some(text(&result["text"])).filter(|words| !words.is_empty()),
        tone: tone(result["color"].as_str().unwrap_or_default()),
    };
    match mapping["type"].as_str() {
        Some("value") => {
            let entries = options.as_object().into_iter().flat_map(Map::iter);
            entries
                .map(|(value, result)| with(Mapped::Value(value.clone()), result))
                .collect()
        }
        Some("range") => {
            let ends = Mapped::Range(options["from"].as_f64(), options["to"].as_f64());
            vec![with(ends, &options["result"])]
        }
        Some("special") => match options["match"].as_str() {
            Some("null" | "nan" | "null+nan" | "empty") => {
                vec![with(Mapped::Nothing, &options["result"])]
            }
            Some(word @ ("true" | "false")) => {
                vec![with(Mapped::Value(word.to_owned()), &options["result"])]
            }
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// What is written in place of a value, and its colour.
pub(crate) fn mapped(mappings: &[Mapping], value: Option<f64>) -> (Option<String>, Option<Tone>) {
    let fits = |mapping: &&Mapping| match (&mapping.values, value) {
        (Mapped::Nothing, None) => true,
        (Mapped::Value(wanted), Some(value)) => wanted
            .parse::<f64>()
            .is_ok_and(|wanted| (wanted - value).abs() < f64::EPSILON),
        (Mapped::Range(from, to), Some(value)) => {
            from.is_none_or(|from| value >= from) && to.is_none_or(|to| value <= to)
        }
        _ => false,
    };
    let found = mappings.iter().find(fits);
    found.map_or((None, None), |mapping| (mapping.words.clone(), mapping.tone))
}

/// What is written in place of a text.
pub(crate) fn mapped_text(mappings: &[Mapping], value: &str) -> Option<String> {
    let found = mappings
        .iter()
        .find(|mapping| matches!(&mapping.values, Mapped::Value(wanted) if wanted == value))?;
    found.words.clone()
}

/// What a panel says about single names. Other ways to choose lines are left out.
pub(crate) fn overrides(all: &Value) -> Vec<Override> {
    let all = all.as_array().into_iter().flatten();
    all.filter(|one| one["matcher"]["id"] == "byName")
        .map(read_override)
        .take(MOST)
        .collect()
}

fn read_override(one: &Value) -> Override {
    let properties = one["properties"].as_array().into_iter().flatten();
    let start = Override {
        name: text(&one["matcher"]["options"]),
        ..Override::default()
    };
    properties.fold(start, |mut found, property| {
        let value = &property["value"];
        match property["id"].as_str() {
            Some("displayName") => found.shown = value.as_str().map(str::to_owned),
            Some("unit") => found.unit = value.as_str().map(str::to_owned),
            Some("color") => found.tone = tone(value["fixedColor"].as_str().unwrap_or_default()),
            Some("custom.hideFrom") => found.is_hidden |= value["viz"] == true,
            Some("custom.hidden") => found.is_hidden |= value == true,
            _ => {}
        }
        found
    })
}
