//! A day in a shop, which is recorded: a desk that saves, the commands of a technician and of the shop's own
//! system, a supplier who takes messages, and the service beside them.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use balie::domain::appointment::Booking;
use balie::domain::edit::{CallNote, Outcome, TaskEdit};
use balie::domain::ids::{CustomerId, TaskId, VehicleId};
use balie::domain::language::Language;
use balie::domain::message::Channel;
use balie::domain::records::AppointmentKind;
use balie::domain::rule::LegalClass;
use balie::domain::task::{TaskFilter, TaskOrder};
use balie::store::Store;
use balie::store::backup::{BackupError, Healed, heal};
use balie::store::history::{Actor, Origin};
use balie::store::task_edit::{Save, Saved};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use crate::dice::Dice;
use crate::patience::wait_for;
use crate::post::desk::queued;
use crate::post::{Act, Supplier};
use crate::shop::Shop;
use crate::step::{Step, What, say};

/// One task for each.
pub const VEHICLES: usize = 160;

pub fn today() -> NaiveDate {
    "2015-05-01".parse().unwrap()
}

#[allow(clippy::disallowed_methods, reason = "the programs compare their clock with what was written")]
fn now() -> DateTime<Utc> {
    Utc::now()
}

fn actor() -> Actor {
    Actor { origin: Origin::Desk(None), at: now() }
}

/// The shop in the morning, in an empty folder.
pub fn morning(folder: &Path) {
    let mut shop = Shop::new();
    shop.today = today();
    for number in 0..VEHICLES {
        let (plate, code) = (format!("{:02}-AB-{:02}", number / 100, number % 100), format!("K{number}"));
        shop.vehicle(&plate).inspection_expires("2015-05-20");
        shop.customer(&code).has("name", "Pietersen").has("mobile", "06 12345678");
        shop.owns(&code, &plate, "2010-01-01");
    }
    shop.set("rules.not_seen.enabled", "false");
    shop.collect();
    // A copy is one file, without a log beside it.
    shop.store.back_up(&folder.join("balie.db"), &mut |_, _| {}).unwrap();
    fs::create_dir(folder.join("drop")).unwrap();
    fs::create_dir(folder.join("copies")).unwrap();
}

/// A morning on which the database is damaged, and the backup of the night is not.
pub fn bad_morning(folder: &Path) {
    morning(folder);
    fs::create_dir(folder.join("backup")).unwrap();
    let database = folder.join("balie.db");
    fs::copy(&database, folder.join("backup/balie-2015-05-01.db")).unwrap();
    let mut content = fs::read(&database).unwrap();
    content[..3 * 4096].copy_from_slice(&Dice::new(1).noise(3 * 4096));
    fs::write(database, content).unwrap();
}

/// What desk and service do when they find the database damaged.
pub fn put_back(folder: &Path) -> Result<Option<Healed>, BackupError> {
    let local = today().and_hms_opt(8, 0, 0).unwrap();
    let actor = Actor { origin: Origin::Collector, at: "2015-05-01T06:00:00Z".parse().unwrap() };
    heal(&folder.join("balie.db"), &folder.join("backup"), actor, local)
}

/// The day on the way.
pub struct Day {
    folder: PathBuf,
    scratch: tempfile::TempDir,
    steps: usize,
    /// Tasks that nobody has touched.
    tasks: Vec<(TaskId, VehicleId)>,
}

/// The service; it ends when it is asked to.
struct Service(Child);

impl Drop for Service {
    fn drop(&mut self) {
        let _ = Command::new("kill").args(["-TERM", &self.0.id().to_string()]).status();
        let _ = self.0.wait();
    }
}

impl Day {
    pub fn new(folder: &Path) -> Self {
        let scratch = tempfile::tempdir().unwrap();
        Self { folder: folder.to_owned(), scratch, steps: 0, tasks: Vec::new() }
    }

