//! The first start (APP-08): a technician is led through what a desk needs, part by part. What the machine
//! can judge it judges itself; for lamp, button and screen it asks who stands in front of it.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use balie_ui as ui;
use slint::{ComponentHandle, ModelRc, Timer, VecModel};

use super::context::{Context, Page, Turn, every};
use super::slint;
use crate::domain::employee::Role;
use crate::exchange::stick;
use crate::store::checks::Seen;
use crate::store::{Store, StoreError};

/// How often the machine is looked at: whoever plugs something in wants to see it.
const LOOK: Duration = Duration::from_secs(3);

/// What the machine tells, asked beside the desk.
#[derive(Debug, Clone, Copy, Default)]
struct Around {
    network: Option<bool>,
    register: bool,
    stick: bool,
}

/// What the database tells.
struct Known {
    clock: bool,
    answered: bool,
    seen: [Option<bool>; Seen::ALL.len()],
    imported: bool,
    manager: bool,
    stick: bool,
}

/// The page's adapter.
pub struct FirstStartPage {
    context: Rc<Context>,
    asking: Turn,
    reading: Turn,
    around: Cell<Around>,
    /// Which corners of the screen were touched.
    corners: Cell<[bool; 4]>,
    looking: Timer,
}

impl FirstStartPage {
    /// The page, with its callbacks connected.
    pub fn connect(context: Rc<Context>) -> Rc<Self> {
        let page = Rc::new(Self {
            context,
            asking: Turn::default(),
            reading: Turn::default(),
            around: Cell::default(),
            corners: Cell::default(),
            looking: Timer::default(),
        });
        let Some(window) = page.context.window() else { return page };
        let global = window.global::<ui::FirstStart>();
        hear!(global, page, {
            on_retry: |this| this.look(),
            on_answer: |this, works| {
                this.with(|global| global.set_asking(false));
                this.note(Seen::Lamp, works);
            },
            on_begin_corners: |this| {
                this.corners.set([false; 4]);
                this.tell_corners();
                this.with(|global| global.set_cornering(true));
            },
            on_touch_corner: |this, place| this.corner(place),
            on_miss_corner: |this| {
                this.with(|global| global.set_cornering(false));
                this.note(Seen::Touch, false);
            },
        });
        page
    }

