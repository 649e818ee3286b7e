//! Stamps the build with its date: a clock that is older than the program cannot be right
//! (fault table, row 5). `SOURCE_DATE_EPOCH` makes the stamp reproducible. Packs the programs' relocations, too.

use std::time::{SystemTime, UNIX_EPOCH};

#[allow(clippy::disallowed_methods)]
fn main() {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let epoch = std::env::var("SOURCE_DATE_EPOCH").ok().and_then(|text| text.parse().ok()).unwrap_or(now);
    println!("cargo:rustc-env=BALIE_BUILT_AT={epoch}");
    // What the loader reads at every start: eight bytes for 63 pointers instead of 24 for each (glibc 2.36; a linker
    // that cannot do it says so and goes on).
    if std::env::var("CARGO_CFG_TARGET_ENV").is_ok_and(|libc| libc == "gnu") {
        println!("cargo:rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
    println!("cargo:rerun-if-env-changed=SOURCE_DATE_EPOCH");
    println!("cargo:rerun-if-changed=Cargo.toml");
}
