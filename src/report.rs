//! Reports for different readers: the same [`crate::verify::Report`] as a table and as a page.

pub mod copies;
pub mod folder;
pub mod html;
pub mod marks;
pub mod measured;
pub mod overlay;
pub mod picture;
pub mod table;
pub mod wear;
pub mod words;
