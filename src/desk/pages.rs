//! The adapters of all pages, made once: the one place that says which page is whose.

use std::rc::Rc;
use std::sync::mpsc::Sender;

use balie_ui as ui;

use super::agenda::AgendaPage;
use super::compose::Compose;
use super::context::{Context, Page};
use super::customer::CustomerPage;
use super::customers::CustomersPage;
use super::edit::EditPage;
use super::files::FilesPage;
use super::first_start::FirstStartPage;
use super::mailing::MailingPage;
use super::outbox::OutboxPage;
use super::pad::Pad;
use super::report::ReportPage;
use super::settings::SettingsPage;
use super::system::SystemPage;
use super::task::TasksPage;
use super::texts::TextsPage;
use super::vehicle::VehiclePage;
use super::why::WhyPage;
use super::wire::Request;
use crate::domain::language::Language;

/// Every page of the desk, and the sheet on which messages are written over any of them.
pub(super) struct Pages {
    pub(super) tasks: Rc<TasksPage>,
    pub(super) edit: Rc<EditPage>,
    pub(super) why: Rc<WhyPage>,
    pub(super) customers: Rc<CustomersPage>,
    pub(super) customer: Rc<CustomerPage>,
    pub(super) vehicle: Rc<VehiclePage>,
    pub(super) agenda: Rc<AgendaPage>,
    pub(super) mailing: Rc<MailingPage>,
    pub(super) texts: Rc<TextsPage>,
    pub(super) settings: Rc<SettingsPage>,
    pub(super) files: Rc<FilesPage>,
    pub(super) outbox: Rc<OutboxPage>,
    pub(super) system: Rc<SystemPage>,
    pub(super) report: Rc<ReportPage>,
    pub(super) first_start: Rc<FirstStartPage>,
    pub(super) compose: Rc<Compose>,
}

impl Pages {
    /// The adapters, with their callbacks connected.
    pub(super) fn connect(
        window: &ui::AppWindow,
        context: &Rc<Context>,
        requests: Sender<Request>,
        pad: &Rc<Pad>,
        language: Language,
    ) -> Self {
        let shared = || Rc::clone(context);
        let compose = Compose::connect(shared());
        let customers = CustomersPage::connect(shared());
        Self {
            tasks: TasksPage::connect(window, requests, shared(), language),
            edit: EditPage::connect(shared(), Rc::clone(&compose)),
            why: WhyPage::connect(shared()),
            customer: CustomerPage::connect(shared(), Rc::clone(&compose)),
            vehicle: VehiclePage::connect(shared(), Rc::clone(&customers)),
            agenda: AgendaPage::connect(context),
            mailing: MailingPage::connect(shared(), Rc::clone(&customers)),
            texts: TextsPage::connect(shared()),
            files: FilesPage::connect(shared()),
            outbox: OutboxPage::connect(shared()),
            system: SystemPage::connect(shared()),
            report: ReportPage::connect(shared()),
            first_start: FirstStartPage::connect(shared()),
            settings: SettingsPage::connect(window, shared(), Rc::clone(pad)),
            customers,
            compose,
        }
    }

    /// The adapter of a page; none for the list of tasks, which the desk itself keeps fresh.
    pub(super) fn of(&self, page: ui::Page) -> Option<&dyn Page> {
        match page {
            ui::Page::Tasks => None,
            ui::Page::Task => Some(&self.edit),
            ui::Page::Why => Some(&self.why),
            ui::Page::Customers => Some(&*self.customers),
            ui::Page::Customer => Some(&self.customer),
            ui::Page::Vehicle => Some(&self.vehicle),
            ui::Page::Agenda => Some(&self.agenda),
            ui::Page::Mailing => Some(&self.mailing),
            ui::Page::Texts => Some(&self.texts),
            ui::Page::Settings => Some(&*self.settings),
            ui::Page::Files => Some(&self.files),
            ui::Page::Outbox => Some(&self.outbox),
            ui::Page::System => Some(&self.system),
            ui::Page::Report => Some(&self.report),
            ui::Page::FirstStart => Some(&self.first_start),
        }
    }
}
