//! What the shop sees after a collection: the seed's examples, withdrawing and returning, the
//! weekly capacity, and what Balie makes good after it was off.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod shop;

use balie::domain::task::{Period, StatusFilter};
use shop::Shop;

/// The defaults of the shop in these tests: nothing but the rule that the test is about.
fn shop_with_only(rule: &str) -> Shop {
    let mut shop = Shop::new();
    for (key, _) in balie::domain::settings::Settings::default().list() {
        if key.ends_with(".enabled") {
            shop.set(&key, if key.contains(&format!(".{rule}.")) { "true" } else { "false" });
        }
    }
    shop
}

#[test]
fn an_inspection_seven_days_before() {
    let mut shop = shop_with_only("inspection");
    shop.set("rules.inspection.days", "7");
    shop.vehicle("JL-29-JK").inspection_expires("2015-05-10");
    shop.vehicle("23-NL-PD").inspection_expires("2015-05-05");
    shop.on("2015-05-01").collect();
    assert_eq!(
        shop.list(StatusFilter::Open),
        ["2015-04-28 23NLPD inspection", "2015-05-03 JL29JK inspection"]
    );
    let plates = |period| {
        let rows = shop.rows(period, StatusFilter::Open).into_iter();
        rows.map(|row| row.plate.unwrap().to_string()).collect::<Vec<_>>()
    };
    assert_eq!(plates(Period::Past7), ["23-NL-PD"]);
    assert_eq!(plates(Period::Next7), ["JL-29-JK"]);
    assert_eq!(plates(Period::All).len(), 2);
}

#[test]
fn not_seen_for_four_calendar_months() {
    let mut shop = shop_with_only("not_seen");
    for (plate, last) in [("11-AA-11", "2014-12-31"), ("22-BB-22", "2015-01-01"), ("33-CC-33", "2015-01-02")]
    {
        shop.vehicle(plate);
        shop.visit(plate, "2013-07-01");
        shop.visit(plate, last);
    }
    shop.collect();
    assert_eq!(shop.list(StatusFilter::Open), ["2015-04-30 11AA11 not_seen", "2015-05-01 22BB22 not_seen"]);
}

#[test]
fn collecting_again_changes_nothing() {
    let mut shop = shop_with_only("inspection");
    for number in 10..60 {
        shop.vehicle(&format!("{number}-AB-CD")).inspection_expires("2015-05-20");
    }
    let first = shop.collect();
    assert_eq!((first.made, first.released, first.unchanged), (50, 50, 0));
    for _ in 0..100 {
        let again = shop.collect();
        assert_eq!(
            (again.made, again.withdrawn, again.returned, again.changed, again.unchanged),
            (0, 0, 0, 0, 50)
        );
    }
}

#[test]
fn a_handled_task_does_not_come_back_for_the_same_date() {
    let mut shop = shop_with_only("inspection");
    shop.vehicle("JL-29-JK").inspection_expires("2015-05-10");
    shop.collect();
    let task = shop.open().first().unwrap().id;
    let actor = shop.actor();
    assert!(shop.store.handle_task(task, Some("klaar"), actor).unwrap().is_some());
    assert!(
        shop.store.handle_task(task, None, actor).unwrap().is_none(),
        "the second finger finds it finished"
    );
    assert_eq!(shop.collect().made, 0);
    assert_eq!(shop.list(StatusFilter::Closed).len(), 1);
    shop.vehicle("JL-29-JK").inspection_expires("2015-05-11");
    assert_eq!(shop.collect().made, 1, "another date is another task");
}

