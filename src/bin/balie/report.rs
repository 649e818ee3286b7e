//! `balie report`: what came of the tasks of a period.

use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use balie::domain::dates::{minus_days, monday_of, plus_days};
use balie::domain::edit::Outcome;
use balie::domain::report::{Figures, RESULT_DAYS, Report as Answer, Span};
use balie::exchange::{whole, write_figures};
use balie::station::args::Station;
use chrono::NaiveDate;
use clap::Args;

use crate::{Failure, open, print_json};

/// How far back a report goes that names no first day: twelve whole weeks and this one.
const DEFAULT_DAYS: u32 = 12 * 7;

/// Which period, and in which form.
#[derive(Debug, Args)]
pub struct Report {
    /// First day [default: the Monday twelve weeks before this week's]
    #[arg(long, value_name = "YYYY-MM-DD")]
    from: Option<NaiveDate>,
    /// The first day that no longer counts [default: tomorrow]
    #[arg(long, value_name = "YYYY-MM-DD")]
    until: Option<NaiveDate>,
    /// Write one CSV file: the whole period, each kind, each employee, each week; - is standard output
    #[arg(long, value_name = "FILE", conflicts_with = "json")]
    csv: Option<PathBuf>,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

impl Report {
    pub fn run(&self, station: &Station) -> Result<(), Failure> {
        let store = open(station)?;
        let today = station.clock.today();
        let until = self.until.unwrap_or_else(|| plus_days(today, 1));
        let last = until.pred_opt().unwrap_or(until).min(today);
        let from = self.from.unwrap_or_else(|| minus_days(monday_of(last), DEFAULT_DAYS));
        let span = Span::new(from, until, |date| station.clock.midnight(date))?;
        let report = store.report(&span, today)?;
        match &self.csv {
            Some(path) if path.as_os_str() == "-" => {
                write_figures(&report, BufWriter::new(io::stdout().lock()))?
            }
            Some(path) => whole::replace(path, |file| write_figures(&report, BufWriter::new(file)))
                .map_err(|cause| format!("{} cannot be written: {cause}", path.display()))?,
            None if self.json => print_json(&report)?,
            None => print(&report)?,
        }
        Ok(())
    }
}

fn print(report: &Answer) -> io::Result<()> {
    let mut out = BufWriter::new(io::stdout().lock());
    writeln!(out, "{} up to {} (not included)\n", report.from, report.until)?;
    writeln!(
        out,
        "{:<15} {:>6} {:>6} {:>6} {:>8} {:>7} {:>6} {:>9} {:>12}",
        "", "made", "due", "late", "followed", "handled", "calls", "converted", "revenue"
    )?;
    let mut row = |name: &str, figures: &Figures| {
        let Figures { made, due, late, followed_up, handled, outcomes, conversions, revenue } = figures;
        let (calls, converted) = (outcomes.total(), conversions.total());
        writeln!(
            out,
            "{name:<15} {made:>6} {due:>6} {late:>6} {followed_up:>8} {handled:>7} {calls:>6} {converted:>9} {:>12}",
            revenue.to_string()
        )
    };
    row("all", &report.total)?;
    for one in &report.rules {
        row(one.rule.as_str(), &one.figures)?;
    }
    for one in &report.employees {
        row(one.employee.as_deref().unwrap_or("nobody"), &one.figures)?;
    }
    for one in &report.weeks {
        row(&one.monday.to_string(), &one.figures)?;
    }
    let outcomes = report.total.outcomes;
    let calls = Outcome::ALL.map(|outcome| format!("{outcome} {}", outcomes.count(outcome)));
    writeln!(out, "\ncalls came to: {}", calls.join(", "))?;
    let results = report.total.conversions;
    writeln!(
        out,
        "led within {RESULT_DAYS} days to: appointments {}, accepted quotes {}, visits {}",
        results.appointments, results.quotes, results.visits
    )?;
    out.flush()
}
