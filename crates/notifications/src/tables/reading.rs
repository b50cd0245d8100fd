//! Notifications as their readers ask for them.

use store::{Arg, Row, Session, StoreError};
use uuid::Uuid;

use super::{EVERYBODY, rows_for};
use crate::choices::Subject;
use crate::notification::{Notification, Payload, Severity};
use crate::question::{Field, Question};

/// Columns of a notification; `{read}` and `{saved}` depend on whether a reader's marks are joined.
const COLUMNS: &str = "m.id, m.recipient, m.origin, m.created_at, m.updated_at, {read}, {saved}, m.title, \
     m.description, m.link, m.severity, m.topic, m.scope, m.icon";
const READ: &str = "COALESCE(m.read_at, k.read_at)";
const SAVED: &str = "COALESCE(m.saved_at, k.saved_at)";
/// Notifications of a person and those for everybody, with the person's marks.
const FROM: &str = "FROM notifications_messages m LEFT JOIN notifications_marks k ON k.message = m.id AND k.recipient = ? \
     WHERE m.recipient IN (?, ?)";
/// Most topics and origins that are listed.
const MOST_WORDS: usize = 1_000;

/// A part of a list, and how many there are in all.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Listed {
    /// The part.
    pub notifications: Vec<Notification>,
    /// How many there are.
    pub total: usize,
}

/// How many notifications of a person were read, and how many were not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Status {
    /// Not read.
    pub unread: usize,
    /// Read.
    pub read: usize,
}

fn columns(read: &str, saved: &str) -> String {
    COLUMNS.replace("{read}", read).replace("{saved}", saved)
}

/// What a question says behind `FROM`, with its arguments.
fn conditions(question: &Question) -> (String, Vec<Arg>) {
    let person = &question.person;
    let (mut text, mut arguments) = (
        FROM.to_owned(),
        vec![person.into(), person.into(), EVERYBODY.into()],
    );
    let mut add = |condition: &str, given: Vec<Arg>| {
        text += " AND ";
        text += condition;
        arguments.extend(given);
    };
    if let Some(topic) = &question.topic {
        add("m.topic = ?", vec![topic.into()]);
    }
    if let Some(wanted) = &question.text {
        let pattern = pattern(wanted);
        add(
            // The database lowers both sides, each as it can: SQLite only letters of ASCII.
            "(LOWER(m.title) LIKE LOWER(?) ESCAPE '\\' OR LOWER(COALESCE(m.description, '')) LIKE LOWER(?) ESCAPE '\\')",
            vec![(&pattern).into(), (&pattern).into()],
        );
    }
    for (column, wanted) in [(READ, question.read), (SAVED, question.saved)] {
        match wanted {
            Some(true) => add(&format!("{column} IS NOT NULL"), Vec::new()),
            Some(false) => add(&format!("{column} IS NULL"), Vec::new()),
            None => {}
        }
    }
    if let Some(since) = question.since {
        add("m.created_at >= ?", vec![since.into()]);
    }
    if let Some(minimum) = question.minimum {
        add("m.severity >= ?", vec![minimum.rank().into()]);
    }
    (text, arguments)
}

