//! What code search costs, in steps that `cargo xtask bench code-search` runs: a generated set of repositories, an index of it, and
//! questions to the index. Also an index of any folder of repositories, and answers from it.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "figures are rounded anyway"
)]

mod generate;
mod measure;
mod questions;
mod words;

use std::io::{self, Write};
use std::path::Path;

use code_search::{Bounds, Everything, Index, Question};

const USAGE: &str = "\
usage: bench generate FOLDER REPOSITORIES FILES MEGABYTES
       bench index FOLDER INDEX
       bench questions FOLDER FILE COUNT
       bench ask INDEX FILE
       bench answer INDEX QUESTION";

fn main() -> io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["generate", folder, repositories, files, megabytes] => {
            let [repositories, files, megabytes] =
                [number(repositories)?, number(files)?, number(megabytes)?];
            generate::write(Path::new(folder), repositories, files, megabytes << 20)
        }
        ["index", folder, index] => measure::index(Path::new(folder), Path::new(index)),
        ["questions", folder, file, count] => {
            questions::write(Path::new(folder), Path::new(file), number(count)?)
        }
        ["ask", index, file] => measure::ask(Path::new(index), Path::new(file)),
        ["answer", index, question] => answer(Path::new(index), question),
        _ => Err(io::Error::new(io::ErrorKind::InvalidInput, USAGE)),
    }
}

fn number(text: &str) -> io::Result<usize> {
    text.parse()
        .map_err(|_| io::Error::new(io::ErrorKind::InvalidInput, USAGE))
}

fn answer(index: &Path, question: &str) -> io::Result<()> {
    let index = Index::open(index).map_err(io::Error::other)?;
    let answer = index.answer(&Question::read(question), &Everything, &Bounds::default());
    let mut out = io::stdout().lock();
    for hint in &answer.hints {
        writeln!(out, "{hint}")?;
    }
    for file in &answer.files {
        writeln!(out, "{}/{}", file.repository, file.path)?;
        for line in &file.lines {
            writeln!(
                out,
                "  {}: {}{}",
                line.number,
                if line.definition { "* " } else { "" },
                line.text
            )?;
        }
        let more = file.line_count - file.lines.len() as u64;
        if more > 0 {
            writeln!(out, "  and {more} more lines")?;
        }
    }
    writeln!(out, "{:?}, {:?}", answer.count, answer.looked)
}
