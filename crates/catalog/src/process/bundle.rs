//! `$openapi` and `$asyncapi`: one definition out of files that refer to each other by `$ref`.
//!
//! A reference to another file is replaced by its content where it first occurs; later references
//! to the same content point to that place. References within the root file stay.

use std::collections::HashMap;

use model::{Fault, LocationRef};
use serde_json::{Map, Value, json};

use super::placeholder::{Address, Resolver};

/// Most references to other files in one definition.
const MAX_REFERENCES: usize = 2_000;
/// Deepest nesting of a bundled definition.
const MAX_DEPTH: usize = 200;

/// Bundles a definition read from `address`.
pub(super) async fn bundle(
    resolver: &mut Resolver<'_>,
    key: &str,
    address: &Address,
    root: Value,
) -> Result<Value, Fault> {
    let mut bundler = Bundler {
        resolver,
        key,
        root: address.clone(),
        files: HashMap::new(),
        placed: HashMap::new(),
    };
    bundler.files.insert(address.refresh_key(), root.clone());
    bundler.walk(root, address.clone(), String::from("#"), 0).await
}

struct Bundler<'a, 'b> {
    resolver: &'a mut Resolver<'b>,
    key: &'a str,
    root: Address,
    files: HashMap<String, Value>,
    /// Where the content of an address and pointer stands in the result.
    placed: HashMap<String, String>,
}

impl Bundler<'_, '_> {
    async fn walk(
        &mut self,
        value: Value,
        file: Address,
        place: String,
        depth: usize,
    ) -> Result<Value, Fault> {
        if depth > MAX_DEPTH {
            return Err(Fault::error(format!(
                "Placeholder {} found definitions nested too deeply",
                self.key
            )));
        }
        match value {
            Value::Object(map) => {
                if let Some(Value::String(reference)) = map.get("$ref") {
                    let reference = reference.clone();
                    return self.reference(map, &reference, file, place, depth).await;
                }
                let mut result = Map::new();
                for (name, child) in map {
                    let inner = format!("{place}/{}", name.replace('~', "~0").replace('/', "~1"));
                    let child = Box::pin(self.walk(child, file.clone(), inner, depth + 1)).await?;
                    result.insert(name, child);
                }
                Ok(Value::Object(result))
            }
            Value::Array(items) => {
                let mut result = Vec::with_capacity(items.len());
                for (index, child) in items.into_iter().enumerate() {
                    let inner = format!("{place}/{index}");
                    result.push(Box::pin(self.walk(child, file.clone(), inner, depth + 1)).await?);
                }
                Ok(Value::Array(result))
            }
            other => Ok(other),
        }
    }

    async fn reference(
        &mut self,
        map: Map<String, Value>,
        reference: &str,
        file: Address,
        place: String,
        depth: usize,
    ) -> Result<Value, Fault> {
        let (target, pointer) = reference.split_once('#').unwrap_or((reference, ""));
        let address = if target.is_empty() {
            file.clone()
        } else {
            self.relative(&file, target)?
        };
        if address == self.root && file == self.root && target.is_empty() {
            return Ok(Value::Object(map));
        }
        if address == self.root {
            return Ok(json!({"$ref": format!("#{pointer}")}));
        }
        let identity = format!("{}#{pointer}", address.refresh_key());
        if let Some(place) = self.placed.get(&identity) {
            return Ok(json!({"$ref": place}));
        }
        if self.placed.len() >= MAX_REFERENCES {
            return Err(Fault::error(format!(
                "Placeholder {} found more than {MAX_REFERENCES} references",
                self.key
            )));
        }
        self.placed.insert(identity, place.clone());
        let document = self.document(&address, target).await?;
        let content = document.pointer(pointer).cloned().ok_or_else(|| {
            Fault::error(format!("Placeholder {} found no {pointer} in {target}", self.key))
        })?;
        Box::pin(self.walk(content, address, place, depth + 1)).await
    }

    fn relative(&self, file: &Address, target: &str) -> Result<Address, Fault> {
        let (kind, base) = match file {
            Address::Url(url) => ("url", url.clone()),
            Address::File(path) => ("file", path.display().to_string()),
        };
        if let Address::File(path) = file
            && url::Url::parse(target).is_err()
        {
            return self.resolver.local_file(path, target).map(Address::File);
        }
        let location = LocationRef::new(kind, base);
        let hosts = self.resolver.source.integrations();
        let url = hosts.resolve_url(&location.target, target)?;
        hosts.same_repository(&self.resolver.location.target, &url)?;
        Ok(Address::Url(url))
    }

    async fn document(&mut self, address: &Address, target: &str) -> Result<Value, Fault> {
        let name = address.refresh_key();
        if let Some(known) = self.files.get(&name) {
            return Ok(known.clone());
        }
        let text = self.resolver.fetch(self.key, target, address).await?;
        let value = yaml::parse_one(&text, self.resolver.limits).map_err(|error| {
            Fault::error(format!(
                "Placeholder {} found an error in the data at {target}, {error}",
                self.key
            ))
        })?;
        self.files.insert(name, value.clone());
        Ok(value)
    }
}
