//! `/notifications`: what a person was told, and what it wants to be told.

mod samples;
mod settings;
mod view;

pub use samples::page_samples;

use axum::Form;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Redirect, Response};
use model::Fault;
use plugin::{Rows, Rule};
use ui::{Chrome, Crumb, Live, PageHead, href};
use url::form_urlencoded;
use uuid::Uuid;
use web::{ApiError, CurrentViewer};

use crate::bell;
use crate::inbox::{Inbox, Marks, failed};
use crate::notification::Severity;
use crate::question::Question;
use view::{Page, Shown};

/// Notifications on a page.
const PAGE: usize = 30;

type Answer = Result<Response, ApiError>;

/// The pages with their full paths.
pub(crate) fn rows(inbox: &Inbox) -> Rows {
    Rows::new()
        .get("/notifications", Rule::person().prefetch(), show)
        .get(bell::PATH, Rule::person(), show_bell)
        .post("/notifications/mark", Rule::person(), mark)
        .post("/notifications/mark-all", Rule::person(), mark_all)
        .get(
            "/notifications/settings",
            Rule::person().prefetch(),
            settings::show,
        )
        .post("/notifications/settings", Rule::person(), settings::keep)
        .with_state(inbox)
}

/// Which part of the notifications a page shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Part {
    #[default]
    Unread,
    All,
    Saved,
}

impl Part {
    const ALL: [Self; 3] = [Self::Unread, Self::All, Self::Saved];

    fn word(self) -> &'static str {
        match self {
            Self::Unread => "unread",
            Self::All => "all",
            Self::Saved => "saved",
        }
    }
}

/// What the address of the page says. What it says wrong counts as not said.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Asked {
    part: Part,
    minimum: Option<Severity>,
    topic: String,
    search: String,
    offset: usize,
}

impl Asked {
    fn parse(query: &str) -> Self {
        let mut asked = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let value = value.trim();
            match &*name {
                "view" => {
                    let known = Part::ALL.into_iter().find(|part| part.word() == value);
                    asked.part = known.unwrap_or_default();
                }
                "severity" => asked.minimum = Severity::of_word(value),
                "topic" => value.clone_into(&mut asked.topic),
                "search" => value.clone_into(&mut asked.search),
                "offset" => asked.offset = value.parse().unwrap_or_default(),
                _ => {}
            }
        }
        asked
    }

    /// The query string of the same, from a place of the list on.
    fn query(&self, offset: usize) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let offset = if offset == 0 {
            String::new()
        } else {
            offset.to_string()
        };
        let part = if self.part == Part::default() {
            ""
        } else {
            self.part.word()
        };
        for (name, value) in [
            ("view", part),
            ("severity", self.minimum.map_or("", Severity::as_str)),
            ("topic", &self.topic),
            ("search", &self.search),
            ("offset", &offset),
        ] {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        query.finish()
    }

    /// The address of the same, from a place of the list on.
    fn address(&self, offset: usize) -> String {
        let query = self.query(offset);
        if query.is_empty() {
            return "/notifications".to_owned();
        }
        format!("/notifications?{query}")
    }

    fn question(&self, person: &str) -> Question {
        let some = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        Question {
            topic: some(&self.topic),
            text: some(&self.search),
            read: (self.part == Part::Unread).then_some(false),
            saved: (self.part == Part::Saved).then_some(true),
            minimum: self.minimum,
            offset: self.offset,
            limit: Some(PAGE),
            ..Question::of(person)
        }
    }

    /// How many fields of the form narrow the list down.
    fn filters(&self) -> usize {
        let fields = [
            self.minimum.is_some(),
            !self.topic.is_empty(),
            !self.search.is_empty(),
        ];
        fields.into_iter().filter(|is_set| *is_set).count()
    }
}

