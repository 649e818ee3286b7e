//! What came of the tasks (CLK-07), for managers: figures of a period by kind, employee and week, and
//! the same as a file.

use std::cell::{Cell, RefCell};
use std::io::BufWriter;
use std::rc::Rc;
use std::sync::Arc;

use balie_ui as ui;
use slint::{ComponentHandle, ModelRc, VecModel};

use super::app::Desk;
use super::context::{Context, Page, Turn};
use super::wire::Trouble;
use super::{convert, slint};
use crate::domain::dates::{minus_days, monday_of, plus_days};
use crate::domain::report::{Figures, Report, Span};
use crate::exchange::{whole, write_figures};
use crate::store::StoreError;

/// The periods that can be chosen, in weeks before this one.
const WEEKS: [i32; 3] = [4, 13, 52];

/// The page's adapter.
pub struct ReportPage {
    context: Rc<Context>,
    turn: Turn,
    weeks: Cell<i32>,
    part: Cell<ui::ReportPart>,
    report: RefCell<Option<Report>>,
}

impl ReportPage {
    /// The page, with its callbacks connected.
    pub fn connect(context: Rc<Context>) -> Rc<Self> {
        let page = Rc::new(Self {
            context,
            turn: Turn::default(),
            weeks: Cell::new(13),
            part: Cell::new(ui::ReportPart::Kinds),
            report: RefCell::default(),
        });
        let Some(window) = page.context.window() else { return page };
        let global = window.global::<ui::Report>();
        hear!(global, page, {
            on_retry: |this| this.look(),
            on_choose_part: |this, part| {
                this.part.set(part);
                this.tell();
            },
            on_choose_weeks: |this, weeks| if WEEKS.contains(&weeks) {
                this.weeks.set(weeks);
                this.with(|global| global.set_weeks(weeks));
                this.look();
            },
            on_write: |this| this.write(),
        });
        page
    }

    fn with(&self, act: impl FnOnce(&ui::Report<'_>)) {
        if let Some(window) = self.context.window() {
            act(&window.global::<ui::Report>());
        }
    }

    fn look(self: &Rc<Self>) {
        if !self.context.is_manager() {
            return;
        }
        let surroundings = Arc::clone(&self.context.surroundings);
        let days = u32::try_from(self.weeks.get()).unwrap_or_default() * 7;
        let (newest, this) = (self.turn.next(), Rc::downgrade(self));
        self.context.read(
            "report.read",
            move |store, moment| {
                let from = minus_days(monday_of(moment.today), days);
                let span = Span::new(from, plus_days(moment.today, 1), |date| surroundings.midnight(date))
                    .map_err(StoreError::Strange)?;
                store.report(&span, moment.today)
            },
            move |found| {
                if let Some(this) = this.upgrade().filter(|_| newest()) {
                    this.arrived(found);
                }
            },
        );
    }

    fn arrived(&self, found: Result<Report, Trouble>) {
        match found {
            Ok(report) => {
                *self.report.borrow_mut() = Some(report);
                self.tell();
                self.with(|global| global.set_state(ui::ReportState::Shown));
            }
            Err(_) => self.with(|global| global.set_state(ui::ReportState::Error)),
        }
    }

    fn tell(&self) {
        let report = self.report.borrow();
        let Some(report) = report.as_ref() else { return };
        let lines: Vec<_> = match self.part.get() {
            ui::ReportPart::Kinds => report
                .rules
                .iter()
                .map(|one| ui::ReportLine { rule: convert::rule(one.rule), ..self.line(&one.figures) })
                .collect(),
            ui::ReportPart::Employees => report
                .employees
                .iter()
                .map(|one| {
                    let name = one.name.as_deref().or(one.employee.as_deref()).unwrap_or_default();
                    ui::ReportLine { name: name.into(), ..self.line(&one.figures) }
                })
                .collect(),
            // The newest first: a year is a long way down.
            ui::ReportPart::Weeks => report
                .weeks
                .iter()
                .rev()
                .map(|one| ui::ReportLine { monday: convert::date(one.monday), ..self.line(&one.figures) })
                .collect(),
        };
        let most = lines.iter().map(|line| line.made.max(line.handled)).max().unwrap_or_default().max(1);
        self.with(|global| {
            global.set_part(self.part.get());
            global.set_total(self.line(&report.total));
            global.set_most(most);
            global.set_lines(ModelRc::from(Rc::new(VecModel::from(lines))));
        });
    }

    fn line(&self, figures: &Figures) -> ui::ReportLine {
        let count = |many: u32| convert::number(many.into());
        ui::ReportLine {
            made: count(figures.made),
            handled: count(figures.handled),
            late: count(figures.late),
            led: count(figures.conversions.total()),
            revenue: format!("€ {}", figures.revenue.in_words_of(self.context.language())).into(),
            ..Default::default()
        }
    }

    /// Writes the figures as CSV onto a stick, or where there is none into the data folder.
    fn write(self: &Rc<Self>) {
        let Some(report) = self.report.borrow().clone() else { return };
        let (this, outlet) = (Rc::downgrade(self), self.context.outlet());
        self.context.keep(
            "report.write",
            move |store, _| {
                let folder = outlet(store);
                let path = folder.join(format!("report-{}-{}.csv", report.from, report.until));
                std::fs::create_dir_all(&folder)
                    .and_then(|()| whole::replace(&path, |file| write_figures(&report, BufWriter::new(file))))
                    .map_err(|cause| StoreError::Strange(format!("{}: {cause}", path.display())))?;
                Ok(path)
            },
            move |written| {
                let Some(this) = this.upgrade() else { return };
                match written {
                    Ok(path) => this.with(|global| global.set_written(path.display().to_string().into())),
                    Err(_) => this.context.confirm(ui::Toast::NotSaved, None),
                }
            },
        );
    }
}

impl Page for Rc<ReportPage> {
    fn open(&self, _: i64) {
        self.part.set(ui::ReportPart::Kinds);
        self.with(|global| {
            global.set_written("".into());
            global.set_state(ui::ReportState::Loading);
        });
        self.look();
    }

