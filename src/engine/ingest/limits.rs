//! Every bound on what comes from outside, in one place, with its reason.

use serde::{Deserialize, Serialize};

/// How large a document may be before it is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Bytes of the file. The default of 1 GiB is twice the largest archive of scans that an office
    /// is likely to bind into one file (1000 colour pages of half a megabyte each).
    pub bytes_max: u64,
    /// Pages of the document. The default, 5000, is ten ring binders of 500 sheets in one file.
    pub pages_max: u32,
    /// Pixels of one image before it is decoded. The default, 120 million, admits A3 at 800 dpi
    /// and A4 at 1100 dpi.
    pub pixels_max: u64,
    /// Pixels of a page that has to be drawn. The default, 40 million, admits A4 at 600 dpi; a page
    /// that would be larger is drawn at a lower resolution, and its stated resolution says so.
    pub render_pixels_max: u64,
    /// Resolution of a page that has to be drawn, in dots per inch: a small logo at 2400 dpi must
    /// not set the scale of a page. The default, 600, is the finest that office scanners deliver.
    pub render_dpi_max: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes_max: 1 << 30,
            pages_max: 5_000,
            pixels_max: 120_000_000,
            render_pixels_max: 40_000_000,
            render_dpi_max: 600,
        }
    }
}
