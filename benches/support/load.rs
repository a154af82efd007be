//! A load over HTTP: requests in a closed loop or by a schedule, over kept connections, each answered whole or refused.

use std::cell::{Cell, RefCell};
use std::io;
use std::net::SocketAddr;
use std::rc::Rc;
use std::thread;
use std::time::Duration;

use greenlane::clock::{Stopwatch, now_micros};
use tokio::io::Interest;
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::task::spawn_local;
use tokio::time::sleep;

use crate::answer::Answer;
use crate::arrival::Arrivals;

/// Where an id stands in the template, as wide as the ids that take its place.
pub(crate) const ID: &str = "572020120000103118";
/// How long a connection of a closed loop waits after a refusal, and a load for its connections.
const PAUSE: Duration = Duration::from_millis(10);
/// How far behind its schedule a request is sent, if at all.
const LATE: Duration = Duration::from_millis(2);
/// Between two looks at the schedule at least.
const TICK: Duration = Duration::from_micros(200);
/// How much of a request is made ready at a time, and the room for an answer at first.
const PART_BYTES: usize = 1 << 14;

thread_local! {
    /// Every declaration has an id of its own.
    static SENT: Cell<u64> = const { Cell::new(0) };
}

/// When requests are sent.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Pace {
    /// Over so many connections, each its next when it has the answer to the last.
    Closed(usize),
    /// So many a second, over so many connections at most.
    Open(f64, usize),
}

impl Pace {
    fn connections(self) -> usize {
        match self {
            Self::Closed(connections) | Self::Open(_, connections) => connections,
        }
    }
}

/// What a request asks: one declaration by itself, or a stream of so many, each in a chunk of its own, which are held
/// back until they are asked for.
#[derive(Debug, Clone)]
pub(crate) struct Ask {
    head: Vec<u8>,
    holds: bool,
    /// A declaration, as it is sent.
    declaration: Vec<u8>,
    /// Where the id stands in it.
    place: usize,
    end: &'static [u8],
    pub(crate) declarations: usize,
}

impl Ask {
    pub(crate) fn one(template: &str) -> Self {
        let fields = format!(
            "content-type: application/json\r\ncontent-length: {}",
            template.len()
        );
        Self::new("/v1/decisions", &fields, template.to_owned(), b"", 1)
    }

    pub(crate) fn batch(template: &str, declarations: usize) -> Self {
        assert!(declarations > 0, "a batch has a declaration");
        let fields = "content-type: application/x-ndjson\r\ntransfer-encoding: chunked\r\nexpect: 100-continue";
        let chunk = format!("{:x}\r\n{template}\n\r\n", template.len() + 1);
        Self::new(
            "/v1/decisions/batch",
            fields,
            chunk,
            b"0\r\n\r\n",
            declarations,
        )
    }

    fn new(
        path: &str,
        fields: &str,
        declaration: String,
        end: &'static [u8],
        declarations: usize,
    ) -> Self {
        let head = format!("POST {path} HTTP/1.1\r\nhost: localhost\r\n{fields}\r\n\r\n");
        Self {
            head: head.into_bytes(),
            holds: fields.contains("100-continue"),
            place: declaration.find(ID).expect("the id is there"),
            declaration: declaration.into_bytes(),
            end,
            declarations,
        }
    }
}

/// What came of a load, or of several alike.
#[derive(Default)]
pub(crate) struct Told {
    /// Requests that were due by a schedule, and that were sent.
    pub(crate) due: usize,
    pub(crate) sent: usize,
    pub(crate) took: Duration,
    /// How long each took, in order.
    pub(crate) accepted: Vec<Duration>,
    pub(crate) refused: Vec<Duration>,
}

impl Told {
    pub(crate) fn add(&mut self, more: Self) {
        self.due += more.due;
        self.sent += more.sent;
        self.took += more.took;
        self.accepted.extend(more.accepted);
        self.refused.extend(more.refused);
        self.accepted.sort_unstable();
        self.refused.sort_unstable();
    }
}

/// A load while it goes on.
pub(crate) struct Load {
    address: SocketAddr,
    ask: Ask,
    pace: Pace,
    time: Duration,
    watch: Stopwatch,
    /// When the watch was started: microseconds since 1970.
    started: i64,
    idle: RefCell<Vec<Rc<Connection>>>,
    connections: Cell<usize>,
    due: Cell<usize>,
    sent: Cell<usize>,
    /// Whether a closed loop goes on no longer.
    ended: Cell<bool>,
    accepted: RefCell<Vec<Duration>>,
    refused: RefCell<Vec<Duration>>,
}

struct Connection {
    stream: TcpStream,
    /// When the request that is under way, if one is, should have been sent, since the load began.
    due: Cell<Option<Duration>>,
    unsent: RefCell<Unsent>,
    /// Whether the service has closed it.
    gone: Cell<bool>,
}

