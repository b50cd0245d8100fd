//! Values of literal (`|`) and folded (`>`) block scalars.

use super::{Composed, Composer, Outcome, Properties, Sort, properties};
use crate::error::Fault;
use crate::token::{Kind, Token};
use crate::tree::Node;
use serde_json::Value;

struct Header {
    folded: bool,
    /// Explicit indentation, 0 when left to the first line.
    indent: usize,
    chomp: u8,
    length: usize,
}

/// A body line: its leading spaces, and the rest.
struct Line<'t> {
    indent: &'t str,
    content: &'t str,
}

impl Line<'_> {
    fn is_empty(&self) -> bool {
        matches!(self.content, "" | "\r")
    }

    fn length(&self) -> usize {
        self.indent.len() + self.content.len() + 1
    }
}

impl Composer<'_> {
    pub(super) fn block_scalar(&mut self, node: &Node, properties: &Properties) -> Outcome<Composed> {
        let Node::BlockScalar {
            header, indent, body, ..
        } = node
        else {
            unreachable!("only block scalars come here")
        };
        let start = header.start as usize;
        let head = self.block_header(node, header)?;
        let source = body.map_or("", |body| body.text(self.text));
        let text = self.block_text(source, &head, *indent as usize, start)?;
        let end = start + head.length + source.len();
        let (value, sort) = match properties.tag {
            Some(tag) => self.tagged_scalar(&text, tag)?,
            None => (Value::String(text), Sort::Text),
        };
        Ok(Composed {
            value,
            sort,
            start,
            content_end: end,
            end,
        })
    }

    fn block_header(&self, node: &Node, header: &Token) -> Outcome<Header> {
        let Node::BlockScalar { after_header, .. } = node else {
            unreachable!("checked by the caller")
        };
        let source = header.text(self.text);
        let mut out = Header {
            folded: source.starts_with('>'),
            indent: 0,
            chomp: b' ',
            length: source.len(),
        };
        for (at, sign) in source.char_indices().skip(1) {
            match sign {
                '-' | '+' if out.chomp == b' ' => out.chomp = if sign == '-' { b'-' } else { b'+' },
                '1'..='9' if out.indent == 0 => out.indent = sign as usize - '0' as usize,
                _ => {
                    let message = format!("Block scalar header includes extra characters: {source}");
                    return Err(Fault::at(header.start as usize + at, "UNEXPECTED_TOKEN", message));
                }
            }
        }
        let mut spaced = false;
        for token in after_header.of(&self.tree.tokens) {
            match token.kind {
                Kind::Space => spaced = true,
                Kind::Comment if !spaced => {
                    return Err(Fault::token(token, "MISSING_CHAR", properties::COMMENT_SPACE));
                }
                Kind::Unknown => {
                    let message = format!("Not a YAML token: {}", token.text(self.text));
                    return Err(Fault::token(token, "UNEXPECTED_TOKEN", message));
                }
                _ => {}
            }
            out.length += token.range().len();
        }
        Ok(out)
    }

    fn block_text(&self, source: &str, head: &Header, outer: usize, start: usize) -> Outcome<String> {
        let lines: Vec<Line<'_>> = if source.is_empty() {
            Vec::new()
        } else {
            source.split('\n').map(split).collect()
        };
        let filled = lines
            .iter()
            .rposition(|line| !line.is_empty())
            .map_or(0, |last| last + 1);
        if filled == 0 {
            let keep = head.chomp == b'+' && !lines.is_empty();
            return Ok(if keep {
                "\n".repeat((lines.len() - 1).max(1))
            } else {
                String::new()
            });
        }
        let mut offset = start + head.length;
        let (trim, first) = self.block_indent(&lines, head, outer, &mut offset)?;
        let more = lines
            .iter()
            .rposition(|line| line.indent.len() > trim)
            .map_or(0, |last| last + 1);
        let stop = filled.max(more);
        let mut text = String::with_capacity(source.len());
        for line in &lines[..first] {
            text.push_str(line.indent.get(trim..).unwrap_or(""));
            text.push('\n');
        }
        fill(&mut text, &lines[first..stop], head, trim, offset)?;
        match head.chomp {
            b'-' => {}
            b'+' => {
                for line in &lines[stop..] {
                    text.push('\n');
                    text.push_str(line.indent.get(trim..).unwrap_or(""));
                }
                if !text.ends_with('\n') {
                    text.push('\n');
                }
            }
            _ => text.push('\n'),
        }
        Ok(text)
    }

    /// The indentation to take off and the index of the first line with content.
    fn block_indent(
        &self,
        lines: &[Line<'_>],
        head: &Header,
        outer: usize,
        offset: &mut usize,
    ) -> Outcome<(usize, usize)> {
        let mut trim = outer + head.indent;
        for (index, line) in lines.iter().enumerate() {
            let width = line.indent.len();
            if line.is_empty() {
                if head.indent == 0 {
                    trim = trim.max(width);
                }
                *offset += line.length();
                continue;
            }
            if width < trim {
                let message = "Block scalars with more-indented leading empty lines must use an explicit indentation indicator";
                return Err(Fault::at(*offset + width, "MISSING_CHAR", message));
            }
            if head.indent == 0 {
                trim = width;
            }
            if trim == 0 && !self.at_root {
                let message = "Block scalar values in collections must be indented";
                return Err(Fault::at(*offset, "BAD_INDENT", message));
            }
            return Ok((trim, index));
        }
        Ok((trim, 0))
    }
}

fn split(line: &str) -> Line<'_> {
    let width = line.len() - line.trim_start_matches(' ').len();
    Line {
        indent: &line[..width],
        content: &line[width..],
    }
}

fn fill(text: &mut String, lines: &[Line<'_>], head: &Header, trim: usize, mut offset: usize) -> Outcome<()> {
    let (mut separator, mut deeper) = ("", false);
    for line in lines {
        offset += line.length();
        let content = line.content.strip_suffix('\r').unwrap_or(line.content);
        if !content.is_empty() && line.indent.len() < trim {
            let source = if head.indent > 0 {
                "explicit indentation indicator"
            } else {
                "first line"
            };
            let message = format!("Block scalar lines must not be less indented than their {source}");
            let back = line.content.len() + 1;
            return Err(Fault::at(offset - back, "BAD_INDENT", message));
        }
        let extra = line.indent.get(trim..).unwrap_or("");
        if !head.folded {
            text.push_str(separator);
            text.push_str(extra);
            text.push_str(content);
            separator = "\n";
        } else if !extra.is_empty() || content.starts_with('\t') {
            if separator == " " {
                separator = "\n";
            } else if !deeper && separator == "\n" {
                separator = "\n\n";
            }
            text.push_str(separator);
            text.push_str(extra);
            text.push_str(content);
            (separator, deeper) = ("\n", true);
        } else if content.is_empty() {
            if separator == "\n" {
                text.push('\n');
            } else {
                separator = "\n";
            }
        } else {
            text.push_str(separator);
            text.push_str(content);
            (separator, deeper) = (" ", false);
        }
    }
    Ok(())
}
