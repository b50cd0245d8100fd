//! Languages that are compiled for the machine.

use std::sync::LazyLock;

use super::super::painter::Class::{Function, Number, Type, Word};
use super::super::syntax::{Hole, Quote, Syntax, Words};
use super::{C_BLOCK, DOUBLE, SINGLE, TRIPLE};

const C_WORDS: &str = "auto break case const continue default do else enum extern for goto if inline register restrict return sizeof \
     static struct switch typedef union volatile while _Alignas _Atomic _Generic _Noreturn _Static_assert";
const C_TYPES: &str = "bool char double float int int16_t int32_t int64_t int8_t long short signed size_t ssize_t uint16_t uint32_t \
     uint64_t uint8_t uintptr_t unsigned void wchar_t";

pub static C: LazyLock<Syntax> = LazyLock::new(|| {
    Syntax {
        quotes: vec![DOUBLE, Quote::character()],
        words: Words::of(&[
            (Word, C_WORDS),
            (Number, "true false NULL nullptr"),
            (Type, C_TYPES),
        ]),
        ..like_c()
    }
    .ready()
});

pub static CPP: LazyLock<Syntax> = LazyLock::new(|| {
    let words = "alignas alignof and asm catch class co_await co_return co_yield concept const_cast consteval constexpr constinit \
         decltype delete dynamic_cast explicit export final friend import module mutable namespace new noexcept not operator \
         or override private protected public reinterpret_cast requires static_assert static_cast template this \
         thread_local throw try typeid typename using virtual";
    Syntax {
        quotes: vec![Quote::raw("R\"(", ")\"").lines(), DOUBLE, Quote::character()],
        prefixes: &["u8", "u", "l"],
        words: Words::of(&[
            (Word, C_WORDS),
            (Word, words),
            (Number, "true false NULL nullptr"),
            (Type, C_TYPES),
            (Type, "char16_t char32_t char8_t"),
        ]),
        ..like_c()
    }
    .ready()
});

pub static GO: LazyLock<Syntax> = LazyLock::new(|| {
    let words = "break case chan const continue default defer else fallthrough for func go goto if import interface map package \
         range return select struct switch type var";
    let types = "any bool byte comparable complex128 complex64 error float32 float64 int int16 int32 int64 int8 rune string uint \
         uint16 uint32 uint64 uint8 uintptr";
    let functions = "append cap clear close complex copy delete imag len make max min new panic print println real recover";
    Syntax {
        quotes: vec![DOUBLE, Quote::raw("`", "`").lines(), Quote::character()],
        words: Words::of(&[
            (Word, words),
            (Number, "true false nil iota"),
            (Type, types),
            (Function, functions),
        ]),
        has_directives: false,
        ..like_c()
    }
    .ready()
});

pub static RUST: LazyLock<Syntax> = LazyLock::new(|| {
    let words = "as async await break const continue crate dyn else enum extern fn for if impl in let loop macro match mod move mut pub \
         ref return self static struct super trait type union unsafe use where while yield";
    let types = "bool char f32 f64 i128 i16 i32 i64 i8 isize str u128 u16 u32 u64 u8 usize Self";
    Syntax {
        quotes: vec![
            Quote::raw("br##\"", "\"##").lines(),
            Quote::raw("br#\"", "\"#").lines(),
            Quote::raw("br\"", "\"").lines(),
            Quote::raw("r##\"", "\"##").lines(),
            Quote::raw("r#\"", "\"#").lines(),
            Quote::raw("r\"", "\"").lines(),
            DOUBLE.lines(),
            Quote::character(),
        ],
        prefixes: &["b", "c"],
        attributes: &["#![", "#["],
        has_nested_comments: true,
        has_directives: false,
        has_macros: true,
        has_types: true,
        words: Words::of(&[(Word, words), (Number, "true false"), (Type, types)]),
        ..like_c()
    }
    .ready()
});

pub static SWIFT: LazyLock<Syntax> = LazyLock::new(|| {
    let words = "actor as associatedtype async await break case catch class continue convenience default defer deinit didSet do \
         dynamic else enum extension fallthrough fileprivate final for func get guard if import in indirect infix init inout \
         internal is isolated lazy let macro mutating nonisolated open operator override postfix prefix private protocol public \
         repeat required rethrows return self Self set some static struct subscript super switch throw throws try typealias \
         unowned var weak where while willSet";
    Syntax {
        quotes: vec![
            Quote::raw("#\"", "\"#"),
            TRIPLE.with(&[Hole::Bracket("\\(")]),
            DOUBLE.with(&[Hole::Bracket("\\(")]),
        ],
        has_nested_comments: true,
        has_types: true,
        marks: &['@', '#'],
        has_directives: false,
        words: Words::of(&[(Word, words), (Number, "true false nil")]),
        ..like_c()
    }
    .ready()
});

pub static ZIG: LazyLock<Syntax> = LazyLock::new(|| {
    let words = "align and anyframe anytype asm async await break callconv catch comptime const continue defer else enum errdefer \
         error export extern fn for if inline noalias opaque or orelse packed pub resume return struct suspend switch \
         test threadlocal try union unreachable usingnamespace var volatile while";
    let types = "anyerror bool comptime_float comptime_int f16 f32 f64 i128 i16 i32 i64 i8 isize noreturn type u128 u16 u32 u64 u8 usize \
         void";
    Syntax {
        quotes: vec![DOUBLE, Quote::character(), Quote::raw("\\\\", "\n")],
        block_comments: &[],
        marks: &['@'],
        has_directives: false,
        has_types: true,
        words: Words::of(&[
            (Word, words),
            (Number, "true false null undefined"),
            (Type, types),
        ]),
        ..like_c()
    }
    .ready()
});

pub static SOLIDITY: LazyLock<Syntax> = LazyLock::new(|| {
    let words = "abstract anonymous as assembly break calldata catch constant constructor continue contract delete do else emit enum \
         error event external fallback for function if immutable import indexed interface internal is library mapping memory \
         modifier new override payable pragma private public pure receive return returns revert storage struct this throw try \
         type unchecked using view virtual while";
    Syntax {
        quotes: vec![DOUBLE, SINGLE],
        has_directives: false,
        has_types: true,
        words: Words::of(&[
            (Word, words),
            (Number, "true false"),
            (
                Type,
                "address bool bytes bytes32 int int256 string uint uint256 uint8",
            ),
        ]),
        ..like_c()
    }
    .ready()
});

/// What these have in common.
fn like_c() -> Syntax {
    Syntax {
        line_comments: &["//"],
        block_comments: C_BLOCK,
        has_directives: true,
        has_calls: true,
        ..Syntax::default()
    }
}
