//! A mailing to the customers that the overview shows (CSS-09). Who may be reached is counted anew with
//! every change of channel or class; the preview is the message to the first of them.

use std::cell::RefCell;
use std::rc::Rc;

use balie_ui as ui;
use slint::{ComponentHandle, ModelRc, VecModel};

use super::app::Desk;
use super::context::{Context, Page, Turn};
use super::customers::CustomersPage;
use super::picture::{self, Picture};
use super::wire::Trouble;
use super::{compose_state, convert, placeholders, slint};
use crate::domain::ids::CustomerId;
use crate::domain::language::Language;
use crate::domain::message::Channel;
use crate::domain::rule::{Half, LegalClass, RuleKey};
use crate::domain::settings::Settings;
use crate::rules::describe::letters::{Purpose, check, delivered};
use crate::store::StoreError;
use crate::store::letter::{About, LetterFacts, OwnTexts};
use crate::store::mailing::{LeftOut, Mailed, Mailing, Recipients, filled};

/// Customers of one mailing; more is a campaign, not a mailing.
const MOST: usize = 2_000;

/// Everything the page needs, read in one go.
struct Ready {
    customers: Vec<CustomerId>,
    recipients: Recipients,
    first: Option<LetterFacts>,
    settings: Settings,
    texts: Vec<(Language, OwnTexts)>,
}

#[derive(Default)]
struct State {
    mailing: Option<Mailing>,
    /// A person has changed the text.
    edited: bool,
    ready: Option<Ready>,
}

/// The page's adapter.
pub struct MailingPage {
    context: Rc<Context>,
    customers: Rc<CustomersPage>,
    turn: Turn,
    state: RefCell<State>,
}

impl MailingPage {
    /// The page, with its callbacks connected.
    pub fn connect(context: Rc<Context>, customers: Rc<CustomersPage>) -> Rc<Self> {
        let page = Rc::new(Self { context, customers, turn: Turn::default(), state: RefCell::default() });
        let Some(window) = page.context.window() else { return page };
        let global = window.global::<ui::Mailing>();
        hear!(global, page, {
            on_choose_channel: |this, email| {
                let channel = if email { Channel::Email } else { Channel::Sms };
                this.change(|mailing| mailing.channel = channel);
            },
            on_choose_kind: |this, key| this.choose_kind(convert::with_key(&RuleKey::ALL, key)),
            on_choose_language: |this, language| {
                this.change(|mailing| mailing.language = convert::from_language(language));
            },
            on_mark_service: |this, on| {
                let class = if on { LegalClass::Service } else { LegalClass::Commercial };
                this.change(|mailing| mailing.class = class);
            },
            on_edit_text: |this, text| this.edit(|mailing| mailing.body = text.to_string()),
            on_edit_subject: |this, text| this.edit(|mailing| mailing.subject = text.to_string()),
            on_insert: |this, place, typing| this.insert(place, typing),
            on_send: |this| this.send(),
            on_retry: |this| this.look(),
        });
        page
    }

    /// Counts who is reached.
    fn look(self: &Rc<Self>) {
        let Some(window) = self.context.window() else { return };
        window.global::<ui::Mailing>().set_counting(true);
        let newest = self.turn.next();
        let query = self.customers.query();
        let mailing = {
            let shop = self.context.surroundings.shop();
            let mut state = self.state.borrow_mut();
            let begun = state.mailing.get_or_insert_with(|| Mailing {
                channel: Channel::Email,
                class: LegalClass::Commercial,
                subject: String::new(),
                body: String::new(),
                language: shop.language,
                rule: None,
                sender: shop.sender,
            });
            begun.clone()
        };
        let this = Rc::downgrade(self);
        self.context.read(
            "mailing.recipients",
            move |store, moment| {
                let customers = store.customers_found(&query, MOST)?;
                let recipients = store.recipients(&mailing, &customers, moment.today)?;
                let first = match recipients.reached.first() {
                    Some(first) => store.letter_facts(About::Customer(*first), None, moment.today)?,
                    None => None,
                };
                let mut texts = Vec::new();
                for language in Language::ALL {
                    texts.push((language, store.own_texts(language)?));
                }
                Ok::<_, StoreError>(Ready {
                    customers,
                    recipients,
                    first,
                    settings: store.settings()?,
                    texts,
                })
            },
            move |found| {
                if let Some(this) = this.upgrade().filter(|_| newest()) {
                    this.arrived(found);
                }
            },
        );
    }

    fn arrived(&self, found: Result<Ready, Trouble>) {
        let Some(window) = self.context.window() else { return };
        let global = window.global::<ui::Mailing>();
        global.set_counting(false);
        let Ok(ready) = found else {
            // Who was counted before is not told as reached now.
            self.state.borrow_mut().ready = None;
            return global.set_state(ui::MailingState::Error);
        };
        let nobody = ready.customers.is_empty();
        self.state.borrow_mut().ready = Some(ready);
        self.begin();
        self.tell();
        global.set_state(if nobody { ui::MailingState::Nobody } else { ui::MailingState::Filled });
    }

