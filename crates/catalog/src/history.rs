//! Every version of an entity, with cause and difference.
