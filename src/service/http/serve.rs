//! The server: bound before recovery begins, so that its progress can be seen; drained before it ends. Asked to, it reads
//! again who may call.

use std::any::Any;
use std::cell::RefCell;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::Duration;

use actix_tls::accept::rustls_0_23::TlsStream;
use actix_web::dev::{Extensions, Server, ServerHandle};
use actix_web::middleware::from_fn;
use actix_web::rt::net::TcpStream;
use actix_web::web::Data;
use actix_web::{App, HttpServer, rt};
use sha2::{Digest as _, Sha256};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::oneshot;

use super::access_log::Logged;
use super::connection::see;
use super::gate::Shown;
use super::observe::observe;
use super::routes::routes;
use super::settings::{Connections, Settings};
use super::shared::{Phase, Shared};
use super::tls::{Certificates, Live};
use crate::clock::Stopwatch;
use crate::journal::{Notice, Recovery};
use crate::limits::{DRAIN_PAUSE_MS, DRAIN_S};
use crate::service::crash::{self, Point};
use crate::service::{Desk, EndError, Refusal, StartError, StartOptions, Started, end, start};
use crate::supervision::Matcher;

/// How often it is looked whether the day has ended.
const TICK: Duration = Duration::from_secs(1);
/// At every how many of those it is looked whether a hold has expired.
const HOLDS: u64 = 60;
/// How often it is looked whether every connection is gone.
const LOOK: Duration = Duration::from_millis(5);

