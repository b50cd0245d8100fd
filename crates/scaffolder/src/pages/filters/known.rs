//! What there is, each with an example. The tests evaluate the examples, and look that nothing of the language is missing.

/// What something of the language is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    Filter,
    Function,
    Test,
}

impl Of {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Filter => "filter",
            Self::Function => "function",
            Self::Test => "test",
        }
    }
}

/// A filter, function or test.
#[derive(Debug)]
pub(super) struct Known {
    pub of: Of,
    pub name: &'static str,
    pub about: &'static str,
    /// An expression; empty where it gives something only in a task.
    pub example: &'static str,
    /// What the example gives, as JSON where it is no text.
    pub result: &'static str,
}

/// Those that belong together.
pub(super) struct Group {
    pub title: &'static str,
    pub about: &'static str,
    pub all: &'static [Known],
}

const fn filter(
    name: &'static str,
    about: &'static str,
    example: &'static str,
    result: &'static str,
) -> Known {
    Known {
        of: Of::Filter,
        name,
        about,
        example,
        result,
    }
}

const fn function(
    name: &'static str,
    about: &'static str,
    example: &'static str,
    result: &'static str,
) -> Known {
    Known {
        of: Of::Function,
        name,
        about,
        example,
        result,
    }
}

const fn test(name: &'static str, about: &'static str, example: &'static str, result: &'static str) -> Known {
    Known {
        of: Of::Test,
        name,
        about,
        example,
        result,
    }
}

/// All of them.
pub(super) const GROUPS: [Group; 5] = [
    Group {
        title: "Filters of the portal",
        about: "What templates need beside the language: repositories and references of entities.",
        all: &OF_PORTAL,
    },
    Group {
        title: "Filters of texts",
        about: "A filter stands behind a value: `${{ value | filter(argument) }}`.",
        all: &OF_TEXTS,
    },
    Group {
        title: "Filters of lists, numbers and values",
        about: "Lists and objects keep their type where an expression stands alone.",
        all: &OF_VALUES,
    },
    Group {
        title: "Functions",
        about: "`always` and `failure` are there in the `if` of steps alone.",
        all: &FUNCTIONS,
    },
    Group {
        title: "Tests",
        about: "A test stands behind `is` or `is not`.",
        all: &TESTS,
    },
];

const OF_PORTAL: [Known; 4] = [
    filter(
        "parseRepoUrl",
        "Takes the value of a repository field apart. Its host must be one of `integrations`.",
        "${{ 'gitea.example.com?owner=platform&repo=orders' | parseRepoUrl }}",
        "{\"host\":\"gitea.example.com\",\"owner\":\"platform\",\"repo\":\"orders\"}",
    ),
    filter(
        "projectSlug",
        "Owner and name of a repository field, as annotations want them.",
        "${{ 'gitea.example.com?owner=platform&repo=orders' | projectSlug }}",
        "platform/orders",
    ),
    filter(
        "parseEntityRef",
        "The parts of an entity's reference. Takes `defaultKind` and `defaultNamespace` as an object.",
        "${{ 'team-a' | parseEntityRef({defaultKind: 'group'}) }}",
        "{\"kind\":\"group\",\"namespace\":\"default\",\"name\":\"team-a\"}",
    ),
    filter(
        "pick",
        "One part of a value, by its path.",
        "${{ 'group:default/team-a' | parseEntityRef | pick('name') }}",
        "team-a",
    ),
];

