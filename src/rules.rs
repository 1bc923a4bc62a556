//! Findings from the comparison, the register and the day.
