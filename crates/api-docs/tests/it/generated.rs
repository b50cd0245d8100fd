//! Definitions made by chance, with all that their formats can say: nothing of them may be lost.

use api_docs::{Definition, Reading};
use serde_json::{Map, Value, json};

use crate::whole;

/// Makes values by chance, the same for the same seed, with words that occur once.
struct Maker {
    state: u64,
    words: usize,
}

impl Maker {
    fn new(seed: u64) -> Self {
        Self {
            state: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1,
            words: 0,
        }
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        self.state % bound
    }

    fn chance(&mut self) -> bool {
        self.below(2) == 0
    }

    fn word(&mut self) -> String {
        self.words += 1;
        format!("w{}q", self.words)
    }

    fn number(&mut self) -> Value {
        self.words += 1;
        json!(70_000 + self.words)
    }

    /// A sentence, often in Markdown.
    fn said(&mut self) -> String {
        match self.below(4) {
            0 => format!(
                "{} **{}** [{}](https://{}.example/)",
                self.word(),
                self.word(),
                self.word(),
                self.word()
            ),
            1 => format!(
                "# {}\n\n- {}\n- `{}`\n\n{}",
                self.word(),
                self.word(),
                self.word(),
                self.word()
            ),
            2 => format!(
                "| {} | {} |\n|---|---|\n| {} | {} |",
                self.word(),
                self.word(),
                self.word(),
                self.word()
            ),
            _ => format!("{} {}.", self.word(), self.word()),
        }
    }

    fn address(&mut self) -> String {
        format!("https://{}.example/{}", self.word(), self.word())
    }

    /// Any value.
    fn value(&mut self, depth: u64) -> Value {
        match self.below(if depth == 0 { 2 } else { 5 }) {
            0 => json!(self.word()),
            1 => self.number(),
            2 => json!([self.value(depth - 1), self.value(depth - 1)]),
            _ => json!({ self.word(): self.value(depth - 1), self.word(): self.value(depth - 1) }),
        }
    }

    /// Some of these pairs, and an extension now and then.
    fn some(&mut self, always: Value, pairs: Vec<(&str, Value)>) -> Value {
        let mut map: Map<String, Value> = always.as_object().cloned().unwrap_or_default();
        for (key, value) in pairs {
            if self.below(3) > 0 {
                map.insert(key.to_owned(), value);
            }
        }
        if self.below(3) == 0 {
            map.insert(format!("x-{}", self.word()), self.value(2));
        }
        Value::Object(map)
    }

    fn named(&mut self, count: u64, make: impl Fn(&mut Self) -> Value) -> Value {
        let count = self.below(count) + 1;
        let mut map = Map::new();
        for _ in 0..count {
            let name = self.word();
            map.insert(name, make(self));
        }
        Value::Object(map)
    }

    fn documents(&mut self) -> Value {
        let said = self.said();
        let url = self.address();
        self.some(json!({ "url": url }), vec![("description", json!(said))])
    }

    /// A JSON Schema; `deep` is how much further it may nest.
    fn schema(&mut self, deep: u64) -> Value {
        if self.below(6) == 0 {
            return json!({"$ref": "#/components/schemas/Shared"});
        }
        let mut pairs = vec![
            ("title", json!(self.word())),
            ("description", json!(self.said())),
            ("default", self.value(1)),
            ("example", self.value(2)),
            ("examples", json!([self.value(1), self.value(1)])),
            ("enum", json!([self.word(), self.number()])),
            ("const", self.value(0)),
            ("minimum", self.number()),
            ("exclusiveMaximum", self.number()),
            ("multipleOf", self.number()),
            ("maxLength", self.number()),
            ("pattern", json!(format!("^{}$", self.word()))),
            ("minItems", self.number()),
            ("maxProperties", self.number()),
            ("format", json!(self.word())),
            ("contentMediaType", json!(self.word())),
            ("externalDocs", self.documents()),
            ("xml", json!({"name": self.word(), "namespace": self.address()})),
            ("$comment", json!(self.word())),
            ("dependentRequired", json!({ self.word(): [self.word()] })),
        ];
        // A few at a time, else every schema says everything.
        while pairs.len() > 6 {
            let at = usize::try_from(self.below(pairs.len() as u64)).unwrap();
            pairs.swap_remove(at);
        }
        if deep > 0 {
            let inner = |maker: &mut Self| maker.schema(deep - 1);
            match self.below(7) {
                0 => pairs.push(("properties", self.named(4, inner))),
                1 => pairs.push(("items", self.schema(deep - 1))),
                2 => pairs.push(("allOf", json!([self.schema(deep - 1), self.schema(deep - 1)]))),
                3 => {
                    pairs.push(("oneOf", json!([self.schema(deep - 1), self.schema(deep - 1)])));
                    pairs.push((
                        "discriminator",
                        json!({"propertyName": self.word(), "mapping": {self.word(): "#/components/schemas/Shared"}}),
                    ));
                }
                4 => pairs.push(("anyOf", json!([self.schema(deep - 1), {"type": "string"}]))),
                5 => {
                    pairs.push(("additionalProperties", self.schema(deep - 1)));
                    pairs.push(("patternProperties", self.named(2, inner)));
                    pairs.push(("not", self.schema(deep - 1)));
                    pairs.push(("if", self.schema(deep - 1)));
                }
                _ => {
                    pairs.push(("prefixItems", json!([self.schema(deep - 1)])));
                    pairs.push(("$defs", self.named(2, inner)));
                    pairs.push(("propertyNames", self.schema(deep - 1)));
                }
            }
        }
        let kind = ["object", "array", "string", "integer"][usize::try_from(self.below(4)).unwrap()];
        let always = if self.chance() {
            json!({ "type": kind })
        } else {
            json!({})
        };
        self.some(always, pairs)
    }

