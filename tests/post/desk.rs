//! A shop that sends messages, at an instant that the test sets.

use std::cell::Cell;
use std::path::Path;

use balie::domain::ids::{CustomerId, MessageId};
use balie::domain::message::{Channel, Composed, MessageState, Trouble, Way};
use balie::domain::rule::LegalClass;
use balie::outside::delivery::{Carriers, Delivered, World, deliver};
use balie::station::config::Config;
use balie::station::outbox::carriers;
use balie::store::history::Origin;
use balie::store::message::Message;
use balie::store::outbox::OutboxLine;
use balie::store::{Store, StoreError};
use chrono::{DateTime, TimeDelta, Utc};

use crate::shop::Shop;

pub struct Desk {
    pub shop: Shop,
    pub carriers: Carriers,
    pub at: Cell<DateTime<Utc>>,
    /// Whether only service messages may leave.
    pub quiet: Cell<bool>,
}

impl Desk {
    /// A shop with one car, its owner, and the task that its inspection makes.
    pub fn new(config: &str) -> Self {
        let mut shop = Shop::new();
        shop.set("rules.inspection.days", "30").on("2015-05-01");
        shop.vehicle("ZZ-01-ZZ").inspection_expires("2015-05-20");
        shop.customer("1").has("name", "Pietersen").has("mobile", "06 12345678");
        shop.owns("1", "ZZ-01-ZZ", "2010-01-01");
        shop.collect();
        let at = Cell::new(shop.at());
        Self { shop, carriers: carriers_of(config), at, quiet: Cell::new(false) }
    }

    pub fn customer(&self) -> CustomerId {
        self.shop.store.customer_by_code("1").unwrap().unwrap().0
    }

    fn queue(&mut self, composed: &Composed) -> MessageId {
        let (customer, actor) = (self.customer(), self.shop.actor());
        self.shop.store.write_message(None, customer, composed, actor).unwrap()
    }

    /// Queues a text message.
    pub fn write(&mut self, address: &str, words: &str, class: LegalClass) -> MessageId {
        self.queue(&queued(Channel::Sms, address, words, class))
    }

    pub fn sms(&mut self, words: &str) -> MessageId {
        self.write("+31612345678", words, LegalClass::Commercial)
    }

    /// Queues a letter to a name, on which it depends what the mail server does with it.
    pub fn mail(&mut self, name: &str, class: LegalClass) -> MessageId {
        let words = "Beste één,\n\nuw APK vervalt.\n.een regel met een punt\n";
        let letter = queued(Channel::Email, &format!("{name}@voorbeeld.example"), words, class);
        self.queue(&Composed { subject: Some("Uw APK".to_owned()), ..letter })
    }

    pub fn deliver(&mut self) -> Delivered {
        let wall = Wall { at: self.at.get(), quiet: self.quiet.get() };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(deliver(&mut self.shop.store, &mut self.carriers, &wall)).unwrap()
    }

    pub fn later(&self, by: TimeDelta) {
        self.at.set(self.at.get() + by);
    }

    pub fn message(&self, id: MessageId) -> Message {
        let all = self.shop.store.messages_of_customer(self.customer()).unwrap();
        all.into_iter().find(|message| message.id == id).unwrap()
    }

    pub fn state(&self, id: MessageId) -> (MessageState, Option<Trouble>) {
        let message = self.message(id);
        (message.state, message.trouble)
    }

    /// What tells a message apart on the other side.
    pub fn reference(&self, id: MessageId) -> String {
        let line = lines(&self.shop.store).into_iter().find(|line| line.id == id).unwrap();
        line.reference.unwrap()
    }
}

/// What carries messages under these lines of a configuration.
pub fn carriers_of(config: &str) -> Carriers {
    let config = Config::parse(Path::new("/etc/balie/balie.toml"), config).unwrap();
    carriers(&config).unwrap()
}

/// All that is and was in the outbox.
pub fn lines(store: &Store) -> Vec<OutboxLine> {
    let mut lines = Vec::new();
    store
        .outbox(|line| -> Result<(), StoreError> {
            lines.push(line);
            Ok(())
        })
        .unwrap();
    lines
}

/// A message that Balie is to send.
pub fn queued(channel: Channel, address: &str, words: &str, legal_class: LegalClass) -> Composed {
    Composed {
        channel,
        address: address.to_owned(),
        subject: None,
        body: words.to_owned(),
        way: Way::Queue,
        legal_class,
    }
}

/// The world as the test wants it.
struct Wall {
    at: DateTime<Utc>,
    quiet: bool,
}

impl World for Wall {
    fn now(&self) -> DateTime<Utc> {
        self.at
    }

    fn may_send(&self, class: LegalClass, _: DateTime<Utc>) -> bool {
        !self.quiet || class == LegalClass::Service
    }

    fn stops(&self) -> bool {
        false
    }

    fn country(&self) -> &str {
        "NL"
    }

    fn origin(&self) -> Origin {
        Origin::Collector
    }

    fn impatient(&self) -> bool {
        false
    }
}
