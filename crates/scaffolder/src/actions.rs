//! The actions that come with the portal: fetching, publishing, registering, files, and help for authors.

mod annotate;
mod archive;
mod at_host;
mod catalog;
mod change;
mod debug;
mod fetch;
mod files;
mod folder;
mod git;
mod gitea;
mod github;
mod gitlab;
mod http;
mod proposal;
mod published;
mod readdir;
mod roadie;
pub(crate) mod source;
pub(crate) mod template;

use std::sync::Arc;

use ::catalog::Catalog;
use config::IntegrationsSection;
use model::Fault;
use nunjucks::Extensions;
use outside::OutsideCalls;
use plugin::Action;
use scm::UrlReader;
use serde_json::{Value, json};
use web::Inward;

use crate::settings::Settings;
pub(crate) use published::would_publish;
use source::Sources;

/// What the actions work with.
pub(crate) struct Parts {
    pub(crate) catalog: Catalog,
    pub(crate) integrations: IntegrationsSection,
    pub(crate) calls: OutsideCalls,
    pub(crate) reader: UrlReader,
    pub(crate) filters: Extensions,
    pub(crate) settings: Arc<Settings>,
    pub(crate) inward: Inward,
}

/// All of them.
pub(crate) fn all(parts: Parts) -> Vec<Arc<dyn Action>> {
    let sources = Sources::new(parts.reader.clone());
    let portal = http::PortalRequest {
        catalog: parts.catalog.clone(),
        inward: parts.inward,
    };
    let elsewhere = http::HttpRequest {
        calls: parts.calls.clone(),
        settings: parts.settings.clone(),
    };
    let git = git::PublishGit {
        reader: parts.reader.clone(),
        calls: parts.calls.clone(),
        settings: parts.settings.clone(),
    };
    let hosts = Arc::new(at_host::Parts {
        integrations: parts.integrations.clone(),
        calls: parts.calls.clone(),
        hosts: crate::filters::hosts(parts.reader.integrations()),
        settings: parts.settings.clone(),
    });
    let servers = gitea::Servers {
        integrations: parts.integrations,
        calls: parts.calls,
        hosts: crate::filters::hosts(parts.reader.integrations()),
        settings: parts.settings.clone(),
    };
    let mut all: Vec<Arc<dyn Action>> = vec![
        Arc::new(fetch::FetchPlain(sources.clone())),
        Arc::new(fetch::FetchPlainFile(sources.clone())),
        Arc::new(template::FetchTemplate::new(
            sources.clone(),
            parts.filters.clone(),
        )),
        Arc::new(template::FetchTemplateFile::new(sources, parts.filters)),
        Arc::new(catalog::Register(parts.catalog.clone())),
        Arc::new(catalog::Write),
        Arc::new(catalog::Fetch(parts.catalog)),
        Arc::new(debug::Log),
        Arc::new(debug::Wait),
        Arc::new(files::Delete),
        Arc::new(files::Rename),
        Arc::new(readdir::ReadFolder),
        Arc::new(folder::PublishFolder(parts.settings)),
        Arc::new(roadie::Parse::READ),
        Arc::new(portal),
        Arc::new(elsewhere),
        Arc::new(archive::Zip),
        Arc::new(archive::PublishZip),
        Arc::new(git),
    ];
    all.extend(gitea::all(&servers));
    all.extend(github::all(&hosts));
    all.extend(gitlab::all(&hosts));
    all.extend(roadie::all());
    all.extend(annotate::ALL.map(|action| Arc::new(action) as Arc<dyn Action>));
    all
}

/// The schema of an object with these properties, of which some must be there.
fn object(required: &[&str], properties: Value) -> Value {
    let mut schema = json!({"type": "object", "properties": properties});
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    schema["additionalProperties"] = false.into();
    schema["$schema"] = "http://json-schema.org/draft-07/schema#".into();
    schema
}

fn text(description: &str) -> Value {
    json!({"type": "string", "description": description})
}

fn flag(description: &str) -> Value {
    json!({"type": "boolean", "description": description})
}

/// Does work that blocks on a thread of its own.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Fault> + Send + 'static,
) -> Result<T, Fault> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|error| Err(Fault::error(format!("the work broke off: {error}"))))
}