const OF_TEXTS: [Known; 22] = [
    filter(
        "capitalize",
        "The first letter large, the others small.",
        "${{ 'orders API' | capitalize }}",
        "Orders api",
    ),
    filter(
        "center",
        "Blanks on both sides, up to a width.",
        "${{ '[' ~ ('a' | center(5)) ~ ']' }}",
        "[  a  ]",
    ),
    filter("e", "Short for `escape`.", "${{ '<b>' | e }}", "&lt;b&gt;"),
    filter(
        "escape",
        "Characters of HTML as entities.",
        "${{ '<b>' | escape }}",
        "&lt;b&gt;",
    ),
    filter(
        "forceescape",
        "The same, for what is marked as safe, too.",
        "${{ '<b>' | safe | forceescape }}",
        "&lt;b&gt;",
    ),
    filter(
        "indent",
        "Blanks before each line but the first; with `true` before that, too.",
        "${{ 'a\\nb' | indent(2) }}",
        "a\n  b",
    ),
    filter("lower", "Small letters.", "${{ 'Orders' | lower }}", "orders"),
    filter(
        "nl2br",
        "Line breaks as `<br />`.",
        "${{ 'a\\nb' | nl2br }}",
        "a<br />\nb",
    ),
    filter(
        "replace",
        "A text, or a pattern, by another; with a number so many times.",
        "${{ 'a-b-c' | replace('-', '_') }}",
        "a_b_c",
    ),
    filter(
        "safe",
        "Marks a text as safe HTML. Nothing is escaped by itself.",
        "${{ '<b>' | safe }}",
        "<b>",
    ),
    filter("string", "A value as text.", "${{ 5 | string }}", "5"),
    filter(
        "striptags",
        "Without what looks like HTML.",
        "${{ '<b>bold</b>' | striptags }}",
        "bold",
    ),
    filter(
        "title",
        "The first letter of each word large.",
        "${{ 'my service' | title }}",
        "My Service",
    ),
    filter("trim", "Without blanks at both ends.", "${{ ' a ' | trim }}", "a"),
    filter(
        "truncate",
        "The beginning, up to a length.",
        "${{ 'one two three' | truncate(9) }}",
        "one two...",
    ),
    filter("upper", "Large letters.", "${{ 'orders' | upper }}", "ORDERS"),
    filter(
        "urlencode",
        "As part of an address.",
        "${{ 'a b/c' | urlencode }}",
        "a%20b%2Fc",
    ),
    filter(
        "urlize",
        "Addresses in a text as links.",
        "${{ 'see example.com' | urlize }}",
        "see <a href=\"http://example.com\">example.com</a>",
    ),
    filter(
        "wordcount",
        "The number of words.",
        "${{ 'one two three' | wordcount }}",
        "3",
    ),
    filter(
        "length",
        "The number of characters, items or keys.",
        "${{ [1, 2, 3] | length }}",
        "3",
    ),
    filter("reverse", "The other way round.", "${{ 'abc' | reverse }}", "cba"),
    filter(
        "list",
        "The characters of a text, or an object's pairs.",
        "${{ 'abc' | list }}",
        "[\"a\",\"b\",\"c\"]",
    ),
];

const OF_VALUES: [Known; 21] = [
    filter("abs", "Without its sign.", "${{ -3 | abs }}", "3"),
    filter(
        "batch",
        "Lists of so many items each.",
        "${{ [1, 2, 3] | batch(2) }}",
        "[[1,2],[3]]",
    ),
    filter("d", "Short for `default`.", "${{ missing | d('none') }}", "none"),
    filter(
        "default",
        "Another value for one that is missing; with `true` for an empty one, too.",
        "${{ '' | default('none', true) }}",
        "none",
    ),
    filter(
        "dictsort",
        "The pairs of an object, sorted by key or, with `'value'` as second argument, by value.",
        "${{ {b: 1, a: 2} | dictsort }}",
        "[[\"a\",2],[\"b\",1]]",
    ),
    filter(
        "dump",
        "A value as JSON; a number indents it.",
        "${{ {a: [1, true]} | dump }}",
        "{\"a\":[1,true]}",
    ),
    filter("first", "The first item.", "${{ ['a', 'b'] | first }}", "a"),
    filter(
        "float",
        "A number with places; else the argument.",
        "${{ '1.5' | float }}",
        "1.5",
    ),
    filter(
        "groupby",
        "Items by the value of one of their keys.",
        "${{ [{t: 'a', n: 1}, {t: 'b', n: 2}] | groupby('t') }}",
        "{\"a\":[{\"t\":\"a\",\"n\":1}],\"b\":[{\"t\":\"b\",\"n\":2}]}",
    ),
    filter(
        "int",
        "A whole number; else the argument.",
        "${{ '42 items' | int }}",
        "42",
    ),
    filter(
        "join",
        "Items as one text, with something between.",
        "${{ ['a', 'b'] | join(', ') }}",
        "a, b",
    ),
    filter("last", "The last item.", "${{ ['a', 'b'] | last }}", "b"),
    filter("random", "One item by chance.", "${{ ['a'] | random }}", "a"),
    filter(
        "reject",
        "Items that do not pass a test.",
        "${{ [1, 2, 3] | reject('odd') }}",
        "[2]",
    ),
    filter(
        "rejectattr",
        "Items without a key, or where it is empty.",
        "${{ [{a: 1}, {b: 2}] | rejectattr('a') }}",
        "[{\"b\":2}]",
    ),
    filter(
        "round",
        "A number with so many places; with `'ceil'` or `'floor'` up or down.",
        "${{ 2.567 | round(1) }}",
        "2.6",
    ),
    filter(
        "select",
        "Items that pass a test.",
        "${{ [1, 2, 3] | select('odd') }}",
        "[1,3]",
    ),
    filter(
        "selectattr",
        "Items with a key that is not empty.",
        "${{ [{a: 1}, {b: 2}] | selectattr('a') }}",
        "[{\"a\":1}]",
    ),
    filter(
        "slice",
        "So many lists of about the same length.",
        "${{ [1, 2, 3] | slice(2) }}",
        "[[1,2],[3]]",
    ),
    filter(
        "sort",
        "Sorted; with `attribute`, `reverse` and `case_sensitive`.",
        "${{ [3, 1, 2] | sort(reverse=true) }}",
        "[3,2,1]",
    ),
    filter(
        "sum",
        "The sum of a list; with a key of one of objects.",
        "${{ [1, 2, 3] | sum }}",
        "6",
    ),
];

