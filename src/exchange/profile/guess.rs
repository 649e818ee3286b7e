//! Guesses from a file's name and first line which of our files it is, and what its columns are.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use super::synonyms::{FILES, Names, key};
use super::{FileMap, stem};
use crate::exchange::survey::headers;
use crate::store::noun::Noun;

/// What is guessed of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Guess {
    /// One map for each of our files that it fills; none when it is not recognised.
    pub maps: Vec<FileMap>,
    /// Headers that are used by none.
    pub unused: Vec<String>,
    /// The headers, as they stand.
    pub headers: Vec<String>,
}

/// Guesses what a file is.
///
/// # Errors
/// When it cannot be read.
pub fn guess(path: &Path) -> io::Result<Guess> {
    let mut start = Vec::new();
    File::open(path)?.take(64 * 1024).read_to_end(&mut start)?;
    let is_known = |header: &str| {
        let header = key(header);
        FILES.iter().flat_map(|names| names.columns).any(|(_, words)| holds(words, &header))
    };
    let headers = headers(&start, is_known);
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Ok(of(&name, headers))
}

/// Guesses from a file's name and its headers.
fn of(name: &str, headers: Vec<String>) -> Guess {
    let called = stem(name);
    let fitting = FILES.iter().filter_map(|names| fit(names, &called, &headers));
    // The first of two that fit equally well: our files stand in the order of their importance.
    let best = fitting.fold(None, |best: Option<(usize, FileMap)>, (score, map)| match best {
        Some((most, best)) if most >= score => Some((most, best)),
        _ => Some((score, map)),
    });
    let mut maps: Vec<FileMap> = best.map(|(_, map)| map).into_iter().collect();
    // A list of vehicles often says whose they are, and since when.
    if maps.first().is_some_and(|map| map.file == "vehicles.csv") {
        let owners = FILES.iter().find(|names| names.file == "ownerships.csv");
        maps.extend(owners.and_then(|names| fit(names, &called, &headers)).map(|(_, map)| map));
    }
    let used = |header: &String| maps.iter().any(|map| map.columns.contains_key(&header.to_lowercase()));
    let unused = headers.iter().filter(|header| !used(header)).cloned().collect();
    Guess { maps, unused, headers }
}

/// How well the headers fit one of our files, and how; nothing when its rows could not be told apart.
fn fit(names: &Names, called: &str, headers: &[String]) -> Option<(usize, FileMap)> {
    let noun = Noun::ALL.into_iter().find(|noun| noun.file == names.file)?;
    let mut columns = BTreeMap::new();
    for (column, words) in names.columns {
        // Our own name first; of several headers the one whose name is earlier in the list.
        let own = key(column);
        let wanted = std::iter::once(own.as_str()).chain(words.split_whitespace());
        let found = wanted
            .filter_map(|word| headers.iter().find(|header| key(header) == word))
            .map(|header| header.trim().to_lowercase())
            .find(|header| !columns.contains_key(header));
        if let Some(header) = found {
            columns.insert(header, (*column).to_owned());
        }
    }
    if !noun.key().all(|(_, column)| columns.values().any(|name| name == column.name)) {
        return None;
    }
    let by_name = names.called.iter().any(|part| called.contains(part));
    // Two columns that many files have say nothing.
    if columns.len() < 3 && !by_name {
        return None;
    }
    let score = columns.len() * 2 + if by_name { 5 } else { 0 };
    let mut fixed = BTreeMap::new();
    if names.file == "quotes.csv" && !columns.values().any(|column| column == "kind") {
        fixed.insert("kind".to_owned(), "workshop".to_owned());
    }
    Some((score, FileMap { name: called.to_owned(), file: names.file.to_owned(), columns, fixed }))
}

