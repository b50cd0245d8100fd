//! What a job keeps between its attempts.

use std::sync::Arc;

use parking_lot::Mutex;
use serde::Serialize;
use serde_json::Value;
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
}

impl Checkpoint {
    /// A checkpoint that lasts as long as the process, for work that is no job.
    pub fn in_memory(value: Option<Value>) -> Self {
        Self {
            value: Arc::new(Mutex::new(value)),
            kept: None,
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
        self.value.lock().clone()
    }

    /// Keeps a value instead of the last one; [`WorkError::Lost`] when this run has lost the job.
    pub async fn save(&self, value: &impl Serialize) -> Result<(), WorkError> {
        let Some((store, _)) = &self.kept else {
            *self.value.lock() = Some(as_json("a checkpoint", value)?.0);
            return Ok(());
        };
        let mut tx = store.write_unordered(Lane::Bulk).await?;
        self.save_in(&mut tx, value).await?;
        Ok(tx.commit().await?)
    }

    /// Keeps a value together with what the transaction writes, so that a step of the job is done once or not at all.
    /// After an error the transaction must be dropped.
    pub async fn save_in(&self, tx: &mut Tx, value: &impl Serialize) -> Result<(), WorkError> {
        let (value, text) = as_json("a checkpoint", value)?;
        if let Some((_, claim)) = &self.kept
            && !tables::claims::keep_checkpoint(tx, claim, text).await?
        {
            return Err(WorkError::Lost);
        }
        *self.value.lock() = Some(value);
        Ok(())
    }
}