const FUNCTIONS: [Known; 5] = [
    function(
        "range",
        "Numbers from a start to before an end, with a step.",
        "${{ range(0, 6, 2) }}",
        "[0,2,4]",
    ),
    function(
        "cycler",
        "Gives its values in turn with each `next()`.",
        "{% set c = cycler('a', 'b') %}${{ c.next() }}${{ c.next() }}${{ c.next() }}",
        "aba",
    ),
    function(
        "joiner",
        "Gives nothing at its first call, then its text.",
        "{% set comma = joiner(', ') %}{% for x in [1, 2] %}${{ comma() }}${{ x }}{% endfor %}",
        "1, 2",
    ),
    function("always", "True: the step runs even after a failure.", "", ""),
    function(
        "failure",
        "True if a step before has failed: the step runs only then.",
        "",
        "",
    ),
];

const TESTS: [Known; 26] = [
    test(
        "callable",
        "A function or macro.",
        "${{ range is callable }}",
        "true",
    ),
    test(
        "defined",
        "There is a value.",
        "${{ missing is defined }}",
        "false",
    ),
    test(
        "divisibleby",
        "Divided without rest.",
        "${{ 9 is divisibleby(3) }}",
        "true",
    ),
    test("eq", "The same value and type.", "${{ 1 is eq(1) }}", "true"),
    test("equalto", "As `eq`.", "${{ 'a' is equalto('b') }}", "false"),
    test(
        "escaped",
        "Marked as safe.",
        "${{ ('a' | safe) is escaped }}",
        "true",
    ),
    test("even", "Divided by two without rest.", "${{ 2 is even }}", "true"),
    test(
        "falsy",
        "Nothing, empty text, zero or `false`.",
        "${{ '' is falsy }}",
        "true",
    ),
    test("ge", "At least.", "${{ 2 is ge(2) }}", "true"),
    test("greaterthan", "As `gt`.", "${{ 2 is greaterthan(2) }}", "false"),
    test("gt", "More than.", "${{ 3 is gt(2) }}", "true"),
    test(
        "iterable",
        "A `for` can go through it.",
        "${{ [1] is iterable }}",
        "true",
    ),
    test("le", "At most.", "${{ 2 is le(2) }}", "true"),
    test("lessthan", "As `lt`.", "${{ 1 is lessthan(2) }}", "true"),
    test("lower", "In small letters.", "${{ 'a' is lower }}", "true"),
    test("lt", "Less than.", "${{ 2 is lt(2) }}", "false"),
    test("mapping", "An object.", "${{ {a: 1} is mapping }}", "true"),
    test("ne", "Another value.", "${{ 1 is ne(2) }}", "true"),
    test("null", "`null`.", "${{ none is null }}", "true"),
    test("number", "A number.", "${{ '1' is number }}", "false"),
    test("odd", "Not even.", "${{ 3 is odd }}", "true"),
    test("sameas", "As `eq`.", "${{ 1 is sameas(1) }}", "true"),
    test("string", "A text.", "${{ 'a' is string }}", "true"),
    test("truthy", "Not `falsy`.", "${{ 'a' is truthy }}", "true"),
    test(
        "undefined",
        "There is no value.",
        "${{ missing is undefined }}",
        "true",
    ),
    test("upper", "In large letters.", "${{ 'A' is upper }}", "true"),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use nunjucks::{Options, Template};
    use serde_json::{Value, json};

    use super::*;
    use crate::filters::filters;

    fn all() -> impl Iterator<Item = &'static Known> {
        GROUPS.iter().flat_map(|group| group.all)
    }

    fn names(of: Of) -> BTreeSet<&'static str> {
        all().filter(|one| one.of == of).map(|one| one.name).collect()
    }

    #[test]
    fn nothing_of_the_language_is_missing() {
        // That filter is there in templates of cookiecutter alone.
        let mut expected: BTreeSet<_> = nunjucks::filter_names()
            .filter(|name| *name != "jsonify")
            .collect();
        expected.extend(["parseRepoUrl", "projectSlug", "parseEntityRef", "pick"]);
        assert_eq!(names(Of::Filter), expected);
        assert_eq!(names(Of::Test), nunjucks::test_names().collect());
        assert_eq!(
            all().count(),
            expected.len() + nunjucks::test_names().count() + FUNCTIONS.len()
        );
    }

    #[test]
    fn examples_give_what_they_say() {
        let hosts = std::sync::Arc::new([("gitea.example.com".to_owned(), "gitea".to_owned())].into());
        let filters = filters(&hosts);
        for one in all().filter(|one| !one.example.is_empty()) {
            let template = Template::parse(one.example, &Options::default()).unwrap();
            let found = template.render(&json!({}), &filters).unwrap().unwrap_or_default();
            let found = match found {
                Value::String(text) => text,
                other => other.to_string(),
            };
            assert_eq!(found, one.result, "{}", one.example);
        }
    }
}
