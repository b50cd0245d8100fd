//! GraphQL schema language: root fields are the operations, everything else is a type.

mod parts;

use std::collections::HashSet;

use apollo_parser::{Parser, cst};
use cst::Definition;
use ui::Language;

use super::broken::{Broken, place_of};
use super::{add, curl, first_line};
use crate::block::{Block, Fact, Field, Span};
use crate::outline::{Body, Entry, Group, Outline, Sort};
use parts::{Declared, arguments, directives, kind, said, source};

/// Recursion and tokens the parser may spend.
const MAX_RECURSION: usize = 200;
const MAX_TOKENS: usize = 2_000_000;
/// Errors told of one definition.
const MAX_PROBLEMS: usize = 5;

pub(super) fn read(text: &str) -> Result<Outline, Broken> {
    let tree = Parser::new(text)
        .recursion_limit(MAX_RECURSION)
        .token_limit(MAX_TOKENS)
        .parse();
    let problem = |error: &apollo_parser::Error| {
        let (line, column) = place_of(text, error.index());
        format!("Line {line}, column {column}: {}", error.message())
    };
    let document = tree.document();
    let mut schema = Schema {
        roots: roots(&document),
        leaves: leaves(&document),
        outline: Outline {
            dialect: "GraphQL".to_owned(),
            problems: tree.errors().take(MAX_PROBLEMS).map(problem).collect(),
            ..Outline::default()
        },
    };
    for definition in document.definitions() {
        schema.add(&definition);
    }
    schema.outline.groups.sort_by_key(|group| match group.sort {
        Sort::Operation => 0,
        Sort::Type => 1,
        Sort::Part(_) => 2,
    });
    let is_empty = schema.outline.groups.is_empty() && schema.outline.about.is_empty();
    match tree.errors().next() {
        Some(error) if is_empty => Err(Broken::new(error.message()).at_byte(text, error.index())),
        _ => Ok(schema.outline),
    }
}

/// Names of the root types, as a `schema` block says or by convention, with the verb of each.
fn roots(document: &cst::Document) -> Vec<(String, &'static str)> {
    let mut roots = vec![
        ("Query".into(), "QUERY"),
        ("Mutation".into(), "MUTATION"),
        ("Subscription".into(), "SUBSCRIPTION"),
    ];
    for definition in document.definitions() {
        let declared: Vec<cst::RootOperationTypeDefinition> = match definition {
            Definition::SchemaDefinition(schema) => schema.root_operation_type_definitions().collect(),
            Definition::SchemaExtension(schema) => schema.root_operation_type_definitions().collect(),
            _ => continue,
        };
        for root in declared {
            let (Some(operation), Some(named)) = (root.operation_type(), root.named_type()) else {
                continue;
            };
            let position = match source(&operation).as_str() {
                "mutation" => 1,
                "subscription" => 2,
                _ => 0,
            };
            roots[position].0 = source(&named);
        }
    }
    roots
}

/// Names of types without fields.
fn leaves(document: &cst::Document) -> HashSet<String> {
    let own = document.definitions().filter_map(|definition| match definition {
        Definition::ScalarTypeDefinition(kind) => kind.name(),
        Definition::EnumTypeDefinition(kind) => kind.name(),
        _ => None,
    });
    let own = own.map(|name| source(&name));
    let built_in = ["String", "Int", "Float", "Boolean", "ID"].map(str::to_owned);
    own.chain(built_in).collect()
}

/// A schema on its way into an outline.
struct Schema {
    outline: Outline,
    roots: Vec<(String, &'static str)>,
    leaves: HashSet<String>,
}

impl Schema {
    fn add(&mut self, definition: &Definition) {
        match definition {
            Definition::SchemaDefinition(schema) => {
                let roots = schema.root_operation_type_definitions();
                self.about("Schema", said(schema.description()), roots, schema.directives());
            }
            Definition::SchemaExtension(schema) => {
                let roots = schema.root_operation_type_definitions();
                self.about("Schema, extended", String::new(), roots, schema.directives());
            }
            Definition::DirectiveDefinition(directive) => self.directive(directive),
            Definition::OperationDefinition(_) | Definition::FragmentDefinition(_) => {
                self.outline.about.push(Block::Code {
                    title: "Operation".to_owned(),
                    language: Language::GraphQl,
                    text: source(definition),
                });
            }
            other => {
                if let Some(declared) = Declared::of(other) {
                    self.declare(declared, other);
                }
            }
        }
    }

    fn about(
        &mut self,
        title: &str,
        description: String,
        roots: cst::CstChildren<cst::RootOperationTypeDefinition>,
        applied: Option<cst::Directives>,
    ) {
        let mut facts: Vec<Fact> = roots
            .map(|root| Fact::new(title, Span::code(source(&root))))
            .collect();
        facts.extend(directives(applied).0);
        if !description.is_empty() {
            self.outline.about.push(Block::Prose(description));
        }
        if !facts.is_empty() {
            self.outline.about.push(Block::Facts(facts));
        }
    }

