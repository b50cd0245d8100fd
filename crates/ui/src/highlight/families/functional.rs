//! Functional languages.

use std::sync::LazyLock;

use super::super::painter::Class::{Function, Number, Type, Word};
use super::super::syntax::{Commands, Hole, Quote, Syntax, Words};
use super::{DOLLAR_BRACKET, DOUBLE, HASH_BRACKET, SINGLE, TRIPLE};

pub static HASKELL: LazyLock<Syntax> = LazyLock::new(|| {
    let words = "as case class data default deriving do else forall foreign hiding if import in infix infixl infixr instance let mdo \
         module newtype of qualified rec then type where";
    Syntax {
        line_comments: &["--"],
        block_comments: &[("{-", "-}")],
        has_nested_comments: true,
        quotes: vec![DOUBLE, Quote::character()],
        inner: "'",
        words: Words::of(&[(Word, words)]),
        has_types: true,
        ..Syntax::default()
    }
    .ready()
});

/// OCaml, also read for F#.
pub static OCAML: LazyLock<Syntax> = LazyLock::new(|| {
    let words = "abstract and as assert async begin class constraint do done downto else end exception external for fun function functor if \
         in include inherit initializer interface lazy let match member method module mutable namespace new object of open \
         override private rec return sig static struct then to try type use val virtual when while with yield";
    Syntax {
        line_comments: &["//"],
        block_comments: &[("(*", "*)")],
        has_nested_comments: true,
        quotes: vec![TRIPLE, DOUBLE.lines(), Quote::character()],
        inner: "'",
        words: Words::of(&[
            (Word, words),
            (Number, "true false null None"),
            (Type, "array bool byte char float int list option string unit"),
        ]),
        has_types: true,
        ..Syntax::default()
    }
    .ready()
});

pub static ELIXIR: LazyLock<Syntax> = LazyLock::new(|| {
    let words = "after alias and case catch cond def defdelegate defexception defguard defimpl defmacro defmodule defp defprotocol \
         defstruct do else end fn for if import in not or quote raise receive require rescue super throw try unless unquote \
         use when with";
    Syntax {
        line_comments: &["#"],
        quotes: vec![
            TRIPLE.with(HASH_BRACKET),
            DOUBLE.lines().with(HASH_BRACKET),
            SINGLE,
        ],
        variables: &[Hole::Name("@")],
        has_symbols: true,
        key_sign: Some(':'),
        inner: "?!",
        words: Words::of(&[(Word, words), (Number, "true false nil")]),
        has_types: true,
        has_calls: true,
        ..Syntax::default()
    }
    .ready()
});

pub static ERLANG: LazyLock<Syntax> = LazyLock::new(|| {
    Syntax {
        line_comments: &["%"],
        quotes: vec![TRIPLE, DOUBLE.lines(), SINGLE],
        words: Words::of(&[
            (
                Word,
                "after and andalso begin case catch end fun if maybe not of or orelse receive try when",
            ),
            (Number, "true false undefined"),
        ]),
        has_types: true,
        has_calls: true,
        ..Syntax::default()
    }
    .ready()
});

pub static CLOJURE: LazyLock<Syntax> = LazyLock::new(|| {
    let words = "and case catch cond cond-> cond->> def defmacro defmethod defmulti defn defn- defonce defprotocol defrecord deftype do \
         doseq dotimes finally fn for if if-let if-not import in-ns let letfn loop new not ns or quote recur require throw try \
         use when when-let when-not while";
    Syntax {
        line_comments: &[";"],
        quotes: vec![DOUBLE.lines()],
        has_symbols: true,
        inner: "-?!*+<>=/.'",
        words: Words::of(&[(Word, words), (Number, "true false nil")]),
        commands: Some(Commands {
            after: "(",
            at_line_start: false,
            continuation: '\\',
            class: Function,
            has_words_in_place: false,
            starts: "-*+<>=/.",
        }),
        ..Syntax::default()
    }
    .ready()
});

pub static NIX: LazyLock<Syntax> = LazyLock::new(|| {
    Syntax {
        line_comments: &["#"],
        block_comments: super::C_BLOCK,
        quotes: vec![
            Quote::raw("''", "''").lines().with(DOLLAR_BRACKET),
            DOUBLE.lines().with(DOLLAR_BRACKET),
        ],
        variables: DOLLAR_BRACKET,
        key_sign: Some('='),
        inner: "-'.",
        words: Words::of(&[
            (Word, "assert else if in inherit let or rec then with"),
            (Number, "true false null"),
            (Function, "builtins import throw map toString abort"),
        ]),
        ..Syntax::default()
    }
    .ready()
});
