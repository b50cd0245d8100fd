//! How the engine cuts the texts of documents: with this crate's own rules.

use tantivy::Index;
use tantivy::tokenizer::{PreTokenizedStream, PreTokenizedString, TextAnalyzer, Token, Tokenizer};

use crate::words::{Word, name_words, words};

/// Words of a text.
pub const WORDS: &str = "words";
/// Words of a name, together with the glued form.
pub const NAME: &str = "name";
/// Pieces of a folded text.
pub const GRAMS: &str = "grams";
/// All beginnings of a folded text.
pub const STARTS: &str = "starts";
/// All beginnings of the words of a name.
pub const WORD_STARTS: &str = "word-starts";

/// Letters of the longest beginning that is kept; what begins with more than that is looked up another way.
pub const LONGEST_START: usize = 20;

/// Length of the pieces by which a part in the middle of a name is found.
pub const GRAM: usize = 3;

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

/// The pieces of a folded text, one behind the other.
pub fn gram_texts(text: &str) -> Vec<String> {
    let letters: Vec<char> = text.chars().collect();
    letters
        .windows(GRAM)
        .map(|piece| piece.iter().collect())
        .collect()
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

fn grams(text: &str) -> Vec<Token> {
    let token = |(position, text): (usize, String)| Token {
        offset_from: position,
        offset_to: position + GRAM,
        position,
        text,
        position_length: 1,
    };
    gram_texts(text).into_iter().enumerate().map(token).collect()
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
