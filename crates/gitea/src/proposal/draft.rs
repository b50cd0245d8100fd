//! From facts to the fields of the form, and from the fields to a descriptor.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::facts::{ApiFile, Facts};

/// Longest name of an entity and longest tag.
const MAX_NAME: usize = 63;
/// Most tags that are proposed.
const MAX_TAGS: usize = 12;

/// The fields of the form.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct Fields {
    /// The name of the component.
    pub name: String,
    /// Its title.
    pub title: String,
    /// What it is.
    pub description: String,
    /// Who owns it.
    pub owner: String,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its lifecycle.
    pub lifecycle: String,
    /// The system that it belongs to.
    pub system: String,
    /// Its tags, with commas between.
    pub tags: String,
    /// The descriptor.
    pub yaml: String,
    /// What the form is sent for.
    pub go: String,
}

impl Fields {
    /// What a repository shows, as fields with the descriptor that they make.
    pub fn of(facts: &Facts) -> Self {
        let is_service = facts.has_image || facts.has_manifests;
        let title = facts
            .title
            .clone()
            .filter(|title| !title.eq_ignore_ascii_case(&facts.name));
        let mut fields = Self {
            name: entity_name(&facts.name),
            title: title.unwrap_or_default(),
            description: facts.description.trim().to_owned(),
            owner: facts
                .owner
                .clone()
                .unwrap_or_else(|| entity_name(&facts.organization)),
            kind: if is_service { "service" } else { "library" }.to_owned(),
            lifecycle: "production".to_owned(),
            tags: proposed_tags(facts).join(", "),
            ..Self::default()
        };
        fields.yaml = fields.descriptor(facts);
        fields
    }

    /// The descriptor that the fields make, with one document for each definition of an API.
    pub fn descriptor(&self, facts: &Facts) -> String {
        let apis: Vec<(String, &ApiFile)> = named(&self.name, &facts.apis);
        let component = self.component(facts, &apis);
        let documents = std::iter::once(component).chain(apis.iter().map(|(name, api)| self.api(name, api)));
        let texts: Vec<String> = documents.map(|document| yaml::to_string(&document)).collect();
        texts.join("---\n")
    }

    fn component(&self, facts: &Facts, apis: &[(String, &ApiFile)]) -> Value {
        let mut metadata = Map::new();
        let mut put = |key: &str, value: &str| {
            if !value.trim().is_empty() {
                metadata.insert(key.to_owned(), value.trim().into());
            }
        };
        put("name", &self.name);
        put("title", &self.title);
        put("description", &self.description);
        let mut annotations = Map::new();
        if facts.has_manifests {
            annotations.insert("backstage.io/kubernetes-id".to_owned(), self.name.trim().into());
        }
        if facts.has_docs {
            annotations.insert("backstage.io/techdocs-ref".to_owned(), "dir:.".into());
        }
        if !annotations.is_empty() {
            metadata.insert("annotations".to_owned(), annotations.into());
        }
        let tags: Vec<&str> = self
            .tags
            .split(',')
            .map(str::trim)
            .filter(|tag| !tag.is_empty())
            .collect();
        if !tags.is_empty() {
            metadata.insert("tags".to_owned(), json!(tags));
        }
        let mut spec = Map::new();
        for (key, value) in [
            ("type", &self.kind),
            ("lifecycle", &self.lifecycle),
            ("owner", &self.owner),
            ("system", &self.system),
        ] {
            if !value.trim().is_empty() {
                spec.insert(key.to_owned(), value.trim().into());
            }
        }
        if !apis.is_empty() {
            let names: Vec<&String> = apis.iter().map(|(name, _)| name).collect();
            spec.insert("providesApis".to_owned(), json!(names));
        }
        json!({"apiVersion": "backstage.io/v1alpha1", "kind": "Component", "metadata": metadata, "spec": spec})
    }

    fn api(&self, name: &str, api: &ApiFile) -> Value {
        json!({
            "apiVersion": "backstage.io/v1alpha1",
            "kind": "API",
            "metadata": {"name": name},
            "spec": {
                "type": api.kind,
                "lifecycle": self.lifecycle.trim(),
                "owner": self.owner.trim(),
                "definition": {"$text": format!("./{}", api.path)},
            },
        })
    }
}

