//! Lexical tokens: what a run of characters is, and where.
//!
//! A token knows nothing of its neighbours; runs of them are kept as [`Span`]s over one array.

/// What a run of characters is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    ByteOrderMark,
    /// No characters: a document begins without a marker line.
    DocumentMode,
    /// No characters: a flow collection was cut off by its surroundings.
    FlowCut,
    DocumentStart,
    DocumentEnd,
    Newline,
    Space,
    Comment,
    Directive,
    Dash,
    Question,
    Colon,
    Comma,
    MapOpen,
    MapClose,
    SeqOpen,
    SeqClose,
    Alias,
    Anchor,
    Tag,
    /// A plain scalar, or the body of a block scalar.
    Scalar,
    SingleQuoted,
    DoubleQuoted,
    BlockHeader,
    Unknown,
}

impl Kind {
    /// The name error texts use.
    pub fn name(self) -> &'static str {
        match self {
            Kind::ByteOrderMark => "byte-order-mark",
            Kind::DocumentMode => "doc-mode",
            Kind::FlowCut => "flow-error-end",
            Kind::DocumentStart => "doc-start",
            Kind::DocumentEnd => "doc-end",
            Kind::Newline => "newline",
            Kind::Space => "space",
            Kind::Comment => "comment",
            Kind::Directive => "directive-line",
            Kind::Dash => "seq-item-ind",
            Kind::Question => "explicit-key-ind",
            Kind::Colon => "map-value-ind",
            Kind::Comma => "comma",
            Kind::MapOpen => "flow-map-start",
            Kind::MapClose => "flow-map-end",
            Kind::SeqOpen => "flow-seq-start",
            Kind::SeqClose => "flow-seq-end",
            Kind::Alias => "alias",
            Kind::Anchor => "anchor",
            Kind::Tag => "tag",
            Kind::Scalar => "scalar",
            Kind::SingleQuoted => "single-quoted-scalar",
            Kind::DoubleQuoted => "double-quoted-scalar",
            Kind::BlockHeader => "block-scalar-header",
            Kind::Unknown => "error",
        }
    }

    /// Spaces, comments and line breaks.
    pub fn is_blank(self) -> bool {
        matches!(self, Kind::Space | Kind::Comment | Kind::Newline)
    }

    /// Scalars that may stand in flow collections, and aliases.
    pub fn is_inline(self) -> bool {
        matches!(
            self,
            Kind::Alias | Kind::Scalar | Kind::SingleQuoted | Kind::DoubleQuoted
        )
    }

    /// Classifies loose text (the remainder of a line) by its first characters.
    pub fn of(source: &str) -> Kind {
        match source {
            "\u{feff}" => return Kind::ByteOrderMark,
            "---" => return Kind::DocumentStart,
            "..." => return Kind::DocumentEnd,
            "-" => return Kind::Dash,
            "?" => return Kind::Question,
            ":" => return Kind::Colon,
            "{" => return Kind::MapOpen,
            "}" => return Kind::MapClose,
            "[" => return Kind::SeqOpen,
            "]" => return Kind::SeqClose,
            "," => return Kind::Comma,
            _ => {}
        }
        match source.as_bytes().first() {
            None | Some(b'\n') => Kind::Newline,
            Some(b' ' | b'\t') => Kind::Space,
            Some(b'#') => Kind::Comment,
            Some(b'%') => Kind::Directive,
            Some(b'*') => Kind::Alias,
            Some(b'&') => Kind::Anchor,
            Some(b'!') => Kind::Tag,
            Some(b'\'') => Kind::SingleQuoted,
            Some(b'"') => Kind::DoubleQuoted,
            Some(b'|' | b'>') => Kind::BlockHeader,
            Some(_) => Kind::Unknown,
        }
    }
}

/// One token; offsets are bytes, `indent` is the indentation in effect where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    pub kind: Kind,
    pub start: u32,
    pub end: u32,
    pub indent: u32,
}

impl Token {
    pub fn range(&self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }

    pub fn text<'t>(&self, text: &'t str) -> &'t str {
        &text[self.range()]
    }
}

/// A run of neighbouring tokens in the document's array.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Span {
    pub from: u32,
    pub to: u32,
}

impl Span {
    pub fn is_empty(self) -> bool {
        self.from >= self.to
    }

    pub fn of(self, tokens: &[Token]) -> &[Token] {
        &tokens[self.from as usize..self.to.max(self.from) as usize]
    }

    /// Takes in the token at `index`, which follows everything taken so far.
    pub fn grow(&mut self, index: u32) {
        if self.is_empty() {
            self.from = index;
        }
        self.to = index + 1;
    }

    /// Takes in a following run.
    pub fn join(&mut self, next: Span) {
        if !next.is_empty() {
            if self.is_empty() {
                self.from = next.from;
            }
            self.to = next.to;
        }
    }

    /// Cuts the run at `index` and hands out the tail.
    pub fn split_off(&mut self, index: u32) -> Span {
        let tail = Span {
            from: index,
            to: self.to,
        };
        self.to = index;
        tail
    }
}
