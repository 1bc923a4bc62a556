//! Seals, inks, pages and scans with known truth.
//!
//! A body's seal is designed ([`catalogue`], [`die`]), perhaps forged or damaged ([`forgery`],
//! [`deformation`]), pressed in ink ([`ink`]) on a page ([`page`], [`sheet`]), scanned ([`scan`]) and
//! stored ([`pdf`]) with what is known of it ([`truth`]); [`set`] plans whole labelled sets. Every
//! document has its own seeded streams of chance, so the number of threads changes nothing.

pub mod catalogue;
pub mod chance;
pub mod deformation;
pub mod demo;
pub mod die;
pub mod document;
pub mod excerpt;
pub mod fonts;
pub mod forgery;
pub mod frame;
pub mod gallery;
pub mod hardship;
pub mod ink;
pub mod lettering;
pub mod motif;
pub mod names;
pub mod noise;
pub mod page;
pub mod pdf;
mod placement;
pub mod raster;
pub mod reproduction;
pub mod scan;
pub mod set;
pub mod sheet;
pub mod stamp;
pub mod straddle;
pub mod truth;
pub mod wear;
