//! Files from outside and copies of the database (APP-04, APP-05), for managers: a folder of a stick is
//! looked at before it is taken in, an import can be taken back, and a copy put back.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use balie_ui as ui;
use chrono::{DateTime, Utc};
use slint::{ComponentHandle, Model, ModelRc, Timer, VecModel};

use super::context::{Context, Moment, Page, Turn, every};
use super::files_work::{self as work, Around};
use super::gauge::Gauge;
use super::{Places, convert, slint};
use crate::domain::language::Language;
use crate::exchange::ImportReport;
use crate::store::backup::BackupState;
use crate::store::undo::Batch;

/// How often sticks are looked for while the page is open.
const LOOK: Duration = Duration::from_secs(2);
/// So many imports are shown.
const IMPORTS: usize = 30;
/// So many wrong rows of each file; all of them stand in the file of rejects.
const WRONG: usize = 20;

/// What the page shows.
#[derive(Default)]
struct Known {
    around: Around,
    imports: Vec<Batch>,
    night: BackupState,
    stick: BackupState,
}

/// The page's adapter.
pub struct FilesPage {
    context: Rc<Context>,
    turn: Turn,
    known: RefCell<Known>,
    /// Which line the sheet is about.
    chosen: Cell<(ui::FileKind, i32)>,
    /// What the sheet waits for; the answer to something older is not shown.
    work: Turn,
    busy: Cell<bool>,
    looking: Timer,
    moving: Timer,
}

impl FilesPage {
    /// The page, with its callbacks connected.
    pub fn connect(context: Rc<Context>) -> Rc<Self> {
        let page = Rc::new(Self {
            context,
            turn: Turn::default(),
            known: RefCell::default(),
            chosen: Cell::new((ui::FileKind::Folder, 0)),
            work: Turn::default(),
            busy: Cell::new(false),
            looking: Timer::default(),
            moving: Timer::default(),
        });
        let Some(window) = page.context.window() else { return page };
        let global = window.global::<ui::Files>();
        hear!(global, page, {
            on_show_tab: |this, tab| this.with(|global| global.set_tab(tab)),
            on_retry: |this| this.look(),
            on_open: |this, kind, id| this.touch(kind, id),
            on_take_in: |this| this.read_folder(false),
            on_take_back: |this| this.take_back(),
            on_copy_now: |this| this.copy_now(),
            on_put_back: |this| this.put_back(),
            on_close: |this| this.close_sheet(),
        });
        page
    }

    fn with(&self, act: impl FnOnce(&ui::Files<'_>)) {
        if let Some(window) = self.context.window() {
            act(&window.global::<ui::Files>());
        }
    }

    /// Where files lie, for who may touch them.
    fn places(&self) -> Option<Places> {
        self.context.surroundings.places().filter(|_| self.context.is_manager())
    }

    fn look(self: &Rc<Self>) {
        let Some(places) = self.places() else {
            return self.with(|global| global.set_state(ui::FilesState::Nowhere));
        };
        let (newest, this) = (self.turn.next(), Rc::downgrade(self));
        self.context.aside(
            move |_| work::look_around(&places),
            move |around| {
                let Some(this) = this.upgrade().filter(|_| newest()) else { return };
                let known = this.shows() && this.known.borrow().around == around;
                // Most looks find what the one before found: then nothing is read and painted again.
                if !known {
                    this.known.borrow_mut().around = around;
                    this.read();
                }
            },
        );
    }

    fn shows(&self) -> bool {
        let window = self.context.window();
        window.is_some_and(|window| window.global::<ui::Files>().get_state() == ui::FilesState::Shown)
    }

    fn read(self: &Rc<Self>) {
        let (newest, this) = (self.turn.next(), Rc::downgrade(self));
        self.context.read(
            "files.read",
            |store, _| Ok((store.imports(IMPORTS)?, store.backup_state()?, store.stick_state()?)),
            move |found| {
                let Some(this) = this.upgrade().filter(|_| newest()) else { return };
                match found {
                    Ok((imports, night, stick)) => {
                        let mut known = this.known.borrow_mut();
                        (known.imports, known.night, known.stick) = (imports, night, stick);
                        drop(known);
                        this.tell();
                    }
                    Err(_) => this.with(|global| global.set_state(ui::FilesState::Error)),
                }
            },
        );
    }

    fn tell(&self) {
        let known = self.known.borrow();
        let local = |at: DateTime<Utc>| self.context.surroundings.local(at);
        let (taking, copies) = (taking(&known, &local), copies(&known));
        self.with(|global| {
            global.set_taking(ModelRc::from(Rc::new(VecModel::from(taking))));
            global.set_copies(ModelRc::from(Rc::new(VecModel::from(copies))));
            let failed = [&known.night, &known.stick].into_iter().find(|state| state.failures > 0);
            global.set_problem(failed.map_or("", |state| state.problem.as_str()).into());
            global.set_state(ui::FilesState::Shown);
        });
    }

    /// A line was touched.
    fn touch(self: &Rc<Self>, kind: ui::FileKind, id: i32) {
        self.chosen.set((kind, id));
        let Some(window) = self.context.window() else { return };
        let global = window.global::<ui::Files>();
        let (taking, copies) = (global.get_taking(), global.get_copies());
        let line = taking.iter().chain(copies.iter()).find(|line| line.kind == kind && line.id == id);
        let Some(line) = line else { return };
        let back = line.back;
        self.with(|global| global.set_chosen(line));
        match kind {
            ui::FileKind::Folder => self.read_folder(true),
            ui::FileKind::Taken if !back => self.with(|global| global.set_sheet(ui::FilesSheet::TakeBack)),
            ui::FileKind::Copy | ui::FileKind::StickCopy => {
                self.with(|global| global.set_sheet(ui::FilesSheet::Restore));
            }
            _ => {}
        }
    }

    /// Starts work that the sheet waits for; `sheet` says what it shows meanwhile.
    fn start<T: Send + 'static>(
        self: &Rc<Self>,
        sheet: ui::FilesSheet,
        work: impl FnOnce(&Moment, &Gauge) -> Result<T, String> + Send + 'static,
        then: impl FnOnce(&Rc<Self>, T) + 'static,
    ) {
        if self.busy.replace(true) {
            return;
        }
        self.with(|global| global.set_sheet(sheet));
        let this = Rc::downgrade(self);
        let gauge = Gauge::shown(&self.moving, move |share| {
            if let Some(this) = this.upgrade() {
                this.with(|global| global.set_progress(share));
            }
        });
        let (newest, this) = (self.work.next(), Rc::downgrade(self));
        self.context.aside(
            move |moment| work(moment, &gauge),
            move |done| {
                let Some(this) = this.upgrade() else { return };
                this.busy.set(false);
                this.moving.stop();
                match done {
                    Ok(done) if newest() => then(&this, done),
                    Ok(_) => {}
                    Err(words) => {
                        tracing::warn!(words, "work with files failed");
                        this.with(|global| {
                            global.set_words(words.into());
                            global.set_sheet(ui::FilesSheet::Failed);
                        });
                    }
                }
                this.look();
            },
        );
    }

