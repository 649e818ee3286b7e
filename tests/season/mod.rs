//! A shop in which things happen by chance for a season: news from the shop's own system, collections,
//! and people who follow tasks up. It keeps the ledger of it.

use balie::domain::amount::Money;
use balie::domain::appointment::Booking;
use balie::domain::edit::{CallNote, Link, Outcome, TaskEdit};
use balie::domain::ids::EmployeeId;
use balie::domain::message::{Channel, Composed, Way};
use balie::domain::plate::Plate;
use balie::domain::records::AppointmentKind;
use balie::domain::rule::LegalClass;
use balie::domain::task::{Period, StatusFilter};
use balie::store::history::{Actor, Origin};
use balie::store::step::Undone;
use balie::store::task_edit::{Save, Saved};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use crate::ledger::{Appointment, Did, Entry, Ledger};
use crate::shop::Shop;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// A number below `below`; the same numbers in every run.
pub struct Dice(u64);

impl Dice {
    pub fn throw(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }

    fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        all[usize::try_from(self.throw(all.len() as u64)).unwrap()]
    }
}

/// A shop in which things happen by chance, and its ledger.
pub struct Season {
    pub shop: Shop,
    pub ledger: Ledger,
    pub dice: Dice,
    employees: Vec<EmployeeId>,
    number: u32,
}

const CARS: usize = 40;

fn plate(car: usize) -> String {
    format!("X{:03}XX", car + 100)
}

impl Season {
    pub fn new(seed: u64) -> Self {
        let mut shop = Shop::new();
        shop.on("2015-05-01");
        for rule in ["inspection", "next_service"] {
            shop.set(&format!("rules.{rule}.days"), "7");
        }
        shop.set("rules.not_seen.months", "0");
        shop.set("rules.workshop_quote.days_after", "2").set("rules.workshop_quote.enabled", "true");
        let mut dice = Dice(seed);
        for code in ["ELS", "JAN", "BEA"] {
            shop.employee(code);
        }
        shop.set("rules.inspection.assignee", "ELS");
        for car in 0..CARS {
            shop.customer(&format!("K{car}")).has("name", "Jansen").has("mobile", "0612345678");
            let date = |dice: &mut Dice| {
                (day("2015-05-02") + TimeDelta::days(dice.throw(60).cast_signed())).to_string()
            };
            let (expires, service) = (date(&mut dice), date(&mut dice));
            shop.vehicle(&plate(car)).inspection_expires(&expires).has("next_service_on", &service);
            shop.owns(&format!("K{car}"), &plate(car), "2010-01-01");
        }
        shop.import();
        let employees = ["ELS", "JAN", "BEA"].map(|code| shop.store.employee_by_code(code).unwrap().unwrap());
        Self { shop, ledger: Ledger::default(), dice, employees: employees.to_vec(), number: 0 }
    }

    /// An instant of the shop's day, sometimes after midnight by the shop's clock and before it by UTC.
    fn instant(&mut self) -> (DateTime<Utc>, NaiveDate) {
        let minute = self.dice.one_of(&[6 * 60, 9 * 60, 14 * 60 + 59, 21 * 60 + 59, 22 * 60, 23 * 60 + 30]);
        let at = self.shop.today.and_hms_opt(0, 0, 0).unwrap().and_utc() + TimeDelta::minutes(minute);
        (at, (at + TimeDelta::hours(2)).date_naive())
    }

    fn next_number(&mut self) -> String {
        self.number += 1;
        format!("N{}", self.number)
    }

