//! What a report tells and quality files have of tests, counted plainly while a history is told.

use std::collections::BTreeMap;
use std::path::Path;

use greenlane::analysis::report::{Asked, By, Counts, report};
use greenlane::registry::Files;
use greenlane::supervision::DataFolder;
use greenlane::supervision::event::AdverseKind;

use super::machine::{Line, RevisionLine};
use super::step::Micros;

/// A declaration that is selected or held: when it was first decided, if that is known, and when it is due, if ever.
type Open = (Option<Micros>, Micros);

/// See the module.
#[derive(Debug, Clone, Default)]
pub(crate) struct Statistics {
    all: Counts,
    /// By party: declarations, their value, inspections that passed and that failed.
    parties: BTreeMap<String, [i128; 6]>,
    open: BTreeMap<String, Open>,
    now: Micros,
}

impl Statistics {
    /// Counts what a record of a moment says.
    pub(crate) fn count(&mut self, line: &Line, at: Micros) {
        self.now = at;
        for happened in &line.happened {
            let party = self.parties.entry(happened.party.clone()).or_default();
            let mut kinds = AdverseKind::ALL.iter();
            match happened.what {
                "declared" => {
                    party[0] += 1;
                    party[1] += i128::from(happened.value);
                    self.all.value += i128::from(happened.value);
                }
                "passed" | "failed" | "material passed" | "material failed" => {
                    let failed = happened.what.ends_with("failed");
                    let raw = happened.what.starts_with("material");
                    party[2 + 2 * usize::from(raw) + usize::from(failed)] += 1;
                    self.all.inspected += 1;
                    self.all.nonconforming += u64::from(failed);
                }
                what => {
                    if let Some(at) = kinds.position(|kind| kind.as_str() == what) {
                        let count = &mut self.all.adverse[at];
                        *count = match happened.withdrawn {
                            true => *count - 1,
                            false => *count + 1,
                        };
                    }
                }
            }
        }
        if let Some(revision) = &line.revision {
            self.revision(revision, at);
        }
    }

    fn revision(&mut self, revision: &RevisionLine, at: Micros) {
        let all = &mut self.all;
        match revision.kind {
            "initial" => {
                all.declarations += 1;
                *match revision.verdict {
                    "release" => &mut all.released,
                    "sample" => &mut all.selected,
                    _ => &mut all.held,
                } += 1;
            }
            "amendment" => all.amended += 1,
            "override" => all.overridden += 1,
            "rejection" => all.rejected += 1,
            "cancellation" => all.cancelled += 1,
            "expiry" => all.expired += 1,
            _ => {}
        }
        let was = self.open.remove(&revision.id);
        if ["selected", "held"].contains(&revision.status) {
            let first = match was {
                Some((first, _)) => first,
                None => (revision.kind == "initial").then_some(at),
            };
            self.open.insert(revision.id.clone(), (first, revision.due));
        } else if let Some(was) = was {
            all.overdue += late(was, at);
            if revision.status == "released" {
                all.released_later += 1;
                all.waited += u64::from(was.0.is_some());
                all.waited_us += was.0.map_or(0, |first| i128::from(at - first));
            }
        }
    }

    /// What the quality files know of tests, of which each inspection here has one.
    pub(crate) fn are_in(&self, files: &Files) -> Result<(), String> {
        for (party, [_, _, passed, failed, ..]) in &self.parties {
            let known = files.of(party, |headings| {
                let rows = headings.iter().flat_map(|file| &file.tests);
                let sum = |(passed, failed): (i128, i128), row: &greenlane::registry::TestRow| {
                    (
                        passed + i128::from(row.passed),
                        failed + i128::from(row.failed),
                    )
                };
                rows.fold((0, 0), sum)
            });
            if known != (*passed, *failed) {
                return Err(format!(
                    "of the tests of {party} {known:?} passed and failed, not {passed} and {failed}"
                ));
            }
        }
        Ok(())
    }

    /// Whether a report of the folder, which nobody writes, tells the same, and so many samples without a result.
    pub(crate) fn are_told(&self, folder: &Path, unmonitored: u64) -> Result<(), String> {
        let mut all = self.all.clone();
        all.monitoring_missing = unmonitored;
        for open in self.open.values() {
            all.open += 1;
            all.overdue += late(*open, self.now);
        }
        let folder = DataFolder::read(folder).map_err(|error| error.to_string())?;
        let asked = Asked {
            by: By::Enterprise,
            from: None,
            to: None,
        };
        let told = report(folder, asked, |_, _| ()).map_err(|error| error.to_string())?;
        // What selects an item is not modelled here.
        let found = Counts {
            selected_by: all.selected_by,
            ..told.all
        };
        if found != all {
            return Err(format!("the report tells\n  {found:?}, not\n  {all:?}"));
        }
        for (party, [declarations, value, passed, failed, raw @ ..]) in &self.parties {
            let own = |name: &Option<String>| name.as_deref().unwrap_or_default() == party;
            let mut groups = told.groups.iter();
            let counts = groups.find(|(name, _)| own(name));
            let counts = counts.map_or([0; 4], |(_, counts)| {
                let inspected = (counts.inspected, counts.nonconforming);
                [
                    i128::from(counts.declarations),
                    counts.value,
                    i128::from(inspected.0) - i128::from(inspected.1),
                    i128::from(inspected.1),
                ]
            });
            let tests = told.tests.iter().filter(|test| own(&test.group));
            let tests = tests.fold((0, 0), |(passed, failed), test| {
                (
                    passed + i128::from(test.passed),
                    failed + i128::from(test.failed),
                )
            });
            let expected = [*declarations, *value, passed + raw[0], failed + raw[1]];
            if counts != expected || tests != (*passed, *failed) {
                return Err(format!(
                    "the report tells of {party} {counts:?} and tests {tests:?}, not {expected:?}"
                ));
            }
        }
        Ok(())
    }
}

fn late((_, due): Open, at: Micros) -> u64 {
    u64::from(due != Micros::MIN && due < at)
}
