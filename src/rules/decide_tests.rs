//! Each rule's boundaries, and every reason that can hold a task back.

use super::*;
use crate::domain::ids::{CustomerId, InvoiceId, VehicleId};
use crate::domain::plate::Plate;
use crate::domain::task::Subject;
use crate::rules::facts::{CustomerFacts, RegistrationFacts, VehicleFacts};

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// A vehicle that was in the workshop yesterday and belongs to a private customer.
fn facts(rule: RuleKey, half: Half, counts_from: &str) -> Facts {
    Facts {
        rule,
        half,
        subject: Subject::Vehicle(VehicleId(1)),
        counts_from: Some(date(counts_from)),
        vehicle: Some(VehicleFacts {
            id: VehicleId(1),
            plate: Plate::parse("JL-29-JK").unwrap(),
            last_visit_on: Some(date("2015-01-15")),
            inspection_appointment_on: None,
        }),
        customer: Some(CustomerFacts {
            id: CustomerId(1),
            kind: CustomerKind::Private,
            contact_allowed: None,
            active: true,
        }),
        total: None,
        open: true,
        registration: None,
        made_for: None,
    }
}

fn settings(changes: &[(&str, &str)]) -> Settings {
    let mut settings = Settings::default();
    for (key, value) in changes {
        settings.set(key, value).unwrap();
    }
    settings
}

fn on(today: &str) -> Day {
    let today = date(today);
    Day { today, since: Some(minus_days(today, 14)) }
}

#[test]
fn the_second_and_third_example_of_the_seed() {
    let settings = settings(&[("rules.inspection.days", "7")]);
    for (expires, execute_on) in [("2015-05-10", "2015-05-03"), ("2015-05-05", "2015-04-28")] {
        let verdict = decide(&facts(RuleKey::Inspection, Half::Whole, expires), &settings, on("2015-05-01"));
        assert_eq!(verdict, Verdict { execute_on: Some(date(execute_on)), against: None });
    }
}

#[test]
fn the_fourth_example_of_the_seed() {
    let settings = settings(&[]);
    for (last, made) in [("2014-12-31", true), ("2015-01-01", true), ("2015-01-02", false)] {
        let mut facts = facts(RuleKey::NotSeen, Half::Whole, last);
        facts.vehicle.as_mut().unwrap().last_visit_on = Some(date(last));
        assert_eq!(decide(&facts, &settings, on("2015-05-01")).is_made(), made, "{last}");
    }
}

/// For every rule: the first day on which the task is made, and the day before.
#[test]
fn every_rule_fires_on_its_day_and_not_the_day_before() {
    use RuleKey::*;
    let cases = [
        (Warranty, Half::Whole, "days", "30", "2015-06-14", "2015-05-01"),
        (CarSold, Half::Whole, "days", "10", "2015-04-21", "2015-05-01"),
        (InvoiceAbove, Half::Whole, "amount", "1000", "2015-04-17", "2015-05-01"),
        (NotSeen, Half::Whole, "months", "4", "2015-01-01", "2015-05-01"),
        (NotSeen, Half::Whole, "months", "4", "2014-10-31", "2015-02-28"),
        (NotSeen, Half::Whole, "months", "4", "2015-10-31", "2016-02-29"),
        (TyreAdvice, Half::Whole, "days", "7", "2015-04-24", "2015-05-01"),
        (BrakeAdvice, Half::Whole, "days", "45", "2015-03-17", "2015-05-01"),
        (RepairAdvice, Half::Whole, "days", "30", "2015-06-14", "2015-05-01"),
        (Inspection, Half::Whole, "days", "100", "2015-08-23", "2015-05-01"),
        (Inspection, Half::Whole, "days", "1", "2016-03-15", "2016-02-29"),
        (Inspection, Half::Whole, "days", "3", "2015-04-12", "2015-03-26"),
        (RoadsideCover, Half::Whole, "days", "100", "2015-08-23", "2015-05-01"),
        (NextService, Half::Whole, "days", "30", "2015-06-14", "2015-05-01"),
        (TimingBelt, Half::Whole, "days", "30", "2015-11-23", "2015-10-10"),
        (ServiceInterval, Half::Whole, "days", "30", "2016-02-13", "2015-12-31"),
        (WorkshopQuote, Half::After, "days_after", "7", "2015-04-24", "2015-05-01"),
        (WorkshopQuote, Half::Before, "days_before", "3", "2015-05-18", "2015-05-01"),
        (CarQuote, Half::After, "days_after", "1", "2015-03-29", "2015-03-30"),
        (CarQuote, Half::Before, "days_before", "3", "2015-05-18", "2015-05-01"),
        (SalesAgreement, Half::After, "days_after", "7", "2015-10-25", "2015-11-01"),
        (SalesAgreement, Half::Before, "days_before", "3", "2015-05-18", "2015-05-01"),
    ];
    for (rule, half, number, value, counts_from, first) in cases {
        let settings = settings(&[
            (&format!("rules.{rule}.enabled"), "true"),
            (&format!("rules.{rule}.{number}"), value),
            ("general.recently_seen_months", "0"),
        ]);
        let mut facts = facts(rule, half, counts_from);
        facts.total = Some(Money(100_001));
        let day_before = date(first).pred_opt().unwrap().to_string();
        let day_after = date(first).succ_opt().unwrap().to_string();
        let verdict = decide(&facts, &settings, on(&day_before));
        assert_eq!(verdict.against, Some(Reason::NotBefore(date(first))), "{rule} {half} on {day_before}");
        assert!(decide(&facts, &settings, on(first)).is_made(), "{rule} {half} on {first}");
        assert!(decide(&facts, &settings, on(&day_after)).is_made(), "{rule} {half} on {day_after}");
    }
}

