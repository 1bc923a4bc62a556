//! Reports for different readers: the same [`crate::verify::Report`] as a table and as a page.

pub mod table;
pub mod words;
