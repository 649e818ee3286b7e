//! The pages as pictures: in three sizes and four languages something is drawn, no word is cut off,
//! nothing hangs over the edge, and everything that can be touched is large enough for a finger.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod desk_scene;

use std::collections::HashSet;
use std::rc::Rc;

use balie::desk::slint::{self, ComponentHandle, ModelRc, VecModel};
use balie::desk::ui::headless::Canvas;
use balie::desk::ui::{
    AlertState, AppWindow, ChoiceEntry, ChoiceKind, Date, Desk, DetailState, FaultKind, Happening,
    HistoryLine, Language, ListState, RuleKind, TaskDetail, TaskRow, Tasks, Theme, Urgency,
};
use balie::domain::language;
use desk_scene::{Scene, Shop, wrong};

const SIZES: [(u32, u32); 3] = [(1280, 800), (800, 480), (720, 1280)];
const LANGUAGES: [(&str, Language); 4] =
    [("nl", Language::Nl), ("de", Language::De), ("pt", Language::Pt), ("en", Language::En)];
const RULES: [RuleKind; 17] = [
    RuleKind::Warranty,
    RuleKind::CarSold,
    RuleKind::InvoiceAbove,
    RuleKind::NotSeen,
    RuleKind::Registration,
    RuleKind::TyreAdvice,
    RuleKind::BrakeAdvice,
    RuleKind::RepairAdvice,
    RuleKind::Inspection,
    RuleKind::RoadsideCover,
    RuleKind::NextService,
    RuleKind::TimingBelt,
    RuleKind::ServiceInterval,
    RuleKind::WorkshopQuote,
    RuleKind::CarQuote,
    RuleKind::SalesAgreement,
    RuleKind::Recall,
];
const FAULTS: [FaultKind; 8] = [
    FaultKind::ListUnreadable,
    FaultKind::CollectorSilent,
    FaultKind::ClockUntrusted,
    FaultKind::DiskFull,
    FaultKind::ReadOnly,
    FaultKind::NoBackup,
    FaultKind::LampUnavailable,
    FaultKind::ButtonUnavailable,
];

fn row(place: usize) -> TaskRow {
    // The longest that each column may have to hold.
    let days = [-2999, -99, -88, 0, 1, 28, 99, 2888][place % 8];
    let urgency = match days {
        ..0 => Urgency::Overdue,
        0 => Urgency::Today,
        _ => Urgency::Coming,
    };
    TaskRow {
        id: i32::try_from(place).unwrap() + 1,
        loaded: true,
        rule: RULES[place % RULES.len()],
        urgency: if place == 15 { Urgency::Done } else { urgency },
        days,
        execute_on: Date { year: 2026, month: 10, day: 28 },
        counts_from: Date { year: 2026, month: 12, day: 28 },
        plate: "WW-00-MM".into(),
        customer: "Maatschap Van der Meulen-Oosterhuis en Zonen".into(),
        employee: "Els Hermans".into(),
        description: "Geachte mevrouw Van der Meulen-Oosterhuis".into(),
        ..TaskRow::default()
    }
}

fn detail(place: usize) -> TaskDetail {
    TaskDetail {
        task: row(place),
        description: "Geachte mevrouw,\nDe APK van uw auto verloopt binnenkort. Er is nog geen afspraak."
            .into(),
        customer: "Maatschap Van der Meulen-Oosterhuis en Zonen".into(),
        contact_person: "Fatma van der Meulen-Oosterhuis".into(),
        street: "Burgemeester van Heemstrakwartier 1234".into(),
        town: "1111 AA Krimpen aan den IJssel".into(),
        phone: "+31 20 123 45 67".into(),
        mobile: "+31 6 12 34 56 78".into(),
        email: "fatma@voorbeeld.nl".into(),
        vehicle: "VOLKSWAGEN Transporter".into(),
        owner: "Jan Janssen".into(),
        inspection_expires_on: Date { year: 2026, month: 12, day: 28 },
        last_visit_on: Date::default(),
        odometer_km: 284_320,
        ..TaskDetail::default()
    }
}

