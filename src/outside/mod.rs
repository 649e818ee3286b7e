//! Everything that talks to the network: the vehicle register, and what leaves the shop. It knows
//! how others answer and how they fail; what an answer means is decided by `domain`.

pub mod calendar;
pub mod carrier;
pub mod delivery;
pub mod http;
pub mod mail;
pub mod rdw;
pub mod sms;
