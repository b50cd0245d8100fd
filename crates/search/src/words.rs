//! Words of a text, in the form in which they are compared.
//!
//! Letters are folded (case, accents, ligatures), and what programmers glue together is taken apart:
//! `talentmesh-api`, `PaymentGateway` and `spec.type` each have two words. The glued form stays a word
//! too, so both spellings find each other.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Longer words are cut; nobody types them.
const LONGEST: usize = 64;

/// A word and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// The folded word.
    pub text: String,
    /// Its number in the text; a word in its glued form has the number of its first part.
    pub position: usize,
    /// First byte in the text.
    pub start: usize,
    /// Byte behind the last one.
    pub end: usize,
}

/// Folds a text: lower case, without accents, `ß` as `ss`, `æ` as `ae`.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for character in text.nfkd().filter(|character| !is_combining_mark(*character)) {
        match character {
            'ß' | 'ẞ' => folded.push_str("ss"),
            'æ' | 'Æ' => folded.push_str("ae"),
            'œ' | 'Œ' => folded.push_str("oe"),
            'ø' | 'Ø' => folded.push('o'),
            'đ' | 'Đ' => folded.push('d'),
            'ł' | 'Ł' => folded.push('l'),
            other => folded.extend(other.to_lowercase()),
        }
    }
    folded
}

/// The words of a text in order, each glued form behind its first part.
pub fn words(text: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut position = 0;
    for (start, end) in segments(text) {
        let parts = parts(&text[start..end]);
        for (number, (from, to)) in parts.iter().enumerate() {
            words.push(word(text, position + number, start + from, start + to));
            if number == 0 && parts.len() > 1 {
                words.push(word(text, position, start, end));
            }
        }
        position += parts.len();
    }
    words
}

/// The words of a name: those of the text, and all of them glued together.
pub fn name_words(name: &str) -> Vec<Word> {
    let mut words = words(name);
    if let Some(glued) = glued(name) {
        let text: String = glued.chars().take(LONGEST).collect();
        words.insert(
            0,
            Word {
                text,
                position: 0,
                start: 0,
                end: name.len(),
            },
        );
    }
    words
}

/// A name without what stands between its segments, when there are several.
pub fn glued(name: &str) -> Option<String> {
    let segments = segments(name);
    (segments.len() > 1).then(|| {
        segments
            .iter()
            .map(|(start, end)| fold(&name[*start..*end]))
            .collect()
    })
}

fn word(text: &str, position: usize, start: usize, end: usize) -> Word {
    Word {
        text: fold(&text[start..end]).chars().take(LONGEST).collect(),
        position,
        start,
        end,
    }
}

/// Runs of letters and digits.
fn segments(text: &str) -> Vec<(usize, usize)> {
    let mut segments = Vec::new();
    let mut start = None;
    for (at, character) in text.char_indices() {
        let belongs = character.is_alphanumeric() || (start.is_some() && is_combining_mark(character));
        match (belongs, start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                segments.push((from, at));
                start = None;
            }
            _ => {}
        }
    }
    segments.extend(start.map(|from| (from, text.len())));
    segments
}

/// Parts of a segment in camel case: `PaymentGateway` has two, `HTTPServer` too, `OAuth2` and `v2` one.
fn parts(segment: &str) -> Vec<(usize, usize)> {
    let letters: Vec<(usize, char)> = segment.char_indices().collect();
    let mut cuts = vec![0];
    for window in 1..letters.len() {
        let (at, current) = letters[window];
        let before = letters[window - 1].1;
        let after = letters.get(window + 1).map(|(_, after)| *after);
        let rises = before.is_lowercase() && current.is_uppercase();
        let run_ends = before.is_uppercase()
            && current.is_uppercase()
            && after.is_some_and(char::is_lowercase)
            && window > 1;
        if rises || run_ends {
            cuts.push(at);
        }
    }
    cuts.push(segment.len());
    cuts.windows(2).map(|cut| (cut[0], cut[1])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let found: Vec<String> = words(text).into_iter().map(|word| word.text).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn glued_spellings_are_taken_apart() {
        check("talentmesh-api", &["talentmesh", "api"]);
        check("PaymentGateway", &["payment", "paymentgateway", "gateway"]);
        check("HTTPServer", &["http", "httpserver", "server"]);
        check("OAuth2 v2", &["oauth2", "v2"]);
        check("spec.type/some_thing", &["spec", "type", "some", "thing"]);
        check("getPets", &["get", "getpets", "pets"]);
        check("", &[]);
        check("*[ -", &[]);
    }

    #[test]
    fn letters_are_folded() {
        check("Größe", &["grosse"]);
        check("Übersicht café", &["ubersicht", "cafe"]);
        check("e\u{301}te\u{301}", &["ete"]);
        check("ﬁnance", &["finance"]);
        check("日本 語", &["日本", "語"]);
    }

    #[test]
    fn places_are_those_of_the_text() {
        let text = "An Ünïcode PaymentGateway";
        for word in words(text) {
            assert_eq!(fold(&text[word.start..word.end]), word.text);
        }
        let positions: Vec<usize> = words(text).iter().map(|word| word.position).collect();
        assert_eq!(positions, [0, 1, 2, 2, 3]);
    }

    #[test]
    fn names_are_words_as_a_whole_too() {
        let found: Vec<String> = name_words("alert-router")
            .into_iter()
            .map(|word| word.text)
            .collect();
        assert_eq!(found, ["alertrouter", "alert", "router"]);
        assert_eq!(name_words("alerts").len(), 1);
    }
}