    /// What the shop's own system tells today.
    pub fn news(&mut self) {
        let today = self.shop.today;
        for _ in 0..self.dice.throw(30) {
            let car = usize::try_from(self.dice.throw(CARS as u64)).unwrap();
            let parsed = Plate::parse(&plate(car)).unwrap();
            let vehicle = self.shop.store.vehicle_by_plate(&parsed).unwrap().unwrap().0;
            let number = self.next_number();
            let later = today + TimeDelta::days(self.dice.throw(120).cast_signed());
            match self.dice.throw(8) {
                0..=2 => {
                    self.shop.visit(&plate(car), &today.to_string());
                    self.ledger.visits.push((vehicle, today));
                }
                3 => {
                    let cents = i64::try_from(self.dice.throw(90_000)).unwrap();
                    self.shop.invoice(&number, &plate(car), &later.to_string(), &Money(cents).to_string());
                    self.ledger.invoices.push((vehicle, later, cents));
                }
                4 | 5 => {
                    let status = self.dice.one_of(&["open", "accepted", "rejected"]);
                    let until = (today + TimeDelta::days(30)).to_string();
                    let quote = self.shop.quote(&number, "workshop", &plate(car), &today.to_string(), &until);
                    quote.has("status", status);
                    if status == "accepted" {
                        self.ledger.accepted.push((vehicle, today));
                    }
                }
                _ => {
                    let status = self.dice.one_of(&["planned", "cancelled", "done"]);
                    self.shop
                        .appointment(&number, &plate(car), &format!("{later}T09:00"))
                        .has("kind", "repair")
                        .has("status", status);
                    let cancelled = status == "cancelled";
                    // Imports are noted at noon: the same day by both clocks.
                    let one =
                        Appointment { task: None, vehicle, starts_on: later, known_on: today, cancelled };
                    self.ledger.appointments.push(one);
                }
            }
        }
    }

    pub fn collect(&mut self) {
        self.shop.collect();
        for row in self.shop.rows(Period::All, StatusFilter::All) {
            self.ledger.made.entry(row.id).or_insert(self.shop.today);
        }
    }

    /// One person does one thing about one open task.
    pub fn act(&mut self) {
        let open = self.shop.open();
        if open.is_empty() {
            return;
        }
        let row = &open[usize::try_from(self.dice.throw(open.len() as u64)).unwrap()];
        let who = self.dice.one_of(&[
            None,
            Some(self.employees[0]),
            Some(self.employees[1]),
            Some(self.employees[2]),
        ]);
        let (at, on) = self.instant();
        let actor = Actor { origin: Origin::Desk(who), at };
        let note = |did| Entry { task: row.id, on, who, did, undone: false };
        let outcome = self.dice.one_of(&Outcome::ALL);
        let mut edit = TaskEdit::default();
        let mut done = Vec::new();
        let finish = match self.dice.throw(6) {
            0 => {
                let step = self.shop.store.handle_task(row.id, Some("Tekst"), actor).unwrap();
                assert!(step.is_some());
                self.ledger.entries.push(note(Did::Handled));
                return;
            }
            1 => {
                let starts_on = on + TimeDelta::days(self.dice.throw(100).cast_signed());
                let booking = Booking {
                    kind: AppointmentKind::Repair,
                    vehicle: row.vehicle,
                    customer: row.customer,
                    task: Some(row.id),
                    starts_at: starts_on.and_hms_opt(10, 0, 0).unwrap(),
                    minutes: 60,
                    notes: None,
                };
                let id = self.shop.store.make_appointment(&booking, actor).unwrap();
                self.ledger.entries.push(note(Did::Booked));
                let cancelled = self.dice.throw(4) == 0;
                if cancelled {
                    self.shop.store.cancel_appointment(id, actor).unwrap();
                }
                let (task, vehicle) = (Some(row.id), row.vehicle.unwrap());
                self.ledger.appointments.push(Appointment {
                    task,
                    vehicle,
                    starts_on,
                    known_on: on,
                    cancelled,
                });
                return;
            }
            2 => {
                edit.sms = Some(Composed {
                    channel: Channel::Sms,
                    address: "+31612345678".into(),
                    subject: None,
                    body: "Uw auto".into(),
                    way: Way::Queue,
                    legal_class: LegalClass::Service,
                });
                done.push(Did::Sent);
                false
            }
            choice => {
                edit.note = Some(CallNote { outcome: Some(outcome), text: String::new(), back_on: None });
                done.push(Did::Called(outcome));
                choice != 3
            }
        };
        if self.dice.throw(5) == 0 {
            edit.employee = Link::To(self.dice.one_of(&self.employees.clone()));
        }
        if finish {
            done.push(Did::Handled);
        }
        let save =
            Save { task: row.id, version: row.version, edit: &edit, finish, words: Some("Tekst"), today: on };
        let Saved::Done(Some(step)) = self.shop.store.save_task(&save, actor).unwrap() else {
            panic!("not saved")
        };
        let undone = self.dice.throw(5) == 0;
        if undone {
            assert!(matches!(self.shop.store.undo(step, actor).unwrap(), Undone::Done { .. }));
        }
        self.ledger.entries.extend(done.into_iter().map(|did| Entry { undone, ..note(did) }));
    }
}
