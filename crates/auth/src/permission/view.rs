//! What the page of permissions looks like.

use maud::{Markup, html};
use model::EntityRef;
use plugin::{Decision, Permission};
use ui::{
    Badge, Button, ButtonKind, Card, Column, Field, Row as TableRow, Table, Tone, badge, button, card,
    data_table, entity_link, error_state, icon, text_area, text_input,
};

use crate::roles::{Because, Explanation};

/// Reasons of a decision that have room.
const REASONS: usize = 4;
/// Groups and roles that are named at once.
const NAMED: usize = 30;

/// What the page shows.
pub(crate) struct PermissionsPage {
    /// Who was asked for, as it was written.
    pub who: String,
    /// Lines that are tried.
    pub lines: String,
    /// The names of the files of lines and conditions, where they decide.
    pub files: Option<[String; 2]>,
    /// Why the files as they are now do not count.
    pub fault: Option<String>,
    pub answered: Result<Answered, String>,
}

/// What a person may do.
pub(crate) struct Answered {
    pub groups: Vec<EntityRef>,
    /// Roles, with who has them of the person and its groups.
    pub roles: Vec<(String, Vec<EntityRef>)>,
    pub rows: Vec<Row>,
}

/// A permission.
pub(crate) struct Row {
    pub plugin: String,
    pub permission: &'static Permission,
    /// Nothing where administrators alone have it and no policy decides.
    pub explanation: Option<Explanation>,
    pub changed: Option<Changed>,
}

/// What tried lines change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Changed {
    Gained,
    Lost,
    Otherwise,
}

impl Changed {
    /// Nothing where both are the same.
    pub fn between(before: &Decision, after: &Decision) -> Option<Self> {
        match (before, after) {
            (before, after) if before == after => None,
            (Decision::Deny, _) => Some(Self::Gained),
            (_, Decision::Deny) => Some(Self::Lost),
            _ => Some(Self::Otherwise),
        }
    }
}

/// The content of the page.
pub(crate) fn page(view: &PermissionsPage) -> Markup {
    html! {
        div.page-head { h1 { "Permissions" } }
        div.stack {
            p.page-lead { (about(view)) }
            @if let Some(fault) = &view.fault {
                div.notice.tone-red { (icon("problem")) span { "The files changed, and the change does not count: " (fault) } }
            }
            (form(view))
            @match &view.answered {
                Err(reason) => { (error_state("This cannot be answered", reason, None)) }
                Ok(answered) => { (who(view, answered)) (decisions(view, answered)) }
            }
        }
    }
}

fn about(view: &PermissionsPage) -> Markup {
    html! {
        @match &view.files {
            None => { "No policy decides: everybody who is let in may do everything but administer." }
            Some([lines, conditions]) => {
                "Roles decide, as " code { (lines) }
                @if !conditions.is_empty() { " and " code { (conditions) } }
                " say. What no line allows is denied."
            }
        }
    }
}

fn form(view: &PermissionsPage) -> Markup {
    let person = Field {
        name: "who",
        label: "Person",
        required: true,
        ..Field::default()
    };
    let lines = Field {
        name: "lines",
        label: "Lines that would be added",
        hint: Some("For example: p, role:default/developer, catalog.location.create, create, allow"),
        required: true,
        ..Field::default()
    };
    html! {
        (card(Card { title: "What may somebody do?", ..Card::default() }, html! {
            form.stack action="/permissions" method="get" {
                (text_input(person, "text", &view.who, "user:default/ada"))
                div { (button(Button { label: "Show", kind: ButtonKind::Primary, ..Button::default() })) }
            }
            @if view.files.is_some() {
                details.permission-trial open[!view.lines.is_empty()] {
                    summary { "Try a change before it is made" }
                    form.stack action="/permissions" method="post" {
                        input type="hidden" name="who" value=(view.who);
                        (text_area(lines, &view.lines, 4))
                        div { (button(Button { label: "Try", ..Button::default() })) }
                    }
                }
            }
        }))
    }
}

