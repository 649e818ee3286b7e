//! Writing a message to a customer: the sheet over any page. What it is about is read once; text, preview
//! and count then follow every touch without a disk.
//!
//! A message from a task is handed to whoever opened the sheet, who queues it with everything else that
//! is staged. One that a person has sent by hand has left: it is written down at once, whatever becomes of
//! the task (CSS-13).

use std::cell::RefCell;
use std::rc::Rc;

use balie_ui as ui;
use slint::{ComponentHandle, ModelRc, VecModel};

use super::compose_code::{code, link};
use super::compose_state::{Change, Ready, Stage, State, Typed, draft_name, hurdle, kind, kinds, ready};
use super::context::{Context, Turn};
use super::half_typed::HalfTyped;
use super::wire::Trouble;
use super::{convert, placeholders, slint};
use crate::domain::ids::CustomerId;
use crate::domain::message::{Channel, Composed, Way};
use crate::domain::rule::RuleKey;
use crate::domain::sms;
use crate::rules::describe::letters::{Letter, Purpose, write};
use crate::store::letter::About;

/// The sheet's adapter.
pub struct Compose {
    context: Rc<Context>,
    turn: Turn,
    state: RefCell<State>,
    typed: HalfTyped,
}

impl Compose {
    /// The sheet, with its callbacks connected.
    pub fn connect(context: Rc<Context>) -> Rc<Self> {
        let typed = HalfTyped::new(Rc::clone(&context));
        let sheet = Rc::new(Self { context, turn: Turn::default(), state: RefCell::default(), typed });
        let Some(window) = sheet.context.window() else { return sheet };
        let global = window.global::<ui::Compose>();
        hear!(global, sheet, {
            on_close: |this| this.close(),
            on_choose_channel: |this, email| this.choose_channel(email),
            on_show_kinds: |this| this.view(ui::ComposeView::Kinds),
            on_choose_kind: |this, key| {
                this.view(ui::ComposeView::Writing);
                this.change(Change::Kind(convert::with_key(&RuleKey::ALL, key)));
            },
            on_choose_language: |this, language| {
                this.change(Change::Language(convert::from_language(language)));
            },
            on_replace: |this, yes| this.replace(yes),
            on_edit_text: |this, text| this.edit(|typed| typed.body = text.to_string()),
            on_edit_subject: |this, text| this.edit(|typed| typed.subject = text.to_string()),
            on_discard: |this| this.discard(),
            on_write_plain: |this| {
                this.edit(|typed| typed.body = sms::plain(&typed.body));
                this.tell();
            },
            on_mark_service: |this, on| this.mark_service(on),
            on_ask_consent: |this| this.view(ui::ComposeView::Asking),
            on_note_consent: |this, given| this.note_consent(given),
            on_queue: |this| this.go(Way::Queue),
            on_by_hand: |this| this.by_hand(),
            on_sent: |this| this.go(Way::ByHand),
            on_back: |this| {
                if this.state.borrow().asking.is_some() {
                    return this.close();
                }
                this.view(ui::ComposeView::Writing);
            },
            on_retry: |this| {
                // Nothing typed is written over.
                let edited = this.state.borrow().typed.iter().any(|typed| typed.edited);
                this.read(!edited);
            },
        });
        sheet
    }

    /// Opens the sheet for a task. `customer` is the one who is chosen and not saved yet. `stage` hears the
    /// message once: one for the outbox is its to queue, one sent by hand is written down already.
    pub fn open(
        self: &Rc<Self>,
        about: About,
        customer: Option<CustomerId>,
        channel: Channel,
        stage: impl FnOnce(Composed) + 'static,
    ) {
        self.begin(about, customer, channel, Some(Box::new(stage)));
    }

    /// Opens the sheet where nothing is staged: the message goes into the outbox at once.
    pub fn open_and_save(self: &Rc<Self>, about: About, channel: Channel) {
        self.begin(about, None, channel, None);
    }

    /// Opens the sheet for nothing else than asking a customer's consent.
    pub fn ask(self: &Rc<Self>, about: About, customer: Option<CustomerId>, channel: Channel) {
        self.begin(about, customer, channel, None);
        self.state.borrow_mut().asking = Some(channel);
        self.view(ui::ComposeView::Asking);
    }

