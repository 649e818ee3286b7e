//! Who is signed in at the desk.

use std::rc::Rc;

use super::context::{Context, Session};

/// Signs in an active employee by code, without PIN. An unknown code signs nobody in.
pub(super) fn sign_in_without_pin(context: &Rc<Context>, code: String) {
    let this = Rc::downgrade(context);
    context.read(
        "employee.find",
        move |store, _| {
            let found = store.employees()?.into_iter().find(|(_, one)| one.active && one.code == code);
            Ok(found.map(|(id, employee)| Session {
                employee: id,
                name: employee.name.unwrap_or(employee.code),
                role: employee.role,
            }))
        },
        move |found| {
            if let (Some(context), Ok(Some(session))) = (this.upgrade(), found) {
                context.set_session(Some(session));
            }
        },
    );
}
