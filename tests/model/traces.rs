//! Product lots that events name, and declarations that are decided again upon such events, told plainly.

use greenlane::supervision::Ledger;

use super::cases::HEADINGS;
use super::flaw::Flaw;
use super::life::{By, Life, Status};
use super::machine::{ActLine, Change, Judged, Line, Machine, OWN};
use super::registry::Wrong;
use super::step::{Day, Event, Item, Lane, Micros, What};
use super::verdict::{Ordered, Verdict};

/// What each product lot was made of; `P-9` is in no diary.
const DIARY: [(&str, &[&str]); 4] = [
    ("P-1", &["L1"]),
    ("P-2", &["L1", "L2"]),
    ("P-3", &["L3"]),
    ("P-4", &["L2"]),
];
/// The events that lead anywhere, which are those upon which the policy decides again.
const TRACED: [&str; 2] = ["foreign_notification", "recall"];

/// The diaries as a table.
pub(crate) fn diary() -> String {
    let row = |(lot, of): &(&str, &[&str])| format!("{lot},T1,{}\n", of.join(";"));
    let rows: String = DIARY.iter().map(row).collect();
    format!("product_lot,enterprise_id,material_lots\n{rows}")
}

fn made_of(lot: &str) -> &'static [&'static str] {
    let mut diary = DIARY.iter();
    diary
        .find(|known| known.0 == lot)
        .map_or(&[], |known| known.1)
}

