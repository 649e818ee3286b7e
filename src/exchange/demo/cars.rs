//! The invented shop's vehicles, each with its life: inspections in their rhythm, visits with a
//! rising odometer, invoices, quotes and appointments around today.

use std::io;

use chrono::{Datelike, Days, Months, NaiveDate};

use super::books::{Books, day, dirty_day, unknown_day};
use super::dice::Dice;
use super::plates::Plates;
use super::words::{CARS, OTHER_ADVICE, REPAIRS, ROADSIDE, WORK};

/// So many vehicles are given a reason for a task each, so that the smallest demo has all kinds.
const STAGED: u32 = 10;
/// So many vehicles have a plate of each pattern.
const PATTERNS: u32 = 14;

/// Writes vehicles and everything that hangs on them.
pub(super) struct Cars {
    pub(super) today: NaiveDate,
    pub(super) plates: Plates,
    pub(super) count: u32,
    documents: u32,
    /// The customer who had the car before, for those that changed hands.
    former: Option<String>,
}

/// What is known of one vehicle while it is written.
struct Car {
    plate: String,
    customer: String,
    first_registered: NaiveDate,
    owned_from: NaiveDate,
    km_a_year: u32,
    expires: Option<NaiveDate>,
    /// For the first few, which reason for a task it has.
    staged: Option<u32>,
}

impl Cars {
    pub(super) fn new(today: NaiveDate) -> Self {
        Self { today, plates: Plates::default(), count: 0, documents: 0, former: None }
    }

    fn ago(&self, days: u64) -> NaiveDate {
        self.today.checked_sub_days(Days::new(days)).unwrap_or(self.today)
    }

    fn ahead(&self, days: u64) -> NaiveDate {
        self.today.checked_add_days(Days::new(days)).unwrap_or(self.today)
    }

    fn number(&mut self) -> u32 {
        self.documents += 1;
        self.documents
    }

    /// Writes one vehicle of a customer, or of nobody.
    pub(super) fn write(
        &mut self,
        books: &mut Books,
        dice: &mut Dice,
        customer: Option<&str>,
        trader: bool,
    ) -> io::Result<()> {
        let index = self.count;
        self.count += 1;
        let staged = (index < STAGED && customer.is_some() && !trader).then_some(index);
        let first_registered = match staged {
            Some(_) => dice.day_before(self.today, 1900, 4000),
            None => self.first_registration(dice),
        };
        let plate = if index < PATTERNS {
            self.plates.next(index + 1)
        } else {
            self.plates.of(first_registered, dice)
        };
        let (make, model, variants) = *dice.pick(CARS);
        let variant = *dice.pick(variants);
        let diesel = variant.ends_with(" d");
        let since = if trader { 200 } else { 3400 };
        let oldest = self.ago(since).max(first_registered);
        let owned_days = u32::try_from((self.today - oldest).num_days()).unwrap_or_default();
        let owned_from = dice.day_before(self.today, owned_days / 8, owned_days);
        let owned_from = if staged.is_some() { oldest } else { owned_from };
        let mut car = Car {
            plate,
            customer: customer.unwrap_or_default().to_owned(),
            first_registered,
            owned_from,
            km_a_year: dice.between(5_000, 32_000),
            expires: self.expiry(first_registered, diesel, dice),
            staged,
        };
        if staged == Some(0) {
            car.expires = Some(self.ahead(20));
        }
        self.inspections(books, dice, &car, diesel)?;
        let last_visit = self.visits(books, dice, &car)?;
        self.vehicle(books, dice, &car, (make, model, variant.trim_end_matches(" d")), last_visit)?;
        self.ownership(books, dice, &car)?;
        self.papers(books, dice, &car)?;
        Ok(())
    }

    /// Most cars are four to fourteen years old, a few are very old.
    fn first_registration(&self, dice: &mut Dice) -> NaiveDate {
        let years = match dice.below(100) {
            0..30 => dice.below(4),
            30..75 => dice.between(4, 12),
            75..97 => dice.between(13, 22),
            _ => dice.between(23, 62),
        };
        dice.day_before(self.today, years * 365, years * 365 + 364)
    }

    /// When the inspection expires: the first is due after four years and then after 2, 2 and every
    /// year; a diesel's after three and every year. Very old cars need none.
    fn expiry(&self, first: NaiveDate, diesel: bool, dice: &mut Dice) -> Option<NaiveDate> {
        if first.year() + 50 < self.today.year() {
            return None;
        }
        // One in ten has let it lapse by some days.
        let lapsed = if dice.percent(10) { dice.below(25) } else { 0 };
        let now = self.ago(u64::from(lapsed));
        let mut steps = if diesel { [36, 12, 12] } else { [48, 24, 24] }.into_iter();
        let mut expires = first;
        while expires < now {
            expires = expires.checked_add_months(Months::new(steps.next().unwrap_or(12)))?;
        }
        Some(expires)
    }

