//! The shop's own texts, a page reached from the settings: descriptions of tasks, SMS and e-mail, for each kind and
//! language, each shown with a real vehicle (PEER-07).

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use balie_ui as ui;
use slint::{ComponentHandle, ModelRc, VecModel};

use super::app::Desk;
use super::context::{Context, Page, Turn};
use super::picture::{self, Picture};
use super::wire::Trouble;
use super::{compose_state, convert, placeholders, slint};
use crate::domain::language::Language;
use crate::domain::message::Channel;
use crate::domain::rule::{Half, LegalClass, RuleKey};
use crate::domain::settings::Settings;
use crate::rules::describe::letters::{self, Letter, Purpose};
use crate::rules::describe::{self, describe};
use crate::store::StoreError;
use crate::store::letter::{LetterFacts, OwnTexts};

/// The purpose under which descriptions stand among the shop's texts.
const DESCRIPTION: &str = "description";

/// What the page shows, read in one go.
struct Ready {
    descriptions: BTreeMap<RuleKey, String>,
    own: OwnTexts,
    example: Option<LetterFacts>,
    settings: Settings,
}

/// Which text.
#[derive(Clone, Copy, PartialEq)]
struct Which {
    rule: Option<RuleKey>,
    purpose: ui::TextPurpose,
    language: Language,
}

struct State {
    which: Which,
    ready: Option<Ready>,
    subject: String,
    body: String,
    changed: bool,
    /// Where somebody wants to go while something is not saved.
    pending: Option<Which>,
}

/// The page's adapter.
pub struct TextsPage {
    context: Rc<Context>,
    turn: Turn,
    state: RefCell<State>,
}

impl TextsPage {
    /// The page, with its callbacks connected.
    pub fn connect(context: Rc<Context>) -> Rc<Self> {
        let language = context.language();
        let which = Which { rule: Some(RuleKey::Inspection), purpose: ui::TextPurpose::Sms, language };
        let state = State {
            which,
            ready: None,
            subject: String::new(),
            body: String::new(),
            changed: false,
            pending: None,
        };
        let page = Rc::new(Self { context, turn: Turn::default(), state: RefCell::new(state) });
        let Some(window) = page.context.window() else { return page };
        let global = window.global::<ui::Texts>();
        hear!(global, page, {
            on_choose_kind: |this, key| {
                this.choose(|which| which.rule = convert::with_key(&RuleKey::ALL, key));
            },
            on_choose_purpose: |this, purpose| this.choose(|which| which.purpose = purpose),
            on_choose_language: |this, language| {
                this.choose(|which| which.language = convert::from_language(language));
            },
            on_edit_text: |this, text| this.edit(|state| state.body = text.to_string()),
            on_edit_subject: |this, text| this.edit(|state| state.subject = text.to_string()),
            on_insert: |this, place, typing| this.insert(place, typing),
            on_save: |this| this.save(false),
            on_put_back: |this| this.save(true),
            on_leave: |this, yes| this.leave(yes),
            on_retry: |this| this.look(false),
        });
        page
    }

    /// It is turned to: what was half written is still there.
    fn turn_to(self: &Rc<Self>) {
        if let Some(window) = self.context.window() {
            let global = window.global::<ui::Texts>();
            global.set_choosing(false);
            global.set_leaving(false);
            global.set_save_failed(false);
            if self.state.borrow().ready.is_none() {
                global.set_state(ui::TextsState::Loading);
            }
        }
        let keep = self.state.borrow().changed;
        self.look(keep);
    }

    /// Reads the texts of the kind and language; `keep`: what is being written stays.
    fn look(self: &Rc<Self>, keep: bool) {
        let newest = self.turn.next();
        let which = self.state.borrow().which;
        let this = Rc::downgrade(self);
        self.context.read(
            "texts.read",
            move |store, moment| {
                Ok::<_, StoreError>(Ready {
                    descriptions: store.templates(DESCRIPTION, which.language.code())?,
                    own: store.own_texts(which.language)?,
                    example: store.example_facts(which.rule, moment.today)?,
                    settings: store.settings()?,
                })
            },
            move |found| {
                if let Some(this) = this.upgrade().filter(|_| newest()) {
                    this.arrived(found, keep);
                }
            },
        );
    }

    fn arrived(&self, found: Result<Ready, Trouble>, keep: bool) {
        let Some(window) = self.context.window() else { return };
        let global = window.global::<ui::Texts>();
        let Ok(ready) = found else { return global.set_state(ui::TextsState::Error) };
        {
            let mut state = self.state.borrow_mut();
            state.ready = Some(ready);
            if !keep {
                let (subject, body) = stored(&state);
                (state.subject, state.body, state.changed) = (subject, body, false);
            }
        }
        self.tell();
        global.set_state(ui::TextsState::Filled);
    }

