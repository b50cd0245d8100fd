//! What a client is told when the store did not do its part.

use model::Fault;
use store::StoreError;
use web::ApiError;

use crate::query::QueryError;

/// The fault to answer with. A database that does not answer, or takes no writes, is not the caller's mistake
/// (503); anything else is logged and shown only by the id of that log line (500).
pub fn store_fault(error: &StoreError) -> Fault {
    if error.is_outage() {
        if !error.is_retryable() {
            tracing::error!(%error, "the database needs attention");
        }
        let reason = "The database does not answer at the moment; try again in a few seconds";
        return Fault::new("ServiceUnavailableError", reason);
    }
    ApiError::internal(error).fault().clone()
}

impl From<QueryError> for Fault {
    fn from(error: QueryError) -> Self {
        match error {
            QueryError::Refused(fault) => fault,
            QueryError::Store(error) => store_fault(&error),
        }
    }
}
