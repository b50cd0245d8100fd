//! Logs: text on a terminal, JSON elsewhere; always on standard error.

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;

/// A folder that goes takes its watch along; the crate that watches warns of that.
const DEFAULT: &str = "info,sqlx=warn,hyper=warn,h2=warn,rustls=warn,notify=error";

/// Starts logging, and logs panics with their place.
pub fn start() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(DEFAULT));
    let as_json = match std::env::var("LOG_FORMAT").as_deref() {
        Ok("json") => true,
        Ok("text") => false,
        _ => !std::io::stderr().is_terminal(),
    };
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    // When nobody reads the log any more, requests must not fail for it.
    let builder = builder.log_internal_errors(false);
    // Fails only when a test started logging before.
    let _ = if as_json {
        builder
            .json()
            .flatten_event(true)
            .with_current_span(false)
            .try_init()
    } else {
        builder
            .with_target(false)
            .with_ansi(std::io::stderr().is_terminal())
            .try_init()
    };
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        let reason = panic.payload_as_str().unwrap_or("no reason given");
        tracing::error!(place, "panicked: {reason}");
    }));
}
