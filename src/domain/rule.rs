//! The kinds of task (domain.md, CSS-01 and NEW-08): their keys, what they count from and in which
//! direction. What a shop sets for each stands in `settings`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A kind of task, in the order of the settings screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RuleKey {
    /// Garantie loopt af.
    Warranty,
    /// Verkoop auto.
    CarSold,
    /// 14 dagen na bedrag boven.
    InvoiceAbove,
    /// Niet meer geweest.
    NotSeen,
    /// Datum Deel 1B-checker.
    Registration,
    /// APK bandenadvies (AC1).
    TyreAdvice,
    /// APK remmenadvies (AC5).
    BrakeAdvice,
    /// Reparatie-advies.
    RepairAdvice,
    /// APK vervalt.
    Inspection,
    /// Pechhulp vervalt.
    RoadsideCover,
    /// Volgend onderhoud.
    NextService,
    /// Distributieriem vervangen.
    TimingBelt,
    /// Service interval.
    ServiceInterval,
    /// Werkplaatsofferte.
    WorkshopQuote,
    /// Auto-offerte.
    CarQuote,
    /// Verkoopovereenkomst.
    SalesAgreement,
    /// Terugroepactie.
    Recall,
}

/// What a rule counts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// A date that stands on the vehicle.
    VehicleDate(VehicleDate),
    /// The vehicle's last visit.
    LastVisit,
    /// RDW's registration date, where it is newer than ours.
    Registration,
    /// An inspection that carries the advice code.
    Advice(&'static str),
    /// An invoice.
    Invoice,
    /// The sale of a car.
    Sale,
    /// An open quote of the kind.
    Quote(QuoteKind),
    /// The day on which the register first told of a recall that is open (NEW-08).
    Recall,
}

/// The dates on a vehicle that rules count from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VehicleDate {
    /// End of the warranty.
    WarrantyUntil,
    /// Date of the repair advice.
    RepairAdviceOn,
    /// Expiry of the periodic inspection.
    InspectionExpiresOn,
    /// End of the roadside assistance.
    RoadsideCoverUntil,
    /// Next service.
    NextServiceOn,
    /// Timing belt due.
    TimingBeltOn,
    /// Service interval ends.
    ServiceIntervalOn,
}

/// The three kinds of quote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum QuoteKind {
    /// For work in the workshop.
    Workshop,
    /// For a car.
    Car,
    /// A sales agreement.
    Agreement,
}

/// Which of a rule's numbers made a task. Only the three quote rules have two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Half {
    /// The rule has one number.
    Whole,
    /// So many days after issue.
    After,
    /// So many days before expiry.
    Before,
}

/// Whether calling for this reason is a service or advertising (NEW-06).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LegalClass {
    /// Purely informing about facts that touch the customer: needs no consent.
    Service,
    /// Anything that offers: needs what the law of the country asks.
    Commercial,
}

impl RuleKey {
    /// All of them, in the order of the settings screen.
    pub const ALL: [RuleKey; 17] = [
        RuleKey::Warranty,
        RuleKey::CarSold,
        RuleKey::InvoiceAbove,
        RuleKey::NotSeen,
        RuleKey::Registration,
        RuleKey::TyreAdvice,
        RuleKey::BrakeAdvice,
        RuleKey::RepairAdvice,
        RuleKey::Inspection,
        RuleKey::RoadsideCover,
        RuleKey::NextService,
        RuleKey::TimingBelt,
        RuleKey::ServiceInterval,
        RuleKey::WorkshopQuote,
        RuleKey::CarQuote,
        RuleKey::SalesAgreement,
        RuleKey::Recall,
    ];

