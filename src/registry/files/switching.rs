//! The switching rules of ISO 2859-1, 9.3: from normal to tightened inspection when two of five or fewer consecutive
//! lots were not accepted, and back when five consecutive lots were.

use crate::registry::Severity;

/// Consecutive lots among which a second one that is not accepted tightens inspection.
const WINDOW: u8 = 5;
/// Consecutive accepted lots that end tightened inspection.
const RECOVERY: u8 = 5;

/// How severe the inspection of the next lot is, and what must be remembered of earlier lots.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Switching {
    severity: Severity,
    /// Lots accepted in a row up to now; under normal inspection no more than can matter.
    accepted: u8,
}

impl Switching {
    /// Before the first lot.
    pub const START: Self = Self {
        severity: Severity::Normal,
        accepted: WINDOW - 1,
    };

    /// How severe the inspection of the next lot is.
    #[must_use]
    pub const fn severity(self) -> Severity {
        self.severity
    }

    /// After another lot on original inspection; one that is submitted again after it was not accepted does not count.
    #[must_use]
    pub fn after(self, accepted: bool) -> Self {
        match (self.severity, accepted) {
            (Severity::Normal, true) => Self {
                accepted: (self.accepted + 1).min(WINDOW - 1),
                ..self
            },
            // The last one that was not accepted is still among the last five.
            (Severity::Normal, false) if self.accepted < WINDOW - 1 => Self {
                severity: Severity::Tightened,
                accepted: 0,
            },
            (Severity::Tightened, true) if self.accepted + 1 == RECOVERY => Self::START,
            (Severity::Tightened, true) => Self {
                accepted: self.accepted + 1,
                ..self
            },
            (_, false) => Self {
                accepted: 0,
                ..self
            },
        }
    }

    /// As bytes, for whoever keeps it.
    #[must_use]
    pub const fn to_bytes(self) -> [u8; 2] {
        [self.severity as u8, self.accepted]
    }

    /// From bytes; none where no lots lead to it.
    #[must_use]
    pub fn from_bytes([severity, accepted]: [u8; 2]) -> Option<Self> {
        let severity = *Severity::ALL.get(usize::from(severity))?;
        let most = match severity {
            Severity::Normal => WINDOW - 1,
            Severity::Tightened => RECOVERY - 1,
        };
        (accepted <= most).then_some(Self { severity, accepted })
    }
}

impl Default for Switching {
    fn default() -> Self {
        Self::START
    }
}
