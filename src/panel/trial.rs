//! `balie led`: shows what the LED can say, and sets it when no Balie runs.

use std::path::Path;
use std::time::{Duration, Instant};

use super::config::{Driver, PanelConfig};
use super::fault::{FaultKind, PanelFault, Part};
use super::turn::{self, open_in_turn};
use crate::rules::alert::Alert;

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tried {
    /// The driver that was used.
    pub driver: Driver,
    /// Whether the level stays now that the program ends. The character device's line may fall back.
    pub stays: bool,
}

/// Drives the LED: `Slow` and `Fast` blink for as long as said, then go dark. `Off` and `Steady` are
/// set and left; where the level would not stay (see [`Driver::keeps_level`]) they are held for as
/// long as said, so that one can see them.
///
/// # Errors
/// [`PanelFault`] when there is no LED, or it is in use (the kiosk holds it while it runs).
pub fn try_led(config: &PanelConfig, show: Alert, lasting: Duration) -> Result<Tried, PanelFault> {
    let led = PanelConfig { button: None, ..config.clone() };
    let (adapter, fault, _turn) = open_in_turn(&led, Path::new(turn::PATH));
    let none = || PanelFault::new(Part::Led, FaultKind::NoHardware, "no LED was found");
    let mut light = adapter.light.ok_or_else(|| fault.unwrap_or_else(none))?;
    let stays = adapter.driver.keeps_level();
    let epoch = Instant::now();
    while let Some(wait) = show.next_change(epoch.elapsed()).filter(|_| epoch.elapsed() < lasting) {
        light.set(show.lit(epoch.elapsed()))?;
        std::thread::sleep(wait.min(lasting.saturating_sub(epoch.elapsed())));
    }
    light.set(show == Alert::Steady)?;
    if show.period().is_none() && !stays {
        std::thread::sleep(lasting);
    }
    Ok(Tried { driver: adapter.driver, stays })
}
