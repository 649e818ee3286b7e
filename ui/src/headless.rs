//! Draws the pages without a display, for pictures and for tests: the same renderer as on the
//! appliance, into memory.

use std::path::Path;
use std::rc::Rc;
use std::time::{Duration, Instant};

use slint::platform::software_renderer::{MinimalSoftwareWindow, RepaintBufferType};
use slint::platform::{Platform, PlatformError, WindowAdapter, set_platform, update_timers_and_animations};
use slint::{PhysicalSize, Rgb8Pixel};

/// A window in memory. One per process: Slint has one platform.
pub struct Canvas {
    window: Rc<MinimalSoftwareWindow>,
    pixels: Vec<Rgb8Pixel>,
    size: PhysicalSize,
}

/// The part of the window that a frame painted anew.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Painted {
    /// Whether there was anything to paint.
    pub any: bool,
    /// Left edge.
    pub x: i32,
    /// Upper edge.
    pub y: i32,
    /// Width of the smallest box around it.
    pub width: u32,
    /// Height of the smallest box around it.
    pub height: u32,
}

struct Offscreen {
    window: Rc<MinimalSoftwareWindow>,
    started: Instant,
}

impl Platform for Offscreen {
    fn create_window_adapter(&self) -> Result<Rc<dyn WindowAdapter>, PlatformError> {
        Ok(self.window.clone())
    }

    fn duration_since_start(&self) -> Duration {
        self.started.elapsed()
    }
}

impl Canvas {
    /// Makes the window in memory the one that every component of this process appears in.
    ///
    /// # Errors
    /// When the process already has a platform.
    pub fn install(width: u32, height: u32) -> Result<Self, slint::platform::SetPlatformError> {
        let window = MinimalSoftwareWindow::new(RepaintBufferType::ReusedBuffer);
        set_platform(Box::new(Offscreen { window: window.clone(), started: Instant::now() }))?;
        let mut canvas = Self { window, pixels: Vec::new(), size: PhysicalSize::default() };
        canvas.resize(width, height);
        Ok(canvas)
    }

    /// Gives the window another size.
    pub fn resize(&mut self, width: u32, height: u32) {
        self.size = PhysicalSize::new(width, height);
        self.window.set_size(self.size);
        self.pixels = vec![Rgb8Pixel::default(); width as usize * height as usize];
        self.window.request_redraw();
    }

    /// Paints what changed since the last frame.
    pub fn draw(&mut self) -> Painted {
        update_timers_and_animations();
        let mut painted = Painted::default();
        let (pixels, stride) = (&mut self.pixels, self.size.width as usize);
        self.window.draw_if_needed(|renderer| {
            let region = renderer.render(pixels, stride);
            let (origin, size) = (region.bounding_box_origin(), region.bounding_box_size());
            painted = Painted {
                any: size.width > 0 && size.height > 0,
                x: origin.x,
                y: origin.y,
                width: size.width,
                height: size.height,
            };
        });
        painted
    }

    /// The picture, row by row, three bytes a pixel.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        self.pixels.iter().flat_map(|pixel| [pixel.r, pixel.g, pixel.b]).collect()
    }

    /// Writes the picture as PNG.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn save(&self, path: &Path) -> std::io::Result<()> {
        let file = std::io::BufWriter::new(std::fs::File::create(path)?);
        let mut encoder = png::Encoder::new(file, self.size.width, self.size.height);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        let mut writer = encoder.write_header().map_err(std::io::Error::other)?;
        writer.write_image_data(&self.bytes()).map_err(std::io::Error::other)?;
        writer.finish().map_err(std::io::Error::other)
    }
}