    /// The template of the kind, unless a person has written already.
    fn begin(&self) {
        let mut state = self.state.borrow_mut();
        if state.edited {
            return;
        }
        let State { mailing: Some(mailing), ready: Some(ready), .. } = &mut *state else { return };
        let own = ready.texts.iter().find(|(language, _)| *language == mailing.language);
        let text = |purpose: Purpose| {
            let own = own.and_then(|(_, own)| own.get(&(purpose, mailing.rule))).cloned();
            let half = mailing.rule.and_then(|rule| rule.halves().first().copied()).unwrap_or(Half::Whole);
            own.unwrap_or_else(|| delivered(purpose, mailing.rule.map(|rule| (rule, half)), mailing.language))
        };
        let sms = mailing.channel == Channel::Sms;
        let (subject, body) =
            (text(Purpose::EmailSubject), text(if sms { Purpose::Sms } else { Purpose::Email }));
        (mailing.subject, mailing.body) = (subject, body);
    }

    /// A change after which others are reached.
    fn change(self: &Rc<Self>, change: impl FnOnce(&mut Mailing)) {
        if let Some(mailing) = &mut self.state.borrow_mut().mailing {
            change(mailing);
        }
        self.begin();
        self.tell();
        self.look();
    }

    fn choose_kind(self: &Rc<Self>, rule: Option<RuleKey>) {
        let class = {
            let state = self.state.borrow();
            let settings = state.ready.as_ref().map(|ready| &ready.settings);
            rule.zip(settings)
                .map_or(LegalClass::Commercial, |(rule, settings)| settings.rule(rule).legal_class)
        };
        // Whoever chooses a text wants that text.
        self.state.borrow_mut().edited = false;
        self.change(|mailing| {
            mailing.rule = rule;
            mailing.class = class;
        });
    }

    fn edit(&self, change: impl FnOnce(&mut Mailing)) {
        {
            let mut state = self.state.borrow_mut();
            state.edited = true;
            if let Some(mailing) = &mut state.mailing {
                change(mailing);
            }
        }
        self.preview();
    }

    fn insert(&self, place: i32, typing: bool) {
        let Some(window) = self.context.window() else { return };
        let text =
            self.state.borrow().mailing.as_ref().map(|mailing| mailing.body.clone()).unwrap_or_default();
        if let Some(text) = placeholders::insert(&window, place, typing, &text) {
            window.global::<ui::Mailing>().set_text(text.as_str().into());
            self.edit(|mailing| mailing.body = text);
        }
    }

    fn send(self: &Rc<Self>) {
        let Some(window) = self.context.window() else { return };
        let global = window.global::<ui::Mailing>();
        let (mailing, customers) = {
            let state = self.state.borrow();
            let (Some(mailing), Some(ready)) = (&state.mailing, &state.ready) else { return };
            (mailing.clone(), ready.recipients.reached.clone())
        };
        global.set_sending(true);
        global.set_save_failed(false);
        let this = Rc::downgrade(self);
        self.context.save(
            "mailing.send",
            move |store, moment| store.send_mailing(&mailing, &customers, moment.today, moment.actor),
            move |sent| {
                if let Some(this) = this.upgrade() {
                    this.sent(&sent);
                }
            },
        );
    }

    fn sent(&self, sent: &Result<Mailed, Trouble>) {
        let Some(window) = self.context.window() else { return };
        let global = window.global::<ui::Mailing>();
        global.set_sending(false);
        match sent {
            Ok(mailed) => {
                *self.state.borrow_mut() = State::default();
                global.set_queued(i32::try_from(mailed.queued).unwrap_or(i32::MAX));
                global.set_left_at_last(i32::try_from(mailed.left_out).unwrap_or(i32::MAX));
                global.set_state(ui::MailingState::Sent);
            }
            Err(_) => global.set_save_failed(true),
        }
    }

    /// The message to the first who gets it.
    fn preview(&self) {
        let Some(window) = self.context.window() else { return };
        let global = window.global::<ui::Mailing>();
        let state = self.state.borrow();
        let Some(mailing) = &state.mailing else { return };
        let unknown =
            [&mailing.body, &mailing.subject].into_iter().find_map(|text| placeholders::wrong(text, check));
        global.set_unknown(unknown.unwrap_or_default().into());
        let first = state.ready.as_ref().and_then(|ready| ready.first.as_ref());
        let composed = first.map(|facts| filled(facts, mailing, String::new()));
        let name = first.map(LetterFacts::name).unwrap_or_default();
        global.set_preview_name(name.into());
        let (subject, body) = composed.map(|composed| (composed.subject, composed.body)).unwrap_or_default();
        global.set_parts(placeholders::parts(&body));
        global.set_preview(body.into());
        global.set_preview_subject(subject.unwrap_or_default().into());
    }