/// What of a request is to be sent yet.
#[derive(Default)]
struct Unsent {
    /// What is ready, and how much of it is sent.
    part: Vec<u8>,
    sent: usize,
    /// Declarations that are not in it yet.
    left: usize,
    /// Whether they are held back.
    held: bool,
}

impl Unsent {
    fn begin(&mut self, ask: &Ask) {
        self.part.clear();
        self.part.extend_from_slice(&ask.head);
        self.sent = 0;
        self.left = ask.declarations;
        self.held = ask.holds;
        self.fill(ask);
    }

    fn fill(&mut self, ask: &Ask) {
        while !self.held && self.left > 0 && self.part.len() < PART_BYTES {
            let number = SENT.with(|sent| sent.replace(sent.get() + 1));
            let place = self.part.len() + ask.place;
            self.part.extend_from_slice(&ask.declaration);
            self.part[place..place + ID.len()].copy_from_slice(format!("{number:018}").as_bytes());
            self.left -= 1;
            if self.left == 0 {
                self.part.extend_from_slice(ask.end);
            }
        }
    }

    /// Sends the part that is ready, as far as the connection takes it, and makes the next one ready.
    fn send(&mut self, stream: &TcpStream, ask: &Ask) -> io::Result<()> {
        match stream.try_write(&self.part[self.sent..]) {
            Ok(count) => self.sent += count,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
        if self.is_ready() && self.left > 0 {
            self.part.clear();
            self.sent = 0;
            self.fill(ask);
        }
        Ok(())
    }

    /// Ends a stream behind what is ready.
    fn stop(&mut self, ask: &Ask) {
        if self.left > 0 {
            self.left = 0;
            self.part.extend_from_slice(ask.end);
        }
    }

    /// Whether what is ready is sent.
    fn is_ready(&self) -> bool {
        self.sent == self.part.len()
    }

    fn is_done(&self) -> bool {
        self.left == 0 && self.is_ready()
    }
}

impl Load {
    pub(crate) fn new(address: SocketAddr, ask: &Ask, pace: Pace, time: Duration) -> Rc<Self> {
        Rc::new(Self {
            address,
            ask: ask.clone(),
            pace,
            time,
            watch: Stopwatch::start(),
            started: now_micros(),
            idle: RefCell::default(),
            connections: Cell::new(0),
            due: Cell::new(0),
            sent: Cell::new(0),
            ended: Cell::new(false),
            accepted: RefCell::default(),
            refused: RefCell::default(),
        })
    }

    pub(crate) async fn run(self: Rc<Self>) -> Told {
        let connections = self.pace.connections();
        (0..connections).for_each(|_| self.connect(None));
        while self.idle.borrow().len() < connections {
            sleep(PAUSE).await;
        }
        let began = self.watch.elapsed();
        match self.pace {
            Pace::Closed(_) => {
                (0..connections).for_each(|_| self.offer(began));
                sleep(self.time).await;
            }
            Pace::Open(rate, _) => self.keep_to_schedule(began, rate).await,
        }
        self.ended.set(true);
        let took = self.watch.elapsed().saturating_sub(began);
        // What is under way is answered.
        sleep(Duration::from_millis(500)).await;
        let sorted = |times: &RefCell<Vec<Duration>>| {
            let mut times = times.take();
            times.sort_unstable();
            times
        };
        Told {
            due: self.due.get(),
            sent: self.sent.get(),
            took,
            accepted: sorted(&self.accepted),
            refused: sorted(&self.refused),
        }
    }

    async fn keep_to_schedule(self: &Rc<Self>, began: Duration, rate: f64) {
        let (sender, mut receiver) = mpsc::unbounded_channel();
        let (watch, end) = (self.watch, began + self.time);
        // The runtime's timers are exact to a millisecond.
        thread::spawn(move || {
            for number in 0_u64.. {
                let due = began + Duration::from_secs_f64(number as f64 / rate);
                let early = due.saturating_sub(watch.elapsed());
                if !early.is_zero() {
                    thread::sleep(early.max(TICK));
                }
                if due >= end || sender.send(due).is_err() {
                    return;
                }
            }
        });
        while let Some(due) = receiver.recv().await {
            self.due.set(self.due.get() + 1);
            // Nobody is served by what comes too late: it is left out, and told as not sent.
            if self.watch.elapsed().saturating_sub(due) <= LATE {
                self.offer(due);
            }
        }
    }

    /// Sends a request over a connection that is idle, or a new one where the service has closed some.
    fn offer(self: &Rc<Self>, due: Duration) {
        let more = self.connections.get() < self.pace.connections();
        loop {
            let idle = self.idle.borrow_mut().pop();
            match idle {
                Some(connection) if connection.gone.get() => {}
                Some(connection) => return self.send(&connection, due),
                None if more => return self.connect(Some(due)),
                None => return,
            }
        }
    }

