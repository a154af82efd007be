//! What classifications make of an enterprise that an event has changed.
//!
//! For each of class, list and title the first classification that speaks is the answer of a day. Where an event
//! changes the answer of days from its own on, the rows that rules gave follow it, and elsewhere they stay; so what an
//! officer says later stands until there is news. Against news stands the word of an officer who spoke when the same
//! rule spoke already, as it has ever since. Rules do not see what rules have given of the same kind, so that none
//! speaks against itself.

use std::collections::{BTreeMap, BTreeSet};

use super::eval;
use super::material;
use super::person::{Person, TABLES, begins, ends, is_given};
use crate::declaration::Day;
use crate::limits::MAX_REGISTRY_TEXT_CHARS;
use crate::policy::{Classification, PersonFact, Policy, Span};
use crate::registry::{Change, LiveRegistry, MaterialDay, OwnedRows};
use crate::supervision::accountability::{Row, cell, replace};

/// How often what was given may itself give something: a class a list, the list a title.
const ROUNDS: usize = 4;

/// What a classification can give.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Class,
    List,
    Title,
}

/// What rules say of a day.
struct Answer<'p> {
    rule: &'p Classification,
    value: String,
    /// The period assessed, where the rule reads an assessment.
    period: Option<String>,
}

/// An act upon the registry, as far as its consequences depend on it.
#[derive(Debug, Clone, Copy)]
pub(in crate::supervision) struct Occasion<'o> {
    /// From this day on.
    pub(in crate::supervision) day: Day,
    /// Who acted.
    pub(in crate::supervision) authority: Option<&'o str>,
    /// The document of the act.
    pub(in crate::supervision) document: Option<&'o str>,
}

/// What is asked of one enterprise.
struct Asked<'e> {
    policy: &'e Policy,
    occasion: Occasion<'e>,
    /// What it says of classes itself.
    said: Vec<Row>,
}

/// The rows that rules give the enterprises whose rows some changes touch, as further changes.
pub(in crate::supervision) fn consequences(
    occasion: Occasion<'_>,
    changes: &[Change],
    known: &LiveRegistry,
    policy: &Policy,
) -> Vec<Change> {
    if policy.classifications.is_empty() && !changes.iter().any(|change| has_given(known, change)) {
        return Vec::new();
    }
    // Changes that cannot be made are told when they are made.
    let Ok(drafted) = known.drafted(changes) else {
        return Vec::new();
    };
    let mut all = Vec::new();
    for (id, drafted) in touched(&drafted, known, policy) {
        let before = Person::of(known, &id, policy);
        let after = before.with(&drafted, known, policy);
        all.extend(news(occasion, (&before, &after), policy));
    }
    all
}

/// Whether rules, those of an earlier policy perhaps, have given anything to the enterprise whose rows a change touches.
fn has_given(known: &LiveRegistry, change: &Change) -> bool {
    TABLES.contains(&change.table()) && known.has_given(change.owner())
}

/// The enterprises that drafted rows are about, each with the rows that are.
fn touched<'d>(
    drafted: &'d [OwnedRows],
    known: &LiveRegistry,
    policy: &Policy,
) -> BTreeMap<String, Vec<&'d OwnedRows>> {
    let of_material = material::is_read(policy);
    let mut touched: BTreeMap<String, Vec<&OwnedRows>> = BTreeMap::new();
    for rows in drafted {
        let ids = match rows.table {
            table if TABLES.contains(&table) => BTreeSet::from([rows.owner.clone()]),
            material::LOTS if of_material => {
                let were = known.rows(rows.table, &rows.owner);
                let owners = material::owners(&were).chain(material::owners(&rows.rows));
                owners.collect()
            }
            _ => BTreeSet::new(),
        };
        for id in ids {
            touched.entry(id).or_default().push(rows);
        }
    }
    touched
}

/// The rows that rules give an enterprise of whose raw material a test is told on an occasion.
pub(super) fn tested(
    occasion: Occasion<'_>,
    (id, test): (&str, MaterialDay),
    known: &LiveRegistry,
    policy: &Policy,
) -> Vec<Change> {
    if !material::is_read(policy) {
        return Vec::new();
    }
    let before = Person::of(known, id, policy);
    let after = before.with_test(test);
    news(occasion, (&before, &after), policy)
}

fn news(
    occasion: Occasion<'_>,
    (before, after): (&Person, &Person),
    policy: &Policy,
) -> Vec<Change> {
    if !after.is_known() {
        return Vec::new();
    }
    let asked = Asked {
        policy,
        occasion,
        said: said(before, after),
    };
    asked.all(before, after)
}

/// The words of officers about the class that were not there before, whenever they end.
fn said(before: &Person, after: &Person) -> Vec<Row> {
    let words = |person: &Person| {
        let rows = person.rows("classes").iter();
        let own = rows.filter(|row| !is_given(row));
        own.map(|row| until(row, Day::MAX)).collect::<Vec<_>>()
    };
    let known = words(before);
    let mut new = words(after);
    new.retain(|row| !known.contains(row));
    new
}