    fn refresh(&self) {
        self.look();
    }

    fn close(&self) {
        // What is still on its way is for nobody.
        let _ = self.turn.next();
    }
}

/// The page's states, and how the desk comes to them.
pub(super) const PICTURES: &[super::picture::Picture] = &[
    ("report", |desk| open(desk)),
    ("report-employees", |desk| {
        open(desk);
        desk.window().global::<ui::Report>().invoke_choose_part(ui::ReportPart::Employees);
    }),
    ("report-weeks", |desk| {
        open(desk);
        desk.window().global::<ui::Report>().invoke_choose_part(ui::ReportPart::Weeks);
    }),
    ("report-error", |desk| {
        open(desk);
        desk.window().global::<ui::Report>().set_state(ui::ReportState::Error);
    }),
];

fn open(desk: &Rc<Desk>) {
    desk.context().go(ui::Page::Report, 0);
    super::picture::wait(desk);
    let page = &desk.pages.report;
    let _ = page.turn.next();
    // A shop of today has made its tasks a moment ago: here is one that has worked for a while.
    let mut report = page.report.borrow().clone();
    if let Some(report) = &mut report {
        for (place, one) in report.rules.iter_mut().enumerate() {
            work(&mut one.figures, place);
        }
        for (place, one) in report.employees.iter_mut().enumerate() {
            work(&mut one.figures, place);
        }
        for (place, one) in report.weeks.iter_mut().enumerate() {
            work(&mut one.figures, place);
        }
        work(&mut report.total, 1);
    }
    *page.report.borrow_mut() = report;
    page.tell();
}

fn work(figures: &mut Figures, place: usize) {
    let many = u32::try_from(place * 7 % 19).unwrap_or_default();
    figures.made = figures.made.max(many + 6);
    figures.handled = figures.made * 3 / 4;
    figures.late = figures.late.min(many / 3);
    figures.conversions.appointments = figures.handled / 2;
    figures.revenue = crate::domain::amount::Money(i64::from(figures.handled) * 18_350);
}
