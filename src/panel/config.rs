//! Which lines, through which driver: `[panel]` of the configuration.

use std::fmt;

/// How LED and button are reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Driver {
    /// The first that works: rppal on a Raspberry Pi, then chardev, then screen.
    #[default]
    Auto,
    /// The registers of a Raspberry Pi.
    Rppal,
    /// The kernel's character device; any board, and simulations.
    Chardev,
    /// No LED and no button; the icon on the screen only.
    Screen,
}

impl Driver {
    /// All four.
    pub const ALL: [Driver; 4] = [Driver::Auto, Driver::Rppal, Driver::Chardev, Driver::Screen];

    /// The word in the configuration.
    pub fn name(self) -> &'static str {
        match self {
            Driver::Auto => "auto",
            Driver::Rppal => "rppal",
            Driver::Chardev => "chardev",
            Driver::Screen => "screen",
        }
    }

    /// Whether a level stays when the program that set it ends. The registers keep it; the
    /// character device's line may fall back as soon as nobody holds it, which the kernel decides.
    pub fn keeps_level(self) -> bool {
        self == Driver::Rppal
    }
}

impl fmt::Display for Driver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One line of the board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// By its BCM number on a Raspberry Pi.
    Number(u8),
    /// By the name that the kernel knows.
    Name(String),
}

impl Line {
    /// The highest BCM number.
    pub const HIGHEST: u8 = 53;

    /// The BCM number, also of a name such as `GPIO17`.
    pub fn bcm(&self) -> Option<u8> {
        match self {
            Line::Number(number) => Some(*number),
            Line::Name(name) => {
                name.strip_prefix("GPIO")?.parse().ok().filter(|number| *number <= Self::HIGHEST)
            }
        }
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Line::Number(number) => write!(f, "GPIO{number}"),
            Line::Name(name) => f.write_str(name),
        }
    }
}

/// `[panel]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PanelConfig {
    /// How LED and button are reached.
    pub driver: Driver,
    /// The LED's line, if there is one.
    pub led: Option<Line>,
    /// The button's line, if there is one. The button connects it to ground; the pull-up is ours.
    pub button: Option<Line>,
    /// Whether the LED is lit when its line is low.
    pub active_low: bool,
}

impl Default for PanelConfig {
    fn default() -> Self {
        Self {
            driver: Driver::Auto,
            led: Some(Line::Number(17)),
            button: Some(Line::Number(27)),
            active_low: false,
        }
    }
}
