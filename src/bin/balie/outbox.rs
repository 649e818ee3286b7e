//! `balie message` and `balie outbox`.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use balie::domain::dial::{NoNumber, for_sms};
use balie::domain::ids::MessageId;
use balie::domain::message::{Channel, Composed, Trouble, Way};
use balie::domain::rule::LegalClass;
use balie::outside::delivery::Delivered;
use balie::rules::legal::{Barred, may};
use balie::station::args::Station;
use balie::station::clock::Clock;
use balie::station::lock::LockError;
use balie::station::outbox::{Outbox as Delivery, OutboxError, Pace, waits};
use balie::store::Store;
use balie::store::history::{Actor, Origin};
use balie::store::letter::{About, LetterFacts};
use balie::store::outbox::OutboxLine;
use clap::builder::NonEmptyStringValueParser;
use clap::{ArgGroup, Args, Subcommand};
use serde::Serialize;

use crate::{Failure, open};

/// How long a pass of the service is waited for.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// To whom, and what.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("what").args(["sms", "email"]).required(true))]
pub struct Message {
    /// The customer's code
    customer: String,
    /// The words of an SMS
    #[arg(long, value_name = "TEXT", value_parser = NonEmptyStringValueParser::new())]
    sms: Option<String>,
    /// Subject and words of an e-mail
    #[arg(long, num_args = 2, value_names = ["SUBJECT", "TEXT"], value_parser = NonEmptyStringValueParser::new())]
    email: Option<Vec<String>>,
    /// commercial or service: which consent it needs. A message is commercial unless somebody says
    /// otherwise, as at the desk
    #[arg(long, value_name = "CLASS", default_value = "commercial", value_parser = legal_class)]
    class: LegalClass,
}

fn legal_class(text: &str) -> Result<LegalClass, String> {
    text.parse()
}

impl Message {
    pub fn run(&self, station: &Station) -> Result<(), Failure> {
        let mut store = open(station)?;
        let at = station.clock.trusted_now(store.newest_instant()?)?;
        let (id, _) = store
            .customer_by_code(&self.customer)?
            .ok_or_else(|| format!("there is no customer '{}'; write the code of one", self.customer))?;
        let facts = store
            .letter_facts(About::Customer(id), None, station.clock.today())?
            .ok_or("this customer is gone; write the code of another one")?;
        let composed = self.composed(&facts, &station.config.shop.country)?;
        let actor = Actor { origin: Origin::Command, at };
        let id = store.write_message(None, id, &composed, actor)?;
        writeln!(io::stdout(), "{id}")?;
        Ok(())
    }

    fn composed(&self, facts: &LetterFacts, country: &str) -> Result<Composed, Failure> {
        let (channel, subject, body) = match (&self.sms, self.email.as_deref()) {
            (Some(text), _) => (Channel::Sms, None, text),
            (None, Some([subject, text])) => (Channel::Email, Some(subject.clone()), text),
            _ => return Err("write --sms TEXT or --email SUBJECT TEXT".into()),
        };
        if let Some((_, customer)) = &facts.customer {
            may(channel, self.class, customer, &facts.consents, country).map_err(barred)?;
        }
        let address = match channel {
            Channel::Email => facts
                .email()
                .map(str::to_owned)
                .ok_or("this customer has no e-mail address; note one with the customer")?,
            _ => for_sms(facts.phones(), country).map_err(no_number)?.e164,
        };
        Ok(Composed {
            channel,
            address,
            subject,
            body: body.clone(),
            way: Way::Queue,
            legal_class: self.class,
        })
    }
}

fn barred(why: Barred) -> &'static str {
    match why {
        Barred::Objected => {
            "this customer wants no contact; only a service message (--class service) may be sent"
        }
        Barred::Refused => "this customer refused this way of contact; note a new consent at the desk first",
        Barred::NeedsConsent => "the law asks for a consent that nobody has noted; note it at the desk first",
        Barred::NotYetCustomer => {
            "this is not a customer yet, and has given no consent; note the consent at the desk first"
        }
    }
}

fn no_number(why: NoNumber) -> &'static str {
    match why {
        NoNumber::Landline => "this customer has only a landline, which takes no SMS; note a mobile number",
        NoNumber::Unreadable => {
            "this customer has no telephone number that can be dialled; note a mobile number"
        }
    }
}

