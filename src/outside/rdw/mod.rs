//! The vehicle register's open data (RDW, APP-06): politely asked, never believed blindly.
//!
//! `sets` knows the data sets, `client` asks one of them, `row` reads what came, `answer` makes facts
//! of it, and `refresh` asks about many vehicles and writes down what was said.

mod answer;
mod client;
mod refresh;
mod row;
mod sets;

pub use answer::understood;
pub use client::{RdwError, Reach, Register};
pub use refresh::{Refresh, Report};
pub use sets::DataSet;
