//! Row 21: the program went back to the version of before, and the database did not.

use balie::domain::task::StatusFilter;
use balie::store::{Access, Store, StoreError};
use rusqlite::Connection;

use crate::copies::{actor, note};
use crate::shop::Shop;

/// A shop whose tables a newer program has changed; `oldest` is what that program left as the oldest
/// version that can work with them.
fn changed_by_a_newer_program(oldest: i32) -> Shop {
    let mut shop = Shop::new();
    shop.vehicle("11-AB-11").inspection_expires("2015-08-10");
    shop.collect();
    assert_eq!(shop.list(StatusFilter::Open).len(), 1);
    let newer = Connection::open(shop.folder().join("balie.db")).unwrap();
    newer
        .execute_batch(&format!(
            "ALTER TABLE task ADD COLUMN mood TEXT; CREATE TABLE parking (id INTEGER PRIMARY KEY, place TEXT);
             INSERT INTO parking (place) VALUES ('A1'); UPDATE task SET mood = 'fine';
             UPDATE compatible SET oldest = {oldest}; PRAGMA user_version = 3;"
        ))
        .unwrap();
    shop
}

#[test]
fn tables_to_which_a_newer_program_added_are_worked_with_and_nothing_of_them_is_lost() {
    let mut shop = changed_by_a_newer_program(2);
    let database = shop.folder().join("balie.db");
    Store::open_with(&database, Access::Read).unwrap().check_all().unwrap();
    shop.store = Store::open(&database).unwrap();
    assert_eq!(shop.list(StatusFilter::Open).len(), 1);
    shop.vehicle("22-AB-22").inspection_expires("2015-08-11");
    assert_eq!(shop.collect().made, 1);
    let (id, at) = (shop.open()[0].id, shop.actor());
    shop.store.handle_task(id, None, at).unwrap();
    let copy = shop.folder().join("copy.db");
    shop.store.back_up(&copy, &mut |_, _| {}).unwrap();
    for path in [&database, &copy] {
        let newer = Connection::open(path).unwrap();
        let text = |sql: &str| newer.query_row(sql, [], |row| row.get::<_, String>(0)).unwrap();
        assert_eq!(text("SELECT place FROM parking"), "A1");
        assert_eq!(text("SELECT mood FROM task WHERE state = 'handled'"), "fine");
        assert_eq!(newer.pragma_query_value(None, "user_version", |row| row.get::<_, i32>(0)).unwrap(), 3);
    }
}

#[test]
fn tables_that_mean_something_else_are_refused_in_words_and_left_alone() {
    let shop = changed_by_a_newer_program(3);
    let database = shop.folder().join("balie.db");
    let Shop { store, .. } = shop;
    drop(store);
    let before = std::fs::read(&database).unwrap_or_default();
    for access in [Access::Write, Access::Read] {
        let error = Store::open_with(&database, access).unwrap_err();
        assert!(matches!(error, StoreError::Newer { version: 3, .. }) && !error.is_damage(), "{error}");
        assert!(error.to_string().contains("update this program"), "{error}");
    }
    assert_eq!(std::fs::read(&database).unwrap_or_default(), before);
    let _ = (note, actor);
}
