//! Descriptions of query parameters and the check of a query string against them.

use std::collections::HashMap;

use model::Fault;

use super::query_string::{Pair, Shape, split};

/// A query parameter that a route takes.
#[derive(Debug, Clone, Copy)]
pub struct Parameter {
    name: &'static str,
    kind: Kind,
    required: bool,
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    Text,
    Choice(&'static [&'static str]),
    Integer,
    Repeated,
    Commas,
}

impl Parameter {
    /// One text.
    pub const fn text(name: &'static str) -> Self {
        Self {
            name,
            kind: Kind::Text,
            required: false,
        }
    }

    /// One of the given words.
    pub const fn choice(name: &'static str, words: &'static [&'static str]) -> Self {
        Self {
            name,
            kind: Kind::Choice(words),
            required: false,
        }
    }

    /// A whole number, 0 or more.
    pub const fn integer(name: &'static str) -> Self {
        Self {
            name,
            kind: Kind::Integer,
            required: false,
        }
    }

    /// A list of texts, one for each occurrence.
    pub const fn repeated(name: &'static str) -> Self {
        Self {
            name,
            kind: Kind::Repeated,
            required: false,
        }
    }

    /// A list of texts; an occurrence may hold several, separated by commas.
    pub const fn commas(name: &'static str) -> Self {
        Self {
            name,
            kind: Kind::Commas,
            required: false,
        }
    }

    /// Says that the parameter must be there.
    pub const fn required(mut self) -> Self {
        self.required = true;
        self
    }
}

/// Checked parameters of a request.
#[derive(Debug, Clone, Default)]
pub struct Values {
    texts: HashMap<&'static str, Vec<String>>,
    integers: HashMap<&'static str, u64>,
}

impl Values {
    /// Reads a query string. All that is wrong is told in one message, as the original does.
    pub fn read(query: &str, parameters: &'static [Parameter]) -> Result<Self, Fault> {
        let pairs = split(query);
        check_names(&pairs, parameters)?;
        let mut values = Self::default();
        let mut complaints = Vec::new();
        for parameter in parameters.iter().filter(|parameter| parameter.required) {
            if !pairs.iter().any(|pair| pair.name == parameter.name) {
                complaints.push(format!(
                    "request/query must have required property '{}'",
                    parameter.name
                ));
            }
        }
        for parameter in parameters {
            let given: Vec<&Pair> = pairs.iter().filter(|pair| pair.name == parameter.name).collect();
            if !given.is_empty() {
                complaints.extend(values.take(parameter, &given).err());
            }
        }
        if complaints.is_empty() {
            Ok(values)
        } else {
            Err(Fault::input(complaints.join(", ")))
        }
    }

    /// The text of a parameter, when given.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.texts
            .get(name)
            .and_then(|texts| texts.first())
            .map(String::as_str)
    }

    /// All texts of a list; `None` when the parameter is absent.
    pub fn list(&self, name: &str) -> Option<&[String]> {
        self.texts.get(name).map(Vec::as_slice)
    }

    /// The number of a parameter, when given.
    pub fn integer(&self, name: &str) -> Option<u64> {
        self.integers.get(name).copied()
    }

    fn take(&mut self, parameter: &Parameter, given: &[&Pair]) -> Result<(), String> {
        let texts = match parameter.kind {
            Kind::Repeated => list(parameter.name, given)?,
            Kind::Commas => {
                let texts = list(parameter.name, given)?;
                if given.len() == 1 {
                    texts[0].split(',').map(str::to_owned).collect()
                } else {
                    texts
                }
            }
            Kind::Integer => {
                let number = single(parameter.name, given, "integer")
                    .and_then(|text| integer(parameter.name, text))?;
                self.integers.insert(parameter.name, number);
                return Ok(());
            }
            Kind::Text => vec![single(parameter.name, given, "string")?.to_owned()],
            Kind::Choice(words) => vec![choice(
                parameter.name,
                single(parameter.name, given, "string")?,
                words,
            )?],
        };
        self.texts.insert(parameter.name, texts);
        Ok(())
    }
}

/// Unknown names and single empty values are told first, each on its own.
fn check_names(pairs: &[Pair], parameters: &[Parameter]) -> Result<(), Fault> {
    for pair in pairs {
        if !parameters.iter().any(|parameter| parameter.name == pair.name) {
            return Err(Fault::input(format!("Unknown query parameter '{}'", pair.name)));
        }
        let is_single = pairs.iter().filter(|other| other.name == pair.name).count() == 1;
        if is_single && pair.value.is_empty() && pair.shape == Shape::Plain {
            return Err(Fault::input(format!(
                "Empty value found for query parameter '{}'",
                pair.name
            )));
        }
    }
    Ok(())
}

fn list(name: &str, given: &[&Pair]) -> Result<Vec<String>, String> {
    match given.iter().position(|pair| pair.shape == Shape::Object) {
        Some(index) => Err(format!("request/query/{name}/{index} must be string")),
        None => Ok(given.iter().map(|pair| pair.value.clone()).collect()),
    }
}

fn single<'a>(name: &str, given: &[&'a Pair], kind: &str) -> Result<&'a str, String> {
    match given {
        [pair] if pair.shape == Shape::Plain => Ok(&pair.value),
        _ => Err(format!("request/query/{name} must be {kind}")),
    }
}

fn choice(name: &str, text: &str, words: &[&str]) -> Result<String, String> {
    if words.contains(&text) {
        Ok(text.to_owned())
    } else {
        let words = words.join(", ");
        Err(format!(
            "request/query/{name} must be equal to one of the allowed values: {words}"
        ))
    }
}

/// A number as JavaScript converts a text, if it is whole and not negative.
fn integer(name: &str, text: &str) -> Result<u64, String> {
    let number = text
        .trim()
        .parse::<f64>()
        .ok()
        .filter(|number| number.is_finite() && number.fract() == 0.0);
    let plain = text
        .trim()
        .bytes()
        .all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    match number.filter(|_| plain) {
        None => Err(format!("request/query/{name} must be integer")),
        Some(number) if number < 0.0 => Err(format!("request/query/{name} must be >= 0")),
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "whole, positive; `as` saturates"
        )]
        Some(number) => Ok(number as u64),
    }
}
