//! The 26 faults of the fault table. `faults/table.txt` says for each which tests make it, here and in the other
//! files, and what only a machine can show; `make faults` runs exactly those and prints what held. Here are
//! the ones that have no file of their own.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod copies;
mod mounts;
mod notices;
mod patience;
mod rounds;
mod shop;

#[path = "faults/clock.rs"]
mod clock;
#[path = "faults/damage.rs"]
mod damage;
#[path = "faults/full.rs"]
mod full;
#[path = "faults/large.rs"]
mod large;
#[path = "faults/newer.rs"]
mod newer;
#[path = "faults/process.rs"]
mod process;
#[path = "faults/quiet.rs"]
mod quiet;
#[path = "faults/repeat.rs"]
mod repeat;
#[path = "faults/table.rs"]
mod table;
#[path = "faults/wear.rs"]
mod wear;
