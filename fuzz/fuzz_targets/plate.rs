//! A plate is refused with words or read, and what is shown is read back as the same plate.
#![no_main]

#[path = "../../src/domain/plate.rs"]
#[allow(dead_code)]
mod plate;

use libfuzzer_sys::fuzz_target;
use plate::Plate;

fuzz_target!(|text: &str| {
    match Plate::parse(text) {
        Ok(plate) => {
            assert!((1..=12).contains(&plate.as_str().len()));
            assert!(plate.as_str().bytes().all(|sign| sign.is_ascii_uppercase() || sign.is_ascii_digit()));
            assert_eq!(Plate::parse(&plate.to_string()).as_ref(), Ok(&plate));
            assert_eq!(Plate::parse(&text.to_lowercase()).map(|plate| plate.sidecode()), Ok(plate.sidecode()));
        }
        Err(wrong) => assert!(!wrong.to_string().is_empty()),
    }
});
