//! The outbox, for managers: what needs somebody, what waits and can be held back, what has left; and
//! where a message is, for the pages that show one (APP-07).

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use balie_ui as ui;
use chrono::{DateTime, NaiveDateTime, Utc};
use slint::{ComponentHandle, ModelRc, VecModel};

use super::app::Desk;
use super::context::{Context, Moment, Page, Turn};
use super::{convert, slint};
use crate::domain::ids::MessageId;
use crate::domain::message::{Channel, MessageState, Trouble};
use crate::store::message::Message;
use crate::store::outbox_view::{OutboxEntry, OutboxPart};
use crate::store::{Store, StoreError};

/// So many messages of a part are shown.
const SHOWN: usize = 100;

/// The page's adapter.
pub struct OutboxPage {
    context: Rc<Context>,
    turn: Turn,
    part: Cell<usize>,
    entries: RefCell<Vec<OutboxEntry>>,
    chosen: Cell<i64>,
}

impl OutboxPage {
    /// The page, with its callbacks connected.
    pub fn connect(context: Rc<Context>) -> Rc<Self> {
        let page = Rc::new(Self {
            context,
            turn: Turn::default(),
            part: Cell::new(0),
            entries: RefCell::default(),
            chosen: Cell::new(0),
        });
        let Some(window) = page.context.window() else { return page };
        let global = window.global::<ui::Outbox>();
        hear!(global, page, {
            on_show_part: |this, part| {
                this.part.set(usize::try_from(part).unwrap_or_default());
                this.with(|global| global.set_part(part));
                this.look();
            },
            on_retry: |this| this.look(),
            on_choose: |this, id| this.choose(i64::from(id)),
            on_take_back: |this| {
                let id = MessageId(this.chosen.get());
                this.save("outbox.take-back", move |store, moment| store.cancel_message(id, moment.actor));
            },
            on_became: |this, left| {
                let id = MessageId(this.chosen.get());
                this.save("outbox.became", move |store, moment| store.say_what_became(id, left, moment.actor));
            },
            on_to_customer: |this| this.to_customer(),
        });
        page
    }

    fn with(&self, act: impl FnOnce(&ui::Outbox<'_>)) {
        if let Some(window) = self.context.window() {
            act(&window.global::<ui::Outbox>());
        }
    }

    fn look(self: &Rc<Self>) {
        let part = OutboxPart::ALL.get(self.part.get()).copied().unwrap_or(OutboxPart::NeedsSomebody);
        let (newest, this) = (self.turn.next(), Rc::downgrade(self));
        self.context.read(
            "outbox.read",
            move |store, _| store.outbox_part(part, SHOWN),
            move |found| {
                let Some(this) = this.upgrade().filter(|_| newest()) else { return };
                let Ok((entries, counts)) = found else {
                    return this.with(|global| global.set_state(ui::OutboxState::Error));
                };
                let local = |at| this.context.surroundings.local(at);
                let lines: Vec<_> = entries.iter().map(|entry| line(entry, local)).collect();
                let counts = counts.map(|count| i32::try_from(count).unwrap_or(i32::MAX)).to_vec();
                *this.entries.borrow_mut() = entries;
                this.with(|global| {
                    global.set_lines(ModelRc::from(Rc::new(VecModel::from(lines))));
                    global.set_counts(ModelRc::from(Rc::new(VecModel::from(counts))));
                    global.set_state(ui::OutboxState::Shown);
                });
            },
        );
    }

    fn entry(&self, id: i64) -> Option<OutboxEntry> {
        self.entries.borrow().iter().find(|entry| entry.message.id.0 == id).cloned()
    }

    fn choose(&self, id: i64) {
        let Some(entry) = self.entry(id) else { return };
        self.chosen.set(id);
        self.with(|global| {
            global.set_chosen(line(&entry, |at| self.context.surroundings.local(at)));
            global.set_open(true);
        });
    }

    fn to_customer(&self) {
        if let Some(customer) = self.entry(self.chosen.get()).and_then(|entry| entry.customer) {
            self.with(|global| global.set_open(false));
            self.context.go(ui::Page::Customer, customer.0);
        }
    }

    fn save(
        self: &Rc<Self>,
        what: &'static str,
        work: impl FnOnce(&mut Store, &Moment) -> Result<bool, StoreError> + Send + 'static,
    ) {
        self.with(|global| global.set_saving(true));
        let this = Rc::downgrade(self);
        self.context.save(what, work, move |done| {
            let Some(this) = this.upgrade() else { return };
            this.with(|global| global.set_saving(false));
            match done {
                Ok(done) => {
                    let word = if done { ui::Toast::Saved } else { ui::Toast::UndoRefused };
                    this.with(|global| global.set_open(false));
                    this.context.confirm(word, None);
                    this.look();
                }
                Err(_) => this.context.confirm(ui::Toast::NotSaved, None),
            }
        });
    }
}

fn line(entry: &OutboxEntry, local: impl Fn(DateTime<Utc>) -> NaiveDateTime) -> ui::OutboxLine {
    let message = &entry.message;
    ui::OutboxLine {
        id: convert::number(message.id.0),
        customer: entry.customer.map_or(0, |customer| convert::number(customer.0)),
        name: if entry.name.is_empty() { "–".into() } else { entry.name.as_str().into() },
        email: message.channel == Channel::Email,
        subject: message.subject.as_deref().unwrap_or_default().into(),
        text: message.body.as_str().into(),
        delivery: delivery_of(message, local),
        answer: message.answer.as_deref().unwrap_or_default().into(),
    }
}

/// Where a message is; `local` is the shop's clock.
pub(super) fn delivery_of(message: &Message, local: impl Fn(DateTime<Utc>) -> NaiveDateTime) -> ui::Delivery {
    delivery(message.state, message.trouble, local(message.sent_at.unwrap_or(message.written_at)))
}

/// A state for the screen; `at` is the shop's time.
fn delivery(state: MessageState, trouble: Option<Trouble>, at: NaiveDateTime) -> ui::Delivery {
    ui::Delivery {
        state: match state {
            MessageState::Draft => ui::Carried::Draft,
            MessageState::Queued => ui::Carried::Queued,
            MessageState::Sending => ui::Carried::Sending,
            MessageState::Sent => ui::Carried::Sent,
            MessageState::Rejected => ui::Carried::Rejected,
            MessageState::Unknown => ui::Carried::Unknown,
        },
        hitch: match trouble.filter(|_| state != MessageState::Sent) {
            None => ui::Hitch::None,
            Some(Trouble::Unreachable) => ui::Hitch::Unreachable,
            Some(Trouble::Busy) => ui::Hitch::Busy,
            Some(Trouble::Settings) => ui::Hitch::Settings,
            Some(Trouble::GaveUp) => ui::Hitch::GaveUp,
            Some(Trouble::Refused) => ui::Hitch::Refused,
            Some(Trouble::Barred) => ui::Hitch::Barred,
            Some(Trouble::Landline) => ui::Hitch::Landline,
            Some(Trouble::NoAddress) => ui::Hitch::NoAddress,
            Some(Trouble::NoAnswer) => ui::Hitch::NoAnswer,
            Some(Trouble::Interrupted) => ui::Hitch::Interrupted,
            Some(Trouble::ByHand) => ui::Hitch::ByHand,
        },
        on: convert::date(at.date()),
        time: at.format("%H:%M").to_string().into(),
    }
}

impl Page for Rc<OutboxPage> {
    fn open(&self, _: i64) {
        self.part.set(0);
        self.with(|global| {
            global.set_part(0);
            global.set_open(false);
            global.set_saving(false);
            global.set_state(ui::OutboxState::Loading);
        });
        self.look();
    }