#[test]
fn a_task_is_withdrawn_when_its_reason_goes_and_returns_with_it() {
    let mut shop = shop_with_only("inspection");
    shop.customer("K1");
    shop.vehicle("JL-29-JK").inspection_expires("2015-05-20");
    shop.owns("K1", "JL-29-JK", "2012-01-01");
    shop.collect();
    let gone = |shop: &mut Shop| {
        let report = shop.collect();
        assert_eq!((report.withdrawn, report.returned), (1, 0));
        assert!(shop.open().is_empty());
    };
    let back = |shop: &mut Shop| {
        let report = shop.collect();
        assert_eq!((report.withdrawn, report.returned, report.made), (0, 1, 0));
        assert_eq!(shop.list(StatusFilter::Open), ["2015-02-09 JL29JK inspection"]);
    };
    // An appointment is made, and cancelled.
    shop.appointment("A1", "JL-29-JK", "2015-05-12T10:00");
    gone(&mut shop);
    shop.appointment("A1", "JL-29-JK", "2015-05-12T10:00").has("status", "cancelled");
    back(&mut shop);
    // The rule is switched off, and on.
    shop.set("rules.inspection.enabled", "false");
    gone(&mut shop);
    shop.set("rules.inspection.enabled", "true");
    back(&mut shop);
    // The number becomes 0, and 100 again.
    shop.set("rules.inspection.days", "0");
    gone(&mut shop);
    shop.set("rules.inspection.days", "100");
    back(&mut shop);
    // The customer turns out to be a trader, and not.
    shop.customer("K1").has("kind", "trader");
    gone(&mut shop);
    shop.customer("K1");
    back(&mut shop);
    // The customer objects; then the manager classes the rule as a service.
    shop.customer("K1").has("contact_allowed", "no");
    gone(&mut shop);
    shop.set("rules.inspection.legal_class", "service");
    back(&mut shop);
    // The inspection was done: for good.
    shop.vehicle("JL-29-JK").inspection_expires("2016-05-20");
    gone(&mut shop);
    let history =
        shop.store.task_history(shop.rows(Period::All, StatusFilter::Withdrawn).first().unwrap().id).unwrap();
    // Made; five times withdrawn, returned and released; withdrawn.
    assert_eq!(history.len(), 1 + 5 * 3 + 1);
    assert_eq!(history.last().unwrap().field.as_deref(), Some("date changed"));
}

#[test]
fn when_the_car_changes_hands_the_task_goes_with_it() {
    let mut shop = shop_with_only("inspection");
    shop.customer("K1");
    shop.customer("K2");
    shop.vehicle("JL-29-JK").inspection_expires("2015-05-20");
    shop.owns("K1", "JL-29-JK", "2012-01-01");
    shop.collect();
    shop.owns("K1", "JL-29-JK", "2012-01-01").has("until_on", "2015-05-01");
    let report = shop.collect();
    assert_eq!((report.withdrawn, report.returned), (1, 0), "nobody is left to call");
    assert_eq!(shop.collect().returned, 0);
    shop.owns("K2", "JL-29-JK", "2015-05-01");
    assert_eq!(shop.collect().returned, 1);
    assert_eq!(shop.open().first().unwrap().customer_code.as_deref(), Some("K2"));
    shop.owns("K1", "JL-29-JK", "2015-05-02");
    shop.on("2015-05-02");
    let report = shop.collect();
    assert_eq!((report.withdrawn, report.returned), (1, 1), "straight to the next owner");
    assert_eq!(shop.open().first().unwrap().customer_code.as_deref(), Some("K1"));
}

#[test]
fn an_owner_found_later_is_put_on_the_task() {
    let mut shop = shop_with_only("inspection");
    shop.vehicle("JL-29-JK").inspection_expires("2015-05-20");
    shop.collect();
    assert_eq!(shop.open().first().unwrap().customer_code, None);
    shop.customer("K1");
    shop.owns("K1", "JL-29-JK", "2012-01-01");
    assert_eq!(shop.collect().changed, 1);
    assert_eq!(shop.open().first().unwrap().customer_code.as_deref(), Some("K1"));
}

#[test]
fn a_changed_number_moves_untouched_tasks() {
    let mut shop = shop_with_only("inspection");
    shop.vehicle("JL-29-JK").inspection_expires("2015-05-10");
    shop.vehicle("23-NL-PD").inspection_expires("2015-07-10");
    shop.collect();
    assert_eq!(shop.open().len(), 2);
    shop.set("rules.inspection.days", "7");
    let report = shop.collect();
    assert_eq!((report.changed, report.withdrawn), (1, 1));
    assert_eq!(shop.list(StatusFilter::Open), ["2015-05-03 JL29JK inspection"]);
    shop.employee("ELS");
    shop.set("rules.inspection.assignee", "ELS");
    shop.collect();
    assert_eq!(shop.open().first().unwrap().employee.as_deref(), Some("ELS"));
}

