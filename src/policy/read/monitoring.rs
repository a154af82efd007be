//! The parameter that says for how many days a test of raw material counts: facts depend on it, not only conditions that
//! name it.

use std::ops::Range;

use super::Reader;
use crate::limits::MAX_MONITORING_DAYS;
use crate::policy::form::Notes;
use crate::policy::names::MONITORING_DAYS;
use crate::policy::parameter::ParameterValue;
use crate::policy::source::SourceFile;

impl Reader<'_> {
    /// Lets facts know the days, before any fact is read.
    pub(super) fn monitoring_days(&mut self) {
        let mut parameters = self.parameters.iter();
        let days = parameters.find(|parameter| parameter.name == MONITORING_DAYS);
        self.names.monitoring_days = days.cloned();
    }
}

/// Refuses a value of the parameter that is no number of days.
pub(super) fn check_days(
    name: Option<&str>,
    value: &ParameterValue,
    (file, span): (&SourceFile, Range<usize>),
    notes: &mut Notes,
) {
    let is_count = match value {
        ParameterValue::Number(days) => {
            let scale = crate::declaration::Amount::SCALE;
            let most = i64::from(MAX_MONITORING_DAYS) * scale;
            days.units() % scale == 0 && (scale..=most).contains(&days.units())
        }
        _ => false,
    };
    if name == Some(MONITORING_DAYS) && !is_count {
        let why = format!(
            "`{MONITORING_DAYS}` is a whole number of days from 1 to {MAX_MONITORING_DAYS}"
        );
        notes.add(file, span, why);
    }
}
