//! Appointments that were changed here and in the shop's calendar (APP-07): both versions are shown, and
//! a person chooses. Until then Balie writes nothing there about them.

use std::rc::Rc;

use balie_ui as ui;
use chrono::{Days, NaiveDate, NaiveTime, TimeDelta};
use slint::{ModelRc, VecModel};

use super::agenda::AgendaPage;
use super::agenda_day::{minute, to_kind, weekday};
use super::{convert, slint};
use crate::domain::calendar::When;
use crate::domain::calendar_merge::{Conflict, Keep, Theirs};
use crate::domain::ids::AppointmentId;
use crate::domain::records::AppointmentKind;
use crate::store::StoreError;

impl AgendaPage {
    /// A version was chosen; one that somebody else settled meanwhile is no mistake.
    pub(super) fn settle(self: &Rc<Self>, id: AppointmentId, keep: Keep) {
        self.with(|agenda| {
            agenda.set_saving(true);
            agenda.set_save_failed(false);
        });
        let this = Rc::downgrade(self);
        self.context.save(
            "agenda.settle",
            move |store, moment| match store.settle_calendar_conflict(id, keep, moment.actor) {
                Err(StoreError::Missing { .. }) => Ok(()),
                settled => settled,
            },
            move |settled| {
                let Some(this) = this.upgrade() else { return };
                this.with(|agenda| {
                    agenda.set_saving(false);
                    agenda.set_save_failed(settled.is_err());
                });
                if settled.is_ok() {
                    this.context.confirm(ui::Toast::Saved, None);
                }
                this.show(this.day());
            },
        );
    }
}

/// Hands over what differs; with the last one the sheet closes.
pub(super) fn tell(agenda: &ui::Agenda<'_>, differing: &[Conflict]) {
    if differing.is_empty() {
        agenda.set_differing_open(false);
    }
    let rows = differing.iter().map(|one| ui::Differing {
        id: convert::number(one.ours.id.0),
        kind: to_kind(one.ours.kind),
        plate: one.ours.plate.clone().unwrap_or_default().into(),
        customer: one.ours.customer.clone().unwrap_or_default().into(),
        ours: version(&one.ours.when),
        theirs: match &one.theirs {
            Theirs::Changed(when) => version(when),
            Theirs::Gone => ui::Version { off: ui::Off::Gone, ..Default::default() },
        },
    });
    agenda.set_differing(ModelRc::from(Rc::new(VecModel::from_iter(rows))));
}

fn version(when: &When) -> ui::Version {
    let start = minute(when.starts_at.time());
    ui::Version {
        day: convert::date(when.starts_at.date()),
        weekday: weekday(when.starts_at.date()),
        start,
        end: when.ends_at.map_or(start, |end| minute(end.time())),
        off: if when.cancelled { ui::Off::Cancelled } else { ui::Off::No },
    }
}

/// For the pictures: a healthy shop has none.
pub(super) fn example(agenda: &ui::Agenda<'_>, today: NaiveDate) {
    let at = |days, hour, minutes| {
        let day = today.checked_add_days(Days::new(days)).unwrap_or(today);
        let start = day.and_time(NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or_default());
        version(&When {
            starts_at: start,
            ends_at: Some(start + TimeDelta::minutes(minutes)),
            cancelled: false,
        })
    };
    let row = |id, kind, plate: &str, customer: &str, ours, theirs| ui::Differing {
        id,
        kind: to_kind(kind),
        plate: plate.into(),
        customer: customer.into(),
        ours,
        theirs,
    };
    let gone = ui::Version { off: ui::Off::Gone, ..Default::default() };
    let rows = vec![
        row(1, AppointmentKind::Inspection, "G-001-BB", "Bakkerij Smit", at(2, 9, 30), at(3, 14, 45)),
        row(2, AppointmentKind::Service, "G-014-KD", "Öztürk", at(6, 11, 60), gone),
    ];
    agenda.set_differing(ModelRc::from(Rc::new(VecModel::from(rows))));
}
