//! One pass over the outbox: each message that may leave is handed to its carrier, one at a time, and
//! what became of it is written down before the next. Service messages first: 'your car is ready'
//! does not wait behind a mailing.
//!
//! What has certainly not left is tried again later; what may have left is never sent again by itself.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::carrier::{Answer, Setback};
use super::http;
use super::mail::MailCarrier;
use super::sms::SmsCarrier;
use crate::domain::ids::MessageId;
use crate::domain::message::{Channel, MessageState, Trouble};
use crate::domain::rule::LegalClass;
use crate::store::history::{Actor, Origin};
use crate::store::outbox::{Leave, Parcel, Settled};
use crate::store::{Store, StoreError};

/// A message that could not be handed over for so long comes back as something to do.
const PATIENCE: TimeDelta = TimeDelta::days(3);
/// After so many failures waits grow no longer: to some eight minutes, so that what waited for the line
/// leaves soon after it is back.
const MOST_DOUBLINGS: u32 = 7;
/// After so many failures in a row a channel waits.
const IN_A_ROW: u32 = 2;

/// Who carries text messages.
#[derive(Debug)]
pub enum SmsWay {
    /// Nobody: they wait until the technician has named a supplier.
    Nobody,
    /// A person, by hand: what was queued goes back to the desk.
    ByHand,
    /// A supplier.
    Supplier(SmsCarrier),
}

/// Who carries what.
#[derive(Debug)]
pub struct Carriers {
    /// Text messages.
    pub sms: SmsWay,
    /// E-mail; `None`: no mail server is configured.
    pub mail: Option<MailCarrier>,
    /// Failures in a row, and until when nothing is tried, of each channel.
    rests: [Rest; 2],
}

#[derive(Debug, Default)]
struct Rest {
    failures: u32,
    until: Option<DateTime<Utc>>,
}

impl Carriers {
    /// Carriers that have not failed yet.
    pub fn new(sms: SmsWay, mail: Option<MailCarrier>) -> Self {
        Self { sms, mail, rests: Default::default() }
    }
}

/// The world as a pass needs it.
pub trait World {
    /// This instant.
    fn now(&self) -> DateTime<Utc>;
    /// Whether messages of a class may leave at an instant: quiet hours and holidays.
    fn may_send(&self, class: LegalClass, at: DateTime<Utc>) -> bool;
    /// Whether the pass shall end after the message it is busy with.
    fn stops(&self) -> bool;
    /// The shop's country, whose law holds.
    fn country(&self) -> &str;
    /// Who delivers, for history.
    fn origin(&self) -> Origin;
    /// Whether messages that wait to be tried again are tried now.
    fn impatient(&self) -> bool;
}

/// What a pass did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Delivered {
    /// Messages that left.
    pub sent: u32,
    /// Messages that were refused, or that nothing and nobody lets go.
    pub rejected: u32,
    /// Messages of which nobody knows.
    pub unknown: u32,
    /// Messages handed back to the desk.
    pub by_hand: u32,
    /// Messages that are tried again later.
    pub later: u32,
    /// What holds up a channel, in words without a person's data.
    pub held: Vec<(Channel, Trouble)>,
}

/// Hands over what may leave. Only one at a time may do this for a database.
///
/// # Errors
/// [`StoreError`]; messages that were handed over by then are written down.
pub async fn deliver(
    store: &mut Store,
    carriers: &mut Carriers,
    world: &dyn World,
) -> Result<Delivered, StoreError> {
    let mut done = Delivered { unknown: store.interrupted(actor(world))?, ..Delivered::default() };
    match &carriers.sms {
        SmsWay::Nobody => too_old(store, world, Channel::Sms, &mut done)?,
        SmsWay::ByHand => hand_back(store, world, &mut done)?,
        SmsWay::Supplier(_) => {
            let end = channel(store, carriers, world, Channel::Sms, &mut done).await;
            if let SmsWay::Supplier(supplier) = &mut carriers.sms {
                supplier.close();
            }
            end?;
        }
    }
    if carriers.mail.is_some() {
        let end = channel(store, carriers, world, Channel::Email, &mut done).await;
        if let Some(mail) = &mut carriers.mail {
            mail.close().await;
        }
        end?;
    } else {
        too_old(store, world, Channel::Email, &mut done)?;
    }
    Ok(done)
}

fn actor(world: &dyn World) -> Actor {
    Actor { origin: world.origin(), at: world.now() }
}

