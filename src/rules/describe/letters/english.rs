//! What the delivered English messages say, kind by kind.

use super::Core;
use crate::domain::rule::{Half, RuleKey};

pub(super) fn core(rule: RuleKey, half: Half) -> Core {
    match (rule, half) {
        (RuleKey::Warranty, _) => Core {
            subject: "The warranty on {your_car} is ending",
            sms: "the warranty on {your_plate} ends on {day}.",
            email: "The warranty on {your_car} ends on {date}. We are glad to look it over once more before then, so that nothing is missed.",
            asks: true,
        },
        (RuleKey::CarSold, _) => Core {
            subject: "Are you happy with {your_car}?",
            sms: "you bought {your_plate} from us on {day}. Is everything all right?",
            email: "On {date} you bought {your_car} from us. We should like to hear whether everything is all right.",
            asks: false,
        },
        (RuleKey::InvoiceAbove, _) => Core {
            subject: "Are you happy with our work?",
            sms: "we worked on {your_plate} on {day}. Are you happy with the result?",
            email: "On {date} we worked on {your_car}. We should like to hear whether you are happy with the result.",
            asks: false,
        },
        (RuleKey::NotSeen, _) => Core {
            subject: "Time for a check?",
            sms: "{your_plate} was last with us on {day}. Time for a check?",
            email: "{your_car} was last in our workshop on {date}. It may be time for a check or a service.",
            asks: true,
        },
        (RuleKey::Registration, _) => Core {
            subject: "Do you drive another car now?",
            sms: "according to RDW {your_plate} is in another name. We are glad to look after your new car too.",
            email: "At RDW {your_car} has been in another name since {date}. Do you drive another car now? We are glad to look after that one too.",
            asks: false,
        },
        (RuleKey::TyreAdvice, _) => Core {
            subject: "The tyres of {your_car}",
            sms: "at the inspection of {day} the tyres of {your_plate} were found to be nearly worn.",
            email: "At the inspection of {date} the tyres of {your_car} were found to be nearly worn. We are glad to check them for you.",
            asks: true,
        },
        (RuleKey::BrakeAdvice, _) => Core {
            subject: "The brakes of {your_car}",
            sms: "at the inspection of {day} {your_plate} got an advice about the brakes.",
            email: "At the inspection of {date} {your_car} got an advice about the brakes. We are glad to check them for you.",
            asks: true,
        },
        (RuleKey::RepairAdvice, _) => Core {
            subject: "Repair of {your_car}",
            sms: "we advised a repair {detail} to {your_plate} for {day}.",
            email: "We advised a repair {detail} to {your_car} for {date}.",
            asks: true,
        },
        (RuleKey::Inspection, _) => Core {
            subject: "The inspection of {your_car} expires",
            sms: "the inspection of {your_plate} expires on {day}.",
            email: "The inspection of {your_car} expires on {date}. {window}",
            asks: true,
        },
        (RuleKey::RoadsideCover, _) => Core {
            subject: "The roadside cover of {your_car} expires",
            sms: "the roadside cover of {your_plate} expires on {day}. We are glad to renew it.",
            email: "The roadside cover {detail} of {your_car} expires on {date}. We are glad to renew it for you.",
            asks: true,
        },
        (RuleKey::NextService, _) => Core {
            subject: "Service of {your_car}",
            sms: "{your_plate} is due for service on {day}.",
            email: "{your_car} is due for service on {date}.",
            asks: true,
        },
        (RuleKey::TimingBelt, _) => Core {
            subject: "The timing belt of {your_car}",
            sms: "the timing belt of {your_plate} is due on {day}.",
            email: "The timing belt of {your_car} must be replaced on {date}. Replacing it in time prevents damage to the engine.",
            asks: true,
        },
        (RuleKey::ServiceInterval, _) => Core {
            subject: "Service interval of {your_car}",
            sms: "the service interval of {your_plate} ends on {day}.",
            email: "The service interval of {your_car} ends on {date}.",
            asks: true,
        },
        (RuleKey::WorkshopQuote, Half::Before) => Core {
            subject: "Our quote {number} expires",
            sms: "our quote {number} {total} for {your_plate} is valid until {day}.",
            email: "Our quote {number} {total} for {your_car} is valid until {date}. Shall we plan the work?",
            asks: true,
        },
        (RuleKey::WorkshopQuote, _) => Core {
            subject: "Our quote {number}",
            sms: "on {day} you received our quote {number} {total} for {your_plate}.",
            email: "On {date} you received our quote {number} {total} for {your_car}. We are glad to explain it.",
            asks: false,
        },
        (RuleKey::CarQuote, Half::Before) => Core {
            subject: "Our offer {number} expires",
            sms: "our car offer {number} {total} is valid until {day}.",
            email: "Our car offer {number} {total} is valid until {date}. We are glad to help.",
            asks: false,
        },
        (RuleKey::CarQuote, _) => Core {
            subject: "Our offer {number}",
            sms: "on {day} you received our car offer {number} {total}.",
            email: "On {date} you received our car offer {number} {total}. We are glad to explain it.",
            asks: false,
        },
        (RuleKey::SalesAgreement, Half::Before) => Core {
            subject: "Your sales agreement {number}",
            sms: "your sales agreement {number} is valid until {day}.",
            email: "Your sales agreement {number} {total} is valid until {date}. We are glad to complete it with you.",
            asks: false,
        },
        (RuleKey::SalesAgreement, _) => Core {
            subject: "Your sales agreement {number}",
            sms: "on {day} we drew up your sales agreement {number}.",
            email: "On {date} we drew up your sales agreement {number} {total}. We are glad to go through it with you.",
            asks: false,
        },
        (RuleKey::Recall, _) => Core {
            subject: "Recall of {your_car}",
            sms: "on {day} RDW has an open recall of {your_plate} on record.",
            email: "On {date} RDW had an open recall by the maker of {your_car} on record. The repair is free and concerns the safety of the car.",
            asks: true,
        },
    }
}
