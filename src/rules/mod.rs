//! Facts, settings and today make a verdict with its reasons. Pure: no I/O, no clock, no SQL.

pub mod alert;