    /// All that a shop does in a day.
    pub fn work(mut self) {
        self.desk(24);
        self.import(60);
        self.collect();
        self.desk(16);
        self.deliver();
        self.back_up();
        self.beside_the_service();
        self.import(1500);
        self.desk(16);
        self.deliver();
        self.back_up();
    }

    /// A backup is put back; a message has left since it was made.
    pub fn restore(mut self) {
        self.desk(8);
        let copy = self.back_up();
        self.deliver();
        self.desk(8);
        // Somebody has the database open meanwhile.
        let open = Store::open(&self.database()).unwrap();
        self.step(What::Restored(copy), |day, step| {
            let file = day.copy(copy);
            assert!(file.exists(), "{step}");
            day.balie("", &["restore", file.to_str().unwrap()]);
        });
        drop(open);
        self.desk(8);
    }

    /// A damaged database is found and put back.
    pub fn heal(mut self) {
        self.step(What::Healed, |day, _| assert!(put_back(&day.folder).unwrap().is_some()));
        self.desk(8);
    }

    fn copy(&self, step: usize) -> PathBuf {
        self.folder.join("copies").join(format!("torn-{step}.db"))
    }

    fn database(&self) -> PathBuf {
        self.folder.join("balie.db")
    }

    /// Tells that a step begins, does it, and tells that it is done.
    fn step(&mut self, what: What, work: impl FnOnce(&mut Self, &Step)) {
        self.steps += 1;
        let step = Step { number: self.steps, what };
        say(format_args!("begin {step}"));
        work(self, &step);
        say(format_args!("done {}", step.number));
    }

    /// A person at the desk, for so many steps.
    fn desk(&mut self, steps: usize) {
        let mut store = Store::open(&self.database()).unwrap();
        if self.tasks.is_empty() {
            let (filter, order) = (TaskFilter::default(), TaskOrder::default());
            let rows = store.task_page(&filter, order, today(), Language::Nl, 0, 1000).unwrap();
            self.tasks = rows.iter().map(|row| (row.id, row.vehicle.unwrap())).collect();
        }
        for turn in 0..steps {
            let (task, vehicle) = self.tasks.pop().unwrap();
            match turn % 4 {
                0 => self.step(What::Handled(task.0), |_, step| {
                    store.handle_task(task, Some(&step.words()), actor()).unwrap().unwrap();
                }),
                1 | 2 => self.step(What::Saved(task.0), |_, step| save(&mut store, task, step)),
                _ => {
                    self.step(What::Booked(task.0), |_, step| book(&mut store, task, vehicle, step));
                    let code = format!("K{}", self.steps);
                    let (id, before) = store.customer_by_code(&code).unwrap().unwrap();
                    self.step(What::Edited(id.0), |_, step| {
                        let (notes, name) = (Some(step.words()), Some(step.words()));
                        let after = balie::domain::customer::Customer { notes, name, ..before.clone() };
                        assert_eq!(
                            store.change_customer(CustomerId(id.0), &before, &after, actor()).unwrap(),
                            2
                        );
                    });
                }
            }
        }
    }