/// Where in the queue of each class a pass is.
#[derive(Default)]
struct Places {
    service: i64,
    commercial: i64,
}

impl Places {
    /// The next message that may leave; a service message, if there is one.
    fn next(
        &mut self,
        store: &Store,
        world: &dyn World,
        channel: Channel,
    ) -> Result<Option<Parcel>, StoreError> {
        let at = world.now();
        // Whoever is impatient tries again what else waits its turn.
        let due = (!world.impatient()).then_some(at);
        let classes =
            [(LegalClass::Service, &mut self.service), (LegalClass::Commercial, &mut self.commercial)];
        for (class, place) in classes {
            if !world.may_send(class, at) {
                continue;
            }
            if let Some(parcel) = store.next_parcel(channel, class, MessageId(*place), due)? {
                *place = parcel.id.0;
                return Ok(Some(parcel));
            }
        }
        Ok(None)
    }
}

async fn channel(
    store: &mut Store,
    carriers: &mut Carriers,
    world: &dyn World,
    channel: Channel,
    done: &mut Delivered,
) -> Result<(), StoreError> {
    let Carriers { sms, mail, rests: [for_sms, for_mail] } = carriers;
    let rest = if channel == Channel::Sms { for_sms } else { for_mail };
    if !world.impatient() && rest.until.is_some_and(|until| until > world.now()) {
        return Ok(());
    }
    let mut places = Places::default();
    while !world.stops()
        && let Some(parcel) = places.next(store, world, channel)?
    {
        let answer = match (channel, &mut *sms, mail.as_mut()) {
            (Channel::Sms, SmsWay::Supplier(carrier), _) => by_sms(store, carrier, world, &parcel).await?,
            (Channel::Email, _, Some(carrier)) => by_mail(store, carrier, world, &parcel).await?,
            _ => return Ok(()),
        };
        if note(store, world, &parcel, &answer, rest, done)? {
            return Ok(());
        }
    }
    Ok(())
}

async fn by_sms(
    store: &mut Store,
    carrier: &mut SmsCarrier,
    world: &dyn World,
    parcel: &Parcel,
) -> Result<Answer, StoreError> {
    let reference = store.outbox_reference(parcel.id)?;
    let mut leave = Leave::TakenBack;
    let mut gate = || {
        leave = store.begin_sending(parcel, &reference, world.country(), world.now())?;
        Ok(leave == Leave::Go)
    };
    let answer = carrier.carry(&parcel.address, &parcel.body, &reference, world.now(), &mut gate).await?;
    Ok(barred(answer, leave))
}

async fn by_mail(
    store: &mut Store,
    carrier: &mut MailCarrier,
    world: &dyn World,
    parcel: &Parcel,
) -> Result<Answer, StoreError> {
    // Asked before the server is troubled too.
    if let Some(bar) = store.barred(parcel, world.country())? {
        return Ok(barred(Answer::NotAllowed, Leave::Barred(bar)));
    }
    let reference = carrier.message_id(&store.outbox_reference(parcel.id)?);
    let mut leave = Leave::TakenBack;
    let mut gate = || {
        leave = store.begin_sending(parcel, &reference, world.country(), world.now())?;
        Ok(leave == Leave::Go)
    };
    let answer = carrier.carry(parcel, &reference, &mut gate).await?;
    Ok(barred(answer, leave))
}

/// What the gate said stands above what the carrier makes of it.
fn barred(answer: Answer, leave: Leave) -> Answer {
    match (answer, leave) {
        (Answer::NotAllowed, Leave::Barred(bar)) => Answer::Rejected(Trouble::Barred, bar.to_string()),
        (answer, _) => answer,
    }
}

