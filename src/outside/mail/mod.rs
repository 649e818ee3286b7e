//! E-mail by SMTP (RFC 5321), command by command: only so is it known, when the line drops, whether
//! the server can have taken the message. Until the full stop that ends it, it has not; after the
//! server's answer to that it is settled; in between nobody knows.

mod letter;

use std::fmt::Display;
use std::time::Duration;

use lettre::address::Address;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt, Rset};
use lettre::transport::smtp::extension::{ClientId, Extension, MailParameter};
use lettre::transport::smtp::response::{Response, Severity};

use super::carrier::{Answer, Gate, Setback, shortened};
use crate::domain::message::Trouble;
use crate::store::StoreError;
use crate::store::outbox::Parcel;
pub use letter::Sender;

/// How the connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protection {
    /// Begins in the clear, then must become TLS.
    StartTls,
    /// TLS from the first byte.
    Tls,
    /// None.
    None,
}

/// The shop's mail server.
#[derive(Clone)]
pub struct MailServer {
    /// Its name.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub protection: Protection,
    /// User name and password, where it wants them.
    pub login: Option<(String, String)>,
    /// Who writes, and where answers go.
    pub sender: Sender,
}

/// The longest wait for a connection, for an answer to a command, and for the answer to a whole
/// message (RFC 5321, 4.5.3.2, is more patient; a desk is not).
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// For a connection.
    pub connect: Duration,
    /// For an answer to a command.
    pub command: Duration,
    /// For the answer to the message.
    pub message: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            command: Duration::from_secs(30),
            message: Duration::from_secs(120),
        }
    }
}

/// Carries e-mail, over one connection for as long as the server keeps it.
pub struct MailCarrier {
    server: MailServer,
    patience: Patience,
    line: Option<AsyncSmtpConnection>,
}

/// Why a command failed.
enum Failure {
    /// The server said no: its code, its words.
    Refused(u16, String),
    /// The line, or the time.
    Broken(String),
}

impl Failure {
    fn passes(&self) -> bool {
        matches!(self, Failure::Refused(400..=499, _))
    }

    fn words(self) -> String {
        match self {
            Failure::Refused(code, words) => shortened(&format!("{code} {words}")),
            Failure::Broken(words) => words,
        }
    }

    fn hold(self, step: &str) -> Answer {
        let trouble = match &self {
            Failure::Broken(_) => Trouble::Unreachable,
            Failure::Refused(..) if self.passes() => Trouble::Busy,
            Failure::Refused(..) => Trouble::Settings,
        };
        let hint = if trouble == Trouble::Settings { "; check [smtp] user, password and from" } else { "" };
        Answer::Hold(Setback::new(trouble, format!("{step}: {}{hint}", self.words())))
    }
}

/// Waits for an answer, no longer than is patient.
async fn within<T>(
    patience: Duration,
    answer: impl Future<Output = Result<T, lettre::transport::smtp::Error>>,
) -> Result<T, Failure> {
    match tokio::time::timeout(patience, answer).await {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(cause)) => Err(match cause.status() {
            Some(code) => Failure::Refused(number(code), innermost(&cause)),
            None => Failure::Broken(format!("the line to the mail server broke: {}", innermost(&cause))),
        }),
        Err(_) => Err(Failure::Broken("the mail server did not answer in time".to_owned())),
    }
}

fn number(code: lettre::transport::smtp::response::Code) -> u16 {
    code.to_string().parse().unwrap_or(match code.severity {
        Severity::TransientNegativeCompletion => 400,
        _ => 500,
    })
}

fn innermost(cause: &dyn std::error::Error) -> String {
    let mut inner = cause;
    while let Some(next) = inner.source() {
        inner = next;
    }
    shortened(&inner.to_string())
}

impl MailCarrier {
    /// A carrier for a server.
    pub fn new(server: MailServer, patience: Patience) -> Self {
        Self { server, patience, line: None }
    }

    /// The Message-ID for a reference.
    pub fn message_id(&self, reference: &str) -> String {
        self.server.sender.message_id(reference)
    }

    /// Hands over one message. `gate` is asked right before it leaves.
    ///
    /// # Errors
    /// [`StoreError`] of the gate; then nothing has left.
    pub async fn carry(
        &mut self,
        parcel: &Parcel,
        reference: &str,
        gate: &mut Gate<'_>,
    ) -> Result<Answer, StoreError> {
        let (envelope, bytes) = match letter::written(parcel, reference, &self.server.sender) {
            Ok(written) => written,
            Err(answer) => return Ok(answer),
        };
        let (mut line, fresh) = match self.line.take() {
            Some(line) => (line, false),
            None => match self.connect().await {
                Ok(line) => (line, true),
                Err(answer) => return Ok(answer),
            },
        };
        let mut prepared = self.prepare(&mut line, &envelope).await;
        if !fresh && matches!(prepared, Err(Prepare::Broken(_))) {
            // The server closed a line that was idle: nothing has left, one fresh try is safe.
            line = match self.connect().await {
                Ok(line) => line,
                Err(answer) => return Ok(answer),
            };
            prepared = self.prepare(&mut line, &envelope).await;
        }
        match prepared {
            Ok(()) => {}
            Err(Prepare::Broken(answer)) => return Ok(answer),
            Err(Prepare::Refused(answer)) => {
                // The next message may use the line, unless the server wants to be left alone.
                if self.command(&mut line, Rset).await.is_ok() {
                    self.line = Some(line);
                }
                return Ok(answer);
            }
        }
        if !gate()? {
            // Without its end the server throws away what it was promised.
            return Ok(Answer::NotAllowed);
        }
        Ok(match within(self.patience.message, line.message(&bytes)).await {
            Ok(response) => {
                self.line = Some(line);
                Answer::Sent(shortened(&response_words(&response)))
            }
            Err(Failure::Broken(words)) => Answer::Unknown(words),
            Err(refused) => {
                self.line = Some(line);
                if refused.passes() {
                    let words = format!("the mail server cannot take it now: {}", refused.words());
                    Answer::Later(Setback::new(Trouble::Busy, words))
                } else {
                    let words = format!("the mail server refused it: {}", refused.words());
                    Answer::Rejected(Trouble::Refused, words)
                }
            }
        })
    }

