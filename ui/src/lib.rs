//! The pages of Balie's touchscreen, and a way to draw them without a display.
//!
//! A crate of its own because the code that Slint generates is large: logic and its tests must not
//! wait for it. What Rust may touch stands in `desk.slint`; everything else is the pages' own.

pub mod headless;

#[allow(missing_docs, clippy::all, clippy::pedantic, clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#[allow(clippy::todo, clippy::unimplemented, clippy::indexing_slicing, clippy::dbg_macro)]
mod generated {
    slint::include_modules!();
}

pub use generated::*;
pub use slint;
