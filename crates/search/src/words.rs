//! Words of a text, in the form in which they are compared.
//!
//! Letters are folded (case, accents, ligatures), and what programmers glue together is taken apart:
//! `talentmesh-api`, `PaymentGateway` and `spec.type` each have two words. The glued form stays a word
//! too, so both spellings find each other.
//!
//! Chinese, Japanese and Korean are cut into pairs of letters that overlap, as there is no space between the words or
//! an ending at each of them: `支付网关` is `支付`, `付网`, `网关`. The last letter alone is a word of documents, too, so that
//! each letter begins one.

use std::ops::Range;

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
    /// Whether it is the last letter of a run of pairs, which has the number of the pair before it. Nobody asks for it.
    pub is_tail: bool,
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
        if text[start..end].contains(is_unspaced) {
            position = add_runs(text, start..end, position, &mut words);
            continue;
        }
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

/// Whether a letter belongs to a script that is written without spaces between words, or with endings glued to them: the
/// blocks of Han, Hiragana, Katakana and Hangul of Unicode 16.
pub fn is_unspaced(letter: char) -> bool {
    matches!(
        letter,
        '\u{1100}'..='\u{11FF}'
            | '々'
            | '\u{3040}'..='\u{30FF}'
            | '\u{3130}'..='\u{318F}'
            | '\u{31F0}'..='\u{31FF}'
            | '\u{3400}'..='\u{4DBF}'
            | '\u{4E00}'..='\u{9FFF}'
            | '\u{AC00}'..='\u{D7AF}'
            | '\u{F900}'..='\u{FAFF}'
            | '\u{FF66}'..='\u{FF9F}'
            | '\u{20000}'..='\u{3FFFF}'
    )
}

/// The words of a segment that has such letters; the number of the next word.
fn add_runs(text: &str, segment: Range<usize>, mut position: usize, words: &mut Vec<Word>) -> usize {
    for run in runs(&text[segment.clone()]) {
        let (start, end) = (segment.start + run.start, segment.start + run.end);
        if !text[start..end].contains(is_unspaced) {
            words.push(word(text, position, start, end));
            position += 1;
            continue;
        }
        let letters: Vec<usize> = text[start..end]
            .char_indices()
            .map(|(at, _)| start + at)
            .collect();
        for (number, from) in letters.iter().enumerate() {
            let to = letters.get(number + 2).copied().unwrap_or(end);
            let is_tail = number > 0 && number + 1 == letters.len();
            let place = position + number - usize::from(is_tail);
            words.push(Word {
                is_tail,
                ..word(text, place, *from, to)
            });
        }
        position += letters.len().max(2) - 1;
    }
    position
}

/// A segment cut where letters with and without spaces between words meet.
fn runs(segment: &str) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    let mut before = None;
    for (at, letter) in segment.char_indices() {
        let end = at + letter.len_utf8();
        // A mark belongs to the letter before it.
        let kind = if is_combining_mark(letter) {
            before
        } else {
            Some(is_unspaced(letter))
        };
        match runs.last_mut() {
            Some(last) if kind == before => last.end = end,
            _ => runs.push(at..end),
        }
        before = kind;
    }
    runs
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
                is_tail: false,
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
        is_tail: false,
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
    }

    #[test]
    fn letters_without_spaces_are_cut_into_pairs() {
        check("日本 語", &["日本", "本", "語"]);
        check("支付网关", &["支付", "付网", "网关", "关"]);
        check("API网关v2", &["api", "网关", "关", "v2"]);
        check("ゲート", &["ケー", "ート", "ト"]);
        // Hangul is compared by the signs that its syllables are made of.
        check("결제", &[&fold("결제"), &fold("제")]);
        let positions: Vec<usize> = words("支付网 x 付").iter().map(|word| word.position).collect();
        assert_eq!(positions, [0, 1, 1, 2, 3]);
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
