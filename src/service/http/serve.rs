//! The server: bound before recovery begins, so that its progress can be seen; drained before it ends.

use std::cell::RefCell;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::Duration;

use actix_web::web::Data;
use actix_web::{App, HttpServer, rt};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::oneshot;

use super::routes;
use super::shared::{Phase, Shared};
use crate::limits::DRAIN_S;
use crate::service::{Desk, EndError, Refusal, StartError, StartOptions, Started, end, start};
use crate::supervision::Matcher;

/// How often it is looked whether the day has ended.
const TICK: Duration = Duration::from_secs(1);
/// At every how many of those it is looked whether a hold has expired.
const HOLDS: u64 = 60;

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
    /// Without tokens everybody may do everything, so only this machine may call.
    #[error(
        "{0} is not a loopback address: without tokens, which are not there yet, only this machine may call"
    )]
    NotLoopback(SocketAddr),
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
    /// How to start.
    pub start: StartOptions,
}

/// Serves until it is told to stop; `told` hears what a person would want to know.
///
/// # Errors
/// See [`ServeError`].
pub fn serve(options: ServeOptions, told: impl Fn(&str)) -> Result<(), ServeError> {
    if !options.listen.ip().is_loopback() {
        return Err(ServeError::NotLoopback(options.listen));
    }
    rt::System::new().block_on(run(options, &told))
}

async fn run(options: ServeOptions, told: &impl Fn(&str)) -> Result<(), ServeError> {
    // Before anybody is told that it listens, and may ask it to stop.
    let mut stop = Stop::new()?;
    let shared = Data::new(Shared::default());
    let each = shared.clone();
    let app = move || {
        App::new()
            .app_data(each.clone())
            .app_data(Data::new(RefCell::new(Matcher::default())))
            .configure(routes)
    };
    let address = options.listen;
    let server = HttpServer::new(app)
        .workers(options.workers)
        .disable_signals()
        .shutdown_timeout(DRAIN_S)
        .bind(address)
        .map_err(|error| ServeError::Address { address, error })?;
    for address in server.addrs() {
        told(&format!("listening on http://{address}"));
    }
    let server = server.run();
    let handle = server.handle();
    let serving = rt::spawn(server);
    let started = tokio::select! {
        started = begin(options.start, &shared) => started,
        () = stop.asked() => {
            told("stopped before it was ready");
            handle.stop(false).await;
            return Ok(());
        }
    };
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
    if let Some(cut) = &recovery.cut {
        told(&format!(
            "{}: a group that was being written when the process ended was cut off at byte {} ({}); nothing of it had been acknowledged",
            cut.file, cut.offset, cut.why
        ));
    }
    notes.iter().for_each(|note| told(note));
    hear(&desk, &shared);
    shared.ready(Arc::clone(&desk), Arc::clone(tail.progress()));
    told("ready; without tokens every caller is `local` and may do everything");
    let ticking = rt::spawn(tick(Arc::clone(&desk)));
    stop.asked().await;
    told("draining");
    shared.enter(Phase::Draining);
    desk.drain();
    handle.stop(true).await;
    ticking.abort();
    // What the server said is of no use any more.
    let _ = serving.await;
    shared.enter(Phase::Stopped);
    Ok(end(&desk, tail)?)
}

/// The signals that ask the process to stop.
struct Stop {
    terminated: Signal,
    interrupted: Signal,
}

impl Stop {
    fn new() -> io::Result<Self> {
        Ok(Self {
            terminated: signal(SignalKind::terminate())?,
            interrupted: signal(SignalKind::interrupt())?,
        })
    }

    async fn asked(&mut self) {
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
    journal.subscribe(move |notice| told.metrics.hear(notice));
}

/// Turns the day, decides again what events affect, lets old declarations go and ends holds, also where no declaration
/// comes.
async fn tick(desk: Arc<Desk>) {
    for ticks in 1_u64.. {
        rt::time::sleep(TICK).await;
        let desk = Arc::clone(&desk);
        let done = rt::task::spawn_blocking(move || -> Result<(), Refusal> {
            desk.turn_day()?;
            desk.redecide()?;
            desk.forget()?;
            if ticks.is_multiple_of(HOLDS) {
                desk.expire_holds()?;
            }
            Ok(())
        });
        // A journal that has stopped says so elsewhere.
        if !matches!(done.await, Ok(Ok(()))) {
            return;
        }
    }
}
