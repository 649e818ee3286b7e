//! Following up, between the domain's words and the page's: outcomes, fields with their values, the
//! lines of a task's story.

use balie_ui as ui;
use chrono::{DateTime, NaiveDate, NaiveDateTime, Timelike, Utc};
use ui::{FieldValue, TaskField};

use super::convert;
use crate::domain::consent::Consents;
use crate::domain::customer::Customer;
use crate::domain::edit::{Link, Outcome, TaskEdit};
use crate::domain::ids::EmployeeId;
use crate::domain::message::Channel;
use crate::domain::rule::LegalClass;
use crate::domain::task::TaskState;
use crate::rules::legal::{self, Barred};
use crate::store::TaskFields;
use crate::store::story::StoryLine;

/// An outcome for the page.
pub fn outcome(outcome: Option<Outcome>) -> ui::Outcome {
    match outcome {
        None => ui::Outcome::None,
        Some(Outcome::Booked) => ui::Outcome::Booked,
        Some(Outcome::CallBack) => ui::Outcome::CallBack,
        Some(Outcome::NoAnswer) => ui::Outcome::NoAnswer,
        Some(Outcome::Thinking) => ui::Outcome::Thinking,
        Some(Outcome::Informed) => ui::Outcome::Informed,
        Some(Outcome::Declined) => ui::Outcome::Declined,
        Some(Outcome::Sold) => ui::Outcome::Sold,
        Some(Outcome::WrongNumber) => ui::Outcome::WrongNumber,
    }
}

/// The outcome that was touched.
pub fn from_outcome(given: ui::Outcome) -> Option<Outcome> {
    Outcome::ALL.into_iter().find(|one| outcome(Some(*one)) == given)
}

fn state(state: TaskState) -> ui::Standing {
    match state {
        TaskState::Waiting => ui::Standing::Waiting,
        TaskState::Open => ui::Standing::Open,
        TaskState::Handled => ui::Standing::Handled,
        TaskState::Withdrawn => ui::Standing::Withdrawn,
    }
}

/// A value as history keeps it, by its field.
fn value(field: TaskField, text: Option<&str>) -> FieldValue {
    let text = text.unwrap_or_default();
    let mut value = FieldValue::default();
    match field {
        TaskField::State => value.state = text.parse().map(state).unwrap_or_default(),
        TaskField::ExecuteOn | TaskField::BackOn => {
            value.date = convert::maybe_date(text.parse::<NaiveDate>().ok());
        }
        TaskField::Outcome => value.outcome = outcome(text.parse().ok()),
        TaskField::SmsSent | TaskField::EmailSent => value.yes = text == "1",
        _ => value.text = text.into(),
    }
    value
}

/// A line of a task's story.
pub fn story(line: &StoryLine, local: impl Fn(DateTime<Utc>) -> NaiveDateTime) -> ui::StoryLine {
    let field = match (line.action.as_str(), line.field.as_deref()) {
        ("made", _) => TaskField::Made,
        ("released", _) => TaskField::Released,
        // The collector's reason stands where a field's name stands.
        ("withdrawn", Some(_)) => TaskField::Withdrawn,
        ("returned", _) | ("waiting", Some("returned")) => TaskField::Returned,
        (_, None) => TaskField::State,
        (_, Some("description")) => TaskField::Description,
        (_, Some("execute_on")) => TaskField::ExecuteOn,
        (_, Some("employee")) => TaskField::Employee,
        (_, Some("customer")) => TaskField::Customer,
        (_, Some("sms_sent")) => TaskField::SmsSent,
        (_, Some("email_sent")) => TaskField::EmailSent,
        (_, Some("outcome")) => TaskField::Outcome,
        (_, Some("back_on")) => TaskField::BackOn,
        (_, Some("call_note")) => TaskField::CallNote,
        (_, Some("message")) => TaskField::Message,
        _ => TaskField::Other,
    };
    let note = field == TaskField::CallNote;
    let mut before = value(field, line.before.as_deref());
    if note {
        before.outcome = outcome(line.before.as_deref().and_then(|text| text.parse().ok()));
    }
    let at = local(line.at);
    let small = |value: u32| i32::try_from(value).unwrap_or_default();
    ui::StoryLine {
        on: convert::date(at.date()),
        hour: small(at.hour()),
        minute: small(at.minute()),
        who: line.employee.as_deref().unwrap_or_default().into(),
        balie: line.origin == "collector",
        undone: line.action == "undone",
        note,
        field,
        before,
        after: value(field, line.after.as_deref()),
        step: line.step.map_or(-1, |step| convert::number(step.0)),
    }
}

