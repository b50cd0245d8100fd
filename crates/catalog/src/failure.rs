//! A failure of the store as a fault that a caller may see.

use model::{Fault, FaultKind};
use store::StoreError;

/// The fault to answer with. A database that does not answer, or takes no writes, is not the caller's mistake
/// (503); anything else is logged and shown only by the id of that log line (500).
pub fn store_fault(error: &StoreError) -> Fault {
    if error.is_outage() {
        if !error.is_retryable() {
            tracing::error!(%error, "the database needs attention");
        }
        let reason = "The database does not answer at the moment; try again in a few seconds";
        return Fault::new(FaultKind::Unavailable, reason);
    }
    internal(error)
}

/// Logs a failure once with its causes and names it by the id of that log line.
fn internal(error: &dyn std::error::Error) -> Fault {
    let mut log_id = uuid::Uuid::new_v4().simple().to_string();
    log_id.truncate(20);
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    let chain = causes.fold(error.to_string(), |chain, cause| format!("{chain}: {cause}"));
    tracing::error!(log_id, "request failed: {chain}");
    Fault::error(format!("An internal error occurred logId={log_id}"))
}
