//! LED and button through the registers of a Raspberry Pi.
//!
//! The crate is retired (0.22.1 is its last release and works up to the Pi 5): nothing outside this
//! file knows it.

use std::time::Duration;

use rppal::gpio::{Error, Gpio, InputPin, OutputPin, Trigger};

use super::adapter::{Adapter, Edges, Light};
use super::config::{Driver, Line, PanelConfig};
use super::fault::{FaultKind, PanelFault, Part};

pub(super) fn open(config: &PanelConfig) -> Result<Adapter, PanelFault> {
    let gpio = Gpio::new().map_err(|cause| fault(Part::Board, "rppal", cause))?;
    let pin = |part: Part, line: &Line| {
        let number = line.bcm().ok_or_else(|| {
            PanelFault::new(part, FaultKind::NoLine, format_args!("rppal knows BCM numbers only, not {line}"))
        })?;
        gpio.get(number).map_err(|cause| fault(part, line, cause))
    };
    let light = match &config.led {
        None => None,
        Some(line) => {
            // The level stays as it was until the first `set`.
            let pin = pin(Part::Led, line)?;
            let mut pin = if pin.read() == rppal::gpio::Level::High {
                pin.into_output_high()
            } else {
                pin.into_output_low()
            };
            pin.set_reset_on_drop(false);
            Some(Box::new(PiLight { pin, active_low: config.active_low }) as Box<dyn Light>)
        }
    };
    let edges = match &config.button {
        None => None,
        Some(line) => {
            let mut pin = pin(Part::Button, line)?.into_input_pullup();
            pin.set_interrupt(Trigger::Both, None).map_err(|cause| fault(Part::Button, line, cause))?;
            Some(Box::new(PiButton { pin, name: line.to_string() }) as Box<dyn Edges>)
        }
    };
    Ok(Adapter { driver: Driver::Rppal, light, edges })
}

fn fault(part: Part, detail: impl std::fmt::Display, cause: Error) -> PanelFault {
    match cause {
        Error::Io(cause) => PanelFault::from_io(part, detail, &cause),
        Error::UnknownModel => PanelFault::new(part, FaultKind::NoHardware, "this is not a Raspberry Pi"),
        Error::PermissionDenied(path) => PanelFault::new(part, FaultKind::NotAllowed, path),
        Error::PinNotAvailable(_) => PanelFault::new(part, FaultKind::NoLine, detail),
        Error::PinUsed(_) => PanelFault::new(part, FaultKind::InUse, detail),
        Error::ThreadPanic => PanelFault::new(part, FaultKind::Failed, detail),
    }
}

struct PiLight {
    pin: OutputPin,
    active_low: bool,
}

impl Light for PiLight {
    fn set(&mut self, lit: bool) -> Result<(), PanelFault> {
        if lit != self.active_low {
            self.pin.set_high()
        } else {
            self.pin.set_low()
        }
        Ok(())
    }
}

struct PiButton {
    pin: InputPin,
    name: String,
}

impl Edges for PiButton {
    fn wait(&mut self, timeout: Duration) -> Result<Option<bool>, PanelFault> {
        let event = self.pin.poll_interrupt(false, Some(timeout));
        let event = event.map_err(|cause| fault(Part::Button, &self.name, cause))?;
        Ok(event.map(|event| event.trigger == Trigger::FallingEdge))
    }
}
