//! What the compose sheet works on: the facts it has read, what is typed for each channel, and what is in
//! the way.

use balie_ui as ui;
use serde::{Deserialize, Serialize};

use super::convert;
use crate::domain::dial::{Dialled, NoNumber, for_sms};
use crate::domain::ids::CustomerId;
use crate::domain::language::Language;
use crate::domain::message::{Channel, Composed};
use crate::domain::rule::{LegalClass, RuleKey};
use crate::domain::settings::Settings;
use crate::rules::legal::{Barred, may};
use crate::store::letter::{About, LetterFacts, OwnTexts};
use crate::store::{Store, StoreError};

/// What is done with a message that goes into the outbox.
pub(super) type Stage = Box<dyn FnOnce(Composed)>;

/// Everything the sheet needs, read in one go.
pub(super) struct Ready {
    pub(super) facts: LetterFacts,
    pub(super) settings: Settings,
    pub(super) texts: Vec<(Language, OwnTexts)>,
    /// The words in which consent is asked, in the order of [`Channel::ALL`].
    pub(super) wording: [String; 3],
    pub(super) phone: Result<Dialled, NoNumber>,
    /// What was half typed about it.
    pub(super) draft: Option<String>,
}

/// What is written for one channel.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Typed {
    pub(super) subject: String,
    pub(super) body: String,
    /// A person has changed it.
    pub(super) edited: bool,
}

/// What is half typed, as a draft keeps it.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Kept {
    rule: Option<RuleKey>,
    language: Language,
    service: bool,
    typed: [Typed; 2],
}

/// Under which name a message is half typed.
pub(super) fn draft_name(about: About) -> String {
    match about {
        About::Task(id) => format!("task:{id}:message"),
        About::Customer(id) => format!("customer:{id}:message"),
        About::Vehicle(id) => format!("vehicle:{id}:message"),
    }
}

/// A change that would take the place of what was typed.
#[derive(Debug, Clone, Copy)]
pub(super) enum Change {
    Kind(Option<RuleKey>),
    Language(Language),
}

/// What the sheet works on.
#[derive(Default)]
pub(super) struct State {
    pub(super) about: Option<About>,
    pub(super) customer: Option<CustomerId>,
    pub(super) email: bool,
    pub(super) ready: Option<Ready>,
    pub(super) rule: Option<RuleKey>,
    pub(super) language: Language,
    pub(super) typed: [Typed; 2],
    pub(super) service: bool,
    pub(super) pending: Option<Change>,
    pub(super) stage: Option<Stage>,
    /// The sheet was opened for nothing else than this channel's consent.
    pub(super) asking: Option<Channel>,
    /// What is typed was found half typed.
    pub(super) restored: bool,
}

impl State {
    pub(super) fn channel(&self) -> Channel {
        if let Some(asking) = self.asking {
            return asking;
        }
        if self.email { Channel::Email } else { Channel::Sms }
    }

    pub(super) fn typed(&self) -> &Typed {
        let [sms, email] = &self.typed;
        if self.email { email } else { sms }
    }

    /// What is typed, for a draft.
    pub(super) fn kept(&self) -> Option<String> {
        let Self { rule, language, service, typed, .. } = self;
        let kept = Kept { rule: *rule, language: *language, service: *service, typed: typed.clone() };
        serde_json::to_string(&kept).ok()
    }

    /// Takes up what was half typed; one that cannot be read is none.
    pub(super) fn take_up(&mut self, draft: &str) {
        let Ok(Kept { rule, language, service, typed }) = serde_json::from_str(draft) else { return };
        (self.rule, self.language, self.service, self.restored) = (rule, language, service, true);
        self.typed = typed;
    }

    pub(super) fn typed_mut(&mut self) -> &mut Typed {
        let [sms, email] = &mut self.typed;
        if self.email { email } else { sms }
    }

    pub(super) fn class(&self) -> LegalClass {
        match (&self.ready, self.rule) {
            (Some(ready), Some(rule)) => ready.settings.rule(rule).legal_class,
            _ if self.service => LegalClass::Service,
            _ => LegalClass::Commercial,
        }
    }

    /// Where it goes: as it is written down, and as people read it.
    pub(super) fn address(&self) -> Option<(String, String)> {
        let ready = self.ready.as_ref()?;
        if self.email {
            return ready.facts.email().map(|email| (email.to_owned(), email.to_owned()));
        }
        ready.phone.as_ref().ok().map(|number| (number.e164.clone(), number.pretty.clone()))
    }
}

/// Reads everything; `None` when what it is about is no longer there.
pub(super) fn ready(
    store: &mut Store,
    about: About,
    customer: Option<CustomerId>,
    today: chrono::NaiveDate,
    country: &str,
    usual: Language,
) -> Result<Option<Ready>, StoreError> {
    let Some(facts) = store.letter_facts(about, customer, today)? else { return Ok(None) };
    let language = facts.language(usual);
    let mut texts = Vec::new();
    for language in Language::ALL {
        texts.push((language, store.own_texts(language)?));
    }
    let [call, sms, email] = Channel::ALL.map(|channel| store.consent_wording(channel, language));
    let wording = [call?, sms?, email?];
    let phone = for_sms(facts.phones(), country);
    let draft = store.draft(&draft_name(about))?.map(|draft| draft.content);
    Ok(Some(Ready { facts, settings: store.settings()?, texts, wording, phone, draft }))
}

/// What is in the way of the message.
pub(super) fn hurdle(state: &State, country: &str) -> ui::Hurdle {
    let Some(ready) = &state.ready else { return ui::Hurdle::NoCustomer };
    let Some((_, customer)) = &ready.facts.customer else { return ui::Hurdle::NoCustomer };
    match (state.email, &ready.phone) {
        (true, _) if ready.facts.email().is_none() => return ui::Hurdle::NoAddress,
        (false, Err(NoNumber::Landline)) => return ui::Hurdle::Landline,
        (false, Err(NoNumber::Unreadable)) => return ui::Hurdle::NoMobile,
        _ => {}
    }
    match may(state.channel(), state.class(), customer, &ready.facts.consents, country) {
        Ok(()) => ui::Hurdle::None,
        Err(Barred::Objected) => ui::Hurdle::Objected,
        Err(Barred::Refused) => ui::Hurdle::Refused,
        Err(Barred::NeedsConsent) => ui::Hurdle::NeedsConsent,
        Err(Barred::NotYetCustomer) => ui::Hurdle::NotYetCustomer,
    }
}

/// A kind of message as the pages have it; `None` is about nothing in particular.
pub(super) fn kind(rule: Option<RuleKey>, own: Option<RuleKey>) -> ui::MessageKind {
    ui::MessageKind {
        key: rule.map_or(-1, |rule| convert::key(&RuleKey::ALL, &rule)),
        free: rule.is_none(),
        rule: convert::rule(rule.unwrap_or(RuleKey::Inspection)),
        own: rule.is_some() && rule == own,
    }
}

/// All kinds: the task's own first, then the one about nothing in particular.
pub(super) fn kinds(own: Option<RuleKey>) -> Vec<ui::MessageKind> {
    let first = own.map(Some).into_iter().chain([None]);
    let others = RuleKey::ALL.into_iter().filter(|rule| Some(*rule) != own).map(Some);
    first.chain(others).map(|rule| kind(rule, own)).collect()
}
