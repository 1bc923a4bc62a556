//! The watch list: dies that are known to be counterfeit, with impressions of them.

use crate::matching::Specimen;
use crate::registry::Entry;
use crate::registry::kind::Kind;
use crate::registry::records::Fact;
use crate::registry::sheet::Expected;
use crate::registry::sheet::ValueError;

/// Rows that list counterfeit dies, one impression a row. The file gives the path of a scan, relative to
/// it; the entry has the digest of the scan instead.
pub const KIND: &Kind = &Kind {
    name: "watch",
    title: "watch list of counterfeit dies",
    required: &["die", "specimen"],
    optional: &["specimen_dpi", "poses_as", "reported_on", "reported_by"],
    key: "die",
    day: Some("reported_on"),
    identity: &["die", "specimen"],
    refers: &[],
    check: |entry| Listing::of(entry).map(drop),
};

/// One row.
#[derive(Clone, Debug, PartialEq)]
pub struct Listing {
    /// The die's name on the list.
    pub die: String,
    /// The scan: its path as written, once it is recorded its digest.
    pub specimen: String,
    /// The resolution as stated.
    pub dpi: Option<f64>,
}

impl Fact for Listing {
    const KIND: &'static Kind = KIND;

    fn of(entry: &Entry) -> Result<Self, ValueError> {
        let legal = |value: &f64| value.is_finite() && *value > 0.0;
        Ok(Self {
            die: entry.required("die")?,
            specimen: entry.required("specimen")?,
            dpi: entry.parsed("specimen_dpi", Expected::Resolution, |value| {
                value.parse().ok().filter(legal)
            })?,
        })
    }
}

/// A die of the list, as impressions are compared with it.
#[derive(Clone, Debug, PartialEq)]
pub struct WatchedDie {
    /// Its name on the list.
    pub id: String,
    /// Its impressions fused.
    pub specimen: Specimen,
}