    fn example(&mut self) -> Value {
        let pairs = vec![
            ("summary", json!(self.word())),
            ("description", json!(self.said())),
            ("value", self.value(2)),
            ("externalValue", json!(self.address())),
        ];
        self.some(json!({}), pairs)
    }

    fn parameter(&mut self, place: &str) -> Value {
        let always = json!({"name": self.word(), "in": place});
        let mut pairs = vec![
            ("description", json!(self.said())),
            ("style", json!(self.word())),
            ("example", self.value(1)),
            ("examples", self.named(2, Self::example)),
        ];
        if self.below(4) == 0 {
            pairs.push(("content", json!({ "application/json": self.media() })));
        } else {
            pairs.push(("schema", self.schema(2)));
        }
        self.some(always, pairs)
    }

    fn header(&mut self) -> Value {
        let mut header = self.parameter("header");
        let map = header.as_object_mut().unwrap();
        map.remove("name");
        map.remove("in");
        header
    }

    fn media(&mut self) -> Value {
        let pairs = vec![
            ("schema", self.schema(3)),
            ("example", self.value(2)),
            ("examples", self.named(2, Self::example)),
            (
                "encoding",
                json!({ self.word(): {"contentType": self.word(), "headers": {self.word(): self.header()}} }),
            ),
        ];
        self.some(json!({}), pairs)
    }

    fn content(&mut self) -> Value {
        json!({ format!("application/{}", self.word()): self.media(), format!("text/{}", self.word()): self.media() })
    }

    fn response(&mut self) -> Value {
        let said = self.said();
        let pairs = vec![
            ("headers", self.named(2, Self::header)),
            ("content", self.content()),
            ("links", self.named(2, Self::link)),
        ];
        self.some(json!({ "description": said }), pairs)
    }

    fn link(&mut self) -> Value {
        let pairs = vec![
            ("operationId", json!(self.word())),
            ("parameters", json!({ self.word(): self.value(0) })),
            ("requestBody", self.value(1)),
            ("description", json!(self.said())),
            (
                "server",
                json!({"url": self.address(), "description": self.word()}),
            ),
        ];
        self.some(json!({}), pairs)
    }

    fn server(&mut self) -> Value {
        let pairs = vec![
            ("description", json!(self.said())),
            (
                "variables",
                json!({ self.word(): {"default": self.word(), "enum": [self.word()], "description": self.said()} }),
            ),
        ];
        let url = self.address();
        self.some(json!({ "url": url }), pairs)
    }

    fn scheme(&mut self) -> Value {
        let flow = json!({
            "authorizationUrl": self.address(), "tokenUrl": self.address(), "refreshUrl": self.address(),
            "scopes": {self.word(): self.said()},
        });
        let pairs = vec![
            ("description", json!(self.said())),
            ("scheme", json!(self.word())),
            ("bearerFormat", json!(self.word())),
            ("in", json!("header")),
            ("name", json!(self.word())),
            ("openIdConnectUrl", json!(self.address())),
            ("flows", json!({ "authorizationCode": flow })),
        ];
        self.some(json!({"type": "oauth2"}), pairs)
    }

