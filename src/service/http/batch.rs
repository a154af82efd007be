//! Deciding a stream of declarations: a line for a line, in order, as each is durable.

use std::future::pending;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::web::{Bytes, BytesMut, Data, Payload};
use actix_web::{Error, HttpRequest, HttpResponse, rt};
use futures_core::Stream;
use tokio::sync::mpsc;

use super::admission::{Kind, Slot, take_turns};
use super::body::{self, NDJSON};
use super::connection::{Connection, UnderWay};
use super::decisions::{Pending, Room, recall, repeated, submit};
use super::gate::Who;
use super::panics;
use super::problem::{Problem, with_member};
use super::settings::Limits;
use super::shared::Shared;
use crate::limits::{BATCH_GROUPS, BATCH_LINES};
use crate::service::Refusal;
use crate::service::access::{Known, Pace};

/// How long a line of a batch waits for room in the journal before it tries again.
const PAUSE: Duration = Duration::from_millis(1);

/// Decides a stream of declarations.
#[utoipa::path(
    post,
    path = "/v1/decisions/batch",
    tag = "decisions",
    request_body(content = String, content_type = "application/x-ndjson", description = "A declaration a line."),
    responses(
        (status = 200, description = "A line for each line that is not blank, in their order, as soon as it is durable: the decision, or the problem of a line that is refused, with its number in `line`.", body = String, content_type = "application/x-ndjson"),
        (status = 415, description = "Not `application/x-ndjson`.", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "As many streams are answered as may be, or not ready; ask again.", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn batch(
    Who(who): Who,
    request: HttpRequest,
    payload: Payload,
    shared: Data<Shared>,
    room: Room,
) -> Result<HttpResponse, Problem> {
    shared.desk()?;
    body::media_type(&request, &[NDJSON])?;
    let connection = request.conn_data::<Rc<Connection>>();
    let place = Place {
        _slot: shared.admission.stream(&shared.limits())?,
        _under_way: connection.map(Connection::begin),
    };
    let (sender, receiver) = mpsc::channel(BATCH_GROUPS);
    let lines = Lines {
        payload,
        read: BytesMut::new(),
        number: 0,
        ended: false,
        limits: shared.limits(),
    };
    let batch = Batch { who, shared, room };
    rt::spawn(async {
        let (_place, shared) = (place, batch.shared.clone());
        // Whoever listens is told by what is missing.
        let _ = panics::caught(&shared, answer_all(lines, batch, sender)).await;
    });
    Ok(HttpResponse::Ok()
        .content_type(NDJSON)
        .streaming(Answers(receiver)))
}

/// What a stream takes until its last line is answered.
struct Place {
    _slot: Slot,
    _under_way: Option<UnderWay>,
}

/// Answers as they come. What ends before its last line was answered must not look whole.
struct Answers(mpsc::Receiver<Bytes>);

impl Stream for Answers {
    type Item = Result<Bytes, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_recv(context).map(|group| match group {
            Some(end) if end.is_empty() => None,
            Some(answers) => Some(Ok(answers)),
            None => {
                let why = "the stream was broken off";
                let problem = Problem::new(StatusCode::INTERNAL_SERVER_ERROR, why);
                Some(Err(problem.into()))
            }
        })
    }
}

/// The lines of a body.
struct Lines {
    payload: Payload,
    read: BytesMut,
    number: u64,
    ended: bool,
    limits: Limits,
}

/// A line, or that it is too long.
struct Line {
    number: u64,
    bytes: Result<Bytes, Problem>,
}

/// Whose stream it is, and what answers it.
struct Batch {
    who: Arc<Known>,
    shared: Data<Shared>,
    room: Room,
}

impl Lines {
    /// Some next lines: all that have come, and at least one unless the body has ended.
    async fn next(&mut self, into: &mut Vec<Line>) -> Result<(), Problem> {
        let idle = self.limits.stream_idle;
        let read = rt::time::timeout(idle, self.read_some(into)).await;
        read.unwrap_or_else(|_| Err(body::too_slow("no line has come", idle)))
    }

    async fn read_some(&mut self, into: &mut Vec<Line>) -> Result<(), Problem> {
        into.clear();
        loop {
            while into.len() < BATCH_LINES
                && let Some(end) = self.read.iter().position(|byte| *byte == b'\n')
            {
                let line = self.read.split_to(end + 1);
                self.add(line, into);
            }
            if !into.is_empty() {
                return Ok(());
            }
            if self.ended {
                let line = self.read.split();
                if !line.is_empty() {
                    self.add(line, into);
                }
                return Ok(());
            }
            // A line that is too long is read to its end, but not kept.
            let keep = self.limits.declaration_bytes + 2;
            match body::next(&mut self.payload).await.transpose() {
                Err(error) => {
                    let detail = format!("the body broke off: {error}");
                    return Err(Problem::new(StatusCode::BAD_REQUEST, detail));
                }
                Ok(None) => self.ended = true,
                Ok(Some(part)) if self.read.len() > keep => {
                    let end = part.iter().position(|byte| *byte == b'\n');
                    let rest = end.and_then(|end| part.get(end..)).unwrap_or_default();
                    self.read.extend_from_slice(rest);
                }
                Ok(Some(part)) => self.read.extend_from_slice(&part),
            }
        }
    }

    fn add(&mut self, line: BytesMut, into: &mut Vec<Line>) {
        self.number += 1;
        let line = line.freeze();
        let bytes = line.strip_suffix(b"\n").unwrap_or(&line);
        let bytes = bytes.strip_suffix(b"\r").unwrap_or(bytes);
        if bytes.trim_ascii().is_empty() {
            return;
        }
        let whole = bytes.len() <= self.limits.declaration_bytes;
        into.push(Line {
            number: self.number,
            bytes: match whole {
                true => Ok(line.slice_ref(bytes)),
                false => Err(body::too_large("the line", self.limits.declaration_bytes)),
            },
        });
    }
}

/// Answers all lines; the end is told, too. Whoever breaks off, or does not take what was answered, is not waited for.
async fn answer_all(lines: Lines, batch: Batch, sender: mpsc::Sender<Bytes>) {
    let (waiting, submitted) = mpsc::channel(BATCH_GROUPS);
    let idle = lines.limits.stream_idle;
    let submits = async {
        batch.submit_all(lines, waiting).await;
        // Whoever tells sees by the channel that this was all.
        pending().await
    };
    tokio::select! {
        () = submits => {}
        () = batch.tell_all(submitted, sender, idle) => {}
    }
}

/// Lines that are submitted, with their numbers; none at the end of the body.
type Group = Vec<(u64, Result<Pending, Problem>)>;

impl Batch {
    /// Submits lines as they come, while earlier ones become durable.
    async fn submit_all(&self, mut lines: Lines, waiting: mpsc::Sender<Group>) {
        let mut group = Vec::new();
        while lines.next(&mut group).await.is_ok() {
            let mut submitted = Group::with_capacity(group.len());
            for line in &group {
                take_turns().await;
                submitted.push((line.number, self.submit(line).await));
            }
            if waiting.send(submitted).await.is_err() || group.is_empty() {
                return;
            }
        }
    }

    /// Tells what is durable to whoever takes it in time.
    async fn tell_all(
        &self,
        mut submitted: mpsc::Receiver<Group>,
        sender: mpsc::Sender<Bytes>,
        idle: Duration,
    ) {
        while let Some(group) = submitted.recv().await {
            take_turns().await;
            let mut out = Vec::new();
            for (number, pending) in group {
                let told = match pending {
                    Ok(pending) => self.tell(pending).await,
                    Err(problem) => Err(problem),
                };
                match told {
                    Ok(answer) => out.extend_from_slice(&answer),
                    Err(problem) => out.extend(line_problem(number, &problem)),
                }
                out.push(b'\n');
            }
            if sender.send_timeout(out.into(), idle).await.is_err() {
                return;
            }
        }
    }

    async fn submit(&self, line: &Line) -> Result<Pending, Problem> {
        let bytes = line.bytes.as_ref().map_err(Clone::clone)?;
        // A stream waits; its sender is held up by what it does not read.
        while let Some(Err(wait)) = self.who.pace.as_ref().map(Pace::take) {
            rt::time::sleep(wait).await;
        }
        loop {
            let desk = self.shared.desk()?;
            let submit = || submit(desk, &self.room, bytes, &self.who);
            match panics::caught_now(&self.shared, submit)? {
                Err(Refusal::Old(key)) => recall(&self.shared, key).await?,
                Err(Refusal::Busy) => rt::time::sleep(PAUSE).await,
                done => return Ok(done?),
            }
        }
    }

    async fn tell(&self, pending: Pending) -> Result<Vec<u8>, Problem> {
        let (desk, view) = (self.shared.desk()?, self.who.view());
        match pending {
            Pending::Now(fresh) => {
                fresh.durable(desk, &self.shared).await?;
                Ok(fresh.answer)
            }
            Pending::Before(sequence) => repeated(&self.shared, sequence, view, Kind::Recall).await,
        }
    }
}

fn line_problem(number: u64, problem: &Problem) -> Vec<u8> {
    let mut text = Vec::new();
    problem.write(&mut text);
    with_member("line", &number.into(), &text)
}
