//! Balie works out which customers of a workshop should be contacted this week.
//!
//! One library, three programs: `balie` (the technician's command line), `balie-collector` (the
//! service) and `balie-kiosk` (the touchscreen). The layers stand on each other and an import
//! never goes up; `tests/boundaries.rs` holds the walls.

pub mod collect;
#[cfg(feature = "desk")]
pub mod desk;
pub mod domain;
pub mod exchange;
pub mod outside;
pub mod panel;
pub mod rules;
pub mod station;
pub mod store;
