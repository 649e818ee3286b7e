//! What is wrong with LED or button: a value for the screen, a line for the technician.

use std::fmt;

/// Which part does not work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Part {
    /// The LED.
    Led,
    /// The button.
    Button,
    /// Both: the board itself.
    Board,
}

/// In what way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FaultKind {
    /// No such board, or no character device.
    NoHardware,
    /// The board has no line of that number or name.
    NoLine,
    /// This user may not use it.
    NotAllowed,
    /// Another program holds it.
    InUse,
    /// This program was built without it.
    NotBuilt,
    /// Anything else; the detail says what.
    Failed,
}

/// A part that does not work, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PanelFault {
    /// Which part.
    pub part: Part,
    /// In what way.
    pub kind: FaultKind,
    /// Line and driver, and the system's own words.
    pub detail: String,
}

impl PanelFault {
    /// A fault in words.
    pub fn new(part: Part, kind: FaultKind, detail: impl fmt::Display) -> Self {
        Self { part, kind, detail: detail.to_string() }
    }

    /// A fault from the system's error number.
    #[cfg(feature = "gpio")]
    pub(crate) fn from_io(part: Part, detail: impl fmt::Display, cause: &std::io::Error) -> Self {
        use std::io::ErrorKind;
        let kind = match cause.kind() {
            ErrorKind::PermissionDenied => FaultKind::NotAllowed,
            ErrorKind::NotFound => FaultKind::NoHardware,
            ErrorKind::ResourceBusy => FaultKind::InUse,
            _ => FaultKind::Failed,
        };
        Self::new(part, kind, format_args!("{detail}: {cause}"))
    }
}

impl fmt::Display for PanelFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = match self.part {
            Part::Led => "the LED",
            Part::Button => "the button",
            Part::Board => "LED and button",
        };
        let (what, remedy) = match self.kind {
            FaultKind::NoHardware => ("there is no such hardware", "check [panel] driver"),
            FaultKind::NoLine => ("there is no such line", "check [panel] led and button"),
            FaultKind::NotAllowed => ("not allowed", "add this user to the group gpio"),
            FaultKind::InUse => ("in use by another program", "stop that program (balie-kiosk, perhaps)"),
            FaultKind::NotBuilt => ("left out of this build", "build with the feature gpio"),
            FaultKind::Failed => ("it does not work", "check the wiring and [panel]"),
        };
        write!(f, "{part}: {what} ({}); {remedy}", self.detail)
    }
}

impl std::error::Error for PanelFault {}
