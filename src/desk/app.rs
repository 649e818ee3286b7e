//! The desk as a whole: the window, its worker, and the way of answers and events between them.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use balie_ui as ui;
use slint::{ComponentHandle, ModelRc, PlatformError, VecModel};

use super::alive::Alive;
use super::calendar::CalendarSheet;
use super::context::{Context, Page};
use super::edit::EditPage;
use super::keyboard::Keyboard;
use super::pad::Pad;
use super::pages::Pages;
use super::session::{Entrance, Gatekeeper};
use super::shell::{Fault, Shell};
use super::source::{Query, Source};
use super::task::TasksPage;
use super::wire::{Answer, Failed, Request, Want};
use super::worker::{Opener, Worker};
use super::{Surroundings, convert, slint};
use crate::domain::language::Language;
use crate::domain::task::{StatusFilter, TaskFilter};
use crate::panel::{PanelEvent, Part, Press};
use crate::rules::alert::Alert;

/// How the desk begins.
#[derive(Debug, Clone, Default)]
pub struct Start {
    /// The language of the screen.
    pub language: Language,
    /// The dark theme.
    pub dark: bool,
    /// After how long without a touch the screen darkens.
    pub dim_after: Option<Duration>,
    /// The code of an employee who is signed in from the start, without PIN: for windows on a
    /// desktop, pictures and tests.
    pub employee: Option<String>,
}

/// The desk.
pub struct Desk {
    pub(super) window: ui::AppWindow,
    pub(super) context: Rc<Context>,
    pub(super) pages: Pages,
    /// The pages one can go back to, the one on the screen last.
    way: RefCell<Vec<(ui::Page, i32)>>,
    pub(super) shell: Shell,
    pub(super) keyboard: Rc<Keyboard>,
    pub(super) calendar: Rc<CalendarSheet>,
    pub(super) gate: Rc<Gatekeeper>,
    /// The language of the gate, and of who has chosen none.
    pub(super) language: Language,
    requests: Sender<Request>,
    answers: Receiver<Answer>,
    alive: Arc<Alive>,
}

