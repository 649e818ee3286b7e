//! Numbers by which the store knows things: one type for each noun, so that a customer's number
//! can never be taken for a vehicle's.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}

id! {
    /// A row of `customer`.
    CustomerId,
    /// A row of `vehicle`.
    VehicleId,
    /// A row of `employee`.
    EmployeeId,
    /// A row of `task`.
    TaskId,
    /// A row of `inspection`.
    InspectionId,
    /// A row of `invoice`.
    InvoiceId,
    /// A row of `sale`.
    SaleId,
    /// A row of `quote`.
    QuoteId,
    /// A row of `recall`.
    RecallId,
    /// A row of `appointment`.
    AppointmentId,
    /// A row of `contact_person`.
    ContactPersonId,
    /// A row of `message`.
    MessageId,
    /// A row of `step`.
    StepId,
}
