//! How the engine cuts the texts of documents: with this crate's own rules.

use std::collections::HashSet;

use tantivy::Index;
use tantivy::tokenizer::{PreTokenizedStream, PreTokenizedString, TextAnalyzer, Token, Tokenizer};

use crate::words::{Word, name_words, words};

/// Words of a text.
pub const WORDS: &str = "words";
/// Words of a name, together with the glued form.
pub const NAME: &str = "name";
/// Pieces of folded texts, a text on each line; a piece that is there more than once is cut once.
pub const GRAMS: &str = "grams";
/// All beginnings of a folded text.
pub const STARTS: &str = "starts";
/// All beginnings of the words of a name.
pub const WORD_STARTS: &str = "word-starts";

/// Letters of the longest beginning that is kept; what begins with more than that is looked up another way.
pub const LONGEST_START: usize = 20;

/// Letters of the shortest pieces by which a part in the middle of a name is found.
pub const SHORTEST_GRAM: usize = 3;
/// Letters of the longest ones. Most of what is typed is one piece then and is looked up as it is.
pub const LONGEST_GRAM: usize = 6;

/// Makes the ways to cut known to an index. Without them nothing can be written.
pub fn register(index: &Index) {
    let register = |name, cut| {
        let way = TextAnalyzer::from(Way { cut });
        index.tokenizers().register(name, way);
    };
    register(WORDS, |text| tokens(words(text)));
    register(NAME, |text| tokens(name_words(text)));
    register(GRAMS, grams);
    register(STARTS, starts);
    register(WORD_STARTS, |text| {
        let words = name_words(text);
        words.iter().flat_map(|word| starts(&word.text)).collect()
    });
}

/// The pieces that all are in a name when a folded text is a part of it; none for a text that is too short.
pub fn gram_texts(text: &str) -> Vec<&str> {
    let letters = text.chars().count();
    if letters < SHORTEST_GRAM {
        return Vec::new();
    }
    windows(text, letters.min(LONGEST_GRAM)).collect()
}

/// All runs of so many letters.
fn windows(text: &str, letters: usize) -> impl Iterator<Item = &str> {
    let starts = text.char_indices().map(|(at, _)| at);
    let ends = starts.clone().skip(letters).chain([text.len()]);
    // A text with fewer letters has none of so many.
    let many = (text.chars().count() + 1).saturating_sub(letters);
    starts.zip(ends).take(many).map(|(start, end)| &text[start..end])
}

#[derive(Clone)]
struct Way {
    cut: fn(&str) -> Vec<Token>,
}

impl Tokenizer for Way {
    type TokenStream<'a> = PreTokenizedStream;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> PreTokenizedStream {
        PreTokenizedStream::from(PreTokenizedString {
            text: String::new(),
            tokens: (self.cut)(text),
        })
    }
}

fn starts(text: &str) -> Vec<Token> {
    let ends = text.char_indices().map(|(at, letter)| at + letter.len_utf8());
    let token = |end| Token {
        offset_from: 0,
        offset_to: end,
        position: 0,
        text: text[..end].to_owned(),
        position_length: 1,
    };
    ends.take(LONGEST_START).map(token).collect()
}

fn grams(texts: &str) -> Vec<Token> {
    let lengths = SHORTEST_GRAM..=LONGEST_GRAM;
    let of = |text| lengths.clone().flat_map(move |letters| windows(text, letters));
    let pieces: HashSet<&str> = texts.lines().flat_map(of).collect();
    let token = |text: &str| Token {
        offset_from: 0,
        offset_to: text.len(),
        position: 0,
        text: text.to_owned(),
        position_length: 1,
    };
    pieces.into_iter().map(token).collect()
}

fn tokens(words: Vec<Word>) -> Vec<Token> {
    let token = |word: Word| Token {
        offset_from: word.start,
        offset_to: word.end,
        position: word.position,
        text: word.text,
        position_length: 1,
    };
    words.into_iter().map(token).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_a_text_has_only_pieces_of_the_text() {
        let texts = "größe-api\ngrosseapi";
        let cut: HashSet<String> = grams(texts).into_iter().map(|token| token.text).collect();
        for part in ["röß", "öße-a", "größe-api", "sseapi", "grosseapi"] {
            let pieces = gram_texts(part);
            assert!(
                !pieces.is_empty() && pieces.iter().all(|piece| cut.contains(*piece)),
                "{part}"
            );
        }
        for other in ["apigro", "-apig", "api\n", "eapix", "grosse-"] {
            let pieces = gram_texts(other);
            assert!(!pieces.iter().all(|piece| cut.contains(*piece)), "{other}");
        }
        assert!(gram_texts("ap").is_empty());
    }

    #[test]
    fn a_piece_is_cut_once() {
        let cut: Vec<String> = grams("abab-abab\nabab")
            .into_iter()
            .map(|token| token.text)
            .collect();
        let different: HashSet<&String> = cut.iter().collect();
        assert_eq!(cut.len(), different.len());
    }
}
