//! The life of a declaration, as the contract tells it.

use std::collections::BTreeMap;

use super::flaw::Flaw;
use super::machine::{ActLine, CALLER, Change, Judged, Line, Machine, OWN, Refused, RevisionLine};
use super::past::Happened;
use super::selection::{OFFICE, Selection};
use super::step::{Day, Declared, Event, Item, Lane, Micros, OFFICER, What};
use super::stocks::{Stocks, Takes, month};
use super::verdict::{Decision, Form, Mode, Ordered, Standing, Verdict, day_of, decide};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    Released,
    Selected,
    Held,
    Rejected,
    Cancelled,
    Expired,
}

impl Status {
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Released => "released",
            Self::Selected => "selected",
            Self::Held => "held",
            Self::Rejected => "rejected",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
        }
    }

    const fn of(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Release => Self::Released,
            Verdict::Sample => Self::Selected,
            Verdict::Hold => Self::Held,
        }
    }
}

/// A version that was declared, with the records of its first answer and of its latest revision.
#[derive(Debug, Clone)]
pub(crate) struct Version {
    pub(crate) declared: Declared,
    pub(crate) first: u64,
    pub(crate) latest: u64,
}

/// What is to be inspected and whether it passed.
pub(crate) type Inspected = (Ordered, Option<bool>);

fn is_drawn(item: &Item) -> bool {
    item.lane == Lane::Drawn
}

#[derive(Debug, Clone)]
pub(crate) struct Life {
    pub(crate) versions: BTreeMap<u32, Version>,
    pub(crate) version: u32,
    pub(crate) revision: u32,
    pub(crate) latest: u64,
    /// When its latest revision was recorded.
    pub(crate) at: Micros,
    pub(crate) status: Status,
    pub(crate) verdict: Verdict,
    due: Micros,
    pub(crate) registry_revision: u64,
    decision_day: Day,
    /// The day of the first version, on which the law of the goods is read.
    pub(crate) law_day: Day,
    /// The day on which the first version was decided.
    pub(crate) key_day: Day,
    /// The items with the documents that came.
    pub(crate) items: Vec<Item>,
    pub(crate) found: Vec<(u16, Verdict)>,
    kept: Vec<Ordered>,
    pub(crate) ordered: Vec<Ordered>,
    /// Where somebody has still to act: since when, and what is to be inspected.
    pub(crate) open: Option<(Micros, Vec<Inspected>)>,
    /// The item that is a month's sample, and the month, until a result comes.
    pub(crate) awaited: Option<(u16, i32)>,
    /// What it has taken of stocks.
    pub(crate) takes: Takes,
}

impl Life {
    /// Who declared the latest version.
    pub(crate) fn trader(&self) -> &'static str {
        let latest = self.versions.get(&self.version);
        latest.map_or("", |version| version.declared.trader)
    }

    fn is_open(&self) -> bool {
        matches!(self.status, Status::Selected | Status::Held)
    }

    pub(crate) fn held_since(&self) -> Option<Micros> {
        let (since, _) = self.open.as_ref()?;
        (self.status == Status::Held).then_some(*since)
    }

    /// What later versions stay selected for.
    pub(crate) fn keeps(&self) -> Vec<Ordered> {
        let items = self.open.iter().flat_map(|(_, items)| items);
        let left = items.filter(|(_, passed)| *passed != Some(true));
        left.map(|(ordered, _)| *ordered).collect()
    }

    /// The same of another version: what was held for no inspection is at least looked at.
    fn keeps_amended(&self) -> Vec<Ordered> {
        let held = matches!(&self.open, Some((_, items)) if items.is_empty());
        let look = Ordered {
            item: 0,
            mode: Some(Mode::Document),
            by: "rule",
        };
        match held {
            true => vec![look],
            false => self.keeps(),
        }
    }

    /// An end of time lifts no inspection.
    fn close(&mut self, at: Micros) {
        let items = self.open.take().map(|(_, items)| items);
        if self.is_open() || self.status == Status::Expired {
            self.open = Some((at, items.unwrap_or_default()));
        }
    }

    fn line(&self, id: &str, kind: &'static str, previous: u64, by: Option<&str>) -> RevisionLine {
        RevisionLine {
            kind,
            id: id.to_owned(),
            version: self.version,
            revision: self.revision,
            previous,
            status: self.status.word(),
            verdict: self.verdict.word(),
            due: self.due,
            registry_revision: self.registry_revision,
            decision_day: self.decision_day,
            law_day: self.law_day,
            key_day: self.key_day,
            by: by.map(str::to_owned),
            decided: matches!(kind, "initial" | "amendment" | "documents" | "redecision"),
            kept: self.kept.clone(),
            ordered: self.ordered.clone(),
            items: Machine::words(&self.found),
        }
    }
}