    /// The wording in which consent is asked on the channel.
    fn wording(&self) -> Option<(CustomerId, String)> {
        let state = self.state.borrow();
        let ready = state.ready.as_ref()?;
        let (customer, _) = ready.facts.customer.as_ref()?;
        let place = Channel::ALL.iter().position(|channel| *channel == state.channel())?;
        Some((*customer, ready.wording.get(place)?.clone()))
    }

    fn begin(
        self: &Rc<Self>,
        about: About,
        customer: Option<CustomerId>,
        channel: Channel,
        stage: Option<Stage>,
    ) {
        let again = {
            let mut state = self.state.borrow_mut();
            let again = state.about == Some(about)
                && state.customer == customer
                && state.typed.iter().any(|typed| typed.edited);
            if !again {
                *state = State { about: Some(about), customer, ..State::default() };
            }
            state.email = channel == Channel::Email;
            state.stage = stage;
            state.asking = None;
            again
        };
        if let Some(window) = self.context.window() {
            let global = window.global::<ui::Compose>();
            global.set_open(true);
            global.set_save_failed(false);
            global.set_saving(false);
        }
        self.view(ui::ComposeView::Writing);
        self.read(!again);
    }

    /// Nothing typed is kept.
    pub(super) fn forget(&self) {
        *self.state.borrow_mut() = State::default();
    }

    /// Whether the sheet is on the screen.
    pub fn is_open(&self) -> bool {
        self.context.window().is_some_and(|window| window.global::<ui::Compose>().get_open())
    }

    /// Away with the sheet; what was typed is there again when it is opened for the same thing.
    pub fn close(&self) {
        let _newest = self.turn.next();
        self.typed.keep();
        self.state.borrow_mut().stage = None;
        if let Some(window) = self.context.window() {
            let global = window.global::<ui::Compose>();
            global.set_open(false);
            global.set_replacing(false);
        }
    }

    fn view(&self, view: ui::ComposeView) {
        if let Some(window) = self.context.window() {
            let global = window.global::<ui::Compose>();
            global.set_save_failed(false);
            global.set_view(view);
        }
    }

    /// Reads what the message is made of; `afresh`: its text too.
    fn read(self: &Rc<Self>, afresh: bool) {
        let (about, customer) = {
            let state = self.state.borrow();
            (state.about, state.customer)
        };
        let Some(about) = about else { return };
        if let Some(window) = self.context.window() {
            window.global::<ui::Compose>().set_loading(afresh);
        }
        let newest = self.turn.next();
        let shop = self.context.surroundings.shop();
        let this = Rc::downgrade(self);
        self.context.read(
            "compose.facts",
            move |store, moment| {
                let country = shop.sender.country;
                ready(store, about, customer, moment.today, &country, shop.language)
            },
            move |found| {
                if let Some(this) = this.upgrade().filter(|_| newest()) {
                    this.arrived(found, afresh);
                }
            },
        );
    }

    fn arrived(&self, found: Result<Option<Ready>, Trouble>, afresh: bool) {
        let Some(window) = self.context.window() else { return };
        let global = window.global::<ui::Compose>();
        global.set_loading(false);
        match found {
            Err(_) => return self.view(ui::ComposeView::Error),
            Ok(None) => return self.view(ui::ComposeView::Gone),
            Ok(Some(ready)) => {
                let usual = self.context.surroundings.shop().language;
                let mut state = self.state.borrow_mut();
                if afresh {
                    state.rule = ready.facts.task.map(|(_, rule)| rule);
                    state.language = ready.facts.language(usual);
                }
                state.ready = Some(ready);
            }
        }
        if global.get_view() == ui::ComposeView::Error {
            let asking = self.state.borrow().asking.is_some();
            self.view(if asking { ui::ComposeView::Asking } else { ui::ComposeView::Writing });
        }
        if afresh {
            self.write();
            let mut state = self.state.borrow_mut();
            if let Some(draft) = state.ready.as_mut().and_then(|ready| ready.draft.take()) {
                state.take_up(&draft);
            }
        }
        self.tell();
    }

