//! The few words with which the shop's files say how inspections, quotes and appointments ended. What
//! else stands in which file is written down with each noun in `store`.

use super::rule::written;

/// The outcome of a periodic inspection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum InspectionResult {
    /// Passed.
    Pass,
    /// Failed.
    Fail,
}

written!(InspectionResult, "a result of an inspection", InspectionResult::Pass => "pass", InspectionResult::Fail => "fail");

/// What became of a quote; only an open one makes tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum QuoteStatus {
    /// Not answered yet.
    Open,
    /// Accepted.
    Accepted,
    /// Rejected.
    Rejected,
}

written!(QuoteStatus, "a status of a quote", QuoteStatus::Open => "open", QuoteStatus::Accepted => "accepted", QuoteStatus::Rejected => "rejected");

/// What an appointment is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AppointmentKind {
    /// Periodic inspection.
    Inspection,
    /// Service.
    Service,
    /// Repair.
    Repair,
    /// Anything else.
    Other,
}

written!(AppointmentKind, "a kind of appointment", AppointmentKind::Inspection => "inspection", AppointmentKind::Service => "service", AppointmentKind::Repair => "repair", AppointmentKind::Other => "other");

/// What became of an appointment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AppointmentStatus {
    /// Still to come.
    Planned,
    /// It took place.
    Done,
    /// It was cancelled.
    Cancelled,
}

written!(AppointmentStatus, "a status of an appointment", AppointmentStatus::Planned => "planned", AppointmentStatus::Done => "done", AppointmentStatus::Cancelled => "cancelled");
