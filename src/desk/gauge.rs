//! How far work is that takes its time, told from its thread to a bar on the screen.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use slint::{Timer, TimerMode};

use super::slint;

/// How often a bar moves.
const MOVE: Duration = Duration::from_millis(150);

/// Done, and in all.
#[derive(Debug, Clone, Default)]
pub(super) struct Gauge(Arc<(AtomicU64, AtomicU64)>);

impl Gauge {
    /// A gauge whose share `show` hears, from 0 to 1, as long as the timer runs.
    pub(super) fn shown(timer: &Timer, show: impl Fn(f32) + 'static) -> Self {
        let gauge = Self::default();
        let shown = gauge.clone();
        show(0.0);
        timer.start(TimerMode::Repeated, MOVE, move || show(shown.share()));
        gauge
    }

    pub(super) fn tell(&self, done: u64, all: u64) {
        self.0.0.store(done, Ordering::Relaxed);
        self.0.1.store(all, Ordering::Relaxed);
    }

    #[allow(clippy::cast_precision_loss)]
    fn share(&self) -> f32 {
        let (done, all) = (self.0.0.load(Ordering::Relaxed), self.0.1.load(Ordering::Relaxed));
        if all == 0 { 0.0 } else { done as f32 / all as f32 }
    }
}
