//! The walk's counting: what each record adds to the groups that it belongs to.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use serde::Deserialize;

use super::counts::Counts;
use super::group::{Belongs, By, Groups, office_of, zones_of_adverse, zones_of_revision};
use super::{Asked, Report, TestCounts};
use crate::declaration::{Day, Moment};
use crate::engine::SelectedBy;
use crate::journal::Sequence;
use crate::policy::{Object, Verdict};
use crate::registry::{Counted, Heading, Registry};
use crate::supervision::event::{Adverse, AdverseKind, InspectionResult};
use crate::supervision::{
    Awaited, DataFolder, Event, FoldError, Record, Revision, RevisionKind, State, Status, What,
    digest, marks,
};

/// A declaration that is selected or held.
#[derive(Debug)]
struct Open {
    belongs: Belongs,
    /// The day of its first decision; where that is not known, of the one that opened it again.
    day: Day,
    /// When it was first decided, where that is known.
    first: Option<Moment>,
    due: Option<Moment>,
}

/// See the module.
pub(super) struct Tally {
    asked: Asked,
    state: State,
    groups: Groups,
    members: Counts,
    all: Counts,
    /// Passed and failed, by group, heading and test.
    tests: BTreeMap<(u32, Heading, Box<str>), (u64, u64)>,
    open: HashMap<u128, Open>,
    /// The slots of monitoring that declarations have taken and whose results are awaited.
    awaited: HashMap<u128, (Belongs, Vec<Awaited>)>,
    /// Where adverse events were counted, by their ids: what is voided did not happen.
    counted: HashMap<String, (Belongs, Day, AdverseKind)>,
    /// When the last record was settled.
    now: Moment,
}

/// What selected an item, of its answer.
#[derive(Deserialize)]
struct Item<'i> {
    selected_by: Option<&'i str>,
}

impl Tally {
    pub(super) fn new(folder: Arc<DataFolder>, asked: Asked) -> Self {
        Self {
            asked,
            state: State::new(folder),
            groups: Groups::default(),
            members: Counts::default(),
            all: Counts::default(),
            tests: BTreeMap::new(),
            open: HashMap::new(),
            awaited: HashMap::new(),
            counted: HashMap::new(),
            now: Moment::from_micros(0),
        }
    }

    /// Counts the next record.
    pub(super) fn record(&mut self, sequence: Sequence, payload: &[u8]) -> Result<(), FoldError> {
        let (record, event) = self.state.read(payload)?;
        self.now = record.at;
        // What somebody found is counted before what became of the declaration, which may close it.
        if let Some(event) = &event {
            self.event(event, &record)?;
        }
        if let Some(revision) = &record.revision {
            self.revision(revision, &record)?;
        }
        self.state.follow(sequence, &record, event.as_ref())
    }

    fn registry(&self) -> Result<Arc<Registry>, FoldError> {
        let world = self.state.world.as_ref().ok_or(FoldError::Early)?;
        Ok(Arc::clone(world.registry().current()))
    }

    fn day(&self, at: Moment) -> Day {
        at.day(self.state.zone())
    }

    /// Adds to groups, where the day is one of those that are asked for.
    fn add(&mut self, belongs: &Belongs, day: Day, count: impl Fn(&mut Counts)) {
        if !self.asked.holds(day) {
            return;
        }
        for group in &belongs.groups {
            if let Some(counts) = self.groups.counts.get_mut(*group as usize) {
                count(counts);
            }
        }
        if belongs.to_zone {
            count(&mut self.members);
        }
        count(&mut self.all);
    }

    // ----- events -----

