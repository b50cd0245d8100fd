//! Languages of data, of infrastructure, of rules and of queries.

use std::sync::LazyLock;

use super::super::painter::Class::{Function, Number, Type, Word};
use super::super::syntax::{Hole, Quote, Syntax, Words};
use super::{C_BLOCK, DOUBLE, SINGLE, TRIPLE};

/// JSON, also with comments and the additions of JSON5.
pub static JSON: LazyLock<Syntax> = LazyLock::new(|| {
    Syntax {
        line_comments: &["//"],
        block_comments: C_BLOCK,
        quotes: vec![DOUBLE, SINGLE],
        key_sign: Some(':'),
        inner: "-$",
        words: Words::of(&[(Word, "true false null")]),
        ..Syntax::default()
    }
    .ready()
});

pub static TOML: LazyLock<Syntax> = LazyLock::new(|| {
    Syntax {
        line_comments: &["#"],
        quotes: vec![
            TRIPLE,
            Quote::raw("'''", "'''").lines(),
            DOUBLE,
            Quote::raw("'", "'"),
        ],
        has_sections: true,
        key_sign: Some('='),
        inner: "-.:",
        words: Words::of(&[(Word, "true false inf nan")]),
        ..Syntax::default()
    }
    .ready()
});

pub static SQL: LazyLock<Syntax> = LazyLock::new(|| {
    let words = "add all alter analyze and any as asc begin between by cascade case check column commit conflict constraint create cross \
         cube current database declare default delete desc describe distinct do drop else elsif end escape except exists explain \
         fetch filter first following for foreign from full function grant group having if ilike in index inner insert intersect \
         into is join key language last lateral left like limit loop materialized natural no not nothing nulls of offset on or \
         order outer over partition preceding primary procedure range recursive references replace returning returns revoke \
         right rollback rollup row rows schema select sequence set show similar some table temp temporary then to transaction \
         trigger truncate union unique unbounded update using vacuum values view when where while window with within";
    let types = "bigint bigserial binary bit blob boolean bytea char character clob date datetime decimal double float int integer \
         interval json jsonb nchar number numeric nvarchar precision real serial smallint text time timestamp timestamptz tinyint \
         uuid varbinary varchar varchar2";
    Syntax {
        line_comments: &["--"],
        block_comments: C_BLOCK,
        quotes: vec![
            Quote::raw("'", "'").lines(),
            Quote::raw("\"", "\""),
            Quote::raw("`", "`"),
        ],
        variables: &[
            Hole::Name("@@"),
            Hole::Name("@"),
            Hole::Name("$"),
            Hole::Bracket("${"),
        ],
        words: Words::of(&[(Word, words), (Type, types), (Number, "true false null")]).in_any_case(),
        has_calls: true,
        ..Syntax::default()
    }
    .ready()
});

/// Terraform and its relatives.
pub static HCL: LazyLock<Syntax> = LazyLock::new(|| {
    let holes = &[Hole::Bracket("${"), Hole::Bracket("%{")];
    let words = "check data dynamic else endfor endif for if import in locals module moved output provider removed resource terraform \
         variable";
    Syntax {
        line_comments: &["#", "//"],
        block_comments: C_BLOCK,
        quotes: vec![DOUBLE.with(holes)],
        heredocs: &["<<-", "<<"],
        variables: &[Hole::Bracket("${")],
        key_sign: Some('='),
        inner: "-",
        words: Words::of(&[
            (Word, words),
            (Number, "true false null"),
            (Type, "any bool list map number object set string tuple"),
        ]),
        has_calls: true,
        ..Syntax::default()
    }
    .ready()
});

pub static CUE: LazyLock<Syntax> = LazyLock::new(|| {
    Syntax {
        line_comments: &["//"],
        quotes: vec![
            TRIPLE.with(&[Hole::Bracket("\\(")]),
            DOUBLE.with(&[Hole::Bracket("\\(")]),
            SINGLE,
        ],
        marks: &['@', '#'],
        key_sign: Some(':'),
        words: Words::of(&[
            (Word, "for if import in let package"),
            (Number, "true false null"),
            (
                Type,
                "bool bytes float int int32 int64 number string uint uint16 uint32 uint64 uint8",
            ),
        ]),
        has_calls: true,
        ..Syntax::default()
    }
    .ready()
});

/// Rules of the Open Policy Agent.
pub static REGO: LazyLock<Syntax> = LazyLock::new(|| {
    Syntax {
        line_comments: &["#"],
        quotes: vec![DOUBLE, Quote::raw("`", "`").lines()],
        words: Words::of(&[
            (
                Word,
                "as contains default else every if import in not package some with",
            ),
            (Number, "true false null"),
            (Type, "data input"),
        ]),
        has_calls: true,
        ..Syntax::default()
    }
    .ready()
});

/// Also for queries of Loki.
pub static PROMQL: LazyLock<Syntax> = LazyLock::new(|| {
    Syntax {
        line_comments: &["#"],
        quotes: vec![DOUBLE, SINGLE, Quote::raw("`", "`")],
        variables: &[Hole::Bracket("${"), Hole::Name("$")],
        key_sign: Some('='),
        words: Words::of(&[
            (
                Word,
                "and bool by group_left group_right ignoring offset on or unless without",
            ),
            (
                Function,
                "avg bottomk count count_values group max min quantile stddev stdvar sum topk",
            ),
        ]),
        has_calls: true,
        ..Syntax::default()
    }
    .ready()
});

pub static LATEX: LazyLock<Syntax> = LazyLock::new(|| {
    Syntax {
        line_comments: &["%"],
        variables: &[Hole::Name("#")],
        marks: &['\\'],
        ..Syntax::default()
    }
    .ready()
});