/// What to do with the outbox.
#[derive(Debug, Subcommand)]
pub enum Outbox {
    /// Show every message: number, customer, channel, state, reference, attempts, last answer
    List {
        /// Print one JSON document
        #[arg(long)]
        json: bool,
    },
    /// Deliver what waits, once, whatever the hour
    Deliver {
        /// Keep to the hours in which messages may leave
        #[arg(long)]
        in_hours: bool,
    },
    /// Take a queued message back
    Cancel {
        /// The message's number
        id: i64,
    },
}

#[derive(Serialize)]
struct Line<'l> {
    id: i64,
    customer: Option<&'l str>,
    channel: &'l str,
    state: &'l str,
    reference: Option<&'l str>,
    attempts: u32,
    answer: Option<&'l str>,
    trouble: Option<&'l str>,
    written_at: String,
    sent_at: Option<String>,
    try_at: Option<String>,
}

impl<'l> From<&'l OutboxLine> for Line<'l> {
    fn from(line: &'l OutboxLine) -> Self {
        let instant =
            |at: &chrono::DateTime<chrono::Utc>| at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
        Self {
            id: line.id.0,
            customer: line.customer.as_deref(),
            channel: line.channel.as_str(),
            state: line.state.as_str(),
            reference: line.reference.as_deref(),
            attempts: line.attempts,
            answer: line.answer.as_deref(),
            trouble: line.trouble.map(Trouble::as_str),
            written_at: instant(&line.written_at),
            sent_at: line.sent_at.as_ref().map(instant),
            try_at: line.try_at.as_ref().map(instant),
        }
    }
}

impl Outbox {
    pub fn run(&self, station: Station) -> Result<(), Failure> {
        let mut store = open(&station)?;
        match self {
            Outbox::List { json } => list(&store, *json),
            Outbox::Deliver { in_hours } => {
                deliver(&mut store, station, if *in_hours { Pace::InHours } else { Pace::Now })
            }
            Outbox::Cancel { id } => {
                let actor = Actor { origin: Origin::Command, at: station.clock.now_utc() };
                if store.cancel_message(MessageId(*id), actor)? {
                    writeln!(io::stderr(), "message {id} is taken back; it goes nowhere by itself")?;
                    return Ok(());
                }
                Err(format!("message {id} does not wait any more; `balie outbox list` says where it is")
                    .into())
            }
        }
    }
}

/// Line by line: an outbox of years must not be held in memory.
fn list(store: &Store, json: bool) -> Result<(), Failure> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    if json {
        write!(out, "{{\"messages\": [")?;
        let mut first = true;
        store.outbox(|line| -> Result<(), Failure> {
            write!(out, "{}\n  ", if std::mem::take(&mut first) { "" } else { "," })?;
            serde_json::to_writer(&mut out, &Line::from(&line))?;
            Ok(())
        })?;
        writeln!(out, "\n]}}")?;
    } else {
        store.outbox(|line| -> Result<(), Failure> {
            writeln!(
                out,
                "{:6} {:10} {:5} {:8} {:34} {:3} {}",
                line.id.0,
                line.customer.as_deref().unwrap_or("-"),
                line.channel.as_str(),
                line.state.as_str(),
                line.reference.as_deref().unwrap_or("-"),
                line.attempts,
                line.answer.as_deref().or(line.trouble.map(Trouble::as_str)).unwrap_or("-")
            )?;
            Ok(())
        })?;
    }
    out.flush()?;
    Ok(())
}

fn deliver(store: &mut Store, station: Station, pace: Pace) -> Result<(), Failure> {
    let never = Arc::new(AtomicBool::new(false));
    let clock = Clock::new(station.config.shop.timezone, None);
    let mut outbox = Delivery::new(station.config, station.data_dir, clock, pace, never);
    let began = Instant::now();
    let done = loop {
        match outbox.deliver(store) {
            // The service is busy with a pass of its own.
            Err(OutboxError::Lock(LockError::Delivering(_))) if began.elapsed() < LONGEST_WAIT => {
                std::thread::sleep(Duration::from_millis(100));
            }
            end => break end?,
        }
    };
    let Delivered { sent, rejected, unknown, by_hand, later, .. } = &done;
    let mut out = io::stdout().lock();
    writeln!(out, "sent {sent}\nrejected {rejected}\nunknown {unknown}\nby_hand {by_hand}\nlater {later}")?;
    match waits(&done) {
        Some(words) => Err(format!("{words}; `balie outbox list` shows the last answers").into()),
        None => Ok(()),
    }
}
