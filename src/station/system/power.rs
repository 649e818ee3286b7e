//! How warm the machine is, and what its power supply is worth (fault table, row 24).

use std::fs;
use std::path::Path;

use serde::Serialize;

/// What the firmware of a Raspberry Pi has seen: the lower bits now, the upper ones since it was switched on.
const THROTTLED: &str = "sys/devices/platform/soc/soc:firmware/get_throttled";
/// Thousandths of a degree.
const TEMPERATURE: &str = "sys/class/thermal/thermal_zone0/temp";
/// Where a kernel without the firmware's file shows a voltage that is too low.
const SENSORS: &str = "sys/class/hwmon";

/// From so many degrees on a Raspberry Pi slows itself down.
const HOT: f64 = 80.0;

/// A state now, and whether it has been so since the machine was switched on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Seen {
    /// It is so now.
    pub now: bool,
    /// It was so, or is.
    pub before: bool,
}

/// Temperature and power; `None` for what this machine does not measure.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Power {
    /// The processor, in degrees Celsius.
    pub celsius: Option<f64>,
    /// The voltage is too low: another power supply, a shorter cable.
    pub weak: Option<Seen>,
    /// It is slowed down because it is too hot.
    pub hot: Option<Seen>,
}

impl Power {
    /// Whether it is too hot now, by the firmware or by the thermometer.
    pub fn is_hot(&self) -> bool {
        self.hot.is_some_and(|hot| hot.now) || self.celsius.is_some_and(|celsius| celsius >= HOT)
    }

    /// Reads it under the root of a file system.
    pub fn read(root: &Path) -> Self {
        let number = |path: &str| fs::read_to_string(root.join(path)).ok();
        let celsius = number(TEMPERATURE).and_then(|text| text.trim().parse::<f64>().ok());
        let bits = number(THROTTLED).and_then(|text| bits(&text));
        Self {
            celsius: celsius.map(|thousandths| thousandths / 1000.0),
            weak: bits.map(|bits| seen(bits, 0x1)).or_else(|| sensor(&root.join(SENSORS))),
            hot: bits.map(|bits| seen(bits, 0xE)),
        }
    }
}

/// The file has the bits in hexadecimal digits, with or without `0x`.
fn bits(text: &str) -> Option<u32> {
    u32::from_str_radix(text.trim().trim_start_matches("0x"), 16).ok()
}

fn seen(bits: u32, which: u32) -> Seen {
    let now = bits & which != 0;
    Seen { now, before: now || bits & (which << 16) != 0 }
}

/// The kernel's own sensor remembers nothing.
fn sensor(folder: &Path) -> Option<Seen> {
    let sensors = fs::read_dir(folder).ok()?.filter_map(Result::ok).map(|entry| entry.path());
    let text = |path: &Path| fs::read_to_string(path).unwrap_or_default().trim().to_owned();
    let ours = sensors.into_iter().find(|path| text(&path.join("name")) == "rpi_volt")?;
    let now = match text(&ours.join("in0_lcrit_alarm")).as_str() {
        "0" => false,
        "1" => true,
        _ => return None,
    };
    Some(Seen { now, before: now })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_firmware_and_the_sensor_say() {
        let root = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        let (no, past, yes) =
            (Seen::default(), Seen { now: false, before: true }, Seen { now: true, before: true });
        write("sys/class/hwmon/hwmon0/name", "cpu_thermal\n");
        assert_eq!(Power::read(root.path()), Power::default());
        write("sys/class/hwmon/hwmon1/name", "rpi_volt\n");
        for (text, weak) in [("0\n", Some(no)), ("1\n", Some(yes)), ("?", None)] {
            write("sys/class/hwmon/hwmon1/in0_lcrit_alarm", text);
            let read = Power::read(root.path());
            assert_eq!((read.weak, read.hot), (weak, None), "{text}");
        }
        write(TEMPERATURE, "48312\n");
        for (text, weak, hot) in [
            ("0\n", Some(no), Some(no)),
            ("50000\n", Some(past), Some(past)),
            ("0x50005", Some(yes), Some(yes)),
            ("10000", Some(past), Some(no)),
            ("80008", Some(no), Some(yes)),
        ] {
            write(THROTTLED, text);
            assert_eq!(Power::read(root.path()), Power { celsius: Some(48.312), weak, hot }, "{text}");
        }
    }

    #[test]
    fn it_is_hot_by_the_thermometer_or_by_the_firmware() {
        let seen = |now| Some(Seen { now, before: true });
        for (celsius, hot, is_hot) in [
            (None, None, false),
            (Some(79.9), None, false),
            (Some(80.0), None, true),
            (Some(50.0), seen(false), false),
            (Some(50.0), seen(true), true),
        ] {
            assert_eq!(Power { celsius, hot, weak: None }.is_hot(), is_hot, "{celsius:?} {hot:?}");
        }
    }
}
