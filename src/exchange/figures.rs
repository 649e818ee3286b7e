//! A report as one CSV file: a row for the whole period, for each kind of task, each employee and
//! each week; the first two columns say which.

use std::io::{self, Write};

use csv::{Terminator, WriterBuilder};

use super::formula::guarded;
use crate::domain::edit::Outcome;
use crate::domain::report::{Figures, Report};

const BEFORE: [&str; 8] = ["by", "key", "name", "made", "due", "late", "followed_up", "handled"];
const BEHIND: [&str; 5] = ["converted", "appointments", "quotes", "visits", "revenue_incl_vat"];

/// Writes the report; `by` is `total`, `rule`, `employee` or `week`.
///
/// # Errors
/// When it cannot be written.
pub fn write_figures(report: &Report, to: impl Write) -> io::Result<()> {
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(to);
    let outcomes = Outcome::ALL.map(Outcome::as_str);
    writer.write_record(BEFORE.iter().chain(&outcomes).chain(&BEHIND))?;
    let mut row = |by: &str, key: &str, name: &str, figures: &Figures| {
        cells(by, key, name, figures)
            .iter()
            .try_for_each(|cell| writer.write_field(guarded(cell).as_bytes()))?;
        writer.write_record(None::<&[u8]>)
    };
    row("total", &format!("{} - {}", report.from, report.until), "", &report.total)?;
    for one in &report.rules {
        row("rule", one.rule.as_str(), "", &one.figures)?;
    }
    for one in &report.employees {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        row("employee", &text(&one.employee), &text(&one.name), &one.figures)?;
    }
    for one in &report.weeks {
        row("week", &one.monday.to_string(), "", &one.figures)?;
    }
    writer.flush()
}

fn cells(by: &str, key: &str, name: &str, figures: &Figures) -> Vec<String> {
    let Figures { made, due, late, followed_up, handled, outcomes, conversions, revenue } = figures;
    let texts = [by, key, name].map(str::to_owned).into_iter();
    let before = [made, due, late, followed_up, handled].map(u32::to_string);
    let calls = Outcome::ALL.map(|outcome| outcomes.count(outcome).to_string());
    let behind = [conversions.total(), conversions.appointments, conversions.quotes, conversions.visits];
    let behind = behind.map(|count| count.to_string());
    texts.chain(before).chain(calls).chain(behind).chain([revenue.to_string()]).collect()
}