/// The fields in which the receptionist and somebody else differ, or that either changed. `base` is
/// what the edit began on.
pub fn clashes(
    base: &TaskFields,
    theirs: &TaskFields,
    edit: &TaskEdit,
    finish: bool,
    names: &Names<'_>,
) -> Vec<ui::Clash> {
    let state = |state: TaskState| Some(state.as_str().to_owned());
    let day = |day: NaiveDate| Some(day.to_string());
    let word = |outcome: Option<Outcome>| outcome.map(|outcome| outcome.as_str().to_owned());
    let yes = |yes: bool| Some(if yes { "1" } else { "0" }.to_owned());
    let ticked = |given: Option<bool>, sent: bool| given.or(sent.then_some(true)).map(yes);
    let handled = if finish { Some(true) } else { edit.handled_box };
    let handled = handled.map(|yes| state(if yes { TaskState::Handled } else { TaskState::Open }));
    let employee = match edit.employee {
        Link::Keep => None,
        link => Some((names.employee)(link.applied(None))),
    };
    let noted = edit.note.as_ref().and_then(|note| note.outcome);
    [
        (TaskField::State, state(base.state), state(theirs.state), handled),
        (TaskField::ExecuteOn, day(base.execute_on), day(theirs.execute_on), edit.execute_on.map(day)),
        (TaskField::Employee, (names.employee)(base.employee), (names.employee)(theirs.employee), employee),
        (
            TaskField::Customer,
            names.base.clone(),
            names.theirs.clone(),
            (edit.customer != Link::Keep).then(|| names.mine.clone()),
        ),
        (
            TaskField::Description,
            base.description.clone(),
            theirs.description.clone(),
            edit.description.clone().map(Some),
        ),
        (TaskField::Outcome, word(base.outcome), word(theirs.outcome), noted.map(|one| word(Some(one)))),
        (
            TaskField::SmsSent,
            yes(base.sms_sent),
            yes(theirs.sms_sent),
            ticked(edit.sms_box, edit.sms.is_some()),
        ),
        (
            TaskField::EmailSent,
            yes(base.email_sent),
            yes(theirs.email_sent),
            ticked(edit.email_box, edit.email.is_some()),
        ),
    ]
    .into_iter()
    .filter(|(_, base, theirs, mine)| base != theirs || mine.as_ref().is_some_and(|mine| mine != theirs))
    .map(|(field, base, theirs, mine)| ui::Clash {
        field,
        staged: mine.is_some(),
        mine: value(field, mine.unwrap_or(base).as_deref()),
        theirs: value(field, theirs.as_deref()),
    })
    .collect()
}

/// Names for the numbers in a conflict.
pub struct Names<'a> {
    /// An employee's name.
    pub employee: &'a dyn Fn(Option<EmployeeId>) -> Option<String>,
    /// The customer on whom the edit began.
    pub base: Option<String>,
    /// The customer the receptionist staged.
    pub mine: Option<String>,
    /// The customer of the version that is stored.
    pub theirs: Option<String>,
}

/// Why a customer cannot be reached by a channel for a reason of that class, if so (NEW-06).
pub fn barred(
    channel: Channel,
    customer: Option<&Customer>,
    consents: &Consents,
    class: LegalClass,
    country: &str,
) -> ui::Barred {
    let Some(customer) = customer else { return ui::Barred::NoCustomer };
    let reachable = match channel {
        Channel::Call => customer.mobile.is_some() || customer.phone.is_some(),
        Channel::Sms => customer.mobile.is_some(),
        Channel::Email => customer.email.is_some(),
    };
    match (reachable, channel) {
        (false, Channel::Call) => ui::Barred::NoNumber,
        (false, Channel::Sms) => ui::Barred::NoMobile,
        (false, Channel::Email) => ui::Barred::NoAddress,
        (true, _) => match legal::may(channel, class, customer, consents, country) {
            Ok(()) => ui::Barred::None,
            Err(Barred::Objected) => ui::Barred::Objected,
            Err(Barred::Refused) => ui::Barred::Refused,
            Err(Barred::NeedsConsent | Barred::NotYetCustomer) => ui::Barred::NoConsent,
        },
    }
}
