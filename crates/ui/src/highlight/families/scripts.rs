//! Scripting languages.

use std::sync::LazyLock;

use super::super::painter::Class::{Function, Number, Type, Word};
use super::super::syntax::{Hole, Quote, Syntax, Words};
use super::{BRACKET, DOUBLE, HASH_BRACKET, SINGLE, TRIPLE};

const PYTHON_WORDS: &str = "and as assert async await break case class continue def del elif else except finally for from global if \
     import in is lambda match nonlocal not or pass raise return self try while with yield load";
const PYTHON_TYPES: &str = "bool bytes dict float frozenset int list object set str tuple type";
const PYTHON_QUOTES: &[Quote] = &[
    TRIPLE.with(BRACKET),
    Quote::of("'''").lines().with(BRACKET),
    DOUBLE.with(BRACKET),
    SINGLE.with(BRACKET),
];

/// Also for Starlark, of which Bazel's files are written.
pub static PYTHON: LazyLock<Syntax> = LazyLock::new(|| {
    Syntax {
        line_comments: &["#"],
        quotes: PYTHON_QUOTES.to_vec(),
        prefixes: &["r", "b", "f", "t", "u", "br", "rb", "fr", "rf", "rt", "tr"],
        hole_prefixes: &["f", "fr", "rf", "t", "rt", "tr"],
        marks: &['@'],
        words: Words::of(&[
            (Word, PYTHON_WORDS),
            (Number, "True False None"),
            (Type, PYTHON_TYPES),
        ]),
        has_types: true,
        has_calls: true,
        ..Syntax::default()
    }
    .ready()
});

pub static RUBY: LazyLock<Syntax> = LazyLock::new(|| {
    let words = "BEGIN END alias and begin break case class def defined? do else elsif end ensure extend for if in include module next \
         not or private protected public raise redo require require_relative rescue retry return self super then undef unless \
         until when while yield attr_accessor attr_reader attr_writer";
    Syntax {
        line_comments: &["#"],
        quotes: vec![
            DOUBLE.lines().with(HASH_BRACKET),
            SINGLE.lines(),
            Quote::of("`").with(HASH_BRACKET),
        ],
        heredocs: &["<<~", "<<-"],
        variables: &[Hole::Name("@@"), Hole::Name("@"), Hole::Name("$")],
        has_symbols: true,
        has_patterns: true,
        key_sign: Some(':'),
        inner: "?",
        words: Words::of(&[(Word, words), (Number, "true false nil")]),
        has_types: true,
        has_calls: true,
        ..Syntax::default()
    }
    .ready()
});

const PERL_VARIABLES: &[Hole] = &[
    Hole::Bracket("${"),
    Hole::Bracket("@{"),
    Hole::Name("$"),
    Hole::Name("@"),
    Hole::Name("%"),
    Hole::Exact("$_"),
    Hole::Exact("$@"),
    Hole::Exact("$!"),
    Hole::Exact("@_"),
];

pub static PERL: LazyLock<Syntax> = LazyLock::new(|| {
    let words = "and cmp continue do else elsif eq for foreach ge given gt if last le local lt my ne next no not or our package redo \
         require return say state sub unless until use when while xor";
    let functions = "chomp close defined delete die each eof exists grep join keys length map open pop print printf push ref reverse scalar \
         shift sort splice split sprintf substr undef unshift values warn";
    Syntax {
        line_comments: &["#"],
        has_spaced_comments: true,
        quotes: vec![
            DOUBLE.lines().with(PERL_VARIABLES),
            SINGLE.lines(),
            Quote::of("`"),
        ],
        heredocs: &["<<~", "<<"],
        variables: PERL_VARIABLES,
        has_patterns: true,
        words: Words::of(&[(Word, words), (Function, functions)]),
        has_calls: true,
        ..Syntax::default()
    }
    .ready()
});

pub static LUA: LazyLock<Syntax> = LazyLock::new(|| {
    let words = "and break do else elseif end for function goto if in local not or repeat return then until while self";
    Syntax {
        line_comments: &["--"],
        block_comments: &[("--[[", "]]"), ("--[=[", "]=]")],
        quotes: vec![
            DOUBLE,
            SINGLE,
            Quote::raw("[[", "]]").lines(),
            Quote::raw("[=[", "]=]").lines(),
        ],
        words: Words::of(&[(Word, words), (Number, "true false nil")]),
        has_calls: true,
        ..Syntax::default()
    }
    .ready()
});

pub static R: LazyLock<Syntax> = LazyLock::new(|| {
    Syntax {
        line_comments: &["#"],
        quotes: vec![Quote::raw("r\"(", ")\"").lines(), DOUBLE.lines(), SINGLE.lines()],
        inner: ".",
        words: Words::of(&[
            (Word, "break else for function if in next repeat return while"),
            (
                Number,
                "TRUE FALSE NULL NA NA_character_ NA_integer_ NA_real_ NaN Inf",
            ),
        ]),
        has_calls: true,
        ..Syntax::default()
    }
    .ready()
});

pub static JULIA: LazyLock<Syntax> = LazyLock::new(|| {
    let words = "abstract baremodule begin break catch const continue do else elseif end export finally for function global if import in \
         isa let local macro module mutable primitive quote return struct try type using where while";
    let holes = &[Hole::Bracket("$("), Hole::Name("$")];
    Syntax {
        line_comments: &["#"],
        block_comments: &[("#=", "=#")],
        has_nested_comments: true,
        quotes: vec![TRIPLE.with(holes), DOUBLE.with(holes), Quote::character()],
        prefixes: &["r", "raw", "b"],
        marks: &['@'],
        has_symbols: true,
        words: Words::of(&[(Word, words), (Number, "true false nothing missing")]),
        has_types: true,
        has_calls: true,
        ..Syntax::default()
    }
    .ready()
});