    fn refresh(&self) {
        self.look();
    }

    fn close(&self) {
        // What is still on its way is for nobody.
        let _ = self.turn.next();
        self.with(|global| global.set_open(false));
    }
}

/// The page's states; what a healthy shop has not is put there by hand.
pub(super) const PICTURES: &[super::picture::Picture] = &[
    ("outbox", |desk| shown(desk, false)),
    ("outbox-message", |desk| shown(desk, true)),
    ("outbox-empty", |desk| {
        desk.context().go(ui::Page::Outbox, 0);
        super::picture::wait(desk);
    }),
    ("outbox-error", |desk| {
        desk.context().go(ui::Page::Outbox, 0);
        super::picture::wait(desk);
        desk.window().global::<ui::Outbox>().set_state(ui::OutboxState::Error);
    }),
];

fn shown(desk: &Rc<Desk>, open: bool) {
    desk.context().go(ui::Page::Outbox, 0);
    super::picture::wait(desk);
    let at = chrono::NaiveDate::from_ymd_opt(2026, 11, 24).and_then(|day| day.and_hms_opt(10, 12, 0));
    let message = |id, name: &str, email, state, trouble| ui::OutboxLine {
        id,
        customer: 3,
        name: name.into(),
        email,
        text: "Uw auto staat klaar. Tot straks! Garage De Hoek".into(),
        delivery: delivery(state, trouble, at.unwrap_or_default()),
        ..Default::default()
    };
    let lines = vec![
        message(1, "Bakkerij Smit", false, MessageState::Rejected, Some(Trouble::Landline)),
        message(2, "Öztürk", true, MessageState::Rejected, Some(Trouble::Refused)),
        message(3, "De Wit", false, MessageState::Unknown, Some(Trouble::Interrupted)),
    ];
    let global = desk.window().global::<ui::Outbox>();
    if let (Some(last), true) = (lines.last().cloned(), open) {
        global.set_chosen(last);
        global.set_open(true);
    }
    global.set_lines(ModelRc::from(Rc::new(VecModel::from(lines))));
    global.set_counts(ModelRc::from(Rc::new(VecModel::from(vec![3, 2, 184]))));
}
