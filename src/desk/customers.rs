//! The overview of customers (CSS-09): search while typing, filters, and choosing one for something else.

use std::cell::RefCell;
use std::rc::Rc;

use balie_ui as ui;
use slint::{ComponentHandle, ModelRc, VecModel};

use super::app::Desk;
use super::context::{Context, Page, Turn};
use super::wire::Trouble;
use super::{convert, slint};
use crate::domain::customer::CustomerKind;
use crate::domain::ids::CustomerId;
use crate::domain::search::{CustomerOrder, CustomerQuery, SearchField};
use crate::store::find::{CustomerRow, Found, FoundRow};

/// The kinds, in the order of the screen.
pub(super) const KINDS: [CustomerKind; 4] =
    [CustomerKind::Private, CustomerKind::Company, CustomerKind::Trader, CustomerKind::Prospect];

/// The id with which the page is turned to for choosing: there is a page to go back to.
const CHOOSING: i64 = 1;

type Then = Box<dyn FnOnce(CustomerId)>;

/// The page's adapter.
pub struct CustomersPage {
    context: Rc<Context>,
    turn: Turn,
    query: RefCell<CustomerQuery>,
    rows: Rc<VecModel<ui::CustomerRow>>,
    then: RefCell<Option<Then>>,
}

impl CustomersPage {
    /// The page, with its callbacks connected.
    pub fn connect(context: Rc<Context>) -> Rc<Self> {
        let page = Rc::new(Self {
            context,
            turn: Turn::default(),
            query: RefCell::default(),
            rows: Rc::default(),
            then: RefCell::new(None),
        });
        let Some(window) = page.context.window() else { return page };
        let global = window.global::<ui::Customers>();
        global.set_rows(ModelRc::from(Rc::clone(&page.rows)));
        hear!(global, page, {
            on_search: |this, text| {
                this.query.borrow_mut().text = text.to_string();
                this.look();
            },
            on_set: |this, filter, value| this.set(filter, value),
            on_open: |this, id, vehicle| this.opened(id, vehicle),
            on_create: |this| this.context.go(ui::Page::Customer, 0),
            on_retry: |this| this.look(),
        });
        page
    }

    /// Turns to the overview so that a customer can be chosen; `then` hears which one, back on the page
    /// from which this was asked. Turning away chooses nobody.
    pub fn choose(&self, then: impl FnOnce(CustomerId) + 'static) {
        *self.then.borrow_mut() = Some(Box::new(then));
        self.context.go(ui::Page::Customers, CHOOSING);
    }

    /// What the overview shows.
    pub fn query(&self) -> CustomerQuery {
        self.query.borrow().clone()
    }

    /// What was typed last: the name of a new customer, perhaps.
    pub fn typed(&self) -> String {
        self.query.borrow().text.clone()
    }

    fn set(&self, filter: ui::OverviewFilter, value: i32) {
        {
            let mut query = self.query.borrow_mut();
            match filter {
                ui::OverviewFilter::Field => {
                    query.field = convert::with_key(&SearchField::ALL, value).unwrap_or_default();
                }
                ui::OverviewFilter::Kind => query.filter.kind = convert::with_key(&KINDS, value),
                ui::OverviewFilter::Active => query.filter.active = (value >= 0).then_some(value == 1),
                ui::OverviewFilter::Tasks => query.filter.with_tasks = value == 1,
                ui::OverviewFilter::Consent => query.filter.without_consent = value == 1,
                ui::OverviewFilter::Order => {
                    query.order = if value == 1 { CustomerOrder::LastVisit } else { CustomerOrder::Name };
                }
            }
        }
        self.tell();
        self.look();
    }

    fn tell(&self) {
        let Some(window) = self.context.window() else { return };
        let global = window.global::<ui::Customers>();
        let query = self.query.borrow();
        global.set_field(convert::key(&SearchField::ALL, &query.field));
        global.set_kind(query.filter.kind.map_or(-1, |kind| convert::key(&KINDS, &kind)));
        global.set_active(query.filter.active.map_or(-1, i32::from));
        global.set_tasks(i32::from(query.filter.with_tasks));
        global.set_consent(i32::from(query.filter.without_consent));
        global.set_order(i32::from(query.order == CustomerOrder::LastVisit));
        global.set_choosing(self.then.borrow().is_some());
    }

    fn opened(&self, id: i32, vehicle: bool) {
        let id = i64::from(id);
        if vehicle {
            if self.then.borrow().is_none() {
                self.context.go(ui::Page::Vehicle, id);
            }
            return;
        }
        let then = self.then.borrow_mut().take();
        match then {
            Some(then) => {
                self.context.back();
                then(CustomerId(id));
            }
            None => self.context.go(ui::Page::Customer, id),
        }
    }