/// Who acts, by what kind of event, and whether the registry has moved.
pub(crate) struct By<'a> {
    pub(crate) kind: &'a str,
    pub(crate) name: &'a str,
    /// The event that it follows.
    pub(crate) cause: Option<&'a str>,
}

impl Machine {
    pub(super) fn declare(
        &self,
        declared: &Declared,
        officer: bool,
        now: Micros,
        at: Micros,
    ) -> Result<Judged, Refused> {
        let known = self.lives.get(&declared.id);
        let future = declared.declared_at > now;
        let Some(life) = known else {
            if future || declared.declared_at < now - Form::oldest() {
                return Err(Refused::Faults);
            }
            return Ok(self.first(declared, at));
        };
        if let Some(version) = life.versions.get(&declared.version) {
            return match version.declared == *declared {
                true => Ok(Judged::Again(version.first)),
                false => Err(Refused::Conflict),
            };
        }
        if declared.version < life.version && !self.has(Flaw::TakesOldVersions) {
            return Err(Refused::Conflict);
        }
        if future {
            return Err(Refused::Faults);
        }
        match life.status {
            Status::Cancelled => return Err(Refused::Conflict),
            Status::Released | Status::Rejected if !officer => return Err(Refused::Conflict),
            _ => {}
        }
        let mut next = life.clone();
        let kept = match self.has(Flaw::AmendmentsLiftInspections) {
            true => Vec::new(),
            false => life.keeps_amended(),
        };
        next.declared(declared);
        self.decide(&mut next, declared, kept, at);
        Ok(self.decided(&declared.id, next, "amendment", life.latest, None))
    }

    fn first(&self, declared: &Declared, at: Micros) -> Judged {
        let mut life = Life {
            versions: BTreeMap::new(),
            version: 0,
            revision: 0,
            latest: 0,
            at: 0,
            status: Status::Released,
            verdict: Verdict::Release,
            due: 0,
            registry_revision: 0,
            decision_day: 0,
            law_day: day_of(declared.declared_at),
            key_day: self.today.unwrap_or_default(),
            items: Vec::new(),
            found: Vec::new(),
            kept: Vec::new(),
            ordered: Vec::new(),
            open: None,
            awaited: None,
            takes: Takes::new(),
        };
        life.declared(declared);
        let selection = self.decide(&mut life, declared, Vec::new(), at);
        let mut judged = self.decided(&declared.id, life, "initial", 0, None);
        if let Judged::New(change) = &mut judged {
            change.selection = Some(selection);
        }
        judged
    }

    /// What is known of a party on a day, with what its raw material is like.
    fn standing(&self, party: &str, today: Day) -> Standing {
        let counts = match self.has(Flaw::MaterialIsNeverDue) {
            true => Day::MAX / 2,
            false => self.form.material_days(),
        };
        let standing = self.registry.standing(party, today);
        let material = self.registry.material(&self.past, party, today, counts);
        Standing {
            papers: standing.papers.with(material),
            ..standing
        }
    }

