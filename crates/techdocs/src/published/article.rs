//! What a page of MkDocs is about: its article in the form that the portal's own pages have, its headings, and where it is edited.
//!
//! The themes frame it differently. What is taken is the article of Material, else the first one, else the main part. **The
//! HTML is not safe to show**: who shows it sanitises it.

use markdown::{Heading, escape};

use super::pieces::{Piece, Tag, end_of, one_line, text_of};

/// Most headings that are listed.
const MAX_HEADINGS: usize = 500;
/// Most tags and texts of a heading that are read.
const MAX_HEADING: usize = 200;
/// Elements that look like a block of code and have no code in them, after which no more are tried: each try reads on to the
/// end of the element.
const MAX_TRIES: usize = 50;

/// An article.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Article {
    pub(crate) html: String,
    pub(crate) headings: Vec<Heading>,
    /// Where people edit the page.
    pub(crate) edit: Option<String>,
    /// Tries for a block of code that failed.
    tries: usize,
}

/// Takes the article out of a page.
pub(crate) fn of(pieces: &[Piece]) -> Article {
    let mut article = Article::default();
    let Some(start) = beginning(pieces) else {
        return article;
    };
    let end = end_of(pieces, start);
    let inner = &pieces[start + 1..end];
    let inner = match inner.split_last() {
        Some((Piece::End(name), before)) if is_end(&pieces[start], name) => before,
        _ => inner,
    };
    let mut at = 0;
    while at < inner.len() {
        at = article.take(inner, at);
    }
    article
}

fn is_end(start: &Piece, name: &str) -> bool {
    matches!(start, Piece::Start(tag) if tag.name == name)
}

fn beginning(pieces: &[Piece]) -> Option<usize> {
    let wanted: [fn(&Tag) -> bool; 5] = [
        |tag| tag.name == "article" && tag.is_a("md-content__inner"),
        |tag| tag.name == "article",
        |tag| tag.get("role") == Some("main"),
        |tag| tag.name == "main",
        |tag| tag.name == "body",
    ];
    wanted.iter().find_map(|is_wanted| {
        pieces
            .iter()
            .position(|piece| matches!(piece, Piece::Start(tag) if is_wanted(tag)))
    })
}

/// Whether an element has no place on a page of the portal.
fn is_left_out(tag: &Tag) -> bool {
    let by_name = ["script", "style", "noscript", "svg", "form", "nav", "template"];
    let by_class = [
        "md-content__button",
        "md-source-file",
        "md-feedback",
        "md-tags",
        "md-skip",
    ];
    by_name.contains(&tag.name.as_str()) || by_class.iter().any(|class| tag.is_a(class))
}

impl Article {
    /// Takes the piece at a position, and gives the position behind what it took.
    fn take(&mut self, pieces: &[Piece], at: usize) -> usize {
        match &pieces[at] {
            Piece::Start(tag) if is_left_out(tag) => {
                if tag.is_a("md-content__button") && tag.get("rel") == Some("edit") {
                    self.edit = tag.get("href").map(str::to_owned);
                }
                end_of(pieces, at)
            }
            Piece::Start(tag) if self.tries < MAX_TRIES && is_code_block(tag) => {
                let end = end_of(pieces, at);
                if let Some(code) = code_block(&pieces[at..end]) {
                    self.html.push_str(&code);
                    return end;
                }
                self.tries += 1;
                self.start(pieces, at, tag);
                at + 1
            }
            Piece::Start(tag) => {
                self.start(pieces, at, tag);
                at + 1
            }
            Piece::End(name) => {
                self.html.push_str(&format!("</{name}>"));
                at + 1
            }
            Piece::Text(text) => {
                self.html.push_str(&escape(text));
                at + 1
            }
        }
    }

    fn start(&mut self, pieces: &[Piece], at: usize, tag: &Tag) {
        let level = tag
            .name
            .strip_prefix('h')
            .and_then(|level| level.parse::<u8>().ok());
        let is_listed = self.headings.len() < MAX_HEADINGS;
        if let Some(level) = level.filter(|level| is_listed && (1..=6).contains(level)) {
            let near = &pieces[..pieces.len().min(at + MAX_HEADING)];
            let inside = &near[at + 1..end_of(near, at)];
            self.headings.push(Heading {
                level,
                id: tag.get("id").unwrap_or_default().to_owned(),
                text: one_line(&text_of(inside, |tag| tag.is_a("headerlink"))),
                line: 0,
            });
        }
        if tag.name == "table" {
            // Tables are framed by the portal, whatever their classes are.
            self.html.push_str("<table>");
        } else {
            tag.write(&mut self.html);
        }
    }
}

fn is_code_block(tag: &Tag) -> bool {
    (tag.name == "div" && tag.is_a("highlight")) || tag.name == "pre"
}

