//! What things are and what may happen to them. Pure: no I/O, no clock, no SQL, no log.
//!
//! One noun, one file; the words are those of the shop (customer, vehicle, task, rule ...).

pub mod amount;
pub mod appointment;
pub mod calendar;
pub mod calendar_merge;
pub mod calendar_words;
pub mod consent;
pub mod customer;
pub mod dates;
pub mod dial;
pub mod edit;
pub mod employee;
pub mod ids;
pub mod language;
pub mod message;
pub mod phone;
pub mod pin;
pub mod plate;
pub mod reason;
pub mod records;
pub mod register;
pub mod report;
pub mod rule;
pub mod search;
pub mod settings;
pub mod sms;
pub mod task;
pub mod text;
pub mod vehicle;
