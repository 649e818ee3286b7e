//! An empty window, drawn once without a display: the floor under the desk's first frame.

#![allow(clippy::unwrap_used, missing_docs)]

use balie_ui::headless::Canvas;
use slint::ComponentHandle;

slint::slint! {
    export component Empty inherits Window { }
}

fn main() {
    let mut canvas = Canvas::install(1280, 800).unwrap();
    let window = Empty::new().unwrap();
    window.show().unwrap();
    canvas.draw();
}
