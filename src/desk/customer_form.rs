//! A customer's form: from the customer to its fields and back, and as a draft.

use balie_ui as ui;
use serde::{Deserialize, Serialize};

use super::slint::SharedString;
use super::{convert, customers};
use crate::domain::customer::{ContactPerson, Customer};
use crate::domain::ids::ContactPersonId;
use crate::domain::language::Language;
use crate::domain::phone;

fn shown(text: &Option<String>) -> SharedString {
    text.as_deref().unwrap_or_default().into()
}

/// What was typed; blanks are nothing.
fn typed(text: &SharedString) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// A customer as the form shows them.
pub(super) fn fields(customer: &Customer) -> ui::CustomerFields {
    ui::CustomerFields {
        code: customer.code.as_str().into(),
        kind: customers::kind(customer.kind),
        salutation: shown(&customer.salutation),
        first_name: shown(&customer.first_name),
        name: shown(&customer.name),
        company: shown(&customer.company),
        street: shown(&customer.street),
        postcode: shown(&customer.postcode),
        city: shown(&customer.city),
        country: shown(&customer.country),
        phone: shown(&customer.phone),
        mobile: shown(&customer.mobile),
        email: shown(&customer.email),
        language: customer.language.map_or(-1, |language| convert::key(&Language::ALL, &language)),
        tax_id: shown(&customer.tax_id),
        coc_id: shown(&customer.coc_id),
        objected: customer.contact_allowed == Some(false),
        notes: shown(&customer.notes),
    }
}

/// What the form says; `before` is the customer as the form began.
pub(super) fn customer(fields: &ui::CustomerFields, before: &Customer) -> Customer {
    Customer {
        code: before.code.clone(),
        kind: customers::KINDS
            .into_iter()
            .find(|kind| customers::kind(*kind) == fields.kind)
            .unwrap_or_default(),
        salutation: typed(&fields.salutation),
        first_name: typed(&fields.first_name),
        name: typed(&fields.name),
        company: typed(&fields.company),
        street: typed(&fields.street),
        postcode: typed(&fields.postcode),
        city: typed(&fields.city),
        country: typed(&fields.country),
        phone: typed(&fields.phone),
        mobile: typed(&fields.mobile),
        email: typed(&fields.email),
        language: convert::with_key(&Language::ALL, fields.language),
        tax_id: typed(&fields.tax_id),
        coc_id: typed(&fields.coc_id),
        // Taking an objection back makes nothing allowed that was not before.
        contact_allowed: match (fields.objected, before.contact_allowed) {
            (true, _) => Some(false),
            (false, Some(false)) => None,
            (false, before) => before,
        },
        notes: typed(&fields.notes),
    }
}

/// The form as a draft keeps it.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Kept {
    kind: i32,
    language: i32,
    objected: bool,
    texts: Vec<String>,
}

/// The form as JSON.
pub(super) fn draft(fields: &ui::CustomerFields) -> String {
    let texts = texts(&mut fields.clone()).map(|text| text.to_string()).to_vec();
    let kind = customers::KINDS.iter().position(|kind| customers::kind(*kind) == fields.kind);
    let kept = Kept {
        kind: kind.and_then(|at| i32::try_from(at).ok()).unwrap_or_default(),
        language: fields.language,
        objected: fields.objected,
        texts,
    };
    serde_json::to_string(&kept).unwrap_or_default()
}

/// A draft put back over the form; `false`: it is not one of this form's.
pub(super) fn restore(fields: &mut ui::CustomerFields, draft: &str) -> bool {
    let Ok(kept) = serde_json::from_str::<Kept>(draft) else { return false };
    let mut places = texts(fields);
    if kept.texts.len() != places.len() {
        return false;
    }
    for (place, text) in places.iter_mut().zip(&kept.texts) {
        **place = text.as_str().into();
    }
    fields.kind = convert::with_key(&customers::KINDS, kept.kind).map(customers::kind).unwrap_or(fields.kind);
    fields.language = kept.language;
    fields.objected = kept.objected;
    true
}

/// The texts of the form, in one order.
fn texts(fields: &mut ui::CustomerFields) -> [&mut SharedString; 14] {
    [
        &mut fields.salutation,
        &mut fields.first_name,
        &mut fields.name,
        &mut fields.company,
        &mut fields.street,
        &mut fields.postcode,
        &mut fields.city,
        &mut fields.country,
        &mut fields.phone,
        &mut fields.mobile,
        &mut fields.email,
        &mut fields.tax_id,
        &mut fields.coc_id,
        &mut fields.notes,
    ]
}

/// A contact person as the form shows them.
pub(super) fn person_fields(id: ContactPersonId, person: &ContactPerson) -> ui::PersonFields {
    ui::PersonFields {
        id: convert::number(id.0),
        salutation: shown(&person.salutation),
        first_name: shown(&person.first_name),
        name: shown(&person.name),
        function: shown(&person.function),
        phone: shown(&person.phone),
        mobile: shown(&person.mobile),
        email: shown(&person.email),
    }
}

/// What the form says of a contact person.
pub(super) fn person(fields: &ui::PersonFields) -> ContactPerson {
    ContactPerson {
        salutation: typed(&fields.salutation),
        first_name: typed(&fields.first_name),
        name: typed(&fields.name),
        function: typed(&fields.function),
        phone: typed(&fields.phone),
        mobile: typed(&fields.mobile),
        email: typed(&fields.email),
    }
}

/// Whether a text may stand as a telephone number: empty, or with as many digits as one has.
pub(super) fn phone_fits(text: &str) -> bool {
    text.trim().is_empty() || phone::comparable(text).is_some()
}

/// Whether a text can be an e-mail address, or is empty.
pub(super) fn email_fits(text: &str) -> bool {
    let text = text.trim();
    text.is_empty()
        || text.split_once('@').is_some_and(|(name, domain)| {
            !name.is_empty()
                && !text.contains(char::is_whitespace)
                && domain.split('.').count() > 1
                && domain.split('.').all(|part| !part.is_empty())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_brings_every_word_back() {
        let mut typed = fields(&Customer {
            code: "K1".into(),
            name: Some("Öztürk".into()),
            notes: Some("Belt \"nooit\"\nterug".into()),
            contact_allowed: Some(false),
            ..Customer::default()
        });
        typed.kind = ui::CustomerKind::Trader;
        typed.language = 2;
        let mut again = fields(&Customer { code: "K1".into(), ..Customer::default() });
        assert!(restore(&mut again, &draft(&typed)));
        assert_eq!(again, typed);
        assert!(!restore(&mut again, "{}") && !restore(&mut again, "x"));
    }

    #[test]
    fn an_objection_taken_back_is_no_consent() {
        let before = Customer { contact_allowed: Some(false), ..Customer::default() };
        let mut form = fields(&before);
        assert_eq!(customer(&form, &before), before);
        form.objected = false;
        assert_eq!(customer(&form, &before).contact_allowed, None);
    }

    #[test]
    fn addresses() {
        assert!(email_fits("") && email_fits("a@b.nl") && email_fits(" jan.de-boer@x.co.uk "));
        assert!(!email_fits("a") && !email_fits("a@b") && !email_fits("a b@c.nl") && !email_fits("a@b..nl"));
    }
}
