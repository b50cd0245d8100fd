//! `$openapi` and `$asyncapi`: one definition out of files that refer to each other by `$ref`.
//!
//! A reference to another file is replaced by its content where it first occurs; later references
//! to the same content point to that place. References within the root file stay.

use std::collections::HashMap;
use std::sync::Arc;

use model::{Fault, LocationRef};
use serde_json::{Map, Value, json};

use super::placeholder::{Address, Resolver};

/// Most references to other files in one definition.
const MAX_REFERENCES: usize = 2_000;
/// Deepest nesting of a bundled definition.
const MAX_DEPTH: usize = 200;
/// Most bytes of a bundled definition. Content that is nested in itself multiplies.
const MAX_BYTES: usize = 16 << 20;
/// What a value costs beside its text.
const VALUE_BYTES: usize = 8;

/// Bundles a definition read from `address`.
pub(super) async fn bundle(
    resolver: &mut Resolver<'_>,
    key: &str,
    address: &Address,
    root: Value,
) -> Result<Value, Fault> {
    let root = Arc::new(root);
    let mut bundler = Bundler {
        resolver,
        key,
        root: address.clone(),
        files: HashMap::new(),
        placed: HashMap::new(),
        place: vec![String::from("#")],
        depth: 0,
        bytes: 0,
    };
    bundler.files.insert(address.refresh_key(), root.clone());
    bundler.walk(&root, address).await
}

struct Bundler<'a, 'b> {
    resolver: &'a mut Resolver<'b>,
    key: &'a str,
    root: Address,
    files: HashMap<String, Arc<Value>>,
    /// Where the content of an address and pointer stands in the result.
    placed: HashMap<String, String>,
    /// The way to the value at hand.
    place: Vec<String>,
    /// Values and references on the way.
    depth: usize,
    /// Bytes of the result so far.
    bytes: usize,
}

impl Bundler<'_, '_> {
    async fn walk(&mut self, value: &Value, file: &Address) -> Result<Value, Fault> {
        if self.depth > MAX_DEPTH {
            return Err(Fault::error(format!(
                "Placeholder {} found definitions nested too deeply",
                self.key
            )));
        }
        self.count(value)?;
        match value {
            Value::Object(map) => {
                if let Some(Value::String(reference)) = map.get("$ref") {
                    self.depth += 1;
                    let content = self.reference(map, reference, file).await;
                    self.depth -= 1;
                    return content;
                }
                let mut result = Map::new();
                for (name, child) in map {
                    self.bytes += name.len();
                    let inner = name.replace('~', "~0").replace('/', "~1");
                    let child = self.walk_into(inner, child, file).await?;
                    result.insert(name.clone(), child);
                }
                Ok(Value::Object(result))
            }
            Value::Array(items) => {
                let mut result = Vec::with_capacity(items.len());
                for (index, child) in items.iter().enumerate() {
                    result.push(self.walk_into(index.to_string(), child, file).await?);
                }
                Ok(Value::Array(result))
            }
            other => Ok(other.clone()),
        }
    }

    async fn walk_into(&mut self, inner: String, child: &Value, file: &Address) -> Result<Value, Fault> {
        self.place.push(inner);
        self.depth += 1;
        let child = Box::pin(self.walk(child, file)).await;
        self.depth -= 1;
        self.place.pop();
        child
    }

    fn count(&mut self, value: &Value) -> Result<(), Fault> {
        self.bytes += VALUE_BYTES + value.as_str().map_or(0, str::len);
        if self.bytes <= MAX_BYTES {
            return Ok(());
        }
        Err(Fault::error(format!(
            "Placeholder {} found a definition of more than {} MiB when its references are resolved",
            self.key,
            MAX_BYTES >> 20
        )))
    }

    async fn reference(
        &mut self,
        map: &Map<String, Value>,
        reference: &str,
        file: &Address,
    ) -> Result<Value, Fault> {
        let (target, pointer) = reference.split_once('#').unwrap_or((reference, ""));
        let address = if target.is_empty() {
            file.clone()
        } else {
            self.relative(file, target)?
        };
        if address == self.root && *file == self.root && target.is_empty() {
            return Ok(Value::Object(map.clone()));
        }
        if address == self.root {
            return Ok(json!({"$ref": format!("#{pointer}")}));
        }
        let identity = format!("{}#{pointer}", address.refresh_key());
        if let Some(place) = self.placed.get(&identity) {
            self.bytes += place.len();
            return Ok(json!({"$ref": place}));
        }
        if self.placed.len() >= MAX_REFERENCES {
            return Err(Fault::error(format!(
                "Placeholder {} found more than {MAX_REFERENCES} references",
                self.key
            )));
        }
        let place = self.place.join("/");
        self.bytes += identity.len() + place.len();
        self.placed.insert(identity, place);
        let document = self.document(&address, target).await?;
        let content = document.pointer(pointer).ok_or_else(|| {
            Fault::error(format!("Placeholder {} found no {pointer} in {target}", self.key))
        })?;
        Box::pin(self.walk(content, &address)).await
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

    async fn document(&mut self, address: &Address, target: &str) -> Result<Arc<Value>, Fault> {
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
        let value = Arc::new(value);
        self.files.insert(name, value.clone());
        Ok(value)
    }
}
