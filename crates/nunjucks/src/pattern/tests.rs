//! The bounded engine against `regress`, which follows ECMA-262 without a bound, and the bound itself.

use std::cell::Cell;
use std::ops::Range;
use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::{Program, Search};

/// The place and its groups.
type Place = (Range<usize>, Vec<Option<Range<usize>>>);

/// Fuel of a template.
const FUEL: u64 = 10_000_000;
/// Longest search with the fuel of a template, without optimisation and on a busy machine.
const LONGEST: Duration = Duration::from_secs(30);

fn ours(source: &str, flags: &str, units: &[u16], fuel: u64) -> Result<Vec<Place>, String> {
    let program = Program::read(source, flags)?;
    let mut all = Vec::new();
    program.each_place(units, &Cell::new(fuel), |found| {
        all.push((found.range, found.groups));
        Ok(())
    })?;
    Ok(all)
}

fn theirs(source: &str, flags: &str, units: &[u16]) -> Option<Vec<Place>> {
    let source: Vec<u32> = source.encode_utf16().map(u32::from).collect();
    let regex = regress::Regex::from_unicode(source.into_iter(), flags).ok()?;
    let found = regex.find_from_ucs2(units, 0);
    Some(found.map(|found| (found.range, found.captures)).collect())
}

fn alike(source: &str, flags: &str, units: &[u16]) -> Result<(), TestCaseError> {
    let (ours, theirs) = (ours(source, flags, units, FUEL), theirs(source, flags, units));
    prop_assert_eq!(
        ours.ok(),
        theirs,
        "/{}/{} on {:?}",
        source,
        flags,
        String::from_utf16_lossy(units)
    );
    Ok(())
}

/// Single units, classes and assertions. Left out is what `regress` takes for something else than ECMA-262: a quantifier behind `\b`,
/// `\u{61}`, and letters beyond ASCII whose capital is ASCII.
const ATOMS: &[&str] = &[
    "a",
    "b",
    "A",
    "ä",
    "Σ",
    "ς",
    "k",
    "-",
    " ",
    ".",
    "\\w",
    "\\W",
    "\\d",
    "\\D",
    "\\s",
    "\\S",
    "(?:\\b)",
    "(?:\\B)",
    "^",
    "$",
    "[ab]",
    "[^a]",
    "[a-cä]",
    "[\\w-]",
    "[^\\s,]",
    "[\\d-a]",
    "[]",
    "[^]",
    "\\n",
    "\\.",
    "\\/",
    "\\x61",
    "\\u0062",
    "\\0",
    "\\1",
    "\\2",
    "\\cJ",
    "\\c",
    "\\-",
    "]",
    "}",
    "{",
    "\\8",
    "\\101",
    "\u{1f680}",
    "[\u{1f680}]",
    "\\ud83d",
    "[\\ud800-\\udfff]",
    "[\\b]",
    "[\\ca]",
    "[\\101]",
    "\\k",
    "\\p{L}",
    "",
];
const QUANTIFIERS: &[&str] = &[
    "", "", "", "*", "+", "?", "*?", "+?", "??", "{2}", "{1,2}", "{0,2}?", "{1,}", "{,2}",
];

fn pattern() -> impl Strategy<Value = String> {
    let atom = proptest::sample::select(ATOMS).prop_map(str::to_owned);
    let quantifier = || proptest::sample::select(QUANTIFIERS);
    atom.prop_recursive(4, 12, 3, move |inner| {
        let brackets = proptest::sample::select(&["(", "(", "(?:", "(?=", "(?!", "(?<=", "(?<!"][..]);
        prop_oneof![
            (brackets, inner.clone(), quantifier())
                .prop_map(|(bracket, inner, quantifier)| format!("{bracket}{inner}){quantifier}")),
            proptest::collection::vec((inner.clone(), quantifier()), 1..4).prop_map(|parts| {
                let parts = parts
                    .iter()
                    .map(|(part, quantifier)| format!("{part}{quantifier}"));
                parts.collect::<String>()
            }),
            (inner.clone(), inner).prop_map(|(left, right)| format!("{left}|{right}")),
        ]
    })
}

/// Parts that try much, within each other.
fn hostile_pattern() -> impl Strategy<Value = String> {
    let atoms = &[
        "a",
        "b",
        "a*",
        ".",
        "[^]",
        "\\W",
        "[\\W\\w]",
        "\\b",
        "",
        "^",
        "$",
        "\\1",
        "\\2",
        "\\k<n>",
        "[^\\s!-\u{ffdc}]",
    ];
    let counts = &[
        "", "*", "+", "*?", "{0,40}", "{30}", "{2,}?", "{7}", "{0,3}", "{1000}",
    ];
    let brackets = &["(", "(?:", "(?=", "(?!", "(?<=", "(?<!", "(?<n>", "(?<m>"];
    let atom = proptest::sample::select(&atoms[..]).prop_map(str::to_owned);
    atom.prop_recursive(8, 64, 6, move |inner| {
        let part = (
            proptest::sample::select(&brackets[..]),
            proptest::collection::vec(inner, 1..6),
            proptest::sample::select(&["", "|"][..]),
            proptest::sample::select(&counts[..]),
        );
        part.prop_map(|(bracket, parts, between, count)| format!("{bracket}{}){count}", parts.join(between)))
    })
}

