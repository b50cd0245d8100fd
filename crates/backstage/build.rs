//! The examples are part of the program: a change among them builds it anew.

fn main() {
    println!("cargo:rerun-if-changed=../../examples");
}