    /// The key that settings, files and the database use.
    pub fn as_str(self) -> &'static str {
        match self {
            RuleKey::Warranty => "warranty",
            RuleKey::CarSold => "car_sold",
            RuleKey::InvoiceAbove => "invoice_above",
            RuleKey::NotSeen => "not_seen",
            RuleKey::Registration => "registration",
            RuleKey::TyreAdvice => "tyre_advice",
            RuleKey::BrakeAdvice => "brake_advice",
            RuleKey::RepairAdvice => "repair_advice",
            RuleKey::Inspection => "inspection",
            RuleKey::RoadsideCover => "roadside_cover",
            RuleKey::NextService => "next_service",
            RuleKey::TimingBelt => "timing_belt",
            RuleKey::ServiceInterval => "service_interval",
            RuleKey::WorkshopQuote => "workshop_quote",
            RuleKey::CarQuote => "car_quote",
            RuleKey::SalesAgreement => "sales_agreement",
            RuleKey::Recall => "recall",
        }
    }

    /// What the rule counts from.
    pub fn source(self) -> Source {
        match self {
            RuleKey::Warranty => Source::VehicleDate(VehicleDate::WarrantyUntil),
            RuleKey::CarSold => Source::Sale,
            RuleKey::InvoiceAbove => Source::Invoice,
            RuleKey::NotSeen => Source::LastVisit,
            RuleKey::Registration => Source::Registration,
            RuleKey::TyreAdvice => Source::Advice("AC1"),
            RuleKey::BrakeAdvice => Source::Advice("AC5"),
            RuleKey::RepairAdvice => Source::VehicleDate(VehicleDate::RepairAdviceOn),
            RuleKey::Inspection => Source::VehicleDate(VehicleDate::InspectionExpiresOn),
            RuleKey::RoadsideCover => Source::VehicleDate(VehicleDate::RoadsideCoverUntil),
            RuleKey::NextService => Source::VehicleDate(VehicleDate::NextServiceOn),
            RuleKey::TimingBelt => Source::VehicleDate(VehicleDate::TimingBeltOn),
            RuleKey::ServiceInterval => Source::VehicleDate(VehicleDate::ServiceIntervalOn),
            RuleKey::WorkshopQuote => Source::Quote(QuoteKind::Workshop),
            RuleKey::CarQuote => Source::Quote(QuoteKind::Car),
            RuleKey::SalesAgreement => Source::Quote(QuoteKind::Agreement),
            RuleKey::Recall => Source::Recall,
        }
    }

    /// Whether the rule only looks at vehicles that were recently in the workshop (CSS-03).
    pub fn is_workshop_bound(self) -> bool {
        !matches!(self.source(), Source::Sale | Source::Invoice | Source::Quote(_) | Source::Recall)
    }

    /// The halves a task of this rule can come from.
    pub fn halves(self) -> &'static [Half] {
        match self.source() {
            Source::Quote(_) => &[Half::After, Half::Before],
            _ => &[Half::Whole],
        }
    }

    /// The key, in the same order as [`RuleKey::ALL`]: a place in a table of all.
    pub fn index(self) -> usize {
        self as usize
    }
}

impl VehicleDate {
    /// The name that CSV files, database and explanations use.
    pub fn column(self) -> &'static str {
        match self {
            VehicleDate::WarrantyUntil => "warranty_until",
            VehicleDate::RepairAdviceOn => "repair_advice_on",
            VehicleDate::InspectionExpiresOn => "inspection_expires_on",
            VehicleDate::RoadsideCoverUntil => "roadside_cover_until",
            VehicleDate::NextServiceOn => "next_service_on",
            VehicleDate::TimingBeltOn => "timing_belt_on",
            VehicleDate::ServiceIntervalOn => "service_interval_on",
        }
    }
}

/// Declares `as_str` and `FromStr` for an enum whose values have one written form each.
macro_rules! written {
    ($name:ty, $what:literal, $($value:path => $text:literal),+ $(,)?) => {
        impl $name {
            /// All written forms.
            pub const WRITTEN: &'static [&'static str] = &[$($text),+];

            /// The written form that files, settings and the database use.
            pub fn as_str(self) -> &'static str {
                match self { $($value => $text),+ }
            }
        }

        impl std::str::FromStr for $name {
            type Err = String;

            fn from_str(text: &str) -> Result<Self, String> {
                match text {
                    $($text => Ok($value),)+
                    other => Err(format!(concat!("'{}' is not ", $what, "; write one of: {}"), other, Self::WRITTEN.join(", "))),
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}
pub(crate) use written;

written!(QuoteKind, "a kind of quote", QuoteKind::Workshop => "workshop", QuoteKind::Car => "car", QuoteKind::Agreement => "agreement");
written!(Half, "a half of a rule", Half::Whole => "whole", Half::After => "after", Half::Before => "before");
written!(LegalClass, "a legal class", LegalClass::Service => "service", LegalClass::Commercial => "commercial");

impl fmt::Display for RuleKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for RuleKey {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        RuleKey::ALL.into_iter().find(|key| key.as_str() == text).ok_or_else(|| {
            let keys = RuleKey::ALL.map(RuleKey::as_str).join(", ");
            format!("'{text}' is not a kind of task; write one of: {keys}")
        })
    }
}
