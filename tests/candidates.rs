//! SQL chooses candidates by dates, Rust decides. For random shops, settings and days: what a
//! collection finds through its windows is what the rule says about everything.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod shop;

use balie::domain::plate::Plate;
use balie::domain::register::RegisterRecall;
use balie::domain::rule::RuleKey;
use balie::domain::task::TaskState;
use balie::rules::decide::{Day, decide, since};
use balie::store::register::{AskingDay, Told};
use chrono::{NaiveDate, TimeDelta};
use proptest::prelude::*;
use shop::Shop;

/// A random part of a shop: numbers from which rows are made.
#[derive(Debug, Clone)]
struct Row {
    vehicle: usize,
    customer: usize,
    distances: [i64; 8],
    kind: usize,
}

fn rows(most: usize) -> impl Strategy<Value = Vec<Row>> {
    // Most dates lie near the edges of windows, some far away.
    let distance = prop_oneof![4 => -160i64..160, 1 => -2000i64..2000];
    let row = (0usize..8, 0usize..6, prop::array::uniform8(distance), 0usize..4);
    let row = row.prop_map(|(vehicle, customer, distances, kind)| Row { vehicle, customer, distances, kind });
    prop::collection::vec(row, 1..most)
}

/// Random settings, as keys and values.
fn settings() -> impl Strategy<Value = Vec<(String, String)>> {
    let rule = (0usize..RuleKey::ALL.len(), any::<bool>(), 0u32..130, 0u32..30);
    let general = (0u32..30, 0u32..30, prop_oneof![Just(0u32), 1u32..120]);
    (prop::collection::vec(rule, 0..24), general).prop_map(|(rules, (ahead, back, seen))| {
        let mut all = vec![
            ("general.look_ahead_days".to_owned(), ahead.to_string()),
            ("general.look_back_days".to_owned(), back.to_string()),
            ("general.recently_seen_months".to_owned(), seen.to_string()),
        ];
        for (index, enabled, number, other) in rules {
            let rule = RuleKey::ALL[index];
            all.push((format!("rules.{rule}.enabled"), enabled.to_string()));
            let numbers: &[(&str, u32)] = match rule {
                RuleKey::Registration | RuleKey::Recall => &[],
                RuleKey::NotSeen => &[("months", number % 12)],
                RuleKey::InvoiceAbove => &[("amount", number)],
                RuleKey::WorkshopQuote | RuleKey::CarQuote | RuleKey::SalesAgreement => {
                    &[("days_after", other), ("days_before", number)]
                }
                _ => &[("days", number)],
            };
            all.extend(
                numbers.iter().map(|(name, value)| (format!("rules.{rule}.{name}"), value.to_string())),
            );
        }
        all
    })
}

/// Says the rows to the shop; the second time with the same keys, so that things change.
fn tell(shop: &mut Shop, rows: &[Row]) {
    let today: NaiveDate = "2015-05-01".parse().unwrap();
    let day = |distance: i64| (today + TimeDelta::days(distance)).to_string();
    for (number, row) in rows.iter().enumerate() {
        let customer = format!("K{}", row.customer);
        let kind = ["private", "company", "trader", "prospect"][row.kind];
        let allowed = ["yes", "no", "", ""][row.kind];
        shop.customer(&customer).has("kind", kind).has("contact_allowed", allowed);
        let plate = format!("{}0-AB-CD", row.vehicle + 1);
        let columns = [
            "inspection_expires_on",
            "warranty_until",
            "roadside_cover_until",
            "next_service_on",
            "timing_belt_on",
            "service_interval_on",
            "repair_advice_on",
        ];
        let mut vehicle = shop.vehicle(&plate);
        for (column, distance) in columns.into_iter().zip(row.distances) {
            vehicle = vehicle.has(column, &if distance % 7 == 0 { String::new() } else { day(distance) });
        }
        if row.distances[7] % 3 != 0 {
            shop.visit(&plate, &day(row.distances[7]));
        }
        let key = number.to_string();
        match row.kind {
            0 => shop
                .owns(&customer, &plate, &day(row.distances[0]))
                .has("until_on", &day(row.distances[0] + 90)),
            1 => shop.owns(&customer, &plate, &day(row.distances[0])),
            2 => shop.appointment(&key, &plate, &format!("{}T10:00", day(row.distances[1]))),
            _ => shop.inspected(&plate, &day(row.distances[2]), ["AC1", "AC5", "AC1 AC5", "AC7"][number % 4]),
        };
        shop.invoice(&key, &plate, &day(row.distances[3]), &format!("{}.50", row.distances[4].abs()))
            .of(&customer);
        shop.sale(&key, &plate, &day(row.distances[5])).of(&customer);
        let quote = ["workshop", "car", "agreement"][number % 3];
        let status = ["open", "open", "open", "accepted"][row.kind];
        shop.quote(&key, quote, &plate, &day(row.distances[6]), &day(row.distances[6] + 30))
            .of(&customer)
            .has("status", status);
    }
}