    /// Fills the templates of both channels.
    fn write(&self) {
        let mut state = self.state.borrow_mut();
        let shop = self.context.surroundings.shop();
        let Some(ready) = &state.ready else { return };
        let (words, dated) = ready.facts.words(state.rule);
        let own = ready.texts.iter().find(|(language, _)| *language == state.language).map(|(_, own)| own);
        let text = |purpose: Purpose, channel: Channel| {
            let letter = Letter { words: &words, dated, sender: &shop.sender, channel, class: state.class() };
            let template = own.and_then(|own| own.get(&(purpose, state.rule))).map(String::as_str);
            write(&letter, purpose, state.rule, state.language, template)
        };
        let sms = Typed { body: text(Purpose::Sms, Channel::Sms), ..Typed::default() };
        let email = Typed {
            subject: text(Purpose::EmailSubject, Channel::Email),
            body: text(Purpose::Email, Channel::Email),
            edited: false,
        };
        state.typed = [sms, email];
    }

    fn choose_channel(&self, email: bool) {
        self.state.borrow_mut().email = email;
        self.tell();
    }

    fn change(&self, change: Change) {
        let edited = {
            let mut state = self.state.borrow_mut();
            let same = match change {
                Change::Kind(rule) => rule == state.rule,
                Change::Language(language) => language == state.language,
            };
            if same {
                return;
            }
            state.pending = Some(change);
            state.typed.iter().any(|typed| typed.edited)
        };
        if !edited {
            return self.replace(true);
        }
        if let Some(window) = self.context.window() {
            window.global::<ui::Compose>().set_replacing(true);
        }
    }

    fn replace(&self, yes: bool) {
        if let Some(window) = self.context.window() {
            window.global::<ui::Compose>().set_replacing(false);
        }
        let change = self.state.borrow_mut().pending.take().filter(|_| yes);
        let Some(change) = change else { return };
        {
            let mut state = self.state.borrow_mut();
            match change {
                Change::Kind(rule) => state.rule = rule,
                Change::Language(language) => state.language = language,
            }
        }
        self.write();
        self.tell();
    }

    fn edit(&self, change: impl FnOnce(&mut Typed)) {
        let mut state = self.state.borrow_mut();
        let typed = state.typed_mut();
        change(typed);
        typed.edited = true;
        let body = typed.body.clone();
        if let (Some(about), Some(content)) = (state.about, state.kept()) {
            self.typed.typed(draft_name(about), content);
        }
        if let Some(window) = self.context.window() {
            window.global::<ui::Compose>().set_parts(placeholders::parts(&body));
        }
    }

    /// The text of the shop again, in place of what was half typed.
    fn discard(&self) {
        if let Some(about) = self.state.borrow().about {
            self.typed.discard(draft_name(about));
        }
        self.state.borrow_mut().restored = false;
        self.write();
        self.tell();
    }

    fn mark_service(&self, on: bool) {
        self.state.borrow_mut().service = on;
        // The words about how to stop belong to a commercial message only.
        if !self.state.borrow().typed.iter().any(|typed| typed.edited) {
            self.write();
        }
        self.tell();
    }

    fn note_consent(self: &Rc<Self>, given: bool) {
        let channel = self.state.borrow().channel();
        let Some((customer, wording)) = self.wording() else { return };
        self.saving(true);
        let this = Rc::downgrade(self);
        self.context.save(
            "compose.consent",
            move |store, moment| store.note_consent(customer, channel, given, &wording, moment.actor),
            move |noted| {
                let Some(this) = this.upgrade() else { return };
                this.saving(false);
                match noted {
                    Ok(()) if this.state.borrow().asking.is_some() => {
                        this.close();
                        this.context.confirm(ui::Toast::Saved, None);
                    }
                    Ok(()) => {
                        this.view(ui::ComposeView::Writing);
                        this.read(false);
                    }
                    Err(_) => this.failed(),
                }
            },
        );
    }

    fn saving(&self, saving: bool) {
        if let Some(window) = self.context.window() {
            let global = window.global::<ui::Compose>();
            global.set_saving(saving);
            if saving {
                global.set_save_failed(false);
            }
        }
    }

    fn failed(&self) {
        if let Some(window) = self.context.window() {
            window.global::<ui::Compose>().set_save_failed(true);
        }
    }