/// Why the service ends otherwise than it was asked to.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address cannot be used.
    #[error("{address}: {error}")]
    Address {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        error: io::Error,
    },
    /// Nobody may listen there as things are.
    #[error("{0}")]
    Listen(String),
    /// TLS cannot be spoken.
    #[error("TLS cannot be spoken: {0}")]
    Tls(#[from] rustls::Error),
    /// What it counts contradicts itself.
    #[error("{0}")]
    Metrics(#[from] prometheus::Error),
    /// It does not start.
    #[error("{0}")]
    Start(#[from] StartError),
    /// It does not end well.
    #[error("{0}")]
    End(#[from] EndError),
    /// The system refused.
    #[error("{0}")]
    Io(#[from] io::Error),
}

/// How to serve.
pub struct ServeOptions {
    /// Where.
    pub listen: SocketAddr,
    /// Threads that answer.
    pub workers: usize,
    /// What the server is built with.
    pub connections: Connections,
    /// What callers are allowed, at first.
    pub settings: Settings,
    /// The certificates, where TLS is spoken.
    pub certificates: Option<Certificates>,
    /// The log.
    pub logged: Logged,
    /// Reads settings and certificates again.
    pub reload: Reload,
    /// How to start.
    pub start: StartOptions,
}

/// Reads settings and certificates again, or says every fault.
pub type Reload = Box<dyn Fn() -> Result<Reloaded, String> + Send>;

/// What was read again.
pub struct Reloaded {
    /// What callers are allowed from now on.
    pub settings: Settings,
    /// The certificates of new connections, where there are any.
    pub certificates: Option<Certificates>,
    /// What a person would want to know.
    pub notes: Vec<String>,
}

/// Whether the service may listen at an address: for other machines only where callers are known and TLS is spoken.
///
/// # Errors
/// Why not.
pub fn may_listen(listen: SocketAddr, callers: bool, tls: bool) -> Result<(), String> {
    let why = match (listen.ip().is_loopback(), callers, tls) {
        (true, ..) | (_, true, true) => return Ok(()),
        (_, false, _) => {
            "without tokens or certificates of callers only this machine may call; see `greenlane token create`"
        }
        (_, true, false) => "tokens go to other machines only over TLS; see `[tls]`",
    };
    Err(format!("{listen} is not a loopback address: {why}"))
}

/// Serves until it is told to stop; `told` hears what a person would want to know.
///
/// # Errors
/// See [`ServeError`].
pub fn serve(options: ServeOptions, told: impl Fn(&str)) -> Result<(), ServeError> {
    let (callers, tls) = (
        !options.settings.access.is_open(),
        options.certificates.is_some(),
    );
    may_listen(options.listen, callers, tls).map_err(ServeError::Listen)?;
    rt::System::new().block_on(run(options, &told))
}

async fn run(options: ServeOptions, told: &impl Fn(&str)) -> Result<(), ServeError> {
    // Before anybody is told that it listens, and may ask it to stop.
    let mut signals = Signals::new()?;
    let callers = options.settings.access.callers().len();
    let work = options.connections.work;
    let shared = Data::new(Shared::new(options.settings, work, options.logged)?);
    let live = options.certificates.map(Live::new);
    let binding = (options.listen, options.workers, options.connections);
    let server = bind(binding, live.as_ref(), &shared, told)?;
    let handle = server.handle();
    let serving = rt::spawn(server);
    let starting = Stopwatch::start();
    let started = tokio::select! {
        started = begin(options.start, &shared) => started,
        () = signals.stop() => {
            told("stopped before it was ready");
            handle.stop(false).await;
            return Ok(());
        }
    };
    let started = started.and_then(|started| {
        record_callers(&started.desk, &shared)?;
        Ok(started)
    });
    let Started {
        desk,
        tail,
        recovery,
        notes,
    } = match started {
        Ok(started) => started,
        Err(error) => {
            handle.stop(false).await;
            return Err(error);
        }
    };
    let took = starting.elapsed();
    tell_recovery(&recovery, &shared, took);
    notes.iter().for_each(|note| told(note));
    hear(&desk, &shared);
    shared.ready(Arc::clone(&desk), Arc::clone(tail.progress()), took);
    match callers {
        0 => told("ready; without tokens every caller is `local` and may do everything"),
        callers => told(&format!("ready; known callers: {callers}")),
    }
    let ticking = rt::spawn(tick(Arc::clone(&desk)));
    while signals.next().await == Asked::Reload {
        match take_again(&options.reload, (&shared, live.as_ref(), &desk)) {
            Ok(lines) => lines.iter().for_each(|line| told(line)),
            Err(why) => tell_refused(&why),
        }
    }
    // Whoever reads that it drains finds it so.
    shared.enter(Phase::Draining);
    told("draining");
    desk.drain();
    leave(&shared, &handle).await;
    handle.stop(true).await;
    ticking.abort();
    // What the server said is of no use any more.
    let _ = serving.await;
    shared.enter(Phase::Stopped);
    Ok(end(&desk, tail)?)
}

/// Answers for a while longer, until every connection has been told to go, and lets nobody else come.
///
/// Whoever has sent a request by then is answered. An idle connection is closed afterwards: a request that crosses that
/// is not read, and whoever sent it sees the connection end without a byte of an answer.
async fn leave(shared: &Shared, handle: &ServerHandle) {
    let (told, leave) = (Stopwatch::start(), shared.limits().leave);
    while shared.open.count() > 0 && told.elapsed() < leave {
        rt::time::sleep(LOOK).await;
    }
    handle.pause().await;
    // What was taken reaches its worker meanwhile.
    rt::time::sleep(Duration::from_millis(DRAIN_PAUSE_MS)).await;
}

/// Binds the address.
fn bind(
    (address, workers, connections): (SocketAddr, usize, Connections),
    live: Option<&Arc<Live>>,
    shared: &Data<Shared>,
    told: &impl Fn(&str),
) -> Result<Server, ServeError> {
    let (each, open) = (shared.clone(), shared.open.clone());
    let patience = connections.keep_alive + connections.answer.max(connections.head);
    let app = move || {
        App::new()
            .app_data(each.clone())
            .app_data(Data::new(RefCell::new(Matcher::default())))
            .configure(routes)
            .wrap(from_fn(see))
            // Around all else, so that it sees every answer.
            .wrap(from_fn(observe))
    };
    let server = HttpServer::new(app)
        .workers(workers)
        .max_connections(connections.most.div_ceil(workers.max(1)))
        .client_request_timeout(connections.head)
        .tls_handshake_timeout(connections.head)
        .keep_alive(connections.keep_alive)
        .client_disconnect_timeout(connections.answer)
        .on_connect(move |made, extensions| {
            show_certificate(made, extensions);
            open.note(made, extensions, patience);
        })
        .disable_signals()
        .shutdown_timeout(DRAIN_S);
    let bound = match live {
        Some(live) => server.bind_rustls_0_23(address, live.server()?),
        None => server.bind(address),
    };
    let server = bound.map_err(|error| ServeError::Address { address, error })?;
    for (address, scheme) in server.addrs_with_scheme() {
        told(&format!("listening on {scheme}://{address}"));
    }
    Ok(server.run())
}

/// Notes by which certificate a client is known on its connection.
fn show_certificate(connection: &dyn Any, extensions: &mut Extensions) {
    let Some(stream) = connection.downcast_ref::<TlsStream<TcpStream>>() else {
        return;
    };
    if let Some([own, ..]) = stream.get_ref().1.peer_certificates() {
        extensions.insert(Shown(Sha256::digest(own).into()));
    }
}

fn tell_recovery(recovery: &Recovery, shared: &Shared, took: Duration) {
    let records = shared.recovered.load(Ordering::Relaxed);
    let last = recovery.last.get();
    tracing::info!(records, last, seconds = took.as_secs_f64(), "recovered");
    if let Some(cut) = &recovery.cut {
        tracing::warn!(
            "{}: a group that was being written when the process ended was cut off at byte {} ({}); nothing of it had been acknowledged",
            cut.file,
            cut.offset,
            cut.why
        );
    }
}

/// Journals who may call, where somebody is named.
fn record_callers(desk: &Desk, shared: &Shared) -> Result<(), StartError> {
    let settings = shared.settings.load();
    match settings.access.is_open() {
        true => Ok(()),
        false => Ok(desk.record_callers(&settings.access)?),
    }
}

/// Takes settings and certificates that were read again, all or nothing: what is to be told.
///
/// # Errors
/// Why nothing was taken.
fn take_again(
    reload: &Reload,
    (shared, live, desk): (&Data<Shared>, Option<&Arc<Live>>, &Desk),
) -> Result<Vec<String>, String> {
    let Reloaded {
        settings,
        certificates,
        mut notes,
    } = reload()?;
    let was_open = shared.settings.load().access.is_open();
    if settings.access.is_open() && !was_open {
        let why = "it names no caller, and everybody could do everything; that needs another start";
        return Err(why.to_owned());
    }
    if !settings.access.is_open() {
        let recorded = desk.record_callers(&settings.access);
        recorded.map_err(|why| why.to_string())?;
    }
    let callers = settings.access.callers().len();
    shared.log.follow(settings.log);
    shared.settings.store(Arc::new(settings));
    if let (Some(live), Some(certificates)) = (live, certificates) {
        live.replace(certificates);
    }
    notes.insert(
        0,
        format!("the configuration was taken; known callers: {callers}"),
    );
    Ok(notes)
}

/// Every fault, in one line.
fn tell_refused(why: &str) {
    let why = why.replace('\n', "; ");
    tracing::warn!("the configuration was not taken, and nothing has changed: {why}");
}

/// What the process was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    /// To end.
    Stop,
    /// To read its configuration again.
    Reload,
}

/// The signals by which the process is asked.
struct Signals {
    terminated: Signal,
    interrupted: Signal,
    hung_up: Signal,
}

impl Signals {
    fn new() -> io::Result<Self> {
        Ok(Self {
            terminated: signal(SignalKind::terminate())?,
            interrupted: signal(SignalKind::interrupt())?,
            hung_up: signal(SignalKind::hangup())?,
        })
    }

    async fn next(&mut self) -> Asked {
        tokio::select! {
            _ = self.terminated.recv() => Asked::Stop,
            _ = self.interrupted.recv() => Asked::Stop,
            _ = self.hung_up.recv() => Asked::Reload,
        }
    }

    /// Waits until it is asked to end, and for nothing else.
    async fn stop(&mut self) {
        tokio::select! {
            _ = self.terminated.recv() => {}
            _ = self.interrupted.recv() => {}
        }
    }
}

/// Recovers on a thread of its own, for which the end of the process does not wait.
async fn begin(options: StartOptions, shared: &Data<Shared>) -> Result<Started, ServeError> {
    let (seen, (sender, starting)) = (shared.clone(), oneshot::channel());
    thread::Builder::new()
        .name("recovery".to_owned())
        .spawn(move || {
            let started = start(options, &mut |done, total| {
                seen.recovered.store(done, Ordering::Relaxed);
                seen.to_recover.store(total, Ordering::Relaxed);
            });
            // Whoever was asked to stop does not wait for it.
            let _ = sender.send(started);
        })?;
    match starting.await {
        Ok(started) => Ok(started?),
        Err(_) => Err(io::Error::other("recovery has died").into()),
    }
}

fn hear(desk: &Desk, shared: &Data<Shared>) {
    let told = shared.clone();
    let journal = desk.settle().journal();
    journal.subscribe(move |notice| {
        told.metrics.hear(notice);
        if let Notice::Stopped(why) = notice {
            tracing::error!(%why, "the journal has stopped: nothing is acknowledged any more");
        }
    });
}

/// Turns the day, decides again what events affect, lets old declarations go and ends holds, also where no declaration
/// comes.
async fn tick(desk: Arc<Desk>) {
    for ticks in 1_u64.. {
        rt::time::sleep(TICK).await;
        let desk = Arc::clone(&desk);
        let died = Arc::clone(&desk);
        let done = rt::task::spawn_blocking(move || -> Result<(), Refusal> {
            crash::reach(Point::Tick);
            desk.turn_day()?;
            desk.redecide()?;
            desk.forget()?;
            if ticks.is_multiple_of(HOLDS) {
                desk.expire_holds()?;
            }
            Ok(())
        });
        match done.await {
            Ok(Ok(())) => {}
            Err(error) if error.is_panic() => died.look_after_panic(),
            // A journal that has stopped says so elsewhere.
            _ => return,
        }
    }
}
