//! `balie tasks` and `balie why`.

use std::io::{self, Write};
use std::path::PathBuf;

use balie::collect::why::why;
use balie::domain::plate::Plate;
use balie::domain::rule::{Half, RuleKey};
use balie::domain::task::{EmployeeFilter, Period, StatusFilter, TaskFilter, TaskOrder, TaskState};
use balie::exchange::task_sheets;
use balie::station::args::Station;
use balie::store::task_list::TaskRow;
use clap::Args;
use serde_json::{Value, json};

use crate::{Failure, open, print_json};

/// How many rows are read at once; a list of any length needs the memory of one page.
const PAGE: usize = 1000;

/// The filters of the CRM manager.
#[derive(Debug, Args)]
pub struct Tasks {
    /// By execution date: next7, next14, past7, past14 or all (today is in each)
    #[arg(long, default_value = "all", value_name = "PERIOD")]
    period: Period,
    /// By employee: a code, or none for tasks of nobody
    #[arg(long, value_name = "CODE")]
    employee: Option<String>,
    /// By kind, e.g. inspection
    #[arg(long, value_name = "KEY")]
    rule: Option<RuleKey>,
    /// By state: open, closed, waiting, withdrawn or all
    #[arg(long, default_value = "open", value_name = "STATUS")]
    status: StatusFilter,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
    /// Write the list, and a call sheet for each task, as PDF
    #[arg(long, value_name = "FILE", conflicts_with = "json")]
    pdf: Option<PathBuf>,
}

impl Tasks {
    pub fn run(&self, station: &Station) -> Result<(), Failure> {
        let store = open(station)?;
        let today = station.clock.today();
        let employee = match self.employee.as_deref() {
            None => EmployeeFilter::All,
            Some("none") => EmployeeFilter::Nobody,
            Some(code) => EmployeeFilter::One(
                store.employee_by_code(code)?.ok_or_else(|| format!("there is no employee '{code}'"))?,
            ),
        };
        let filter = TaskFilter { period: self.period, employee, rule: self.rule, status: self.status };
        if let Some(file) = &self.pdf {
            let shop = &station.config.shop;
            let (pdf, count) = task_sheets(&store, &filter, &shop.name, today, shop.language)?;
            std::fs::write(file, pdf)
                .map_err(|cause| format!("{} cannot be written: {cause}", file.display()))?;
            writeln!(io::stderr(), "{count} tasks")?;
            return Ok(());
        }
        let queue = match self.status {
            StatusFilter::Waiting | StatusFilter::All => store.waiting_in_order(today)?,
            _ => Vec::new(),
        };
        let place =
            |row: &TaskRow| queue.iter().position(|waiting| waiting.task == row.id).map(|place| place + 1);
        let page = |offset| {
            store.task_page(&filter, TaskOrder::default(), today, station.config.shop.language, offset, PAGE)
        };
        let mut out = io::BufWriter::new(io::stdout().lock());
        let mut offset = 0;
        let mut documents = Vec::new();
        loop {
            let rows = page(offset)?;
            for row in &rows {
                if self.json {
                    documents.push(document(row, place(row)));
                } else {
                    writeln!(out, "{}", line(row, place(row)))?;
                }
            }
            offset += rows.len();
            if rows.len() < PAGE {
                break;
            }
        }
        out.flush()?;
        drop(out);
        if self.json {
            return print_json(&json!({ "today": today, "tasks": documents }));
        }
        writeln!(io::stderr(), "{offset} tasks")?;
        Ok(())
    }
}

fn document(row: &TaskRow, place: Option<usize>) -> Value {
    let mut document = json!({
        "id": row.id.0,
        "rule": row.rule.as_str(),
        "execute_on": row.execute_on,
        "counts_from": row.counts_from,
        "half": (row.half != Half::Whole).then(|| row.half.as_str()),
        "plate": row.plate.as_ref().map(Plate::as_str),
        "customer": row.customer_code,
        "employee": row.employee,
        "status": status(row.state),
        "description": row.description,
    });
    if let (Some(place), Value::Object(map)) = (place, &mut document) {
        map.insert("place".to_owned(), json!(place));
    }
    document
}

/// The state in the words of `--status`.
fn status(state: TaskState) -> &'static str {
    match state {
        TaskState::Handled => "closed",
        other => other.as_str(),
    }
}

fn line(row: &TaskRow, place: Option<usize>) -> String {
    // The sentence that says what it is about; salutation and first name stand before it.
    let words = row
        .description
        .lines()
        .find(|line| line.ends_with(['.', '?']) && line.contains(' '))
        .unwrap_or_default();
    format!(
        "{}  {:<9}  {:<15}  {:<9}  {}{}",
        row.execute_on,
        row.plate.as_ref().map(Plate::to_string).unwrap_or_default(),
        row.rule.as_str(),
        place.map_or_else(|| status(row.state).to_owned(), |place| format!("waiting {place}")),
        row.customer_name.as_ref().map(|name| format!("{name}: ")).unwrap_or_default(),
        words
    )
}

/// Which vehicle.
#[derive(Debug, Args)]
pub struct Why {
    /// The plate, with or without dashes
    plate: String,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

impl Why {
    pub fn run(&self, station: &Station) -> Result<(), Failure> {
        let store = open(station)?;
        let plate = Plate::parse(&self.plate).map_err(|wrong| format!("'{}': {wrong}", self.plate))?;
        let answer = why(&store, &plate, station.clock.today())?;
        if self.json {
            return print_json(&answer);
        }
        let mut out = io::stdout().lock();
        writeln!(out, "{plate}")?;
        for rule in &answer.rules {
            let mark = if rule.made { "made" } else { "-" };
            writeln!(out, "{:<15}  {mark:<4}  {}", rule.rule.as_str(), rule.reason)?;
            for (name, value) in &rule.facts {
                if !value.is_object() && !value.is_array() {
                    let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                    writeln!(out, "{:<15}        {name}: {value}", "")?;
                }
            }
        }
        Ok(())
    }
}
