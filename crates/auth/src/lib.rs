//! Who is asking: sign-in with identity providers, sessions, and what roles may do.
