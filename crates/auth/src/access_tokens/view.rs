//! How access tokens look: what was made, what there is, and the form for another one.

use jiff::Timestamp;
use maud::{Markup, html};
use ui::{
    Badge, Button, ButtonKind, Card, Code, Column, EmptyState, Field, Language, PostForm, Row, Table, Tone,
    badge, button, card, code_block, data_table, empty_state, post_form, select, text_input, time,
};

use super::page::{ALL, OWN};
use super::wish::USUAL_DAYS;
use super::{AccessToken, Holder};

/// Lives of tokens that the form offers, in days.
const LIVES: [(&str, &str); 5] = [
    ("7", "7 days"),
    ("30", "30 days"),
    ("90", "90 days"),
    ("180", "180 days"),
    ("366", "a year"),
];
/// How the fields of plugins begin.
const FIELD: &str = "of-";

/// What the form says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TokenForm {
    pub name: String,
    pub account: String,
    pub days: i64,
    /// `read`, `all`, or `some` for what follows.
    pub reach: String,
    /// Plugins with `read` or `write`.
    pub of: Vec<(String, String)>,
    /// Names of permissions.
    pub permissions: String,
}

impl Default for TokenForm {
    fn default() -> Self {
        Self {
            name: String::new(),
            account: String::new(),
            days: USUAL_DAYS,
            reach: "read".to_owned(),
            of: Vec::new(),
            permissions: String::new(),
        }
    }
}

impl TokenForm {
    /// The form as a browser sends it. What is no number of days lasts no day, which nobody may ask for.
    pub fn read(fields: &[(String, String)]) -> Self {
        let text = |name: &str| {
            let found = fields.iter().find(|(key, _)| key == name);
            found.map_or_else(String::new, |(_, value)| value.clone())
        };
        let of = fields.iter().filter_map(|(key, value)| {
            let plugin = key.strip_prefix(FIELD)?;
            (!value.is_empty()).then(|| (plugin.to_owned(), value.clone()))
        });
        Self {
            name: text("name"),
            account: text("account"),
            days: text("days").parse().unwrap_or_default(),
            reach: text("reach"),
            of: of.collect(),
            permissions: text("permissions"),
        }
    }

    /// The words of the scopes.
    pub fn words(&self) -> Vec<String> {
        if self.reach != "some" {
            return vec![self.reach.clone()];
        }
        let of = self.of.iter().map(|(plugin, reach)| format!("{plugin}:{reach}"));
        let named = self
            .permissions
            .split([' ', ',', '\n', '\r', '\t'])
            .filter(|word| !word.is_empty())
            .map(str::to_owned);
        of.chain(named).collect()
    }

    fn reach_of(&self, plugin: &str) -> &str {
        let found = self.of.iter().find(|(name, _)| name == plugin);
        found.map_or("", |(_, reach)| reach.as_str())
    }
}

/// What the page shows.
pub(crate) struct TokensPage {
    /// For administrators: tokens of everybody, and the form makes one for a service account.
    pub is_of_all: bool,
    pub can_make: bool,
    pub tokens: Vec<AccessToken>,
    pub form: TokenForm,
    /// The name and the text of the token that was just made.
    pub made: Option<(String, String)>,
    pub error: Option<String>,
    /// Plugins that scopes may name.
    pub plugins: Vec<String>,
    /// The address of the portal.
    pub portal: String,
    pub now: Timestamp,
}

/// The title of the page.
pub(crate) fn title(is_of_all: bool) -> &'static str {
    if is_of_all {
        "Access tokens of everybody"
    } else {
        "Access tokens"
    }
}

/// The section of the settings page: how many good tokens the person has; nothing for callers that have none.
pub(crate) fn section(count: Option<usize>) -> Markup {
    html! {
        @match count {
            None => { p.muted { "People who signed in make tokens here, with which their programs call the portal." } }
            Some(count) => {
                p {
                    @match count {
                        0 => { "You have no access token." }
                        1 => { "One access token of yours is good." }
                        more => { (more) " access tokens of yours are good." }
                    }
                    " With one, a program calls the portal as you."
                }
                div { (button(Button { label: "Manage access tokens", icon: Some("lock"), href: Some(OWN), ..Button::default() })) }
            }
        }
    }
}

/// The content of the page.
pub(crate) fn page(view: &TokensPage) -> Markup {
    html! {
        div.page-head { h1 { (title(view.is_of_all)) } }
        p.page-lead { (lead(view.is_of_all)) }
        div.stack {
            @if let Some((name, text)) = &view.made { (made(view, name, text)) }
            @if view.can_make {
                (table(view))
                (form(view))
            } @else {
                (empty_state(EmptyState {
                    icon: "lock", title: "You have not signed in here",
                    text: "Access tokens are for people who signed in. On the machine of the portal the guest needs none.",
                    actions: None,
                }))
            }
        }
    }
}

fn lead(is_of_all: bool) -> &'static str {
    if is_of_all {
        "Tokens of service accounts and of people. A service account is a program that acts for itself; its token is good for its scopes."
    } else {
        "With an access token a program or a script calls the portal as you. It may do what you may, as far as its scopes go, until it expires or you revoke it."
    }
}