    /// Reads the chosen folder: to look, or to take it in.
    fn read_folder(self: &Rc<Self>, only_look: bool) {
        let (Some(places), (_, id)) = (self.places(), self.chosen.get()) else { return };
        let offer =
            usize::try_from(id).ok().and_then(|at| self.known.borrow().around.offers.get(at).cloned());
        let Some(offer) = offer else { return };
        let sheet = if only_look { ui::FilesSheet::Looking } else { ui::FilesSheet::Taking };
        self.start(
            sheet,
            move |moment, gauge| work::take_in(&places, &offer.path, only_look, moment, gauge),
            move |this, report| {
                this.with(|global| {
                    global.set_anything(report.files.iter().any(|file| file.added + file.changed > 0));
                    global.set_seen(ModelRc::from(Rc::new(VecModel::from(seen(
                        &report,
                        this.context.language(),
                    )))));
                    let sheet = if only_look { ui::FilesSheet::Looked } else { ui::FilesSheet::Taken };
                    global.set_sheet(sheet);
                });
            },
        );
    }

    fn take_back(self: &Rc<Self>) {
        let (Some(places), (_, id)) = (self.places(), self.chosen.get()) else { return };
        let batch = i64::from(id);
        self.start(
            ui::FilesSheet::Working,
            move |moment, _| work::take_back(&places, batch, moment),
            |this, _| {
                this.close_sheet();
                this.context.confirm(ui::Toast::Undone, None);
            },
        );
    }

    fn copy_now(self: &Rc<Self>) {
        let Some(places) = self.places() else { return };
        self.start(
            ui::FilesSheet::Working,
            move |moment, gauge| work::copy_now(&places, moment, gauge),
            |this, ()| {
                this.close_sheet();
                this.context.confirm(ui::Toast::Saved, None);
            },
        );
    }

    fn put_back(self: &Rc<Self>) {
        let (Some(places), (_, id)) = (self.places(), self.chosen.get()) else { return };
        let copy = usize::try_from(id).ok().and_then(|at| self.known.borrow().around.copies.get(at).cloned());
        let Some(copy) = copy else { return };
        let surroundings = std::sync::Arc::clone(&self.context.surroundings);
        self.start(
            ui::FilesSheet::Working,
            move |moment, gauge| {
                let local = surroundings.local(moment.actor.at);
                work::put_back(&places, &copy.path, moment, local, gauge)
            },
            |this, restored| {
                this.with(|global| {
                    global.set_unknown_messages(i32::try_from(restored.unknown_messages).unwrap_or(i32::MAX));
                    global.set_sheet(ui::FilesSheet::Restored);
                });
            },
        );
    }