/// A busy morning, with the longest of everything.
fn fill(app: &AppWindow, first: usize) {
    let (desk, tasks) = (app.global::<Desk>(), app.global::<Tasks>());
    desk.set_alert(AlertState::Slow);
    desk.set_lit(true);
    desk.set_hour(20);
    desk.set_minute(58);
    desk.set_weekday(2);
    desk.set_today(Date { year: 2026, month: 10, day: 28 });
    desk.set_collected_minutes(47 * 60);
    desk.set_fault(FaultKind::None);
    desk.set_choice(ChoiceKind::None);
    tasks
        .set_rows(ModelRc::from(Rc::new(VecModel::from_iter((first..RULES.len()).chain(0..first).map(row)))));
    tasks.set_state(ListState::Filled);
    tasks.set_selected_id(i32::try_from(first).unwrap() + 1);
    tasks.set_detail(detail(first));
    tasks.set_detail_state(DetailState::Shown);
    tasks.set_history(ModelRc::from(Rc::new(VecModel::from(vec![HistoryLine {
        on: Date { year: 2026, month: 10, day: 28 },
        who: "Els Hermans".into(),
        what: Happening::Waiting,
    }]))));
    tasks.set_save_failed(false);
    tasks.set_counts_known(true);
    tasks.set_overdue(999);
    tasks.set_due_today(99);
    tasks.set_coming(9999);
    tasks.set_shown(100_000);
    tasks.set_period(3);
    tasks.set_status(2);
    tasks.set_rule(6);
    tasks.set_employee(0);
}

/// A state of the page: its name, and how it comes about.
type State = (String, Box<dyn Fn(&AppWindow)>);

/// Each state of the page.
fn states() -> Vec<State> {
    let mut states: Vec<State> = Vec::new();
    for first in (0..RULES.len()).step_by(4) {
        states.push((format!("filled-{first}"), Box::new(move |app| fill(app, first))));
    }
    let long = |app: &AppWindow| {
        fill(app, 0);
        let words = "Er staat nog geen afspraak in onze werkplaats. ".repeat(30);
        app.global::<Tasks>().set_detail(TaskDetail { description: words.into(), ..detail(0) });
    };
    states.push(("long words".to_owned(), Box::new(long)));
    for (name, state) in [
        ("loading", ListState::Loading),
        ("nothing-due", ListState::NothingDue),
        ("no-match", ListState::NoMatch),
        ("error", ListState::Error),
    ] {
        states.push((
            name.to_owned(),
            Box::new(move |app| {
                fill(app, 0);
                let tasks = app.global::<Tasks>();
                tasks.set_state(state);
                tasks.set_detail_state(DetailState::None);
                tasks.set_counts_known(state == ListState::NothingDue);
            }),
        ));
    }
    for fault in FAULTS {
        states.push((
            format!("{fault:?}"),
            Box::new(move |app| {
                fill(app, 0);
                app.global::<Desk>().set_fault(fault);
                app.global::<Desk>().set_more_faults(2);
                app.global::<Desk>().set_clock_trusted(false);
                app.global::<Tasks>().set_save_failed(true);
            }),
        ));
    }
    let choices = [
        (ChoiceKind::Period, 0..5),
        (ChoiceKind::Employee, -1..1),
        (ChoiceKind::Rule, -1..17),
        (ChoiceKind::Status, 0..3),
        (ChoiceKind::Order, 0..6),
        (ChoiceKind::Language, 0..4),
        (ChoiceKind::Filters, 0..0),
    ];
    for (kind, keys) in choices {
        states.push((
            format!("choice-{kind:?}"),
            Box::new(move |app| {
                fill(app, 0);
                let entry = |key| ChoiceEntry { key, name: "".into(), count: 100_000 };
                let desk = app.global::<Desk>();
                desk.set_entries(ModelRc::from(Rc::new(VecModel::from_iter(keys.clone().map(entry)))));
                desk.set_chosen(keys.start);
                desk.set_choice(kind);
            }),
        ));
    }
    for alert in [AlertState::Off, AlertState::Fast, AlertState::Steady] {
        states.push((
            format!("{alert:?}"),
            Box::new(move |app| {
                fill(app, 0);
                app.global::<Desk>().set_alert(alert);
                app.global::<Desk>().set_collected_minutes(if alert == AlertState::Off { -1 } else { 59 });
            }),
        ));
    }
    states
}

fn colours(canvas: &Canvas) -> usize {
    // A prime step, so that no column is left out.
    let bytes = canvas.bytes();
    bytes.chunks(3).step_by(37).map(<[u8]>::to_vec).collect::<HashSet<_>>().len()
}

#[test]
fn every_page_fits_at_1280_by_800() {
    every_page_fits(SIZES[0]);
}