fn made(view: &TokensPage, name: &str, text: &str) -> Markup {
    let command = format!(
        "curl -H \"Authorization: Bearer $TOKEN\" {}api/catalog/entities/by-query?limit=1",
        view.portal
    );
    let plain = |text, language| Code {
        first_line: None,
        has_anchors: false,
        ..Code::new(text, language)
    };
    html! {
        (card(Card { title: "Copy it now", ..Card::default() }, html! {
            div.stack {
                p { "This is the token " strong { (name) } ". It is shown this once: the portal keeps only a fingerprint of it." }
                (code_block(plain(text, Language::Plain)))
                p.muted { "With the token in the variable TOKEN:" }
                (code_block(plain(&command, Language::Plain)))
            }
        }))
    }
}

fn table(view: &TokensPage) -> Markup {
    if view.tokens.is_empty() {
        return empty_state(EmptyState {
            icon: "lock",
            title: "No tokens",
            text: "There is none yet. Make one below.",
            actions: None,
        });
    }
    let columns = vec![
        Column::new("Name"),
        Column::optional("Scopes"),
        Column::new("Last used"),
        Column::optional("Made"),
        Column::optional("Ends"),
        Column::controls("Revoke"),
    ];
    let rows = view.tokens.iter().map(|token| row(view, token)).collect();
    data_table(&Table {
        caption: title(view.is_of_all),
        columns,
        rows,
    })
}

fn row(view: &TokensPage, token: &AccessToken) -> Row {
    let expired = Badge {
        text: "expired",
        tone: Tone::Neutral,
        ..Badge::default()
    };
    let revoke = Button {
        label: "Revoke",
        kind: ButtonKind::Ghost,
        ..Button::default()
    };
    let action = if view.is_of_all {
        "/tokens/all/revoke"
    } else {
        "/tokens/revoke"
    };
    let cells = vec![
        html! {
            (token.name) @if token.expires <= view.now { " " (badge(expired)) }
            @if view.is_of_all { span.cell-note { (holder(&token.holder)) } }
        },
        html! { @for (at, scope) in token.scopes.iter().enumerate() { @if at > 0 { " " } code { (scope) } } },
        html! { @match token.last_used { Some(used) => (time(used, view.now)), None => span.muted { "never" } } },
        html! { (time(token.created, view.now)) @if view.is_of_all { span.cell-note { "by " (token.made_by) } } },
        html! { (time(token.expires, view.now)) },
        post_form(PostForm {
            action,
            values: &[("id", token.id.as_str())],
            button: revoke,
        }),
    ];
    Row::new(cells).key(format!("token-{}", token.id))
}

/// A service account by its name, a person by its reference.
fn holder(holder: &Holder) -> String {
    match holder {
        Holder::Account(name) => name.clone(),
        Holder::Person(person) => person.to_string(),
    }
}

fn form(view: &TokensPage) -> Markup {
    let title = if view.is_of_all {
        "New token of a service account"
    } else {
        "New token"
    };
    let make = Button {
        label: "Make the token",
        kind: ButtonKind::Primary,
        ..Button::default()
    };
    html! {
        (card(Card { title, id: Some("new"), ..Card::default() }, html! {
            form.form.token-form action=(if view.is_of_all { ALL } else { OWN }) method="post" {
                @if let Some(error) = &view.error { div.notice.tone-red role="alert" { (ui::icon("error")) span { (error) } } }
                @if view.is_of_all {
                    (text_input(field("account", "Service account", Some("Small letters, digits and '-'; it stands in the audit.")), "text", &view.form.account, "ci"))
                }
                (text_input(field("name", "Name", Some("By which you know it again.")), "text", &view.form.name, "laptop"))
                (select(field("days", "Lasts", None), &LIVES, &view.form.days.to_string()))
                (reach(view))
                div { (button(make)) }
            }
        }))
    }
}

fn field<'a>(name: &'a str, label: &'a str, hint: Option<&'a str>) -> Field<'a> {
    Field {
        name,
        label,
        hint,
        required: true,
        ..Field::default()
    }
}

fn reach(view: &TokensPage) -> Markup {
    let whose = if view.is_of_all { "any program" } else { "you" };
    let choices = [
        ("read", "Only read".to_owned()),
        ("some", "Only what I name".to_owned()),
        ("all", format!("Everything that {whose} may do")),
    ];
    let permissions = Field {
        name: "permissions",
        label: "Permissions",
        hint: Some("Names of single permissions, for example catalog.entity.refresh"),
        ..Field::default()
    };
    let words = [("", "nothing"), ("read", "read"), ("write", "read and write")];
    html! {
        fieldset.choices {
            legend.token-legend { "Good for" }
            @for (value, text) in &choices {
                label.choice { input type="radio" name="reach" value=(value) checked[view.form.reach == *value]; span { (text) } }
            }
        }
        div.token-scopes {
            div.token-plugins {
                @for plugin in &view.plugins {
                    @let name = format!("{FIELD}{plugin}");
                    (select(Field { name: &name, label: plugin, required: true, ..Field::default() }, &words, view.form.reach_of(plugin)))
                }
            }
            (text_input(permissions, "text", &view.form.permissions, ""))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_becomes_scopes() {
        let check = |fields: &[(&str, &str)], expected: &str| {
            let fields: Vec<(String, String)> = fields
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect();
            assert_eq!(TokenForm::read(&fields).words().join(" "), expected);
        };
        check(&[("reach", "read"), ("of-catalog", "write")], "read");
        check(&[("reach", "all")], "all");
        check(
            &[
                ("reach", "some"),
                ("of-catalog", "write"),
                ("of-flux", ""),
                ("permissions", "a.b, c.d\ne.f"),
            ],
            "catalog:write a.b c.d e.f",
        );
        check(&[("reach", "some")], "");
        check(&[], "");
    }
}
