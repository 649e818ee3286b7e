//! What the settings page foretells is what the collector then does, day by day, for eight weeks
//! (NEW-02); for small random shops and random settings.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod shop;

use std::collections::BTreeSet;

use balie::domain::rule::RuleKey;
use balie::domain::settings::Settings;
use balie::domain::task::TaskState;
use balie::store::preview::Outlook;
use chrono::{NaiveDate, TimeDelta};
use proptest::prelude::*;
use shop::Shop;

/// One vehicle: how many days from today each of its dates lies.
#[derive(Debug, Clone)]
struct Car {
    distances: [i64; 6],
    kind: usize,
}

fn cars() -> impl Strategy<Value = Vec<Car>> {
    let car = (prop::array::uniform6(-200i64..200), 0usize..4);
    prop::collection::vec(car.prop_map(|(distances, kind)| Car { distances, kind }), 1..10)
}

fn tell(shop: &mut Shop, cars: &[Car]) {
    let today = shop.today;
    let day = |distance: i64| (today + TimeDelta::days(distance)).to_string();
    for (number, car) in cars.iter().enumerate() {
        let (plate, customer) = (format!("{}0-AB-CD", number + 1), format!("K{number}"));
        let kind = ["private", "company", "trader", "private"][car.kind];
        shop.customer(&customer).has("kind", kind).has("contact_allowed", ["yes", "no", "", ""][car.kind]);
        shop.vehicle(&plate)
            .has("inspection_expires_on", &day(car.distances[0]))
            .has("next_service_on", &day(car.distances[1]));
        shop.owns(&customer, &plate, "2010-01-01");
        if car.kind != 1 {
            shop.visit(&plate, &day(-car.distances[2].abs() - 1));
        }
        if car.kind == 3 {
            shop.appointment(&plate, &plate, &format!("{}T10:00", day(car.distances[3])));
        }
        shop.inspected(&plate, &day(-car.distances[4].abs()), "AC1 AC5");
        shop.invoice(&plate, &plate, &day(-car.distances[4].abs()), "500.00").of(&customer);
        let until = day(car.distances[5] + 30);
        shop.quote(&plate, "workshop", &plate, &day(car.distances[5]), &until).of(&customer);
    }
}

fn settings() -> impl Strategy<Value = Vec<(&'static str, u32)>> {
    (1u32..120, 1u32..60, 1u32..9, 0u32..40, 0u32..40, 0u32..25, prop_oneof![Just(0u32), 1u32..12], 0u32..30)
        .prop_map(|(inspection, advice, months, after, before, ahead, seen, back)| {
            vec![
                ("rules.inspection.days", inspection),
                ("rules.next_service.days", inspection / 2),
                ("rules.tyre_advice.days", advice),
                ("rules.not_seen.months", months),
                ("rules.invoice_above.amount", 100),
                ("rules.workshop_quote.days_after", after),
                ("rules.workshop_quote.days_before", before),
                ("general.look_ahead_days", ahead),
                ("general.look_back_days", back),
                ("general.recently_seen_months", seen),
            ]
        })
}

fn switched_on(shop: &mut Shop) {
    for rule in ["invoice_above", "workshop_quote"] {
        shop.set(&format!("rules.{rule}.enabled"), "true");
    }
}

type Key = (RuleKey, String);

/// What is open or waits, with all that tells one task from another.
fn standing(shop: &Shop) -> BTreeSet<Key> {
    let mut all = BTreeSet::new();
    for rule in RuleKey::ALL {
        for half in rule.halves() {
            for candidate in shop.store.candidates(rule, *half, None, shop.today).unwrap() {
                let there = candidate
                    .task
                    .is_some_and(|task| matches!(task.state, TaskState::Open | TaskState::Waiting));
                if there {
                    let facts = candidate.facts;
                    all.insert((rule, format!("{half} {:?} {:?}", facts.subject, facts.counts_from)));
                }
            }
        }
    }
    all
}

fn foretold(shop: &Shop, settings: &Settings) -> Vec<[u32; 8]> {
    shop.store.preview(&mut Outlook::default(), settings, shop.today).unwrap().rules.to_vec()
}

/// Eight weeks with a collection a day, and what each brought.
fn lived(shop: &mut Shop) -> Vec<[u32; 8]> {
    let began = shop.today;
    let monday = balie::domain::dates::monday_of(began);
    let mut brought = vec![[0; 8]; RuleKey::ALL.len()];
    let end: NaiveDate = monday + TimeDelta::days(8 * 7 - 1);
    while shop.today <= end {
        let before = standing(shop);
        shop.collect();
        let week = (shop.today - monday).num_days() / 7;
        for (rule, _) in standing(shop).difference(&before) {
            brought[rule.index()][usize::try_from(week).unwrap()] += 1;
        }
        shop.today += TimeDelta::days(1);
    }
    shop.today = began;
    brought
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, max_shrink_iters: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn eight_weeks_bring_what_was_foretold(
        cars in cars(),
        before in settings(),
        after in settings(),
        collected in any::<bool>(),
        off in 0i64..40,
    ) {
        let mut shop = Shop::new();
        switched_on(&mut shop);
        for (key, value) in before {
            shop.set(key, &value.to_string());
        }
        tell(&mut shop, &cars);
        shop.import();
        if collected {
            shop.collect();
            shop.today += TimeDelta::days(off);
        }
        // Changed settings are foretold before they are saved.
        let mut changed = shop.store.settings().unwrap();
        for (key, value) in &after {
            changed.set(key, &value.to_string()).unwrap();
        }
        let foretold = foretold(&shop, &changed);
        for (key, value) in &after {
            shop.set(key, &value.to_string());
        }
        prop_assert_eq!(foretold, lived(&mut shop));
    }
}

#[test]
fn a_step_reads_nothing_again_and_says_the_same_as_a_fresh_reading() {
    let mut shop = Shop::new();
    for number in 0..60 {
        let plate = format!("{:02}-AB-CD", number + 1);
        let expires = shop.today + TimeDelta::days(i64::from(number) * 3);
        shop.vehicle(&plate).inspection_expires(&expires.to_string());
    }
    shop.import();
    let mut outlook = Outlook::default();
    let mut settings = shop.store.settings().unwrap();
    let mut totals = BTreeSet::new();
    for days in (20..=160).chain([0, 1, 300, 5]) {
        settings.set("rules.inspection.days", &days.to_string()).unwrap();
        let stepped = shop.store.preview(&mut outlook, &settings, shop.today).unwrap();
        let fresh = shop.store.preview(&mut Outlook::default(), &settings, shop.today).unwrap();
        assert_eq!(stepped, fresh, "{days} days");
        totals.insert(stepped.total().iter().sum::<u32>());
    }
    assert!(totals.len() > 20 && totals.contains(&0), "the numbers matter: {totals:?}");
    // Another program's change is seen.
    let before = shop.store.preview(&mut outlook, &settings, shop.today).unwrap();
    shop.store = balie::store::Store::open(&shop.folder().join("balie.db")).unwrap();
    let today = shop.today.to_string();
    shop.vehicle("99-ZZ-ZZ").inspection_expires(&today);
    shop.import();
    outlook.clear();
    let after = shop.store.preview(&mut outlook, &settings, shop.today).unwrap();
    assert_eq!(after.total()[0], before.total()[0] + 1);
}
