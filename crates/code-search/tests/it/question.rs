//! The language of questions.

use code_search::{Case, Condition, Field, Form, Question, Term};
use proptest::prelude::*;

fn literal(text: &str) -> Term {
    Term {
        text: text.to_owned(),
        form: Form::Literal,
        negated: false,
    }
}

fn regex(text: &str) -> Term {
    Term {
        form: Form::Regex,
        ..literal(text)
    }
}

#[test]
fn terms_are_read() {
    let cases: &[(&str, Vec<Term>)] = &[
        ("", vec![]),
        ("  a  b ", vec![literal("a"), literal("b")]),
        ("a a", vec![literal("a")]),
        ("\"a b\" c", vec![literal("a b"), literal("c")]),
        (r#""say \"hi\" \\ \n""#, vec![literal(r#"say "hi" \ \n"#)]),
        ("/a+ b/", vec![regex("a+ b")]),
        (r"/a\/b\.c/", vec![regex(r"a/b\.c")]),
        ("/usr/local/bin", vec![literal("/usr/local/bin")]),
        ("//", vec![literal("//")]),
        ("// SAFETY", vec![literal("//"), literal("SAFETY")]),
        ("std::fmt", vec![literal("std::fmt")]),
        ("http://x.y", vec![literal("http://x.y")]),
        ("-", vec![literal("-")]),
        ("--flag", vec![literal("--flag")]),
        (
            "->",
            vec![Term {
                negated: true,
                ..literal(">")
            }],
        ),
        (
            "-\"a b\"",
            vec![Term {
                negated: true,
                ..literal("a b")
            }],
        ),
    ];
    for (text, terms) in cases {
        let question = Question::read(text);
        assert_eq!(&question.terms, terms, "{text}");
        assert_eq!(question.hints, vec![], "{text}");
    }
}

#[test]
fn conditions_are_read() {
    let plain = |field, value: &str| Condition::new(field, value);
    let cases: &[(&str, Condition)] = &[
        ("repo:shop", plain(Field::Repo, "shop")),
        ("REPO:shop", plain(Field::Repo, "shop")),
        ("repo:\"a b\"", plain(Field::Repo, "a b")),
        ("path:/src/", plain(Field::Path, "/src/")),
        ("lang:rs", plain(Field::Language, "rs")),
        (
            "owner:group:default/team",
            plain(Field::Owner, "group:default/team"),
        ),
        ("system:shop", plain(Field::System, "shop")),
        ("kind:api", plain(Field::Kind, "api")),
        (
            "-path:x",
            Condition {
                negated: true,
                ..plain(Field::Path, "x")
            },
        ),
        (
            "path:*.rs",
            Condition {
                form: Form::Glob,
                ..plain(Field::Path, "*.rs")
            },
        ),
        (
            r"path:/\.rs$/",
            Condition {
                form: Form::Regex,
                ..plain(Field::Path, r"\.rs$")
            },
        ),
    ];
    for (text, condition) in cases {
        let question = Question::read(text);
        assert_eq!(question.conditions, vec![condition.clone()], "{text}");
        assert_eq!((question.terms.len(), question.hints.len()), (0, 0), "{text}");
    }
}

#[test]
fn case_is_read() {
    for (text, case) in [
        ("case:yes", Case::Exact),
        ("case:No", Case::Folded),
        ("CASE:auto", Case::Smart),
    ] {
        assert_eq!(Question::read(text).case, case, "{text}");
    }
}

#[test]
fn what_cannot_be_read_is_a_literal_and_a_hint_says_so() {
    let cases = [
        ("/a(/", "unclosed group"),
        (r"/(?=a)b/", "look-around"),
        (r"/(a)\1/", "backreferences"),
        ("\"open", "not closed"),
        ("repo:", "no value"),
        ("lang:klingon", "no language"),
        ("case:maybe", "case:yes"),
        ("team:shop", "owner:"),
        ("path:/a(b/", "not a regular expression"),
    ];
    for (text, said) in cases {
        let question = Question::read(text);
        assert_eq!(question.terms, vec![literal(text)], "{text}");
        let hint = question.hints.first().expect(text).to_string();
        assert!(hint.contains(said), "{text}: {hint}");
        assert!(hint.contains(text), "{hint}");
    }
}

#[test]
fn long_questions_are_cut_and_it_is_said() {
    let question = Question::read(&"ä".repeat(2_000));
    assert_eq!(question.terms.len(), 1);
    assert!(question.hints[0].to_string().contains("2000 bytes"));
    let many: Vec<String> = (0..200).map(|number| number.to_string()).collect();
    let question = Question::read(&many.join(" "));
    assert_eq!(question.terms.len(), 30);
    assert!(question.hints[0].to_string().contains("30 parts"));
}

#[test]
fn a_picker_adds_and_takes_away() {
    let question = Question::read("a lang:rust");
    let narrowed = question.with(Condition::new(Field::Repo, "shop/cart"));
    assert_eq!(narrowed.to_string(), "a lang:rust repo:shop/cart");
    assert_eq!(narrowed.with(Condition::new(Field::Repo, "shop/cart")), narrowed);
    assert_eq!(narrowed.without(Field::Repo), question);
}

proptest! {
    #[test]
    fn any_text_is_read_and_written_again(text in any_question()) {
        let question = Question::read(&text);
        let again = Question::read(&question.to_string());
        prop_assert_eq!(&again.terms, &question.terms, "{}", question);
        prop_assert_eq!(&again.conditions, &question.conditions, "{}", question);
        prop_assert_eq!(again.case, question.case);
    }
}

/// Texts of pieces that mean something, and of any characters.
pub fn any_question() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "\"", "/", "\\", "-", " ", "repo:", "path:", "lang:", "rust", "case:", "yes", "owner:", "*", "?",
        "(", ")", "[", "]", "a", "+", ".", "^", "$", "{2}", "\\b", "|", "kind:", "\t", "ä", "team:", ":",
    ]);
    prop_oneof![
        prop::collection::vec(pieces, 0..14).prop_map(|pieces| pieces.concat()),
        "\\PC{0,40}",
    ]
}