    /// Decides; what is counted of selections after it, which counts where it is the first time.
    pub(super) fn decide(
        &self,
        life: &mut Life,
        declared: &Declared,
        kept: Vec<Ordered>,
        at: Micros,
    ) -> Selection {
        let mut today = self.today.unwrap_or_default();
        if self.has(Flaw::StandingIsYesterdays) {
            today -= 1;
        }
        let standing = self.standing(declared.trader, today);
        let drawn = life.items.iter().any(is_drawn) && self.is_drawn(&declared.id, life.key_day);
        let read_on = if self.has(Flaw::CountsToday) {
            today + 1
        } else {
            today
        };
        let known = self.past.known(declared.trader, read_on);
        let mut stocks = self.stocks(&declared.id, declared.trader);
        let mut decision = decide(
            self.form,
            &life.items,
            (
                standing,
                known,
                &self.registry.traces.leading_to(&life.items, today),
            ),
            life.law_day,
            drawn,
            &mut stocks,
        );
        decision.keep(&life.items, &kept, &mut stocks);
        let matched = !standing.black && life.items.iter().any(is_drawn);
        if life.latest == 0 {
            self.control(life, declared, &mut decision, matched, &mut stocks);
        }
        let released = decision.verdict == Verdict::Release;
        let this_month = month(self.today.unwrap_or_default());
        let counted = (declared.office, this_month);
        let selection = self.selection.after(counted, matched, released);
        life.takes = stocks.takes();
        life.awaited = stocks.awaited();
        life.verdict = decision.verdict;
        life.status = Status::of(decision.verdict);
        life.due = at + decision.due;
        life.registry_revision = self.revision;
        life.decision_day = self.today.unwrap_or_default();
        life.found = decision
            .items
            .iter()
            .map(|found| (found.item, found.verdict))
            .collect();
        life.kept = kept;
        life.ordered = decision.ordered();
        let items = life
            .ordered
            .iter()
            .map(|ordered| (*ordered, None))
            .collect();
        life.open = Some((at, items));
        if !life.is_open() {
            life.open = None;
        }
        selection
    }

    /// A release may still be selected, the first time.
    fn control(
        &self,
        life: &Life,
        declared: &Declared,
        decision: &mut Decision,
        matched: bool,
        stocks: &mut Stocks,
    ) {
        let released = |decision: &Decision| decision.verdict == Verdict::Release;
        let late = self.has(Flaw::ForcesLate);
        if matched && released(decision) && self.selection.is_forced(declared.office, late) {
            let forced = (Mode::Physical, "forced");
            decision.select(&life.items, is_drawn, forced, stocks);
        }
        let this_month = month(self.today.unwrap_or_default());
        if declared.office != OFFICE || !released(decision) {
            return;
        }
        let draw = self.draw(&declared.id, "top_up", life.key_day);
        if self.selection.is_topped_up(this_month, draw) {
            let topped_up = (Mode::Joint, "top_up");
            decision.select(&life.items, |_| true, topped_up, stocks);
        }
    }

    /// The stocks as a declaration finds them: what it has taken itself is returned.
    fn stocks(&self, id: &str, trader: &'static str) -> Stocks {
        let others = self.lives.iter().filter(|(known, _)| *known != id);
        let others = others.flat_map(|(_, life)| life.takes.iter().copied());
        let month = match self.has(Flaw::SlotsAreNeverFreeAgain) {
            true => 0,
            false => month(self.today.unwrap_or_default()),
        };
        Stocks {
            others: others.collect(),
            own: Vec::new(),
            trader,
            month,
            samples_too: self.has(Flaw::SamplesAreWrittenOff),
        }
    }

    pub(super) fn decided(
        &self,
        id: &str,
        mut life: Life,
        kind: &'static str,
        previous: u64,
        act: Option<By<'_>>,
    ) -> Judged {
        let line = Line {
            revision: Some(life.line(id, kind, previous, act.as_ref().map(|by| by.name))),
            act: act.map(|by| self.act_line(&by)),
            happened: self.declared_now(id, &life, kind),
        };
        life.record(self.sequence + 1);
        Judged::New(Box::new(Change {
            life: Some((id.to_owned(), life)),
            told: matches!(kind, "documents" | "redecision"),
            ..Change::of(line)
        }))
    }

    /// A declaration counts once, and is selected whenever it comes to be.
    fn declared_now(&self, id: &str, life: &Life, kind: &str) -> Vec<Happened> {
        let mut happened = Vec::new();
        let today = self.today.unwrap_or_default();
        let trader = life.trader();
        if kind == "initial" {
            let value: i64 = life.items.iter().map(|item| item.value).sum();
            happened.push(Happened {
                value: value * 10_000,
                ..Happened::new(trader, "declared", today)
            });
        }
        let was = self.lives.get(id).map(|life| life.status);
        if life.status == Status::Selected && was != Some(Status::Selected) {
            happened.push(Happened::new(trader, "selected", today));
        }
        happened
    }

