//! LED and button through the kernel's GPIO character device: any board, and simulations.
//!
//! A chip is found by its label and a line by its name, never by a chip's number: the Pi 5's header
//! was gpiochip4 and became gpiochip0 with a kernel update.

use std::path::PathBuf;
use std::time::Duration;
use std::{fs, io};

use gpiocdev::Request;
use gpiocdev::chip::Chip;
use gpiocdev::line::{Bias, EdgeDetection, EdgeKind, Value};

use super::adapter::{Adapter, Edges, Light};
use super::config::{Driver, Line, PanelConfig};
use super::fault::{FaultKind, PanelFault, Part};

/// The chips whose lines are the BCM numbers of the header.
const HEADERS: [&str; 3] = ["pinctrl-rp1", "pinctrl-bcm2711", "pinctrl-bcm2835"];

/// The kernel's own debouncing, where the chip can; the rest is done by [`super::button`].
const DEBOUNCE: Duration = Duration::from_millis(5);

pub(super) fn open(config: &PanelConfig) -> Result<Adapter, PanelFault> {
    let light = match &config.led {
        None => None,
        Some(line) => Some(Box::new(led(line, config)?) as Box<dyn Light>),
    };
    let edges = match &config.button {
        None => None,
        Some(line) => Some(Box::new(button(line, config)?) as Box<dyn Edges>),
    };
    Ok(Adapter { driver: Driver::Chardev, light, edges })
}

fn led(line: &Line, config: &PanelConfig) -> Result<CharLight, PanelFault> {
    let (chip, offset) = find(Part::Led, line, config)?;
    let mut builder = Request::builder();
    builder.on_chip(chip).with_consumer("balie-led").with_line(offset);
    if config.active_low {
        builder.as_active_low();
    }
    // Lit from the first moment: what is not known yet is not 'nothing due'.
    let request = builder.as_output(Value::Active).request();
    let request = request.map_err(|cause| fault(Part::Led, line, cause))?;
    Ok(CharLight { request, offset, name: line.to_string() })
}

fn button(line: &Line, config: &PanelConfig) -> Result<CharButton, PanelFault> {
    let (chip, offset) = find(Part::Button, line, config)?;
    let ask = |whole: bool| {
        let mut builder = Request::builder();
        builder.on_chip(&chip).with_consumer("balie-button").with_line(offset).as_input();
        builder.with_edge_detection(EdgeDetection::BothEdges);
        if whole {
            builder.with_bias(Bias::PullUp).with_debounce_period(DEBOUNCE);
        }
        builder.request()
    };
    // Not every chip has pull-ups or debouncing; a resistor on the board then does it.
    let request = match ask(true) {
        Err(cause) if fault(Part::Button, line, cause.clone()).kind == FaultKind::Failed => ask(false),
        answer => answer,
    };
    let request = request.map_err(|cause| fault(Part::Button, line, cause))?;
    Ok(CharButton { request, name: line.to_string() })
}

/// The chips, by the names that the kernel gives their devices; some have a second one, which is a link. The crate's
/// own list asks the kernel several things about every single file in /dev, at every start.
fn chips() -> io::Result<Vec<PathBuf>> {
    let entries = fs::read_dir("/dev")?.filter_map(Result::ok);
    let named = entries.filter(|entry| entry.file_name().as_encoded_bytes().starts_with(b"gpiochip"));
    let mut paths: Vec<_> = named.filter_map(|entry| fs::canonicalize(entry.path()).ok()).collect();
    paths.sort();
    paths.dedup();
    Ok(paths)
}

/// The chip and the offset of a line.
fn find(part: Part, line: &Line, config: &PanelConfig) -> Result<(PathBuf, u32), PanelFault> {
    let paths = chips().map_err(|cause| PanelFault::from_io(part, "/dev/gpiochip*", &cause))?;
    if paths.is_empty() {
        return Err(PanelFault::new(part, FaultKind::NoHardware, "there is no /dev/gpiochip*"));
    }
    let mut opened = Vec::new();
    let mut refused = None;
    for path in paths {
        match Chip::from_path(&path).and_then(|chip| chip.info().map(|info| (chip, info))) {
            Ok(chip) => opened.push(chip),
            Err(cause) => refused = Some(fault(part, path.display(), cause)),
        }
    }
    if let Line::Number(number) = line {
        let offset = u32::from(*number);
        let header =
            opened.iter().find(|(_, info)| HEADERS.contains(&info.label.as_str()) && offset < info.num_lines);
        if let Some((chip, _)) = header {
            return Ok((chip.path().to_owned(), offset));
        }
    }
    let name = line.to_string();
    let named = |(chip, info): &(Chip, gpiocdev::chip::Info)| {
        let lines = (0..info.num_lines).filter_map(|offset| chip.line_info(offset).ok());
        let found: Vec<_> = lines
            .filter(|line| line.name == name)
            .map(|line| (chip.path().to_owned(), line.offset))
            .collect();
        found
    };
    let mut found = opened.iter().flat_map(named);
    match (found.next(), found.next(), line, opened.as_slice()) {
        (Some(_), Some(_), ..) => {
            let words = format_args!("more than one line is called {name}");
            Err(PanelFault::new(part, FaultKind::NoLine, words))
        }
        (Some(line), None, ..) => Ok(line),
        // A board with one chip: its numbers are that chip's. Only when this driver was asked for by
        // name, because on a stranger's board a line may do anything.
        (None, _, Line::Number(number), [(chip, info)])
            if config.driver == Driver::Chardev && u32::from(*number) < info.num_lines =>
        {
            Ok((chip.path().to_owned(), u32::from(*number)))
        }
        _ => Err(refused.unwrap_or_else(|| PanelFault::new(part, FaultKind::NoLine, name.clone()))),
    }
}

fn fault(part: Part, detail: impl std::fmt::Display, cause: gpiocdev::Error) -> PanelFault {
    use gpiocdev::Error;
    use gpiocdev_uapi::Error as UapiError;
    let number = match &cause {
        Error::Os(number) => Some(number.0),
        Error::Uapi(_, UapiError::Os(number)) => Some(number.0),
        _ => None,
    };
    match number {
        Some(number) => PanelFault::from_io(part, detail, &std::io::Error::from_raw_os_error(number)),
        None => PanelFault::new(part, FaultKind::Failed, format_args!("{detail}: {cause}")),
    }
}

struct CharLight {
    request: Request,
    offset: u32,
    name: String,
}

impl Light for CharLight {
    fn set(&mut self, lit: bool) -> Result<(), PanelFault> {
        let value = if lit { Value::Active } else { Value::Inactive };
        self.request
            .set_value(self.offset, value)
            .map(|_| ())
            .map_err(|cause| fault(Part::Led, &self.name, cause))
    }
}

struct CharButton {
    request: Request,
    name: String,
}

impl Edges for CharButton {
    fn wait(&mut self, timeout: Duration) -> Result<Option<bool>, PanelFault> {
        let broken = |cause| fault(Part::Button, &self.name, cause);
        if !self.request.wait_edge_event(timeout).map_err(broken)? {
            return Ok(None);
        }
        let event = self.request.read_edge_event().map_err(broken)?;
        Ok(Some(event.kind == EdgeKind::Falling))
    }
}
