//! `balie-kiosk`: the touchscreen. Wiring only.

mod machine;

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use balie::desk::picture::{self, Wish};
use balie::desk::slint::{self, ComponentHandle, PhysicalSize, Timer, TimerMode};
use balie::desk::worker::Opener;
use balie::desk::{Desk, Start, font};
use balie::domain::language::Language;
use balie::panel::{Panel, PanelConfig};
use balie::station::args::{Station, StationArgs};
use balie::station::config::{Theme, Watch};
use balie::station::health;
use balie::station::screen;
use balie::station::touch::Touch;
use balie::store::{Access, Store, StoreError};
use clap::Parser;

use crate::machine::Machine;

/// The database's page cache: the list is read in small pages, so a small one is enough.
const CACHE_KIB: u32 = 2048;

/// How long the first frame waits for the list before it says that it is being read.
const FIRST_FRAME: Duration = Duration::from_millis(80);

/// How long the card and a screen that is connected to it are waited for.
const SCREEN: Duration = Duration::from_secs(10);

/// The touchscreen of Balie
#[derive(Debug, Parser)]
#[command(name = "balie-kiosk", version)]
struct Arguments {
    #[command(flatten)]
    station: StationArgs,
    /// Draw the pages as PNG files into this folder, without a display, and end
    #[arg(long, value_name = "DIR")]
    screenshot: Option<PathBuf>,
    /// Size of the pictures [default: 1280x800]
    #[arg(long, value_name = "WxH", value_parser = size, requires = "screenshot")]
    size: Option<(u32, u32)>,
    /// Language of the screen [default: the shop's]
    #[arg(long, value_name = "nl|de|pt|en")]
    language: Option<Language>,
    /// Only this page [default: all of them]
    #[arg(long, value_name = "NAME", value_parser = picture::pages(), requires = "screenshot")]
    page: Option<String>,
    /// In a window on a desktop, instead of the whole screen
    #[arg(long, value_name = "WxH", value_parser = size, num_args = 0..=1, default_missing_value = "1280x800")]
    windowed: Option<(u32, u32)>,
    /// Signed in from the start, without PIN: an employee's code. Only in a window, and for pictures
    #[arg(long, value_name = "CODE")]
    employee: Option<String>,
}

fn size(text: &str) -> Result<(u32, u32), String> {
    let wanted = || format!("'{text}' is not a size: write width and height, such as 1280x800");
    let (width, height) = text.split_once('x').ok_or_else(wanted)?;
    let part = |text: &str| text.parse().ok().filter(|part| (1..=8192).contains(part)).ok_or_else(wanted);
    Ok((part(width)?, part(height)?))
}

thread_local! {
    /// The desk of the event loop's thread: other threads wake it here.
    static DESK: RefCell<Option<Rc<Desk>>> = const { RefCell::new(None) };
}

