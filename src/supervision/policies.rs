//! Which policies decided, since when and by whom, and which one is the candidate: a fold over the acts upon the
//! policy.

use super::bytes::{Put, Take};
use super::event::{Event, How, PolicyActivated, What};
use crate::declaration::Moment;
use crate::journal::Sequence;

/// A policy began to decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Activation {
    /// Its record.
    pub sequence: Sequence,
    /// When.
    pub at: Moment,
    /// Who let it decide.
    pub by: String,
    /// Which one, and why.
    pub what: PolicyActivated,
}

/// A policy that is looked at before it decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The record of it.
    pub sequence: Sequence,
    /// When it was put.
    pub at: Moment,
    /// Who put it.
    pub by: String,
    /// The hash of its files.
    pub policy: String,
}

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Policies {
    activations: Vec<Activation>,
    candidate: Option<Candidate>,
}

impl Policies {
    /// Every policy that began to decide, the last one last.
    #[must_use]
    pub fn activations(&self) -> &[Activation] {
        &self.activations
    }

    /// The candidate, if there is one.
    #[must_use]
    pub const fn candidate(&self) -> Option<&Candidate> {
        self.candidate.as_ref()
    }

    /// The policy that decided before the one that decides now.
    #[must_use]
    pub fn former(&self) -> Option<&str> {
        let mut before = self
            .activations
            .iter()
            .rev()
            .map(|of| of.what.policy.as_str());
        let now = before.next()?;
        before.find(|policy| *policy != now)
    }

    /// The last start of the service that brought a policy.
    #[must_use]
    pub fn started(&self) -> Option<&PolicyActivated> {
        let mut started = self.activations.iter().rev().map(|of| &of.what);
        started.find(|what| what.how == How::Start)
    }

    /// Takes an act upon the policy in; others say nothing of it.
    pub(super) fn note(&mut self, event: &Event, by: &str, (sequence, at): (Sequence, Moment)) {
        match &event.what {
            What::PolicyActivated(what) => {
                self.candidate.take_if(|of| of.policy == what.policy);
                self.activations.push(Activation {
                    sequence,
                    at,
                    by: by.to_owned(),
                    what: what.clone(),
                });
            }
            What::CandidatePut(policy) => {
                self.candidate = Some(Candidate {
                    sequence,
                    at,
                    by: by.to_owned(),
                    policy: policy.clone(),
                });
            }
            What::CandidateWithdrawn(_) => self.candidate = None,
            _ => {}
        }
    }

    /// Writes them: the same bytes for equal ones.
    pub(super) fn write(&self, put: &mut Put<'_>) {
        put.u32(self.activations.len() as u32);
        for activation in &self.activations {
            put.u64(activation.sequence.get());
            put.i64(activation.at.micros());
            put.text(&activation.by);
            let what = &activation.what;
            put.text(&what.policy);
            put.u8(u8::from(what.as_of_declaration));
            put.u8(what.how as u8);
            let told = [&what.former, &what.put_by, &what.confirmed_by, &what.reason];
            told.into_iter()
                .for_each(|text| put.optional(text.as_deref()));
        }
        put.u8(u8::from(self.candidate.is_some()));
        if let Some(candidate) = &self.candidate {
            put.u64(candidate.sequence.get());
            put.i64(candidate.at.micros());
            put.text(&candidate.by);
            put.text(&candidate.policy);
        }
    }

    /// Reads what [`Self::write`] wrote.
    pub(super) fn take(take: &mut Take<'_>) -> Option<Self> {
        let count = take.u32()?;
        let activations = (0..count).map(|_| take_activation(take));
        let activations = activations.collect::<Option<_>>()?;
        let candidate = match take.u8()? {
            0 => None,
            1 => Some(Candidate {
                sequence: Sequence::new(take.u64()?),
                at: Moment::from_micros(take.i64()?),
                by: take.text()?.to_owned(),
                policy: take.text()?.to_owned(),
            }),
            _ => return None,
        };
        Some(Self {
            activations,
            candidate,
        })
    }
}

fn take_activation(take: &mut Take<'_>) -> Option<Activation> {
    let owned = |text: Option<&str>| text.map(str::to_owned);
    Some(Activation {
        sequence: Sequence::new(take.u64()?),
        at: Moment::from_micros(take.i64()?),
        by: take.text()?.to_owned(),
        what: PolicyActivated {
            policy: take.text()?.to_owned(),
            as_of_declaration: match take.u8()? {
                0 => false,
                1 => true,
                _ => return None,
            },
            how: *How::ALL.get(usize::from(take.u8()?))?,
            former: owned(take.optional()?),
            put_by: owned(take.optional()?),
            confirmed_by: owned(take.optional()?),
            reason: owned(take.optional()?),
        },
    })
}
