//! Reports for different readers: the same [`crate::verify::Report`] as a table and as a page.

pub mod bundle;
pub mod copies;
pub mod csv;
pub mod displacement;
pub mod exhibit;
pub mod findings;
pub mod folder;
pub mod html;
pub mod layer;
pub mod marks;
pub mod measured;
pub mod overlay;
pub mod pdf;
pub mod picture;
pub mod rows;
pub mod table;
pub mod wear;
pub mod words;
