//! Pictures of the pages, without a display: `balie-kiosk --screenshot`.

use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use balie_ui as ui;
use balie_ui::headless::Canvas;
use slint::{ComponentHandle, ModelRc, VecModel};

use super::app::{Desk, Start};
use super::worker::Opener;
use super::{Surroundings, slint};
use crate::store::Store;

/// A picture's name, and the way there through the desk's own doors.
pub(super) type Picture = (&'static str, fn(&Rc<Desk>));

/// The list in its states, and then what each page's adapter adds.
const TASKS: &[Picture] =
    &[("tasks", |desk| turn_to(desk, "tasks")), ("tasks-choice", |desk| turn_to(desk, "tasks-choice"))];
/// What a healthy shop is not in, set by hand: last, because nothing leads back.
const LAST: &[Picture] = &[
    ("tasks-empty", |desk| turn_to(desk, "tasks-empty")),
    ("tasks-loading", |desk| turn_to(desk, "tasks-loading")),
    ("tasks-error", |desk| turn_to(desk, "tasks-error")),
];

fn pictures() -> impl Iterator<Item = &'static Picture> {
    [
        TASKS,
        super::edit_pictures::PICTURES,
        super::why::PICTURES,
        super::agenda_day::PICTURES,
        super::customers::PICTURES,
        super::compose_pictures::PICTURES,
        super::mailing::PICTURES,
        super::texts::PICTURES,
        super::customer_sheets::PICTURES,
        super::settings::PICTURES,
        super::files_pictures::PICTURES,
        super::outbox::PICTURES,
        super::system::PICTURES,
        super::report::PICTURES,
        super::first_start::PICTURES,
        super::session::PICTURES,
        super::vehicle::PICTURES,
        LAST,
    ]
    .into_iter()
    .flatten()
}

/// The pages that have a picture.
pub fn pages() -> Vec<&'static str> {
    pictures().map(|(name, _)| *name).collect()
}

/// Takes the desk to the state of a picture; `false`: there is none of that name.
pub fn show(desk: &Rc<Desk>, page: &str) -> bool {
    let picture = pictures().find(|(name, _)| *name == page);
    if let Some((_, show)) = picture {
        desk.open_for_pictures();
        show(desk);
    }
    picture.is_some()
}

/// Lets the desk's own work come to an end: pictures wait for what they asked.
pub(super) fn wait(desk: &Rc<Desk>) {
    desk.rest(Duration::from_millis(150));
}

/// How long a slow card may take to show the list.
const PATIENCE: Duration = Duration::from_secs(30);

/// What pictures are wanted.
#[derive(Debug, Clone)]
pub struct Wish {
    /// The folder they are written to.
    pub folder: PathBuf,
    /// Width and height.
    pub size: (u32, u32),
    /// One page, or all.
    pub page: Option<String>,
}

/// Why there is no picture.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// A picture or its folder cannot be written.
    #[error("{path} cannot be written: {1}", path = .0.display())]
    Write(PathBuf, std::io::Error),
    /// Nothing can be drawn.
    #[error("the page cannot be drawn: {0}")]
    Draw(String),
    /// The list cannot be read.
    #[error(
        "the tasks cannot be read from the database; see the line above, or name the data folder with --data-dir"
    )]
    Unreadable,
}

/// Draws the pages into PNG files; answers their paths.
///
/// # Errors
/// [`PictureError`] in words.
pub fn take(
    wish: &Wish,
    start: Start,
    surroundings: Arc<dyn Surroundings>,
    open: Opener<Store>,
) -> Result<Vec<PathBuf>, PictureError> {
    std::fs::create_dir_all(&wish.folder).map_err(|error| PictureError::Write(wish.folder.clone(), error))?;
    let draw = |error: &dyn std::fmt::Display| PictureError::Draw(error.to_string());
    let mut canvas = Canvas::install(wish.size.0, wish.size.1).map_err(|error| draw(&error))?;
    let entered = start.employee.is_some();
    let desk = Desk::open(start, surroundings, open, Box::new(|| ())).map_err(|error| draw(&error))?;
    if !entered {
        desk.admit_anybody();
    }
    desk.window().show().map_err(|error| draw(&error))?;
    settle(&desk)?;
    let mut written = Vec::new();
    let wanted = |page: &&str| wish.page.as_deref().is_none_or(|wanted| wanted == *page);
    for page in pages().into_iter().filter(wanted) {
        show(&desk, page);
        wait(&desk);
        // The second time whatever the first found out about sizes is drawn too.
        canvas.draw();
        desk.rest(Duration::from_millis(50));
        canvas.draw();
        let path = wish.folder.join(format!("{page}.png"));
        save(&canvas, &path)?;
        written.push(path);
    }
    Ok(written)
}

fn save(canvas: &Canvas, path: &Path) -> Result<(), PictureError> {
    canvas.save(path).map_err(|error| PictureError::Write(path.to_owned(), error))
}

/// Waits until list, counts and the selected task are there.
fn settle(desk: &Rc<Desk>) -> Result<(), PictureError> {
    let tasks = desk.window().global::<ui::Tasks>();
    let began = Instant::now();
    while began.elapsed() < PATIENCE {
        desk.wait_for_answer(Duration::from_millis(100));
        let selected = tasks.get_selected_id() < 0 || tasks.get_detail_state() == ui::DetailState::Shown;
        match tasks.get_state() {
            ui::ListState::Error => return Err(PictureError::Unreadable),
            ui::ListState::Loading => {}
            _ if tasks.get_counts_known() && selected => return Ok(()),
            _ => {}
        }
    }
    Err(PictureError::Unreadable)
}

/// Shows a page. The states that a healthy shop is not in are set by hand.
fn turn_to(desk: &Rc<Desk>, page: &str) {
    let window = desk.window();
    let (shell, tasks) = (window.global::<ui::Desk>(), window.global::<ui::Tasks>());
    shell.set_choice(ui::ChoiceKind::None);
    desk.blink_by_hand();
    let state = match page {
        "tasks-choice" => {
            shell.invoke_open_choice(ui::ChoiceKind::Rule);
            return;
        }
        "tasks-empty" => ui::ListState::NothingDue,
        "tasks-loading" => ui::ListState::Loading,
        "tasks-error" => ui::ListState::Error,
        _ => return,
    };
    tasks.set_state(state);
    tasks.set_rows(ModelRc::from(Rc::new(VecModel::default())));
    tasks.set_selected_id(-1);
    tasks.set_detail_state(ui::DetailState::None);
    tasks.set_counts_known(state == ui::ListState::NothingDue);
    tasks.set_overdue(0);
    tasks.set_due_today(0);
    tasks.set_coming(0);
    tasks.set_shown(if state == ui::ListState::NothingDue { 0 } else { -1 });
    match state {
        ui::ListState::Error => {
            shell.set_alert(ui::AlertState::Steady);
            shell.set_lit(true);
        }
        _ => shell.set_alert(ui::AlertState::Off),
    }
}