    /// Makes a connection for what is due, or for what may come.
    fn connect(self: &Rc<Self>, due: Option<Duration>) {
        self.connections.set(self.connections.get() + 1);
        let load = Rc::clone(self);
        spawn_local(async move {
            let stream = TcpStream::connect(load.address).await.expect("it listens");
            stream.set_nodelay(true).expect("a socket");
            let connection = Rc::new(Connection {
                stream,
                due: Cell::default(),
                unsent: RefCell::default(),
                gone: Cell::new(false),
            });
            match due {
                Some(due) => load.send(&connection, due),
                None => load.idle.borrow_mut().push(Rc::clone(&connection)),
            }
            load.listen(&connection).await;
            connection.gone.set(true);
            load.connections.set(load.connections.get() - 1);
        });
    }

    fn send(&self, connection: &Connection, due: Duration) {
        connection.due.set(Some(due));
        let mut unsent = connection.unsent.borrow_mut();
        unsent.begin(&self.ask);
        self.sent.set(self.sent.get() + 1);
        // Whoever listens to it learns that it is gone.
        let _ = unsent.send(&connection.stream, &self.ask);
    }

    /// Sends what is left of requests and takes the answers of a connection, as long as it lasts.
    async fn listen(self: &Rc<Self>, connection: &Rc<Connection>) {
        let mut arrivals = Arrivals::of(&connection.stream).expect("a socket");
        let (mut read, mut filled, mut answer) = (vec![0; PART_BYTES], 0, Answer::default());
        loop {
            let waits = {
                let unsent = connection.unsent.borrow();
                unsent.is_ready() && (unsent.left == 0 || unsent.held)
            };
            let interest = match waits {
                true => Interest::READABLE,
                false => Interest::READABLE | Interest::WRITABLE,
            };
            let Ok(ready) = connection.stream.ready(interest).await else {
                return;
            };
            match arrivals.try_read(&connection.stream, &mut read[filled..]) {
                Ok(0) => return,
                Ok(count) => filled += count,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(_) => return,
            }
            if filled > 0 && connection.due.get().is_none() {
                // The service wants it no longer: nobody has asked for long.
                return;
            }
            if !answer.advance(&read[..filled]) {
                if filled == read.len() {
                    read.resize(2 * filled, 0);
                }
                let mut unsent = connection.unsent.borrow_mut();
                unsent.held &= !answer.continues;
                if ready.is_writable() {
                    // Whoever reads learns that it is gone.
                    let _ = unsent.send(&connection.stream, &self.ask);
                }
                continue;
            }
            if answer.status == 200 {
                let first = std::str::from_utf8(answer.first(&read)).expect("text");
                assert!(first.contains("\"verdict\""), "{first}");
            }
            filled = 0;
            let came = self.since_start(arrivals.last);
            if !self
                .take(connection, std::mem::take(&mut answer), came)
                .await
            {
                return;
            }
        }
    }

    /// Sends no more than it must of a request that is answered, and whether that was taken.
    fn ends(&self, connection: &Connection) -> bool {
        let mut unsent = connection.unsent.borrow_mut();
        unsent.stop(&self.ask);
        unsent.is_done() || (unsent.send(&connection.stream, &self.ask).is_ok() && unsent.is_done())
    }

    /// A moment, in microseconds since 1970, by the watch.
    fn since_start(&self, moment: i64) -> Duration {
        Duration::from_micros(u64::try_from(moment - self.started).unwrap_or(0))
    }

    /// Notes an answer, and whether its connection is good for another.
    async fn take(
        self: &Rc<Self>,
        connection: &Rc<Connection>,
        answer: Answer,
        came: Duration,
    ) -> bool {
        let due = connection.due.take().expect("somebody has asked");
        let took = came.saturating_sub(due);
        if answer.status == 408 {
            // It was closed for want of a request while this one was on its way.
            self.sent.set(self.sent.get() - 1);
            self.connect(Some(due));
            return false;
        }
        let accepted = answer.status == 200;
        assert!(accepted || answer.status == 503, "{answer:?}");
        let times = match accepted {
            true => &self.accepted,
            false => &self.refused,
        };
        times.borrow_mut().push(took);
        if accepted {
            assert_eq!(answer.lines, self.ask.declarations, "a decision is missing");
        }
        let kept = !answer.closes && self.ends(connection);
        let closed = matches!(self.pace, Pace::Closed(_)) && !self.ended.get();
        if closed && !accepted {
            sleep(PAUSE).await;
        }
        match (closed, kept) {
            (true, true) => self.send(connection, self.watch.elapsed()),
            (true, false) => self.connect(Some(self.watch.elapsed())),
            (false, true) => self.idle.borrow_mut().push(Rc::clone(connection)),
            (false, false) => {}
        }
        kept
    }
}
