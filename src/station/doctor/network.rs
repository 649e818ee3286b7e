//! Who is out there: whether each can be reached, in the time of a breath. Nothing is sent to anybody.

use std::io::{BufRead, BufReader};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::Duration;

use super::Check;
use crate::outside::http::{HttpError, reach};
use crate::station::config::{Config, Rdw, Secret, Sms, Smtp, Supplier};

/// How long one is waited for.
const WAIT: Duration = Duration::from_secs(8);
/// What to do about a line.
pub(super) const LINE: &str = "check the network cable and the router; with another address: ";

/// All of them at once would be quicker; one after the other says who is slow.
pub(super) fn all(config: &Config) -> Vec<Check> {
    vec![rdw(&config.rdw), sms(&config.sms), smtp(&config.smtp)]
}

/// A secret that should be there and be readable.
pub(super) fn secret(name: &'static str, secret: &Secret, key: &str) -> Option<Check> {
    match secret.read() {
        Ok(Some(text)) if !text.is_empty() => None,
        Ok(_) => Some(Check::wrong(name, format!("{key} is empty"), format!("fill in {key} or {key}_file"))),
        Err(cause) => Some(Check::wrong(name, cause.to_string(), format!("check {key}_file"))),
    }
}

fn ask(address: &str) -> Result<(u16, bool), String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|cause| cause.to_string())?;
    let asked = runtime.block_on(async { tokio::time::timeout(WAIT, reach(address)).await });
    match asked {
        Ok(answer) => answer.map_err(|cause: HttpError| cause.to_string()),
        Err(_) => Err(format!("no answer in {} seconds", WAIT.as_secs())),
    }
}

fn rdw(config: &Rdw) -> Check {
    if !config.enabled {
        return Check::off("rdw", "[rdw] enabled is false");
    }
    if config.app_token.is_set()
        && let Some(wrong) = secret("rdw", &config.app_token, "[rdw] app_token")
    {
        return wrong;
    }
    let remedy = format!("{LINE}[rdw] base_url. Until then the list goes on with what is known");
    match ask(&format!("{}/m9d7-ebf2.json?$limit=1&$select=voertuigsoort", config.base_url)) {
        Ok((200, true)) => Check::ok("rdw", "it answers"),
        Ok((200, false)) => Check::wrong(
            "rdw",
            "something answers that is not the register: a log-in page of the network, perhaps",
            "log in on that network once, or use another",
        ),
        Ok((429, _)) => {
            Check::wrong("rdw", "it says that it is asked too often", "wait an hour; set [rdw] app_token")
        }
        Ok((status, _)) => Check::wrong("rdw", format!("it answers with {status}"), remedy),
        Err(why) => Check::wrong("rdw", why, remedy),
    }
}

fn sms(config: &Sms) -> Check {
    let address = match config.supplier {
        Supplier::None => return Check::off("sms", "no supplier ([sms] supplier)"),
        Supplier::Manual => return Check::ok("sms", "by hand: the screen shows number and text"),
        Supplier::Bird => "https://rest.messagebird.com",
        Supplier::Cm => "https://gw.cmtelecom.com",
        Supplier::Spryng => "https://rest.spryngsms.com",
        Supplier::Twilio => "https://api.twilio.com",
    };
    if let Some(wrong) = secret("sms", &config.key, "[sms] key") {
        return wrong;
    }
    if config.supplier == Supplier::Twilio && config.account.is_empty() {
        return Check::wrong("sms", "[sms] account is empty", "fill in the account's SID");
    }
    if config.from.is_empty() {
        return Check::wrong(
            "sms",
            "[sms] from is empty",
            "fill in the shop's number, or a name of at most 11 letters",
        );
    }
    // Any answer will do: without a message the supplier has nothing to say.
    match ask(config.base_url.as_deref().unwrap_or(address)) {
        Ok((status, _)) if status < 500 => Check::ok("sms", "the supplier can be reached; a key is set"),
        Ok((status, _)) => {
            Check::wrong("sms", format!("the supplier answers with {status}"), "look at its status page")
        }
        Err(why) => Check::wrong("sms", why, format!("{LINE}[sms] base_url")),
    }
}

fn smtp(config: &Smtp) -> Check {
    let Some(host) = &config.host else { return Check::off("smtp", "no mail server ([smtp] host)") };
    if !config.user.is_empty()
        && let Some(wrong) = secret("smtp", &config.password, "[smtp] password")
    {
        return wrong;
    }
    if config.from.is_empty() {
        return Check::wrong("smtp", "[smtp] from is empty", "fill in \"Name <address>\"");
    }
    let remedy = format!("{LINE}[smtp] host, port and security");
    match greeting(host, config) {
        Ok(()) => Check::ok("smtp", format!("port {} of the mail server answers", config.port)),
        Err(why) => Check::wrong("smtp", format!("port {} of the mail server: {why}", config.port), remedy),
    }
}

/// Opens the line, and where it begins in the clear waits to be greeted.
fn greeting(host: &str, config: &Smtp) -> Result<(), String> {
    use crate::station::config::Security;
    let addresses =
        (host, config.port).to_socket_addrs().map_err(|cause| format!("its name is not known: {cause}"))?;
    let mut last = "its name has no address".to_owned();
    for address in addresses {
        let stream = match TcpStream::connect_timeout(&address, WAIT) {
            Ok(stream) => stream,
            Err(cause) => {
                last = cause.to_string();
                continue;
            }
        };
        if config.security == Security::Tls {
            return Ok(());
        }
        stream.set_read_timeout(Some(WAIT)).map_err(|cause| cause.to_string())?;
        let mut line = Vec::new();
        // Longer than any greeting: what answers may be anything.
        let read = BufReader::new(std::io::Read::take(stream, 512)).read_until(b'\n', &mut line);
        return match read {
            Ok(_) if line.starts_with(b"220") => Ok(()),
            Ok(_) => Err("what answers there is no mail server".to_owned()),
            Err(cause) => Err(format!("it does not greet: {cause}")),
        };
    }
    Err(last)
}