impl Desk {
    /// Makes the window and starts the worker, which opens the database and reads the first page.
    /// `wake` is called on the worker's thread whenever an answer waits for [`Desk::take_answers`].
    ///
    /// # Errors
    /// When there is no screen to make a window on.
    pub fn open<S: Source + Send + 'static>(
        start: Start,
        surroundings: Arc<dyn Surroundings>,
        open: Opener<S>,
        wake: Box<dyn Fn() + Send>,
    ) -> Result<Rc<Self>, PlatformError> {
        let (requests, asked) = channel();
        let (told, answers) = channel();
        let alive = Arc::new(Alive::default());
        // The worker begins to read while the window is being made.
        let first = Request::Show {
            number: TasksPage::FIRST,
            query: Query { language: start.language, ..Default::default() },
            pages: vec![0],
            want: Want::First,
        };
        let _ = requests.send(first);
        let worker = Worker::new(open, Arc::clone(&surroundings), told, wake, Arc::clone(&alive));
        std::thread::Builder::new()
            .name("desk".to_owned())
            .spawn(move || worker.run(&asked))
            .map_err(|error| PlatformError::from(format!("no thread for the database: {error}")))?;

        let window = ui::AppWindow::new()?;
        window.global::<ui::Theme>().set_dark(start.dark);
        let context = Context::new(&window, Arc::clone(&surroundings), requests.clone(), start.language);
        let pad = Pad::connect(&window);
        let pages = Pages::connect(&window, &context, requests.clone(), &pad, start.language);
        let shell = Shell::new(&window, surroundings, start.dim_after);
        shell.speak(start.language);
        let keyboard = Keyboard::connect(&window, start.language);
        let (keys, clock) = (Rc::clone(&keyboard), Arc::clone(&context.surroundings));
        let calendar = CalendarSheet::connect(&window, clock, move || keys.close());
        let way = RefCell::new(vec![(ui::Page::Tasks, 0)]);
        let desk = Rc::new_cyclic(|this: &std::rc::Weak<Self>| {
            let this = std::rc::Weak::clone(this);
            let gate = Gatekeeper::connect(&window, Rc::clone(&context), pad, move |passed| {
                if let Some(desk) = this.upgrade() {
                    desk.passed(passed);
                }
            });
            let language = start.language;
            Self {
                window,
                context,
                pages,
                way,
                shell,
                keyboard,
                calendar,
                gate,
                language,
                requests,
                answers,
                alive,
            }
        });
        desk.connect();
        desk.shell.tick();
        desk.gate.begin(start.employee.map_or(Entrance::Gate, Entrance::Employee));
        Ok(desk)
    }

    fn connect(self: &Rc<Self>) {
        let global = self.window.global::<ui::Desk>();
        hear!(global, self, {
            on_open_manager: |desk| desk.open_manager(),
            on_collect: |desk| desk.collect(),
            on_close_choice: |desk| desk.close_choice(),
            on_try_lamp: |desk| desk.shell.try_lamp(),
            on_touched: |desk| {
                desk.shell.touched();
            },
            on_back: |desk| desk.back(),
            on_close_toast: |desk| {
                desk.context.hush();
            },
            on_undo: |desk| desk.undo(),
            on_sign_out: |desk| desk.gate.leave("signed out"),
            on_draw_curtain: |desk, drawn| desk.draw_curtain(drawn),
            on_go: |desk, page, id| desk.go(page, id),
            on_open_choice: |desk, kind| desk.open_choice(kind),
            on_choose: |desk, kind, key| desk.choose(kind, key),
        });
    }

    /// The window.
    pub fn window(&self) -> &ui::AppWindow {
        &self.window
    }

    /// When the database was last read.
    pub fn alive(&self) -> &Alive {
        &self.alive
    }

    /// What all pages share.
    pub fn context(&self) -> &Rc<Context> {
        &self.context
    }

    /// The page on which a task is followed up, for its pictures.
    pub(super) fn with_edit(&self, act: impl FnOnce(&Rc<EditPage>)) {
        act(&self.pages.edit);
    }

    /// The page on the screen.
    fn present(&self) -> Option<&dyn Page> {
        let page = self.way.borrow().last().map(|(page, _)| *page);
        page.and_then(|page| self.pages.of(page))
    }

    /// Turns to a page. The pages of the rail begin a new way: from them nothing leads back.
    pub(super) fn go(&self, page: ui::Page, id: i32) {
        self.close_choice();
        if let Some(before) = self.present() {
            before.close();
        }
        {
            let mut way = self.way.borrow_mut();
            let first =
                matches!(page, ui::Page::Tasks | ui::Page::Customers | ui::Page::Agenda | ui::Page::Settings)
                    && id == 0;
            if first {
                way.clear();
            }
            if way.last() != Some(&(page, id)) {
                way.push((page, id));
            }
        }
        self.show_page();
    }

    /// Back to the page before.
    fn back(&self) {
        if let Some(before) = self.present() {
            before.close();
        }
        {
            let mut way = self.way.borrow_mut();
            if way.len() > 1 {
                way.pop();
            }
        }
        self.show_page();
    }

    fn show_page(&self) {
        self.keyboard.close();
        self.calendar.close();
        self.pages.compose.close();
        let Some((page, id)) = self.way.borrow().last().copied() else { return };
        let global = self.window.global::<ui::Desk>();
        if let Some(adapter) = self.pages.of(page) {
            adapter.open(i64::from(id));
        }
        if page == ui::Page::Tasks {
            self.pages.edit.look_for_draft();
        }
        global.set_can_go_back(self.way.borrow().len() > 1);
        global.set_page(page);
    }

    /// The CRM manager on the most urgent task: the customers icon, F5, or the button on the desk.
    pub fn open_manager(&self) {
        if self.gate.is_shut() {
            return;
        }
        self.go(ui::Page::Tasks, 0);
        self.pages.tasks.most_urgent();
    }

    /// The step that the line at the bottom offers to undo.
    fn undo(&self) {
        if let Some(step) = self.context.hush() {
            self.context.undo(step, |_| {});
        }
    }

    /// The receptionist wants the newest tasks now.
    fn collect(&self) {
        if self.requests.send(Request::Collect).is_ok() {
            self.shell.collecting();
        }
    }

    pub(super) fn close_choice(&self) {
        self.window.global::<ui::Desk>().set_choice(ui::ChoiceKind::None);
    }

    fn open_choice(&self, kind: ui::ChoiceKind) {
        let desk = self.window.global::<ui::Desk>();
        let (entries, chosen) = match kind {
            ui::ChoiceKind::Language => {
                let entry = |language: &Language| ui::ChoiceEntry {
                    key: convert::key(&Language::ALL, language),
                    name: Default::default(),
                    count: -1,
                };
                let now = Language::ALL.iter().find(|one| convert::language(**one) == desk.get_language());
                let chosen = now.map_or(-1, |now| convert::key(&Language::ALL, now));
                (Language::ALL.iter().map(entry).collect(), chosen)
            }
            ui::ChoiceKind::Assignee => self.pages.edit.assignees(),
            _ => self.pages.tasks.entries(kind),
        };
        desk.set_entries(ModelRc::from(Rc::new(VecModel::from(entries))));
        desk.set_chosen(chosen);
        desk.set_choice(kind);
    }

    fn choose(&self, kind: ui::ChoiceKind, key: i32) {
        self.close_choice();
        match convert::with_key(&Language::ALL, key) {
            _ if kind == ui::ChoiceKind::Assignee => self.pages.edit.assign(key),
            Some(language) if kind == ui::ChoiceKind::Language => {
                self.speak(language);
                self.gate.speaks(language);
            }
            _ => {
                self.pages.tasks.choose(kind, key);
            }
        }
    }

    /// Another language on the whole screen.
    pub fn speak(&self, language: Language) {
        self.context.set_language(language);
        self.shell.speak(language);
        self.keyboard.speak(language);
        self.pages.tasks.speak(language);
        if let Some(page) = self.present() {
            page.speak();
        }
    }

    /// Takes in what the worker has answered. Never waits.
    pub fn take_answers(&self) {
        while let Ok(answer) = self.answers.try_recv() {
            self.take(answer);
        }
    }

    /// Waits for the worker's next answer, for pictures and tests. `false`: none came in time.
    pub fn wait_for_answer(&self, longest: Duration) -> bool {
        let answer = self.answers.recv_timeout(longest);
        let came = answer.is_ok();
        if let Ok(answer) = answer {
            self.take(answer);
        }
        came
    }

    /// Takes in answers until no page waits for one and none came for so long: for pictures and tests.
    pub fn rest(&self, silence: Duration) {
        while self.wait_for_answer(silence) || self.context.is_waiting() {}
    }

    fn take(&self, answer: Answer) {
        match answer {
            Answer::List(list) => {
                self.pages.tasks.listed(list);
                self.shell.tick();
            }
            Answer::Page(number, page, rows) => self.pages.tasks.paged(number, page, &rows),
            Answer::Counts(counts) => {
                let open = TaskFilter { status: StatusFilter::Open, ..TaskFilter::default() };
                self.shell.counted(counts.pulse, counts.cube.count(&open));
                self.pages.tasks.counted(&counts);
                if !counts.changed {
                    // The first counts: the desk has just begun.
                    self.pages.edit.look_for_draft();
                }
                self.gate.look();
                if let Some(page) = self.present().filter(|_| counts.changed) {
                    page.refresh();
                }
            }
            Answer::Job { number, writes, found } => {
                if writes {
                    let trouble = found.as_ref().err().copied();
                    self.shell.saved(trouble);
                }
                self.context.answered(number, found);
            }
            Answer::Detail(number, detail) => self.pages.tasks.detailed(number, detail.as_deref()),
            Answer::Handled(id, step) => {
                self.pages.tasks.handled(id);
                self.context.confirm(ui::Toast::Handled, step);
                self.shell.saved(None);
            }
            Answer::DiskNearlyFull(nearly) => {
                self.shell.set_fault(Fault::DiskFull, nearly);
                self.shell.tick();
            }
            Answer::TouchGone(gone) => {
                self.shell.set_fault(Fault::TouchGone, gone);
                self.shell.tick();
            }
            Answer::Failed(what, trouble) => {
                if self.pages.tasks.failed(what) {
                    self.shell.unreadable(trouble);
                } else if matches!(what, Failed::Handle(_) | Failed::Collect) {
                    self.shell.saved(Some(trouble));
                }
            }
        }
    }

    /// Names the lamp that shows the alert.
    pub fn set_lamp(&self, lamp: impl Fn(Alert) + 'static) {
        self.shell.set_lamp(lamp);
    }

    /// What the alert is now, once that is known.
    pub fn alert(&self) -> Option<Alert> {
        self.shell.alert()
    }

    /// Shows the alert on the icon, lit, where no lamp keeps the time: for pictures.
    pub fn blink_by_hand(&self) {
        if let Some(alert) = self.shell.alert() {
            self.shell.blink(alert, alert > Alert::Off);
        }
    }

    /// LED or button have something to tell.
    pub fn panel(&self, event: PanelEvent) {
        match event {
            PanelEvent::Blink { alert, lit } => self.shell.blink(alert, lit),
            PanelEvent::Press(press) => {
                if self.shell.touched() {
                    // The screen was dark: the press woke it, and does nothing else.
                    return;
                }
                if self.window.global::<ui::Desk>().get_curtain() && press == Press::Short {
                    self.draw_curtain(false);
                    return;
                }
                match press {
                    Press::Short if self.window.global::<ui::Desk>().get_page() == ui::Page::FirstStart => {
                        self.pages.first_start.pressed();
                    }
                    Press::Short => self.open_manager(),
                    Press::Long => self.shell.silence(),
                }
            }
            PanelEvent::Fault(fault) => self.panel_fault(fault.part),
        }
    }

    /// A part of the panel does not work.
    pub fn panel_fault(&self, part: Part) {
        if part != Part::Button {
            self.shell.set_fault(Fault::Lamp, true);
        }
        if part != Part::Led {
            self.shell.set_fault(Fault::Button, true);
        }
        self.shell.tick();
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        let _ = self.requests.send(Request::Stop);
    }
}