fn text() -> impl Strategy<Value = Vec<u16>> {
    let letters = &[
        'a',
        'a',
        'b',
        'A',
        'B',
        'c',
        'ä',
        'Ä',
        'σ',
        'ς',
        's',
        'K',
        '1',
        '-',
        ' ',
        '\n',
        '.',
        '\u{1f680}',
    ];
    let letters = proptest::collection::vec(proptest::sample::select(&letters[..]), 0..9);
    letters.prop_map(|letters| letters.into_iter().collect::<String>().encode_utf16().collect())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn places_and_groups_are_those_of_an_engine_without_a_bound(
        source in pattern(),
        flags in proptest::sample::select(&["", "i", "m", "im"][..]),
        text in text(),
    ) {
        alike(&source, flags, &text)?;
    }

    /// Whatever a pattern is, it is read and searched within its fuel.
    #[test]
    fn hostile_patterns_end(
        source in hostile_pattern(),
        flags in proptest::sample::select(&["g", "gi", "gm", "gy"][..]),
        text in proptest::collection::vec(proptest::sample::select(&[97_u16, 97, 98, 10, 0x3a3][..]), 0..400),
    ) {
        let begun = Instant::now();
        if let Err(failure) = ours(&source, flags, &text, 20_000) {
            prop_assert!(!failure.is_empty(), "/{}/ fails without a reason", source);
        }
        prop_assert!(begun.elapsed() < LONGEST, "/{}/{} took {:?}", source, flags, begun.elapsed());
    }

    /// Failures are kept in these searches from their first step on.
    #[test]
    fn kept_failures_change_nothing(source in pattern(), text in text()) {
        let Ok(program) = Program::read(&source, "") else {
            return Ok(());
        };
        let fuel = Cell::new(FUEL);
        let mut search = Search::new(&program, &text, &fuel);
        search.keep_failures_at_once();
        let (mut places, mut from) = (Vec::new(), 0);
        while let Some(found) = search.find(from).map_err(TestCaseError::fail)? {
            from = found.range.end + usize::from(found.range.is_empty());
            places.push((found.range, found.groups));
        }
        prop_assert_eq!(Some(places), theirs(&source, "", &text), "/{}/", source);
    }
}

#[test]
fn patterns_that_try_everything_end_soon() {
    let many = format!("{}!", "a".repeat(5_000));
    let blanks = " ".repeat(20_000);
    for (source, text) in [
        ("(a+)+$", &many),
        ("(a|a)*c", &many),
        ("(a|aa)+$", &many),
        ("(?:a*b?)*?c", &many),
        ("^(([a-z])+.)+[A-Z]([a-z])+$", &many),
        ("(.*)(.*)(.*)(.*)[^a-z!]", &many),
        ("\\s+$x", &blanks),
        ("(?=(a+)+$)b", &many),
        ("(?:(?:a?)*)*b", &many),
        ("(?:(?:(?:(?:a*)*)*)*)*b", &many),
        ("(?<=c(a*)*)b", &many),
    ] {
        let begun = Instant::now();
        let found = ours(source, "", &text.encode_utf16().collect::<Vec<_>>(), FUEL);
        assert_eq!(found, Ok(Vec::new()), "{source}");
        assert!(begun.elapsed() < LONGEST, "{source}: {:?}", begun.elapsed());
    }
}

#[test]
fn work_that_cannot_be_bounded_otherwise_uses_up_the_fuel() {
    let text: Vec<u16> = format!("{}!", "a".repeat(64)).encode_utf16().collect();
    for source in ["(a+)+\\1$", "(a*)*\\1b"] {
        let begun = Instant::now();
        let failure = ours(source, "", &text, 100_000).expect_err(source);
        assert!(
            failure.contains(source) && failure.contains("more work"),
            "{failure}"
        );
        assert!(begun.elapsed() < LONGEST, "{source}: {:?}", begun.elapsed());
    }
}

