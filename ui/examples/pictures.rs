//! Draws the pages with an invented morning at the desk, in every size and language:
//! `cargo run -p balie-ui --example pictures -- DIR [only]`. For whoever changes a page.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::path::Path;
use std::rc::Rc;

use balie_ui::headless::Canvas;
use balie_ui::{
    AlertState, AppWindow, ChoiceEntry, ChoiceKind, Date, Desk, DetailState, FaultKind, Happening,
    HistoryLine, Language, ListState, RuleKind, TaskDetail, TaskRow, Tasks, Theme, Urgency,
};
use slint::{ComponentHandle, ModelRc, VecModel};

fn date(day: i32, month: i32) -> Date {
    Date { year: 2015, month, day }
}

fn row(id: i32, rule: RuleKind, days: i32, plate: &str, customer: &str, description: &str) -> TaskRow {
    let urgency = match days {
        ..0 => Urgency::Overdue,
        0 => Urgency::Today,
        _ => Urgency::Coming,
    };
    let on = chrono_like(days);
    TaskRow {
        id,
        loaded: true,
        rule,
        urgency,
        days,
        execute_on: on,
        counts_from: date(30, 6),
        plate: plate.into(),
        customer: customer.into(),
        employee: "".into(),
        description: description.into(),
        ..TaskRow::default()
    }
}

fn chrono_like(days: i32) -> Date {
    if days < 0 { date(31 + days, 4) } else { date(1 + days, 5) }
}

fn rows() -> Vec<TaskRow> {
    let dear = "Geachte heer/mevrouw, de APK van uw auto verloopt binnenkort.";
    vec![
        row(1, RuleKind::Inspection, -6, "23-NL-PD", "Garage-relatie Van den Heuvel-Oosterhuis", dear),
        row(2, RuleKind::BrakeAdvice, -4, "74-XE-VV", "M. de Vries", dear),
        row(3, RuleKind::SalesAgreement, -3, "07-ZP-FH", "Autobedrijf De Groot B.V.", dear),
        row(4, RuleKind::Inspection, 0, "ZH-12-LX", "S. Yılmaz", dear),
        row(5, RuleKind::RoadsideCover, 0, "G-001-BB", "Bakkerij Smit", dear),
        row(6, RuleKind::InvoiceAbove, 0, "1-KBB-00", "P. Pietersen", dear),
        row(7, RuleKind::NextService, 1, "V-444-44", "Pietersen", dear),
        row(8, RuleKind::TimingBelt, 2, "JL-29-JK", "Janssen", dear),
        row(9, RuleKind::NotSeen, 3, "16-RSL-9", "A. Öztürk", dear),
        row(10, RuleKind::Registration, 5, "KH-XT-41", "C. Meijer", dear),
        row(11, RuleKind::WorkshopQuote, 7, "99-GHJ-1", "D. Willemsen", dear),
        row(12, RuleKind::ServiceInterval, 11, "5-SVD-03", "E. Kuipers", dear),
        row(13, RuleKind::TyreAdvice, 12, "MB-76-RF", "F. Bos", dear),
    ]
}

