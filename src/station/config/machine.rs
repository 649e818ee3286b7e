//! The tables for the machine itself, which only provisioning acts on: network, time servers, the key of the
//! shop's own system, the first manager. The programs read them along, so that there is one file.

use std::fmt;
use std::net::IpAddr;
use std::path::Path;

use super::reader::{Given, Table};
use super::secret::Secret;
use super::tables::secret_as;
use crate::domain::pin::Pin;

/// `[network]`
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Network {
    /// The Wi-Fi's name; the cable alone when not set.
    pub ssid: Option<String>,
    /// Its passphrase (8 to 63 letters) or key (64 hexadecimal digits); none: an open one.
    pub password: Secret,
    /// Whether the Wi-Fi hides its name.
    pub hidden: bool,
    /// A fixed address, of the Wi-Fi when there is one, else of the cable.
    pub fixed: Option<Fixed>,
    /// Who knows the names of computers; found by itself when empty.
    pub dns: Vec<IpAddr>,
    /// The machine's own name.
    pub hostname: Option<String>,
}

/// A fixed address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fixed {
    /// The address.
    pub address: IpAddr,
    /// How many of its bits name the network.
    pub prefix: u8,
    /// The way out, in the same network.
    pub gateway: Option<IpAddr>,
}

/// `[time]`
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Time {
    /// Time servers; the system's own when empty.
    pub ntp: Vec<String>,
}

/// `[ssh]`
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ssh {
    /// The public key with which the shop's own system may drop files.
    pub authorized_key: Option<String>,
}

/// `[manager]`
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Manager {
    /// The first manager's name; nobody when not set.
    pub name: Option<String>,
    /// The first manager's PIN.
    pub pin: Option<Pin>,
}

/// A name is nobody's business in a log.
impl fmt::Debug for Manager {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.name.is_some() { "Manager(..)" } else { "Manager" })
    }
}

const ADDRESS: &str = "write the address and how much of it names the network, such as \"192.168.1.50/24\"";

pub(super) fn network(table: &mut Table<'_, '_>, folder: &Path) -> Network {
    let ssid = table.read("ssid", None, |given| match given.exact()? {
        "" => Ok(None),
        name if name.len() <= 32 && !name.contains(char::is_control) => Ok(Some(name.to_owned())),
        _ => Err("write the Wi-Fi's name as it is shown, at most 32 letters".to_owned()),
    });
    let password = secret_as(table, "password", "password_file", folder, passphrase);
    if ssid.is_none() && password.is_set() && !table.has("ssid") {
        let key = if table.has("password") { "password" } else { "password_file" };
        table.refuse(key, "is for a Wi-Fi whose name is missing; write ssid = \"name\" too");
    }
    let own = table.read("address", None, |given| fixed(given.text()?));
    let gateway = table.read("gateway", None, |given| match given.text()? {
        "" => Ok(None),
        text => text.parse::<IpAddr>().map(Some).map_err(|_| {
            "write the router's address, such as \"192.168.1.1\", without /24 behind it".to_owned()
        }),
    });
    if let Some(gateway) = gateway {
        match own {
            None if !table.has("address") => {
                table
                    .refuse("gateway", "goes with a fixed address; write address too, or take this line out");
            }
            Some((address, prefix)) if address == gateway || !is_near(address, prefix, gateway) => {
                let words = format!(
                    "{gateway} is not another address in the network of address; correct one of the two"
                );
                table.refuse("gateway", &words);
            }
            _ => {}
        }
    }
    let near = |(address, prefix): (IpAddr, u8)| Fixed {
        address,
        prefix,
        gateway: gateway.filter(|gateway| is_near(address, prefix, *gateway)),
    };
    Network {
        ssid,
        password,
        hidden: table.read("hidden", false, |given| given.truth()),
        fixed: own.map(near),
        dns: table.read("dns", Vec::new(), |given| {
            let all = given.texts()?;
            all.iter().map(|one| one.parse::<IpAddr>()).collect::<Result<_, _>>().map_err(|_| {
                "write addresses with commas between them, such as \"192.168.1.1, 9.9.9.9\"".to_owned()
            })
        }),
        hostname: table.optional("hostname", |text| {
            let good = |letter: char| letter.is_ascii_alphanumeric() || letter == '-';
            let fits = text.len() <= 63 && text.chars().all(good);
            match fits && !text.starts_with('-') && !text.ends_with('-') {
                true => Ok(text.to_owned()),
                false => Err("write letters a to z, digits and hyphens, such as \"balie\"".to_owned()),
            }
        }),
    }
}

/// Letter by letter: neither spaces at its ends nor quotes in it are ours to touch.
fn passphrase(text: &str) -> Result<String, String> {
    let is_key = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    // What is counted are bytes, as in the access point: an umlaut has two.
    let is_phrase = (8..=63).contains(&text.len()) && !text.contains(char::is_control);
    match is_key || is_phrase {
        true => Ok(text.to_owned()),
        false => Err(format!(
            "it has {} letters; a Wi-Fi's passphrase has 8 to 63 (a letter with an accent counts twice), \
             its key 64 of 0-9 and a-f",
            text.len()
        )),
    }
}

