//! A message as a code on the screen, for the telephone that sends it by hand.

use balie_ui as ui;
use ui::slint::{Image, Rgb8Pixel, SharedPixelBuffer};

use crate::domain::message::{Channel, Composed};

/// What a telephone makes a message of.
pub(super) fn link(composed: &Composed) -> String {
    match composed.channel {
        Channel::Email => {
            let subject = percent(composed.subject.as_deref().unwrap_or_default());
            let body = percent(&composed.body.replace('\n', "\r\n"));
            format!("mailto:{}?subject={subject}&body={body}", composed.address)
        }
        _ => format!("SMSTO:{}:{}", composed.address, composed.body),
    }
}

/// RFC 3986: everything but unreserved letters, signs and digits.
fn percent(text: &str) -> String {
    let mut written = String::with_capacity(text.len() * 2);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            written.push(char::from(byte));
        } else {
            written.push_str(&format!("%{byte:02X}"));
        }
    }
    written
}

/// A QR code of at most so many pixels, with the white edge it needs; `None` when the text is too long
/// for one that a telephone reads from a screen.
pub(super) fn code(text: &str, side: usize) -> Option<Image> {
    const EDGE: usize = 4;
    let code = qrcode::QrCode::with_error_correction_level(text, qrcode::EcLevel::L).ok()?;
    let modules = code.width();
    let scale = side / (modules + 2 * EDGE);
    if scale < 2 {
        return None;
    }
    let colours = code.to_colors();
    let full = (modules + 2 * EDGE) * scale;
    let width = u32::try_from(full).ok()?;
    let mut pixels = SharedPixelBuffer::<Rgb8Pixel>::new(width, width);
    for (place, pixel) in pixels.make_mut_slice().iter_mut().enumerate() {
        let module = |at: usize| (at / scale).checked_sub(EDGE).filter(|at| *at < modules);
        let dark = module(place % full).zip(module(place / full)).is_some_and(|(x, y)| {
            colours.get(y * modules + x).is_some_and(|colour| *colour == qrcode::Color::Dark)
        });
        *pixel = if dark { Rgb8Pixel::new(0, 0, 0) } else { Rgb8Pixel::new(255, 255, 255) };
    }
    Some(Image::from_rgb8(pixels))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::message::Way;
    use crate::domain::rule::LegalClass;

    #[test]
    fn a_telephone_reads_number_and_text() {
        let mut composed = Composed {
            channel: Channel::Sms,
            address: "+31612345678".into(),
            subject: None,
            body: "Uw auto is klaar.\nGarage".into(),
            way: Way::ByHand,
            legal_class: LegalClass::Service,
        };
        assert_eq!(link(&composed), "SMSTO:+31612345678:Uw auto is klaar.\nGarage");
        composed.channel = Channel::Email;
        composed.address = "jan@voorbeeld.nl".into();
        composed.subject = Some("Klaar & goed".into());
        assert_eq!(
            link(&composed),
            "mailto:jan@voorbeeld.nl?subject=Klaar%20%26%20goed&body=Uw%20auto%20is%20klaar.%0D%0AGarage"
        );
    }

    #[test]
    fn what_is_too_long_has_no_code() {
        let size = |text: &str, side| code(text, side).map(|image| image.size().width);
        assert!(
            size("SMSTO:+31612345678:Uw auto is klaar.", 224)
                .is_some_and(|width| width <= 224 && width > 180)
        );
        assert!(size(&"a".repeat(500), 224).is_some());
        assert_eq!(size(&"a".repeat(3000), 296), None);
    }
}
