//! Protocol buffers: services, messages and enums of one file. Imports are not followed.

mod comments;
mod edition;
mod names;
mod options;
mod types;

use prost_types::{FileDescriptorProto, MethodDescriptorProto, ServiceDescriptorProto};
use ui::Language;

use super::broken::Broken;
use super::{curl, first_line};
use crate::block::{Block, Fact, Span};
use crate::outline::{Body, Entry, Group, Outline, Sort};
use comments::Comments;
use names::Names;
use options::is_deprecated;

/// Numbers of fields in descriptor.proto, of which the paths of comments are made.
const PACKAGE: i32 = 2;
const SERVICE: i32 = 6;
const METHOD: i32 = 2;
const SYNTAX: i32 = 12;

/// Reads one file; its imports stay names.
pub(super) fn read(text: &str) -> Result<Outline, Broken> {
    let (written, edition) = edition::as_syntax(text);
    let file = protox_parse::parse("definition.proto", &written).map_err(|error| {
        let broken = Broken::new(error.to_string());
        match error.span() {
            Some(span) => broken.at_byte(&written, span.start),
            None => broken,
        }
    })?;
    let reader = Reader {
        comments: Comments::of(&file),
        names: Names::of(&file),
        file: &file,
    };
    let mut outline = Outline {
        title: file.package().to_owned(),
        dialect: match &edition {
            Some(edition) => format!("Protocol buffers, edition {edition}"),
            None => format!("Protocol buffers, {}", file.syntax.as_deref().unwrap_or("proto2")),
        },
        about: reader.about(),
        ..Outline::default()
    };
    for (number, service) in (0..).zip(&file.service) {
        outline.groups.push(reader.service(service, number));
    }
    let entries = reader.types();
    if !entries.is_empty() {
        outline.groups.push(Group {
            name: "Types".to_owned(),
            sort: Sort::Type,
            entries,
            ..Group::default()
        });
    }
    Ok(outline)
}

/// A file that is read.
struct Reader<'a> {
    file: &'a FileDescriptorProto,
    comments: Comments,
    names: Names,
}

impl Reader<'_> {
    /// What is said of the file as a whole.
    fn about(&self) -> Vec<Block> {
        let said = [&[SYNTAX][..], &[PACKAGE]].map(|path| self.comments.at(path));
        let said = said.into_iter().filter(|text| !text.is_empty());
        let mut shown: Vec<Block> = said.map(Block::Prose).collect();
        let mut facts = Vec::new();
        for (number, import) in (0..).zip(&self.file.dependency) {
            let label = if self.file.public_dependency.contains(&number) {
                "Imports, public"
            } else {
                "Imports"
            };
            facts.push(Fact::new(label, Span::code(import)));
        }
        if let Some(set) = &self.file.options {
            facts.extend(options::facts(&set.uninterpreted_option));
        }
        if !facts.is_empty() {
            shown.push(Block::Facts(facts));
        }
        shown
    }

    fn service(&self, service: &ServiceDescriptorProto, number: i32) -> Group {
        let mut about = Vec::new();
        let said = self.comments.at(&[SERVICE, number]);
        if !said.is_empty() {
            about.push(Block::Prose(said));
        }
        if let Some(set) = &service.options {
            about.push(Block::Facts(options::facts(&set.uninterpreted_option)));
        }
        let methods = (0..).zip(&service.method);
        Group {
            name: service.name().to_owned(),
            about,
            entries: methods
                .map(|(at, method)| self.method(service, method, &[SERVICE, number, METHOD, at]))
                .collect(),
            ..Group::default()
        }
    }

    fn method(
        &self,
        service: &ServiceDescriptorProto,
        method: &MethodDescriptorProto,
        path: &[i32],
    ) -> Entry {
        let stream = |is: bool| if is { "stream " } else { "" };
        let (input, output) = (
            names::short(method.input_type()),
            names::short(method.output_type()),
        );
        let description = self.comments.at(path);
        let options = method.options.as_ref().map(|set| &set.uninterpreted_option[..]);
        let options = options.unwrap_or_default();
        let mut blocks = Vec::new();
        if !description.is_empty() {
            blocks.push(Block::Prose(description.clone()));
        }
        let streamed = |is: bool, name: &str| {
            let mut value = vec![Span::plain(stream(is))];
            value.push(self.names.link(name, ""));
            value
        };
        let mut facts = vec![
            Fact {
                label: "Request".to_owned(),
                value: streamed(method.client_streaming(), method.input_type()),
            },
            Fact {
                label: "Answer".to_owned(),
                value: streamed(method.server_streaming(), method.output_type()),
            },
        ];
        facts.extend(options::facts(options));
        blocks.push(Block::Facts(facts));
        for (title, name) in [("Request", method.input_type()), ("Answer", method.output_type())] {
            let fields = self.fields_of(name);
            if !fields.is_empty() {
                blocks.push(Block::Part(crate::block::Part {
                    heading: vec![Span::plain(format!("{title} · ")), self.names.link(name, "")],
                    folded: false,
                    blocks: vec![Block::Fields(fields)],
                }));
            }
        }
        let package = self.file.package();
        let dot = if package.is_empty() { "" } else { "." };
        let whole = format!("{package}{dot}{}", service.name());
        blocks.push(Block::Code {
            title: "Request with grpcurl".to_owned(),
            language: Language::Shell,
            text: curl::of_grpc(&whole, method.name(), &self.sample(method.input_type())),
        });
        Entry {
            verb: "RPC".to_owned(),
            name: method.name().to_owned(),
            signature: format!(
                "{}({}{input}) → {}{output}",
                method.name(),
                stream(method.client_streaming()),
                stream(method.server_streaming()),
            ),
            summary: first_line(&description),
            description,
            deprecated: is_deprecated(options),
            body: Body::Ready(blocks),
            ..Entry::default()
        }
    }
}
