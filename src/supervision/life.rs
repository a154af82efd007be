//! The life of a declaration: what an act makes of it, checked against what it is now.

use super::event::{InspectionResult, Overridden, What};
use super::ledger::{Entry, Open};
use super::status::{RevisionKind, Status};
use crate::declaration::Moment;
use crate::policy::{Life, Verdict};

/// What an act makes of a declaration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transition {
    /// Nothing yet: it is recorded, no more.
    Noted,
    /// It becomes something else.
    To(RevisionKind, Status),
    /// It becomes something else, by another verdict.
    By(RevisionKind, Verdict),
    /// It is decided again.
    Decided(RevisionKind),
}

/// Why an act cannot be: what is the case, for a person.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NotNow(pub String);

/// What is known when somebody acts.
#[derive(Debug, Clone, Copy)]
pub struct Now<'a> {
    /// The declaration.
    pub entry: &'a Entry,
    /// What is open of it.
    pub open: Option<&'a Open>,
    /// The verdict of its latest revision.
    pub verdict: Verdict,
    /// What the policy says of lives.
    pub life: &'a Life,
    /// The time.
    pub at: Moment,
    /// Whether the caller is an officer.
    pub officer: bool,
}

impl Now<'_> {
    /// What an act makes of the declaration.
    ///
    /// # Errors
    /// [`NotNow`] where it cannot be, the declaration being what it is.
    pub fn transition(&self, what: &What) -> Result<Transition, NotNow> {
        match what {
            What::Inspection(result) => self.inspected(result),
            What::Documents(_) => {
                self.is_open()?;
                Ok(Transition::Decided(RevisionKind::Documents))
            }
            What::Released(_) => {
                self.is_open()?;
                Ok(Transition::To(RevisionKind::Release, Status::Released))
            }
            What::Rejected(_) => {
                self.is_open()?;
                Ok(Transition::To(RevisionKind::Rejection, Status::Rejected))
            }
            What::Cancelled(_) => self.cancelled(),
            What::Overridden(overridden) => self.overridden(overridden),
            What::HoldExpired(_) => self.expired(),
            _ => Err(NotNow("is no act upon a declaration".to_owned())),
        }
    }

    fn status(&self) -> Status {
        self.entry.status
    }

    fn is_open(&self) -> Result<(), NotNow> {
        if self.status().is_open() {
            return Ok(());
        }
        Err(NotNow(format!(
            "the declaration is {}, neither selected nor held",
            self.status().as_str()
        )))
    }

    fn inspected(&self, result: &InspectionResult) -> Result<Transition, NotNow> {
        if result.version != self.entry.version {
            return Err(NotNow(format!(
                "version {} is the latest, the result is of version {}",
                self.entry.version, result.version
            )));
        }
        self.is_open()?;
        let items = self.open.map(|open| &*open.items).unwrap_or_default();
        let ordered = |item_no| items.iter().any(|item| item.item.item_no == item_no);
        if !ordered(result.item_no) {
            let why = format!("no inspection of item {} was ordered", result.item_no);
            return Err(NotNow(why));
        }
        let selected = self.status() == Status::Selected;
        if !result.passed {
            let to = Transition::To(RevisionKind::Result, Status::Held);
            return Ok(if selected { to } else { Transition::Noted });
        }
        let mut others = items
            .iter()
            .filter(|item| item.item.item_no != result.item_no);
        let all = others.all(|item| item.passed == Some(true));
        if all && selected && self.life.release_on_pass {
            return Ok(Transition::To(RevisionKind::Result, Status::Released));
        }
        Ok(Transition::Noted)
    }

    fn cancelled(&self) -> Result<Transition, NotNow> {
        match self.status() {
            Status::Cancelled | Status::Rejected => Err(NotNow(format!(
                "the declaration is {} already",
                self.status().as_str()
            ))),
            Status::Selected | Status::Held if !self.officer => Err(NotNow(format!(
                "only an officer cancels a declaration that is {}",
                self.status().as_str()
            ))),
            _ => Ok(Transition::To(
                RevisionKind::Cancellation,
                Status::Cancelled,
            )),
        }
    }

    fn overridden(&self, overridden: &Overridden) -> Result<Transition, NotNow> {
        if matches!(self.status(), Status::Cancelled | Status::Rejected) {
            let status = self.status().as_str();
            return Err(NotNow(format!("the declaration is {status}")));
        }
        let to = overridden.verdict;
        if Status::of_verdict(to) == self.status() {
            let status = self.status().as_str();
            return Err(NotNow(format!("the declaration is {status} already")));
        }
        if to < self.verdict && overridden.confirmed_by.is_none() {
            return Err(NotNow(format!(
                "`{}` is milder than `{}`: a second officer must confirm it in `confirmed_by`",
                to.as_str(),
                self.verdict.as_str()
            )));
        }
        Ok(Transition::By(RevisionKind::Override, to))
    }

    fn expired(&self) -> Result<Transition, NotNow> {
        let days = i64::from(self.life.hold_expires_days);
        let over = |open: &Open| open.since.plus_seconds(days * 86_400) <= self.at;
        if self.status() != Status::Held || !self.open.is_some_and(over) {
            return Err(NotNow("no hold of it has expired".to_owned()));
        }
        Ok(Transition::To(RevisionKind::Expiry, Status::Expired))
    }
}
