//! The table of what is staged and what is kept at once (CSS-13), through the page of a task with a real
//! database: each row with each of the three ways out.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod desk_scene;

use std::time::{Duration, Instant};

use balie::desk::slint::ComponentHandle;
use balie::desk::slint::platform::Key;
use balie::desk::ui::{Compose, Desk as DeskGlobal, Edit, EditState, Page};
use balie::domain::amount::CostPerKm;
use balie::domain::edit::Outcome;
use balie::domain::ids::{CustomerId, TaskId, VehicleId};
use balie::domain::message::{Channel, MessageState};
use balie::domain::task::{StatusFilter, TaskState};
use balie::store::{Store, TaskFields};
use desk_scene::{Scene, Shop};

/// One task of the table, as the database has it.
struct Case {
    store: Store,
    task: TaskId,
    vehicle: VehicleId,
    /// Whose task it was.
    customer: CustomerId,
    plate: String,
}

impl Case {
    fn fields(&self) -> TaskFields {
        self.store.task_fields(self.task).unwrap()
    }

    /// Messages of the customer by this channel, and where each is.
    fn messages(&self, channel: Channel) -> Vec<MessageState> {
        let written = self.store.messages_of_customer(self.customer).unwrap();
        written.iter().filter(|message| message.channel == channel).map(|message| message.state).collect()
    }
}

/// A row: its name, what the receptionist touches, and how one sees in the database that it is there.
type Row = (&'static str, fn(&mut Scene, &Case), fn(&Case) -> bool);

/// What waits for one of the two ways out that save, and goes with 'cancel'.
const STAGED: [Row; 12] = [
    (
        "description",
        |scene, _| scene.fill("Omschrijving", "Update 01 mei"),
        |case| case.fields().description.as_deref() == Some("Update 01 mei"),
    ),
    (
        "execution date",
        |scene, _| {
            scene.act("Uitvoeren op");
            scene.tap("Volgende maand");
            scene.tap("20-05-2015");
        },
        |case| case.fields().execute_on == "2015-05-20".parse().unwrap(),
    ),
    (
        "employee",
        |scene, _| {
            scene.act("Medewerker");
            scene.tap("Els Hermans");
        },
        |case| case.fields().employee.is_some(),
    ),
    (
        "customer removed",
        |scene, _| scene.tap("Klant van deze taak verwijderen"),
        |case| case.fields().customer.is_none(),
    ),
    (
        "another customer chosen",
        |scene, _| {
            scene.tap("Kies");
            scene.fill("Naam, kenteken, telefoon, postcode", "99GHJK");
            scene.served();
            scene.tap("Janssen 99-GH-JK");
        },
        |case| case.fields().customer.is_some_and(|customer| customer != case.customer),
    ),
    (
        "an SMS for the outbox",
        |scene, _| {
            scene.tap("SMS sturen");
            scene.tap("In de outbox");
        },
        |case| case.fields().sms_sent && case.messages(Channel::Sms) == [MessageState::Queued],
    ),
    (
        "an e-mail for the outbox",
        |scene, _| {
            scene.tap("E-mail sturen");
            scene.tap("In de outbox");
        },
        |case| case.fields().email_sent && case.messages(Channel::Email) == [MessageState::Queued],
    ),
    (
        "the SMS box",
        |scene, _| scene.tap("SMS gestuurd"),
        |case| case.fields().sms_sent && case.messages(Channel::Sms).is_empty(),
    ),
    (
        "the e-mail box",
        |scene, _| scene.tap("E-mail gestuurd"),
        |case| case.fields().email_sent && case.messages(Channel::Email).is_empty(),
    ),
    (
        "what a call came to",
        |scene, _| scene.tap("Geïnformeerd"),
        |case| case.fields().outcome == Some(Outcome::Informed),
    ),
    (
        "words about a call",
        |scene, _| scene.fill("Wat is er gezegd", "belt zelf terug"),
        |case| {
            let lines = case.store.task_history(case.task).unwrap();
            lines.iter().any(|line| line.action == "noted")
        },
    ),
    (
        "the handled box",
        |scene, _| scene.tap("Afgehandeld"),
        |case| case.fields().state == TaskState::Handled,
    ),
];

/// Types into a field of the sheet of kilometres, and leaves the sheet.
fn measured(scene: &mut Scene, label: &str, text: &str) {
    scene.act("Kilometers");
    scene.type_into(label, text);
    scene.key(Key::Return);
    scene.tap("Sluiten");
}

/// What is kept at once, whatever way out is taken.
const IMMEDIATE: [Row; 8] = [
    (
        "a reading of the odometer",
        |scene, _| measured(scene, "Kilometerstand vandaag", "81234"),
        |case| case.store.readings(case.vehicle).unwrap().first().is_some_and(|read| read.km == 81_234),
    ),
    (
        "cost per kilometre",
        |scene, _| measured(scene, "Kosten per kilometer (€)", "0,27"),
        |case| case.store.vehicle(case.vehicle).unwrap().unwrap().cost_per_km == Some(CostPerKm(2700)),
    ),
    (
        "all owners unlinked",
        |scene, case| {
            scene.act("Ontkoppel alle eigenaren");
            scene.tap("Ontkoppel en sluit");
            // That closed the task: it is opened once more, to leave it by each way.
            open(scene, case);
        },
        |case| {
            let today = "2015-05-01".parse().unwrap();
            case.store.vehicle_card(case.vehicle, today).unwrap().unwrap().owner.is_none()
                && case.fields().state == TaskState::Handled
        },
    ),
    (
        "the customer's data",
        |scene, case| {
            scene.tap("Gegevens van de klant wijzigen");
            scene.tap("Klant wijzigen");
            scene.fill("Plaats", "Landgraaf");
            scene.tap("Opslaan");
            scene.tap("Terug");
            until_shown(scene, case);
        },
        |case| case.store.customer(case.customer).unwrap().unwrap().city.as_deref() == Some("Landgraaf"),
    ),
    (
        "an appointment",
        |scene, case| {
            scene.act("Afspraak maken");
            scene.act("09:30");
            scene.tap("Opslaan");
            until_shown(scene, case);
        },
        |case| {
            let booked = case.store.appointments_on("2015-05-01".parse().unwrap()).unwrap();
            booked.iter().any(|one| one.plate.as_deref() == Some(case.plate.as_str()))
        },
    ),
    (
        "an SMS that was sent by hand",
        |scene, _| {
            scene.tap("SMS sturen");
            scene.tap("Met de hand");
            scene.tap("Ik heb het verstuurd");
        },
        |case| case.messages(Channel::Sms) == [MessageState::Sent],
    ),
    (
        "an e-mail that was sent by hand",
        |scene, _| {
            scene.tap("E-mail sturen");
            scene.tap("Met de hand");
            scene.tap("Ik heb het verstuurd");
        },
        |case| case.messages(Channel::Email) == [MessageState::Sent],
    ),
    (
        "consent to be called",
        |scene, _| {
            scene.window().global::<Edit>().invoke_ask_consent(0);
            scene.served();
            assert!(scene.window().global::<Compose>().get_open());
            scene.tap("Klant stemt toe");
        },
        |case| case.store.consents(case.customer).unwrap().call.is_some_and(|answer| answer.given),
    ),
];

#[derive(Debug, Clone, Copy, PartialEq)]
enum WayOut {
    HandledAndSave,
    Save,
    Cancel,
}

impl WayOut {
    fn label(self) -> &'static str {
        match self {
            WayOut::HandledAndSave => "Afgehandeld en opslaan",
            WayOut::Save => "Opslaan",
            WayOut::Cancel => "Afbreken",
        }
    }
}

