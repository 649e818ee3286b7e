//! The machine's network in the words of those who drive it: systemd-networkd with wpa_supplicant on the
//! appliance, NetworkManager on Raspberry Pi OS.
//!
//! All of it is written anew at each start under `/run`, where nothing of an earlier file can stay behind.

use std::fmt::Write;
use std::net::IpAddr;

use super::files::Wanted;
use crate::station::config::{Fixed, Network};

/// The Wi-Fi for `wpa_supplicant`; `balie-wifi.service` starts it when this is there.
pub(super) const WPA: &str = "run/balie/wpa_supplicant.conf";
/// The Wi-Fi's and the cable's, for systemd-networkd.
pub(super) const NETWORKD: [&str; 2] =
    ["run/systemd/network/50-balie-wifi.network", "run/systemd/network/50-balie-cable.network"];
/// The same for NetworkManager.
pub(super) const MANAGER: [&str; 2] = [
    "run/NetworkManager/system-connections/balie-wifi.nmconnection",
    "run/NetworkManager/system-connections/balie-cable.nmconnection",
];

/// Who drives the network of this machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Driver {
    Networkd,
    NetworkManager,
}

/// The files for it. `password` is that of the Wi-Fi, `country` says on which channels one may send.
pub(super) fn files(network: &Network, password: Option<&str>, country: &str, driver: Driver) -> Vec<Wanted> {
    let mut files = Vec::new();
    let secret = |path: &str, content: String| Wanted {
        path: path.into(),
        content: content.into(),
        mode: 0o600,
        group: None,
    };
    let of_cable = network.ssid.is_none() && (network.fixed.is_some() || !network.dns.is_empty());
    match driver {
        Driver::Networkd => {
            let [wifi, cable] = NETWORKD;
            if let Some(ssid) = &network.ssid {
                files.push(secret(WPA, supplicant(network, ssid, password, country)));
                files.push(Wanted::open(wifi, networkd("Type=wlan", 600, network)));
            }
            if of_cable {
                files.push(Wanted::open(cable, networkd("Type=ether\nKind=!*", 100, network)));
            }
        }
        Driver::NetworkManager => {
            let [wifi, cable] = MANAGER;
            if let Some(ssid) = &network.ssid {
                files.push(secret(wifi, keyfile_wifi(network, ssid, password)));
            }
            if of_cable {
                let text = keyfile("balie-cable", "ethernet", "[ethernet]\n", network);
                files.push(secret(cable, text));
            }
        }
    }
    files
}

/// Who knows names: as configured, or else the way out of a fixed address.
fn dns(network: &Network) -> Vec<IpAddr> {
    let gateway = network.fixed.and_then(|fixed| fixed.gateway);
    if network.dns.is_empty() { gateway.into_iter().collect() } else { network.dns.clone() }
}

/// systemd.network(5)
fn networkd(which: &str, metric: u32, network: &Network) -> String {
    let mut text = format!("[Match]\n{which}\n\n[Link]\nRequiredForOnline=no\n\n[Network]\n");
    match network.fixed {
        None => text += "DHCP=yes\n",
        Some(Fixed { address, prefix, .. }) => {
            // The other kind of address comes by itself.
            let dhcp = if address.is_ipv4() { "no" } else { "ipv4" };
            let _ = writeln!(text, "DHCP={dhcp}\nAddress={address}/{prefix}");
        }
    }
    for server in dns(network) {
        let _ = writeln!(text, "DNS={server}");
    }
    match network.fixed {
        None => {
            let _ = write!(text, "\n[DHCPv4]\nRouteMetric={metric}\n");
        }
        Some(Fixed { gateway: Some(gateway), .. }) => {
            let _ = write!(text, "\n[Route]\nGateway={gateway}\nMetric={metric}\n");
        }
        Some(_) => {}
    }
    text
}

/// wpa_supplicant.conf(5). The name is written in hexadecimal digits, so that every letter may be in it; a
/// passphrase ends at the last quote of its line, so that quotes may be in it.
fn supplicant(network: &Network, ssid: &str, password: Option<&str>, country: &str) -> String {
    let mut text = format!("country={country}\nnetwork={{\n    ssid={}\n", hexadecimal(ssid));
    if network.hidden {
        text += "    scan_ssid=1\n";
    }
    match password {
        None => text += "    key_mgmt=NONE\n",
        Some(key) if is_key(key) => {
            let _ = writeln!(text, "    key_mgmt=WPA-PSK\n    psk={key}");
        }
        Some(phrase) => {
            // WPA2 and WPA3, with protected management frames where the access point has them.
            let _ = writeln!(text, "    key_mgmt=WPA-PSK SAE\n    ieee80211w=1\n    psk=\"{phrase}\"");
        }
    }
    text + "}\n"
}

fn is_key(password: &str) -> bool {
    password.len() == 64 && password.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn hexadecimal(text: &str) -> String {
    text.bytes().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}

/// nm-settings-keyfile(5)
fn keyfile(id: &str, kind: &str, own: &str, network: &Network) -> String {
    let mut text = format!("[connection]\nid={id}\ntype={kind}\nautoconnect-priority=10\n\n{own}");
    for (table, is_four) in [("ipv4", true), ("ipv6", false)] {
        let fixed = network.fixed.filter(|fixed| fixed.address.is_ipv4() == is_four);
        let _ = write!(text, "\n[{table}]\n");
        match fixed {
            Some(Fixed { address, prefix, gateway }) => {
                let gateway = gateway.map(|gateway| format!(",{gateway}")).unwrap_or_default();
                let _ = writeln!(text, "method=manual\naddress1={address}/{prefix}{gateway}");
            }
            None => text += "method=auto\n",
        }
        let servers = dns(network).into_iter().filter(|server| server.is_ipv4() == is_four);
        let servers = servers.fold(String::new(), |text, server| format!("{text}{server};"));
        if !servers.is_empty() {
            let _ = writeln!(text, "dns={servers}");
        }
    }
    text
}

fn keyfile_wifi(network: &Network, ssid: &str, password: Option<&str>) -> String {
    // A name as a list of bytes may have every letter.
    let name = ssid.bytes().fold(String::new(), |text, byte| format!("{text}{byte};"));
    let mut own = format!("[wifi]\nmode=infrastructure\nssid={name}\n");
    if network.hidden {
        own += "hidden=true\n";
    }
    if let Some(password) = password {
        let escaped = password.replace('\\', "\\\\").replace(' ', "\\s");
        let _ = write!(own, "\n[wifi-security]\nkey-mgmt=wpa-psk\npsk={escaped}\n");
    }
    keyfile("balie-wifi", "wifi", &own, network)
}
