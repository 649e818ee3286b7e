//! One look at a task with everything that its page shows, by the worker.

use super::context::Moment;
use super::edit::about;
use crate::domain::consent::Consents;
use crate::domain::edit::{Staged, TaskEdit};
use crate::domain::ids::{EmployeeId, TaskId};
use crate::domain::message::Channel;
use crate::domain::rule::LegalClass;
use crate::store::message::Message;
use crate::store::task_detail::TaskDetail;
use crate::store::{Store, StoreError, TaskFields};

/// What one look at a task brings.
pub(super) struct Looked {
    pub(super) detail: TaskDetail,
    pub(super) fields: TaskFields,
    pub(super) stored_customer: Option<String>,
    pub(super) staged: Option<Staged>,
    pub(super) employees: Vec<(EmployeeId, String)>,
    pub(super) consents: Consents,
    pub(super) class: LegalClass,
    pub(super) come_back_days: u32,
    /// The last message by SMS and by e-mail.
    pub(super) messages: [Option<Message>; 2],
}

/// Reads a task with everything the page shows; `staged` is what the page holds, else the draft counts.
pub(super) fn look(
    store: &Store,
    moment: &Moment,
    id: TaskId,
    held: Option<TaskEdit>,
) -> Result<Option<Looked>, StoreError> {
    let staged = match store.draft(&about(id))?.filter(|_| held.is_none()) {
        // A draft that this version cannot read is no reason to show nothing.
        Some(draft) => serde_json::from_str::<Staged>(&draft.content).ok(),
        None => None,
    };
    let customer = held.as_ref().or(staged.as_ref().map(|staged| &staged.edit)).map(|edit| edit.customer);
    let Some(stored) = store.task_row(id, moment.today, moment.language)? else { return Ok(None) };
    let Some(detail) =
        store.task_detail_with(id, customer.unwrap_or_default(), moment.language, moment.today)?
    else {
        return Ok(None);
    };
    let employees = store.employees()?.into_iter().filter(|(_, employee)| employee.active);
    let consents = detail.row.customer.map(|id| store.consents(id)).transpose()?.unwrap_or_default();
    let settings = store.settings()?;
    Ok(Some(Looked {
        fields: store.task_fields(id)?,
        stored_customer: stored.customer_name,
        staged,
        employees: employees.map(|(id, employee)| (id, employee.name.unwrap_or(employee.code))).collect(),
        consents,
        class: settings.rule(detail.row.rule).legal_class,
        come_back_days: settings.general.come_back_days,
        messages: {
            let all = store.messages_of_task(id)?;
            [Channel::Sms, Channel::Email]
                .map(|channel| all.iter().find(|one| one.channel == channel).cloned())
        },
        detail,
    }))
}
