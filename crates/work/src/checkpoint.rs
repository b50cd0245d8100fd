//! What a job keeps between its attempts.

use std::sync::Arc;

use parking_lot::Mutex;
use serde::Serialize;
use serde_json::{Value, json};
use store::{Lane, Store, Tx};

use crate::claim::Claim;
use crate::error::WorkError;
use crate::job::JobId;
use crate::jobs::as_json;
use crate::tables;

/// What a job has come to: any JSON value. It survives the end of the process, and the next attempt reads it.
#[derive(Clone)]
pub struct Checkpoint {
    value: Arc<Mutex<Option<Value>>>,
    kept: Option<(Store, Claim<JobId>)>,
    /// The key under which this part stands in the whole.
    part: Option<Arc<str>>,
}

impl Checkpoint {
    /// A checkpoint that lasts as long as the process, for work that is no job.
    pub fn in_memory(value: Option<Value>) -> Self {
        Self {
            value: Arc::new(Mutex::new(value)),
            kept: None,
            part: None,
        }
    }

    /// A part of this checkpoint with a value of its own, for a step of the job. A checkpoint that has parts is kept
    /// through them alone; a part has no parts.
    pub fn part(&self, name: &str) -> Self {
        Self {
            part: Some(name.into()),
            ..self.clone()
        }
    }

    pub(crate) fn of_job(store: Store, claim: Claim<JobId>, value: Option<Value>) -> Self {
        Self {
            kept: Some((store, claim)),
            ..Self::in_memory(value)
        }
    }

    /// The value that was kept last.
    pub fn get(&self) -> Option<Value> {
        let whole = self.value.lock();
        match &self.part {
            None => whole.clone(),
            Some(part) => whole.as_ref()?.get(&**part).cloned(),
        }
    }

    /// Keeps a value instead of the last one; [`WorkError::Lost`] when this run has lost the job.
    pub async fn save(&self, value: &impl Serialize) -> Result<(), WorkError> {
        let Some((store, _)) = &self.kept else {
            let whole = self.whole(as_json("a checkpoint", value)?.0);
            *self.value.lock() = Some(whole);
            return Ok(());
        };
        let mut tx = store.write_unordered(Lane::Bulk).await?;
        self.save_in(&mut tx, value).await?;
        Ok(tx.commit().await?)
    }

    /// Keeps a value together with what the transaction writes, so that a step of the job is done once or not at all.
    /// After an error the transaction must be dropped.
    pub async fn save_in(&self, tx: &mut Tx, value: &impl Serialize) -> Result<(), WorkError> {
        let (value, _) = as_json("a checkpoint", value)?;
        let (value, text) = as_json("a checkpoint", &self.whole(value))?;
        if let Some((_, claim)) = &self.kept
            && !tables::claims::keep_checkpoint(tx, claim, text).await?
        {
            return Err(WorkError::Lost);
        }
        *self.value.lock() = Some(value);
        Ok(())
    }

    /// The whole with another value of this part.
    fn whole(&self, value: Value) -> Value {
        let Some(part) = &self.part else { return value };
        let mut whole = self
            .value
            .lock()
            .clone()
            .filter(Value::is_object)
            .unwrap_or_else(|| json!({}));
        whole[&**part] = value;
        whole
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn parts_are_kept_beside_each_other() {
        let whole = Checkpoint::in_memory(None);
        let (first, second) = (whole.part("first"), whole.part("second"));
        assert_eq!(first.get(), None);
        first.save(&1).await.unwrap();
        second.save(&2).await.unwrap();
        first.save(&3).await.unwrap();
        assert_eq!((first.get(), second.get()), (Some(json!(3)), Some(json!(2))));
        assert_eq!(whole.get(), Some(json!({"first": 3, "second": 2})));
    }
}