/// An address with the length of its network.
fn fixed(text: &str) -> Result<Option<(IpAddr, u8)>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    let (address, prefix) = text.split_once('/').ok_or(ADDRESS)?;
    let address: IpAddr = address.trim().parse().map_err(|_| ADDRESS)?;
    let bits = if address.is_ipv4() { 32 } else { 128 };
    let prefix: u8 =
        prefix.trim().parse().ok().filter(|prefix| (1..=bits).contains(prefix)).ok_or(ADDRESS)?;
    if address.is_unspecified() || address.is_loopback() || address.is_multicast() {
        return Err(
            "this address is none that a machine may have; ask whoever looks after the router".to_owned()
        );
    }
    if let IpAddr::V4(four) = address {
        let host = u32::from(four) & u32::MAX.checked_shr(u32::from(prefix)).unwrap_or(0);
        if prefix < 31 && (host == 0 || host == u32::MAX.checked_shr(u32::from(prefix)).unwrap_or(0)) {
            return Err(format!(
                "the first and the last address of /{prefix} are no machine's; take one between"
            ));
        }
    }
    Ok(Some((address, prefix)))
}

/// Whether an address is in the network of another one.
fn is_near(address: IpAddr, prefix: u8, other: IpAddr) -> bool {
    let network = |bits: u128, width: u32| bits.checked_shr(width - u32::from(prefix)).unwrap_or(0);
    match (address, other) {
        (IpAddr::V4(a), IpAddr::V4(b)) => {
            network(u32::from(a).into(), 32) == network(u32::from(b).into(), 32)
        }
        (IpAddr::V6(a), IpAddr::V6(b)) => {
            network(a.into(), 128) == network(b.into(), 128) || (b.segments().first() == Some(&0xfe80))
        }
        _ => false,
    }
}

pub(super) fn time(table: &mut Table<'_, '_>) -> Time {
    let is_name = |name: &&str| {
        !name.is_empty()
            && name.len() <= 253
            && name.chars().all(|letter| letter.is_ascii_alphanumeric() || ".-:_".contains(letter))
    };
    Time {
        ntp: table.read("ntp", Vec::new(), |given| {
            let all = given.texts()?;
            match all.iter().all(is_name) {
                true => Ok(all.into_iter().map(str::to_owned).collect()),
                false => {
                    Err("write servers' names with commas between them, such as \"nl.pool.ntp.org\""
                        .to_owned())
                }
            }
        }),
    }
}

/// What the first letters of each kind of public key are, behind its name.
const KEYS: [(&str, &str); 7] = [
    ("ssh-ed25519", "AAAAC3NzaC1lZDI1NTE5"),
    ("ssh-rsa", "AAAAB3NzaC1yc2E"),
    ("ecdsa-sha2-nistp256", "AAAAE2VjZHNhLXNoYTItbmlzdHAyNTY"),
    ("ecdsa-sha2-nistp384", "AAAAE2VjZHNhLXNoYTItbmlzdHAzODQ"),
    ("ecdsa-sha2-nistp521", "AAAAE2VjZHNhLXNoYTItbmlzdHA1MjE"),
    ("sk-ssh-ed25519@openssh.com", "AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29t"),
    ("sk-ecdsa-sha2-nistp256@openssh.com", "AAAAInNrLWVjZHNhLXNoYTItbmlzdHAyNTZAb3BlbnNzaC5jb20"),
];

pub(super) fn ssh(table: &mut Table<'_, '_>) -> Ssh {
    Ssh { authorized_key: table.optional("authorized_key", public_key) }
}

fn public_key(text: &str) -> Result<String, String> {
    if text.contains("PRIVATE KEY") {
        return Err("this is the private key, which nobody else may have; write the line of the file that ends in .pub".to_owned());
    }
    let mut words = text.split_whitespace();
    let (kind, body) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let is_base64 = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte);
    let known = KEYS.iter().any(|(name, begin)| *name == kind && body.starts_with(begin));
    if known && body.len() >= 64 && body.bytes().all(is_base64) && !text.contains(char::is_control) {
        return Ok(text.to_owned());
    }
    Err("write the whole line of the key's .pub file, such as \"ssh-ed25519 AAAAC3Nz... dms\"".to_owned())
}

pub(super) fn manager(table: &mut Table<'_, '_>) -> Manager {
    let manager = Manager {
        name: table.optional("name", |text| match text.chars().count() <= 80 {
            true => Ok(text.to_owned()),
            false => Err("write a name of at most 80 letters".to_owned()),
        }),
        pin: table.read("pin", None, |given| match given {
            Given::Text("") => Ok(None),
            Given::Text(text) => Pin::parse(text.trim()).map(Some).ok_or_else(pin_words),
            _ => Err(pin_words()),
        }),
    };
    match (&manager.name, &manager.pin) {
        (None, Some(_)) if !table.has("name") => table.refuse("pin", "is nobody's; write name = \"...\" too"),
        (Some(_), None) if !table.has("pin") => {
            table.refuse("name", "has no PIN; write pin = \"...\" too, with four to eight digits");
        }
        _ => {}
    }
    manager
}

fn pin_words() -> String {
    "write four to eight digits between double quotes".to_owned()
}
