//! How names, keys, tags and links must be written.

use serde_json::{Map, Value};

use crate::formats::{
    is_api_version, is_dns_label, is_key, is_kind, is_label_value, is_name, is_tag, is_url,
};
use crate::schema::escape;
use crate::{Fault, js};

const NAME: &str =
    "a string that is sequences of [a-zA-Z0-9] separated by any of [-_.], at most 63 characters in total";
const PREFIXED: &str = "a valid prefix and/or suffix";
const LABEL: &str = "a string that is sequences of [a-z0-9] separated by [-], at most 63 characters in total";
const TAG: &str = "a string that is sequences of [a-z0-9+#] separated by [-], at most 63 characters in total";
const KIND: &str = "a string that is a sequence of [a-zA-Z][a-z0-9A-Z], at most 63 characters in total";
const URL: &str = "a string that is a valid url";
const NON_BLANK: &str = "a non empty string";
const MORE: &str = "To learn more about catalog file format, visit: https://github.com/backstage/backstage/blob/master/docs/architecture-decisions/adr002-default-catalog-file-format.md";

/// Checks the formats of an entity whose shape is already known to be right.
pub(super) fn check(entity: &Map<String, Value>) -> Result<(), Fault> {
    let Some(metadata) = js::member(entity, "metadata").and_then(Value::as_object) else {
        return Ok(());
    };
    let require = |parent: &Map<String, Value>, field: &str, is_valid: fn(&str) -> bool, expected: &str| {
        let key = field.rsplit('.').next().unwrap_or(field);
        let value = js::member(parent, key)
            .and_then(Value::as_str)
            .unwrap_or_default();
        if is_valid(value) {
            return Ok(());
        }
        Err(invalid(field, value, expected).at(format!("/{}", field.replace('.', "/"))))
    };
    require(entity, "apiVersion", is_api_version, PREFIXED)?;
    require(entity, "kind", is_kind, KIND)?;
    require(metadata, "metadata.name", is_name, NAME)?;
    require(metadata, "metadata.namespace", is_dns_label, LABEL)?;
    check_map(metadata, "labels", is_label_value)?;
    check_map(metadata, "annotations", |_| true)?;
    for (index, tag) in list(metadata, "tags") {
        let tag = tag.as_str().unwrap_or_default();
        if !is_tag(tag) {
            return Err(invalid(&format!("tags.{index}"), tag, TAG).at(format!("/metadata/tags/{index}")));
        }
    }
    check_links(metadata)
}

fn list<'a>(metadata: &'a Map<String, Value>, name: &str) -> impl Iterator<Item = (usize, &'a Value)> {
    js::member(metadata, name)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .enumerate()
}

fn check_map(metadata: &Map<String, Value>, name: &str, is_valid: fn(&str) -> bool) -> Result<(), Fault> {
    let Some(map) = js::member(metadata, name).and_then(Value::as_object) else {
        return Ok(());
    };
    for (key, value) in js::entries(map) {
        let problem = if !is_key(key) {
            invalid(&format!("{name}.{key}"), key, PREFIXED)
        } else if !is_valid(value.as_str().unwrap_or_default()) {
            invalid(&format!("{name}.{key}"), &js::string_of(value), NAME)
        } else {
            continue;
        };
        return Err(problem.at(format!("/metadata/{name}/{}", escape(key))));
    }
    Ok(())
}

fn check_links(metadata: &Map<String, Value>) -> Result<(), Fault> {
    for (index, link) in list(metadata, "links") {
        let require = |key: &str, is_valid: fn(&str) -> bool, expected: &str| {
            let Some(value) = link[key].as_str().filter(|value| !is_valid(value)) else {
                return Ok(());
            };
            let fault = invalid(&format!("links.{index}.{key}"), value, expected);
            Err(fault.at(format!("/metadata/links/{index}/{key}")))
        };
        require("url", is_url, URL)?;
        require("title", is_non_blank, NON_BLANK)?;
        require("icon", is_non_blank, NON_BLANK)?;
    }
    Ok(())
}

fn invalid(field: &str, value: &str, expected: &str) -> Fault {
    Fault::error(format!(
        "\"{field}\" is not valid; expected {expected} but found \"{value}\". {MORE}"
    ))
}

fn is_non_blank(text: &str) -> bool {
    !js::trim(text).is_empty()
}
