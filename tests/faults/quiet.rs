//! Row 25: collecting fails and fails. It never gives up, and never looks as if it had succeeded.

use std::time::Duration;

use balie::domain::task::StatusFilter;
use rusqlite::Connection;

use crate::copies::{run, words};
use crate::process::Collector;
use crate::shop::Shop;

#[test]
fn ten_failed_runs_switch_nothing_off_and_the_next_good_one_makes_it_good() {
    let mut shop = Shop::new();
    shop.vehicle("11-AB-11").inspection_expires("2015-08-10");
    shop.collect();
    let last = shop.store.last_collection().unwrap();
    shop.vehicle("22-AB-22").inspection_expires("2015-08-11");
    shop.import();
    let other = Connection::open(shop.folder().join("balie.db")).unwrap();
    other
        .execute_batch(
            "CREATE TRIGGER broken BEFORE INSERT ON collection BEGIN SELECT raise(ABORT, 'a test'); END",
        )
        .unwrap();
    let settings = shop.store.settings().unwrap();
    for _ in 0..10 {
        let said = run(shop.folder(), &["--today", "2015-05-01", "collect"]);
        assert_eq!(said.status.code(), Some(1), "{}", words(&said));
        assert_eq!(words(&said).lines().count(), 1, "{}", words(&said));
    }
    let mut collector = Collector::start(shop.folder(), &["--today", "2015-05-01"], &[]);
    for wait in [2, 4, 8] {
        let status = collector.wait_for("STATUS=Verzamelen mislukt", Duration::from_secs(20));
        assert!(status.contains(&format!("nieuwe poging over {wait} s. Laatste keer")), "{status}");
        let heard = collector.listen(Duration::from_secs(1));
        assert!(heard.iter().any(|message| message == "WATCHDOG=1"), "{heard:?}");
    }
    // Half a run never existed, the last good one is still the last, and everything is still on.
    assert_eq!(shop.store.last_collection().unwrap(), last);
    assert_eq!(shop.list(StatusFilter::Open).len(), 1);
    assert_eq!(shop.store.settings().unwrap(), settings);
    other.execute_batch("DROP TRIGGER broken").unwrap();
    collector.wait_for("STATUS=Laatste keer", Duration::from_secs(20));
    assert_eq!(shop.list(StatusFilter::Open).len(), 2);
}