/// A block of code in the form of the portal's own pages; nothing if there is no code in it.
fn code_block(pieces: &[Piece]) -> Option<String> {
    let tags = || {
        pieces.iter().enumerate().filter_map(|(at, piece)| match piece {
            Piece::Start(tag) => Some((at, tag)),
            _ => None,
        })
    };
    let (start, code) = tags().find(|(_, tag)| tag.name == "code")?;
    let end = end_of(pieces, start);
    let is_number = |tag: &Tag| tag.is_a("linenos") || tag.is_a("lineno") || tag.is_a("headerlink");
    let text = text_of(&pieces[start..end], is_number);
    let title = tags().find(|(_, tag)| tag.is_a("filename") && tag.name == "span");
    let title = title.map(|(at, _)| one_line(&text_of(&pieces[at..end_of(pieces, at)], |_| false)));
    let (_, outermost) = tags().next()?;
    let language = [code, outermost].into_iter().find_map(language_of);
    let mut html = "<div class=\"highlight\">".to_owned();
    if let Some(title) = title.filter(|title| !title.is_empty()) {
        html.push_str(&format!("<span class=\"filename\">{}</span>", escape(&title)));
    }
    match language {
        Some(language) => html.push_str(&format!("<pre><code class=\"language-{}\">", escape(language))),
        None => html.push_str("<pre><code>"),
    }
    html.push_str(&escape(&text));
    html.push_str("</code></pre></div>");
    Some(html)
}

fn language_of(tag: &Tag) -> Option<&str> {
    tag.classes().find_map(|class| {
        class
            .strip_prefix("language-")
            .or((class == "mermaid").then_some(class))
    })
}

#[cfg(test)]
mod tests {
    use super::super::pieces;
    use super::*;

    fn article(html: &str) -> Article {
        of(&pieces::read(html))
    }

    #[test]
    fn code_of_every_form_is_one_form() {
        let expected = "<div class=\"highlight\"><span class=\"filename\">a.sh</span><pre><code class=\"language-bash\">\
            a &lt;b&gt;\n</code></pre></div>";
        let table = "<div class='language-bash highlight'><table class='highlighttable'><tr><th colspan='2' class='filename'>\
            <span class='filename'>a.sh</span></th></tr><tr><td class='linenos'><div><pre><span>1</span></pre></div></td>\
            <td class='code'><div><pre><span></span><code><a id='x'></a><span class='nb'>a</span> &lt;b&gt;\n</code></pre></div>\
            </td></tr></table></div>";
        let inline = "<div class='language-bash highlight'><span class='filename'>a.sh</span><pre><span></span><code>\
            <span class='linenos'>1 </span>a &lt;b&gt;\n</code></pre></div>";
        for html in [table, inline] {
            assert_eq!(article(&format!("<article>{html}</article>")).html, expected);
        }
        let diagram = article("<main><pre class='mermaid'><code>a --&gt; b\n</code></pre></main>").html;
        assert_eq!(
            diagram,
            "<div class=\"highlight\"><pre><code class=\"language-mermaid\">a --&gt; b\n</code></pre></div>"
        );
        let plain = article("<main><pre><code>a\n</code></pre><pre>b</pre></main>").html;
        assert_eq!(
            plain,
            "<div class=\"highlight\"><pre><code>a\n</code></pre></div><pre>b</pre>"
        );
    }

    #[test]
    fn what_frames_the_article_is_left_out() {
        let found = article(
            "<body><nav>menu</nav><article class='md-content__inner'><a class='md-content__button' rel='edit' href='https://e.org/x'>\
             <svg><path d='M1'/></svg></a><h1 id='a'>A &amp; B<a class='headerlink' href='#a'>¶</a></h1><p>Text</p>\
             <script>x()</script><aside class='md-source-file'>yesterday</aside></article>footer</body>",
        );
        assert_eq!(found.edit.as_deref(), Some("https://e.org/x"));
        assert_eq!(found.headings.len(), 1);
        assert_eq!(
            (found.headings[0].level, found.headings[0].text.as_str()),
            (1, "A & B")
        );
        let expected =
            "<h1 id=\"a\">A &amp; B<a class=\"headerlink\" href=\"#a\">¶</a></h1><p>Text</p></article>";
        assert_eq!(found.html, expected.replace("</article>", ""));
        assert_eq!(article("").html, "");
    }

    #[test]
    fn elements_without_an_end_take_linear_time() {
        let begun = std::time::Instant::now();
        for opening in ["<pre>", "<h1>", "<div class=highlight>", "<svg>"] {
            article(&format!("<article>{}", opening.repeat(20_000)));
        }
        assert!(
            begun.elapsed() < std::time::Duration::from_secs(20),
            "{:?}",
            begun.elapsed()
        );
    }
}
