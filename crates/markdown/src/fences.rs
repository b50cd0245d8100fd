//! Fenced code.

use crate::attributes;
use crate::escape::escape;
use crate::lines::Line;

/// The line that opens fenced code.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fence<'a> {
    mark: u8,
    length: usize,
    /// What stands behind the mark: the language and options.
    info: &'a str,
}

impl<'a> Fence<'a> {
    /// The fence that a line opens. The text has no spaces before it.
    pub(crate) fn open(text: &'a str) -> Option<Self> {
        let mark = *text.as_bytes().first()?;
        if !matches!(mark, b'`' | b'~') {
            return None;
        }
        let length = text.bytes().take_while(|byte| *byte == mark).count();
        let info = text[length..].trim();
        let is_code_in_text = mark == b'`' && info.contains('`');
        (length >= 3 && !is_code_in_text).then_some(Self { mark, length, info })
    }

    /// Whether a line closes the fence.
    pub(crate) fn is_closed_by(&self, text: &str) -> bool {
        let text = text.trim_end();
        text.len() >= self.length && text.bytes().all(|byte| byte == self.mark)
    }

    /// Where the code ends: the position of the closing line. Nothing if the fence is never closed.
    pub(crate) fn end(&self, lines: &[Line<'_>]) -> Option<usize> {
        let closes = |line: &Line<'_>| self.is_closed_by(line.text.trim_start());
        lines.iter().skip(1).position(closes).map(|at| at + 1)
    }

    /// The code as HTML. `indent` is that of the fence.
    pub(crate) fn html(&self, lines: &[Line<'_>], indent: usize) -> String {
        let options = Options::read(self.info);
        let mut code = String::new();
        for line in lines {
            code.push_str(line.dedent(indent).text);
            code.push('\n');
        }
        code_html(&code, &options.language, options.title.as_deref())
    }
}

/// What the opening line says.
#[derive(Debug, Default)]
struct Options {
    language: String,
    title: Option<String>,
}

impl Options {
    fn read(info: &str) -> Self {
        let mut options = Self::default();
        let end = info.find([' ', '{']).unwrap_or(info.len());
        let (first, rest) = info.split_at(end);
        first.clone_into(&mut options.language);
        if let Some((list, _)) = attributes::leading(rest.trim_start()) {
            if options.language.is_empty() {
                options.language = list.classes.first().cloned().unwrap_or_default();
            }
            options.title = list
                .others
                .into_iter()
                .find(|(name, _)| name == "title")
                .map(|(_, title)| title);
        } else {
            options.title = title(rest);
        }
        options.language = options.language.trim_start_matches(['.', '!', '#']).to_owned();
        options
    }
}

/// The value of `title="…"`.
fn title(rest: &str) -> Option<String> {
    let (_, behind) = rest.split_once("title=")?;
    let quote = behind
        .chars()
        .next()
        .filter(|quote| matches!(quote, '"' | '\''))?;
    let (title, _) = behind[1..].split_once(quote)?;
    (!title.is_empty()).then(|| title.to_owned())
}

/// Code with its language and title.
pub(crate) fn code_html(code: &str, language: &str, title: Option<&str>) -> String {
    let class: String = language
        .chars()
        .filter(|character| character.is_ascii_alphanumeric() || matches!(character, '-' | '_' | '+' | '#'))
        .take(40)
        .collect();
    let class = match class.as_str() {
        "" => String::new(),
        class => format!(" class=\"language-{class}\""),
    };
    let title = title.map(|title| format!("<span class=\"filename\">{}</span>", escape(title)));
    format!(
        "<div class=\"highlight\">{}<pre><code{class}>{}</code></pre></div>\n",
        title.unwrap_or_default(),
        escape(code)
    )
}
