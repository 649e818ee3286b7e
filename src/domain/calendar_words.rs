//! What the title of a planner's own appointment tells (APP-07): what it is for, and which car.

use super::plate::Plate;
use super::records::AppointmentKind;

/// What a planner's words call the appointment, in any of the four languages. An inspection beside a service is
/// an inspection: that is what its rule asks about.
pub fn kind_from_words(text: &str) -> AppointmentKind {
    let text = text.to_lowercase();
    let words = text.split(|sign: char| !sign.is_alphanumeric());
    let mut kind = AppointmentKind::Other;
    for word in words {
        let found = match word {
            "keuring" | "hu" | "tüv" | "tuev" | "hauptuntersuchung" | "inspeção" | "inspecao"
            | "vistoria" | "inspection" | "mot" => AppointmentKind::Inspection,
            _ if word.starts_with("apk") => AppointmentKind::Inspection,
            "beurt" | "onderhoud" | "onderhoudsbeurt" | "service" | "wartung" | "inspektion" | "revisão"
            | "revisao" => AppointmentKind::Service,
            _ if word.starts_with("repar") => AppointmentKind::Repair,
            _ => continue,
        };
        if kind == AppointmentKind::Other || found == AppointmentKind::Inspection {
            kind = found;
        }
    }
    kind
}

/// What may be plates in a planner's words, those of a Dutch form first: `APK zz-123-z`, `ZZ 123 Z Jansen`.
pub fn plates_in(text: &str) -> Vec<Plate> {
    let words: Vec<&str> = text
        .split(|sign: char| sign.is_whitespace() || ",;:()/|·".contains(sign))
        .filter(|word| !word.is_empty())
        .collect();
    let mut found: Vec<Plate> = Vec::new();
    for together in 1..=3 {
        for window in words.windows(together) {
            let Ok(plate) = Plate::parse(&window.concat()) else { continue };
            let text = plate.as_str();
            let mixed = text.bytes().any(|sign| sign.is_ascii_digit())
                && text.bytes().any(|sign| sign.is_ascii_uppercase());
            if mixed && (4..=9).contains(&text.len()) && !found.contains(&plate) {
                found.push(plate);
            }
        }
    }
    found.sort_by_key(|plate| plate.sidecode().is_none());
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_planners_own_words_are_understood() {
        let first = |text: &str| plates_in(text).first().map(ToString::to_string);
        assert_eq!(first("APK zz-123-z Jansen").as_deref(), Some("ZZ-123-Z"));
        assert_eq!(first("Jansen, ZZ 123 Z (APK)").as_deref(), Some("ZZ-123-Z"));
        assert_eq!(first("zz123z").as_deref(), Some("ZZ-123-Z"));
        assert_eq!(first("koffie"), None);
        assert_eq!(kind_from_words("Apk-keuring + grote beurt"), AppointmentKind::Inspection);
        assert_eq!(kind_from_words("grote beurt en apk"), AppointmentKind::Inspection);
        assert_eq!(kind_from_words("Inspektion Golf"), AppointmentKind::Service);
        assert_eq!(kind_from_words("reparatie uitlaat"), AppointmentKind::Repair);
        assert_eq!(kind_from_words("Jansen belt terug"), AppointmentKind::Other);
    }
}
