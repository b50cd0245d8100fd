//! A body that breaks off.

use axum::body::{Body, Bytes};
use tokio::sync::mpsc;

/// Sends these bytes, then breaks the connection off.
pub(super) fn body(bytes: &[u8]) -> Body {
    let (sender, receiver) = mpsc::channel::<Result<Bytes, std::io::Error>>(2);
    let first = Bytes::copy_from_slice(bytes);
    // Two fit the channel, so that neither waits.
    let _ = sender.try_send(Ok(first));
    let _ = sender.try_send(Err(std::io::ErrorKind::ConnectionReset.into()));
    Body::from_stream(tokio_stream::wrappers::ReceiverStream::new(receiver))
}
