//! The section `techdocs` of the configuration.

mod publisher;
mod shape;

use model::{Fault, Problem};
use plugin::ConfigSection;
use serde_json::{Value, json};

use crate::allowed::Allowed;
use crate::published::{ELSEWHERE, Settings, not_read, switch};

/// Keys of the original that have no effect, because nothing is built by another program for the portal.
const IDLE: [&str; 5] = ["generator", "generators", "cache", "storageUrl", "requestUrl"];
/// Keys of a bucket that have no effect, each with what there is instead.
const IDLE_OF_BUCKET: [(&str, &str); 4] = [
    (
        "accountId",
        "accounts of 'aws.accounts' are not looked up; set credentials.accessKeyId and secretAccessKey",
    ),
    (
        "credentials/roleArn",
        "roles are taken on from AWS_ROLE_ARN and AWS_WEB_IDENTITY_TOKEN_FILE of the environment only",
    ),
    (
        "httpsProxy",
        "calls go through the proxy that HTTPS_PROXY of the environment names",
    ),
    ("maxAttempts", "a call that broke off is tried twice"),
];

/// The section as the commands see it.
pub struct Section;

impl ConfigSection for Section {
    fn path(&self) -> &'static str {
        "techdocs"
    }

    fn page(&self) -> Option<&'static str> {
        Some("docs/techdocs.md")
    }

    fn schema(&self) -> Value {
        let text = |words: &str| json!({"type": "string", "description": words});
        let idle = |kind: &str| json!({"type": kind, "description": "Of the original; has no effect."});
        json!({
            "type": "object",
            "description": "Documentation of entities. Nothing needs to be set: it is rendered from the repositories.",
            "properties": {
                "builder": text("local: rendered here, when it is read. external: another program builds and publishes the sites."),
                "publisher": publisher::schema(),
                "sanitizer": sanitizer(),
                "legacyUseCaseSensitiveTripletPaths": {
                    "type": "boolean",
                    "description": "The folders of published sites keep the case of kind, namespace and name.",
                },
                "generator": idle("object"),
                "generators": idle("object"),
                "cache": idle("object"),
                "storageUrl": idle("string"),
                "requestUrl": idle("string"),
            },
        })
    }

    fn check(&self, section: &Value) -> Vec<Problem> {
        let mut problems = shape::problems(section, &self.schema(), "");
        problems.extend(idle(section));
        if problems.iter().all(|one| one.severity != model::Severity::Error) {
            problems.extend(of_builder(section));
        }
        problems.extend(Allowed::problems(section));
        problems
    }
}

/// What documentation may contain beyond text, tables, images and code.
fn sanitizer() -> Value {
    let list = |words: &str| json!({"type": "array", "items": {"type": "string"}, "description": words});
    let text = |words: &str| json!({"type": "string", "description": words});
    json!({
        "type": "object",
        "description": "What documentation may contain beyond text, tables, images and code. Scripts never run.",
        "properties": {
            "allowedIframeHosts": list("Hosts whose pages may be shown in frames, for example www.youtube.com."),
            "allowedCustomElementTagNameRegExp": text("Names of elements with a hyphen that stay."),
            "allowedCustomElementAttributeNameRegExp": text("Names of attributes that stay on them."),
            "additionalAllowedURIProtocols": list("Schemes of links beside http, https and mailto, for example vscode."),
        },
    })
}

fn idle(section: &Value) -> Vec<Problem> {
    let given = IDLE.iter().filter(|key| !section[**key].is_null());
    let own = given.map(|key| {
        let text = format!(
            "'techdocs.{key}' has no effect: documentation is rendered when it is read, or served as it was published"
        );
        Problem::warning(Fault::input(text).at(*key)).hint("Remove it.")
    });
    let bucket = section.pointer("/publisher/awsS3").unwrap_or(&Value::Null);
    let of_bucket = IDLE_OF_BUCKET.iter().filter_map(|(key, instead)| {
        bucket
            .pointer(&format!("/{key}"))
            .filter(|value| !value.is_null())?;
        let key = format!("publisher.awsS3.{}", key.replace('/', "."));
        let text = format!("'techdocs.{key}' has no effect: {instead}");
        Some(Problem::warning(Fault::input(text).at(key)))
    });
    own.chain(of_bucket).chain(idle_credentials(section)).collect()
}

/// As with the original, a connection string counts before credentials.
fn idle_credentials(section: &Value) -> Option<Problem> {
    let container = section.pointer("/publisher/azureBlobStorage")?;
    if container["connectionString"].is_null() || container["credentials"].is_null() {
        return None;
    }
    let key = "publisher.azureBlobStorage.credentials";
    let text = format!("'techdocs.{key}' has no effect: connectionString is set");
    Some(Problem::warning(Fault::input(text).at(key)).hint("Remove one of them."))
}

/// What builder and publisher say together.
fn of_builder(section: &Value) -> Vec<Problem> {
    let kind = section.pointer("/publisher/type").and_then(Value::as_str);
    let mut problems = Vec::new();
    match section["builder"].as_str().unwrap_or("local") {
        "local" => match kind.unwrap_or("local") {
            "local" => {}
            kind if ELSEWHERE.contains(&kind) => {
                let text = "'techdocs.publisher' has no effect on the portal: builder 'local' renders documentation from the repositories";
                let hint =
                    "Set techdocs.builder to external to serve the sites that another program publishes.";
                problems.push(Problem::warning(Fault::input(text).at("publisher")).hint(hint));
            }
            other => {
                let hint = "Remove techdocs.publisher: documentation is rendered from the repositories.";
                problems.push(Problem::warning(not_read(other)).hint(hint));
            }
        },
        "external" => {
            if let Some(Err(fault)) = Settings::read(section, std::path::Path::new("")) {
                problems.push(Problem::error(fault).hint(
                    "No documentation is shown until then. With techdocs.builder local it is rendered from the repositories.",
                ));
            }
        }
        other => {
            let text = format!("'techdocs.builder' is '{other}', which is neither local nor external");
            problems.push(Problem::error(Fault::input(text).at("builder")));
        }
    }
    let keeps_case = switch(&section["legacyUseCaseSensitiveTripletPaths"]) == Some(true);
    if keeps_case && section["builder"].as_str() != Some("external") {
        let key = "legacyUseCaseSensitiveTripletPaths";
        let text = format!("'techdocs.{key}' has an effect with builder external only");
        problems.push(Problem::warning(Fault::input(text).at(key)).hint("Remove it."));
    }
    problems
}
