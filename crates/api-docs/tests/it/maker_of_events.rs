//! Makes definitions of messages, resources and Avro schemas by chance.

use serde_json::{Value, json};

use crate::maker::Maker;

impl Maker {
    pub fn bindings(&mut self) -> Value {
        json!({
            "kafka": {"groupId": self.schema(1), "partitions": self.number(), "x": {self.word(): self.word()}},
            self.word(): {self.word(): self.value(2)},
        })
    }

    pub fn async_tag(&mut self) -> Value {
        json!({"name": self.word(), "description": self.said(), "externalDocs": self.documents()})
    }

    pub fn message(&mut self, with_traits: bool) -> Value {
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

    pub fn avro(&mut self) -> Value {
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

    pub fn async_operation(&mut self, with_traits: bool) -> Vec<(&'static str, Value)> {
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

    pub fn async_server(&mut self, address: &str) -> Value {
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

    pub fn asyncapi_2(&mut self) -> Value {
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

    pub fn async_components(&mut self) -> Value {
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

    pub fn asyncapi_3(&mut self) -> Value {
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

    pub fn swagger(&mut self) -> Value {
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

    pub fn resource(&mut self) -> Value {
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
