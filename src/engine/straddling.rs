//! Seals set across the edges of several sheets: their parts found again on the drawing, put in order, and joined
//! into one impression with its gaps.
//!
//! The sheets are fanned, the first on top, and stamped at once, so that each bears a strip of the seal: from the
//! first page to the last the strips follow one another from the seal's left to its right on right edges, and from its
//! right to its left on left ones. What does not follow is a sheet missing, without a part, in another place, or from
//! elsewhere.

mod amount;
mod join;
mod order;
mod part;

pub use amount::Amount;
pub use amount::amounts;
pub use join::joined;
pub use order::Fault;
pub use order::Place;
pub use order::Seen;
pub use order::Set;
pub use order::Sighted;
pub use order::sets;
pub use part::Part;