    /// Says goodbye; a server that does not answer is left.
    pub async fn close(&mut self) {
        if let Some(mut line) = self.line.take() {
            let _ = tokio::time::timeout(Duration::from_secs(1), line.quit()).await;
        }
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, Answer> {
        let MailServer { host, port, protection, login, .. } = &self.server;
        let tls = || {
            TlsParameters::new(host.clone()).map_err(|cause| {
                let words = format!("TLS cannot be used: {}", innermost(&cause));
                Answer::Hold(Setback::new(Trouble::Settings, words))
            })
        };
        let hello = ClientId::default();
        let outer = match protection {
            Protection::Tls => Some(tls()?),
            Protection::StartTls | Protection::None => None,
        };
        let place = (host.as_str(), *port);
        let connect =
            AsyncSmtpConnection::connect_tokio1(place, Some(self.patience.connect), &hello, outer, None);
        let mut line = within(self.patience.command, connect)
            .await
            .map_err(|failure| failure.hold("no connection to the mail server"))?;
        if *protection == Protection::StartTls {
            if !line.can_starttls() {
                let words = "the mail server offers no STARTTLS; set [smtp] security to what it offers";
                return Err(Answer::Hold(Setback::new(Trouble::Settings, words)));
            }
            within(self.patience.command, line.starttls(tls()?, &hello))
                .await
                .map_err(|failure| failure.hold("no protected connection to the mail server"))?;
        }
        if let Some((user, password)) = login {
            let credentials = Credentials::new(user.clone(), password.clone());
            let known = [Mechanism::Plain, Mechanism::Login];
            within(self.patience.command, line.auth(&known, &credentials))
                .await
                .map_err(|failure| failure.hold("the mail server refuses the log-in"))?;
        }
        Ok(line)
    }

    /// Sender, recipient, and the promise of a message.
    async fn prepare(&self, line: &mut AsyncSmtpConnection, envelope: &Envelope) -> Result<(), Prepare> {
        let mut parameters = Vec::new();
        if !envelope.to.to_string().is_ascii() || !envelope.from.to_string().is_ascii() {
            if !line.server_info().supports_feature(Extension::SmtpUtfEight) {
                let words = "the mail server takes no addresses with such letters".to_owned();
                return Err(Prepare::Refused(Answer::Rejected(Trouble::Refused, words)));
            }
            parameters.push(MailParameter::SmtpUtfEight);
        }
        let from = Mail::new(Some(envelope.from.clone()), parameters);
        self.command(line, from).await.map_err(|failure| {
            let broken = matches!(failure, Failure::Broken(_));
            let answer = failure.hold("the mail server does not take mail of the shop");
            if broken { Prepare::Broken(answer) } else { Prepare::Refused(answer) }
        })?;
        self.command(line, Rcpt::new(envelope.to.clone(), Vec::new())).await.map_err(about_the_message)?;
        self.command(line, Data).await.map_err(about_the_message)?;
        Ok(())
    }

    async fn command(
        &self,
        line: &mut AsyncSmtpConnection,
        command: impl Display,
    ) -> Result<Response, Failure> {
        within(self.patience.command, line.command(command)).await
    }
}

/// From whom to whom, for the server.
struct Envelope {
    from: Address,
    to: Address,
}

/// Why a message was not promised to the server; nothing of it has left.
enum Prepare {
    /// The line is gone.
    Broken(Answer),
    /// The line is there.
    Refused(Answer),
}

fn about_the_message(failure: Failure) -> Prepare {
    match failure {
        Failure::Broken(_) => Prepare::Broken(failure.hold("before the message had left")),
        // 421: the server is about to close the line, for everybody.
        Failure::Refused(421, _) => Prepare::Broken(failure.hold("the mail server closes")),
        Failure::Refused(..) if failure.passes() => {
            let words = format!("the mail server cannot take it now: {}", failure.words());
            Prepare::Refused(Answer::Later(Setback::new(Trouble::Busy, words)))
        }
        Failure::Refused(..) => {
            let words = format!("the mail server refused it: {}", failure.words());
            Prepare::Refused(Answer::Rejected(Trouble::Refused, words))
        }
    }
}

fn response_words(response: &Response) -> String {
    format!("{} {}", response.code(), response.message().collect::<Vec<_>>().join(" "))
}

impl std::fmt::Debug for MailCarrier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Never the password.
        f.debug_struct("MailCarrier").field("protection", &self.server.protection).finish_non_exhaustive()
    }
}
