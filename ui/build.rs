//! Turns the pages into Rust, with their translations, fonts and icons inside the program: the
//! appliance has no other place to look for them.

use slint_build::{CompilerConfiguration, EmbedResourcesKind, compile_with_config};

fn main() {
    println!("cargo:rerun-if-changed=lang");
    let configuration = CompilerConfiguration::new()
        .with_style("fluent-light".into())
        .with_bundled_translations("lang")
        // Tests find elements by it; the appliance does without.
        .with_debug_info(std::env::var("PROFILE").is_ok_and(|profile| profile == "debug"))
        .embed_resources(EmbedResourcesKind::EmbedFiles);
    if let Err(error) = compile_with_config("app.slint", configuration) {
        println!("cargo::error={error}");
    }
}
