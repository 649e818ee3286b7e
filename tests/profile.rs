//! Files of other systems: recognised by their headers, shown, remembered, and read the same way again.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod copies;
mod inbox;

use std::fs;
use std::path::Path;
use std::time::Duration;

use balie::collect::files::drop_folder::DropFolder;
use balie::domain::plate::Plate;
use balie::exchange::profile::Profile;
use balie::store::Store;
use copies::{run, words};
use inbox::{Inbox, NOON};

/// Two weeks of a Dutch shop's export, in Windows-1252, as spreadsheet programs write it.
fn export(folder: &Path, mobile: &str) {
    let write = |name: &str, text: &str| {
        let bytes: Vec<u8> = text.chars().map(|letter| u8::try_from(u32::from(letter)).unwrap()).collect();
        fs::write(folder.join(name), bytes).unwrap();
    };
    write(
        "Klanten_20261124.csv",
        &format!(
            "Klantnummer;Soort klant;Klantsoort;Achternaam;Woonplaats;Mobiel;Spaarpunten\r\n\
             1001;;Particulier;Müller;Zoetermeer;{mobile};12\r\n1002;;Zakelijk;De Boer;'s-Gravenhage;;\r\n\
             1003;;Marsmannetje;Vries;Gouda;;\r\n"
        ),
    );
    write(
        "Autos 2026-11-24.csv",
        "Kenteken;Merk;Type;APK-vervaldatum;Klantnummer;Datum tenaamstelling\r\n\
         JL-29-JK;Opel;Rekord;10-05-2027;1001;13-03-2019\r\nV-444-44;Alfa Romeo;159;31-12-2026;1002;01-02-2020\r\n",
    );
    write("voorraad.csv", "Artikel;Aantal\r\nBougie;4\r\n");
}

#[test]
fn a_foreign_export_is_guessed_shown_saved_and_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let drop = folder.path().join("export");
    fs::create_dir(&drop).unwrap();
    export(&drop, "06-12345678");
    let path = drop.to_str().unwrap();
    let unknown = run(&data, &["import", path]);
    assert!(words(&unknown).contains("none of the files that Balie knows"), "{}", words(&unknown));
    let tried = run(&data, &["import", path, "--profile", "sterwin", "--dry-run"]);
    assert!(words(&tried).contains("APK-vervaldatum = inspection_expires_on"), "{}", words(&tried));
    assert!(
        words(&tried).contains("not used: Spaarpunten") || words(&tried).contains("Spaarpunten"),
        "{}",
        words(&tried)
    );
    let said = String::from_utf8_lossy(&tried.stdout).into_owned();
    assert!(said.contains("Klanten_20261124.csv (customers.csv): 2 added"), "{said}");
    let store = Store::open(&data.join("balie.db")).unwrap();
    assert!(store.is_empty().unwrap() && store.profiles().unwrap().is_empty());
    let done = run(&data, &["import", path, "--profile", "sterwin"]);
    assert!(done.status.success(), "{}", words(&done));
    assert!(words(&done).contains("Klanten_20261124.csv:4: kind:"), "{}", words(&done));
    assert!(words(&done).contains("voorraad.csv: not recognised"), "{}", words(&done));
    let (_, person) = store.customer_by_code("1001").unwrap().unwrap();
    assert_eq!((person.name.as_deref(), person.mobile.as_deref()), (Some("Müller"), Some("06-12345678")));
    assert_eq!(store.customer_by_code("1002").unwrap().unwrap().1.kind.as_str(), "company");
    let (_, car) = store.vehicle_by_plate(&Plate::parse("V44444").unwrap()).unwrap().unwrap();
    assert_eq!(car.inspection_expires_on, Some("2026-12-31".parse().unwrap()));
    // Next week: other dates in the names, nothing to guess.
    fs::remove_dir_all(&drop).unwrap();
    fs::create_dir(&drop).unwrap();
    export(&drop, "06-87654321");
    fs::rename(drop.join("Klanten_20261124.csv"), drop.join("klanten_20261201.csv")).unwrap();
    fs::remove_file(drop.join("voorraad.csv")).unwrap();
    let again = run(&data, &["import", path, "--profile", "sterwin"]);
    let said = String::from_utf8_lossy(&again.stdout).into_owned();
    assert!(said.contains("klanten_20261201.csv (customers.csv): 0 added, 1 changed, 1 unchanged"), "{said}");
    assert!(
        said.contains("Autos 2026-11-24.csv (ownerships.csv): 0 added, 0 changed, 2 unchanged"),
        "{said}"
    );
    assert!(!words(&again).contains("Saved as"), "{}", words(&again));
    // The rejected row, mended, goes in as the message said.
    let rejects = data.join("rejects/customers.csv");
    let mended = String::from_utf8_lossy(&fs::read(&rejects).unwrap()).replace("Marsmannetje", "Handelaar");
    fs::write(&rejects, mended).unwrap();
    let mended = run(&data, &["import", rejects.to_str().unwrap(), "--profile", "sterwin"]);
    assert!(String::from_utf8_lossy(&mended.stdout).contains("1 added"), "{}", words(&mended));
}

