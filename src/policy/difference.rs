//! How two policies differ, by the ids of their parts: what somebody looks at before one decides instead of the other.
//! A rule is the same where its author wrote the same; that a parameter which it reads has another value is said of the
//! parameter.

use std::collections::{HashMap, HashSet};

use serde::Serialize;

use super::model::{Book, Policy, RateTable, Rule, Score, Then};

/// Parts of one kind that differ, each in the order of its policy.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Changes {
    /// Only in the other one.
    pub added: Vec<String>,
    /// Only in the one.
    pub removed: Vec<String>,
    /// In both, and not the same.
    pub changed: Vec<String>,
}

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Books; one changes with its validity, offices, authority or the order of its rules.
    pub books: Changes,
    /// Rules, as `book/rule`.
    pub rules: Changes,
    /// Parameters.
    pub parameters: Changes,
    /// Rate tables.
    pub rate_tables: Changes,
    /// Score groups.
    pub scores: Changes,
    /// Classifications.
    pub classifications: Changes,
    /// Guards.
    pub guards: Changes,
    /// Tables of the header that differ, such as `random`.
    pub other: Vec<&'static str>,
}

/// How another policy differs from one.
#[must_use]
pub fn difference(one: &Policy, other: &Policy) -> Difference {
    Difference {
        books: changes(&one.books, &other.books, |book| book.id.clone(), same_book),
        rules: changes(
            &rules(one),
            &rules(other),
            |(book, rule)| format!("{book}/{}", rule.id),
            |(_, a), (_, b)| same_rule(a, b),
        ),
        parameters: changes(
            &one.parameters,
            &other.parameters,
            |parameter| parameter.name.clone(),
            PartialEq::eq,
        ),
        rate_tables: changes(
            &one.rate_tables,
            &other.rate_tables,
            |table: &RateTable| table.id.clone(),
            PartialEq::eq,
        ),
        scores: changes(
            &one.scores,
            &other.scores,
            |score| score.id.clone(),
            same_score,
        ),
        classifications: changes(
            &one.classifications,
            &other.classifications,
            |rule| rule.id.clone(),
            |a, b| {
                let text = (&a.when.text, &b.when.text);
                text.0 == text.1
                    && (a.class, &a.list, &a.title, a.propose)
                        == (b.class, &b.list, &b.title, b.propose)
                    && (&a.measures, &a.basis, a.validity, &a.reason)
                        == (&b.measures, &b.basis, b.validity, &b.reason)
            },
        ),
        guards: changes(
            &one.guards,
            &other.guards,
            |guard| guard.id.clone(),
            |a, b| {
                (&a.when.text, &a.on, &a.bureau) == (&b.when.text, &b.on, &b.bureau)
                    && (&a.measures, &a.basis, a.validity, &a.reason)
                        == (&b.measures, &b.basis, b.validity, &b.reason)
            },
        ),
        other: elsewhere(one, other),
    }
}

fn changes<T>(
    one: &[T],
    other: &[T],
    id: impl Fn(&T) -> String,
    same: impl Fn(&T, &T) -> bool,
) -> Changes {
    let known = one.iter().map(&id).collect::<HashSet<_>>();
    let next: HashMap<String, &T> = other.iter().map(|part| (id(part), part)).collect();
    let mut found = Changes::default();
    for part in one {
        let name = id(part);
        match next.get(&name) {
            None => found.removed.push(name),
            Some(next) if !same(part, next) => found.changed.push(name),
            Some(_) => {}
        }
    }
    let new = other.iter().map(&id).filter(|name| !known.contains(name));
    found.added.extend(new);
    found
}

fn rules(policy: &Policy) -> Vec<(&str, &Rule)> {
    let books = policy.books.iter();
    books
        .flat_map(|book| book.rules.iter().map(|rule| (book.id.as_str(), rule)))
        .collect()
}

fn same_book(a: &Book, b: &Book) -> bool {
    let order = |one: &Book, other: &Book| -> Vec<String> {
        let ids = one.rules.iter().map(|rule| rule.id.clone());
        ids.filter(|id| other.rules.iter().any(|rule| rule.id == *id))
            .collect()
    };
    (&a.authority, a.validity, &a.offices) == (&b.authority, b.validity, &b.offices)
        && order(a, b) == order(b, a)
}

