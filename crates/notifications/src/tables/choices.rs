//! What people decided about origins and topics, as rows.

use std::collections::HashMap;

use store::{Row, Session, StoreError, Tx};

use super::rows_for;
use crate::choices::{CHANNEL, Choices};

/// A decision about an origin as a whole has an empty topic.
const WHOLE: &str = "";

/// What a person decided.
pub(crate) async fn of(session: &mut Session, person: &str) -> Result<Choices, StoreError> {
    let rows = session
        .rows(
            "SELECT recipient, origin, topic, enabled FROM notifications_choices WHERE recipient = ? AND channel = ?",
            vec![person.into(), CHANNEL.into()],
        )
        .await?;
    Ok(by_person(&rows)?.remove(person).unwrap_or_default())
}

/// What several people decided about an origin; who decided nothing is left out.
pub(crate) async fn about(
    session: &mut Session,
    origin: &str,
    people: &[String],
) -> Result<HashMap<String, Choices>, StoreError> {
    let text = "SELECT recipient, origin, topic, enabled FROM notifications_choices \
         WHERE channel = ? AND origin = ? AND recipient IN {list}";
    let rows = rows_for(session, text, &[CHANNEL.into(), origin.into()], people).await?;
    by_person(&rows)
}

/// Keeps what a person decided instead of what it had decided before.
pub(crate) async fn replace(tx: &mut Tx, person: &str, choices: &Choices) -> Result<(), StoreError> {
    tx.execute(
        "DELETE FROM notifications_choices WHERE recipient = ? AND channel = ?",
        vec![person.into(), CHANNEL.into()],
    )
    .await?;
    let rows: Vec<_> = choices.about.iter().collect();
    let head = "INSERT INTO notifications_choices (recipient, channel, origin, topic, enabled) VALUES";
    tx.insert(head, "", &rows, |((origin, topic), is_on)| {
        let topic = topic.as_deref().unwrap_or(WHOLE);
        Ok(vec![
            person.into(),
            CHANNEL.into(),
            origin.into(),
            topic.into(),
            (**is_on).into(),
        ])
    })
    .await?;
    Ok(())
}

fn by_person(rows: &[Row]) -> Result<HashMap<String, Choices>, StoreError> {
    let mut found: HashMap<String, Choices> = HashMap::new();
    for row in rows {
        let topic = Some(row.text(2)?).filter(|topic| topic != WHOLE);
        let choices = found.entry(row.text(0)?).or_default();
        choices.about.insert((row.text(1)?, topic), row.flag(3)?);
    }
    Ok(found)
}