    fn composed(&self, way: Way) -> Option<Composed> {
        let state = self.state.borrow();
        if hurdle(&state, &self.context.surroundings.shop().sender.country) != ui::Hurdle::None {
            return None;
        }
        let typed = state.typed();
        let (address, _) = state.address()?;
        Some(Composed {
            channel: state.channel(),
            address,
            subject: state.email.then(|| typed.subject.trim().to_owned()),
            body: typed.body.trim().to_owned(),
            way,
            legal_class: state.class(),
        })
        .filter(|composed| !composed.body.is_empty())
    }

    /// Text and number large, with a code for the telephone.
    fn by_hand(&self) {
        let Some(composed) = self.composed(Way::ByHand) else { return };
        let Some(window) = self.context.window() else { return };
        let global = window.global::<ui::Compose>();
        let small = window.global::<ui::Theme>().get_layout() == ui::Layout::Compact;
        let code = code(&link(&composed), if small { 224 } else { 296 });
        global.set_has_code(code.is_some());
        global.set_code(code.unwrap_or_default());
        self.view(ui::ComposeView::ByHand);
    }

    /// Hands the message over, or writes it down.
    fn go(self: &Rc<Self>, way: Way) {
        let Some(composed) = self.composed(way) else { return };
        let (task, customer, staged) = {
            let state = self.state.borrow();
            let facts = state.ready.as_ref().map(|ready| &ready.facts);
            let customer = facts.and_then(|facts| facts.customer.as_ref()).map(|(id, _)| *id);
            let task = facts.and_then(|facts| facts.task).map(|(id, _)| id);
            (task, customer, state.stage.is_some() && way == Way::Queue)
        };
        if staged {
            return self.finish(composed);
        }
        let Some(customer) = customer else { return };
        self.saving(true);
        let this = Rc::downgrade(self);
        let written = composed.clone();
        self.context.save(
            "compose.write",
            move |store, moment| store.write_message(task, customer, &written, moment.actor),
            move |saved| {
                let Some(this) = this.upgrade() else { return };
                this.saving(false);
                match saved {
                    Ok(_) => {
                        this.finish(composed);
                        this.context.confirm(ui::Toast::Saved, None);
                    }
                    Err(_) => this.failed(),
                }
            },
        );
    }

    /// The message is on its way: nothing typed is kept here.
    fn finish(&self, composed: Composed) {
        let (about, stage) = {
            let mut state = self.state.borrow_mut();
            (state.about, state.stage.take())
        };
        self.typed.forget();
        self.close();
        self.forget();
        if let Some(stage) = stage {
            stage(composed);
        }
        // Whoever staged it has kept it by now.
        if let Some(about) = about {
            self.typed.discard(draft_name(about));
        }
    }

    fn tell(&self) {
        let Some(window) = self.context.window() else { return };
        let global = window.global::<ui::Compose>();
        let shop = self.context.surroundings.shop();
        let state = self.state.borrow();
        let Some(ready) = &state.ready else { return };
        let name = ready.facts.customer.as_ref().map(|(_, customer)| customer.display_name());
        global.set_customer(name.unwrap_or_default().into());
        global.set_plate(ready.facts.plate().unwrap_or_default().into());
        global.set_email(state.email);
        global.set_to(state.address().map(|(_, pretty)| pretty).unwrap_or_default().into());
        global.set_hurdle(hurdle(&state, &shop.sender.country));
        let own = ready.facts.task.map(|(_, rule)| rule);
        global.set_kinds(ModelRc::from(Rc::new(VecModel::from(kinds(own)))));
        global.set_kind(kind(state.rule, own));
        global.set_language(convert::language(state.language));
        let typed = state.typed();
        global.set_subject(typed.subject.as_str().into());
        global.set_text(typed.body.as_str().into());
        global.set_parts(placeholders::parts(&typed.body));
        global.set_restored(state.restored && typed.edited);
        global.set_service(state.service);
        global.set_supplied(if state.email { shop.mails } else { shop.texts });
        drop(state);
        let wording = self.wording().map(|(_, wording)| wording);
        global.set_wording(wording.unwrap_or_default().into());
    }
}