    fn with(&self, act: impl FnOnce(&ui::FirstStart<'_>)) {
        if let Some(window) = self.context.window() {
            act(&window.global::<ui::FirstStart>());
        }
    }

    /// The button on the desk was pressed.
    pub(super) fn pressed(self: &Rc<Self>) {
        self.note(Seen::Button, true);
    }

    fn corner(self: &Rc<Self>, place: i32) {
        let mut corners = self.corners.get();
        if let Some(corner) = usize::try_from(place).ok().and_then(|place| corners.get_mut(place)) {
            *corner = true;
        }
        self.corners.set(corners);
        self.tell_corners();
        if corners == [true; 4] {
            self.with(|global| global.set_cornering(false));
            self.note(Seen::Touch, true);
        }
    }

    fn tell_corners(&self) {
        let corners = VecModel::from(self.corners.get().to_vec());
        self.with(|global| global.set_corners(ModelRc::from(Rc::new(corners))));
    }

    fn note(self: &Rc<Self>, part: Seen, works: bool) {
        let this = Rc::downgrade(self);
        self.context.save(
            "first-start.note",
            move |store, moment| store.note_seen(part, works, moment.actor),
            move |noted| {
                let Some(this) = this.upgrade() else { return };
                match noted {
                    Ok(()) => this.read(),
                    Err(_) => this.context.confirm(ui::Toast::NotSaved, None),
                }
            },
        );
    }

    fn look(self: &Rc<Self>) {
        if !self.context.is_manager() {
            return;
        }
        let surroundings = Arc::clone(&self.context.surroundings);
        let (newest, this) = (self.asking.next(), Rc::downgrade(self));
        self.context.aside(
            move |_| {
                let places = surroundings.places();
                let sticks = places.map(|places| stick::sticks(&places.sticks).unwrap_or_default());
                Around {
                    network: surroundings.network(),
                    register: surroundings.asks_register(),
                    stick: sticks.is_some_and(|sticks| !sticks.is_empty()),
                }
            },
            move |around| {
                if let Some(this) = this.upgrade().filter(|_| newest()) {
                    this.around.set(around);
                    this.read();
                }
            },
        );
    }

    fn read(self: &Rc<Self>) {
        let surroundings = Arc::clone(&self.context.surroundings);
        let (newest, this) = (self.reading.next(), Rc::downgrade(self));
        self.context.read(
            "first-start.read",
            move |store, moment| {
                let runs = store.runs(moment.actor.at)?;
                Ok(Known {
                    clock: surroundings.clock_trusted(store.newest_instant()?),
                    answered: runs.register_at.is_some(),
                    seen: seen(store)?,
                    imported: store.has_import()?,
                    manager: store
                        .staff()?
                        .iter()
                        .any(|one| one.has_pin && one.employee.active && one.employee.role == Role::Manager),
                    stick: runs.stick_at.is_some(),
                })
            },
            move |found| {
                let Some(this) = this.upgrade().filter(|_| newest()) else { return };
                match found {
                    Ok(known) => this.tell(&known),
                    Err(_) => this.with(|global| global.set_state(ui::FirstState::Error)),
                }
            },
        );
    }

    fn tell(&self, known: &Known) {
        use ui::FirstMark as Mark;
        use ui::FirstPart as Part;
        let around = self.around.get();
        let [lamp, button, touch] = known.seen.map(|seen| match seen {
            Some(true) => Mark::Good,
            Some(false) => Mark::Wrong,
            None => Mark::Open,
        });
        let good = |good: bool, other: Mark| if good { Mark::Good } else { other };
        let lines = [
            (Part::Clock, good(known.clock, Mark::Wrong)),
            (Part::Network, around.network.map_or(Mark::Open, |linked| good(linked, Mark::Wrong))),
            (Part::Register, if around.register { good(known.answered, Mark::Open) } else { Mark::Off }),
            (Part::Lamp, lamp),
            (Part::Button, button),
            (Part::Touch, touch),
            (Part::Stick, good(around.stick || known.stick, Mark::Open)),
            (Part::Import, good(known.imported, Mark::Open)),
            (Part::Manager, good(known.manager, Mark::Open)),
        ];
        let left = lines.iter().filter(|(_, mark)| matches!(mark, Mark::Open | Mark::Wrong)).count();
        let lines = lines.map(|(part, mark)| ui::FirstLine { part, mark }).to_vec();
        self.with(|global| {
            global.set_lines(ModelRc::from(Rc::new(VecModel::from(lines))));
            global.set_left(i32::try_from(left).unwrap_or_default());
            global.set_state(ui::FirstState::Shown);
        });
    }
}

fn seen(store: &Store) -> Result<[Option<bool>; Seen::ALL.len()], StoreError> {
    let [lamp, button, touch] = Seen::ALL.map(|part| store.seen(part));
    Ok([lamp?, button?, touch?])
}

impl Page for Rc<FirstStartPage> {
    fn open(&self, _: i64) {
        self.with(|global| {
            global.set_state(ui::FirstState::Loading);
            global.set_asking(false);
            global.set_cornering(false);
        });
        self.look();
        every(&self.looking, LOOK, self, |this| this.look());
    }

    fn refresh(&self) {
        self.read();
    }

    fn close(&self) {
        self.looking.stop();
        // What is still on its way is for nobody.
        let _ = (self.asking.next(), self.reading.next());
    }
}

/// Pictures of the page: a desk that is half way.
pub(super) const PICTURES: &[super::picture::Picture] = &[
    ("first-start", half_way),
    ("first-start-lamp", |desk| {
        half_way(desk);
        desk.pages.first_start.with(|global| global.set_asking(true));
    }),
    ("first-start-corners", |desk| {
        half_way(desk);
        let page = &desk.pages.first_start;
        page.corners.set([true, false, false, false]);
        page.tell_corners();
        page.with(|global| global.set_cornering(true));
    }),
    ("first-start-error", |desk| {
        half_way(desk);
        desk.pages.first_start.with(|global| global.set_state(ui::FirstState::Error));
    }),
];

fn half_way(desk: &Rc<super::app::Desk>) {
    desk.context().go(ui::Page::FirstStart, 0);
    super::picture::wait(desk);
    let page = &desk.pages.first_start;
    page.looking.stop();
    let _ = (page.asking.next(), page.reading.next());
    page.around.set(Around { network: Some(false), register: true, stick: false });
    let seen = [Some(true), None, Some(false)];
    page.tell(&Known { clock: true, answered: false, seen, imported: true, manager: true, stick: false });
}
