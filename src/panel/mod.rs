//! LED and button: levels in, light out.
//!
//! The hardware differs (a Raspberry Pi by its registers or by the kernel's character device, a
//! simulation, a desktop with neither), so an adapter is chosen when the program starts and not when
//! it is built. Nothing here can end a program: what does not work is a [`PanelFault`] that the
//! screen shows.
//!
//! When no Balie runs the LED is lit steadily, as for 'Balie needs help': dropping the handle leaves
//! it so, and [`turn`] does it after a crash.

pub mod adapter;
pub mod button;
#[cfg(feature = "gpio")]
mod chardev;
pub mod config;
pub mod fault;
mod handle;
#[cfg(feature = "gpio")]
mod rppal;
mod trial;
pub mod turn;

pub use adapter::{Adapter, Edges, Light, open};
pub use button::Press;
pub use config::{Driver, Line, PanelConfig};
pub use fault::{FaultKind, PanelFault, Part};
pub use handle::{Panel, PanelEvent, PanelHandle};
pub use trial::{Tried, try_led};