/// Whether a classification speaks of an enterprise on a day, and of this kind.
pub(super) fn asked(kind: Kind, rule: &Classification, person: &Person, day: Day) -> bool {
    kind.value(rule).is_some()
        && rule.validity.holds(day)
        && eval::holds(&rule.when, person.place(), |fact| person.value(fact, day))
}

impl Kind {
    pub(super) const ALL: [Self; 3] = [Self::Class, Self::List, Self::Title];

    /// The table of its rows.
    pub(super) const fn table(self) -> &'static str {
        match self {
            Self::Class => "classes",
            Self::List => "list_entries",
            Self::Title => "titles",
        }
    }

    /// The column that says which.
    const fn column(self) -> &'static str {
        match self {
            Self::Class => "class",
            Self::List => "list",
            Self::Title => "kind",
        }
    }

    /// As a policy calls it.
    pub(super) const fn gives(self) -> &'static str {
        match self {
            Self::Class => "class",
            Self::List => "list",
            Self::Title => "title",
        }
    }

    /// What a rule gives of it.
    pub(super) fn value(self, rule: &Classification) -> Option<String> {
        match self {
            Self::Class => rule.class.map(|class| class.to_string()),
            Self::List => rule.list.clone(),
            Self::Title => rule.title.clone(),
        }
    }

    /// Whether an enterprise is or has it on a day.
    pub(super) fn is_so(self, person: &Person, value: &str, day: Day) -> bool {
        let is = |row: &Row| cell(row, self.column()) == Some(value);
        match self {
            Self::Class => person.class(day).is_some_and(is),
            Self::List | Self::Title => person.on(self.table(), day).any(is),
        }
    }
}

impl<'e> Asked<'e> {
    /// What rules give, and what follows from that, as changes.
    fn all(&self, before: &Person, after: &Person) -> Vec<Change> {
        let (mut was, mut now) = (before.clone(), after.clone());
        for _ in 0..ROUNDS {
            let mut next = now.clone();
            for kind in Kind::ALL {
                next.set(kind.table(), self.rows(kind, &was, &now));
            }
            if next == now {
                break;
            }
            was = std::mem::replace(&mut now, next);
        }
        let tables = Kind::ALL.into_iter().map(Kind::table);
        let changed = tables.filter(|table| now.rows(table) != after.rows(table));
        changed
            .map(|table| replace(table, now.id(), now.rows(table).to_vec()))
            .collect()
    }

    /// The rows of a kind: the words of officers, and what rules give from the event's day on.
    fn rows(&self, kind: Kind, was: &Person, now: &Person) -> Vec<Row> {
        let (given, mut rows): (Vec<Row>, Vec<Row>) =
            now.rows(kind.table()).iter().cloned().partition(is_given);
        let past = given
            .into_iter()
            .filter(|row| begins(row) < self.occasion.day);
        let mut given: Vec<Row> = past
            .map(|row| until(&row, ends(&row).min(self.occasion.day)))
            .collect();
        given.sort_by_key(begins);
        let own = |person: &Person| person.without_given(kind.table());
        let asked = (own(was), own(now));
        let mut days = BTreeSet::from([self.occasion.day]);
        was.cuts(self.occasion.day, &mut days);
        now.cuts(self.occasion.day, &mut days);
        self.cuts(&mut days);
        let ends = days.iter().skip(1).copied().chain([Day::MAX]);
        for (at, end) in days.iter().copied().zip(ends) {
            if let Some(row) = self.row(kind, at, &asked, now) {
                put(&mut given, row, at, end);
            }
        }
        rows.extend(given);
        rows
    }

    /// The days behind the event's on which a rule comes into force or ends.
    fn cuts(&self, days: &mut BTreeSet<Day>) {
        for rule in &self.policy.classifications {
            let Span { from, to } = rule.validity;
            let cuts = [from, to].into_iter();
            days.extend(cuts.filter(|day| *day > self.occasion.day && *day < Day::MAX));
        }
    }

    /// What rules give on a day, if they give anything.
    fn row(
        &self,
        kind: Kind,
        at: Day,
        (own_was, own_now): &(Person, Person),
        now: &Person,
    ) -> Option<Row> {
        // Of what an officer says too, the rule's row is not needed.
        let said = |row: &&Row| {
            let value = cell(row, kind.column()).unwrap_or_default();
            kind != Kind::Class && kind.is_so(own_now, value, at)
        };
        let mut given = now.on(kind.table(), at).filter(|row| is_given(row));
        let given = given.find(|row| !said(row));
        let word = own_now.class(at).filter(|_| kind == Kind::Class);
        if word.is_some_and(|word| self.said.contains(&until(word, Day::MAX))) {
            return None;
        }
        let answer = self.answer(kind, own_now, at);
        let before = self.answer(kind, own_was, at);
        if answer.as_ref().map(Answer::key) == before.as_ref().map(Answer::key) {
            return given.cloned();
        }
        let answer = answer?;
        if let Some(same) = given.filter(|row| answer.is_in(kind, row)) {
            return Some(same.clone());
        }
        let is_so = match (kind, word) {
            (Kind::Class, Some(word)) => {
                answer.is_of(word) || self.was_known(&answer, word, at, own_now)
            }
            (Kind::Class, None) => false,
            (Kind::List | Kind::Title, _) => kind.is_so(own_now, &answer.value, at),
        };
        (!is_so).then(|| self.given(kind, &answer, now))
    }