#[test]
fn old_news_makes_no_task_but_keeps_one_that_exists() {
    let settings = settings(&[("rules.car_sold.enabled", "yes"), ("rules.car_sold.days", "5")]);
    let today = on("2015-05-15");
    for (rule, counts_from, made) in [
        (RuleKey::Inspection, "2015-05-01", true),
        (RuleKey::Inspection, "2015-04-30", false),
        (RuleKey::CarSold, "2015-04-26", true),
        (RuleKey::CarSold, "2015-04-25", false),
    ] {
        let facts = facts(rule, Half::Whole, counts_from);
        let verdict = decide(&facts, &settings, today);
        let against = (!made).then_some(Reason::OldNews(date("2015-05-01")));
        assert_eq!(verdict.against, against, "{rule} {counts_from}");
        assert!(decide(&facts, &settings, Day { since: None, ..today }).is_made());
    }
    assert_eq!(since(date("2015-05-15"), None, &settings), date("2015-05-01"));
    assert_eq!(since(date("2015-05-15"), Some(date("2014-05-15")), &settings), date("2014-05-01"));
    assert_eq!(since(date("2015-05-15"), Some(date("2025-05-15")), &settings), date("2015-05-01"));
}

#[test]
fn every_exception_holds_the_task_back_and_says_so() {
    let rule = RuleKey::Inspection;
    let base = || facts(rule, Half::Whole, "2015-05-20");
    let today = on("2015-05-01");
    let against = |facts: &Facts, changes: &[(&str, &str)]| decide(facts, &settings(changes), today).against;
    assert_eq!(against(&base(), &[]), None);
    assert_eq!(against(&base(), &[("rules.inspection.enabled", "no")]), Some(Reason::SwitchedOff));
    assert_eq!(against(&base(), &[("rules.inspection.days", "0")]), Some(Reason::NumberIsZero));

    let mut unknown = base();
    unknown.counts_from = None;
    assert_eq!(against(&unknown, &[]), Some(Reason::NoDate));

    let mut trader = base();
    trader.customer.as_mut().unwrap().kind = CustomerKind::Trader;
    assert_eq!(against(&trader, &[]), Some(Reason::Trader));

    let mut objected = base();
    objected.customer.as_mut().unwrap().contact_allowed = Some(false);
    assert_eq!(against(&objected, &[]), Some(Reason::Objected));
    assert_eq!(against(&objected, &[("rules.inspection.legal_class", "service")]), None);

    let mut inactive = base();
    inactive.customer.as_mut().unwrap().active = false;
    assert_eq!(against(&inactive, &[]), Some(Reason::Inactive));
    assert_eq!(against(&inactive, &[("rules.inspection.legal_class", "service")]), None);

    let mut planned = base();
    planned.vehicle.as_mut().unwrap().inspection_appointment_on = Some(date("2015-05-07"));
    assert_eq!(against(&planned, &[]), Some(Reason::AppointmentPlanned(date("2015-05-07"))));

    let mut sold = base();
    (sold.customer, sold.made_for) = (None, Some(CustomerId(1)));
    assert_eq!(against(&sold, &[]), Some(Reason::ChangedHands));
    sold.made_for = None;
    assert_eq!(against(&sold, &[]), None, "a vehicle without an owner can have a task");
}

