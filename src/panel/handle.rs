//! The thread that owns LED and button: one blink clock for the LED and the icon on the screen.
//!
//! The thread sleeps until something changes: the next blink edge, a press that becomes long, an
//! edge from the button's own small thread, or another alert. Nothing is polled.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{Builder, JoinHandle};
use std::time::{Duration, Instant};

use super::adapter::{Adapter, Edges, Light};
use super::button::{Button, Press};
use super::config::{Driver, PanelConfig};
use super::fault::{FaultKind, PanelFault, Part};
use super::turn::{self, Turn};
use crate::rules::alert::Alert;

/// After how long an LED that did not obey is tried again.
const RETRY: Duration = Duration::from_secs(5);
/// How long the button's thread waits before it looks whether the panel is still wanted.
const GLANCE: Duration = Duration::from_secs(1);

/// What the panel tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PanelEvent {
    /// The light changed, or what it stands for; icon and LED show the same.
    Blink {
        /// What is shown.
        alert: Alert,
        /// Whether it is lit at this moment.
        lit: bool,
    },
    /// The button was pressed.
    Press(Press),
    /// LED or button stopped working; told once until it works again.
    Fault(PanelFault),
}

/// Starts panels.
#[derive(Debug)]
pub struct Panel;

/// A running panel. Dropping it leaves the LED lit: no Balie runs.
#[derive(Debug)]
pub struct PanelHandle {
    inputs: Sender<Input>,
    thread: Option<JoinHandle<()>>,
    wanted: Arc<AtomicBool>,
    driver: Driver,
    fault: Option<PanelFault>,
    turn: Option<Turn>,
}

enum Input {
    Show(Alert),
    Edge(bool, Instant),
    Fault(PanelFault),
    Stop,
}

type OnEvent = Box<dyn Fn(PanelEvent) + Send>;

impl Panel {
    /// Opens what the configuration asks for and starts the blink clock. Until the first
    /// [`PanelHandle::show`] it is lit steadily: what is not known yet is not 'nothing due'.
    /// `on_event` is called on the panel's thread and must not wait for anything.
    pub fn start(config: &PanelConfig, on_event: impl Fn(PanelEvent) + Send + 'static) -> PanelHandle {
        let (adapter, fault, turn) = turn::open_in_turn(config, Path::new(turn::PATH));
        let mut handle = Self::start_with(adapter, fault, on_event);
        handle.turn = turn;
        handle
    }

    /// As [`Panel::start`], with an adapter that is already open.
    pub fn start_with(
        adapter: Adapter,
        fault: Option<PanelFault>,
        on_event: impl Fn(PanelEvent) + Send + 'static,
    ) -> PanelHandle {
        let Adapter { driver, light, edges } = adapter;
        let (inputs, outputs) = channel();
        let wanted = Arc::new(AtomicBool::new(true));
        let mut handle = PanelHandle { inputs, thread: None, wanted, driver, fault, turn: None };
        if let Some(edges) = edges {
            let (inputs, wanted) = (handle.inputs.clone(), Arc::clone(&handle.wanted));
            let listener =
                Builder::new().name("button".to_owned()).spawn(move || listen(edges, &inputs, &wanted));
            handle.note(Part::Button, listener.err());
        }
        let on_event: OnEvent = Box::new(on_event);
        let worker = Worker { light, on_event, epoch: Instant::now(), shown: None, broken: false };
        match Builder::new().name("panel".to_owned()).spawn(move || worker.run(&outputs)) {
            Ok(thread) => handle.thread = Some(thread),
            Err(cause) => handle.note(Part::Board, Some(cause)),
        }
        handle
    }
}

impl PanelHandle {
    /// Shows an alert from now on.
    pub fn show(&self, alert: Alert) {
        self.send(Input::Show(alert));
    }

    /// The driver in use; never [`Driver::Auto`].
    pub fn driver(&self) -> Driver {
        self.driver
    }

    /// What did not work when the panel was opened.
    pub fn fault(&self) -> Option<&PanelFault> {
        self.fault.as_ref()
    }

    fn send(&self, input: Input) {
        // A panel whose thread is gone has nothing left to show.
        let _ = self.inputs.send(input);
    }

    fn note(&mut self, part: Part, cause: Option<std::io::Error>) {
        if let Some(cause) = cause {
            self.fault = Some(PanelFault::new(part, FaultKind::Failed, cause));
        }
    }
}

impl Drop for PanelHandle {
    fn drop(&mut self) {
        self.wanted.store(false, Ordering::Relaxed);
        self.send(Input::Stop);
        if let Some(thread) = self.thread.take() {
            // It ends at once, and a thread that panicked has ended too.
            let _ = thread.join();
        }
    }
}

/// Passes the button's edges on until the panel is no longer wanted.
fn listen(mut edges: Box<dyn Edges>, inputs: &Sender<Input>, wanted: &AtomicBool) {
    let mut broken = false;
    while wanted.load(Ordering::Relaxed) {
        let answer = edges.wait(GLANCE);
        let was_broken = std::mem::replace(&mut broken, answer.is_err());
        let input = match answer {
            Ok(None) => continue,
            Ok(Some(pressed)) => Input::Edge(pressed, Instant::now()),
            Err(fault) => {
                std::thread::sleep(GLANCE);
                if was_broken {
                    continue;
                }
                Input::Fault(fault)
            }
        };
        if inputs.send(input).is_err() {
            return;
        }
    }
}

struct Worker {
    light: Option<Box<dyn Light>>,
    on_event: OnEvent,
    epoch: Instant,
    shown: Option<(Alert, bool)>,
    broken: bool,
}

impl Worker {
    fn run(mut self, inputs: &Receiver<Input>) {
        let mut alert = Alert::Steady;
        let mut button = Button::default();
        loop {
            let elapsed = self.epoch.elapsed();
            self.show(alert, alert.lit(elapsed));
            self.tell(button.settle(elapsed));
            let retry = self.broken.then_some(RETRY);
            let waits = [alert.next_change(elapsed), button.next_change(elapsed), retry];
            let input = match waits.into_iter().flatten().min() {
                Some(wait) => inputs.recv_timeout(wait),
                None => inputs.recv().map_err(RecvTimeoutError::from),
            };
            match input {
                Ok(Input::Show(other)) => alert = other,
                Ok(Input::Edge(pressed, at)) => {
                    let press = button.edge(pressed, at.saturating_duration_since(self.epoch));
                    self.tell(press);
                }
                Ok(Input::Fault(fault)) => (self.on_event)(PanelEvent::Fault(fault)),
                Err(RecvTimeoutError::Timeout) => {}
                Ok(Input::Stop) | Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        if let Some(light) = &mut self.light {
            // Nobody is left to tell.
            let _ = light.set(true);
        }
    }

    fn show(&mut self, alert: Alert, lit: bool) {
        let before = self.shown.map(|(_, lit)| lit);
        if let Some(light) = self.light.as_mut().filter(|_| self.broken || before != Some(lit)) {
            let answer = light.set(lit);
            let was_broken = std::mem::replace(&mut self.broken, answer.is_err());
            if let Err(fault) = answer
                && !was_broken
            {
                (self.on_event)(PanelEvent::Fault(fault));
            }
        }
        if self.shown != Some((alert, lit)) {
            self.shown = Some((alert, lit));
            (self.on_event)(PanelEvent::Blink { alert, lit });
        }
    }

    fn tell(&self, press: Option<Press>) {
        if let Some(press) = press {
            (self.on_event)(PanelEvent::Press(press));
        }
    }
}