    /// Whether an officer spoke, on a day before the event's, when the rule spoke already, as it has ever since.
    fn was_known(&self, answer: &Answer<'_>, word: &Row, at: Day, person: &Person) -> bool {
        let day = begins(word);
        let mut days = BTreeSet::from([day]);
        person.cuts(day, &mut days);
        let Span { from, to } = answer.rule.validity;
        days.extend([from, to].into_iter().filter(|cut| *cut > day));
        let mut days = days.into_iter().take_while(|day| *day < at);
        day < self.occasion.day
            && days.all(|day| {
                asked(Kind::Class, answer.rule, person, day)
                    && period(answer.rule, person, day) == answer.period
            })
    }

    fn answer(&self, kind: Kind, person: &Person, day: Day) -> Option<Answer<'e>> {
        let rules = self.policy.classifications.iter();
        let rule = rules
            .filter(|rule| !rule.propose)
            .find(|rule| asked(kind, rule, person, day))?;
        Some(Answer {
            value: kind.value(rule)?,
            period: period(rule, person, day).filter(|_| kind == Kind::Class),
            rule,
        })
    }

    /// The row of what a rule gives, without its days.
    fn given(&self, kind: Kind, answer: &Answer<'_>, person: &Person) -> Row {
        let day = self.occasion.day.to_string();
        let (assessed_on, reason) = match kind {
            Kind::Class => (Some(day.as_str()), None),
            Kind::List => (None, Some(why(answer.rule))),
            Kind::Title => (None, None),
        };
        let cells = [
            ("enterprise_id", Some(person.id())),
            (kind.column(), Some(&*answer.value)),
            ("period", answer.period.as_deref()),
            ("reason", reason),
            ("authority", self.occasion.authority),
            ("document", self.occasion.document),
            ("assessed_on", assessed_on),
            ("rule", Some(&*answer.rule.id)),
        ];
        let said = cells.into_iter().filter_map(|(column, value)| {
            let value = value.map(str::trim).filter(|value| !value.is_empty());
            Some((column.to_owned(), value?.to_owned()))
        });
        said.collect()
    }
}

impl Answer<'_> {
    fn key(&self) -> (&str, &str, Option<&str>) {
        (&self.rule.id, &self.value, self.period.as_deref())
    }

    /// Whether a row was given by it.
    fn is_in(&self, kind: Kind, row: &Row) -> bool {
        cell(row, "rule") == Some(&self.rule.id)
            && cell(row, kind.column()) == Some(&self.value)
            && cell(row, "period") == self.period.as_deref()
    }

    /// Whether an officer's word about the class says the same.
    fn is_of(&self, word: &Row) -> bool {
        let period = self.period.as_deref();
        cell(word, "class") == Some(&self.value)
            && period.is_none_or(|period| cell(word, "period") == Some(period))
    }
}

/// The period of the assessment in force, where a rule reads it.
fn period(rule: &Classification, person: &Person, day: Day) -> Option<String> {
    let reads = eval::reads(&rule.when, PersonFact::of_credit);
    let period = person.credit("period", day).filter(|_| reads);
    period.map(str::to_owned)
}

/// Why a rule gives something, as a cell holds it.
fn why(rule: &Classification) -> &str {
    let text = rule.reason.as_ref().and_then(crate::policy::Reason::told);
    let short = |text: &&str| text.chars().count() <= MAX_REGISTRY_TEXT_CHARS;
    text.filter(short).unwrap_or(&rule.id)
}

/// A row that ends on a day.
fn until(row: &Row, end: Day) -> Row {
    days(row, begins(row), end)
}

fn days(row: &Row, from: Day, to: Day) -> Row {
    let cells = row
        .iter()
        .filter(|(name, _)| name != "from" && name != "to");
    let from = (from > Day::MIN).then(|| ("from".to_owned(), from.to_string()));
    let to = (to < Day::MAX).then(|| ("to".to_owned(), to.to_string()));
    cells.cloned().chain(from).chain(to).collect()
}

/// Adds days to rows that follow each other: the last one goes on where it says the same.
fn put(rows: &mut Vec<Row>, row: Row, from: Day, to: Day) {
    let bare = |row: &Row| days(row, Day::MIN, Day::MAX);
    match rows.last_mut() {
        Some(last) if ends(last) == from && bare(last) == bare(&row) => *last = until(last, to),
        _ => rows.push(days(&row, from, to)),
    }
}
