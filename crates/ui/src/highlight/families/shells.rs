//! Shells, and files in which a line is a command.

use std::sync::LazyLock;

use super::super::painter::Class::{self, Function, Number, Word};
use super::super::syntax::{Commands, Hole, Quote, Syntax, Words};
use super::{DOUBLE, SINGLE};

const SHELL_HOLES: &[Hole] = &[
    Hole::Bracket("${"),
    Hole::Bracket("$("),
    Hole::Name("$"),
    Hole::Exact("$@"),
    Hole::Exact("$*"),
    Hole::Exact("$#"),
    Hole::Exact("$?"),
    Hole::Exact("$!"),
    Hole::Exact("$$"),
];
/// Outside texts the commands in `$(…)` have colours of their own.
const SHELL_VARIABLES: &[Hole] = &[
    Hole::Bracket("${"),
    Hole::Name("$"),
    Hole::Exact("$@"),
    Hole::Exact("$*"),
    Hole::Exact("$#"),
    Hole::Exact("$?"),
    Hole::Exact("$!"),
    Hole::Exact("$$"),
];

pub static SHELL: LazyLock<Syntax> = LazyLock::new(|| {
    let words = "case do done elif else esac fi for function if in select then until while";
    Syntax {
        line_comments: &["#"],
        has_spaced_comments: true,
        quotes: vec![
            Quote::of("$'").escaped_by('\\'),
            DOUBLE.lines().with(SHELL_HOLES),
            Quote::raw("'", "'").lines(),
        ],
        heredocs: &["<<-", "<<"],
        variables: SHELL_VARIABLES,
        inner: "-./:@%+~,",
        words: Words::of(&[
            (Word, words),
            (Function, "builtin command env eval exec nohup sudo time"),
        ]),
        commands: Some(Commands {
            after: "|&;({`",
            at_line_start: true,
            continuation: '\\',
            class: Function,
            has_words_in_place: true,
            starts: "./~",
        }),
        ..Syntax::default()
    }
    .ready()
});

const POWERSHELL_HOLES: &[Hole] = &[
    Hole::Bracket("${"),
    Hole::Bracket("$("),
    Hole::Name("$env:"),
    Hole::Name("$script:"),
    Hole::Name("$global:"),
    Hole::Name("$using:"),
    Hole::Name("$"),
];

pub static POWERSHELL: LazyLock<Syntax> = LazyLock::new(|| {
    let words = "begin break catch class continue data do dynamicparam else elseif end enum exit filter finally for foreach from function \
         hidden if in param process return static switch throw trap try until using var while";
    Syntax {
        line_comments: &["#"],
        block_comments: &[("<#", "#>")],
        has_spaced_comments: true,
        quotes: vec![
            Quote::raw("@\"", "\"@").lines().with(POWERSHELL_HOLES),
            Quote::raw("@'", "'@").lines(),
            DOUBLE.lines().escaped_by('`').with(POWERSHELL_HOLES),
            Quote::raw("'", "'").lines(),
        ],
        variables: &[
            Hole::Bracket("${"),
            Hole::Name("$env:"),
            Hole::Name("$script:"),
            Hole::Name("$global:"),
            Hole::Name("$using:"),
            Hole::Name("$"),
        ],
        inner: "-",
        words: Words::of(&[(Word, words)]).in_any_case(),
        has_types: true,
        commands: Some(Commands {
            after: "|&;({=",
            at_line_start: true,
            continuation: '`',
            class: Function,
            has_words_in_place: false,
            starts: "",
        }),
        ..Syntax::default()
    }
    .ready()
});

/// `cmd` of Windows.
pub static BATCH: LazyLock<Syntax> = LazyLock::new(|| {
    Syntax {
        line_comments: &["::", "rem ", "REM "],
        quotes: vec![Quote::raw("\"", "\"")],
        variables: &[Hole::Pair("%"), Hole::Pair("!"), Hole::Name("%")],
        marks: &['@'],
        inner: "-./",
        words: Words::of(&[(Word, "do else exist for goto if in not call defined errorlevel")]).in_any_case(),
        commands: Some(Commands {
            after: "|&(",
            at_line_start: true,
            continuation: '^',
            class: Function,
            has_words_in_place: false,
            starts: "",
        }),
        ..Syntax::default()
    }
    .ready()
});

pub static NGINX: LazyLock<Syntax> = LazyLock::new(|| {
    Syntax {
        line_comments: &["#"],
        has_spaced_comments: true,
        quotes: vec![
            DOUBLE.lines().with(super::DOLLAR),
            SINGLE.lines().with(super::DOLLAR),
        ],
        variables: super::DOLLAR,
        inner: "-./:",
        words: Words::of(&[(Number, "on off")]),
        commands: Some(Commands {
            after: "{};",
            at_line_start: true,
            continuation: '\\',
            class: Class::Word,
            has_words_in_place: false,
            starts: "",
        }),
        ..Syntax::default()
    }
    .ready()
});
