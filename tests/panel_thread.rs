//! The panel's thread with simulated hardware: what the LED does and what is told about it.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use balie::panel::{
    Adapter, Driver, Edges, FaultKind, Light, Line, Panel, PanelConfig, PanelEvent, PanelFault, PanelHandle,
    Part, Press, open, try_led,
};
use balie::rules::alert::Alert;

/// A late thread is not a wrong one: this machine does other things too.
const LATE: Duration = Duration::from_millis(120);

#[derive(Clone, Default)]
struct Board {
    /// Every level with its moment.
    levels: Arc<Mutex<Vec<(Instant, bool)>>>,
    broken: Arc<Mutex<bool>>,
}

struct SimulatedLight(Board);

impl Light for SimulatedLight {
    fn set(&mut self, lit: bool) -> Result<(), PanelFault> {
        if *self.0.broken.lock().unwrap() {
            return Err(PanelFault::new(Part::Led, FaultKind::Failed, "simulated"));
        }
        self.0.levels.lock().unwrap().push((Instant::now(), lit));
        Ok(())
    }
}

struct SimulatedButton(Receiver<Result<bool, PanelFault>>);

impl Edges for SimulatedButton {
    fn wait(&mut self, timeout: Duration) -> Result<Option<bool>, PanelFault> {
        self.0.recv_timeout(timeout).ok().transpose()
    }
}

struct Rig {
    board: Board,
    finger: Sender<Result<bool, PanelFault>>,
    events: Receiver<(Instant, PanelEvent)>,
    panel: PanelHandle,
}

fn rig() -> Rig {
    let board = Board::default();
    let (finger, edges) = channel();
    let (told, events) = channel();
    let adapter = Adapter {
        driver: Driver::Chardev,
        light: Some(Box::new(SimulatedLight(board.clone()))),
        edges: Some(Box::new(SimulatedButton(edges))),
    };
    let panel = Panel::start_with(adapter, None, move |event| {
        let _ = told.send((Instant::now(), event));
    });
    Rig { board, finger, events, panel }
}

impl Rig {
    fn levels(&self) -> Vec<(Instant, bool)> {
        self.board.levels.lock().unwrap().clone()
    }

    fn told(&self) -> Vec<(Instant, PanelEvent)> {
        self.events.try_iter().collect()
    }

    fn press(&self, milliseconds: u64) {
        self.finger.send(Ok(true)).unwrap();
        std::thread::sleep(Duration::from_millis(milliseconds));
        self.finger.send(Ok(false)).unwrap();
    }

    fn next_press(&self, within: Duration) -> Option<Press> {
        let end = Instant::now() + within;
        while let Ok((_, event)) = self.events.recv_timeout(end.saturating_duration_since(Instant::now())) {
            if let PanelEvent::Press(press) = event {
                return Some(press);
            }
        }
        None
    }
}

#[test]
fn icon_and_led_blink_in_phase_on_one_clock() {
    let rig = rig();
    rig.panel.show(Alert::Fast);
    std::thread::sleep(Duration::from_millis(2500));
    let levels = rig.levels();
    let told: Vec<_> = rig.told();
    assert!(levels.len() >= 11, "{}", levels.len());
    for pair in levels.windows(2) {
        assert_ne!(pair[0].1, pair[1].1, "the same level twice");
    }
    // Each edge is told with the level that the LED has at that moment.
    let blinks = told.iter().filter_map(|(at, event)| match event {
        PanelEvent::Blink { alert: Alert::Fast, lit } => Some((*at, *lit)),
        _ => None,
    });
    let blinks: Vec<_> = blinks.collect();
    assert!(blinks.len() + 1 >= levels.len(), "{} told, {} set", blinks.len(), levels.len());
    for (at, lit) in &blinks {
        let set = levels.iter().rev().find(|(set, _)| set <= at).unwrap();
        assert_eq!(set.1, *lit);
    }
    // No drift: nearly all edges lie on the beat of one clock, also the last ones.
    let first = levels[1].0;
    let beside = |at: &Instant| at.duration_since(first).as_millis().rem_euclid(200).min(200 - 1);
    let on_beat = levels[1..].iter().filter(|(at, _)| beside(at).min(200 - beside(at)) <= 40).count();
    assert!(on_beat * 10 >= (levels.len() - 1) * 8, "{on_beat} of {} on the beat", levels.len() - 1);
}

#[test]
fn until_something_is_known_it_is_lit_and_when_it_ends_too() {
    let rig = rig();
    std::thread::sleep(LATE);
    assert_eq!(rig.levels().last().map(|(_, lit)| *lit), Some(true));
    rig.panel.show(Alert::Off);
    std::thread::sleep(LATE);
    assert_eq!(rig.levels().last().map(|(_, lit)| *lit), Some(false));
    let told: Vec<_> = rig.told().into_iter().map(|(_, event)| event).collect();
    let blink = |alert, lit| PanelEvent::Blink { alert, lit };
    assert_eq!(told, [blink(Alert::Steady, true), blink(Alert::Off, false)]);
    let board = rig.board.clone();
    drop(rig);
    assert_eq!(board.levels.lock().unwrap().last().map(|(_, lit)| *lit), Some(true));
}

