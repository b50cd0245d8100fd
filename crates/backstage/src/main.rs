//! backstage
fn main() {}