    fn choose(self: &Rc<Self>, change: impl FnOnce(&mut Which)) {
        let leaving = {
            let mut state = self.state.borrow_mut();
            let mut which = state.which;
            change(&mut which);
            // What a message about nothing in particular describes is no task.
            if which.rule.is_none() && which.purpose == ui::TextPurpose::Description {
                which.purpose = ui::TextPurpose::Sms;
            }
            if which == state.which {
                return;
            }
            state.pending = Some(which);
            state.changed
        };
        if !leaving {
            return self.leave(true);
        }
        if let Some(window) = self.context.window() {
            window.global::<ui::Texts>().set_leaving(true);
        }
    }

    fn leave(self: &Rc<Self>, yes: bool) {
        if let Some(window) = self.context.window() {
            window.global::<ui::Texts>().set_leaving(false);
        }
        let pending = self.state.borrow_mut().pending.take().filter(|_| yes);
        let Some(which) = pending else { return };
        self.state.borrow_mut().which = which;
        self.look(false);
    }

    fn edit(&self, change: impl FnOnce(&mut State)) {
        {
            let mut state = self.state.borrow_mut();
            change(&mut state);
            let (subject, body) = stored(&state);
            state.changed = state.subject != subject || state.body != body;
        }
        self.preview();
    }

    fn insert(&self, place: i32, typing: bool) {
        let Some(window) = self.context.window() else { return };
        let text = self.state.borrow().body.clone();
        if let Some(text) = placeholders::insert(&window, place, typing, &text) {
            window.global::<ui::Texts>().set_text(text.as_str().into());
            self.edit(|state| state.body = text);
        }
    }

    /// Keeps what is written, or puts the delivered text back.
    fn save(self: &Rc<Self>, delivered: bool) {
        let Some(window) = self.context.window() else { return };
        let global = window.global::<ui::Texts>();
        let (which, subject, body) = {
            let state = self.state.borrow();
            (state.which, state.subject.trim().to_owned(), state.body.trim().to_owned())
        };
        global.set_saving(true);
        global.set_save_failed(false);
        let this = Rc::downgrade(self);
        self.context.save(
            "texts.save",
            move |store, moment| {
                let Which { rule, purpose, language } = which;
                let own = |text: String, standard: String| {
                    Some(text).filter(|text| !delivered && *text != standard)
                };
                let half = rule.and_then(|rule| rule.halves().first().copied()).unwrap_or(Half::Whole);
                let kind = rule.map(|rule| (rule, half));
                match (purpose, rule) {
                    (ui::TextPurpose::Description, Some(rule)) => {
                        let text = own(body, describe::delivered(rule, half, language).to_owned());
                        store.set_template(DESCRIPTION, rule, language.code(), text.as_deref(), moment.actor)
                    }
                    (ui::TextPurpose::Email, _) => {
                        let text = own(subject, letters::delivered(Purpose::EmailSubject, kind, language));
                        store.set_text(
                            Purpose::EmailSubject,
                            rule,
                            language,
                            text.as_deref(),
                            moment.actor,
                        )?;
                        let text = own(body, letters::delivered(Purpose::Email, kind, language));
                        store.set_text(Purpose::Email, rule, language, text.as_deref(), moment.actor)
                    }
                    _ => {
                        let text = own(body, letters::delivered(Purpose::Sms, kind, language));
                        store.set_text(Purpose::Sms, rule, language, text.as_deref(), moment.actor)
                    }
                }
            },
            move |saved| {
                let Some(this) = this.upgrade() else { return };
                let Some(window) = this.context.window() else { return };
                let global = window.global::<ui::Texts>();
                global.set_saving(false);
                match saved {
                    Ok(()) => {
                        this.state.borrow_mut().changed = false;
                        this.context.confirm(ui::Toast::Saved, None);
                        this.look(false);
                    }
                    Err(_) => global.set_save_failed(true),
                }
            },
        );
    }

    /// The text, filled with the facts of a real vehicle.
    fn preview(&self) {
        let Some(window) = self.context.window() else { return };
        let global = window.global::<ui::Texts>();
        let state = self.state.borrow();
        let Which { rule, purpose, language } = state.which;
        let check = if purpose == ui::TextPurpose::Description { describe::check } else { letters::check };
        let unknown =
            [&state.body, &state.subject].into_iter().find_map(|text| placeholders::wrong(text, check));
        global.set_unknown(unknown.unwrap_or_default().into());
        global.set_changed(state.changed);
        let Some(ready) = &state.ready else { return };
        let Some(example) = &ready.example else {
            global.set_example(Default::default());
            global.set_preview(Default::default());
            return global.set_preview_subject(Default::default());
        };
        global.set_example(example.name().into());
        let (words, dated) = example.words(rule);
        if purpose == ui::TextPurpose::Description {
            global.set_preview(describe(&words, language, Some(&state.body)).into());
            return global.set_preview_subject(Default::default());
        }
        let shop = self.context.surroundings.shop();
        let channel = if purpose == ui::TextPurpose::Email { Channel::Email } else { Channel::Sms };
        let class = rule.map_or(LegalClass::Commercial, |rule| ready.settings.rule(rule).legal_class);
        let letter = Letter { words: &words, dated, sender: &shop.sender, channel, class };
        let text = |purpose, template: &str| letters::write(&letter, purpose, rule, language, Some(template));
        let email = channel == Channel::Email;
        let body = text(if email { Purpose::Email } else { Purpose::Sms }, &state.body);
        global.set_parts(placeholders::parts(&body));
        global.set_preview(body.into());
        let subject = if email { text(Purpose::EmailSubject, &state.subject) } else { String::new() };
        global.set_preview_subject(subject.into());
    }