    fn act_line(&self, by: &By<'_>) -> ActLine {
        ActLine {
            kind: by.kind.to_owned(),
            by: if by.name == OWN { OWN } else { CALLER }.to_owned(),
            revision: self.revision,
            cause: by.cause.map(str::to_owned),
        }
    }

    /// A declaration becomes something else.
    fn revised(
        &self,
        id: &str,
        (life, mut next): (&Life, Life),
        kind: &'static str,
        by: &By<'_>,
        happened: Vec<Happened>,
    ) -> Change {
        next.revision += 1;
        let line = Line {
            happened,
            revision: Some(next.line(id, kind, life.latest, Some(by.name))),
            act: Some(self.act_line(by)),
        };
        next.record(self.sequence + 1);
        Change {
            life: Some((id.to_owned(), next)),
            told: kind != "cancellation" || life.is_open() || self.has(Flaw::TellsOfCancellations),
            ..Change::of(line)
        }
    }

    pub(super) fn cancel(&self, id: &str, officer: bool) -> Result<Judged, Refused> {
        let life = self.lives.get(id).ok_or(Refused::NotFound)?;
        let may = officer || self.has(Flaw::AnybodyCancels);
        match life.status {
            Status::Cancelled => return Ok(Judged::Again(life.latest)),
            Status::Rejected => return Err(Refused::State),
            Status::Selected | Status::Held if !may => return Err(Refused::State),
            _ => {}
        }
        let mut next = life.clone();
        next.status = Status::Cancelled;
        next.open = None;
        next.awaited = None;
        if !self.has(Flaw::CancellationsReturnNothing) {
            next.takes.clear();
        }
        let by = By {
            kind: "declaration_cancelled",
            name: CALLER,
            cause: None,
        };
        let today = self.today.unwrap_or_default();
        let cancelled = Happened::new(life.trader(), "cancelled", today);
        let selected = life.status == Status::Selected;
        let happened = selected.then_some(cancelled).into_iter().collect();
        let change = self.revised(id, (life, next), "cancellation", &by, happened);
        Ok(Judged::New(Box::new(change)))
    }

    pub(super) fn overrule(
        &self,
        id: &str,
        verdict: Verdict,
        confirmed_by: Option<&str>,
        document: bool,
        at: Micros,
    ) -> Result<Judged, Refused> {
        let life = self.lives.get(id).ok_or(Refused::NotFound)?;
        if confirmed_by == Some(OFFICER) || !document {
            return Err(Refused::Faults);
        }
        let ended = matches!(life.status, Status::Cancelled | Status::Rejected);
        if ended || life.status == Status::of(verdict) {
            return Err(Refused::State);
        }
        let alone = confirmed_by.is_none() && !self.has(Flaw::OneOfficerIsEnough);
        if verdict < life.verdict && alone {
            return Err(Refused::State);
        }
        let mut next = life.clone();
        (next.verdict, next.status) = (verdict, Status::of(verdict));
        if verdict == Verdict::Sample && next.ordered.is_empty() {
            let all = next.items.iter().map(|item| Ordered {
                item: item.no,
                mode: Some(Mode::Physical),
                by: "officer",
            });
            next.ordered = all.collect();
        }
        let again = next
            .ordered
            .iter()
            .map(|ordered| (*ordered, None))
            .collect();
        next.open = Some((at, again));
        next.close(at);
        let by = By {
            kind: "decision_overridden",
            name: OFFICER,
            cause: None,
        };
        let today = self.today.unwrap_or_default();
        let selected = Happened::new(life.trader(), "selected", today);
        let happened = (verdict == Verdict::Sample).then_some(selected);
        let happened = happened.into_iter().collect();
        let change = self.revised(id, (life, next), "override", &by, happened);
        Ok(Judged::New(Box::new(change)))
    }

