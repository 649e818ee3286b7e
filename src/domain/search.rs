//! What somebody looks for among the customers (CSS-09): where, which ones, in which order.

use super::customer::CustomerKind;
use super::rule::written;

/// In what is searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum SearchField {
    /// Everywhere.
    #[default]
    All,
    /// Names of customers and contact persons.
    Name,
    /// Company.
    Company,
    /// Plate.
    Plate,
    /// Telephone.
    Phone,
    /// Postcode and town.
    Place,
    /// E-mail.
    Email,
    /// The shop's own number.
    Code,
}

written!(SearchField, "a field", SearchField::All => "all", SearchField::Name => "name", SearchField::Company => "company", SearchField::Plate => "plate", SearchField::Phone => "phone", SearchField::Place => "place", SearchField::Email => "email", SearchField::Code => "code");

impl SearchField {
    /// All, in the order of the screen.
    pub const ALL: [SearchField; 8] = [
        SearchField::All,
        SearchField::Name,
        SearchField::Company,
        SearchField::Plate,
        SearchField::Phone,
        SearchField::Place,
        SearchField::Email,
        SearchField::Code,
    ];
}

/// Which customers the overview shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct CustomerFilter {
    /// One kind only.
    pub kind: Option<CustomerKind>,
    /// Active or inactive ones only.
    pub active: Option<bool>,
    /// Only those with open tasks.
    pub with_tasks: bool,
    /// Only those who were never asked, or have withdrawn consent on every channel.
    pub without_consent: bool,
}

/// In which order the overview shows them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum CustomerOrder {
    /// By name.
    #[default]
    Name,
    /// Who came last first.
    LastVisit,
}

/// One question to the overview.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct CustomerQuery {
    /// What was typed; empty: all customers.
    pub text: String,
    /// Where it is looked for.
    pub field: SearchField,
    /// Which customers.
    pub filter: CustomerFilter,
    /// In which order.
    pub order: CustomerOrder,
}