#[test]
fn every_page_fits_at_800_by_480() {
    every_page_fits(SIZES[1]);
}

#[test]
fn every_page_fits_upright() {
    every_page_fits(SIZES[2]);
}

/// In all four languages.
fn every_page_fits(size: (u32, u32)) {
    let mut canvas = Canvas::install(size.0, size.1).unwrap();
    let app = AppWindow::new().unwrap();
    app.show().unwrap();
    let mut faults = Vec::new();
    for (code, language) in LANGUAGES {
        slint::select_bundled_translation(code).unwrap();
        app.global::<Desk>().set_language(language);
        canvas.draw();
        for (name, make) in states() {
            app.global::<Desk>().set_clock_trusted(true);
            app.global::<Desk>().set_more_faults(0);
            make(&app);
            canvas.draw();
            let place = format!("{name} {}x{} {code}", size.0, size.1);
            // For looking at them: BALIE_PICTURES=DIR.
            if let Ok(folder) = std::env::var("BALIE_PICTURES") {
                let file = format!("{name}-{}-{code}.png", size.0);
                canvas.save(&std::path::Path::new(&folder).join(file)).unwrap();
            }
            assert!(colours(&canvas) > 20, "{place} is blank");
            faults.extend(wrong(&app, size).into_iter().map(|what| format!("{place}: {what}")));
        }
    }
    assert!(faults.is_empty(), "{} faults\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn a_word_that_is_cut_off_is_found() {
    let mut canvas = Canvas::install(1280, 800).unwrap();
    let app = AppWindow::new().unwrap();
    app.show().unwrap();
    fill(&app, 0);
    app.global::<Tasks>().set_coming(999_999_999);
    app.global::<Tasks>().set_overdue(999_999_999);
    app.global::<Tasks>().set_due_today(999_999_999);
    canvas.resize(720, 480);
    canvas.draw();
    assert!(!wrong(&app, (720, 480)).is_empty());
}

#[test]
fn another_language_leaves_no_old_word_on_the_screen() {
    let shop = Shop::with(&[("JL-29-JK", -3), ("23-NL-PD", 4)]);
    let mut scene = Scene::of(&shop);
    for language in
        [language::Language::De, language::Language::Pt, language::Language::En, language::Language::Nl]
    {
        scene.desk.speak(language);
        scene.settle();
        let partly = scene.canvas.bytes();
        // Another size and back: everything is painted anew.
        scene.canvas.resize(1200, 800);
        scene.canvas.draw();
        scene.canvas.resize(1280, 800);
        scene.canvas.draw();
        scene.canvas.draw();
        let different = partly.iter().zip(scene.canvas.bytes()).filter(|(one, other)| *one != other).count();
        assert_eq!(different, 0, "{language}: bytes of old words");
    }
}

#[test]
fn a_blink_paints_the_mark_and_nothing_else() {
    let shop = Shop::with(&[("JL-29-JK", -3), ("23-NL-PD", 4)]);
    let mut scene = Scene::of(&shop);
    for size in SIZES {
        scene.canvas.resize(size.0, size.1);
        scene.settle();
        let blink = |lit| balie::panel::PanelEvent::Blink { alert: balie::rules::alert::Alert::Slow, lit };
        // The first two change the words about the lamp as well, and forget where the mark stood in
        // another layout.
        for lit in [true, false] {
            scene.desk.panel(blink(lit));
            scene.canvas.draw();
        }
        for lit in [true, false, true, false] {
            scene.desk.panel(blink(lit));
            let painted = scene.canvas.draw();
            assert!(painted.width <= 32 && painted.height <= 32, "{painted:?}");
            assert!(painted.x < 96 && painted.y < 72, "{painted:?}");
        }
        // A second that changes nothing paints nothing.
        scene.desk.tick();
        assert!(!scene.canvas.draw().any);
    }
}

#[test]
fn dark_is_as_complete_as_light() {
    let mut canvas = Canvas::install(1280, 800).unwrap();
    let app = AppWindow::new().unwrap();
    app.show().unwrap();
    fill(&app, 0);
    app.global::<Theme>().set_dark(true);
    canvas.draw();
    canvas.draw();
    let light = canvas.bytes().chunks(3).filter(|pixel| pixel.iter().all(|part| *part > 240)).count();
    assert!(light < 1280 * 800 / 50, "{light} pixels are as bright as paper");
}
