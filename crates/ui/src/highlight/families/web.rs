//! Languages of pages and of what serves them.

use std::sync::LazyLock;

use super::super::painter::Class::{Number, Type, Word};
use super::super::syntax::{Hole, Quote, Syntax, Words};
use super::{C_BLOCK, DOLLAR_BRACKET, DOUBLE, SINGLE, TRIPLE};

const JS_WORDS: &str = "as async await break case catch class const continue debugger default delete do else export extends finally \
     for from function get if import in instanceof let new of return set static super switch this throw try typeof var void \
     while with yield";
const TS_WORDS: &str = "abstract accessor asserts declare enum implements infer interface is keyof module namespace override private \
     protected public readonly require satisfies type unique";
const TS_TYPES: &str = "any bigint boolean never number object string symbol unknown";
const VALUES: &str = "true false null undefined NaN Infinity";

pub static JAVASCRIPT: LazyLock<Syntax> = LazyLock::new(|| {
    Syntax {
        words: Words::of(&[(Word, JS_WORDS), (Number, VALUES)]),
        ..like_javascript()
    }
    .ready()
});

pub static TYPESCRIPT: LazyLock<Syntax> = LazyLock::new(|| {
    Syntax {
        words: Words::of(&[
            (Word, JS_WORDS),
            (Word, TS_WORDS),
            (Number, VALUES),
            (Type, TS_TYPES),
        ]),
        ..like_javascript()
    }
    .ready()
});

/// What these have in common.
fn like_javascript() -> Syntax {
    Syntax {
        line_comments: &["//"],
        block_comments: C_BLOCK,
        quotes: vec![DOUBLE, SINGLE, Quote::of("`").lines().with(DOLLAR_BRACKET)],
        marks: &['@'],
        has_patterns: true,
        has_tags: true,
        inner: "$",
        has_types: true,
        has_calls: true,
        ..Syntax::default()
    }
}

const PHP_HOLES: &[Hole] = &[Hole::Bracket("{$"), Hole::Bracket("${"), Hole::Name("$")];

pub static PHP: LazyLock<Syntax> = LazyLock::new(|| {
    let words = "abstract and array as break callable case catch class clone const continue declare default do echo else elseif empty \
         enddeclare endfor endforeach endif endswitch endwhile enum exit extends final finally fn for foreach function global \
         goto if implements include include_once instanceof insteadof interface isset list match namespace new or parent php \
         print private protected public readonly require require_once return self static switch this throw trait try unset use \
         var while xor yield";
    Syntax {
        line_comments: &["//", "#"],
        block_comments: C_BLOCK,
        attributes: &["#["],
        quotes: vec![DOUBLE.lines().with(PHP_HOLES), SINGLE.lines()],
        heredocs: &["<<<"],
        variables: &[Hole::Name("$")],
        words: Words::of(&[
            (Word, words),
            (Number, "true false null"),
            (Type, "bool float int iterable mixed never object string void"),
        ])
        .in_any_case(),
        has_types: true,
        has_calls: true,
        ..Syntax::default()
    }
    .ready()
});

pub static GRAPHQL: LazyLock<Syntax> = LazyLock::new(|| {
    let words = "directive enum extend fragment implements input interface mutation on query repeatable scalar schema subscription \
         type union true false null";
    Syntax {
        line_comments: &["#"],
        quotes: vec![TRIPLE, DOUBLE],
        variables: &[Hole::Name("$")],
        marks: &['@'],
        words: Words::of(&[(Word, words), (Type, "ID")]),
        has_types: true,
        has_calls: true,
        ..Syntax::default()
    }
    .ready()
});

pub static PROTO: LazyLock<Syntax> = LazyLock::new(|| {
    let words = "edition enum export extend extensions group import local map max message oneof option optional package public \
         repeated required reserved returns rpc service stream syntax to weak";
    let types = "bool bytes double fixed32 fixed64 float int32 int64 sfixed32 sfixed64 sint32 sint64 string uint32 uint64";
    Syntax {
        line_comments: &["//"],
        block_comments: C_BLOCK,
        quotes: vec![DOUBLE, SINGLE],
        words: Words::of(&[(Word, words), (Number, "true false"), (Type, types)]),
        has_types: true,
        ..Syntax::default()
    }
    .ready()
});