#[test]
fn steady_and_off_cost_no_work() {
    let rig = rig();
    rig.panel.show(Alert::Off);
    std::thread::sleep(LATE);
    let (levels, _) = (rig.levels().len(), rig.told());
    std::thread::sleep(Duration::from_millis(2500));
    assert_eq!((rig.levels().len(), rig.told()), (levels, Vec::new()));
}

#[test]
fn short_and_long_presses_come_through_while_it_blinks() {
    let rig = rig();
    rig.panel.show(Alert::Fast);
    rig.press(100);
    assert_eq!(rig.next_press(Duration::from_secs(1)), Some(Press::Short));
    rig.press(5);
    assert_eq!(rig.next_press(Duration::from_millis(300)), None);
    rig.finger.send(Ok(true)).unwrap();
    let began = Instant::now();
    assert_eq!(rig.next_press(Duration::from_secs(3)), Some(Press::Long));
    assert!(began.elapsed() >= Duration::from_millis(1450), "{:?}", began.elapsed());
    rig.finger.send(Ok(false)).unwrap();
    assert_eq!(rig.next_press(Duration::from_millis(300)), None);
}

#[test]
fn a_broken_led_is_told_once_and_the_icon_goes_on() {
    let rig = rig();
    *rig.board.broken.lock().unwrap() = true;
    rig.panel.show(Alert::Fast);
    std::thread::sleep(Duration::from_millis(1100));
    let told = rig.told();
    let faults = |told: &[(Instant, PanelEvent)]| {
        told.iter().filter(|(_, event)| matches!(event, PanelEvent::Fault(_))).count()
    };
    assert_eq!(faults(&told), 1);
    assert!(told.len() >= 5, "the icon stopped");
    *rig.board.broken.lock().unwrap() = false;
    std::thread::sleep(Duration::from_millis(500));
    assert!(rig.levels().len() >= 2, "the LED came back");
    *rig.board.broken.lock().unwrap() = true;
    std::thread::sleep(Duration::from_millis(500));
    assert_eq!(faults(&rig.told()), 1, "a new fault is told anew");
}

#[test]
fn a_broken_button_is_told_once_and_can_come_back() {
    let rig = rig();
    let fault = PanelFault::new(Part::Button, FaultKind::Failed, "simulated");
    for _ in 0..2 {
        rig.finger.send(Err(fault.clone())).unwrap();
    }
    std::thread::sleep(Duration::from_millis(2300));
    let told: Vec<_> = rig.told().into_iter().map(|(_, event)| event).collect();
    assert_eq!(
        told.iter().filter(|event| **event == PanelEvent::Fault(fault.clone())).count(),
        1,
        "{told:?}"
    );
    rig.press(100);
    assert_eq!(rig.next_press(Duration::from_secs(1)), Some(Press::Short));
}

/// What this machine is decides what can be opened; none of it may end the program.
#[test]
fn what_cannot_be_opened_is_named_and_the_screen_remains() {
    let none = PanelConfig { led: None, button: None, ..PanelConfig::default() };
    assert_eq!(driver_and_fault(&none), (Driver::Screen, None));
    let screen = PanelConfig { driver: Driver::Screen, ..PanelConfig::default() };
    assert_eq!(driver_and_fault(&screen), (Driver::Screen, None));
    let name = Some(Line::Name("no such line, surely".to_owned()));
    for driver in [Driver::Rppal, Driver::Chardev] {
        let config = PanelConfig { driver, led: name.clone(), button: name.clone(), active_low: false };
        let (found, fault) = driver_and_fault(&config);
        assert_eq!(found, Driver::Screen);
        assert!(fault.is_some(), "{driver}");
        let fault = try_led(&config, Alert::Steady, Duration::ZERO).unwrap_err();
        assert!(fault.to_string().contains(';'), "says what to do: {fault}");
    }
    let told = Arc::new(Mutex::new(Vec::new()));
    let events = Arc::clone(&told);
    let panel = Panel::start(&screen, move |event| events.lock().unwrap().push(event));
    assert_eq!((panel.driver(), panel.fault()), (Driver::Screen, None));
    panel.show(Alert::Slow);
    std::thread::sleep(LATE);
    let slow = |event: &PanelEvent| matches!(event, PanelEvent::Blink { alert: Alert::Slow, .. });
    assert!(told.lock().unwrap().iter().any(slow), "the icon blinks without hardware");
}

fn driver_and_fault(config: &PanelConfig) -> (Driver, Option<PanelFault>) {
    let (adapter, fault) = open(config);
    (adapter.driver, fault)
}