    fn tell(&self) {
        let Some(window) = self.context.window() else { return };
        let global = window.global::<ui::Texts>();
        {
            let state = self.state.borrow();
            let Which { rule, purpose, language } = state.which;
            global.set_kinds(ModelRc::from(Rc::new(VecModel::from(compose_state::kinds(None)))));
            global.set_kind(compose_state::kind(rule, None));
            global.set_purpose(purpose);
            global.set_language(convert::language(language));
            global.set_own(is_own(&state));
            global.set_places(placeholders::places(purpose == ui::TextPurpose::Description));
            if global.get_text() != state.body.as_str() {
                global.set_text(state.body.as_str().into());
            }
            if global.get_subject() != state.subject.as_str() {
                global.set_subject(state.subject.as_str().into());
            }
        }
        self.preview();
    }
}

impl Page for Rc<TextsPage> {
    fn open(&self, _: i64) {
        self.turn_to();
    }

    fn refresh(&self) {
        let keep = self.state.borrow().changed;
        self.look(keep);
    }

    fn speak(&self) {}
}

/// The texts in their states.
pub(super) const PICTURES: &[Picture] = &[
    ("texts-sms", |desk| show(desk, |_| {})),
    ("texts-email", |desk| show(desk, |texts| texts.invoke_choose_purpose(ui::TextPurpose::Email))),
    ("texts-description", |desk| {
        show(desk, |texts| texts.invoke_choose_purpose(ui::TextPurpose::Description));
    }),
    ("texts-wrong", |desk| {
        show(desk, |texts| {
            texts.set_text("Beste {naam}, de APK van {plate} vervalt.".into());
            texts.invoke_edit_text("Beste {naam}, de APK van {plate} vervalt.".into());
        });
    }),
    ("texts-kinds", |desk| show(desk, |texts| texts.set_choosing(true))),
    ("texts-leaving", |desk| {
        show(desk, |texts| {
            texts.invoke_edit_text("Anders".into());
            texts.invoke_choose_kind(3);
        });
    }),
    ("texts-error", |desk| {
        show(desk, |texts| {
            texts.set_leaving(false);
            texts.set_state(ui::TextsState::Error);
        });
    }),
];

fn show(desk: &Rc<Desk>, act: impl FnOnce(&ui::Texts<'_>)) {
    let window = desk.window();
    {
        let mut state = desk.pages.texts.state.borrow_mut();
        let language = Language::Nl;
        state.which = Which { rule: Some(RuleKey::Inspection), purpose: ui::TextPurpose::Sms, language };
        (state.changed, state.pending) = (false, None);
    }
    window.global::<ui::Desk>().invoke_go(ui::Page::Texts, 0);
    picture::wait(desk);
    act(&window.global::<ui::Texts>());
    picture::wait(desk);
}

/// Subject and text as they are stored, or as they are delivered.
fn stored(state: &State) -> (String, String) {
    let Which { rule, purpose, language } = state.which;
    let half = rule.and_then(|rule| rule.halves().first().copied()).unwrap_or(Half::Whole);
    let own = |purpose: Purpose| {
        let own = state.ready.as_ref().and_then(|ready| ready.own.get(&(purpose, rule))).cloned();
        own.unwrap_or_else(|| letters::delivered(purpose, rule.map(|rule| (rule, half)), language))
    };
    match (purpose, rule) {
        (ui::TextPurpose::Description, Some(rule)) => {
            let own = state.ready.as_ref().and_then(|ready| ready.descriptions.get(&rule)).cloned();
            (String::new(), own.unwrap_or_else(|| describe::delivered(rule, half, language).to_owned()))
        }
        (ui::TextPurpose::Email, _) => (own(Purpose::EmailSubject), own(Purpose::Email)),
        _ => (String::new(), own(Purpose::Sms)),
    }
}

fn is_own(state: &State) -> bool {
    let Some(ready) = &state.ready else { return false };
    let rule = state.which.rule;
    match state.which.purpose {
        ui::TextPurpose::Description => rule.is_some_and(|rule| ready.descriptions.contains_key(&rule)),
        ui::TextPurpose::Sms => ready.own.contains_key(&(Purpose::Sms, rule)),
        ui::TextPurpose::Email => [Purpose::Email, Purpose::EmailSubject]
            .into_iter()
            .any(|purpose| ready.own.contains_key(&(purpose, rule))),
    }
}
