//! Pictures of the page of files.

use std::rc::Rc;

use balie_ui as ui;
use slint::{ComponentHandle, ModelRc, VecModel};

use super::app::Desk;
use super::{convert, slint};
use crate::domain::reason::{self, Reason};

/// Pictures of the page; what no machine in a picture has is put there by hand.
pub(super) const PICTURES: &[super::picture::Picture] = &[
    ("files", |desk| shown(desk, 0)),
    ("files-copies", |desk| shown(desk, 1)),
    ("files-look", |desk| {
        shown(desk, 0);
        global(desk, |files| {
            let line = |file: &str, fills: &str, added, changed, rejected| ui::LookLine {
                file: file.into(),
                fills: fills.into(),
                added,
                changed,
                unchanged: 412,
                rejected,
                ..Default::default()
            };
            let language = desk.context().language();
            let wrong = |line, column: &str, problem: Reason| ui::LookLine {
                line,
                column: column.into(),
                problem: problem.say(language).into(),
                ..Default::default()
            };
            let seen = vec![
                line("klanten.csv", "customers.csv", 12, 3, 0),
                line("voertuigen.csv", "vehicles.csv", 15, 8, 2),
                wrong(
                    31,
                    "inspection_expires_on",
                    Reason::about(&reason::DAY, vec!["31-02-2026".into(), "31".into()]),
                ),
                wrong(77, "plate", Reason::of(&reason::PLATE_SIGN, '?')),
            ];
            files.set_seen(ModelRc::from(Rc::new(VecModel::from(seen))));
            files.set_anything(true);
            files.set_chosen(ui::FileLine { name: "STICK / export".into(), ..Default::default() });
            files.set_sheet(ui::FilesSheet::Looked);
        });
    }),
    ("files-restore", |desk| {
        shown(desk, 1);
        global(desk, |files| {
            files.set_chosen(day());
            files.set_sheet(ui::FilesSheet::Restore);
        });
    }),
    ("files-working", |desk| {
        shown(desk, 1);
        global(desk, |files| {
            files.set_progress(0.4);
            files.set_sheet(ui::FilesSheet::Working);
        });
    }),
    ("files-failed", |desk| {
        shown(desk, 0);
        global(desk, |files| {
            files.set_words("/run/media/STICK: Input/output error".into());
            files.set_sheet(ui::FilesSheet::Failed);
        });
    }),
    ("files-error", |desk| {
        shown(desk, 0);
        global(desk, |files| files.set_state(ui::FilesState::Error));
    }),
];

fn day() -> ui::FileLine {
    let on = chrono::NaiveDate::from_ymd_opt(2026, 11, 24);
    ui::FileLine { on: convert::maybe_date(on), size: "14 MB".into(), ..Default::default() }
}

fn global(desk: &Rc<Desk>, act: impl FnOnce(&ui::Files<'_>)) {
    act(&desk.window().global::<ui::Files>());
}

fn shown(desk: &Rc<Desk>, tab: i32) {
    desk.context().go(ui::Page::Files, 0);
    super::picture::wait(desk);
    global(desk, |files| {
        files.set_sheet(ui::FilesSheet::None);
        files.set_state(ui::FilesState::Shown);
        files.invoke_show_tab(tab);
        let line = |kind, name: &str, files| ui::FileLine { kind, name: name.into(), files, ..day() };
        let taking = vec![
            line(ui::FileKind::HeadingSticks, "", 0),
            line(ui::FileKind::Folder, "STICK / export", 6),
            line(ui::FileKind::HeadingTaken, "", 0),
            ui::FileLine {
                added: 27,
                changed: 11,
                time: "09:12".into(),
                ..line(ui::FileKind::Taken, "customers.csv, vehicles.csv", 0)
            },
            ui::FileLine {
                added: 4,
                back: true,
                time: "16:40".into(),
                ..line(ui::FileKind::Taken, "visits.csv", 0)
            },
        ];
        let copies = vec![
            line(ui::FileKind::HeadingCopies, "", 0),
            line(ui::FileKind::Copy, "", 0),
            line(ui::FileKind::HeadingStickCopies, "STICK", 0),
            line(ui::FileKind::NoCopy, "", 0),
        ];
        files.set_taking(ModelRc::from(Rc::new(VecModel::from(taking))));
        files.set_copies(ModelRc::from(Rc::new(VecModel::from(copies))));
    });
}
