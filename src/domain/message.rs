//! Messages to customers: by which channel, in which words, and by whose hand they leave.

use serde::{Deserialize, Serialize};

use super::rule::{LegalClass, written};

/// The ways to reach a customer; consent is kept for each of them (NEW-06).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Channel {
    /// A telephone call.
    Call,
    /// A text message.
    Sms,
    /// An e-mail.
    Email,
}

written!(Channel, "a channel", Channel::Call => "call", Channel::Sms => "sms", Channel::Email => "email");

impl Channel {
    /// All three, in the order of the screen.
    pub const ALL: [Channel; 3] = [Channel::Call, Channel::Sms, Channel::Email];
}

/// How a message leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// Through the outbox: a supplier delivers it.
    Queue,
    /// A person typed it into a telephone or a mail program: it has left already.
    ByHand,
}

/// Where a message is on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MessageState {
    /// Held back: it goes nowhere by itself.
    Draft,
    /// Waits in the outbox.
    Queued,
    /// Handed to a supplier who has not answered.
    Sending,
    /// It has left.
    Sent,
    /// The supplier refused it.
    Rejected,
    /// Nobody knows whether it left; never sent again by itself.
    Unknown,
}

written!(MessageState, "a state of a message", MessageState::Draft => "draft", MessageState::Queued => "queued", MessageState::Sending => "sending", MessageState::Sent => "sent", MessageState::Rejected => "rejected", MessageState::Unknown => "unknown");

/// What is in the way of a message, or was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Trouble {
    /// There is no connection; tried again by itself.
    Unreachable,
    /// The other side asks for patience; tried again by itself.
    Busy,
    /// Key, log-in, sender or credit is refused: the technician must act. Tried again by itself.
    Settings,
    /// For three days it could not be handed over.
    GaveUp,
    /// The supplier or the mail server refused this message.
    Refused,
    /// The customer does not want it, or consent is missing.
    Barred,
    /// A landline takes no SMS.
    Landline,
    /// No telephone number or e-mail address.
    NoAddress,
    /// The line broke, or there was no answer, after it may have left.
    NoAnswer,
    /// Balie or the machine stopped while it was being handed over.
    Interrupted,
    /// SMS are sent by hand in this shop.
    ByHand,
}

written!(Trouble, "what is in the way of a message", Trouble::Unreachable => "unreachable", Trouble::Busy => "busy", Trouble::Settings => "settings", Trouble::GaveUp => "gave_up", Trouble::Refused => "refused", Trouble::Barred => "barred", Trouble::Landline => "landline", Trouble::NoAddress => "no_address", Trouble::NoAnswer => "no_answer", Trouble::Interrupted => "interrupted", Trouble::ByHand => "by_hand");

/// A message that is written and not yet on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Composed {
    /// SMS or e-mail.
    pub channel: Channel,
    /// Telephone number (E.164) or e-mail address.
    pub address: String,
    /// An e-mail's subject.
    pub subject: Option<String>,
    /// The words.
    pub body: String,
    /// How it leaves.
    pub way: Way,
    /// Decides which consent it needs; checked again when it leaves.
    pub legal_class: LegalClass,
}