#[test]
fn each_quote_sale_invoice_and_inspection_makes_its_own_task() {
    let mut shop = Shop::new();
    for (key, value) in [
        ("rules.not_seen.enabled", "false"),
        ("rules.car_sold.enabled", "true"),
        ("rules.car_sold.days", "3"),
        ("rules.invoice_above.enabled", "true"),
        ("rules.invoice_above.amount", "1000"),
        ("rules.workshop_quote.enabled", "true"),
        ("rules.workshop_quote.days_after", "7"),
        ("rules.workshop_quote.days_before", "3"),
    ] {
        shop.set(key, value);
    }
    shop.customer("K1");
    shop.customer("H1").has("kind", "trader");
    shop.vehicle("JL-29-JK");
    shop.sale("V1", "JL-29-JK", "2015-04-25").of("K1");
    shop.sale("V2", "JL-29-JK", "2015-04-26").of("K1");
    shop.sale("V3", "JL-29-JK", "2015-04-26").of("H1");
    shop.invoice("F1", "JL-29-JK", "2015-04-17", "1000.01").of("K1");
    shop.invoice("F2", "JL-29-JK", "2015-04-17", "1000.00").of("K1");
    shop.quote("O1", "workshop", "JL-29-JK", "2015-04-20", "2015-05-04").of("K1");
    shop.quote("O2", "car", "JL-29-JK", "2015-04-20", "2015-05-04").of("K1");
    shop.quote("O3", "workshop", "JL-29-JK", "2015-04-20", "2015-05-04").of("K1").has("status", "rejected");
    shop.inspected("JL-29-JK", "2015-04-20", "ac1 AC7");
    shop.inspected("JL-29-JK", "2015-04-21", "AC1 AC5");
    shop.inspected("JL-29-JK", "2015-03-10", "AC5");
    shop.collect();
    assert_eq!(
        shop.list(StatusFilter::Open),
        [
            "2015-04-24 JL29JK brake_advice",
            "2015-04-27 JL29JK tyre_advice",
            "2015-04-27 JL29JK workshop_quote",
            "2015-04-28 JL29JK car_sold",
            "2015-04-28 JL29JK tyre_advice",
            "2015-04-29 JL29JK car_sold",
            "2015-05-01 JL29JK invoice_above",
            "2015-05-01 JL29JK workshop_quote",
        ]
    );
}

#[test]
fn the_week_has_so_many_places_and_a_withdrawn_task_gives_its_own_back() {
    let mut shop = shop_with_only("inspection");
    shop.set("general.weekly_capacity", "20");
    for number in 10..40 {
        shop.vehicle(&format!("{number}-AB-CD"))
            .inspection_expires(&format!("2015-06-{number}").replace("06-3", "07-1"));
    }
    // Friday.
    let report = shop.collect();
    assert_eq!((report.made, report.released, report.waiting), (30, 20, 10));
    assert_eq!(
        shop.open().first().unwrap().plate.as_ref().unwrap().to_string(),
        "10-AB-CD",
        "what expires first"
    );
    assert_eq!(shop.collect().released, 0);
    shop.appointment("A1", "10-AB-CD", "2015-05-12T10:00");
    let report = shop.collect();
    assert_eq!((report.withdrawn, report.released, report.waiting), (1, 1, 9));
    // Finishing a task makes no room in the same week.
    let (task, actor) = (shop.open().first().unwrap().id, shop.actor());
    shop.store.handle_task(task, None, actor).unwrap();
    assert_eq!(shop.on("2015-05-03").collect().released, 0);
    // Monday.
    let report = shop.on("2015-05-04").collect();
    assert_eq!((report.released, report.waiting), (9, 0));
    assert_eq!(shop.open().len(), 28);
}