    /// An event that acts upon a declaration.
    pub(super) fn act(&self, event: &Event, at: Micros) -> Result<Change, Refused> {
        let id = event.declaration().ok_or(Refused::Other)?;
        let life = self.lives.get(id).ok_or(Refused::NotFound)?;
        let by = By {
            kind: event.kind(),
            name: CALLER,
            cause: None,
        };
        if let What::Inspected { version, .. } = &event.what
            && *version != life.version
        {
            return Err(Refused::State);
        }
        if !life.is_open() {
            return Err(Refused::State);
        }
        let mut next = life.clone();
        let (kind, status) = match &event.what {
            What::Released(_) => ("release", Status::Released),
            What::Rejected(_) => ("rejection", Status::Rejected),
            What::Documents { item, kind, .. } => {
                let items = next.items.iter_mut();
                let meant = items.into_iter().find(|known| known.no == *item);
                meant.ok_or(Refused::Faults)?.documents.push(kind);
                let declared = life.versions[&life.version].declared.clone();
                next.revision += 1;
                self.decide(&mut next, &declared, life.keeps(), at);
                return match self.decided(id, next, "documents", life.latest, Some(by)) {
                    Judged::New(change) => Ok(*change),
                    _ => Err(Refused::Other),
                };
            }
            What::Inspected { item, passed, .. } => {
                match self.inspected(&mut next, *item, *passed)? {
                    Some(status) => ("result", status),
                    None => {
                        let line = Line {
                            act: Some(self.found_line(&by)),
                            revision: None,
                            happened: self.found(event, life),
                        };
                        return Ok(Change {
                            life: Some((id.to_owned(), next)),
                            ..Change::of(line)
                        });
                    }
                }
            }
            _ => return Err(Refused::Other),
        };
        next.status = status;
        next.close(at);
        let happened = self.found(event, life);
        let mut change = self.revised(id, (life, next), kind, &by, happened);
        if kind == "result" {
            change.line.act = Some(self.found_line(&by));
        }
        Ok(change)
    }

    /// What an inspection found is read by whoever is decided next.
    fn found_line(&self, by: &By<'_>) -> ActLine {
        ActLine {
            revision: self.revision + 1,
            ..self.act_line(by)
        }
    }

    fn found(&self, event: &Event, life: &Life) -> Vec<Happened> {
        let What::Inspected { passed, raw, .. } = &event.what else {
            return Vec::new();
        };
        let failed = !passed && !self.has(Flaw::ForgetsFailures);
        // What raw material is like, is not said of the goods.
        let what = match (raw, failed) {
            (true, _) if *passed => "material passed",
            (true, _) => "material failed",
            (false, true) => "failed",
            (false, false) => "passed",
        };
        vec![Happened::new(
            life.trader(),
            what,
            self.happened_on(event.at),
        )]
    }

    /// What an inspection makes of a declaration, if anything.
    fn inspected(
        &self,
        life: &mut Life,
        item: u16,
        passed: bool,
    ) -> Result<Option<Status>, Refused> {
        let selected = life.status == Status::Selected;
        let (_, items) = life.open.as_mut().ok_or(Refused::State)?;
        let meant = items.iter_mut().find(|(ordered, _)| ordered.item == item);
        meant.ok_or(Refused::State)?.1 = Some(passed);
        life.awaited = life.awaited.filter(|(awaited, _)| *awaited != item);
        let all = items.iter().all(|(_, passed)| *passed == Some(true));
        let enough = all || passed && self.has(Flaw::OnePassedItemIsEnough);
        Ok(match passed {
            _ if !selected => None,
            false => Some(Status::Held),
            true => (enough && self.form.releases_on_pass()).then_some(Status::Released),
        })
    }

    /// Nobody ended a hold in time.
    pub(super) fn expire(&self, id: &str, at: Micros) -> Option<Change> {
        let life = self.lives.get(id)?;
        let since = life.held_since()?;
        if at < since + self.hold_expires() {
            return None;
        }
        let mut next = life.clone();
        next.status = Status::Expired;
        next.close(at);
        let by = By {
            kind: "hold_expired",
            name: OWN,
            cause: None,
        };
        Some(self.revised(id, (life, next), "expiry", &by, Vec::new()))
    }
}

impl Life {
    /// Another version begins.
    fn declared(&mut self, declared: &Declared) {
        self.version = declared.version;
        self.revision = 1;
        self.items.clone_from(&declared.items);
        let version = Version {
            declared: declared.clone(),
            first: 0,
            latest: 0,
        };
        self.versions.insert(declared.version, version);
    }

    /// Notes the record of what it has become.
    fn record(&mut self, sequence: u64) {
        self.latest = sequence;
        if let Some(version) = self.versions.get_mut(&self.version) {
            version.latest = sequence;
            if version.first == 0 {
                version.first = sequence;
            }
        }
    }
}
