//! Vehicles.

use chrono::NaiveDate;

use super::amount::CostPerKm;
use super::plate::Plate;
use super::rule::VehicleDate;

/// A vehicle as the shop's files describe it. `None` is 'unknown'.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vehicle {
    /// The plate; vehicles are found by it.
    pub plate: Plate,
    /// Vehicle identification number.
    pub vin: Option<String>,
    /// Make.
    pub make: Option<String>,
    /// Model.
    pub model: Option<String>,
    /// Version of the model.
    pub variant: Option<String>,
    /// First registration anywhere.
    pub first_registered_on: Option<NaiveDate>,
    /// Registered to the present holder on (tenaamstelling), as the shop knows it.
    pub registered_on: Option<NaiveDate>,
    /// The periodic inspection expires on.
    pub inspection_expires_on: Option<NaiveDate>,
    /// The warranty ends on.
    pub warranty_until: Option<NaiveDate>,
    /// The roadside assistance ends on.
    pub roadside_cover_until: Option<NaiveDate>,
    /// Who gives the roadside assistance.
    pub roadside_provider: Option<String>,
    /// Next service.
    pub next_service_on: Option<NaiveDate>,
    /// Timing belt due.
    pub timing_belt_on: Option<NaiveDate>,
    /// Service interval ends.
    pub service_interval_on: Option<NaiveDate>,
    /// When the advised repair should be done.
    pub repair_advice_on: Option<NaiveDate>,
    /// What repair was advised.
    pub repair_advice: Option<String>,
    /// What a kilometre costs.
    pub cost_per_km: Option<CostPerKm>,
}

impl Vehicle {
    /// A vehicle of which only the plate is known.
    pub fn with_plate(plate: Plate) -> Self {
        Self {
            plate,
            vin: None,
            make: None,
            model: None,
            variant: None,
            first_registered_on: None,
            registered_on: None,
            inspection_expires_on: None,
            warranty_until: None,
            roadside_cover_until: None,
            roadside_provider: None,
            next_service_on: None,
            timing_belt_on: None,
            service_interval_on: None,
            repair_advice_on: None,
            repair_advice: None,
            cost_per_km: None,
        }
    }

    /// One of the dates that rules count from.
    pub fn date(&self, which: VehicleDate) -> Option<NaiveDate> {
        match which {
            VehicleDate::WarrantyUntil => self.warranty_until,
            VehicleDate::RepairAdviceOn => self.repair_advice_on,
            VehicleDate::InspectionExpiresOn => self.inspection_expires_on,
            VehicleDate::RoadsideCoverUntil => self.roadside_cover_until,
            VehicleDate::NextServiceOn => self.next_service_on,
            VehicleDate::TimingBeltOn => self.timing_belt_on,
            VehicleDate::ServiceIntervalOn => self.service_interval_on,
        }
    }
}