    fn inspections(&mut self, books: &mut Books, dice: &mut Dice, car: &Car, diesel: bool) -> io::Result<()> {
        let staged = match car.staged {
            Some(1) => Some((self.ago(10), "AC1")),
            Some(2) => Some((self.ago(50), "AC5")),
            _ => None,
        };
        if let Some((on, advice)) = staged {
            return books.inspections.row(&[&car.plate, &on.to_string(), "pass", advice]);
        }
        let Some(expires) = car.expires else { return Ok(()) };
        let young = (expires - car.first_registered).num_days() < if diesel { 1200 } else { 3000 };
        let mut previous = expires;
        for _ in 0..3 {
            let months = if young && !diesel { 24 } else { 12 };
            let Some(earlier) = previous.checked_sub_months(Months::new(months)) else { break };
            // Up to two months early costs no validity; that is when most come.
            let on = dice.day_before(earlier, 0, 55);
            if on < car.owned_from || on > self.today || (earlier - car.first_registered).num_days() < 1000 {
                break;
            }
            previous = earlier;
            if !dice.percent(70) {
                continue;
            }
            let passed = dice.percent(92);
            let recent = (self.today - on).num_days() < 90;
            let advice = advice(dice, recent);
            let date = dirty_day(on, dice);
            books.inspections.row(&[&car.plate, &date, if passed { "pass" } else { "fail" }, &advice])?;
        }
        Ok(())
    }

    /// Writes the visits and their invoices; gives back the day of the last.
    fn visits(&mut self, books: &mut Books, dice: &mut Dice, car: &Car) -> io::Result<Option<NaiveDate>> {
        let staged = car.staged.map(|reason| match reason {
            8 => self.today.checked_sub_months(Months::new(4)).unwrap_or(self.today),
            _ => self.ago(40),
        });
        // One in twelve has not been here yet.
        if staged.is_none() && dice.percent(8) {
            return Ok(None);
        }
        let wanted = dice.between(1, 5);
        let mut on = staged.unwrap_or_else(|| dice.day_before(self.today, 1, 400));
        let last = on;
        let mut days = Vec::new();
        for _ in 0..wanted {
            if on < car.owned_from && !days.is_empty() {
                break;
            }
            days.push(on.max(car.first_registered));
            on = dice.day_before(on, 120, 420);
        }
        for on in days.into_iter().rev() {
            let number = self.number();
            let age = u32::try_from((on - car.first_registered).num_days()).unwrap_or_default();
            let km = 10 + u64::from(car.km_a_year) * u64::from(age) / 365;
            let (work, least, most) = *dice.pick(WORK);
            let date = if car.staged.is_some() { on.to_string() } else { dirty_day(on, dice) };
            let odometer = if dice.percent(94) { km.to_string() } else { String::new() };
            books.visits.row(&[
                &format!("B{number:07}"),
                &car.plate,
                &car.customer,
                &date,
                &odometer,
                work,
            ])?;
            if (self.today - on).num_days() < 1460 {
                let total = format!("{}.{:02}", dice.between(least, most), dice.below(20) * 5);
                let date = dirty_day(on, dice);
                books.invoices.row(&[&format!("F{number:07}"), &car.customer, &car.plate, &date, &total])?;
            }
        }
        Ok(Some(last))
    }

    fn vehicle(
        &mut self,
        books: &mut Books,
        dice: &mut Dice,
        car: &Car,
        (make, model, variant): (&str, &str, &str),
        last_visit: Option<NaiveDate>,
    ) -> io::Result<()> {
        let today = self.today;
        let age = (today - car.first_registered).num_days() / 365;
        let coming = |dice: &mut Dice, chance: u32, most: u32| {
            dice.percent(chance).then(|| dice.day_after(today, 0, most))
        };
        let warranty_months = *dice.pick(&[24, 36, 60, 84]);
        let warranty =
            car.first_registered.checked_add_months(Months::new(warranty_months)).filter(|_| age < 7);
        let mut roadside = coming(dice, 30, 365);
        let mut service =
            last_visit.filter(|_| dice.percent(75)).and_then(|last| last.checked_add_months(Months::new(12)));
        let mut belt = coming(dice, 12, 1500);
        let mut interval = coming(dice, 35, 400);
        let mut repair = coming(dice, 7, 70);
        match car.staged {
            Some(3) => repair = Some(self.ahead(15)),
            Some(4) => roadside = Some(self.ahead(40)),
            Some(5) => service = Some(self.ahead(10)),
            Some(6) => belt = Some(self.ahead(20)),
            Some(7) => interval = Some(self.ahead(5)),
            _ => {}
        }
        let provider = if roadside.is_some() { *dice.pick(ROADSIDE) } else { "" };
        let advice = if repair.is_some() { *dice.pick(REPAIRS) } else { "" };
        // Other systems write 'unknown' in many ways.
        let expires = match car.expires {
            Some(date) => date.to_string(),
            None => unknown_day(dice),
        };
        let belt = match belt {
            None if dice.percent(5) => unknown_day(dice),
            belt => day(belt),
        };
        let cost = if dice.percent(12) { format!("0.{:04}", dice.between(800, 4200)) } else { String::new() };
        let vin = vin(dice);
        let registered = if dice.percent(90) || car.staged.is_some() { Some(car.owned_from) } else { None };
        books.vehicles.row(&[
            &car.plate,
            &vin,
            make,
            model,
            variant,
            &car.first_registered.to_string(),
            &day(registered),
            &expires,
            &day(warranty),
            &day(roadside),
            provider,
            &day(service),
            &belt,
            &day(interval),
            &day(repair),
            advice,
            &cost,
        ])
    }