fn fill(app: &AppWindow) {
    let (desk, tasks) = (app.global::<Desk>(), app.global::<Tasks>());
    desk.set_alert(AlertState::Slow);
    desk.set_lit(true);
    desk.set_hour(8);
    desk.set_minute(52);
    desk.set_weekday(4);
    desk.set_today(date(1, 5));
    desk.set_collected_minutes(12);
    let rows = rows();
    let first = rows[0].clone();
    tasks.set_rows(ModelRc::from(Rc::new(VecModel::from(rows))));
    tasks.set_state(ListState::Filled);
    tasks.set_selected_id(1);
    tasks.set_counts_known(true);
    tasks.set_overdue(3);
    tasks.set_due_today(3);
    tasks.set_coming(128);
    tasks.set_period(4);
    tasks.set_shown(134);
    tasks.set_detail(TaskDetail {
        task: first,
        description: "Geachte heer Van den Heuvel,\nDe APK van uw Opel Rekord verloopt op 30 juni 2015. Er staat nog geen afspraak in onze werkplaats.\nBij RDW staat 10 mei 2017 als vervaldatum geregistreerd. Waarschijnlijk is het voertuig ergens anders gekeurd.".into(),
        customer: "J. van den Heuvel".into(),
        contact_person: "".into(),
        street: "Amsterdamplein 5".into(),
        town: "1111 AA Amsterdam".into(),
        phone: "020 123 45 67".into(),
        mobile: "06 12 34 56 78".into(),
        email: "jan.van.den.heuvel@voorbeeld.nl".into(),
        vehicle: "Opel Rekord 20S".into(),
        owner: "".into(),
        inspection_expires_on: date(30, 6),
        last_visit_on: date(12, 1),
        odometer_km: 184_320,
        ..TaskDetail::default()
    });
    tasks.set_history(ModelRc::from(Rc::new(VecModel::from(vec![HistoryLine {
        on: date(25, 4),
        who: "".into(),
        what: Happening::Made,
    }]))));
    tasks.set_detail_state(DetailState::Shown);
}

fn kinds() -> Vec<ChoiceEntry> {
    (-1..17)
        .map(|key| ChoiceEntry { key, name: "".into(), count: if key == 3 { 0 } else { 134 / (key + 3) } })
        .collect()
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let directory = arguments.first().map_or("pictures", String::as_str);
    let only = arguments.get(1).map_or("", String::as_str);
    std::fs::create_dir_all(directory).unwrap();
    let mut canvas = Canvas::install(1280, 800).unwrap();
    let app = AppWindow::new().unwrap();
    app.show().unwrap();
    for (width, height) in [(1280, 800), (800, 480), (720, 1280)] {
        canvas.resize(width, height);
        for (code, language) in
            [("nl", Language::Nl), ("de", Language::De), ("pt", Language::Pt), ("en", Language::En)]
        {
            slint::select_bundled_translation(if code == "en" { "" } else { code }).unwrap();
            app.global::<Desk>().set_language(language);
            app.global::<Theme>().set_repaint(!app.global::<Theme>().get_repaint());
            for page in ["tasks", "loading", "empty", "error", "choice", "dark", "fault", "filters"] {
                let name = format!("{page}-{width}-{code}.png");
                if !name.contains(only) {
                    continue;
                }
                let (desk, tasks, theme) =
                    (app.global::<Desk>(), app.global::<Tasks>(), app.global::<Theme>());
                fill(&app);
                desk.set_choice(ChoiceKind::None);
                desk.set_fault(FaultKind::None);
                desk.set_more_faults(0);
                theme.set_dark(page == "dark");
                match page {
                    "loading" => tasks.set_state(ListState::Loading),
                    "empty" => tasks.set_state(ListState::NothingDue),
                    "error" => {
                        tasks.set_state(ListState::Error);
                        tasks.set_counts_known(false);
                        desk.set_alert(AlertState::Steady);
                    }
                    "fault" => {
                        desk.set_fault(FaultKind::ClockUntrusted);
                        desk.set_more_faults(1);
                        desk.set_clock_trusted(false);
                    }
                    "choice" => {
                        desk.set_entries(ModelRc::from(Rc::new(VecModel::from(kinds()))));
                        desk.set_choice(ChoiceKind::Rule);
                    }
                    "filters" => desk.set_choice(ChoiceKind::Filters),
                    _ => {}
                }
                if ["loading", "empty", "error"].contains(&page) {
                    tasks.set_detail_state(DetailState::None);
                    tasks.set_selected_id(-1);
                }
                desk.set_clock_trusted(page != "fault");
                canvas.draw();
                canvas.draw();
                canvas.save(&Path::new(directory).join(name)).unwrap();
            }
        }
    }
}
