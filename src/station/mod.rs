//! The machine under the program: its configuration, its clock, its health and its one lock.
//!
//! What differs between a shop's appliance, a developer's laptop and a test stands here, so that
//! no other layer has to ask where it runs.

pub mod args;
pub mod calendar;
pub mod clock;
pub mod collector;
pub mod config;
pub mod diary;
pub mod disk;
pub mod doctor;
pub mod health;
pub mod hours;
pub mod lock;
pub mod log;
pub mod outbox;
pub mod postman;
pub mod provision;
pub mod screen;
pub mod system;
pub mod touch;
pub mod update;
