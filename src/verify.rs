//! Document, register and policy to a report: the pipeline on one screen.