/// Does something with the desk on the event loop's thread. A loop that has ended hears nothing.
fn on_desk(act: impl FnOnce(&Rc<Desk>) + Send + 'static) {
    let _ = slint::invoke_from_event_loop(move || {
        if let Some(desk) = DESK.with_borrow(Clone::clone) {
            act(&desk);
        }
    });
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("balie-kiosk: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), Box<dyn std::error::Error>> {
    if arguments.employee.is_some() && arguments.windowed.is_none() && arguments.screenshot.is_none() {
        return Err("--employee signs in without PIN, so it goes with --windowed or --screenshot only".into());
    }
    let settings = arguments.station.watch();
    let (station, wrong) = if arguments.windowed.is_none() && arguments.screenshot.is_none() {
        // On the desk itself the list is shown whatever was mistyped; `balie provision` has told where.
        arguments.station.station_anyway()
    } else {
        (arguments.station.station()?, None)
    };
    if let Some(wrong) = wrong {
        eprintln!("balie-kiosk: {wrong}");
    }
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_max_level(station.config.log.level)
        .without_time()
        .init();
    font::check()?;
    let start = Start {
        language: arguments.language.unwrap_or(station.config.shop.language),
        dark: station.config.screen.theme == Theme::Dark,
        dim_after: Some(station.config.screen.dim_after_minutes)
            .filter(|minutes| *minutes > 0)
            .map(|minutes| Duration::from_secs(u64::from(minutes) * 60)),
        employee: arguments.employee.clone(),
    };
    let database = station.database();
    let panel = station.config.panel.clone();
    let open = move |access| -> Opener<Store> {
        let database = database.clone();
        Box::new(move || -> Result<Store, StoreError> {
            let store = Store::open_with(&database, access)?;
            store.limit_cache(CACHE_KIB)?;
            Ok(store)
        })
    };
    if let Some(folder) = &arguments.screenshot {
        let wish = Wish {
            folder: folder.clone(),
            size: arguments.size.unwrap_or((1280, 800)),
            page: arguments.page.clone(),
        };
        for path in
            picture::take(&wish, start, Arc::new(Machine { station, touch: None }), open(Access::Read))?
        {
            println!("{}", path.display());
        }
        return Ok(());
    }
    choose_screen(arguments, &station)?;
    let touch = arguments.windowed.is_none().then(|| Touch::new(Path::new("/")));
    let wake = || on_desk(|desk| desk.take_answers());
    let desk = Desk::open(start, Arc::new(Machine { station, touch }), open(Access::Write), Box::new(wake))?;
    DESK.set(Some(Rc::clone(&desk)));
    match arguments.windowed {
        Some((width, height)) => desk.window().window().set_size(PhysicalSize::new(width, height)),
        None => desk.window().window().set_fullscreen(true),
    }
    start_panel(panel)?;
    end_when_asked()?;
    if arguments.windowed.is_none() {
        end_when_changed(settings)?;
    }
    // The list is usually read by now: then the first frame is a filled one.
    desk.wait_for_answer(FIRST_FRAME);

    let second = Timer::default();
    let ticking = Rc::clone(&desk);
    second.start(TimerMode::Repeated, Duration::from_secs(1), move || {
        // What was sent before the loop ran is taken here at the latest.
        ticking.take_answers();
        ticking.tick();
    });
    let watchdog = watch(&desk);
    let first = Timer::default();
    // By then the loop has turned and the first frame is on the screen.
    first.start(TimerMode::SingleShot, Duration::from_millis(50), || {
        health::ready();
        health::status("Balie toont de taken");
    });
    desk.window().run()?;
    health::stopping();
    drop((second, watchdog, first));
    DESK.set(None);
    Ok(())
}

/// LED and button, which the list does not wait for: who stands by lets the LED go first, and its chip is looked for.
/// The LED shows 'help' until the first counts are there.
fn start_panel(config: PanelConfig) -> std::io::Result<()> {
    std::thread::Builder::new().name("panel-start".to_owned()).spawn(move || {
        let panel = Panel::start(&config, |event| on_desk(move |desk| desk.panel(event)));
        on_desk(move |desk| {
            if let Some(fault) = panel.fault() {
                tracing::warn!(?fault, "LED or button do not work");
                desk.panel_fault(fault.part);
            }
            desk.set_lamp(move |alert| panel.show(alert));
        });
    })?;
    Ok(())
}

/// Says 'alive' only if the event loop turned and the database was read not long ago.
fn watch(desk: &Rc<Desk>) -> Option<Timer> {
    let within = health::watchdog()?;
    let timer = Timer::default();
    let desk = Rc::clone(desk);
    timer.start(TimerMode::Repeated, within / 4, move || {
        if desk.alive().database_age().is_some_and(|age| age < within / 2) {
            health::alive();
        }
    });
    Some(timer)
}

/// The window system for `--windowed`, else the screen itself.
fn choose_screen(arguments: &Arguments, station: &Station) -> Result<(), Box<dyn std::error::Error>> {
    let kiosk = cfg!(feature = "kiosk") && arguments.windowed.is_none();
    if kiosk {
        name_output(station)?;
        // Without one it tries all the same, fails, and the service manager starts it again.
        screen::wait(Path::new("/"), SCREEN);
    }
    if std::env::var_os("SLINT_BACKEND").is_none() {
        let backend = if kiosk { "linuxkms" } else { "winit" };
        slint::BackendSelector::new()
            .backend_name(backend.to_owned())
            .renderer_name("software".to_owned())
            .select()?;
    }
    Ok(())
}

/// Output and rotation reach Slint by the environment only, so the program starts itself again with
/// them. That it has done so is seen by their being there.
fn name_output(station: &Station) -> Result<(), Box<dyn std::error::Error>> {
    use std::os::unix::process::CommandExt;
    let screen = &station.config.screen;
    let rotation = (screen.rotation != 0).then(|| screen.rotation.to_string());
    let wanted = [("SLINT_DRM_OUTPUT", screen.output.clone()), ("SLINT_KMS_ROTATION", rotation)];
    let missing: Vec<_> = wanted
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .filter(|(name, _)| std::env::var_os(name).is_none())
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(std::process::Command::new(std::env::current_exe()?)
        .args(std::env::args_os().skip(1))
        .envs(missing)
        .exec()
        .into())
}

/// Ends the event loop when the service manager or a terminal asks for it.
fn end_when_asked() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
    std::thread::Builder::new().name("signals".to_owned()).spawn(move || {
        runtime.block_on(async {
            let (Ok(mut end), Ok(mut stop)) =
                (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
            else {
                return;
            };
            tokio::select! { _ = end.recv() => (), _ = stop.recv() => () }
            let _ = slint::quit_event_loop();
        });
    })?;
    Ok(())
}

/// Ends the event loop when the configuration says something else by now: the service manager starts it again, with
/// that. Nothing that was typed is lost, because drafts are kept.
fn end_when_changed(mut settings: Watch) -> std::io::Result<()> {
    std::thread::Builder::new().name("settings".to_owned()).spawn(move || {
        loop {
            std::thread::sleep(Duration::from_secs(1));
            if settings.has_changed() {
                tracing::warn!("the configuration has changed: starting again with it");
                let _ = slint::quit_event_loop();
                return;
            }
        }
    })?;
    Ok(())
}
