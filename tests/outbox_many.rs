//! Thousands of messages that wait leave in one pass, in the memory that a tenth of them takes, by the
//! real `balie outbox deliver`; the service delivers by itself what is written while it runs; and that
//! works on a machine without certificates.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod post;
mod shop;

use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use balie::domain::message::{Channel, MessageState};
use post::Supplier;
use post::desk::lines;
use post::program::Program;

/// One pass of the real program, and the most memory that it ever had, in KiB.
fn deliver(program: &Program) -> u64 {
    let mut child = program.deliver();
    let status = PathBuf::from(format!("/proc/{}/status", child.id()));
    let mut most = 0;
    loop {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok());
        most = most.max(kib.unwrap_or(0));
        if let Some(ended) = child.try_wait().unwrap() {
            assert!(ended.success());
            return most;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn ten_times_as_many_messages_take_no_more_memory() {
    let supplier = Supplier::start("bird");
    let mut program = Program::new(&supplier.config());
    let mut measured = Vec::new();
    for count in [1_000, 10_000] {
        for _ in 0..count {
            program.write(Channel::Sms);
        }
        let (before, began) = (supplier.taken().len(), Instant::now());
        let most = deliver(&program);
        assert_eq!(supplier.taken().len() - before, count);
        println!("{count} messages: {} ms, VmHWM {most} KiB", began.elapsed().as_millis());
        measured.push(most);
    }
    assert_eq!(program.store.parcels_waiting(Channel::Sms).unwrap(), 0);
    assert!(measured[1] * 100 <= measured[0] * 115, "{measured:?} KiB");
}

#[test]
fn the_service_delivers_by_itself_what_is_written() {
    let supplier = Supplier::start("spryng");
    // Whatever the hour of the test.
    let mut program = Program::new(&(supplier.config() + "[outbox]\nhours = \"\"\n[rdw]\nenabled = false\n"));
    let mut service = program.collector();
    for count in 1..=3 {
        program.write(Channel::Sms);
        post::until("the service delivers", || supplier.taken().len() == count);
    }
    post::until("it is written down", || {
        lines(&program.store).iter().all(|line| line.state == MessageState::Sent)
    });
    // A technician may deliver beside it.
    deliver(&program);
    let term = format!("kill -TERM {}", service.0.id());
    assert!(Command::new("sh").args(["-c", &term]).status().unwrap().success());
    let began = Instant::now();
    service.0.wait().unwrap();
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
    assert_eq!(supplier.calls().len(), 3);
}

#[test]
fn a_machine_without_certificates_reaches_a_supplier_on_its_own_network() {
    let supplier = Supplier::start("cm");
    let mut program = Program::new(&supplier.config());
    program.write(Channel::Sms);
    let none = tempfile::tempdir().unwrap();
    let mut pass = program.pass();
    pass.env("SSL_CERT_FILE", none.path().join("none.pem")).env("SSL_CERT_DIR", none.path());
    assert!(pass.status().unwrap().success(), "{:?}", lines(&program.store));
    assert_eq!(supplier.taken().len(), 1);
}