    fn tell(&self) {
        let Some(window) = self.context.window() else { return };
        let global = window.global::<ui::Mailing>();
        let shop = self.context.surroundings.shop();
        {
            let state = self.state.borrow();
            let (Some(mailing), Some(ready)) = (&state.mailing, &state.ready) else { return };
            let number = |count: usize| i32::try_from(count).unwrap_or(i32::MAX);
            global.set_total(number(ready.customers.len()));
            global.set_too_many(ready.customers.len() == MOST);
            global.set_reached(number(ready.recipients.reached.len()));
            global.set_left_out_count(number(ready.recipients.left_out.len()));
            let rows = ready.recipients.left_out.iter().map(|(id, name, why)| ui::LeftOutRow {
                id: convert::number(id.0),
                name: name.as_str().into(),
                why: left_out(*why),
            });
            global.set_left_out(ModelRc::from(Rc::new(VecModel::from_iter(rows))));
            global.set_email(mailing.channel == Channel::Email);
            global.set_kinds(ModelRc::from(Rc::new(VecModel::from(compose_state::kinds(None)))));
            global.set_kind(compose_state::kind(mailing.rule, None));
            global.set_service(mailing.class == LegalClass::Service);
            global.set_language(convert::language(mailing.language));
            global.set_subject(mailing.subject.as_str().into());
            global.set_text(mailing.body.as_str().into());
            global.set_supplied(if mailing.channel == Channel::Email { shop.mails } else { shop.texts });
        }
        self.preview();
    }
}

impl Page for Rc<MailingPage> {
    fn open(&self, _: i64) {
        if let Some(window) = self.context.window() {
            let global = window.global::<ui::Mailing>();
            global.set_sheet(ui::MailingSheet::None);
            global.set_save_failed(false);
            global.set_state(ui::MailingState::Loading);
        }
        self.look();
    }

    fn refresh(&self) {
        let sent = self
            .context
            .window()
            .is_some_and(|window| window.global::<ui::Mailing>().get_state() == ui::MailingState::Sent);
        if !sent {
            self.look();
        }
    }

    fn speak(&self) {}
}

fn left_out(why: LeftOut) -> ui::LeftOut {
    match why {
        LeftOut::Objected => ui::LeftOut::Objected,
        LeftOut::Refused => ui::LeftOut::Refused,
        LeftOut::NeedsConsent => ui::LeftOut::NeedsConsent,
        LeftOut::NotYetCustomer => ui::LeftOut::NotYetCustomer,
        LeftOut::NoAddress => ui::LeftOut::NoAddress,
        LeftOut::SameAddress => ui::LeftOut::SameAddress,
    }
}

/// The page in its states.
pub(super) const PICTURES: &[Picture] = &[
    ("mailing", |desk| show(desk, |_| {})),
    ("mailing-sms", |desk| show(desk, |mailing| mailing.invoke_choose_channel(false))),
    ("mailing-wrong", |desk| {
        show(desk, |mailing| {
            mailing.set_text("Beste {naam}, de winter komt eraan.".into());
            mailing.invoke_edit_text("Beste {naam}, de winter komt eraan.".into());
        });
    }),
    ("mailing-left-out", |desk| {
        show(desk, |mailing| {
            let row = |id, name: &str, why| ui::LeftOutRow { id, name: name.into(), why };
            let rows = vec![
                row(1, "Bakkerij Smit", ui::LeftOut::Objected),
                row(2, "J. van den Heuvel-Oosterhuis", ui::LeftOut::NoAddress),
                row(3, "Autobedrijf De Groot B.V.", ui::LeftOut::NotYetCustomer),
                row(4, "S. Yılmaz", ui::LeftOut::SameAddress),
                row(5, "C. Meijer", ui::LeftOut::NeedsConsent),
                row(6, "E. Kuipers", ui::LeftOut::Refused),
            ];
            mailing.set_left_out(ModelRc::from(Rc::new(VecModel::from(rows))));
            mailing.set_sheet(ui::MailingSheet::LeftOut);
        });
    }),
    ("mailing-question", |desk| show(desk, |mailing| mailing.set_sheet(ui::MailingSheet::Question))),
    ("mailing-sent", |desk| {
        show(desk, |mailing| {
            mailing.set_queued(34);
            mailing.set_state(ui::MailingState::Sent);
        });
    }),
    ("mailing-nobody", |desk| show(desk, |mailing| mailing.set_state(ui::MailingState::Nobody))),
    ("mailing-error", |desk| show(desk, |mailing| mailing.set_state(ui::MailingState::Error))),
];

fn show(desk: &Rc<Desk>, act: impl FnOnce(&ui::Mailing<'_>)) {
    let window = desk.window();
    *desk.pages.mailing.state.borrow_mut() = State::default();
    window.global::<ui::Desk>().invoke_go(ui::Page::Mailing, 0);
    picture::wait(desk);
    act(&window.global::<ui::Mailing>());
    picture::wait(desk);
}
