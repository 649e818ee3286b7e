//! Stamps the build with its date: a clock that is older than the program cannot be right
//! (fault table, row 5). `SOURCE_DATE_EPOCH` makes the stamp reproducible.

use std::time::{SystemTime, UNIX_EPOCH};

#[allow(clippy::disallowed_methods)]
fn main() {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let epoch = std::env::var("SOURCE_DATE_EPOCH").ok().and_then(|text| text.parse().ok()).unwrap_or(now);
    println!("cargo:rustc-env=BALIE_BUILT_AT={epoch}");
    println!("cargo:rerun-if-env-changed=SOURCE_DATE_EPOCH");
    println!("cargo:rerun-if-changed=Cargo.toml");
}