fn until_shown(scene: &mut Scene, case: &Case) {
    let shown = |scene: &Scene| {
        let edit = scene.window().global::<Edit>();
        scene.window().global::<DeskGlobal>().get_page() == Page::Task
            && edit.get_state() == EditState::Shown
            && i64::from(edit.get_task()) == case.task.0
    };
    assert!(scene.until(Duration::from_secs(10), shown), "{}: the task is not shown", case.plate);
    scene.served();
}

/// Opens the task, and waits until it is not what came under the finger by chance.
fn open(scene: &mut Scene, case: &Case) {
    let id = i32::try_from(case.task.0).unwrap();
    scene.window().global::<DeskGlobal>().invoke_go(Page::Task, id);
    until_shown(scene, case);
    let shown = Instant::now();
    scene.until(Duration::from_millis(400), |_| shown.elapsed() > Duration::from_millis(380));
}

/// Every row, left by one way out.
fn leave_by(way: WayOut) {
    let plates: Vec<String> =
        (0..STAGED.len() + IMMEDIATE.len()).map(|number| format!("{:02}-GB-KL", number + 10)).collect();
    let mut cars: Vec<(&str, i64)> = plates.iter().map(|plate| (plate.as_str(), -3)).collect();
    cars.push(("99-GH-JK", 9));
    let shop = Shop::with(&cars);
    let mut scene = Scene::of(&shop);
    let rows = shop.rows(StatusFilter::Open);
    let staged = STAGED.iter().map(|row| (row, true));
    for ((row, staged), plate) in staged.chain(IMMEDIATE.iter().map(|row| (row, false))).zip(&plates) {
        let (name, act, is_there) = row;
        let of_it = rows.iter().find(|row| row.plate.as_ref().unwrap().to_string() == *plate).unwrap();
        let (task, vehicle) = (of_it.id, of_it.vehicle.unwrap());
        let store = shop.store();
        let customer = store.task_fields(task).unwrap().customer.unwrap();
        let case = Case { store, task, vehicle, customer, plate: plate.clone() };
        let before = case.fields();
        assert!(!is_there(&case), "{name}: not there before");
        open(&mut scene, &case);
        act(&mut scene, &case);
        assert_eq!(is_there(&case), !staged, "{name}: before a way out is taken");
        if staged {
            assert_eq!(case.fields(), before, "{name}: nothing of the task is written yet");
        }
        scene.tap(way.label());
        let left = |scene: &Scene| scene.window().global::<DeskGlobal>().get_page() == Page::Tasks;
        assert!(scene.until(Duration::from_secs(10), left), "{name}: {way:?} does not leave the page");
        scene.served();
        assert_eq!(is_there(&case), !staged || way != WayOut::Cancel, "{name}: {way:?}");
        let handled = way == WayOut::HandledAndSave
            || *name == "all owners unlinked"
            || (*name == "the handled box" && way == WayOut::Save);
        assert_eq!(case.fields().state == TaskState::Handled, handled, "{name}: {way:?}");
        if way == WayOut::Cancel && staged {
            assert_eq!(case.fields(), before, "{name}: as if it had never been opened");
            assert!(case.messages(Channel::Sms).is_empty() && case.messages(Channel::Email).is_empty());
        }
        let draft = case.store.draft(&format!("task:{task}")).unwrap();
        assert!(draft.is_none(), "{name}: {way:?} leaves a draft: {draft:?}");
    }
}

#[test]
fn each_row_handled_and_saved() {
    leave_by(WayOut::HandledAndSave);
}

#[test]
fn each_row_saved() {
    leave_by(WayOut::Save);
}

#[test]
fn each_row_cancelled() {
    leave_by(WayOut::Cancel);
}
