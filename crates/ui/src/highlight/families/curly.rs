//! Languages of the virtual machines: Java and its neighbours.

use std::sync::LazyLock;

use super::super::painter::Class::{Number, Type, Word};
use super::super::syntax::{Quote, Syntax, Words};
use super::{C_BLOCK, DOLLAR, DOUBLE, SINGLE, TRIPLE};

pub static JAVA: LazyLock<Syntax> = LazyLock::new(|| {
    let words = "abstract assert break case catch class const continue default do else enum extends final finally for goto if \
         implements import instanceof interface module native new non-sealed package permits private protected public record \
         requires return sealed static strictfp super switch synchronized this throw throws transient try var volatile when \
         while yield";
    Syntax {
        quotes: vec![TRIPLE, DOUBLE, Quote::character()],
        words: Words::of(&[
            (Word, words),
            (Number, "true false null"),
            (Type, "boolean byte char double float int long short void"),
        ]),
        ..like_java()
    }
    .ready()
});

pub static KOTLIN: LazyLock<Syntax> = LazyLock::new(|| {
    let words = "abstract actual annotation as break by catch class companion const constructor continue crossinline data do else \
         enum expect external final finally for fun get if import in infix init inline inner interface internal is it lateinit \
         noinline object open operator out override package private protected public reified return sealed set super suspend \
         tailrec this throw try typealias val value var vararg when where while";
    Syntax {
        quotes: vec![TRIPLE.with(DOLLAR), DOUBLE.with(DOLLAR), Quote::character()],
        has_nested_comments: true,
        words: Words::of(&[(Word, words), (Number, "true false null")]),
        ..like_java()
    }
    .ready()
});

pub static SCALA: LazyLock<Syntax> = LazyLock::new(|| {
    let words = "abstract case catch class def derives do else end enum export extends extension final finally for forSome given \
         if implicit import inline lazy match new object opaque open override package private protected return sealed super \
         then this throw trait transparent try type using val var while with yield";
    Syntax {
        quotes: vec![TRIPLE.with(DOLLAR), DOUBLE.with(DOLLAR), Quote::character()],
        prefixes: &["s", "f", "raw"],
        hole_prefixes: &["s", "f", "raw"],
        has_nested_comments: true,
        words: Words::of(&[(Word, words), (Number, "true false null")]),
        ..like_java()
    }
    .ready()
});

pub static GROOVY: LazyLock<Syntax> = LazyLock::new(|| {
    let words = "abstract as assert break case catch class continue def default do else enum extends final finally for if \
         implements import in instanceof interface new package private protected public return static super switch \
         synchronized this throw throws trait try var void while agent environment parameters pipeline post stage stages steps \
         options triggers tools";
    Syntax {
        quotes: vec![
            TRIPLE.with(DOLLAR),
            Quote::of("'''").lines(),
            DOUBLE.with(DOLLAR),
            SINGLE,
        ],
        has_patterns: true,
        words: Words::of(&[
            (Word, words),
            (Number, "true false null"),
            (Type, "boolean byte char double float int long short"),
        ]),
        ..like_java()
    }
    .ready()
});

pub static C_SHARP: LazyLock<Syntax> = LazyLock::new(|| {
    let words = "abstract add as async await base break case catch checked class const continue default delegate do else enum event \
         explicit extern finally fixed for foreach from get global goto if implicit in init interface internal into is let \
         lock nameof namespace new not on operator or orderby out override params partial private protected public readonly \
         record ref remove required return sealed select set sizeof stackalloc static struct switch this throw try typeof \
         unchecked unsafe using value var virtual volatile when where while with yield";
    let types = "bool byte char decimal double dynamic float int long nint nuint object sbyte short string uint ulong ushort void";
    Syntax {
        quotes: vec![
            Quote::raw("$\"\"\"", "\"\"\"").lines().with(super::BRACKET),
            Quote::raw("\"\"\"", "\"\"\"").lines(),
            Quote::raw("$@\"", "\"").lines().with(super::BRACKET),
            Quote::raw("@$\"", "\"").lines().with(super::BRACKET),
            Quote::raw("@\"", "\"").lines(),
            Quote::raw("$\"", "\"").escaped_by('\\').with(super::BRACKET),
            DOUBLE,
            Quote::character(),
        ],
        marks: &[],
        has_directives: true,
        words: Words::of(&[(Word, words), (Number, "true false null"), (Type, types)]),
        ..like_java()
    }
    .ready()
});

pub static DART: LazyLock<Syntax> = LazyLock::new(|| {
    let words = "abstract as assert async await base break case catch class const continue covariant default deferred do else enum \
         export extends extension external factory final finally for get hide if implements import in interface is late \
         library mixin new of on operator part required rethrow return sealed set show static super switch sync this throw \
         try typedef var when while with yield";
    Syntax {
        quotes: vec![
            TRIPLE.with(DOLLAR),
            Quote::of("'''").lines().with(DOLLAR),
            DOUBLE.with(DOLLAR),
            SINGLE.with(DOLLAR),
        ],
        prefixes: &["r"],
        has_nested_comments: true,
        words: Words::of(&[
            (Word, words),
            (Number, "true false null"),
            (Type, "bool double dynamic int num void"),
        ]),
        ..like_java()
    }
    .ready()
});

/// What these have in common.
fn like_java() -> Syntax {
    Syntax {
        line_comments: &["//"],
        block_comments: C_BLOCK,
        marks: &['@'],
        has_types: true,
        has_calls: true,
        ..Syntax::default()
    }
}
