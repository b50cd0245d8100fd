//! Dense tables with a sticky head, sortable by links, and rows that the keyboard can walk.

use maud::{Markup, html};

use crate::icon::icon;

/// Order of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Smallest first.
    Ascending,
    /// Largest first.
    Descending,
}

/// How a column's cells stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Align {
    /// Text.
    #[default]
    Start,
    /// Numbers.
    End,
}

/// A column.
#[derive(Debug, Clone, Default)]
pub struct Column<'a> {
    /// Heading.
    pub title: &'a str,
    /// The page ordered by this column.
    pub sort_href: Option<String>,
    /// The current order, when this column is the one ordered by.
    pub sorted: Option<Direction>,
    /// How its cells stand.
    pub align: Align,
    /// Left out where the window is narrow.
    pub optional: bool,
    /// The heading is only for screen readers.
    pub quiet: bool,
    /// Takes what is left of the width, and cuts long text.
    pub grows: bool,
    /// Shown only where the window is very wide.
    pub wide: bool,
    /// Holds small controls, at the end of the row.
    pub controls: bool,
}

impl<'a> Column<'a> {
    /// A column of text.
    pub fn new(title: &'a str) -> Self {
        Self {
            title,
            ..Self::default()
        }
    }

    /// A column left out where the window is narrow.
    pub fn optional(title: &'a str) -> Self {
        Self {
            title,
            optional: true,
            ..Self::default()
        }
    }

    /// The wide column that cuts long text; left out where the window is narrow.
    pub fn growing(title: &'a str) -> Self {
        Self {
            title,
            optional: true,
            grows: true,
            ..Self::default()
        }
    }

    /// A column of small controls.
    pub fn controls(title: &'a str) -> Self {
        Self {
            title,
            quiet: true,
            controls: true,
            ..Self::default()
        }
    }

    /// A column that only very wide windows have room for.
    pub fn wide(title: &'a str) -> Self {
        Self {
            title,
            wide: true,
            ..Self::default()
        }
    }

    fn class(&self) -> String {
        let mut class = String::new();
        for (wanted, name) in [
            (self.align == Align::End, "cell-end "),
            (self.optional, "cell-optional "),
            (self.grows, "cell-grows "),
            (self.wide, "cell-wide "),
            (self.controls, "cell-controls "),
        ] {
            if wanted {
                class.push_str(name);
            }
        }
        class
    }
}

/// A cell's content.
pub type Cell = Markup;

/// A row.
#[derive(Debug, Clone, Default)]
pub struct Row {
    /// The row's cells, as many as there are columns.
    pub cells: Vec<Cell>,
    /// Identity that stays when the page is fetched again.
    pub key: Option<String>,
    /// Something is wrong with what the row shows.
    pub failed: bool,
    /// What stands below the row over its whole width, where it is open.
    pub detail: Option<Markup>,
}

impl Row {
    /// A row of cells.
    pub fn new(cells: Vec<Cell>) -> Self {
        Self {
            cells,
            key: None,
            failed: false,
            detail: None,
        }
    }

    /// With an identity.
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.key = Some(key.into());
        self
    }
}

/// A table.
#[derive(Debug, Clone)]
pub struct Table<'a> {
    /// What the table lists, for screen readers.
    pub caption: &'a str,
    /// Its columns.
    pub columns: Vec<Column<'a>>,
    /// Its rows.
    pub rows: Vec<Row>,
}

/// A table. The first link of a row is where Enter leads.
pub fn data_table(table: &Table<'_>) -> Markup {
    let classes: Vec<String> = table.columns.iter().map(Column::class).collect();
    html! {
        div.table-frame {
            table.table.js-rows {
                caption.visually-hidden { (table.caption) }
                thead { tr { @for (column, class) in table.columns.iter().zip(&classes) { (heading(column, class)) } } }
                tbody {
                    @for row in &table.rows {
                        tr.row-failed[row.failed] data-key=[row.key.as_deref()] {
                            @for (cell, class) in row.cells.iter().zip(&classes) { td class=[some(class)] { (cell) } }
                        }
                        @if let Some(detail) = &row.detail { tr.row-detail { td colspan=(table.columns.len()) { (detail) } } }
                    }
                }
            }
        }
    }
}

fn some(class: &str) -> Option<&str> {
    (!class.is_empty()).then(|| class.trim_end())
}

fn heading(column: &Column<'_>, class: &str) -> Markup {
    let order = column.sorted.map(|direction| match direction {
        Direction::Ascending => ("ascending", "sort-ascending"),
        Direction::Descending => ("descending", "sort-descending"),
    });
    html! {
        th scope="col" class=[some(class)] aria-sort=[order.map(|order| order.0)] {
            @match &column.sort_href {
                Some(href) => {
                    a.sort-link href=(href) rel="nofollow" data-key=(format_args!("order by {}", column.title)) {
                        (column.title) @if let Some((_, name)) = order { (icon(name)) }
                    }
                }
                None => { span.visually-hidden[column.quiet] { (column.title) } }
            }
        }
    }
}
