//! `[selection]`: expected rates, and after how many a rule must select.

use super::Reader;
use crate::declaration::{Amount, Direction};
use crate::limits::{MAX_EXPECTED_RATES, MAX_FORCED_AFTER};
use crate::policy::form::{Form, Notes};
use crate::policy::model::{Expected, Selection};
use crate::policy::vocabulary::Mode;

const DIRECTIONS: &[&str] = &["export", "import"];

impl Reader<'_> {
    pub(super) fn selection(&mut self, forms: &mut [Form<'_>]) -> Selection {
        let standard = Selection::default();
        let Some(mut form) = self.once("selection", forms) else {
            return standard;
        };
        let notes = &mut self.notes;
        let forced_after = form.count("forced_after", notes);
        if let (Some(count), Some(value)) = (forced_after, form.value("forced_after"))
            && !(1..=MAX_FORCED_AFTER).contains(&count)
        {
            let why = format!("`forced_after` is from 1 to {MAX_FORCED_AFTER}");
            notes.add(form.file, value.span(), why);
        }
        let mode = form.word("mode", Mode::WORDS, Mode::parse, notes);
        let rows = form.tables("expected", notes);
        let (file, span, named) = (form.file, form.span.clone(), rows.len());
        if form.value("forced_after").is_none() && form.value("expected").is_none() {
            let help = "`forced_after = 50` or `[[selection.expected]]` with a `rate` does";
            notes.add_help(file, span.clone(), "`[selection]` selects nothing", help);
        }
        if let Some(value) = form
            .value("mode")
            .filter(|_| form.value("expected").is_none())
        {
            let why = "`mode` is that of top-ups; without `[[selection.expected]]` there are none";
            notes.add(file, value.span(), why);
        }
        form.finish(notes);
        if named > MAX_EXPECTED_RATES {
            let why = format!("{named} expected rates; at most {MAX_EXPECTED_RATES} are allowed");
            notes.add(file, span, why);
        }
        let mut expected = Vec::new();
        for row in rows {
            if let Some(row) = self::expected(row, &expected, notes) {
                expected.push(row);
            }
        }
        Selection {
            forced_after,
            mode: mode.unwrap_or(standard.mode),
            expected,
        }
    }
}

/// A row, behind those that are read already.
fn expected(mut form: Form<'_>, before: &[Expected], notes: &mut Notes) -> Option<Expected> {
    let office = form.text("office", notes);
    let direction = form.word("direction", DIRECTIONS, direction, notes);
    if form.value("rate").is_none() {
        form.missing("rate", notes);
    }
    let rate = form.amount("rate", notes);
    if let (Some(rate), Some(value)) = (rate, form.value("rate"))
        && !(0..=Amount::SCALE).contains(&rate.units())
    {
        notes.add(form.file, value.span(), "a rate is from 0 to 1");
    }
    if office.as_deref() == Some("")
        && let Some(value) = form.value("office")
    {
        let why = "an office has an id; for every office leave `office` out";
        notes.add(form.file, value.span(), why);
    }
    let row = Expected {
        office,
        direction,
        rate: rate.unwrap_or(Amount::ZERO),
    };
    let covers = |first: &&Expected| {
        (first.office.is_none() || first.office == row.office)
            && (first.direction.is_none() || first.direction == row.direction)
    };
    if before.iter().any(|first| covers(&first)) {
        let (file, span) = (form.file, form.span.clone());
        let why = "this expected rate never holds: one before it does wherever it would";
        let help = "the first that fits holds; what is said of one office goes before all others";
        notes.add_help(file, span, why, help);
    }
    form.finish(notes);
    rate.map(|_| row)
}

fn direction(text: &str) -> Option<Direction> {
    match text {
        "export" => Some(Direction::Export),
        "import" => Some(Direction::Import),
        _ => None,
    }
}
