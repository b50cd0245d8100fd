//! Which process works on which source: numbered claims that run out by the database's time.

use std::{collections::HashSet, time::Duration};

use jiff::{SignedDuration, Timestamp};

use crate::{
    Lane, SourceKey, Store, StoreError, WriteTx,
    sql::{Arg, Engine, Row, in_list_chunks, with_list},
};

/// The right to check a source for a while.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SourceClaim {
    /// The source.
    pub key: SourceKey,
    /// Grows with every claim on the source, also when the source was forgotten meanwhile.
    pub number: i64,
}

impl SourceClaim {
    fn from_row(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            key: SourceKey::from(row.text(0)?.as_str()),
            number: row.int(1)?,
        })
    }
}

impl Store {
    /// Claims sources that are due at `due` for `holder`, earliest first. A claim that is neither ended nor renewed
    /// within `hold` is free again: its process died.
    pub async fn claim_sources(
        &self,
        due: Timestamp,
        limit: usize,
        holder: &str,
        hold: Duration,
    ) -> Result<Vec<SourceClaim>, StoreError> {
        // Only reads, so that a process without work waits for no writer and keeps none waiting.
        let mut session = self.read().await?;
        let now = session.now().await?;
        let text = "SELECT source FROM sources WHERE next_check_at <= ? AND (held_until IS NULL OR held_until <= ?) LIMIT 1";
        if session.row(text, vec![due.into(), now.into()]).await?.is_none() {
            return Ok(Vec::new());
        }
        drop(session);
        let mut session = self.write_unordered(Lane::Bulk).await?;
        let now = session.now().await?;
        let locked = match session.engine() {
            Engine::Sqlite => "",
            Engine::Postgres => "FOR UPDATE SKIP LOCKED",
        };
        // The number is the time, so that it grows although a row was deleted and made anew.
        let text = format!(
            "UPDATE sources SET held_by = ?, held_until = ?, marked = 0, \
             claim = CASE WHEN claim >= ? THEN claim + 1 ELSE ? END WHERE source IN (SELECT source FROM sources \
             WHERE next_check_at <= ? AND (held_until IS NULL OR held_until <= ?) \
             ORDER BY next_check_at LIMIT ? {locked}) RETURNING source, claim, next_check_at"
        );
        let arguments = vec![
            holder.into(),
            after(now, hold).into(),
            now.into(),
            now.into(),
            due.into(),
            now.into(),
            limit.into(),
        ];
        let rows = session.rows(text, arguments).await?;
        session.commit().await?;
        // RETURNING promises no order.
        let mut claimed = rows
            .iter()
            .map(|row| Ok((row.int(2)?, SourceClaim::from_row(row)?)))
            .collect::<Result<Vec<_>, StoreError>>()?;
        claimed.sort_by(|(one, left), (other, right)| one.cmp(other).then_with(|| left.key.cmp(&right.key)));
        Ok(claimed.into_iter().map(|(_, claim)| claim).collect())
    }

    /// Prolongs claims of `holder`; returns those that ended or were lost to another process.
    pub async fn renew_sources(
        &self,
        holder: &str,
        claims: &[SourceClaim],
        hold: Duration,
    ) -> Result<Vec<SourceClaim>, StoreError> {
        let names: Vec<String> = claims.iter().map(|claim| claim.key.to_string()).collect();
        let mut session = self.write_unordered(Lane::Bulk).await?;
        let until = after(session.now().await?, hold);
        let mut kept = HashSet::new();
        for chunk in in_list_chunks(&names) {
            let text = with_list(
                "UPDATE sources SET held_until = ? WHERE held_by = ? AND source IN {list} RETURNING source, claim",
                chunk.len(),
            );
            let mut arguments = vec![until.into(), holder.into()];
            arguments.extend(chunk.iter().map(Arg::from));
            for row in session.rows(text, arguments).await? {
                kept.insert(SourceClaim::from_row(&row)?);
            }
        }
        session.commit().await?;
        let lost = claims.iter().filter(|claim| !kept.contains(claim));
        Ok(lost.cloned().collect())
    }
}

impl WriteTx {
    /// Which of these claims still hold. To be asked in the transaction that writes what a check found: after a long
    /// pause another process, or another run of this one, may be at work on the source.
    pub async fn sources_held(&mut self, claims: &[SourceClaim]) -> Result<HashSet<SourceClaim>, StoreError> {
        let names: Vec<String> = claims.iter().map(|claim| claim.key.to_string()).collect();
        let locked = match self.engine() {
            Engine::Sqlite => "",
            Engine::Postgres => " FOR UPDATE",
        };
        let text = format!(
            "SELECT source, claim FROM sources WHERE held_by IS NOT NULL AND source IN {{list}}{locked}"
        );
        let rows = self.session.rows_in(&text, &names).await?;
        let held = rows
            .iter()
            .map(SourceClaim::from_row)
            .collect::<Result<HashSet<_>, StoreError>>()?;
        Ok(claims
            .iter()
            .filter(|claim| held.contains(claim))
            .cloned()
            .collect())
    }

    /// Ends a claim on a source that was not checked: it is due as before, or at `next`. Changes nothing when the claim
    /// was lost.
    pub async fn give_back_source(
        &mut self,
        claim: &SourceClaim,
        next: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        let held = "source = ? AND claim = ? AND held_by IS NOT NULL";
        let (name, number) = (claim.key.to_string(), claim.number);
        if let Some(next) = next {
            let text = format!("UPDATE sources SET next_check_at = ? WHERE {held} AND marked = 0");
            let arguments = vec![next.into(), Arg::from(&name), number.into()];
            self.session.execute(text, arguments).await?;
        }
        let text = format!("UPDATE sources SET held_by = NULL, held_until = NULL WHERE {held}");
        let arguments = vec![name.into(), number.into()];
        self.session.execute(text, arguments).await.map(drop)
    }
}

fn after(now: Timestamp, pause: Duration) -> Timestamp {
    let pause = SignedDuration::try_from(pause).unwrap_or(SignedDuration::MAX);
    now.saturating_add(pause).unwrap_or(Timestamp::MAX)
}