/// Writes down what became of a message. Answers whether the channel waits from now on.
fn note(
    store: &mut Store,
    world: &dyn World,
    parcel: &Parcel,
    answer: &Answer,
    rest: &mut Rest,
    done: &mut Delivered,
) -> Result<bool, StoreError> {
    let now = world.now();
    let settled =
        |state, trouble, words: &str| Settled { state, trouble, answer: words.to_owned(), try_at: None };
    let (settled, fails, holds) = match answer {
        Answer::NotAllowed => return Ok(false),
        Answer::Sent(words) => (settled(MessageState::Sent, None, words), false, false),
        Answer::Rejected(trouble, words) => {
            (settled(MessageState::Rejected, Some(*trouble), words), false, false)
        }
        Answer::Unknown(words) => (
            settled(MessageState::Unknown, Some(Trouble::NoAnswer), words),
            true,
            rest.failures + 1 >= IN_A_ROW,
        ),
        Answer::Later(setback) => (again(parcel, setback, now), false, false),
        Answer::Hold(setback) => (again(parcel, setback, now), true, true),
    };
    written_down(store, parcel, &settled, actor(world))?;
    match settled.state {
        MessageState::Sent => done.sent += 1,
        MessageState::Rejected => done.rejected += 1,
        MessageState::Unknown => done.unknown += 1,
        _ => done.later += 1,
    }
    if !fails {
        // Whatever the other side said of this message: it is there, and takes messages.
        *rest = Rest::default();
        return Ok(false);
    }
    rest.failures += 1;
    if holds {
        let asked = match answer {
            Answer::Hold(setback) => setback.wait.unwrap_or_default(),
            _ => Duration::ZERO,
        };
        rest.until = Some(now + wait(rest.failures - 1).max(asked));
        let trouble = match answer {
            Answer::Hold(setback) => setback.trouble,
            _ => Trouble::NoAnswer,
        };
        done.held.push((parcel.channel, trouble));
    }
    Ok(holds)
}

/// A database that is busy or full for a moment must not make a secret of what is known.
fn written_down(
    store: &mut Store,
    parcel: &Parcel,
    settled: &Settled,
    actor: Actor,
) -> Result<(), StoreError> {
    let mut tries = 0;
    loop {
        match store.settle(parcel.id, settled, actor) {
            Err(StoreError::Busy | StoreError::Full) if tries < 3 => {
                tries += 1;
                std::thread::sleep(Duration::from_millis(200));
            }
            end => return end.map(|_| ()),
        }
    }
}

fn wait(failures: u32) -> Duration {
    http::wait(failures.min(MOST_DOUBLINGS))
}

/// Back in the queue; unless it has been there too long.
fn again(parcel: &Parcel, setback: &Setback, now: DateTime<Utc>) -> Settled {
    let Setback { trouble, words, wait } = setback;
    if parcel.first_tried_at.is_some_and(|first| now - first > PATIENCE) {
        let answer = format!("not handed over in three days; at last: {words}");
        return Settled {
            state: MessageState::Rejected,
            trouble: Some(Trouble::GaveUp),
            answer,
            try_at: None,
        };
    }
    // Longer than the channel waits: after the wait another message goes first.
    let pause = self::wait(parcel.attempts).max(wait.unwrap_or_default()) * 2;
    Settled {
        state: MessageState::Queued,
        trouble: Some(*trouble),
        answer: words.clone(),
        try_at: Some(now + pause),
    }
}

/// Messages that nobody can carry wait for a technician, but not for ever.
fn too_old(
    store: &mut Store,
    world: &dyn World,
    channel: Channel,
    done: &mut Delivered,
) -> Result<(), StoreError> {
    let words = match channel {
        Channel::Sms => "nobody carries SMS: no supplier is set in the configuration ([sms] supplier)",
        _ => "nobody carries e-mail: no mail server is set in the configuration ([smtp] host)",
    };
    let mut found = false;
    for class in [LegalClass::Service, LegalClass::Commercial] {
        let mut after = MessageId(0);
        while !world.stops()
            && let Some(parcel) = store.next_parcel(channel, class, after, None)?
        {
            found = true;
            after = parcel.id;
            if world.now() - parcel.written_at <= PATIENCE {
                // Those behind it are younger.
                break;
            }
            let settled = Settled {
                state: MessageState::Rejected,
                trouble: Some(Trouble::GaveUp),
                answer: words.to_owned(),
                try_at: None,
            };
            written_down(store, &parcel, &settled, actor(world))?;
            done.rejected += 1;
        }
    }
    if found {
        done.held.push((channel, Trouble::Settings));
    }
    Ok(())
}

/// In a shop that sends SMS by hand, one that was queued goes back to the desk.
fn hand_back(store: &mut Store, world: &dyn World, done: &mut Delivered) -> Result<(), StoreError> {
    let mut places = Places::default();
    while !world.stops()
        && let Some(parcel) = places.next(store, world, Channel::Sms)?
    {
        let settled = Settled {
            state: MessageState::Draft,
            trouble: Some(Trouble::ByHand),
            answer: "to be sent by hand".to_owned(),
            try_at: None,
        };
        written_down(store, &parcel, &settled, actor(world))?;
        done.by_hand += 1;
    }
    Ok(())
}
