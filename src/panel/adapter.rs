//! The two small things that hardware must be able to do, and which hardware does them.

use std::time::Duration;

use super::config::{Driver, PanelConfig};
#[cfg(not(feature = "gpio"))]
use super::fault::Part;
use super::fault::{FaultKind, PanelFault};

/// The LED.
pub trait Light: Send {
    /// Lights it, or not.
    ///
    /// # Errors
    /// [`PanelFault`] when the line does not obey.
    fn set(&mut self, lit: bool) -> Result<(), PanelFault>;
}

/// The button's edges.
pub trait Edges: Send {
    /// Waits for the next edge: `true` is pressed, `false` released; none came in time.
    ///
    /// # Errors
    /// [`PanelFault`] when the line cannot be read.
    fn wait(&mut self, timeout: Duration) -> Result<Option<bool>, PanelFault>;
}

/// An LED and a button, as far as there are any.
pub struct Adapter {
    /// The driver that was chosen; never [`Driver::Auto`].
    pub driver: Driver,
    /// The LED.
    pub light: Option<Box<dyn Light>>,
    /// The button.
    pub edges: Option<Box<dyn Edges>>,
}

impl Adapter {
    /// No LED and no button.
    pub fn screen() -> Self {
        Self { driver: Driver::Screen, light: None, edges: None }
    }
}

/// Opens what the configuration asks for, or what there is; a part that fails leaves the other one
/// working. The fault says what does not work.
pub fn open(config: &PanelConfig) -> (Adapter, Option<PanelFault>) {
    if config.led.is_none() && config.button.is_none() {
        return (Adapter::screen(), None);
    }
    match config.driver {
        Driver::Screen => (Adapter::screen(), None),
        Driver::Rppal | Driver::Chardev => match attempt(config.driver, config) {
            Ok(adapter) => (adapter, None),
            Err(fault) => (half(config.driver, config).unwrap_or_else(Adapter::screen), Some(fault)),
        },
        Driver::Auto => automatic(config),
    }
}

fn automatic(config: &PanelConfig) -> (Adapter, Option<PanelFault>) {
    let on_a_pi = match attempt(Driver::Rppal, config) {
        Ok(adapter) => return (adapter, None),
        Err(fault) => !matches!(fault.kind, FaultKind::NoHardware | FaultKind::NotBuilt),
    };
    match attempt(Driver::Chardev, config) {
        Ok(adapter) => (adapter, None),
        Err(fault) => {
            let half = half(Driver::Chardev, config).or_else(|| half(Driver::Rppal, config));
            // On a desktop there is nothing to find and nothing wrong; BCM numbers mean nothing there.
            let by_number =
                [&config.led, &config.button].into_iter().flatten().all(|line| line.bcm().is_some());
            let nothing_here = match fault.kind {
                FaultKind::NoHardware | FaultKind::NotBuilt => true,
                FaultKind::NoLine | FaultKind::NotAllowed => by_number,
                FaultKind::InUse | FaultKind::Failed => false,
            };
            let fault = (on_a_pi || half.is_some() || !nothing_here).then_some(fault);
            (half.unwrap_or_else(Adapter::screen), fault)
        }
    }
}

/// The LED without the button, or the button without the LED.
fn half(driver: Driver, config: &PanelConfig) -> Option<Adapter> {
    let led = PanelConfig { button: None, ..config.clone() };
    let button = PanelConfig { led: None, ..config.clone() };
    let parts = [led, button].into_iter().filter(|part| part.led.is_some() || part.button.is_some());
    parts.into_iter().find_map(|part| attempt(driver, &part).ok())
}

#[cfg(feature = "gpio")]
fn attempt(driver: Driver, config: &PanelConfig) -> Result<Adapter, PanelFault> {
    match driver {
        Driver::Rppal => super::rppal::open(config),
        Driver::Chardev => super::chardev::open(config),
        Driver::Auto | Driver::Screen => Ok(Adapter::screen()),
    }
}

#[cfg(not(feature = "gpio"))]
fn attempt(driver: Driver, _config: &PanelConfig) -> Result<Adapter, PanelFault> {
    Err(PanelFault::new(Part::Board, FaultKind::NotBuilt, driver))
}
