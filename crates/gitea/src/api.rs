//! What programs read below `/api/gitea`.

pub(crate) mod ownership;
