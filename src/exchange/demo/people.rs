//! The invented shop's customers: households with several cars, companies with many, traders who
//! are never reminded, and prospects without a car.

use std::io;

use super::books::Books;
use super::dice::Dice;
use super::words::{NAMES, NOTES, PEOPLE, STREETS, TOWNS, TRADES};

/// Who has cars together.
pub(super) struct Owners {
    /// Codes of the people or the company.
    pub(super) codes: Vec<String>,
    /// How many cars they have.
    pub(super) cars: u32,
    /// A trader's cars come and go.
    pub(super) trader: bool,
}

/// Writes customers and counts them.
#[derive(Default)]
pub(super) struct People {
    count: u32,
}

/// Where a household or a company is.
struct Address {
    street: String,
    postcode: String,
    town: &'static str,
    phone: String,
}

impl People {
    /// The next owners; `most` is how many cars are still to be given out.
    pub(super) fn owners(&mut self, books: &mut Books, dice: &mut Dice, most: u32) -> io::Result<Owners> {
        let owners = match dice.below(1000) {
            _ if self.is_first() => self.household(books, dice)?,
            0..12 => self.company(books, dice, "company", most)?,
            12..22 => self.company(books, dice, "trader", most)?,
            _ => self.household(books, dice)?,
        };
        if dice.percent(4) {
            self.prospect(books, dice)?;
        }
        Ok(Owners { cars: owners.cars.min(most), ..owners })
    }

    /// The first households have the vehicles that show each kind of task, and may be called.
    fn is_first(&self) -> bool {
        self.count < 20
    }

    fn code(&mut self) -> String {
        self.count += 1;
        format!("K{:06}", self.count)
    }

    fn household(&mut self, books: &mut Books, dice: &mut Dice) -> io::Result<Owners> {
        let address = address(dice);
        let name = *dice.pick(NAMES);
        let language = language(dice);
        let adults = if dice.percent(35) { 2 } else { 1 };
        let mut codes = Vec::new();
        for _ in 0..adults {
            codes.push(self.person(books, dice, "private", &address, name, language)?);
        }
        let cars = match dice.below(100) {
            0..58 => 1,
            58..88 => 2,
            88..97 => 3,
            _ => 4,
        };
        Ok(Owners { codes, cars, trader: false })
    }

    fn prospect(&mut self, books: &mut Books, dice: &mut Dice) -> io::Result<()> {
        let address = address(dice);
        let name = *dice.pick(NAMES);
        self.person(books, dice, "prospect", &address, name, "nl").map(drop)
    }

    fn person(
        &mut self,
        books: &mut Books,
        dice: &mut Dice,
        kind: &str,
        address: &Address,
        name: &str,
        language: &str,
    ) -> io::Result<String> {
        let code = self.code();
        let (salutation, first_names) = *dice.pick(&PEOPLE);
        let first_name = *dice.pick(first_names);
        let mobile = if dice.percent(85) { mobile(dice) } else { String::new() };
        let email =
            if dice.percent(70) { format!("{}@klant.invalid", code.to_lowercase()) } else { String::new() };
        let phone = if dice.percent(30) { address.phone.as_str() } else { "" };
        let allowed = if self.is_first() { "yes" } else { allowed(dice) };
        let notes = if dice.percent(6) { *dice.pick(NOTES) } else { "" };
        books.customers.row(&[
            &code,
            kind,
            salutation,
            first_name,
            name,
            "",
            &address.street,
            &address.postcode,
            address.town,
            "NL",
            phone,
            &mobile,
            &email,
            language,
            "",
            "",
            allowed,
            notes,
        ])?;
        Ok(code)
    }

    fn company(&mut self, books: &mut Books, dice: &mut Dice, kind: &str, most: u32) -> io::Result<Owners> {
        let code = self.code();
        let address = address(dice);
        let trader = kind == "trader";
        let trade = if trader { "Auto's" } else { *dice.pick(TRADES) };
        let company = format!("{} {trade} B.V.", dice.pick(NAMES));
        let email = format!("{}@bedrijf.invalid", code.to_lowercase());
        let coc = format!("99{:06}", dice.below(1_000_000));
        let tax = format!("NL9{coc}B01");
        books.customers.row(&[
            &code,
            kind,
            "",
            "",
            *dice.pick(NAMES),
            &company,
            &address.street,
            &address.postcode,
            address.town,
            "NL",
            &address.phone,
            "",
            &email,
            "nl",
            &tax,
            &coc,
            allowed(dice),
            "",
        ])?;
        // Large fleets appear with large shops only: at most a twentieth of the cars at a stroke.
        let cars = if trader { dice.between(1, 4) } else { dice.between(3, 40).min(3 + most / 20) };
        Ok(Owners { codes: vec![code], cars, trader })
    }
}

fn address(dice: &mut Dice) -> Address {
    let (town, postcode) = *dice.pick(TOWNS);
    let letters = |dice: &mut Dice| char::from(*dice.pick(b"ABDEGHJKLNPRSTVWXZ"));
    let street = format!("{} {}", dice.pick(STREETS), dice.between(1, 240));
    let postcode = format!("{} {}{}", postcode + dice.below(20), letters(dice), letters(dice));
    let phone = format!("045-00{:05}", dice.below(100_000));
    Address { street, postcode, town, phone }
}

fn mobile(dice: &mut Dice) -> String {
    format!("06-00{:06}", dice.below(1_000_000))
}

fn language(dice: &mut Dice) -> &'static str {
    match dice.below(100) {
        0..88 => "nl",
        88..93 => "de",
        93..95 => "pt",
        _ => "en",
    }
}

/// Whether the customer may be contacted: most said yes or were never asked.
fn allowed(dice: &mut Dice) -> &'static str {
    match dice.below(100) {
        0..55 => "yes",
        55..93 => "",
        _ => "no",
    }
}
