//! The wire contract, `/api/catalog`.
