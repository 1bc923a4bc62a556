//! Registered seals: identity, specimens, validity on a date.
