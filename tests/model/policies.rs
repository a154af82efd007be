//! Which policy decides, and how it came to: given at a start, put as a candidate and let decide by another person, or
//! let decide again.

use super::flaw::Flaw;
use super::machine::{ActLine, CALLER, Change, Judged, Line, Machine, Refused};
use super::verdict::Form;

/// Who lets a candidate decide: another than whoever sends all else.
pub(crate) const SECOND: &str = "second";

/// What is asked of policies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ask {
    Put(Form),
    /// This one, if it is the candidate.
    Promote(Form),
    RollBack,
}

/// What became of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Became {
    Candidate(Form),
    /// It decides, since a start brought it.
    Started(Form),
    /// It decides, since somebody let it.
    Active(Form),
}

/// See the module.
#[derive(Debug, Clone, Default)]
pub(crate) struct Policies {
    /// Each that began to decide, the last one last.
    decided: Vec<Form>,
    /// The one that a start brought last.
    started: Option<Form>,
    /// With its record.
    candidate: Option<(Form, u64)>,
}

impl Policies {
    pub(crate) fn now(&self) -> Option<Form> {
        self.decided.last().copied()
    }

    /// The one that decided before the one that decides now.
    fn former(&self) -> Option<Form> {
        let mut before = self.decided.iter().rev().copied();
        let now = before.next()?;
        before.find(|form| *form != now)
    }

    /// Whether one that is given at a start begins to decide: not where it does, nor where it was given at the last start
    /// that brought one, since what people decided meanwhile stands.
    pub(crate) fn begins(&self, given: Form, flaw: Option<Flaw>) -> bool {
        let again = self.started == Some(given) && flaw != Some(Flaw::StartsUndoPromotions);
        self.now() != Some(given) && !again
    }

    pub(crate) fn take(&mut self, became: Became, sequence: u64) {
        match became {
            Became::Candidate(form) => self.candidate = Some((form, sequence)),
            Became::Started(form) | Became::Active(form) => {
                self.candidate.take_if(|(candidate, _)| *candidate == form);
                self.decided.push(form);
            }
        }
        if let Became::Started(form) = became {
            self.started = Some(form);
        }
    }
}

impl Machine {
    pub(crate) fn ask_policy(&self, ask: Ask) -> Result<Judged, Refused> {
        let policies = &self.policies;
        let (kind, by, became) = match ask {
            Ask::Put(form) if policies.now() == Some(form) => return Err(Refused::Conflict),
            Ask::Put(form) => match policies.candidate {
                Some((known, sequence)) if known == form => return Ok(Judged::Again(sequence)),
                _ => ("policy_candidate_put", CALLER, Became::Candidate(form)),
            },
            Ask::Promote(form) => match policies.candidate {
                None => return Err(Refused::NotFound),
                Some((candidate, _)) if candidate != form => return Err(Refused::Conflict),
                Some(_) => ("policy_activated", SECOND, Became::Active(form)),
            },
            Ask::RollBack => {
                let former = policies.former().ok_or(Refused::NotFound)?;
                ("policy_activated", CALLER, Became::Active(former))
            }
        };
        let decides = !matches!(became, Became::Candidate(_));
        let at_once = self.has(Flaw::CandidatesDecideAtOnce);
        let act = ActLine {
            kind: kind.to_owned(),
            by: by.to_owned(),
            revision: self.revision + u64::from(decides),
            cause: None,
        };
        let line = Line {
            act: Some(act),
            revision: None,
            happened: Vec::new(),
        };
        Ok(Judged::New(Box::new(Change {
            policy: Some(match became {
                Became::Candidate(form) if at_once => Became::Active(form),
                became => became,
            }),
            ..Change::of(line)
        })))
    }
}
