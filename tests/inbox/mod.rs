//! A folder of files as a shop's own system leaves them, and the database they go into.
#![allow(dead_code, clippy::unwrap_used, clippy::indexing_slicing)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use balie::exchange::{self, ImportOptions, ImportReport};
use balie::store::Store;
use chrono::{DateTime, Utc};

/// A moment at which nothing else happens.
pub const NOON: &str = "2015-05-01T12:00:00Z";

pub struct Inbox {
    dir: tempfile::TempDir,
    pub store: Store,
    pub strict: bool,
    pub dry_run: bool,
    pub now: DateTime<Utc>,
}

impl Inbox {
    pub fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("in")).unwrap();
        let store = Store::open(&dir.path().join("balie.db")).unwrap();
        Self { dir, store, strict: false, dry_run: false, now: NOON.parse().unwrap() }
    }

    pub fn folder(&self) -> PathBuf {
        self.dir.path().join("in")
    }

    pub fn database(&self) -> PathBuf {
        self.dir.path().join("balie.db")
    }

    pub fn rejects(&self) -> PathBuf {
        self.dir.path().join("rejects")
    }

    pub fn write(&self, name: &str, text: &str) {
        self.write_bytes(name, text.as_bytes());
    }

    /// Writes a file as if the other system had written it an hour before noon.
    pub fn write_bytes(&self, name: &str, bytes: &[u8]) {
        self.write_at(name, bytes, self.now - Duration::from_secs(3600));
    }

    pub fn write_at(&self, name: &str, bytes: &[u8], at: DateTime<Utc>) {
        let path = self.folder().join(name);
        std::fs::write(&path, bytes).unwrap();
        let file = std::fs::File::options().write(true).open(&path).unwrap();
        file.set_modified(SystemTime::from(at)).unwrap();
    }

    pub fn import(&mut self) -> ImportReport {
        let folder = self.folder();
        report_of(self, &folder)
    }

    pub fn export(&self) -> BTreeMap<String, Vec<u8>> {
        let dir = self.dir.path().join("out");
        let report = exchange::export(&self.store, &dir).unwrap();
        report
            .files
            .iter()
            .map(|file| (file.file.clone(), std::fs::read(dir.join(&file.file)).unwrap()))
            .collect()
    }

    /// The text of one exported file.
    pub fn exported(&self, name: &str) -> String {
        String::from_utf8(self.export().remove(name).unwrap()).unwrap()
    }

    /// A small shop with something in every file.
    pub fn write_all(&self) {
        self.write("employees.csv", "code,name,role,active\nELS,Els,manager,yes\nJAN,Jan,,\n");
        self.write(
            "customers.csv",
            "code,kind,salutation,name,company,notes,language,contact_allowed\n\
             1,private,De heer,\"Jansen, \"\"Jan\"\"\",,\"twee\nregels\",nl,ja\n2,Company,,,Garage €uro,,pt-BR,\n",
        );
        self.write(
            "vehicles.csv",
            "plate,make,model,variant,inspection_expires_on,cost_per_km\nJL-29-JK,OPEL,REKORD,20S,2015-05-10,\"0,1234\"\nV-444-44,ALFA ROMEO,159,,,\n",
        );
        self.write(
            "ownerships.csv",
            "plate;customer;from_on;until_on\njl29jk;1;01-02-2010;\nV44444;2;13-03-2014;14-03-2015\n",
        );
        self.write(
            "visits.csv",
            "code,plate,customer,visited_on,odometer_km,description\nB1,JL-29-JK,1,2014-05-01,\"41.200\",beurt\nB2,JL-29-JK,1,2015-01-02,48000,\n",
        );
        self.write(
            "invoices.csv",
            "number,customer,plate,invoiced_on,total_incl_vat\nF1,1,JL29JK,2015-01-02,\"1.234,56\"\n",
        );
        self.write("sales.csv", "number,customer,plate,sold_on,price\nV1,1,JL29JK,2010-02-01,12500\n");
        self.write("inspections.csv", "plate,inspected_on,result,advice\nJL29JK,2014-05-01,PASS,ac1 AC5\n");
        self.write(
            "quotes.csv",
            "number,kind,customer,plate,issued_on,valid_until,total_incl_vat,status\nO1,workshop,1,JL29JK,2015-04-20,2015-05-20,1234.56,\n",
        );
        self.write(
            "appointments.csv",
            "number,kind,plate,customer,starts_at,ends_at,status\nA1,inspection,JL29JK,1,2015-05-08T09:00,2015-05-08T10:00,planned\n",
        );
        self.write("leesmij.txt", "niets");
    }
}

/// Imports a path as a technician does.
pub fn report_of(shop: &mut Inbox, path: &Path) -> ImportReport {
    let rejects = shop.rejects();
    let options = ImportOptions {
        dry_run: shop.dry_run,
        strict: shop.strict,
        rejects_dir: &rejects,
        now: shop.now,
        progress: &mut |_| {},
    };
    exchange::import(&mut shop.store, path, options).unwrap()
}