    fn command(&self, program: &str, config: &str) -> Command {
        let path = self.scratch.path().join("balie.toml");
        let more = "[rdw]\nenabled = false\n[files]\nquiet_seconds = 1\nstick_backup = false\n";
        fs::write(&path, format!("{more}{config}")).unwrap();
        let mut command = Command::new(program);
        command.arg("--data-dir").arg(&self.folder).arg("--config").arg(path);
        for name in ["BALIE_TODAY", "BALIE_DATA_DIR", "NOTIFY_SOCKET", "WATCHDOG_USEC", "JOURNAL_STREAM"] {
            command.env_remove(name);
        }
        for name in ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"] {
            command.env_remove(name);
        }
        command.stdin(Stdio::null());
        command
    }

    fn balie(&self, config: &str, arguments: &[&str]) {
        let output = self.command(env!("CARGO_BIN_EXE_balie"), config).args(arguments).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    }

    /// Customers of a step, as the shop's own system writes them.
    fn customers(step: &Step, rows: usize) -> String {
        let row = |row| format!("T{}-{row},Pietersen {row},Dorpsstraat {row},Utrecht\n", step.number);
        "code,name,street,city\n".to_owned() + &(0..rows).map(row).collect::<String>()
    }

    fn import(&mut self, rows: usize) {
        self.step(What::Imported(rows), |day, step| {
            let file = day.scratch.path().join("customers.csv");
            fs::write(&file, Self::customers(step, rows)).unwrap();
            day.balie("", &["import", file.to_str().unwrap()]);
        });
    }

    fn collect(&mut self) {
        self.step(What::Collected, |day, _| day.balie("", &["collect", "--today", "2015-05-01"]));
    }

    /// Lets what waits leave. The supplier tells what it takes before it answers.
    fn deliver(&mut self) {
        let supplier = Supplier::planned("bird", |_, call| {
            let number = call
                .text
                .split("torn-")
                .nth(1)
                .map(|rest| rest.chars().take_while(char::is_ascii_digit).collect::<String>());
            say(format_args!("taken {}", number.unwrap()));
            Act::Normal
        });
        self.step(What::Delivered, |day, _| day.balie(&supplier.config(), &["outbox", "deliver"]));
    }

    /// Answers the step's number.
    fn back_up(&mut self) -> usize {
        self.step(What::BackedUp, |day, step| {
            day.balie("", &["backup", day.copy(step.number).to_str().unwrap()]);
        });
        self.steps
    }

    /// The desk saves while the service collects, makes the backup of the night and takes what is dropped.
    fn beside_the_service(&mut self) {
        let mut command = self.command(env!("CARGO_BIN_EXE_balie-collector"), "");
        command.args(["--today", "2015-05-01"]).stdout(Stdio::null()).stderr(Stdio::null());
        let service = Service(command.spawn().unwrap());
        self.desk(16);
        let drop = self.folder.join("drop");
        self.step(What::Dropped(80), |_, step| {
            // As a program writes that wants to lose nothing itself: the file, then its name.
            let mut file = File::create(drop.join("customers.csv.part")).unwrap();
            file.write_all(Self::customers(step, 80).as_bytes()).unwrap();
            file.sync_all().unwrap();
            fs::rename(drop.join("customers.csv.part"), drop.join("customers.csv")).unwrap();
            File::open(&drop).unwrap().sync_all().unwrap();
            say(format_args!("dropped {}", step.number));
            let batches = || fs::read_dir(drop.join("done")).map_or(0, Iterator::count);
            wait_for("it is not taken", || (batches() > 0).then_some(()));
            let left = || fs::read_dir(drop.join(".work")).map_or(1, Iterator::count);
            wait_for("it is not put away", || (left() == 0).then_some(()));
        });
        self.desk(8);
        std::mem::drop(service);
    }
}

fn save(store: &mut Store, task: TaskId, step: &Step) {
    let note = CallNote { outcome: Some(Outcome::Informed), text: step.words(), back_on: None };
    let sms = queued(Channel::Sms, "+31612345678", &step.words(), LegalClass::Service);
    let edit = TaskEdit { note: Some(note), sms: Some(sms), ..TaskEdit::default() };
    let version = store.task_fields(task).unwrap().version;
    let finish = step.number.is_multiple_of(2);
    let save = Save { task, version, edit: &edit, finish, words: None, today: today() };
    assert!(matches!(store.save_task(&save, actor()).unwrap(), Saved::Done(Some(_))));
}

fn book(store: &mut Store, task: TaskId, vehicle: VehicleId, step: &Step) {
    let starts_at = today().and_hms_opt(8, 0, 0).unwrap() + TimeDelta::hours(step.number as i64);
    let booking = Booking {
        kind: AppointmentKind::Inspection,
        vehicle: Some(vehicle),
        customer: None,
        task: Some(task),
        starts_at,
        minutes: 60,
        notes: Some(step.words()),
    };
    store.make_appointment(&booking, actor()).unwrap();
}