async fn show(
    State(inbox): State<Inbox>,
    CurrentViewer(viewer): CurrentViewer,
    RawQuery(query): RawQuery,
    chrome: Chrome,
) -> Answer {
    let asked = Asked::parse(&query.unwrap_or_default());
    let person = viewer.reference().to_string();
    let question = asked.question(&person);
    let all = Question::of(person.clone());
    let (found, sizes, topics) =
        tokio::try_join!(inbox.list(&question), inbox.status(&all), inbox.topics(&all)).map_err(failed)?;
    if found.notifications.is_empty() && found.total > 0 {
        // What stood on this page was marked, or went; the last page has what is left.
        let last = (found.total - 1) / PAGE * PAGE;
        return Ok(Redirect::to(&asked.address(last)).into_response());
    }
    let page = Page {
        shown: found.notifications.iter().map(Shown::of).collect(),
        total: found.total,
        unread: sizes.unread,
        read: sizes.read,
        topics,
        asked,
        now: chrome.now,
    };
    let live = Live::Topics(inbox.live_topics_for(&person).await.map_err(failed)?);
    let head = PageHead::new("Notifications").live(live);
    Ok(chrome.page(head, view::inbox(&page)).into_response())
}

/// The bell alone, which open pages fetch again.
async fn show_bell(State(inbox): State<Inbox>, CurrentViewer(viewer): CurrentViewer) -> Answer {
    Ok(bell::of(&inbox, &viewer).await?.into_response())
}

/// A form as pairs of names and values.
type Fields = Vec<(String, String)>;

fn field<'a>(form: &'a Fields, name: &str) -> Option<&'a str> {
    let found = form.iter().find(|(key, _)| key == name);
    found.map(|(_, value)| value.as_str())
}

fn flag(form: &Fields, name: &str) -> Result<Option<bool>, Fault> {
    match field(form, name) {
        None => Ok(None),
        Some("true") => Ok(Some(true)),
        Some("false") => Ok(Some(false)),
        Some(other) => {
            let message = format!("'{name}' is '{other}', expected true or false");
            Err(Fault::input(message))
        }
    }
}

/// Back to where the form was sent from.
fn back(form: &Fields) -> Response {
    let wanted = field(form, "return").filter(|path| href::is_local(path));
    Redirect::to(wanted.unwrap_or("/notifications")).into_response()
}

async fn mark(
    State(inbox): State<Inbox>,
    CurrentViewer(viewer): CurrentViewer,
    Form(form): Form<Fields>,
) -> Answer {
    let id = field(&form, "id").unwrap_or_default();
    let id: Uuid = id
        .parse()
        .map_err(|_| Fault::input(format!("'{id}' is not the id of a notification")))?;
    let marks = Marks {
        read: flag(&form, "read")?,
        saved: flag(&form, "saved")?,
    };
    let person = viewer.reference().to_string();
    inbox.mark(&person, &[id], marks).await.map_err(failed)?;
    Ok(back(&form))
}

/// Marks everything that the page shows or has on further pages.
async fn mark_all(
    State(inbox): State<Inbox>,
    CurrentViewer(viewer): CurrentViewer,
    Form(form): Form<Fields>,
) -> Answer {
    let is_read = flag(&form, "read")?.unwrap_or(true);
    let asked = Asked::parse(field(&form, "shown").unwrap_or_default());
    let question = asked.question(&viewer.reference().to_string());
    inbox.mark_all(&question, is_read).await.map_err(failed)?;
    Ok(back(&form))
}

fn crumbs(here: &str) -> Vec<Crumb> {
    vec![Crumb::to("Notifications", "/notifications"), Crumb::here(here)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_and_written() {
        for query in [
            "",
            "view=all&severity=high&topic=disks&search=a+b&offset=30",
            "view=saved",
        ] {
            let asked = Asked::parse(query);
            assert_eq!(asked.query(asked.offset), query);
        }
        let odd = Asked::parse("view=odd&severity=odd&offset=x&other=1");
        assert_eq!(odd, Asked::default());
        let question = Asked::parse("severity=high&offset=30").question("user:default/ann");
        assert_eq!((question.read, question.offset), (Some(false), 30));
        assert_eq!(Asked::parse("view=all&severity=low&search=x").filters(), 2);
    }
}