/// A text as a pattern for any place in another one.
fn pattern(text: &str) -> String {
    let mut pattern = String::from("%");
    for letter in text.chars() {
        if matches!(letter, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern + "%"
}

fn order(question: &Question) -> String {
    let column = |field| match field {
        Field::Created => "m.created_at",
        Field::Updated => "m.updated_at",
        Field::Read => READ,
        Field::Saved => SAVED,
        Field::Origin => "m.origin",
        Field::Topic => "m.topic",
        Field::Severity => "m.severity",
        Field::Title => "m.title",
    };
    let mut parts = Vec::new();
    for order in &question.orders {
        let (column, direction) = (
            column(order.field),
            if order.is_descending { "DESC" } else { "ASC" },
        );
        // Both databases put what is missing last then.
        parts.push(format!("({column} IS NULL), {column} {direction}"));
    }
    if parts.is_empty() {
        parts.push("m.created_at DESC".to_owned());
    }
    // Of equal ones a person's own come first, in the order in which they were sent.
    format!(
        "ORDER BY {}, (m.recipient = '') ASC, m.created_at ASC, m.id ASC",
        parts.join(", ")
    )
}

/// The notifications that a question asks for.
pub(crate) async fn list(session: &mut Session, question: &Question) -> Result<Listed, StoreError> {
    if let Some(ids) = &question.ids {
        return by_id(session, question, ids).await;
    }
    let (from, arguments) = conditions(question);
    let count = format!("SELECT COUNT(*) {from}");
    let total = session.row(count, arguments.clone()).await?;
    let total = total.map(|row| row.int(0)).transpose()?.unwrap_or_default();
    let text = format!(
        "SELECT {} {from} {} LIMIT ? OFFSET ?",
        columns(READ, SAVED),
        order(question)
    );
    let mut arguments = arguments;
    arguments.extend([question.most().into(), question.offset.into()]);
    let rows = session.rows(text, arguments).await?;
    Ok(Listed {
        notifications: rows.iter().map(notification).collect::<Result<_, _>>()?,
        total: usize::try_from(total).unwrap_or_default(),
    })
}

/// The same of certain ids, whose number bounds the answer.
async fn by_id(session: &mut Session, question: &Question, ids: &[Uuid]) -> Result<Listed, StoreError> {
    let (from, arguments) = conditions(question);
    let text = format!("SELECT {} {from} AND m.id IN {{list}}", columns(READ, SAVED));
    let rows = rows_for(session, &text, &arguments, ids).await?;
    let mut found: Vec<Notification> = rows.iter().map(notification).collect::<Result<_, _>>()?;
    found.sort_by(|left, right| {
        right
            .created
            .cmp(&left.created)
            .then_with(|| left.id.cmp(&right.id))
    });
    // An id may be asked for twice.
    found.dedup_by_key(|one| one.id);
    Ok(Listed {
        total: found.len(),
        notifications: found,
    })
}

/// Ids of what a question asks for, at most `most`.
pub(crate) async fn ids(
    session: &mut Session,
    question: &Question,
    most: usize,
) -> Result<Vec<Uuid>, StoreError> {
    let (from, mut arguments) = conditions(question);
    arguments.push(most.into());
    let rows = session
        .rows(
            format!("SELECT m.id {from} ORDER BY m.created_at, m.id LIMIT ?"),
            arguments,
        )
        .await?;
    rows.iter().map(|row| row.uuid(0)).collect()
}

/// How many were read, and how many were not.
pub(crate) async fn status(session: &mut Session, question: &Question) -> Result<Status, StoreError> {
    let (from, arguments) = conditions(question);
    let text = format!("SELECT COUNT(*), COUNT({READ}) {from}");
    let Some(row) = session.row(text, arguments).await? else {
        return Ok(Status::default());
    };
    let number = |column| {
        row.int(column)
            .map(|number| usize::try_from(number).unwrap_or_default())
    };
    let (all, read) = (number(0)?, number(1)?);
    Ok(Status {
        unread: all.saturating_sub(read),
        read,
    })
}

/// How many notifications of a person are unread; those of its own are counted up to `most`.
pub(crate) async fn unread(session: &mut Session, person: &str, most: usize) -> Result<usize, StoreError> {
    let text = "SELECT (SELECT COUNT(*) FROM (SELECT 1 AS one FROM notifications_messages WHERE recipient = ? \
         AND read_at IS NULL LIMIT ?) own), (SELECT COUNT(*) FROM notifications_messages m LEFT JOIN notifications_marks k \
         ON k.message = m.id AND k.recipient = ? WHERE m.recipient = ? AND k.read_at IS NULL)";
    let arguments = vec![person.into(), most.into(), person.into(), EVERYBODY.into()];
    let Some(row) = session.row(text, arguments).await? else {
        return Ok(0);
    };
    let unread = row.int(0)?.saturating_add(row.int(1)?);
    Ok(usize::try_from(unread).unwrap_or_default())
}

/// Topics of what a question asks for.
pub(crate) async fn topics(session: &mut Session, question: &Question) -> Result<Vec<String>, StoreError> {
    let (from, mut arguments) = conditions(question);
    arguments.push(MOST_WORDS.into());
    let text = format!("SELECT DISTINCT m.topic {from} AND m.topic IS NOT NULL ORDER BY m.topic LIMIT ?");
    let rows = session.rows(text, arguments).await?;
    rows.iter().map(|row| row.text(0)).collect()
}

/// Origins and topics of which a person got notifications of its own.
pub(crate) async fn subjects(session: &mut Session, person: &str) -> Result<Vec<Subject>, StoreError> {
    let rows = session
        .rows(
            "SELECT DISTINCT origin, topic FROM notifications_messages WHERE recipient = ? LIMIT ?",
            vec![person.into(), MOST_WORDS.into()],
        )
        .await?;
    rows.iter()
        .map(|row| Ok((row.text(0)?, row.maybe_text(1)?)))
        .collect()
}

/// The notifications of a scope for some recipients.
pub(crate) async fn of_scope(
    session: &mut Session,
    (origin, scope): (&str, &str),
    recipients: &[String],
) -> Result<Vec<Notification>, StoreError> {
    let text = format!(
        "SELECT {} FROM notifications_messages m WHERE m.origin = ? AND m.scope = ? AND m.recipient IN {{list}}",
        columns("m.read_at", "m.saved_at")
    );
    let rows = rows_for(session, &text, &[origin.into(), scope.into()], recipients).await?;
    rows.iter().map(notification).collect()
}

fn notification(row: &Row) -> Result<Notification, StoreError> {
    let recipient = row.text(1)?;
    Ok(Notification {
        id: row.uuid(0)?,
        person: Some(recipient).filter(|recipient| recipient != EVERYBODY),
        origin: row.text(2)?,
        created: row.time(3)?,
        updated: row.maybe_time(4)?,
        read: row.maybe_time(5)?,
        saved: row.maybe_time(6)?,
        payload: Payload {
            title: row.text(7)?,
            description: row.maybe_text(8)?,
            link: row.maybe_text(9)?,
            severity: Severity::of_rank(row.int(10)?),
            topic: row.maybe_text(11)?,
            scope: row.maybe_text(12)?,
            icon: row.maybe_text(13)?,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::pattern;

    #[test]
    fn what_is_searched_means_itself() {
        assert_eq!(pattern("Disk 100%_a\\b"), "%Disk 100\\%\\_a\\\\b%");
    }
}
