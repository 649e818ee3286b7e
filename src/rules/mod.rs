//! Facts + settings + today -> a verdict with its reasons. Pure, like `domain`.
//!
//! One decision function ([`decide::decide`]) serves the collector, `balie why`, the preview of
//! the settings page and the tests; the store only chooses which facts to look at.

pub mod alert;
pub mod decide;
pub mod describe;
pub mod facts;
pub mod legal;
pub mod odometer;
pub mod preview;
pub mod rank;
pub mod validity;
pub mod why;
pub mod window;
