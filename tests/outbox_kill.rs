//! `balie outbox deliver` is killed at every step of a delivery: before the connection, when it is
//! accepted, while the other side has the message, right after its answer, and at moments in between.
//! No message is sent twice, none is lost, and unknown is only what nobody can know.
//!
//! Over a hundred kills with text messages and as many with mail; `BALIE_KILLS` names another number.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod post;
mod shop;

use std::collections::{BTreeMap, BTreeSet};
use std::process::Child;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use balie::domain::ids::MessageId;
use balie::domain::message::{Channel, MessageState};
use balie::store::Store;
use post::desk::lines;
use post::mail::MailServer;
use post::program::Program;
use post::{Act, Supplier};

fn kills() -> u32 {
    std::env::var("BALIE_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(105)
}

/// What the other side took: how many times each reference.
type Taken<'t> = dyn Fn() -> BTreeMap<String, u32> + 't;

struct Trial<'t> {
    program: Program,
    taken: &'t Taken<'t>,
    killed: u32,
    /// Messages that were being handed over when the program was killed.
    cut_off: BTreeSet<MessageId>,
    /// How long a whole pass takes: moments in between are parts of it.
    whole: Duration,
}

impl<'t> Trial<'t> {
    fn new(config: &str, taken: &'t Taken<'t>) -> Self {
        let program = Program::new(config);
        Self { program, taken, killed: 0, cut_off: BTreeSet::new(), whole: Duration::from_millis(200) }
    }

    /// Queues three messages, and kills the pass that delivers them at the moment that `moment` waits
    /// for. Answers how many were being handed over.
    fn round(&mut self, channel: Channel, moment: impl FnOnce(Duration)) -> usize {
        for _ in 0..3 {
            self.program.write(channel);
        }
        let began = Instant::now();
        let child = self.program.deliver();
        moment(self.whole);
        if kill(child) {
            self.killed += 1;
        } else {
            self.whole = began.elapsed();
        }
        // A connection of its own, as after the power came back.
        Store::open(&self.program.database()).unwrap().check().unwrap();
        let open = self.check();
        assert!(open.len() <= 1, "{open:?} at once");
        self.cut_off.extend(&open);
        open.len()
    }

    /// What stands in the outbox is true of what the other side took. Answers which are being handed
    /// over.
    fn check(&self) -> Vec<MessageId> {
        let lines = lines(&self.program.store);
        let times = |taken: &BTreeMap<String, u32>, reference: &Option<String>| {
            reference.as_ref().and_then(|own| taken.get(own)).copied().unwrap_or(0)
        };
        // The other side may tell a moment later.
        post::until("what is sent has arrived", || {
            let taken = (self.taken)();
            let mut sent = lines.iter().filter(|line| line.state == MessageState::Sent);
            sent.all(|line| times(&taken, &line.reference) > 0)
        });
        let (taken, mut open) = ((self.taken)(), Vec::new());
        for line in &lines {
            let times = times(&taken, &line.reference);
            assert!(times <= 1, "message {} was sent {times} times", line.id);
            match line.state {
                MessageState::Sent | MessageState::Unknown => {}
                MessageState::Queued => assert_eq!(times, 0, "message {} left, and waits", line.id),
                MessageState::Sending => open.push(line.id),
                other => panic!("message {} is {other}", line.id),
            }
        }
        open
    }

    /// Delivers what is left: all is sent, but for what was cut off.
    fn end(self, what: &str) {
        assert!(self.program.deliver().wait().unwrap().success());
        assert_eq!(self.check(), []);
        let (lines, taken) = (lines(&self.program.store), (self.taken)());
        let of = |state| lines.iter().filter(move |line| line.state == state);
        let (sent, unknown) = (of(MessageState::Sent).count(), of(MessageState::Unknown).count());
        let left = of(MessageState::Unknown)
            .filter(|line| line.reference.as_ref().is_some_and(|own| taken.contains_key(own)))
            .count();
        println!(
            "{what}: {} kills, {} messages: {sent} sent once, {unknown} unknown ({left} of them had left)",
            self.killed,
            lines.len()
        );
        let ids: BTreeSet<MessageId> = of(MessageState::Unknown).map(|line| line.id).collect();
        assert_eq!(ids, self.cut_off, "unknown is what was being handed over, and nothing else");
        assert_eq!(sent + unknown, lines.len(), "none is lost");
        assert!(sent > 0 && self.killed > kills() / 2);
    }
}

