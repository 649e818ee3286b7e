//! An empty window: the floor under the desk's first frame. Ends when its first frame is drawn.

#![allow(clippy::unwrap_used, missing_docs)]

use slint::ComponentHandle;

slint::slint! {
    export component Empty inherits Window {
        preferred-width: 1280px;
        preferred-height: 800px;
    }
}

fn main() {
    let window = Empty::new().unwrap();
    window.window().set_size(slint::PhysicalSize::new(1280, 800));
    window.show().unwrap();
    let drawn = window.as_weak();
    slint::Timer::single_shot(std::time::Duration::ZERO, move || {
        drawn.unwrap().window().take_snapshot().unwrap();
        std::process::exit(0);
    });
    slint::run_event_loop().unwrap();
}
