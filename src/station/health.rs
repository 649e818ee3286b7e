//! What the service manager hears: ready, alive, one line of words, stopping.
//!
//! Alive is said by whoever has just proved it (a turn of the loop in which the database was read),
//! never by a timer. Without systemd all of it is silence.

use sd_notify::NotifyState;

/// The service has started: the first frame is drawn, or the database is open.
pub fn ready() {
    tell(&[NotifyState::Ready]);
}

/// Progress was made; the watchdog starts counting again.
pub fn alive() {
    tell(&[NotifyState::Watchdog]);
}

/// What the service is doing, in one line of Dutch, for `systemctl status`.
pub fn status(words: &str) {
    let line = words.split_whitespace().collect::<Vec<_>>().join(" ");
    tell(&[NotifyState::Status(&line)]);
}

/// The service is ending because it was asked to.
pub fn stopping() {
    tell(&[NotifyState::Stopping]);
}

/// Within what time the service manager wants a sign of life, if it does.
pub fn watchdog() -> Option<std::time::Duration> {
    sd_notify::watchdog_enabled()
}

fn tell(state: &[NotifyState<'_>]) {
    if let Err(cause) = sd_notify::notify(state) {
        tracing::debug!(%cause, "the service manager did not hear it");
    }
}