    fn event(&mut self, event: &Event, record: &Record<'_>) -> Result<(), FoldError> {
        let today = self.day(record.at);
        match &event.what {
            What::Inspection(result) => {
                let day = self.day(event.at).min(today);
                self.inspected(result, record, day)
            }
            What::Adverse(adverse) => self.adverse(&event.id, adverse, adverse.day.min(today)),
            What::Voided(voided) => {
                if let Some((belongs, day, kind)) = self.counted.remove(&voided.event_id) {
                    self.add(&belongs, day, |counts| {
                        counts.adverse(kind, |count| count.saturating_sub(1));
                    });
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn inspected(
        &mut self,
        result: &InspectionResult,
        record: &Record<'_>,
        day: Day,
    ) -> Result<(), FoldError> {
        let key = digest(result.declaration_id.as_bytes());
        if let Some((_, slots)) = self.awaited.get_mut(&key) {
            slots.retain(|slot| slot.item_no != result.item_no);
        }
        let open = self.open.get(&key);
        let belongs = match (self.asked.by, open, &record.revision) {
            (By::Month, ..) => self.groups.month(day),
            (_, Some(open), _) => open.belongs.clone(),
            (_, None, Some(revision)) => self.belongs(revision, day)?,
            (_, None, None) => self.groups.one(None),
        };
        let failed = u64::from(!result.passed);
        self.add(&belongs, day, |counts| {
            counts.inspected += 1;
            counts.nonconforming += failed;
        });
        if self.asked.holds(day) && result.object == Object::Product {
            self.tested(result, record, &belongs);
        }
        Ok(())
    }

    fn tested(&mut self, result: &InspectionResult, record: &Record<'_>, belongs: &Belongs) {
        let of_goods = |counted| matches!(counted, Counted::Passed | Counted::Failed);
        let mut marks = marks(record.marks).flatten();
        let Some(mark) = marks.find(|mark| of_goods(mark.counted)) else {
            return;
        };
        for group in &belongs.groups {
            for found in &result.tests {
                let key = (*group, mark.heading, Box::from(&*found.test));
                let (passed, failed) = self.tests.entry(key).or_default();
                *passed += u64::from(found.passed);
                *failed += u64::from(!found.passed);
            }
        }
    }

    fn adverse(&mut self, id: &str, adverse: &Adverse, day: Day) -> Result<(), FoldError> {
        let registry = self.registry()?;
        let enterprise = adverse.enterprise_id.as_deref();
        let groups = &mut self.groups;
        let belongs = match self.asked.by {
            By::Month => groups.month(day),
            By::Enterprise => groups.one(enterprise),
            By::Office => groups.one(enterprise.and_then(|id| office_of(&registry, id, day))),
            By::Zone => groups.zones(zones_of_adverse(&registry, adverse, day).into_iter()),
        };
        let kind = adverse.kind;
        self.add(&belongs, day, |counts| {
            counts.adverse(kind, |count| count + 1)
        });
        self.counted.insert(id.to_owned(), (belongs, day, kind));
        Ok(())
    }

    // ----- declarations -----

    /// What a revision belongs to, of a declaration of which nothing is known.
    fn belongs(&mut self, revision: &Revision<'_>, day: Day) -> Result<Belongs, FoldError> {
        let registry = self.registry()?;
        let groups = &mut self.groups;
        Ok(match self.asked.by {
            By::Month => groups.month(day),
            By::Enterprise => groups.one(Some(revision.enterprise_id)),
            By::Office => groups.one(revision.office),
            By::Zone => groups.zones(zones_of_revision(&registry, revision).into_iter()),
        })
    }

    fn revision(&mut self, revision: &Revision<'_>, record: &Record<'_>) -> Result<(), FoldError> {
        let day = self.day(record.at);
        let key = digest(revision.declaration_id.as_bytes());
        let was = self.open.remove(&key);
        // A later version may name somebody else, other goods or another office.
        let anew = revision.kind == RevisionKind::Amendment || self.asked.by == By::Month;
        let belongs = match was.as_ref().filter(|_| !anew) {
            Some(open) => open.belongs.clone(),
            None => self.belongs(revision, day)?,
        };
        self.kind(revision, record, &belongs, day);
        if revision.moves.moves() {
            let slots = revision.moves.slots.clone().unwrap_or_default();
            self.awaited.insert(key, (belongs.clone(), slots.into()));
        }
        if let Some(open) = was.as_ref().filter(|_| !revision.status.is_open()) {
            self.closed(open, revision.status, record.at, &belongs);
        }
        if revision.status.is_open() {
            let due = revision.due_at(record.at);
            let first = (revision.kind == RevisionKind::Initial).then_some(record.at);
            let new = Open {
                belongs,
                day,
                first,
                due,
            };
            let open = match was {
                // By month it is counted where it was decided first.
                Some(was) if self.asked.by == By::Month => Open { due, ..was },
                Some(was) => Open {
                    day: was.day,
                    first: was.first,
                    ..new
                },
                None => new,
            };
            self.open.insert(key, open);
        }
        Ok(())
    }

    /// Counts a revision by its kind.
    fn kind(&mut self, revision: &Revision<'_>, record: &Record<'_>, belongs: &Belongs, day: Day) {
        match revision.kind {
            RevisionKind::Initial => self.declared(revision, record, belongs, day),
            RevisionKind::Amendment => self.add(belongs, day, |counts| counts.amended += 1),
            RevisionKind::Override => self.add(belongs, day, |counts| counts.overridden += 1),
            RevisionKind::Rejection => self.add(belongs, day, |counts| counts.rejected += 1),
            RevisionKind::Cancellation => self.add(belongs, day, |counts| counts.cancelled += 1),
            RevisionKind::Expiry => self.add(belongs, day, |counts| counts.expired += 1),
            RevisionKind::Redecision
            | RevisionKind::Result
            | RevisionKind::Documents
            | RevisionKind::Release => {}
        }
    }

    fn declared(
        &mut self,
        revision: &Revision<'_>,
        record: &Record<'_>,
        belongs: &Belongs,
        day: Day,
    ) {
        let declared = marks(record.marks).flatten();
        let declared = declared.filter(|mark| mark.counted == Counted::Declared);
        let value: i128 = declared.map(|mark| i128::from(mark.value)).sum();
        let items: Vec<Item<'_>> = serde_json::from_str(revision.items).unwrap_or_default();
        let mut selected_by = [0; SelectedBy::ALL.len()];
        for (count, by) in selected_by.iter_mut().zip(SelectedBy::ALL) {
            let of = items
                .iter()
                .filter(|item| item.selected_by == Some(by.as_str()));
            *count = of.count() as u64;
        }
        let verdict = revision.verdict;
        self.add(belongs, day, |counts| {
            counts.declarations += 1;
            counts.value += value;
            *match verdict {
                Verdict::Release => &mut counts.released,
                Verdict::Sample => &mut counts.selected,
                Verdict::Hold => &mut counts.held,
            } += 1;
            let all = counts.selected_by.iter_mut().zip(selected_by);
            all.for_each(|(count, more)| *count += more);
        });
    }

    /// Counts a declaration that is no longer open.
    fn closed(&mut self, open: &Open, status: Status, at: Moment, belongs: &Belongs) {
        let late = u64::from(open.due.is_some_and(|due| due < at));
        let released = status == Status::Released;
        let waited = open.first.filter(|_| released);
        let waited = waited.map(|first| i128::from(at.micros()) - i128::from(first.micros()));
        self.add(belongs, self.day(at), |counts| {
            counts.overdue += late;
            counts.released_later += u64::from(released);
            counts.waited += u64::from(waited.is_some());
            counts.waited_us += waited.unwrap_or_default();
        });
    }

    // ----- the end -----

    /// Counts the slots whose periods ended before a day, on their last days.
    fn unmonitored(&mut self, today: Day) {
        for (belongs, slots) in std::mem::take(&mut self.awaited).into_values() {
            for slot in slots.iter().filter(|slot| slot.ends <= today) {
                let last = Day::from_number(slot.ends.number() - 1);
                let belongs = match self.asked.by {
                    By::Month => self.groups.month(last),
                    By::Enterprise | By::Office | By::Zone => belongs.clone(),
                };
                self.add(&belongs, last, |counts| counts.monitoring_missing += 1);
            }
        }
    }

    /// Counts what is still open, and tells all of it.
    pub(super) fn report(mut self, through: Sequence) -> Report {
        let now = self.now;
        for open in std::mem::take(&mut self.open).into_values() {
            let late = u64::from(open.due.is_some_and(|due| due < now));
            self.add(&open.belongs, open.day, |counts| {
                counts.open += 1;
                counts.overdue += late;
            });
        }
        self.unmonitored(self.day(now));
        let (names, counts) = self.groups.into_parts();
        let tests = self.tests.into_iter();
        let tests = tests.map(|((group, heading, test), (passed, failed))| TestCounts {
            group: names.get(group as usize).cloned().flatten(),
            heading,
            test: test.into(),
            passed,
            failed,
        });
        let mut tests: Vec<TestCounts> = tests.collect();
        tests.sort_unstable();
        let groups = names.into_iter().zip(counts);
        let mut groups: Vec<_> = groups
            .filter(|(_, counts)| *counts != Counts::default())
            .collect();
        groups.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        Report {
            members: (self.asked.by == By::Zone).then_some(self.members),
            asked: self.asked,
            through,
            groups,
            all: self.all,
            tests,
        }
    }
}