    fn ownership(&mut self, books: &mut Books, dice: &mut Dice, car: &Car) -> io::Result<()> {
        if car.customer.is_empty() {
            return Ok(());
        }
        let from = car.owned_from.to_string();
        if let Some(former) = self.former.take()
            && former != car.customer
            && dice.percent(10)
            && car.staged.is_none()
        {
            let before =
                dice.day_before(car.owned_from, 300, 2000).max(car.first_registered).min(car.owned_from);
            books.ownerships.row(&[&car.plate, &former, &before.to_string(), &from])?;
        }
        books.ownerships.row(&[&car.plate, &car.customer, &from, ""])?;
        if dice.percent(15) {
            let price = format!("{}.00", dice.between(15, 320) * 100);
            let number = self.number();
            let date = dirty_day(car.owned_from, dice);
            books.sales.row(&[&format!("V{number:07}"), &car.customer, &car.plate, &date, &price])?;
        }
        self.former = Some(car.customer.clone());
        Ok(())
    }

    /// Quotes and appointments around today.
    fn papers(&mut self, books: &mut Books, dice: &mut Dice, car: &Car) -> io::Result<()> {
        if dice.percent(6) {
            let kind = *dice.pick(&["workshop", "workshop", "car", "agreement"]);
            let issued = dice.day_before(self.today, 0, 75);
            let until = dice.day_after(issued, 14, 60);
            let most = if kind == "workshop" { 1_800 } else { 32_000 };
            let total = format!("{}.{:02}", dice.between(90, most), dice.below(100));
            let status = *dice.pick(&["open", "open", "accepted", "rejected"]);
            let number = self.number();
            let date = dirty_day(issued, dice);
            books.quotes.row(&[
                &format!("O{number:07}"),
                kind,
                &car.customer,
                &car.plate,
                &date,
                &until.to_string(),
                &total,
                status,
            ])?;
        }
        if dice.percent(7) && car.staged.is_none() {
            let number = self.number();
            let kind = *dice.pick(&["inspection", "inspection", "service", "repair", "other"]);
            let ahead = dice.percent(60);
            let on =
                if ahead { dice.day_after(self.today, 1, 21) } else { dice.day_before(self.today, 1, 120) };
            let status = match (ahead, dice.below(10)) {
                (_, 0) => "cancelled",
                (true, _) => "planned",
                (false, _) => "done",
            };
            let (hour, minute) = (dice.between(8, 15), *dice.pick(&["00", "15", "30", "45"]));
            let times = [hour, hour + dice.between(1, 3)].map(|hour| format!("{on}T{hour:02}:{minute}:00"));
            let [starts, ends] = times;
            books.appointments.row(&[
                &format!("A{number:07}"),
                kind,
                &car.plate,
                &car.customer,
                &starts,
                &ends,
                status,
            ])?;
        }
        Ok(())
    }
}

/// Advice codes; a third of all advice is about tyres.
fn advice(dice: &mut Dice, recent: bool) -> String {
    let mut codes = Vec::new();
    if dice.percent(if recent { 35 } else { 18 }) {
        codes.push("AC1");
    }
    if dice.percent(if recent { 25 } else { 12 }) {
        codes.push("AC5");
    }
    if dice.percent(20) {
        codes.push(*dice.pick(OTHER_ADVICE));
    }
    codes.join(" ")
}

/// Seventeen signs that no maker uses together.
fn vin(dice: &mut Dice) -> String {
    let mut vin = String::from("X0X");
    for _ in 0..14 {
        vin.push(char::from(*dice.pick(b"ABCDEFGHJKLMNPRSTUVWXYZ0123456789")));
    }
    vin
}