    fn look(&self) {
        let newest = self.turn.next();
        let query = self.query.borrow().clone();
        let (window, rows) = (self.context.window(), Rc::clone(&self.rows));
        self.context.read(
            "customers.find",
            move |store, moment| store.find_customers(&query, moment.today),
            move |found| {
                if let Some(window) = window.filter(|_| newest()) {
                    show(&window.global::<ui::Customers>(), &rows, found);
                }
            },
        );
    }
}

fn show(global: &ui::Customers<'_>, rows: &VecModel<ui::CustomerRow>, found: Result<Found, Trouble>) {
    match found {
        Ok(found) => {
            global.set_count(i32::try_from(found.count).unwrap_or(i32::MAX));
            global.set_nearly(found.nearly);
            let state =
                if found.rows.is_empty() { ui::OverviewState::Nothing } else { ui::OverviewState::Filled };
            convert::put(rows, found.rows.iter().map(row));
            global.set_state(state);
        }
        Err(_) => global.set_state(ui::OverviewState::Error),
    }
}

/// A row as the page has it.
fn row(row: &FoundRow) -> ui::CustomerRow {
    match row {
        FoundRow::Customer(row) => customer(row),
        FoundRow::Vehicle(row) => ui::CustomerRow {
            id: convert::number(row.id.0),
            vehicle: true,
            plate: row.plate.to_string().into(),
            person: row.what.as_str().into(),
            ..Default::default()
        },
    }
}

fn customer(row: &CustomerRow) -> ui::CustomerRow {
    ui::CustomerRow {
        id: convert::number(row.id.0),
        vehicle: false,
        name: row.name.as_str().into(),
        person: row.person.as_deref().unwrap_or_default().into(),
        town: row.city.as_deref().unwrap_or_default().into(),
        phone: row.phone.as_deref().unwrap_or_default().into(),
        plate: row.plates.first().map(ToString::to_string).unwrap_or_default().into(),
        more_plates: i32::try_from(row.plates.len().saturating_sub(1)).unwrap_or_default(),
        open_tasks: i32::try_from(row.open_tasks).unwrap_or_default(),
        due_tasks: i32::try_from(row.due_tasks).unwrap_or_default(),
        objected: row.objected,
        inactive: !row.active,
        kind: kind(row.kind),
        last_visit_on: convert::maybe_date(row.last_visit_on),
    }
}

/// A kind of customer.
pub(super) fn kind(kind: CustomerKind) -> ui::CustomerKind {
    match kind {
        CustomerKind::Private => ui::CustomerKind::Person,
        CustomerKind::Company => ui::CustomerKind::Company,
        CustomerKind::Trader => ui::CustomerKind::Trader,
        CustomerKind::Prospect => ui::CustomerKind::Prospect,
    }
}

impl Page for CustomersPage {
    fn open(&self, id: i64) {
        if id != CHOOSING {
            self.then.borrow_mut().take();
        }
        self.tell();
        self.look();
    }

    fn refresh(&self) {
        self.look();
    }

    fn close(&self) {
        self.then.borrow_mut().take();
        if let Some(window) = self.context.window() {
            let global = window.global::<ui::Customers>();
            global.set_filtering(false);
            global.set_choosing(false);
        }
    }
}

/// The page's states, and how the desk comes to them.
pub(super) const PICTURES: &[super::picture::Picture] = &[
    ("customers", |desk| desk.context().go(ui::Page::Customers, 0)),
    ("customers-search", |desk| {
        desk.context().go(ui::Page::Customers, 0);
        with(desk, |global| {
            global.set_text("jan".into());
            global.invoke_search("jan".into());
        });
    }),
    ("customers-nobody", |desk| {
        desk.context().go(ui::Page::Customers, 0);
        with(desk, |global| {
            global.set_text("xqxqxq".into());
            global.invoke_search("xqxqxq".into());
        });
    }),
    ("customers-filters", |desk| {
        desk.context().go(ui::Page::Customers, 0);
        with(desk, |global| {
            global.set_text("".into());
            global.invoke_search("".into());
            global.set_filtering(true);
        });
    }),
    ("customers-error", |desk| {
        desk.context().go(ui::Page::Customers, 0);
        with(desk, |global| global.set_state(ui::OverviewState::Error));
    }),
];

fn with(desk: &Rc<Desk>, act: impl FnOnce(&ui::Customers<'_>)) {
    act(&desk.window().global::<ui::Customers>());
}