#[test]
fn recently_seen_binds_the_workshop_rules_only() {
    let today = on("2015-05-01");
    let settings = settings(&[
        ("general.recently_seen_months", "12"),
        ("rules.workshop_quote.days_after", "7"),
        ("rules.workshop_quote.enabled", "yes"),
    ]);
    for (last, against) in [
        (Some("2014-05-01"), None),
        (Some("2014-04-30"), Some(Reason::NotSeenSince(date("2014-05-01")))),
        (None, Some(Reason::NeverSeen)),
    ] {
        let mut inspection = facts(RuleKey::Inspection, Half::Whole, "2015-05-20");
        inspection.vehicle.as_mut().unwrap().last_visit_on = last.map(date);
        assert_eq!(decide(&inspection, &settings, today).against, against, "{last:?}");
        let mut quote = facts(RuleKey::WorkshopQuote, Half::After, "2015-04-24");
        quote.vehicle = inspection.vehicle;
        assert_eq!(decide(&quote, &settings, today).against, None);
    }
}

#[test]
fn an_invoice_must_be_above_the_amount_and_a_quote_open() {
    let today = on("2015-05-01");
    let settings = settings(&[
        ("rules.invoice_above.enabled", "yes"),
        ("rules.invoice_above.amount", "1000"),
        ("rules.car_quote.enabled", "yes"),
        ("rules.car_quote.days_before", "7"),
    ]);
    for (total, made) in
        [(Some(100_000), false), (Some(100_001), true), (None, false), (Some(-200_000), false)]
    {
        let mut invoice = facts(RuleKey::InvoiceAbove, Half::Whole, "2015-04-17");
        invoice.subject = Subject::Invoice(InvoiceId(1));
        invoice.total = total.map(Money);
        assert_eq!(decide(&invoice, &settings, today).is_made(), made, "{total:?}");
    }
    let mut quote = facts(RuleKey::CarQuote, Half::Before, "2015-05-05");
    assert!(decide(&quote, &settings, today).is_made());
    quote.open = false;
    assert_eq!(decide(&quote, &settings, today).against, Some(Reason::QuoteClosed));
    quote.half = Half::After;
    quote.open = true;
    assert_eq!(
        decide(&quote, &settings, today).against,
        Some(Reason::NumberIsZero),
        "each half has its own 0"
    );
}

#[test]
fn a_newer_registration_counts_from_the_day_it_was_found() {
    let today = on("2015-05-01");
    let mut facts = facts(RuleKey::Registration, Half::Whole, "2015-04-10");
    for (ours, detected, against) in [
        (Some("2012-01-01"), Some("2015-04-30"), None),
        (Some("2015-04-10"), Some("2015-04-30"), Some(Reason::NotNewer)),
        (None, Some("2015-04-30"), Some(Reason::NotNewer)),
        (Some("2012-01-01"), None, Some(Reason::NotNewer)),
        (Some("2012-01-01"), Some("2015-04-16"), Some(Reason::OldNews(date("2015-04-17")))),
    ] {
        facts.registration =
            Some(RegistrationFacts { ours: ours.map(date), detected_on: detected.map(date) });
        let verdict = decide(&facts, &settings(&[]), today);
        assert_eq!(verdict.against, against, "{ours:?} {detected:?}");
        assert_eq!(verdict.execute_on, detected.map(date));
    }
}
