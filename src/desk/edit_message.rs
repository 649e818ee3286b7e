//! Following up a task: writing its messages, and asking for the consent they need.

use std::rc::Rc;

use super::convert;
use super::edit::EditPage;
use crate::domain::ids::CustomerId;
use crate::domain::message::{Channel, Way};
use crate::store::letter::About;

impl EditPage {
    /// Writes a message. One for the outbox is staged; one that was sent by hand has left, whatever way
    /// out is taken.
    pub(super) fn compose(self: &Rc<Self>, channel: Channel) {
        let Some((about, customer)) = self.about() else { return };
        let this = Rc::downgrade(self);
        self.compose.open(about, customer, channel, move |composed| {
            let Some(this) = this.upgrade() else { return };
            this.stage(move |edit| {
                let (message, ticked) = match composed.channel {
                    Channel::Email => (&mut edit.email, &mut edit.email_box),
                    _ => (&mut edit.sms, &mut edit.sms_box),
                };
                match composed.way {
                    Way::Queue => {
                        *message = Some(composed);
                        *ticked = None;
                    }
                    Way::ByHand => *ticked = Some(true),
                }
            });
            // What was typed has no other place from here on.
            this.keep();
        });
    }

    /// Asks the customer's consent; the key is the channel's place.
    pub(super) fn ask(self: &Rc<Self>, channel: i32) {
        let channel = convert::with_key(&Channel::ALL, channel);
        if let (Some((about, customer)), Some(channel)) = (self.about(), channel) {
            self.compose.ask(about, customer, channel);
        }
    }

    /// The task, and its customer as it is staged.
    fn about(&self) -> Option<(About, Option<CustomerId>)> {
        let state = self.state.borrow();
        let base = state.base.as_ref()?;
        Some((About::Task(state.id?), state.edit.customer.applied(base.customer)))
    }
}
