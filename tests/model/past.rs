//! What happened before with the goods of each party, as a plain list. All that is declared here is of one heading
//! and country.

use super::step::{Day, Lane, day};

/// The heading of all goods that are declared.
pub(crate) const HEADING: &str = "9405";

/// Something that a record adds to the quality files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Happened {
    pub(crate) party: String,
    pub(crate) heading: String,
    pub(crate) what: &'static str,
    pub(crate) day: Day,
    /// What was declared, in 1/10,000.
    pub(crate) value: i64,
    pub(crate) failed: Vec<String>,
    /// Whether it is taken back.
    pub(crate) withdrawn: bool,
}

impl Happened {
    pub(crate) fn new(party: &str, what: &'static str, day: Day) -> Self {
        Self {
            party: party.to_owned(),
            heading: HEADING.to_owned(),
            what,
            day,
            value: 0,
            failed: match what {
                "failed" => vec!["pressure".to_owned()],
                _ => Vec::new(),
            },
            withdrawn: false,
        }
    }
}

/// See the module.
#[derive(Debug, Clone, Default)]
pub(crate) struct Past(pub(crate) Vec<Happened>);

/// What rules read of it.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Known {
    passes_in_a_row: usize,
    failures: usize,
    declarations: usize,
    value: i64,
    cancelled: usize,
    notifications: usize,
    failed_pressure: bool,
}

impl Past {
    /// Something more happened, or did not happen.
    pub(crate) fn add(&mut self, happened: Happened) {
        if !happened.withdrawn {
            self.0.push(happened);
            return;
        }
        let was = Happened {
            withdrawn: false,
            ..happened
        };
        let at = self.0.iter().position(|known| *known == was);
        self.0.remove(at.unwrap());
    }

    /// What is known of a party on a day.
    pub(crate) fn known(&self, party: &str, today: Day) -> Known {
        let own = || {
            let all = self.0.iter();
            all.filter(|happened| happened.party == party && happened.heading == HEADING)
        };
        let within = |what: &'static str, first: Day, last: Day| {
            own().filter(move |happened| {
                happened.what == what && first < happened.day && happened.day <= last
            })
        };
        let year = year_before(today);
        let mut results: Vec<&Happened> = own()
            .filter(|happened| {
                ["passed", "failed"].contains(&happened.what) && happened.day <= today
            })
            .collect();
        results.sort_by_key(|happened| happened.day);
        let passes = results
            .iter()
            .rev()
            .take_while(|happened| happened.what == "passed");
        Known {
            passes_in_a_row: passes.count(),
            failures: within("failed", year, today).count(),
            declarations: within("declared", today - 31, today - 1).count(),
            value: within("declared", today - 31, today - 1)
                .map(|happened| happened.value)
                .sum(),
            cancelled: within("cancelled", year_before(today - 1), today - 1).count(),
            notifications: within("foreign_notification", year, today).count(),
            failed_pressure: within("failed", year, today)
                .any(|happened| !happened.failed.is_empty()),
        }
    }
}

/// The same day of the year before; the last of February instead of a leap day.
fn year_before(today: Day) -> Day {
    let text = day(today);
    let (year, rest) = text.split_at(4);
    let rest = if rest == "-02-29" { "-02-28" } else { rest };
    let text = format!("{:04}{rest}", year.parse::<u32>().unwrap() - 1);
    greenlane::declaration::Day::parse(&text).unwrap().number()
}

/// The rule of the policy that speaks for the lane that looks back.
pub(crate) fn rule(lane: Lane, known: Known) -> Option<&'static str> {
    if lane != Lane::Past {
        return None;
    }
    if known.passes_in_a_row >= 2 {
        Some("proven")
    } else if known.failures >= 2 {
        Some("failing")
    } else if known.failed_pressure {
        Some("pressure")
    } else if known.declarations >= 4 || known.value >= 30_000_000 {
        Some("busy")
    } else if known.cancelled >= 1 {
        Some("fickle")
    } else if known.notifications >= 2 {
        Some("notified")
    } else {
        None
    }
}