    fn operation(&mut self, deep: u64) -> Value {
        let mut pairs = vec![
            ("summary", json!(self.word())),
            ("description", json!(self.said())),
            ("operationId", json!(self.word())),
            ("tags", json!([self.word(), self.word()])),
            ("externalDocs", self.documents()),
            ("security", json!([{self.word(): [self.word()]}, {}])),
            ("servers", json!([self.server()])),
            (
                "parameters",
                json!([self.parameter("query"), self.parameter("path")]),
            ),
            (
                "requestBody",
                json!({"description": self.said(), "content": self.content()}),
            ),
            (
                "responses",
                json!({"200": self.response(), "default": self.response()}),
            ),
        ];
        if deep > 0 {
            let item = json!({ "post": self.operation(deep - 1) });
            pairs.push((
                "callbacks",
                json!({ self.word(): {"{$request.body#/url}": item} }),
            ));
        }
        self.some(json!({}), pairs)
    }

    fn path(&mut self) -> Value {
        let pairs = vec![
            ("summary", json!(self.word())),
            ("description", json!(self.said())),
            ("servers", json!([self.server()])),
            ("parameters", json!([self.parameter("header")])),
            ("get", self.operation(2)),
            ("patch", self.operation(0)),
        ];
        let always = json!({ "post": self.operation(1) });
        self.some(always, pairs)
    }

    fn info(&mut self) -> Value {
        let always = json!({"title": self.word(), "version": self.word()});
        let pairs = vec![
            ("summary", json!(self.word())),
            ("description", json!(self.said())),
            ("termsOfService", json!(self.address())),
            (
                "contact",
                json!({"name": self.word(), "url": self.address(), "email": "a@example.com"}),
            ),
            (
                "license",
                json!({"name": self.word(), "identifier": self.word(), "x-note": self.word()}),
            ),
        ];
        self.some(always, pairs)
    }

    fn openapi(&mut self, version: &str) -> Value {
        let tag = json!({"name": self.word(), "description": self.said(), "externalDocs": self.documents()});
        let components = json!({
            "schemas": {"Shared": self.schema(3), self.word(): self.schema(4)},
            "parameters": self.named(2, |maker| maker.parameter("query")),
            "responses": self.named(2, Self::response),
            "requestBodies": {self.word(): {"description": self.said(), "content": self.content()}},
            "headers": self.named(2, Self::header),
            "examples": self.named(2, Self::example),
            "links": self.named(2, Self::link),
            "securitySchemes": self.named(2, Self::scheme),
            "callbacks": {self.word(): {"{$url}": {"post": self.operation(0)}}},
            "pathItems": {self.word(): self.path()},
        });
        let always = json!({
            "openapi": version, "info": self.info(), "components": components,
            "paths": {format!("/{}", self.word()): self.path(), format!("/{}/{{id}}", self.word()): self.path()},
        });
        let pairs = vec![
            ("servers", json!([self.server(), self.server()])),
            ("security", json!([{self.word(): []}])),
            ("tags", json!([tag])),
            ("externalDocs", self.documents()),
            ("webhooks", json!({ self.word(): self.path() })),
            ("jsonSchemaDialect", json!(self.address())),
            (
                "x-tagGroups",
                json!([{"name": self.word(), "tags": [self.word()]}]),
            ),
        ];
        self.some(always, pairs)
    }

    fn bindings(&mut self) -> Value {
        json!({
            "kafka": {"groupId": self.schema(1), "partitions": self.number(), "x": {self.word(): self.word()}},
            self.word(): {self.word(): self.value(2)},
        })
    }

    fn async_tag(&mut self) -> Value {
        json!({"name": self.word(), "description": self.said(), "externalDocs": self.documents()})
    }

    fn message(&mut self, with_traits: bool) -> Value {
        let mut pairs = vec![
            ("name", json!(self.word())),
            ("title", json!(self.word())),
            ("summary", json!(self.word())),
            ("description", json!(self.said())),
            ("contentType", json!(self.word())),
            ("headers", self.schema(2)),
            (
                "correlationId",
                json!({"location": format!("$message.header#/{}", self.word()), "description": self.said()}),
            ),
            ("tags", json!([self.async_tag()])),
            ("externalDocs", self.documents()),
            ("bindings", self.bindings()),
            (
                "examples",
                json!([{"name": self.word(), "summary": self.word(), "payload": self.value(2), "headers": self.value(2)}]),
            ),
        ];
        if with_traits {
            pairs.push(("traits", json!([self.message(false)])));
            if self.below(3) == 0 {
                pairs.push(("schemaFormat", json!("application/vnd.apache.avro;version=1.9.0")));
                pairs.push(("payload", self.avro()));
            } else {
                pairs.push(("payload", self.schema(3)));
            }
        }
        self.some(json!({}), pairs)
    }