fn kill(mut child: Child) -> bool {
    let ended = child.try_wait().unwrap().is_some();
    let _ = child.kill();
    let _ = child.wait();
    !ended
}

/// Waits closely for something that another process does, no longer than makes sense.
fn soon(done: impl Fn() -> bool) {
    let end = Instant::now() + Duration::from_secs(5);
    while !done() && Instant::now() < end {
        std::thread::sleep(Duration::from_micros(20));
    }
}

fn microseconds(number: u32) {
    std::thread::sleep(Duration::from_micros(number.into()));
}

#[test]
fn text_messages_killed_at_every_step() {
    // 1: reads it and never takes it; 2: takes it and never answers; 0: answers.
    let manners = Arc::new(AtomicU32::new(0));
    let asked = manners.clone();
    let supplier = Supplier::planned("bird", move |_, _| {
        let manner = asked.load(Ordering::SeqCst);
        // Until the one who asks is dead.
        while manner > 0 && asked.load(Ordering::SeqCst) == manner {
            std::thread::sleep(Duration::from_millis(1));
        }
        match manner {
            1 => Act::Drop,
            2 => Act::TakeAndDrop,
            _ => Act::Normal,
        }
    });
    let taken = || supplier.times();
    let steps = supplier.steps();
    let mut trial = Trial::new(&supplier.config(), &taken);
    for round in 0..kills() {
        let step = round % 5;
        manners.store(if step == 1 || step == 2 { step } else { 0 }, Ordering::SeqCst);
        let (calls, took) = (supplier.calls().len(), supplier.taken().len());
        let accepted = steps.accepted.load(Ordering::SeqCst);
        let answered = steps.answered.load(Ordering::SeqCst);
        let open = trial.round(Channel::Sms, |whole| match step {
            // Somewhere between the start and the end.
            0 => std::thread::sleep(whole * (round * 37 % 100) / 100),
            1 | 2 => soon(|| supplier.calls().len() > calls),
            // The first, second or third is answered; how far has the answer come?
            3 => {
                let which = usize::try_from(round / 5 % 3).unwrap();
                soon(|| steps.answered.load(Ordering::SeqCst) > answered + which);
                microseconds(round * 131 % 3000);
            }
            // The line is open, and nothing or not all has gone over it.
            _ => {
                soon(|| steps.accepted.load(Ordering::SeqCst) > accepted);
                microseconds(round * 17 % 400);
            }
        });
        manners.store(0, Ordering::SeqCst);
        if step == 1 || step == 2 {
            assert_eq!(open, 1, "the supplier had read it");
        }
        if step == 2 {
            post::until("what it had read it takes", || supplier.taken().len() > took);
        }
    }
    trial.end("text messages");
}

#[test]
fn mail_killed_at_every_moment() {
    let server = MailServer::start(&[]);
    let taken = || server.taken();
    let mut trial = Trial::new(&server.config(), &taken);
    for round in 0..kills() {
        let (read, kept) = (server.all("read").len(), server.all("kept").len());
        trial.round(Channel::Email, |whole| match round % 3 {
            0 => std::thread::sleep(whole * (round * 37 % 100) / 100),
            // The server has it all, and answers.
            1 => {
                soon(|| server.all("read").len() > read);
                microseconds(round * 31 % 500);
            }
            _ => {
                soon(|| server.all("kept").len() > kept);
                microseconds(round * 131 % 5000);
            }
        });
    }
    // What the server does with what it got last it tells in a moment.
    std::thread::sleep(Duration::from_millis(200));
    trial.end("mail");
}
