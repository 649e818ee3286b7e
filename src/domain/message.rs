//! Messages to customers, and the channels on which a customer is reached.

use super::rule::written;

/// A way to reach a customer. What the law asks differs by channel (NEW-06).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
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