/// Names for definitions: that of the component where there is one, and else that of the file, too.
fn named<'a>(component: &str, apis: &'a [ApiFile]) -> Vec<(String, &'a ApiFile)> {
    let mut names: Vec<(String, &ApiFile)> = Vec::new();
    for api in apis {
        let stem = api
            .path
            .rsplit('/')
            .next()
            .and_then(|name| name.split('.').next());
        let wanted = match apis {
            [_] => format!("{}-api", component.trim()),
            _ => format!("{}-{}", component.trim(), stem.unwrap_or("api")),
        };
        let mut name = entity_name(&wanted);
        let is_taken = |name: &str| names.iter().any(|(other, _)| other == name);
        for number in 2.. {
            if !is_taken(&name) {
                break;
            }
            name = entity_name(&format!("{wanted}-{number}"));
        }
        names.push((name, api));
    }
    names
}

/// A name as entities may have it.
fn entity_name(text: &str) -> String {
    let is_sign = |sign: char| matches!(sign, '-' | '_' | '.');
    let mut name = String::new();
    for sign in text.trim().chars() {
        let sign = if sign.is_ascii_alphanumeric() || is_sign(sign) {
            sign
        } else {
            '-'
        };
        if !(is_sign(sign) && name.ends_with(is_sign)) {
            name.push(sign);
        }
    }
    name.truncate(MAX_NAME);
    name.trim_matches(is_sign).to_owned()
}

/// Topics and the language as tags.
fn proposed_tags(facts: &Facts) -> Vec<String> {
    let words = facts.topics.iter().chain([&facts.language]);
    let mut tags: Vec<String> = words.filter_map(|word| tag(word)).collect();
    tags.sort();
    tags.dedup();
    tags.truncate(MAX_TAGS);
    tags
}

/// A tag as entities may have it, where a text makes one.
fn tag(text: &str) -> Option<String> {
    let is_letter =
        |sign: char| sign.is_ascii_lowercase() || sign.is_ascii_digit() || matches!(sign, '+' | '#');
    let parts: Vec<String> = text
        .to_ascii_lowercase()
        .split(|sign| !is_letter(sign))
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect();
    let tag = parts.join("-");
    (!tag.is_empty() && tag.len() <= MAX_NAME).then_some(tag)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proposal::judge;

    fn facts() -> Facts {
        Facts {
            name: "Pay.ments_".to_owned(),
            description: " Takes money ".to_owned(),
            title: Some("Payments".to_owned()),
            owner: Some("team-a".to_owned()),
            organization: "acme".to_owned(),
            topics: vec!["payments".to_owned(), "PCI_dss".to_owned()],
            language: "C++".to_owned(),
            apis: vec![
                ApiFile {
                    path: "openapi.yaml".to_owned(),
                    kind: "openapi",
                },
                ApiFile {
                    path: "v2/openapi.json".to_owned(),
                    kind: "openapi",
                },
            ],
            has_image: true,
            has_manifests: true,
            has_docs: true,
        }
    }

    #[test]
    fn the_descriptor_of_a_service_is_valid() {
        let fields = Fields::of(&facts());
        assert_eq!(
            fields.yaml,
            "\
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: Pay.ments
  title: Payments
  description: Takes money
  annotations:
    backstage.io/kubernetes-id: Pay.ments
    backstage.io/techdocs-ref: dir:.
  tags:
    - c++
    - payments
    - pci-dss
spec:
  type: service
  lifecycle: production
  owner: team-a
  providesApis:
    - Pay.ments-openapi
    - Pay.ments-openapi-2
---
apiVersion: backstage.io/v1alpha1
kind: API
metadata:
  name: Pay.ments-openapi
spec:
  type: openapi
  lifecycle: production
  owner: team-a
  definition:
    $text: ./openapi.yaml
---
apiVersion: backstage.io/v1alpha1
kind: API
metadata:
  name: Pay.ments-openapi-2
spec:
  type: openapi
  lifecycle: production
  owner: team-a
  definition:
    $text: ./v2/openapi.json
"
        );
        assert_eq!(judge("catalog-info.yaml", &fields.yaml), []);
    }

    #[test]
    fn a_bare_repository_makes_a_valid_library() {
        let bare = Facts {
            name: "x".to_owned(),
            organization: "acme".to_owned(),
            ..Facts::default()
        };
        let fields = Fields::of(&bare);
        assert_eq!((&*fields.kind, &*fields.owner), ("library", "acme"));
        assert_eq!(judge("catalog-info.yaml", &fields.yaml), []);
    }
}
