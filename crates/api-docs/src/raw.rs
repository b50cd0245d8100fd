//! The definition as a file.

use axum::extract::{Path, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use catalog::Catalog;
use model::{EntityRef, Fault, entity};
use plugin::{Rows, Rule};
use serde_json::Value;
use sight::{CurrentSight, ENTITY_READ};
use ui::href;
use web::ApiError;

use crate::formats::Format;

/// Where files of definitions are.
const PATH: &str = "/api-docs/definitions/{namespace}/{kind}/{name}";

/// The row of the files.
pub(crate) fn rows(catalog: &Catalog) -> Rows {
    let rule = Rule::signed_in().left_to_handler(&ENTITY_READ);
    Rows::new().get(PATH, rule, file).with_state(catalog)
}

/// Address of the file of an entity's definition.
pub(crate) fn address(reference: &EntityRef) -> String {
    let parts = [reference.namespace(), reference.kind(), reference.name()].map(href::encode);
    format!("/api-docs/definitions/{}", parts.join("/"))
}

async fn file(
    State(catalog): State<Catalog>,
    CurrentSight(sight): CurrentSight,
    Path((namespace, kind, name)): Path<(String, String, String)>,
) -> Result<Response, ApiError> {
    let reference = EntityRef::new(&kind, &namespace, &name);
    let found = catalog.seen_by(&sight).entity(&reference).await?;
    let text = found
        .as_ref()
        .and_then(|found| found.pointer("/spec/definition"))
        .and_then(Value::as_str)
        .ok_or_else(|| Fault::not_found(format!("There is no definition of {reference}")))?;
    let declared = found.as_ref().and_then(entity::spec_type).unwrap_or_default();
    let ending = ending(Format::of(declared, text), text);
    // A name of an entity has no sign that would end the header's value.
    let disposition = format!(
        "attachment; filename=\"{}.{ending}\"",
        href::encode(reference.name())
    );
    let headers = [
        (CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()),
        (CONTENT_DISPOSITION, disposition),
    ];
    Ok((headers, text.to_owned()).into_response())
}

/// The ending of a file's name, by what is in it.
fn ending(format: Format, text: &str) -> &'static str {
    let is_json = text.trim_start().starts_with(['{', '[']);
    match format {
        _ if is_json => "json",
        Format::GraphQl => "graphql",
        Format::Protobuf => "proto",
        Format::Markdown => "md",
        Format::Text => "txt",
        _ => "yaml",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_by_what_is_in_it() {
        let check = |text: &str, expected: &str| assert_eq!(ending(Format::of("", text), text), expected);
        check("openapi: 3.1.0", "yaml");
        check("{\"openapi\": \"3.1.0\"}", "json");
        check("syntax = \"proto3\";", "proto");
        check("words", "txt");
        let reference = EntityRef::new("API", "default", "a b");
        assert_eq!(address(&reference), "/api-docs/definitions/default/api/a%20b");
    }
}