#[test]
fn a_profile_is_mended_by_hand_and_what_is_wrong_in_it_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    fs::write(data.join("lijst.csv"), "Nr;Kent;Wat\n1;AB-12-CD;beurt\n").unwrap();
    let file = data.join("lijst.csv");
    let none = run(data, &["import", file.to_str().unwrap(), "--profile", "eigen"]);
    assert_eq!(none.status.code(), Some(1), "{}", words(&none));
    let mended = data.join("profile.json");
    let save = |text: &str| {
        fs::write(&mended, text).unwrap();
        run(data, &["profile", "save", "eigen", mended.to_str().unwrap()])
    };
    for (text, expected) in [
        ("{}", "missing field"),
        (
            "{\"files\": [{\"name\": \"lijst\", \"file\": \"x.csv\", \"columns\": {}}]}",
            "not one of the files",
        ),
        (
            "{\"files\": [{\"name\": \"lijst\", \"file\": \"visits.csv\", \"columns\": {\"Nr\": \"nummer\"}}]}",
            "it has: code",
        ),
        (
            "{\"files\": [{\"name\": \"lijst\", \"file\": \"visits.csv\", \"columns\": {\"Kent\": \"plate\"}}]}",
            "'code' of visits.csv",
        ),
    ] {
        let output = save(text);
        assert!(output.status.code() == Some(1) && words(&output).contains(expected), "{}", words(&output));
    }
    let good = "{\"files\": [{\"name\": \"Lijst\", \"file\": \"visits.csv\", \"columns\": {\"Nr\": \"code\", \"Kent\": \"plate\", \"Wat\": \"description\"},
                \"fixed\": {\"visited_on\": \"2015-05-01\"}}]}";
    assert!(save(good).status.success());
    fs::write(data.join("vehicles.csv"), "plate\nAB-12-CD\n").unwrap();
    // A file of ours goes in by its own name whatever the profile says of others.
    let vehicles = data.join("vehicles.csv");
    assert!(run(data, &["import", vehicles.to_str().unwrap(), "--profile", "eigen"]).status.success());
    let taken = run(data, &["import", file.to_str().unwrap(), "--profile", "eigen"]);
    assert!(
        taken.status.success() && String::from_utf8_lossy(&taken.stdout).contains("1 added"),
        "{}",
        words(&taken)
    );
    let shown = run(data, &["profile", "show", "eigen"]);
    assert!(Profile::parse(&String::from_utf8_lossy(&shown.stdout)).is_ok());
    assert!(String::from_utf8_lossy(&run(data, &["profile", "list"]).stdout).contains("eigen: lijst"));
    assert!(run(data, &["profile", "remove", "eigen"]).status.success());
    assert!(words(&run(data, &["profile", "remove", "eigen"])).contains("no profile 'eigen'"));
}

#[test]
fn the_drop_folder_reads_what_a_profile_knows() {
    let mut shop = Inbox::new();
    let folder = shop.folder();
    let profile = "{\"files\": [{\"name\": \"fahrzeuge\", \"file\": \"vehicles.csv\", \"columns\": {\"kennzeichen\": \"plate\", \"marke\": \"make\"}}]}";
    let actor = copies::actor();
    shop.store.save_profile("werkstatt", Some(profile), actor).unwrap();
    fs::write(folder.join("Fahrzeuge 24.11.csv"), "Kennzeichen;Marke\nJL29JK;Opel\n").unwrap();
    fs::write(folder.join("vehicles.csv"), "plate,make\nAB12CD,VW\n").unwrap();
    let mut watched = DropFolder::new(folder.clone(), shop.rejects(), Duration::ZERO);
    assert!(watched.is_ready(Duration::ZERO).unwrap());
    let taken = watched.take(&mut shop.store, NOON.parse().unwrap(), "one", Duration::ZERO).unwrap();
    assert_eq!((taken.files, taken.added, taken.failed), (2, 2, 0));
    assert!(
        folder.join("done/one/Fahrzeuge 24.11.csv").exists() && folder.join("done/one/vehicles.csv").exists()
    );
}
