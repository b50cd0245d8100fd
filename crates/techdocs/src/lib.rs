//! Documentation of entities: Markdown in their repositories, rendered natively.
