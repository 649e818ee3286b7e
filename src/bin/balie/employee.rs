//! `balie employee`: the way out when no manager knows their PIN any more.

use std::io::{self, BufRead, IsTerminal, Write};

use balie::domain::pin::Pin;
use balie::station::args::Station;
use balie::store::history::{Actor, Origin};
use clap::Subcommand;

use crate::{Failure, open};

/// What to do with an employee.
#[derive(Debug, Subcommand)]
pub enum Employee {
    /// List the employees: code, role, whether they have a PIN, name
    List,
    /// Choose a new PIN for an employee, for when every manager has forgotten theirs
    ///
    /// On a terminal it asks for the PIN twice; otherwise it reads one line from standard input. A PIN
    /// has four to eight digits. It is never shown again; that it was changed stands in the audit trail.
    Pin {
        /// The employee's code, e.g. BEA
        code: String,
    },
}

impl Employee {
    pub fn run(&self, station: &Station) -> Result<(), Failure> {
        let mut store = open(station)?;
        match self {
            Employee::List => {
                let mut out = io::stdout().lock();
                for one in store.staff()?.iter().filter(|one| one.employee.active) {
                    let pin = if one.has_pin { "PIN" } else { "-" };
                    let employee = &one.employee;
                    writeln!(out, "{:8} {:10} {:4} {}", employee.code, employee.role, pin, one.name())?;
                }
            }
            Employee::Pin { code } => {
                let found = store.staff()?.into_iter().find(|one| one.employee.code == *code);
                let found = found.ok_or_else(|| {
                    format!("there is no employee '{code}'; `balie employee list` shows them all")
                })?;
                let pin = read_pin()?;
                if pin.is_weak() {
                    writeln!(io::stderr(), "note: this PIN is among the first that anybody would try")?;
                }
                let actor = Actor { origin: Origin::Command, at: station.clock.now_utc() };
                store.set_pin(found.id, Some(&pin), actor)?;
                writeln!(io::stderr(), "{} can sign in with the new PIN", found.name())?;
                if !found.employee.active {
                    writeln!(io::stderr(), "note: not before they are active again")?;
                }
            }
        }
        Ok(())
    }
}

/// Twice on a terminal, once from a file or pipe.
fn read_pin() -> Result<Pin, Failure> {
    let mut lines = io::stdin().lock().lines();
    let asks = io::stdin().is_terminal();
    let mut ask = |words: &str| -> Result<String, Failure> {
        if asks {
            write!(io::stderr(), "{words}: ")?;
        }
        let line = lines.next().transpose()?.unwrap_or_default();
        Ok(line.trim().to_owned())
    };
    let first = ask("New PIN (four to eight digits)")?;
    let pin = Pin::parse(&first).ok_or("a PIN has four to eight digits and nothing else")?;
    if asks && ask("The same PIN again")? != first {
        return Err("the two are not the same; nothing was changed".into());
    }
    Ok(pin)
}
