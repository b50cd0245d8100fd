//! Makes definitions by chance.

use serde_json::{Map, Value, json};

/// Makes values by chance, the same for the same seed, with words that occur once.
pub struct Maker {
    state: u64,
    words: usize,
}

impl Maker {
    pub fn new(seed: u64) -> Self {
        Self {
            state: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1,
            words: 0,
        }
    }

    pub fn below(&mut self, bound: u64) -> u64 {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        self.state % bound
    }

    pub fn chance(&mut self) -> bool {
        self.below(2) == 0
    }

    pub fn word(&mut self) -> String {
        self.words += 1;
        format!("w{}q", self.words)
    }

    pub fn number(&mut self) -> Value {
        self.words += 1;
        json!(70_000 + self.words)
    }

    /// A sentence, often in Markdown.
    pub fn said(&mut self) -> String {
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

    pub fn address(&mut self) -> String {
        format!("https://{}.example/{}", self.word(), self.word())
    }

    /// Any value.
    pub fn value(&mut self, depth: u64) -> Value {
        match self.below(if depth == 0 { 2 } else { 5 }) {
            0 => json!(self.word()),
            1 => self.number(),
            2 => json!([self.value(depth - 1), self.value(depth - 1)]),
            _ => json!({ self.word(): self.value(depth - 1), self.word(): self.value(depth - 1) }),
        }
    }

    /// Some of these pairs, and an extension now and then.
    pub fn some(&mut self, always: Value, pairs: Vec<(&str, Value)>) -> Value {
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

    pub fn named(&mut self, count: u64, make: impl Fn(&mut Self) -> Value) -> Value {
        let count = self.below(count) + 1;
        let mut map = Map::new();
        for _ in 0..count {
            let name = self.word();
            map.insert(name, make(self));
        }
        Value::Object(map)
    }

    pub fn documents(&mut self) -> Value {
        let said = self.said();
        let url = self.address();
        self.some(json!({ "url": url }), vec![("description", json!(said))])
    }

    /// A JSON Schema; `deep` is how much further it may nest.
    pub fn schema(&mut self, deep: u64) -> Value {
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

    pub fn example(&mut self) -> Value {
        let pairs = vec![
            ("summary", json!(self.word())),
            ("description", json!(self.said())),
            ("value", self.value(2)),
            ("externalValue", json!(self.address())),
        ];
        self.some(json!({}), pairs)
    }

    pub fn parameter(&mut self, place: &str) -> Value {
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

    pub fn header(&mut self) -> Value {
        let mut header = self.parameter("header");
        let map = header.as_object_mut().unwrap();
        map.remove("name");
        map.remove("in");
        header
    }

    pub fn media(&mut self) -> Value {
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

    pub fn content(&mut self) -> Value {
        json!({ format!("application/{}", self.word()): self.media(), format!("text/{}", self.word()): self.media() })
    }

    pub fn response(&mut self) -> Value {
        let said = self.said();
        let pairs = vec![
            ("headers", self.named(2, Self::header)),
            ("content", self.content()),
            ("links", self.named(2, Self::link)),
        ];
        self.some(json!({ "description": said }), pairs)
    }

    pub fn link(&mut self) -> Value {
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

    pub fn server(&mut self) -> Value {
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

    pub fn scheme(&mut self) -> Value {
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

    pub fn operation(&mut self, deep: u64) -> Value {
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

    pub fn path(&mut self) -> Value {
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

    pub fn info(&mut self) -> Value {
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

    pub fn openapi(&mut self, version: &str) -> Value {
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
}
