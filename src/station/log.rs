//! The log: plain lines on standard error, which systemd passes on to the journal.
//!
//! Nothing in it names a customer; counts, rules and dates are enough to find a fault.

use super::config::Log;

/// Starts it. Called once, before anything has something to say.
pub fn start(log: Log) {
    let lines = tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_max_level(log.level)
        .with_ansi(false)
        .with_target(false);
    // The journal has its own time on each line.
    let begun = if std::env::var_os("JOURNAL_STREAM").is_some() {
        lines.without_time().try_init()
    } else {
        lines.try_init()
    };
    if begun.is_err() {
        eprintln!("the log had already begun");
    }
}