    fn avro(&mut self) -> Value {
        let inner = json!({"type": "record", "name": self.word(), "doc": self.said(), "fields": [
            {"name": self.word(), "type": {"type": "bytes", "logicalType": self.word(), "precision": self.number()}},
        ]});
        json!({
            "type": "record", "name": self.word(), "namespace": self.word(), "doc": self.said(),
            "aliases": [self.word()], self.word(): self.value(1),
            "fields": [
                {"name": self.word(), "doc": self.said(), "type": ["null", "string"], "order": self.word()},
                {"name": self.word(), "type": {"type": "enum", "name": self.word(), "symbols": [self.word()]}, "default": self.word()},
                {"name": self.word(), "type": {"type": "array", "items": inner}, self.word(): self.word()},
                {"name": self.word(), "type": {"type": "map", "values": {"type": "fixed", "name": self.word(), "size": self.number()}}},
            ],
        })
    }

    fn async_operation(&mut self, with_traits: bool) -> Vec<(&'static str, Value)> {
        let mut pairs = vec![
            ("summary", json!(self.word())),
            ("description", json!(self.said())),
            ("tags", json!([self.async_tag()])),
            ("externalDocs", self.documents()),
            ("bindings", self.bindings()),
        ];
        if with_traits {
            let pairs_of_trait = self.async_operation(false);
            let of_trait = self.some(json!({}), pairs_of_trait);
            pairs.push(("traits", json!([of_trait])));
        }
        pairs
    }

    fn async_server(&mut self, address: &str) -> Value {
        let always = json!({ address: self.word(), "protocol": self.word() });
        let pairs = vec![
            ("protocolVersion", json!(self.word())),
            ("description", json!(self.said())),
            (
                "variables",
                json!({ self.word(): {"default": self.word(), "enum": [self.word()], "examples": [self.word()]} }),
            ),
            ("tags", json!([self.async_tag()])),
            ("bindings", self.bindings()),
        ];
        self.some(always, pairs)
    }

    fn asyncapi_2(&mut self) -> Value {
        let pairs = self.async_operation(true);
        let always = json!({ "operationId": self.word() });
        let mut publish = self.some(always, pairs);
        publish["message"] = self.message(true);
        let pairs = self.async_operation(true);
        let mut subscribe = self.some(json!({}), pairs);
        subscribe["message"] =
            json!({"oneOf": [self.message(true), {"$ref": "#/components/messages/Shared"}]});
        let channel = json!({
            "description": self.said(), "publish": publish, "subscribe": subscribe, "bindings": self.bindings(),
            "parameters": {self.word(): {"description": self.said(), "schema": self.schema(1), "location": self.word()}},
            "servers": [self.word()],
        });
        let components = self.async_components();
        json!({
            "asyncapi": "2.6.0", "id": self.word(), "info": self.info(), "defaultContentType": self.word(),
            "servers": {self.word(): self.async_server("url")}, "channels": {self.word(): channel},
            "tags": [self.async_tag()], "externalDocs": self.documents(), "components": components,
        })
    }

    fn async_components(&mut self) -> Value {
        json!({
            "schemas": {"Shared": self.schema(3)},
            "messages": {"Shared": self.message(true)},
            "messageTraits": {self.word(): self.message(false)},
            "securitySchemes": self.named(2, Self::scheme),
            "correlationIds": {self.word(): {"location": self.word(), "description": self.said()}},
            "operationBindings": {self.word(): self.bindings()},
            "parameters": {self.word(): {"description": self.said(), "schema": self.schema(1)}},
            self.word(): self.value(2),
        })
    }

    fn asyncapi_3(&mut self) -> Value {
        let pairs = self.async_operation(true);
        let reply = json!({"address": {"location": self.word(), "description": self.said()},
            "channel": {"$ref": "#/channels/main"}, "messages": [{"$ref": "#/components/messages/Shared"}]});
        let always = json!({"action": "send", "channel": {"$ref": "#/channels/main"}, "reply": reply,
            "title": self.word(), "security": [self.scheme()], "messages": [{"$ref": "#/channels/main/messages/One"}]});
        let operation = self.some(always, pairs);
        let channel = json!({
            "address": self.word(), "title": self.word(), "summary": self.word(), "description": self.said(),
            "messages": {"One": self.message(true), self.word(): self.message(true)}, "bindings": self.bindings(),
            "parameters": {self.word(): {"enum": [self.word()], "default": self.word(), "description": self.said()}},
            "tags": [self.async_tag()],
        });
        let mut components = self.async_components();
        components["schemas"][self.word()] =
            json!({"schemaFormat": "application/vnd.apache.avro+json;version=1.9.0", "schema": self.avro()});
        json!({
            "asyncapi": "3.0.0", "info": self.info(), "servers": {self.word(): self.async_server("host")},
            "channels": {"main": channel}, "operations": {self.word(): operation}, "components": components,
        })
    }

