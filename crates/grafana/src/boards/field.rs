//! What a panel says about values: words in their place, and what is different for single lines and columns.

use serde_json::{Map, Value};
use ui::Tone;

use super::board::{Ends, Steps, decimals, steps, text, tone};
use super::matcher::{Field, Matcher};

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

/// How a line or a column is shown, where that is not how the panel shows all of them.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Look {
    /// The name that is shown.
    pub(crate) shown: Option<String>,
    /// Its unit.
    pub(crate) unit: Option<String>,
    /// Its decimals.
    pub(crate) decimals: Option<usize>,
    /// Its colour.
    pub(crate) tone: Option<Tone>,
    /// Values from which on a colour holds.
    pub(crate) steps: Option<Steps>,
    /// Words and colours in place of its values.
    pub(crate) mappings: Option<Vec<Mapping>>,
    /// It is not shown.
    pub(crate) is_hidden: bool,
}

/// What is different for some lines and columns.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Override {
    matcher: Matcher,
    look: Look,
}

/// How a field is shown: what all overrides that are for it say, of which later ones count more.
pub(crate) fn look(overrides: &[Override], field: &Field<'_>) -> Look {
    let own = overrides.iter().filter(|one| one.matcher.fits(field));
    own.fold(Look::default(), |before, one| before.with(&one.look))
}

impl Look {
    fn with(self, later: &Self) -> Self {
        Self {
            shown: later.shown.clone().or(self.shown),
            unit: later.unit.clone().or(self.unit),
            decimals: later.decimals.or(self.decimals),
            tone: later.tone.or(self.tone),
            steps: later.steps.clone().or(self.steps),
            mappings: later.mappings.clone().or(self.mappings),
            is_hidden: later.is_hidden || self.is_hidden,
        }
    }
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

/// What a panel says about some of its lines and columns; `ends` are those between which thresholds in percent lie.
pub(crate) fn overrides(all: &Value, ends: Ends) -> Vec<Override> {
    let all = all.as_array().into_iter().flatten();
    let read = |one: &Value| {
        Some(Override {
            matcher: Matcher::read(&one["matcher"])?,
            look: read_look(&one["properties"], ends),
        })
    };
    all.filter_map(read).take(MOST).collect()
}

fn read_look(properties: &Value, ends: Ends) -> Look {
    let properties = properties.as_array().into_iter().flatten();
    properties.fold(Look::default(), |mut look, property| {
        let value = &property["value"];
        match property["id"].as_str() {
            Some("displayName") => look.shown = value.as_str().map(str::to_owned),
            Some("unit") => look.unit = value.as_str().map(str::to_owned),
            Some("decimals") => look.decimals = decimals(value),
            Some("color") => look.tone = tone(value["fixedColor"].as_str().unwrap_or_default()),
            Some("thresholds") => look.steps = Some(steps(value, ends)),
            Some("mappings") => look.mappings = Some(mappings(value)),
            Some("custom.hideFrom") => look.is_hidden |= value["viz"] == true,
            Some("custom.hidden") => look.is_hidden |= value == true,
            _ => {}
        }
        look
    })
}
