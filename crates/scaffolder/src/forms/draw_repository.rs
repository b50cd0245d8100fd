//! The parts of a repository's place: host, owner, repository and what the host's type needs besides.

use maud::{Markup, html};

use super::draw::{Drawing, Field, update_button};
use super::pointer::id;
use super::repository::{self, Part, RepositoryPlace, part_name};
use super::schema::option_text;

impl Drawing<'_> {
    /// The controls of a place.
    pub(super) fn repository(&self, field: &Field<'_>) -> Markup {
        let place = RepositoryPlace::parse(field.value.as_str().unwrap_or_default());
        let hosts = repository::hosts(field.schema, self.hosts);
        let host = if place.host.is_empty() {
            hosts.first().cloned().unwrap_or_default()
        } else {
            place.host.clone()
        };
        let parts = repository::parts(repository::kind_of(&host, self.hosts));
        let host_id = id(&part_name(&field.pointer, "host"));
        html! {
            div.field-parts {
                div.field {
                    label for=(host_id) { "Host" }
                    (host_control(field, &host_id, &host, &hosts))
                }
                @for part in parts { (part_control(field, part, place.get(part.name))) }
            }
            @if hosts.len() > 1 { (update_button(&host_id)) }
        }
    }
}

fn host_control(field: &Field<'_>, host_id: &str, host: &str, hosts: &[String]) -> Markup {
    let name = part_name(&field.pointer, "host");
    html! {
        @match hosts {
            [] => {
                input.input type="text" id=(host_id) name=(name) value=(host) placeholder="gitea.example.com" spellcheck="false" autocapitalize="off";
            }
            [only] if host == only.as_str() => {
                input.input type="text" id=(host_id) name=(name) value=(only) readonly;
            }
            _ => {
                select.input id=(host_id) name=(name) data-updates disabled[field.is_fixed()] {
                    @if !hosts.iter().any(|one| one == host) { option value=(host) selected { (host) " (not allowed)" } }
                    @for one in hosts { option value=(one) selected[one == host] { (one) } }
                }
            }
        }
    }
}

fn part_control(field: &Field<'_>, part: Part, value: &str) -> Markup {
    let name = part_name(&field.pointer, part.name);
    let allowed = repository::allowed(field.schema, part.name);
    let word = |what: &str| option_text(field.schema, &format!("{}{what}", part.name));
    let is_invalid = field.error.is_some() && part.is_needed && value.is_empty();
    let control_id = id(&name);
    let hint_id = format!("{control_id}-hint");
    let hint = word("Description");
    let described = hint.map(|_| hint_id.as_str());
    html! {
        div.field {
            label for=(control_id) { (word("Label").unwrap_or(part.title)) @if !part.is_needed { span.field-optional { "optional" } } }
            @if allowed.is_empty() {
                input.input type="text" id=(control_id) name=(name) value=(value) aria-invalid=[is_invalid.then_some("true")] aria-describedby=[described]
                    autofocus[field.focus && is_invalid] disabled[field.is_fixed()] spellcheck="false" autocapitalize="off" autocomplete="off";
            } @else {
                select.input id=(control_id) name=(name) aria-describedby=[described] disabled[field.is_fixed()] {
                    @if !part.is_needed || (value.is_empty() && allowed.len() > 1) { option value="" { "Choose" } }
                    @for one in &allowed { option value=(one) selected[one == value || (value.is_empty() && allowed.len() == 1)] { (one) } }
                }
            }
            @if let Some(text) = hint { p.field-hint id=(hint_id) { (text) } }
        }
    }
}