/// Lets the register tell of recalls, some of them carried out.
fn recall(shop: &mut Shop, rows: &[Row]) {
    shop.import();
    for (number, row) in rows.iter().enumerate().filter(|(number, _)| number % 3 == 0) {
        let plate = Plate::parse(&format!("{}0-AB-CD", row.vehicle + 1)).unwrap();
        let Some((id, _)) = shop.store.vehicle_by_plate(&plate).unwrap() else { continue };
        let told = RegisterRecall {
            plate: plate.clone(),
            reference: format!("MGP{}", number % 2),
            open: row.kind != 2,
        };
        let today = shop.today - TimeDelta::days(row.distances[0].rem_euclid(60));
        let day = AskingDay { today, now: shop.at(), actor: shop.actor() };
        let told = Told { recalls: &[told], actions: &[], complete: true };
        shop.store.save_register_recalls(&[(id, plate)], told, &day).unwrap();
    }
}

/// Collects, and compares with the rule over everything.
fn collect_and_compare(shop: &mut Shop) -> Result<(), TestCaseError> {
    shop.import();
    let settings = shop.store.settings().unwrap();
    let last = shop.store.last_collected().unwrap();
    let today = shop.today;
    let mut expected = Vec::new();
    for rule in RuleKey::ALL {
        let bound = since(today, last.get(&rule).copied(), &settings);
        for half in rule.halves() {
            for candidate in shop.store.candidates(rule, *half, None, today).unwrap() {
                let facts = candidate.facts;
                let customer = facts.customer.map(|customer| customer.id);
                let stays = candidate.task.is_some_and(|task| {
                    task.state == TaskState::Open
                        && (task.customer.is_none() || task.customer == customer)
                        && decide(&facts, &settings, Day { today, since: None }).is_made()
                });
                if stays || decide(&facts, &settings, Day { today, since: Some(bound) }).is_made() {
                    expected.push((rule, *half, facts.subject, facts.counts_from));
                }
            }
        }
    }
    shop.collect();
    let mut found = Vec::new();
    for rule in RuleKey::ALL {
        for half in rule.halves() {
            for candidate in shop.store.candidates(rule, *half, None, today).unwrap() {
                if candidate.task.is_some_and(|task| task.state == TaskState::Open) {
                    let facts = candidate.facts;
                    found.push((rule, *half, facts.subject, facts.counts_from));
                }
            }
        }
    }
    prop_assert_eq!(found, expected);
    prop_assert_eq!(
        shop.open().len(),
        shop.store.due_counts("2099-01-01".parse().unwrap(), 0).unwrap().due as usize
    );
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, max_shrink_iters: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn candidates_then_rule_is_rule_over_everything(
        first in rows(25),
        second in rows(25),
        before in settings(),
        after in settings(),
        wait in 0i64..60,
    ) {
        let mut shop = Shop::new();
        for (key, value) in before {
            shop.set(&key, &value);
        }
        tell(&mut shop, &first);
        recall(&mut shop, &first);
        collect_and_compare(&mut shop)?;
        tell(&mut shop, &second);
        recall(&mut shop, &second);
        for (key, value) in after {
            shop.set(&key, &value);
        }
        shop.today += TimeDelta::days(wait);
        collect_and_compare(&mut shop)?;
        let again = shop.collect();
        prop_assert_eq!((again.made, again.withdrawn, again.returned, again.changed), (0, 0, 0, 0));
    }
}
