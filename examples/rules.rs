//! Writes docs/rules.md from the list of rules that the program carries: `cargo run --example rules`.

#![allow(
    clippy::unwrap_used,
    reason = "a panic is how a program of one page fails"
)]

fn main() {
    std::fs::write("docs/rules.md", antin::rules::sources::page()).unwrap();
}
