//! Accountability cases, told plainly: who has which, what was found, until when it counts.

use super::random::Random;
use super::registry::{PARTIES, STRANGER, Wrong};
use super::step::{Day, What, day};
use super::verdict::Form;

/// The goods that everybody declares are of the first.
pub(crate) const HEADINGS: [&str; 2] = ["9405", "8539"];
/// What opens a case, and what does not.
const OPENING: [&str; 4] = [
    "foreign_notification",
    "recall",
    "export_return",
    "spot_check_failed",
];
pub(crate) const COMPLAINT: &str = "complaint";

/// What a case came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cause {
    ForeignRule,
    Capability,
    Malice,
}

impl Cause {
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::ForeignRule => "foreign_rule",
            Self::Capability => "capability",
            Self::Malice => "malice",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Case {
    id: String,
    party: &'static str,
    heading: &'static str,
    opened: Day,
    cause: Option<Cause>,
    until: Option<Day>,
    closed: Option<Day>,
}

/// What the cases of a party come to on a day, for the goods that everybody declares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Accountable {
    /// A case is open, and not every one that counts came from a foreign rule.
    pub(crate) investigated: bool,
    pub(crate) tightened: bool,
    pub(crate) malice: bool,
}

/// All cases.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Cases(pub(super) Vec<Case>);

impl Case {
    fn is_open(&self, day: Day) -> bool {
        self.opened <= day && self.closed.is_none_or(|closed| day < closed)
    }

    /// Whether what was found still counts: until its day, or as long as the case is open.
    fn counts(&self, day: Day) -> bool {
        match self.until {
            Some(until) => self.opened <= day && day < until,
            None => self.is_open(day),
        }
    }
}

impl Cases {
    pub(crate) fn of(&self, party: &str, day: Day) -> Accountable {
        let own = self.0.iter().filter(|case| case.party == party);
        let own: Vec<&Case> = own.filter(|case| case.heading == HEADINGS[0]).collect();
        let known = own
            .iter()
            .filter(|case| case.is_open(day) || case.counts(day));
        let mut causes = known.map(|case| case.cause);
        let open = own.iter().any(|case| case.is_open(day));
        Accountable {
            malice: causes.clone().any(|cause| cause == Some(Cause::Malice)),
            // Where all came from foreign rules, nobody is at fault; what nobody has explained may be a fault.
            investigated: open && causes.any(|cause| cause != Some(Cause::ForeignRule)),
            tightened: own
                .iter()
                .any(|case| case.cause == Some(Cause::Capability) && case.counts(day)),
        }
    }

    /// An adverse event of a day.
    pub(crate) fn open(
        &mut self,
        id: &str,
        (kind, party): (&str, Option<&'static str>),
        heading: &'static str,
        today: Day,
    ) -> Result<(), Wrong> {
        let Some(party) = party else {
            return Ok(());
        };
        if !PARTIES.contains(&party) {
            return Err(Wrong);
        }
        if kind == COMPLAINT {
            return Ok(());
        }
        if self.0.iter().any(|case| case.id == id) {
            return Err(Wrong);
        }
        self.0.push(Case {
            id: id.to_owned(),
            party,
            heading,
            opened: today,
            cause: None,
            until: None,
            closed: None,
        });
        Ok(())
    }

    fn find(&mut self, id: &str, today: Day) -> Result<&mut Case, Wrong> {
        let case = self.0.iter_mut().find(|case| case.id == id).ok_or(Wrong)?;
        if case.closed.is_some() || today < case.opened {
            return Err(Wrong);
        }
        Ok(case)
    }

    /// Whether a finding contradicts itself, whatever is known.
    pub(crate) fn is_nonsense(what: &What, today: Day) -> bool {
        let What::CauseFound { cause, until, .. } = what else {
            return false;
        };
        let foreign = *cause == Cause::ForeignRule;
        until.is_some_and(|until| foreign || until <= today)
    }

    /// A cause is found: against whom.
    pub(crate) fn explain(
        &mut self,
        form: Form,
        id: &str,
        (cause, until): (Cause, Option<Day>),
        today: Day,
    ) -> Result<&'static str, Wrong> {
        let case = self.find(id, today)?;
        if case.cause.is_some() {
            return Err(Wrong);
        }
        case.cause = Some(cause);
        case.until = match cause {
            Cause::Capability => until.or_else(|| Some(months_later(today, form.months()))),
            _ => until,
        };
        Ok(case.party)
    }

    pub(crate) fn close(&mut self, id: &str, today: Day) -> Result<(), Wrong> {
        let case = self.find(id, today)?;
        case.cause.ok_or(Wrong)?;
        case.closed = Some(today);
        Ok(())
    }

    /// Cases never end.
    pub(crate) fn reopen(&mut self) {
        for case in &mut self.0 {
            case.closed = None;
        }
    }

    /// What may be made up about cases on a day.
    pub(crate) fn next(&self, random: &mut Random, today: Day) -> What {
        let fits = |case: &&Case| case.closed.is_none();
        let open: Vec<&Case> = self.0.iter().filter(fits).collect();
        if open.is_empty() || random.one_in(4) {
            let kind = match random.one_in(5) {
                true => COMPLAINT,
                false => random.of(&OPENING),
            };
            return What::Adverse {
                kind,
                party: match random.below(12) {
                    0 => None,
                    1 => Some(STRANGER),
                    _ => Some(random.of(&PARTIES)),
                },
                heading: random.of(&[HEADINGS[0], HEADINGS[0], HEADINGS[0], HEADINGS[1]]),
                lots: random.of(&[
                    vec![],
                    vec![],
                    vec!["P-1"],
                    vec!["P-2"],
                    vec!["P-3", "P-9"],
                    vec!["P-4"],
                ]),
            };
        }
        let case = match random.one_in(12) {
            true => "E0".to_owned(),
            false => open[random.below(open.len())].id.clone(),
        };
        let found = self
            .0
            .iter()
            .any(|known| known.id == case && known.cause.is_some());
        if found != random.one_in(10) {
            return What::CaseClosed(case);
        }
        let until = [None, None, Some(today), Some(today + 2), Some(today + 5)];
        let (cause, until) = match random.below(12) {
            0 => (Cause::Malice, random.of(&until)),
            1 => (Cause::ForeignRule, random.of(&until)),
            2..=4 => (Cause::ForeignRule, None),
            _ => (Cause::Capability, random.of(&until)),
        };
        What::CauseFound { case, cause, until }
    }
}

/// The same day of a later month, or its last one.
fn months_later(from: Day, months: u32) -> Day {
    let text = day(from);
    let number = |part: &str| part.parse::<u32>().unwrap();
    let (year, month, of_month) = (number(&text[..4]), number(&text[5..7]), number(&text[8..]));
    let count = year * 12 + month - 1 + months;
    let (year, month) = (count / 12, count % 12 + 1);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    let text = format!("{year:04}-{month:02}-{:02}", of_month.min(last));
    greenlane::declaration::Day::parse(&text).unwrap().number()
}