fn same_rule(a: &Rule, b: &Rule) -> bool {
    // A rate knows its parameters and tables by their places.
    let then = |rule: &Rule| Then {
        rate: None,
        ..rule.then.clone()
    };
    let rate = |rule: &Rule| rule.then.rate.as_ref().map(|rate| rate.text.clone());
    (&a.measures, &a.basis, a.validity, &a.offices)
        == (&b.measures, &b.basis, b.validity, &b.offices)
        && (&a.when.text, &a.reason, rate(a)) == (&b.when.text, &b.reason, rate(b))
        && then(a) == then(b)
}

fn same_score(a: &Score, b: &Score) -> bool {
    let conditions = |score: &Score| -> Vec<(String, i32)> {
        let conditions = score.conditions.iter();
        conditions
            .map(|(condition, points)| (condition.text.clone(), *points))
            .collect()
    };
    a.tables == b.tables && conditions(a) == conditions(b)
}

fn elsewhere(one: &Policy, other: &Policy) -> Vec<&'static str> {
    let head = |policy: &Policy| (policy.id.clone(), policy.title.clone(), policy.default);
    let same = [
        (
            "policy",
            head(one) == head(other) && one.profile.zone == other.profile.zone,
        ),
        (
            "attributes",
            one.profile.attributes == other.profile.attributes,
        ),
        ("random", one.random == other.random),
        ("selection", one.selection == other.selection),
        ("deadline", one.deadline == other.deadline),
        ("life", one.life == other.life),
        ("accountability", one.accountability == other.accountability),
    ];
    let differs = same.into_iter().filter(|(_, same)| !same);
    differs.map(|(name, _)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{PolicySource, read};

    const HEADER: &str = "[policy]\nid = \"p\"\ntitle = \"p\"\ntimezone = \"+08:00\"\nbase_currency = \"CNY\"\nparty_ids = \"any\"\ndefault = \"release\"\n";

    fn policy(rest: &str) -> Policy {
        let file = ("policy.toml".to_owned(), format!("{HEADER}{rest}"));
        read(&PolicySource::from_files([file]).unwrap()).unwrap()
    }

    const ONE: &str = r#"
[parameters]
least = 10
share = 0.5
[[book]]
id = "a"
[[book.rule]]
id = "first"
when = 'item.value > parameter.least'
then = { verdict = "sample", rate = "share" }
[[book.rule]]
id = "second"
when = 'declaration.direction == "export"'
then = { verdict = "hold" }
"#;

    #[test]
    fn a_policy_does_not_differ_from_itself() {
        let found = difference(&policy(ONE), &policy(ONE));
        let none = Changes::default();
        assert_eq!([&found.books, &found.rules, &found.parameters], [&none; 3]);
        assert!(found.other.is_empty());
    }

    #[test]
    fn each_part_that_differs_is_named_and_no_other() {
        // A parameter before the others moves their places; what reads them stays the same.
        let other = ONE
            .replace("least = 10", "above = 1\nleast = 20")
            .replace("\"second\"", "\"third\"")
            .replace(
                "rate = \"share\" }",
                "rate = \"share\", priority = \"high\" }",
            );
        let other =
            format!("{other}[[book]]\nid = \"b\"\n[random]\nrate = 0.1\nmode = \"physical\"\n");
        let found = difference(&policy(ONE), &policy(&other));
        let named = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(found.parameters.added, named(&["above"]));
        assert_eq!(found.parameters.changed, named(&["least"]));
        assert_eq!(found.rules.changed, named(&["a/first"]));
        assert_eq!(found.rules.removed, named(&["a/second"]));
        assert_eq!(found.rules.added, named(&["a/third"]));
        assert_eq!(found.books.added, named(&["b"]));
        assert!(found.books.changed.is_empty() && found.books.removed.is_empty());
        assert_eq!(found.other, ["random"]);
        let moved = ONE.replace("least = 10", "above = 1\nleast = 10");
        assert!(
            difference(&policy(ONE), &policy(&moved))
                .rules
                .changed
                .is_empty()
        );
    }

    #[test]
    fn another_order_of_rules_changes_their_book() {
        let (head, rules) = ONE.split_once("[[book.rule]]").unwrap();
        let (first, second) = rules.split_once("[[book.rule]]").unwrap();
        let turned = format!("{head}[[book.rule]]{second}[[book.rule]]{first}");
        let found = difference(&policy(ONE), &policy(&turned));
        assert_eq!(found.books.changed, ["a"]);
        assert!(found.rules.changed.is_empty());
    }
}