fn holds(words: &str, header: &str) -> bool {
    words.split_whitespace().any(|word| word == header)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guessed(name: &str, headers: &str) -> Vec<(String, String)> {
        let guess = of(name, headers.split(';').map(str::to_owned).collect());
        guess
            .maps
            .iter()
            .map(|map| {
                let columns: Vec<String> =
                    map.columns.iter().map(|(from, to)| format!("{from}={to}")).collect();
                (map.file.clone(), columns.join(" "))
            })
            .collect()
    }

    #[test]
    fn files_of_four_languages_are_recognised() {
        for (name, headers, file, columns) in [
            (
                "Klanten_20261125.csv",
                "Klantnr;Aanhef;Achternaam;Postcode;Woonplaats;Mobiel;E-mailadres",
                "customers.csv",
                "aanhef=salutation achternaam=name e-mailadres=email klantnr=code mobiel=mobile postcode=postcode woonplaats=city",
            ),
            (
                "export.csv",
                "Kenteken;Merk;Type;APK vervaldatum;Datum 1e toelating;Chassisnummer",
                "vehicles.csv",
                "apk vervaldatum=inspection_expires_on chassisnummer=vin datum 1e toelating=first_registered_on kenteken=plate merk=make type=model",
            ),
            (
                "Fahrzeuge.csv",
                "Kennzeichen;Marke;Modell;Erstzulassung;Nächste HU;Fahrgestellnr.",
                "vehicles.csv",
                "erstzulassung=first_registered_on fahrgestellnr.=vin kennzeichen=plate marke=make modell=model nächste hu=inspection_expires_on",
            ),
            (
                "Rechnungen 2026.csv",
                "Rechnungsnr;Kundennr;Kennzeichen;Rechnungsdatum;Bruttobetrag",
                "invoices.csv",
                "bruttobetrag=total_incl_vat kennzeichen=plate kundennr=customer rechnungsdatum=invoiced_on rechnungsnr=number",
            ),
            (
                "clientes.csv",
                "Código Cliente;Nome;CEP;Cidade;Celular;CPF/CNPJ",
                "customers.csv",
                "celular=mobile cep=postcode cidade=city cpf/cnpj=tax_id código cliente=code nome=name",
            ),
            (
                "ordens.csv",
                "Número OS;Placa;Cód Cliente;Data;Quilometragem;Descrição",
                "visits.csv",
                "cód cliente=customer data=visited_on descrição=description número os=code placa=plate quilometragem=odometer_km",
            ),
            (
                "jobs.csv",
                "Work order no;Registration;Customer no;Date in;Mileage;Work",
                "visits.csv",
                "customer no=customer date in=visited_on mileage=odometer_km registration=plate work=description work order no=code",
            ),
            (
                "offertes.csv",
                "Offertenummer;Klantnummer;Kenteken;Offertedatum;Geldig tot;Totaal incl. BTW;Status",
                "quotes.csv",
                "geldig tot=valid_until kenteken=plate klantnummer=customer offertedatum=issued_on offertenummer=number status=status totaal incl. btw=total_incl_vat",
            ),
        ] {
            let guess = guessed(name, headers);
            assert_eq!(
                guess.first().map(|(file, columns)| (file.as_str(), columns.as_str())),
                Some((file, columns)),
                "{name}"
            );
        }
    }

    #[test]
    fn a_list_of_vehicles_with_owners_fills_two_files_and_what_is_nothing_is_nothing() {
        let both = guessed("autos.csv", "Kenteken;Merk;Klantnummer;Datum tenaamstelling");
        assert_eq!(both.len(), 2);
        assert_eq!(both[1].0, "ownerships.csv");
        assert!(
            both[1].1.contains("klantnummer=customer") && both[1].1.contains("datum tenaamstelling=from_on")
        );
        assert_eq!(guessed("voorraad.csv", "Artikel;Prijs;Aantal"), []);
        let quote = of("offertes.csv", vec!["Offertenr".to_owned(), "Memo".to_owned()]);
        assert_eq!(quote.maps[0].fixed.get("kind").map(String::as_str), Some("workshop"));
        assert_eq!(quote.unused, ["Memo"]);
    }
}