    fn directive(&mut self, directive: &cst::DirectiveDefinition) {
        let name = directive.name().as_ref().map(source).unwrap_or_default();
        let description = said(directive.description());
        let places = directive
            .directive_locations()
            .as_ref()
            .map(source)
            .unwrap_or_default();
        let mut facts = vec![Fact::new("On", Span::code(places))];
        if directive.repeatable_token().is_some() {
            facts.push(Fact::new("Repeatable", Span::plain("yes")));
        }
        let fields = arguments(directive.arguments_definition(), 0);
        let entry = entry("directive", format!("@{name}"), description, facts, fields);
        add(&mut self.outline, "Directives", Sort::Part("directive"), entry);
    }

    fn declare(&mut self, declared: Declared, definition: &Definition) {
        let root = self.roots.iter().find(|(root, _)| *root == declared.name);
        let fields = match definition {
            Definition::ObjectTypeDefinition(object) => object.fields_definition(),
            Definition::ObjectTypeExtension(object) => object.fields_definition(),
            _ => None,
        };
        match root.map(|(_, verb)| *verb) {
            Some(verb) if declared.is_object => self.root(verb, declared, fields),
            _ => {
                let target = format!("type:{}", declared.name);
                let mut entry = entry(
                    declared.verb,
                    declared.name,
                    declared.description,
                    declared.facts,
                    declared.fields,
                );
                entry.deprecated = declared.deprecated;
                if !declared.verb.starts_with("extend") {
                    entry.target = target;
                }
                add(&mut self.outline, "Types", Sort::Type, entry);
            }
        }
    }

    /// The fields of a root type are operations.
    fn root(&mut self, verb: &'static str, declared: Declared, fields: Option<cst::FieldsDefinition>) {
        let fields = fields.into_iter().flat_map(|list| list.field_definitions());
        let operations: Vec<Entry> = fields.map(|field| self.operation(verb, &field)).collect();
        let mut about = Vec::new();
        if !declared.description.is_empty() {
            about.push(Block::Prose(declared.description));
        }
        if !declared.facts.is_empty() {
            about.push(Block::Facts(declared.facts));
        }
        let mut groups = self.outline.groups.iter_mut();
        let known = groups.find(|group| group.sort == Sort::Operation && group.name == declared.name);
        if let Some(group) = known {
            group.entries.extend(operations);
            group.about.extend(about);
            return;
        }
        self.outline.groups.push(Group {
            name: declared.name,
            about,
            entries: operations,
            ..Group::default()
        });
    }

    fn operation(&self, verb: &'static str, field: &cst::FieldDefinition) -> Entry {
        let listed = field.arguments_definition();
        let listed = listed.into_iter().flat_map(|list| list.input_value_definitions());
        let written: Vec<(String, String)> = listed
            .map(|argument| {
                let name = argument.name().as_ref().map(source).unwrap_or_default();
                (name, argument.ty().as_ref().map(source).unwrap_or_default())
            })
            .collect();
        let name = field.name().as_ref().map(source).unwrap_or_default();
        let answer = field.ty().as_ref().map(source).unwrap_or_default();
        let all: Vec<String> = written
            .iter()
            .map(|(name, kind)| format!("{name}: {kind}"))
            .collect();
        let all = if all.is_empty() {
            String::new()
        } else {
            format!("({})", all.join(", "))
        };
        let (mut facts, deprecated) = directives(field.directives());
        facts.insert(
            0,
            Fact {
                label: "Answer".to_owned(),
                value: kind(field.ty()),
            },
        );
        let fields = arguments(field.arguments_definition(), 0);
        let mut entry = entry(
            verb,
            format!("{name}{all}: {answer}"),
            said(field.description()),
            facts,
            fields,
        );
        entry.deprecated = deprecated;
        entry.name.clone_from(&name);
        if verb != "SUBSCRIPTION"
            && let Body::Ready(blocks) = &mut entry.body
        {
            let has_fields = !self.leaves.contains(answer.trim_matches(['[', ']', '!']));
            blocks.push(Block::Code {
                title: "Request with curl".to_owned(),
                language: Language::Shell,
                text: curl::of_graphql(verb, &name, &written, has_fields),
            });
        }
        entry
    }
}

fn entry(verb: &str, signature: String, description: String, facts: Vec<Fact>, fields: Vec<Field>) -> Entry {
    let mut blocks = Vec::new();
    if !description.is_empty() {
        blocks.push(Block::Prose(description.clone()));
    }
    if !facts.is_empty() {
        blocks.push(Block::Facts(facts));
    }
    if !fields.is_empty() {
        blocks.push(Block::Fields(fields));
    }
    Entry {
        verb: verb.to_owned(),
        signature,
        summary: first_line(&description),
        description,
        body: Body::Ready(blocks),
        ..Entry::default()
    }
}