#[test]
fn large_patterns_are_refused_with_the_bound() {
    let nested = format!("{}a{}", "(".repeat(101), ")".repeat(101));
    let long = "a".repeat(50_001);
    // Letters whose capitals lie here and there.
    let classes = "[\u{250}-\u{2af}]".repeat(10_000);
    for (source, bound) in [
        ("a{50001}", "50000"),
        ("(?:a{300}){300}", "50000"),
        ("(?:(?:){60000}){60000}", "50000"),
        ("a{4294967296}", "50000"),
        (&nested, "100 levels"),
        (&long, "50000 characters"),
        (&classes, "100000 ranges"),
    ] {
        let failure = Program::read(source, "i").expect_err(source);
        assert!(
            failure.contains("too l") && failure.contains(bound),
            "{}: {failure}",
            &source[..source.len().min(30)]
        );
    }
}

/// A name, and the source of a length.
type Hostile = (&'static str, fn(usize) -> String);

/// Sources of a length that cost more than others of that length.
const HOSTILE: [Hostile; 8] = [
    ("named classes", |length| "\\W".repeat(length / 2)),
    ("a class of named ones", |length| {
        format!("[{}]", "\\W".repeat(length / 2))
    }),
    ("classes of all units", |length| "[!-\u{ffdc}]".repeat(length / 5)),
    ("classes without a unit", |length| "[^\u{102}]".repeat(length / 4)),
    ("a class that is counted", |length| {
        format!("[{}]{{1000}}", "ab-\u{ffdc}".repeat(length / 4))
    }),
    ("names", |length| {
        (0..length / 11).map(|name| format!("(?<n{name}>)")).collect()
    }),
    ("references to the last name", |length| {
        "(?<n>)".to_owned() + &"\\k<n>".repeat(length / 5)
    }),
    ("different units", |length| {
        (0..length)
            .filter_map(|unit| char::from_u32(u32::try_from(unit).ok()? + 0x3400))
            .collect()
    }),
];

/// Four times the source takes no more than some four times the work: what grows with the square would take sixteen times, and the
/// longest source that is read would take minutes.
#[test]
fn hostile_sources_are_read_in_a_time_that_grows_with_their_length() {
    let time = |source: &str| {
        let begun = Instant::now();
        let size = Program::read(source, "i").map(|program| program.size());
        (begun.elapsed(), size)
    };
    // What is made once for all patterns does not count.
    drop(time("\\W[^a]"));
    for (name, hostile) in HOSTILE {
        let (short, _) = time(&hostile(10_000));
        let (long, size) = time(&hostile(40_000));
        assert!(size.is_ok(), "{name}: {size:?}");
        assert!(
            long < short * 10 + Duration::from_millis(300),
            "{name}: {short:?}, then {long:?}"
        );
        assert!(long < Duration::from_secs(5), "{name}: {long:?}");
    }
}

#[test]
fn sets_are_shared_by_all_places_of_a_pattern() {
    for source in ["a{1000}", "\\W{1000}", "[ab]{1000}", &"\\S".repeat(1_000)] {
        let program = Program::read(source, "i").expect("a pattern");
        assert_eq!(program.different_sets(), 1, "{source}");
    }
}

/// Room for many groups, and emptying them, is paid for.
#[test]
fn searches_with_many_groups_use_up_the_fuel() {
    let groups = "()".repeat(10_000);
    let text: Vec<u16> = "a".repeat(100_000).encode_utf16().collect();
    for source in [format!("{groups}b"), format!("b{groups}"), groups] {
        let begun = Instant::now();
        let fuel = Cell::new(FUEL);
        let program = Program::read(&source, "g").expect("a pattern");
        let mut places = 0;
        let done = program.each_place(&text, &fuel, |_| {
            places += 1;
            Ok(())
        });
        assert!(done.is_err() || source.starts_with('b'), "{places} places");
        assert!(begun.elapsed() < LONGEST, "{:?}", begun.elapsed());
    }
}

/// A source, flags, a text, and its places with those of the groups; nothing where the source is no pattern.
type Case = (String, String, String, Option<Vec<Vec<Option<(usize, usize)>>>>);

/// What the engine of Node gives for made-up patterns; `tests/oracle/patterns.mjs` says how they are made anew.
const CASES: &str = include_str!("cases.jsonl");
const FEWEST_CASES: usize = 3_000;

#[test]
fn places_and_groups_are_those_of_node() {
    let mut wrong = Vec::new();
    for line in CASES.lines() {
        let (source, flags, text, expected): Case = serde_json::from_str(line).expect(line);
        let units: Vec<u16> = text.encode_utf16().collect();
        let given = ours(&source, &format!("{flags}g"), &units, FUEL).ok();
        let expected = expected.map(|places| places.into_iter().map(place).collect());
        if given != expected {
            wrong.push(format!("{line} gives {given:?}"));
        }
    }
    assert!(CASES.lines().count() >= FEWEST_CASES);
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

fn place(groups: Vec<Option<(usize, usize)>>) -> Place {
    let mut ranges = groups
        .into_iter()
        .map(|range| range.map(|(begin, end)| begin..end));
    let whole = ranges.next().flatten().unwrap_or_default();
    (whole, ranges.collect())
}