fn who(view: &PermissionsPage, answered: &Answered) -> Markup {
    let person = view.who.parse::<EntityRef>().ok();
    let groups: Vec<&EntityRef> = answered
        .groups
        .iter()
        .filter(|group| Some(*group) != person.as_ref())
        .collect();
    let more = groups.len().saturating_sub(NAMED);
    html! {
        dl.definitions {
            @if let Some(person) = &person { div { dt { "Person" } dd { (entity_link(person, None)) } } }
            div { dt { "Groups" } dd {
                @if groups.is_empty() { span.muted { "none that the catalog knows" } }
                @for group in groups.iter().take(NAMED) { span { (entity_link(group, None)) } " " }
                @if more > 0 { span.muted { "and " (more) " more" } }
            } }
            @if view.files.is_some() {
                div { dt { "Roles" } dd {
                    @if answered.roles.is_empty() { span.muted { "none" } }
                    @for (role, through) in answered.roles.iter().take(NAMED) { div { code { (role) } " " span.muted { (by(through)) } } }
                } }
            }
        }
    }
}

fn by(through: &[EntityRef]) -> String {
    let names: Vec<String> = through.iter().take(3).map(ToString::to_string).collect();
    format!("by {}", names.join(", "))
}

fn decisions(view: &PermissionsPage, answered: &Answered) -> Markup {
    let has_tried = !view.lines.trim().is_empty();
    let changes = answered.rows.iter().filter(|row| row.changed.is_some()).count();
    let mut columns = vec![
        Column::new("Permission"),
        Column::new("Decision"),
        Column::optional("Because"),
        Column::wide("Plugin"),
    ];
    if has_tried {
        columns.insert(2, Column::new("With these lines"));
    }
    let rows = answered
        .rows
        .iter()
        .map(|row| table_row(view, row, has_tried))
        .collect();
    html! {
        @if has_tried {
            p { strong { (counted(changes)) } }
        }
        (data_table(&Table { caption: "Permissions", columns, rows }))
    }
}

fn counted(changes: usize) -> String {
    match changes {
        0 => "These lines change nothing for this person.".to_owned(),
        1 => "These lines change one decision for this person.".to_owned(),
        more => format!("These lines change {more} decisions for this person."),
    }
}

fn table_row(view: &PermissionsPage, row: &Row, has_tried: bool) -> TableRow {
    let mut cells = vec![
        html! { code { (row.permission.name) } @if let Some(resource) = row.permission.resource { span.cell-note { (resource) } } },
        decision(row),
        because(view, row),
        html! { (row.plugin) },
    ];
    if has_tried {
        let change = row.changed.map(|changed| match changed {
            Changed::Gained => mark("Gained", Tone::Green),
            Changed::Lost => mark("Lost", Tone::Red),
            Changed::Otherwise => mark("For other things", Tone::Amber),
        });
        cells.insert(2, change.unwrap_or_else(|| html! { span.muted { "as now" } }));
    }
    TableRow::new(cells).key(row.permission.name)
}

fn mark(text: &str, tone: Tone) -> Markup {
    badge(Badge {
        text,
        tone,
        ..Badge::default()
    })
}

fn decision(row: &Row) -> Markup {
    match row.explanation.as_ref().map(|explanation| &explanation.decision) {
        None => mark("Administrators", Tone::Neutral),
        Some(Decision::Allow) => mark("Allowed", Tone::Green),
        Some(Decision::Deny) => mark("Denied", Tone::Neutral),
        Some(Decision::Conditional(_)) => mark("On condition", Tone::Blue),
    }
}

fn because(view: &PermissionsPage, row: &Row) -> Markup {
    let [lines, conditions] = view.files.clone().unwrap_or_default();
    let Some(explanation) = row.explanation.as_ref().filter(|_| view.files.is_some()) else {
        return html! { span.muted { "no policy decides" } };
    };
    let condition = match &explanation.decision {
        Decision::Conditional(condition) => Some(
            condition
                .to_wire(row.permission.resource.unwrap_or_default())
                .to_string(),
        ),
        _ => None,
    };
    html! {
        @if explanation.because.is_empty() { span.muted { "no line of one of its roles is about it" } }
        @for because in explanation.because.iter().take(REASONS) {
            div {
                @match because {
                    Because::Superuser(who) => { code { "superUsers" } " names " (who) }
                    Because::Line { role, number, allows, through } => {
                        code { (lines) ":" (number) } @if *allows { " allows it to " } @else { " denies it to " } (role) span.muted { " " (by(through)) }
                    }
                    Because::Condition { role, number, through } => {
                        code { (conditions) ":" (number) } " has a condition for " (role) span.muted { " " (by(through)) }
                    }
                }
            }
        }
        @if explanation.because.len() > REASONS { span.muted { "and " (explanation.because.len() - REASONS) " more lines" } }
        @if let Some(condition) = condition { details { summary { "Condition" } code { (condition) } } }
    }
}
