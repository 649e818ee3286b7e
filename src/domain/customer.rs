//! Customers and the people at company customers.

use super::language::Language;
use super::rule::written;

/// What kind of customer it is; a trader gets no tasks (CSS-04).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum CustomerKind {
    /// A private person.
    #[default]
    Private,
    /// A company.
    Company,
    /// Handelaar: buys and sells cars, is never reminded.
    Trader,
    /// Not a customer yet.
    Prospect,
}

written!(CustomerKind, "a kind of customer", CustomerKind::Private => "private", CustomerKind::Company => "company", CustomerKind::Trader => "trader", CustomerKind::Prospect => "prospect");

/// A customer as the shop's files describe it. `None` is 'unknown'.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Customer {
    /// The shop's own number for the customer.
    pub code: String,
    /// Private, company, trader or prospect.
    pub kind: CustomerKind,
    /// How the person is addressed: `De heer`, `Mevrouw`, `Familie`, `Herr` ...
    pub salutation: Option<String>,
    /// First name.
    pub first_name: Option<String>,
    /// Family name.
    pub name: Option<String>,
    /// Name of the company.
    pub company: Option<String>,
    /// Street and house number.
    pub street: Option<String>,
    /// Postcode.
    pub postcode: Option<String>,
    /// Town.
    pub city: Option<String>,
    /// ISO 3166 code or the name of the country as the shop writes it.
    pub country: Option<String>,
    /// Telephone, as the shop writes it.
    pub phone: Option<String>,
    /// Mobile telephone, as the shop writes it.
    pub mobile: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// Language for texts to this customer.
    pub language: Option<Language>,
    /// Tax number.
    pub tax_id: Option<String>,
    /// Number at the chamber of commerce.
    pub coc_id: Option<String>,
    /// Whether the customer may be contacted; `Some(false)` is an objection (CSS-04).
    pub contact_allowed: Option<bool>,
    /// What the shop wrote about the customer.
    pub notes: Option<String>,
}

impl Customer {
    /// The name under which the desk knows the customer: the company, else first name and name,
    /// else the code.
    pub fn display_name(&self) -> String {
        display_name(&self.first_name, &self.name, &self.company).unwrap_or_else(|| self.code.clone())
    }
}

/// The company, else first name and name; `None` when nothing is known.
pub fn display_name(
    first_name: &Option<String>,
    name: &Option<String>,
    company: &Option<String>,
) -> Option<String> {
    if company.is_some() {
        return company.clone();
    }
    let parts: Vec<&str> = [first_name.as_deref(), name.as_deref()].into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}

/// A person at a company customer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ContactPerson {
    /// How the person is addressed.
    pub salutation: Option<String>,
    /// First name.
    pub first_name: Option<String>,
    /// Family name.
    pub name: Option<String>,
    /// What the person does there.
    pub function: Option<String>,
    /// Telephone.
    pub phone: Option<String>,
    /// Mobile telephone.
    pub mobile: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
}