    fn swagger(&mut self) -> Value {
        let parameter = json!({"name": self.word(), "in": "query", "type": "array", "items": {"type": "string", "pattern": self.word()},
            "collectionFormat": self.word(), "maxItems": self.number(), "description": self.said(), "x-note": self.word()});
        let body =
            json!({"name": self.word(), "in": "body", "description": self.said(), "schema": self.schema(2)});
        let response = json!({"description": self.said(), "schema": self.schema(2), "examples": {"application/json": self.value(2)},
            "headers": {self.word(): {"type": "integer", "description": self.said(), "maximum": self.number()}}});
        json!({
            "swagger": "2.0", "info": self.info(), "host": self.word(), "basePath": format!("/{}", self.word()),
            "schemes": ["https"], "consumes": [self.word()], "produces": [self.word()],
            "paths": {format!("/{}", self.word()): {"post": {
                "operationId": self.word(), "consumes": [self.word()], "parameters": [parameter, body],
                "responses": {"200": response},
            }}},
            "definitions": {self.word(): self.schema(3)},
            "parameters": {self.word(): {"name": self.word(), "in": "header", "type": "string", "format": self.word()}},
            "responses": {self.word(): {"description": self.said(), "schema": self.schema(1)}},
            "securityDefinitions": {self.word(): {"type": "apiKey", "in": "header", "name": self.word(), "description": self.said()}},
        })
    }

    fn resource(&mut self) -> Value {
        let schema = self.schema(6);
        json!({
            "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
            "metadata": {"name": self.word(), "annotations": {self.word(): self.word()}},
            "spec": {
                "group": self.word(), "scope": "Namespaced",
                "names": {"kind": self.word(), "plural": self.word(), "shortNames": [self.word()], "categories": [self.word()]},
                "conversion": {"strategy": self.word()},
                "versions": [{
                    "name": self.word(), "served": true, "storage": true, "deprecated": true, "deprecationWarning": self.said(),
                    "additionalPrinterColumns": [{"name": self.word(), "type": self.word(), "jsonPath": self.word(), "description": self.said()}],
                    "subresources": {"status": {}, "scale": {"specReplicasPath": self.word()}},
                    "selectableFields": [{"jsonPath": self.word()}],
                    "schema": {"openAPIV3Schema": schema},
                }],
            },
        })
    }
}

/// What of a definition is lost: a line for it, with the first of what that is.
fn lost(name: &str, declared: &str, value: &Value) -> Option<String> {
    let text = if name.len() % 2 == 0 {
        value.to_string()
    } else {
        yaml::to_string(value)
    };
    let definition = Definition::read(declared, &text);
    assert!(
        matches!(definition.reading, Reading::Outline(_)),
        "{name}: {:?}",
        definition.reading
    );
    let leaves = whole::leaves(value);
    assert!(leaves.len() > 10, "{name}");
    let missing = whole::missing(&definition, &leaves);
    let first: Vec<&String> = missing.iter().take(6).collect();
    (!missing.is_empty()).then(|| format!("{name}, {} lost: {first:#?}", missing.len()))
}

#[test]
fn every_leaf_of_a_definition_is_on_one_of_its_pages() {
    let mut all = Vec::new();
    for seed in 1..=8 {
        let mut maker = Maker::new(seed);
        let mut check = |name: &str, declared: &str, value: &Value| all.extend(lost(name, declared, value));
        check(
            &format!("openapi 3.1, {seed}"),
            "openapi",
            &maker.openapi("3.1.0"),
        );
        check(&format!("swagger, {seed}"), "openapi", &maker.swagger());
        check(&format!("asyncapi 2, {seed}"), "asyncapi", &maker.asyncapi_2());
        check(&format!("asyncapi 3, {seed}"), "asyncapi", &maker.asyncapi_3());
        check(&format!("resource, {seed}"), "crd", &maker.resource());
        check(&format!("avro, {seed}"), "avro", &maker.avro());
        let mut schema = maker.schema(5);
        schema["type"] = json!("object");
        schema["properties"] = maker.named(5, |maker| maker.schema(4));
        schema.as_object_mut().unwrap().remove("$ref");
        check(&format!("schema, {seed}"), "json-schema", &schema);
    }
    assert!(all.is_empty(), "{}", all.join("\n"));
}
