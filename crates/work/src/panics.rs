//! Panics of work as failures.

use std::any::Any;
use std::future::Future;
use std::panic::AssertUnwindSafe;

use futures::FutureExt;
use model::Fault;

/// Runs a future to its end; a panic is the fault that names it. The work's state is not used afterwards.
pub async fn caught<T>(work: impl Future<Output = T>) -> Result<T, Fault> {
    let end = AssertUnwindSafe(work).catch_unwind().await;
    end.map_err(|panic| Fault::error(format!("the work panicked: {}", text(&*panic))))
}

fn text(panic: &(dyn Any + Send)) -> &str {
    let fixed = panic.downcast_ref::<&str>().copied();
    let made = || panic.downcast_ref::<String>().map(String::as_str);
    fixed.or_else(made).unwrap_or("without a message")
}