/// Whether an item cites one of some product lots, what one was made of, or what shares that with one.
fn cites(item: &Item, named: &[&'static str], sisters: bool) -> bool {
    let materials: Vec<&str> = named.iter().flat_map(|lot| made_of(lot)).copied().collect();
    let shares = |lot: &str| made_of(lot).iter().any(|of| materials.contains(of));
    let mut products = item.products.iter();
    let mut lots = item.lots.iter();
    products.any(|lot| named.contains(lot) || sisters && shares(lot))
        || lots.any(|(lot, _)| materials.contains(lot))
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Trace {
    id: String,
    lots: Vec<&'static str>,
    from: Day,
    to: Option<Day>,
}

/// All events that name product lots.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Traces {
    pub(super) all: Vec<Trace>,
    /// Whether nobody looks into the diaries: a flaw.
    alone: bool,
}

impl Traces {
    pub(crate) fn open(
        &mut self,
        id: &str,
        kind: &str,
        lots: &[&'static str],
        today: Day,
    ) -> Result<(), Wrong> {
        if !TRACED.contains(&kind) || lots.is_empty() {
            return Ok(());
        }
        if self.all.iter().any(|known| known.id == id) {
            return Err(Wrong);
        }
        self.all.push(Trace {
            id: id.to_owned(),
            lots: lots.to_vec(),
            from: today,
            to: None,
        });
        Ok(())
    }

    /// The case of an event is closed.
    pub(crate) fn end(&mut self, id: &str, today: Day) {
        self.all
            .retain(|trace| trace.id != id || trace.from < today);
        for trace in self.all.iter_mut().filter(|trace| trace.id == id) {
            trace.to = Some(today);
        }
    }

    pub(crate) fn forget_diaries(&mut self) {
        self.alone = true;
    }

    /// The numbers of those items to which an event leads that is open on a day.
    pub(crate) fn leading_to(&self, items: &[Item], day: Day) -> Vec<u16> {
        let is_open = |trace: &&Trace| trace.from <= day && trace.to.is_none_or(|to| day < to);
        let open: Vec<&Trace> = self.all.iter().filter(is_open).collect();
        let led = |item: &&Item| {
            let mut open = open.iter();
            open.any(|trace| cites(item, &trace.lots, !self.alone))
        };
        items.iter().filter(led).map(|item| item.no).collect()
    }
}

/// An event upon which declarations are still to be decided again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pending {
    event: Event,
    sequence: u64,
    /// The revision of the registry from it on.
    revision: u64,
    /// What was released before stays.
    since: Micros,
}

impl Pending {
    /// Whether a declaration is to be decided again: it has not been since, is selected or released of late, and cites
    /// what the event names, or where it names no lot, is of the enterprise and the heading.
    fn concerns(&self, life: &Life) -> bool {
        let reached = match life.status {
            Status::Selected => true,
            Status::Released => life.at >= self.since,
            _ => false,
        };
        let What::Adverse {
            party,
            heading,
            lots,
            ..
        } = &self.event.what
        else {
            return false;
        };
        let named = match lots.is_empty() {
            true => *party == Some(life.trader()) && *heading == HEADINGS[0],
            false => life.items.iter().any(|item| cites(item, lots, true)),
        };
        reached && named && life.registry_revision < self.revision
    }
}

impl Machine {
    /// Notes what is to be decided again upon a change that is taken in.
    pub(super) fn heed(&mut self, change: &Change, sequence: u64, at: Micros) {
        let act = change.line.act.as_ref();
        let kind = act.map_or("", |act| act.kind.as_str());
        match kind {
            "declaration_redecided" => {}
            "redecision_ended" => drop(self.pending.remove(0)),
            _ => self.calm = false,
        }
        let Some(event) = &change.event else { return };
        let What::Adverse {
            kind, party, lots, ..
        } = &event.what
        else {
            return;
        };
        if TRACED.contains(kind) && (party.is_some() || !lots.is_empty()) {
            let hours = match self.has(Flaw::ReleasesStayFresh) {
                true => 100 * self.form.released_within(),
                false => self.form.released_within(),
            };
            self.pending.push(Pending {
                event: event.clone(),
                sequence,
                revision: self.revision,
                since: at - hours,
            });
        }
    }

    /// What a declaration becomes that is decided again upon the first event that waits; none where it stays.
    fn again(&self, id: &str, at: Micros) -> Option<Change> {
        let (life, pending) = (self.lives.get(id)?, self.pending.first()?);
        if !pending.concerns(life) {
            return None;
        }
        let mut next = life.clone();
        next.revision += 1;
        let declared = life.versions[&life.version].declared.clone();
        self.decide(&mut next, &declared, life.keeps(), at);
        let is_more = |item: &Ordered| {
            let mut before = life.ordered.iter();
            let before = before.find(|before| before.item == item.item);
            before.is_none_or(|before| item.mode > before.mode)
        };
        let stricter = match (life.status, next.verdict) {
            (Status::Released, verdict) => verdict > Verdict::Release,
            (_, Verdict::Sample) => next.ordered.iter().any(is_more),
            (_, verdict) => verdict == Verdict::Hold,
        };
        let by = By {
            kind: "declaration_redecided",
            name: OWN,
            cause: Some(&pending.event.id),
        };
        let judged = self.decided(id, next, "redecision", life.latest, Some(by));
        match judged {
            Judged::New(change) if stricter => Some(*change),
            _ => None,
        }
    }

    /// A declaration was decided again.
    pub(super) fn redecide(&self, id: &str, at: Micros) -> Result<Change, String> {
        let again = self.again(id, at);
        again.ok_or_else(|| format!("{id} does not become stricter upon {:?}", self.pending))
    }

    /// All were decided again: where nothing else happened meanwhile, each is as strict as if it came now. What
    /// depends on stocks may have been short of them when it was looked at.
    pub(super) fn ended(&self, at: Micros) -> Result<Change, String> {
        let pending = self.pending.first().ok_or("no event waits")?;
        let stocked = |item: &Item| matches!(item.lane, Lane::Watched | Lane::Fur | Lane::Surveyed);
        for (id, life) in &self.lives {
            let counts = self.calm && !life.items.iter().any(stocked);
            if counts && self.again(id, at).is_some() {
                return Err(format!("{id} should have become stricter upon {pending:?}"));
            }
        }
        Ok(Change::of(Line {
            act: Some(ActLine {
                kind: "redecision_ended".to_owned(),
                by: OWN.to_owned(),
                revision: self.revision,
                cause: Some(pending.event.id.clone()),
            }),
            revision: None,
            happened: Vec::new(),
        }))
    }
}

/// Whether the same events wait.
pub(crate) fn same_pending(ledger: &Ledger, machine: &Machine) -> Result<(), String> {
    let waiting = ledger.pending().iter();
    let waiting = waiting.map(|it| (it.event.get(), it.released_since.micros()));
    let expected = machine.pending.iter();
    let expected = expected.map(|pending| (pending.sequence, pending.since));
    match waiting.eq(expected) {
        true => Ok(()),
        false => Err(format!(
            "{:?} wait, not {:?}",
            ledger.pending(),
            machine.pending
        )),
    }
}
