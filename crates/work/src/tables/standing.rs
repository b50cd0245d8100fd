//! Claims on named work without an end.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use store::{Engine, Session, StoreError, Tx};

use super::claims::Holding;
use super::{later, now, number};
use crate::back_off::BackOff;
use crate::claim::Claim;

pub async fn declare(tx: &mut Tx, names: &[String]) -> Result<(), StoreError> {
    let head = "INSERT INTO work_standing (name, claim, due_at, failures) VALUES";
    let tail = "ON CONFLICT (name) DO NOTHING";
    tx.insert(head, tail, names, |name| {
        Ok(vec![name.into(), 0_i64.into(), 0_i64.into(), 0_i64.into()])
    })
    .await
    .map(drop)
}

pub async fn is_due(session: &mut Session, name: &str, at: Timestamp) -> Result<bool, StoreError> {
    let text = "SELECT name FROM work_standing WHERE name = ? AND due_at <= ?";
    Ok(session.row(text, vec![name.into(), at.into()]).await?.is_some())
}

pub async fn claim(
    tx: &mut Tx,
    name: &str,
    holding: &Holding<'_>,
) -> Result<Option<Claim<String>>, StoreError> {
    let at = now(tx).await?;
    let text = "UPDATE work_standing SET claim = claim + 1, holder = ?, due_at = ?, began_at = ? \
         WHERE name = ? AND due_at <= ? RETURNING claim";
    let arguments = vec![
        holding.holder.into(),
        later(at, holding.hold).into(),
        at.into(),
        name.into(),
        at.into(),
    ];
    let row = tx.row(text, arguments).await?;
    let claim = |number| Claim {
        key: name.to_owned(),
        number,
    };
    row.map(|row| row.int(0).map(claim)).transpose()
}

pub async fn renew(tx: &mut Tx, claim: &Claim<String>, hold: Duration) -> Result<bool, StoreError> {
    let until = later(now(tx).await?, hold);
    let text = "UPDATE work_standing SET due_at = ? WHERE name = ? AND claim = ? AND holder IS NOT NULL";
    let arguments = vec![until.into(), (&claim.key).into(), claim.number.into()];
    Ok(tx.execute(text, arguments).await? > 0)
}

/// Whether the claim still holds; it does so until the transaction ends.
pub async fn is_held(tx: &mut Tx, claim: &Claim<String>) -> Result<bool, StoreError> {
    let text = match tx.engine() {
        Engine::Sqlite => {
            "SELECT name FROM work_standing WHERE name = ? AND claim = ? AND holder IS NOT NULL"
        }
        Engine::Postgres => {
            "SELECT name FROM work_standing WHERE name = ? AND claim = ? AND holder IS NOT NULL FOR SHARE"
        }
    };
    let arguments = vec![(&claim.key).into(), claim.number.into()];
    Ok(tx.row(text, arguments).await?.is_some())
}

/// How long work that is given back rests.
pub enum Rest<'a> {
    /// For this time.
    For(Duration),
    /// It failed: longer with every failure in a row.
    AfterFailure(&'a BackOff),
}

/// Gives work back. A run that lasted as long as `good` ends the row of failures before it.
pub async fn settle(
    tx: &mut Tx,
    claim: &Claim<String>,
    rest: &Rest<'_>,
    good: Duration,
) -> Result<(), StoreError> {
    let at = now(tx).await?;
    let text = "SELECT began_at, failures FROM work_standing WHERE name = ? AND claim = ?";
    let arguments = vec![(&claim.key).into(), claim.number.into()];
    let Some(row) = tx.row(text, arguments).await? else {
        return Ok(());
    };
    let began_at = row.maybe_time(0)?.unwrap_or(at);
    let good = SignedDuration::try_from(good).unwrap_or(SignedDuration::MAX);
    let before = if at.duration_since(began_at) >= good {
        0
    } else {
        number(row.int(1)?)
    };
    let (failures, pause) = match rest {
        Rest::For(pause) => (before, *pause),
        Rest::AfterFailure(back_off) => {
            let failures = before.saturating_add(1);
            (failures, back_off.pause(failures))
        }
    };
    let text =
        "UPDATE work_standing SET holder = NULL, due_at = ?, failures = ? WHERE name = ? AND claim = ?";
    let arguments = vec![
        later(at, pause).into(),
        failures.into(),
        (&claim.key).into(),
        claim.number.into(),
    ];
    tx.execute(text, arguments).await.map(drop)
}