#[test]
fn a_valuable_customer_comes_first_when_dates_are_equal() {
    let mut shop = shop_with_only("inspection");
    shop.set("general.weekly_capacity", "1");
    for (customer, plate, total) in
        [("K1", "11-AA-11", "100"), ("K2", "22-BB-22", "5000"), ("K3", "33-CC-33", "900")]
    {
        shop.customer(customer);
        shop.vehicle(plate).inspection_expires("2015-05-20");
        shop.owns(customer, plate, "2010-01-01");
        shop.invoice(customer, plate, "2014-06-01", total).of(customer);
        shop.invoice(&format!("old {customer}"), plate, "2012-04-30", "99999").of("K1");
    }
    shop.collect();
    assert_eq!(shop.list(StatusFilter::Open), ["2015-02-09 22BB22 inspection"]);
    let queue: Vec<String> =
        shop.store.waiting_in_order(shop.today).unwrap().into_iter().map(|task| task.plate).collect();
    assert_eq!(queue, ["33CC33", "11AA11"]);
}

#[test]
fn a_balie_that_was_off_makes_good_what_it_missed_and_no_more() {
    for days_off in [1, 10, 400] {
        let fill = |shop: &mut Shop| {
            for offset in 0..600 {
                let plate = format!("A-{offset:03}-AA");
                let expires = shop.today + chrono::TimeDelta::days(offset - 40);
                shop.vehicle(&plate).inspection_expires(&expires.to_string());
            }
        };
        let mut always_on = shop_with_only("inspection");
        let mut switched_off = shop_with_only("inspection");
        fill(&mut always_on);
        fill(&mut switched_off);
        let first = always_on.today;
        switched_off.collect();
        for day in 0..=days_off {
            always_on.today = first + chrono::TimeDelta::days(day);
            always_on.collect();
        }
        switched_off.today = always_on.today;
        switched_off.collect();
        assert_eq!(
            switched_off.list(StatusFilter::Open),
            always_on.list(StatusFilter::Open),
            "{days_off} days off"
        );
    }
}

#[test]
fn switching_a_rule_on_does_not_dig_up_years() {
    let mut shop = shop_with_only("not_seen");
    for (plate, expires) in
        [("11-AA-11", "2012-05-10"), ("22-BB-22", "2015-04-16"), ("33-CC-33", "2015-04-17")]
    {
        shop.vehicle(plate).inspection_expires(expires);
    }
    shop.on("2012-05-01").collect();
    shop.on("2015-04-30").collect();
    shop.on("2015-05-01").set("rules.inspection.enabled", "true");
    shop.collect();
    let list = shop.list(StatusFilter::Open);
    assert_eq!(list.len(), 2, "{list:?}");
    assert!(list.iter().all(|line| !line.contains("11AA11")));
}

#[test]
fn why_explains_each_rule() {
    let mut shop = Shop::with_defaults();
    shop.vehicle("JL-29-JK").inspection_expires("2015-05-20");
    shop.visit("JL-29-JK", "2015-04-20");
    shop.collect();
    let why = balie::collect::why::why(&shop.store, &"JL29JK".parse_plate(), shop.today).unwrap();
    assert_eq!(why.rules.len(), 16);
    let made: Vec<_> = why.rules.iter().filter(|rule| rule.made).map(|rule| rule.rule.as_str()).collect();
    assert_eq!(made, ["inspection"]);
    let reason =
        |rule: &str| why.rules.iter().find(|known| known.rule.as_str() == rule).unwrap().reason.clone();
    assert_eq!(reason("warranty"), "the rule is switched off");
    assert_eq!(reason("not_seen"), "too early: the task is made on 2015-08-20");
    assert_eq!(reason("timing_belt"), "the date it counts from is not known");
    assert!(reason("tyre_advice").contains("AC1"));
}

trait ParsePlate {
    fn parse_plate(&self) -> balie::domain::plate::Plate;
}

impl ParsePlate for &str {
    fn parse_plate(&self) -> balie::domain::plate::Plate {
        balie::domain::plate::Plate::parse(self).unwrap()
    }
}
