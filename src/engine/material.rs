//! How a party's raw material is monitored: what its latest test found, of a lot or in an inspection, and whether that
//! is so long ago that the next is due (S4-21). It is read on the decision's day.

use super::join::HeaderJoin;
use crate::declaration::{Amount, Day, Role};
use crate::policy::schema::MONITORINGS;
use crate::policy::{Names, Parameter, ParameterValue};
use crate::registry::{MaterialDay, TestResult};

/// What is known of a party's raw material, in order of the fact's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Monitoring {
    /// It was never tested, or the registry does not know the party.
    None,
    /// Its latest test passed, and counts.
    Current,
    /// Its latest test passed, too many days ago.
    Due,
    /// Its latest test failed.
    Failed,
}

impl Monitoring {
    /// By the latest test up to a day, of which one counts on its day and on so many days, it included.
    #[must_use]
    pub fn on(day: Day, latest: Option<MaterialDay>, counted_days: i64) -> Self {
        match latest {
            None => Self::None,
            Some((_, TestResult::Failed)) => Self::Failed,
            Some((tested, TestResult::Passed)) => {
                let since = i64::from(day.number()) - i64::from(tested.number());
                match since < counted_days {
                    true => Self::Current,
                    false => Self::Due,
                }
            }
        }
    }

    /// For how many days a test counts, by the policy's parameter at a place.
    #[must_use]
    pub fn counted_days(parameter: &Parameter, office: Option<&str>, bureau: Option<&str>) -> i64 {
        match parameter.at(office, bureau) {
            ParameterValue::Number(days) => days.units() / Amount::SCALE,
            _ => 0,
        }
    }

    /// The word of the fact.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        MONITORINGS.get(self as usize).copied().unwrap_or_default()
    }
}

impl HeaderJoin<'_> {
    /// How the raw material of a role's party is monitored. A test that passed counts on its day and on so many days, it
    /// included, as the policy's parameter says, at the declaring office or in its bureau; of one day a test that failed.
    #[must_use]
    pub fn material_monitoring(&self, role: Role, names: &Names) -> Monitoring {
        let Some(party) = self.party(role).no else {
            return Monitoring::None;
        };
        let day = self.decision_day;
        let id = self.declaration.party(role).map_or("", |id| id.as_str());
        let lot = self.registry.material().latest_test(party, day);
        let inspection = self.registry.files().latest_material(id, day);
        Monitoring::on(day, lot.max(inspection), self.monitoring_days(names))
    }

    /// For how many days a test counts; none where the policy does not say, which only one that does not ask may.
    fn monitoring_days(&self, names: &Names) -> i64 {
        let Some(parameter) = &names.monitoring_days else {
            return 0;
        };
        let bureau = match parameter.overrides.is_empty() {
            true => None,
            false => self
                .bureau()
                .map(|bureau| self.registry.symbols().name(bureau)),
        };
        Monitoring::counted_days(parameter, self.declaration.office.as_deref(), bureau)
    }
}
