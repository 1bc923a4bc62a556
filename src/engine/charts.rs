//! Charts and other drawings of lines and words, as SVG and PNG.
//!
//! Comes in: marks in points. Goes out: the bytes of either format, which show the same.

pub mod chart;

pub mod drawing;

pub mod raster;

pub mod svg;
