//! Deciding a stream of declarations: a line for a line, in order, as each is durable.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::web::{Bytes, BytesMut, Data, Payload};
use actix_web::{HttpRequest, HttpResponse, rt};
use futures_core::Stream;
use tokio::sync::mpsc;

use super::body::{self, NDJSON};
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
    let (sender, receiver) = mpsc::channel(BATCH_GROUPS);
    let lines = Lines {
        payload,
        read: BytesMut::new(),
        number: 0,
        ended: false,
        limits: shared.limits(),
    };
    let batch = Batch { who, shared, room };
    rt::spawn(answer_or_die(lines, batch, sender));
    Ok(HttpResponse::Ok()
        .content_type(NDJSON)
        .streaming(Answers(receiver)))
}

type Group = Result<Bytes, actix_web::Error>;

/// Answers as they come.
struct Answers(mpsc::Receiver<Group>);

impl Stream for Answers {
    type Item = Group;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Group>> {
        self.0.poll_recv(context)
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
            let idle = self.limits.stream_idle;
            let Ok(part) = rt::time::timeout(idle, body::next(&mut self.payload)).await else {
                return Err(body::too_slow("nothing has come", idle));
            };
            match part.transpose() {
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

/// An answer that ended before its time must not look whole.
async fn answer_or_die(lines: Lines, batch: Batch, sender: mpsc::Sender<Group>) {
    let shared = batch.shared.clone();
    let answered = panics::caught(&shared, answer_all(lines, batch, sender.clone()));
    if let Err(died) = answered.await {
        let _ = sender.send(Err(died.into())).await;
    }
}

async fn answer_all(mut lines: Lines, batch: Batch, sender: mpsc::Sender<Group>) {
    let mut group = Vec::new();
    loop {
        if let Err(problem) = lines.next(&mut group).await {
            // Whoever broke off is told, if they still listen.
            let _ = sender.send(Err(problem.into())).await;
            return;
        }
        if group.is_empty() {
            return;
        }
        let answers = batch.answer(&group).await;
        if sender.send(Ok(answers)).await.is_err() {
            return;
        }
    }
}

impl Batch {
    async fn answer(&self, group: &[Line]) -> Bytes {
        let mut pending = Vec::with_capacity(group.len());
        for line in group {
            pending.push((line.number, self.submit(line).await));
        }
        let mut out = Vec::new();
        for (number, pending) in pending {
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
        out.into()
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
        let desk = self.shared.desk()?;
        match pending {
            Pending::Now(fresh) => {
                fresh.durable(desk, &self.shared).await?;
                Ok(fresh.answer)
            }
            Pending::Before(sequence) => repeated(&self.shared, sequence, self.who.view()).await,
        }
    }
}

fn line_problem(number: u64, problem: &Problem) -> Vec<u8> {
    let mut text = Vec::new();
    problem.write(&mut text);
    with_member("line", &number.into(), &text)
}