    /// What runs runs on; its end is not shown any more.
    fn close_sheet(&self) {
        let _ = self.work.next();
        self.with(|global| global.set_sheet(ui::FilesSheet::None));
    }
}

fn place(at: usize) -> i32 {
    i32::try_from(at).unwrap_or(i32::MAX)
}

fn taking(known: &Known, local: &dyn Fn(DateTime<Utc>) -> chrono::NaiveDateTime) -> Vec<ui::FileLine> {
    let heading = |kind| ui::FileLine { kind, ..Default::default() };
    let mut lines = vec![heading(ui::FileKind::HeadingSticks)];
    if known.around.offers.is_empty() {
        lines.push(heading(ui::FileKind::NoStick));
    }
    lines.extend(known.around.offers.iter().enumerate().map(|(at, offer)| ui::FileLine {
        kind: ui::FileKind::Folder,
        id: place(at),
        name: offer.name.as_str().into(),
        files: place(offer.files),
        ..Default::default()
    }));
    lines.push(heading(ui::FileKind::HeadingTaken));
    if known.imports.is_empty() {
        lines.push(heading(ui::FileKind::NoneTaken));
    }
    let count = |many: u64| i32::try_from(many).unwrap_or(i32::MAX);
    lines.extend(known.imports.iter().map(|batch| {
        let at = local(batch.at);
        ui::FileLine {
            kind: ui::FileKind::Taken,
            id: convert::number(batch.id),
            name: batch.files.join(", ").into(),
            on: convert::date(at.date()),
            time: at.format("%H:%M").to_string().into(),
            added: count(batch.added),
            changed: count(batch.changed),
            back: batch.undone_at.is_some(),
            ..Default::default()
        }
    }));
    lines
}

fn copies(known: &Known) -> Vec<ui::FileLine> {
    let line = |(at, copy): (usize, &work::Copy)| ui::FileLine {
        kind: if copy.stick.is_some() { ui::FileKind::StickCopy } else { ui::FileKind::Copy },
        id: place(at),
        on: convert::date(copy.on),
        size: format!("{} MB", copy.bytes.div_ceil(1024 * 1024)).into(),
        ..Default::default()
    };
    let of = |stick: Option<&str>| {
        let all = known.around.copies.iter().enumerate();
        all.filter(|(_, copy)| copy.stick.as_deref() == stick).map(line).collect::<Vec<_>>()
    };
    let mut lines = vec![ui::FileLine { kind: ui::FileKind::HeadingCopies, ..Default::default() }];
    let add = |found: Vec<ui::FileLine>, lines: &mut Vec<ui::FileLine>| {
        if found.is_empty() {
            lines.push(ui::FileLine { kind: ui::FileKind::NoCopy, ..Default::default() });
        }
        lines.extend(found);
    };
    add(of(None), &mut lines);
    for stick in &known.around.sticks {
        lines.push(ui::FileLine {
            kind: ui::FileKind::HeadingStickCopies,
            name: stick.as_str().into(),
            ..Default::default()
        });
        add(of(Some(stick)), &mut lines);
    }
    lines
}

/// Each file, and below it its first wrong rows.
fn seen(report: &ImportReport, language: Language) -> Vec<ui::LookLine> {
    let count = |many: u64| i32::try_from(many).unwrap_or(i32::MAX);
    let mut lines = Vec::new();
    for file in &report.files {
        lines.push(ui::LookLine {
            file: file.file.as_str().into(),
            fills: file.fills.as_str().into(),
            added: count(file.added),
            changed: count(file.changed),
            unchanged: count(file.unchanged),
            rejected: count(file.rejected),
            problem: file.problem.as_ref().map(|why| why.say(language)).unwrap_or_default().into(),
            ..Default::default()
        });
        lines.extend(file.rejects.iter().take(WRONG).map(|wrong| ui::LookLine {
            line: count(wrong.line).max(1),
            column: wrong.column.as_str().into(),
            problem: wrong.reason.say(language).into(),
            ..Default::default()
        }));
    }
    lines
}

impl Page for Rc<FilesPage> {
    fn open(&self, _: i64) {
        self.with(|global| {
            if !self.busy.get() {
                global.set_sheet(ui::FilesSheet::None);
            }
            global.set_tab(0);
            global.set_state(ui::FilesState::Loading);
        });
        self.look();
        every(&self.looking, LOOK, self, |this| {
            if !this.busy.get() {
                this.look();
            }
        });
    }

    fn refresh(&self) {
        self.read();
    }

    fn close(&self) {
        self.looking.stop();
        // What is still on its way is for nobody.
        let _ = self.turn.next();
    }
}
