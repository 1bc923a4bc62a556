//! The pages in a real browser: the whole way from the first link to a decision in each language, and the tools on it.
//!
//! With `ANTIN_SCREENSHOTS=docs/screenshots` the pages that it passes are kept as pictures, wide and narrow.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

#[path = "browsers/chromium.rs"]
mod chromium;
#[path = "browsers/control.rs"]
mod control;
#[path = "browsers/description.rs"]
mod description;
#[path = "browsers/everybody.rs"]
mod everybody;
#[path = "browsers/families.rs"]
mod families;
#[path = "browsers/fields.rs"]
mod fields;
#[path = "browsers/gestures.rs"]
mod gestures;
#[path = "browsers/keyboard.rs"]
mod keyboard;
#[path = "browsers/links.rs"]
mod links;
#[path = "browsers/overview.rs"]
mod overview;
#[path = "browsers/register.rs"]
mod register;
#[path = "browsers/site.rs"]
mod site;
#[path = "browsers/tools.rs"]
mod tools;
#[path = "browsers/uploads.rs"]
mod uploads;
#[path = "browsers/way.rs"]
mod way;
