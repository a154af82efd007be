//! What a decision sees: one program, one day, the keys of the draws. It is never changed, only replaced, so that a
//! decision sees exactly one revision of everything.

use std::sync::Arc;

use super::keys::Keys;
use super::world::AsOf;
use crate::declaration::{Day, Declaration};
use crate::engine::{HeaderJoin, Program};

/// See the module.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// The policy compiled against the registry.
    pub program: Arc<Program>,
    /// How many changes are behind it.
    pub revision: u64,
    /// The day.
    pub today: Day,
    /// The day on which the standing of persons is read.
    pub as_of: AsOf,
    /// The policy with its version.
    pub policy: Arc<str>,
    /// The keys of the draws.
    pub keys: Arc<Keys>,
    /// The last revision with which an event was noted in quality files.
    pub noted: u64,
}

impl Snapshot {
    /// The day on which the standing of a declaration's persons is read.
    fn decision_day(&self, declaration: &Declaration<'_>) -> Day {
        match self.as_of {
            AsOf::Declaration => declaration.day,
            AsOf::Decision => self.today,
        }
    }

    /// Whether it decides a declaration as another one does, because what has changed since is none of its business. Where
    /// that is not plain it is denied.
    #[must_use]
    pub fn decides_as(&self, other: &Self, declaration: &Declaration<'_>) -> bool {
        self.program.is_of(&other.program)
            && (self.today, self.as_of, self.noted) == (other.today, other.as_of, other.noted)
            && Arc::ptr_eq(&self.keys, &other.keys)
            && self.join(declaration).decides_as(&other.join(declaration))
    }

    /// What the registry knows of a declaration's parties.
    #[must_use]
    pub fn join<'s>(&'s self, declaration: &'s Declaration<'s>) -> HeaderJoin<'s> {
        let day = self.decision_day(declaration);
        HeaderJoin::new(self.program.registry(), declaration, day)
    }

    /// Whether a declaration is read under it as under another: by the same policy and the same rates.
    #[must_use]
    pub fn reads_as(&self, other: &Self) -> bool {
        let (program, other) = (&self.program, &other.program);
        Arc::ptr_eq(program.policy(), other.policy()) && program.registry().is_of(other.registry())
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::declaration::{Moment, read_json};
    use crate::engine::DrawKey;
    use crate::policy::PolicySource;
    use crate::registry::RegistrySource;
    use crate::supervision::{Cause, Event, Matcher, Record, World};

    const POLICY: &str = r#"
[policy]
id = "p"
timezone = "+08:00"
base_currency = "CNY"
party_ids = "any"

[[book]]
id = "b"
authority = "a"

[[book.rule]]
id = "r"
when = 'enterprise.class == 1'
then = { verdict = "sample", rate = 0.5 }
"#;
    const FILES: [(&str, &str); 3] = [
        ("enterprises.csv", "enterprise_id\nA\nB\nC\n"),
        ("classes.csv", "enterprise_id,class\nA,1\nB,1\n"),
        ("lots.csv", "lot_id,enterprise_id\nL,A\n"),
    ];
    const DECLARATION: &str = r#"{ "declaration_id": "D", "version": 1, "direction": "export",
        "declared_at": "2016-11-02T09:00:00+08:00", "country": "DE", "trader_id": "A", "counterparty_id": "F",
        "items": [ { "item_no": 1, "hs_code": "940540", "value": "1" } ] }"#;

    fn world() -> World {
        let files = FILES.map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec()));
        let registry = RegistrySource::from_files(files).unwrap();
        let policy = PolicySource::from_files([("p.toml".to_owned(), POLICY.to_owned())]).unwrap();
        World::open(&registry, &policy, AsOf::Decision).unwrap()
    }

    fn snapshot(world: &World, keys: &Arc<Keys>) -> Snapshot {
        Snapshot {
            program: Arc::clone(world.program()),
            revision: world.registry().current().revision(),
            today: Day::parse("2016-11-02").unwrap(),
            as_of: AsOf::Decision,
            policy: world.program().policy().version().into(),
            keys: Arc::clone(keys),
            noted: 0,
        }
    }

    fn keys() -> Arc<Keys> {
        let mut keys = Keys::new(PathBuf::from("none"));
        keys.enter(Day::parse("2016-11-02").unwrap(), DrawKey::TEST);
        Arc::new(keys)
    }

    /// Whether the declaration is decided as before after an event: that of its type with these members.
    fn stays(kind: &str, members: &str) -> bool {
        stays_of(DECLARATION, kind, members)
    }

    fn stays_of(declaration: &str, kind: &str, members: &str) -> bool {
        let (mut world, keys) = (world(), keys());
        let before = snapshot(&world, &keys);
        let text = format!(
            r#"{{ "event_id": "E", "type": "{kind}", "at": "2016-11-02T09:00:00+08:00",
                "authority": "X", "document": "Y", {members} }}"#
        );
        let policy = Arc::clone(world.program().policy());
        let event = Event::read(text.as_bytes(), policy.profile.zone).unwrap();
        world.take(&event).unwrap();
        let after = snapshot(&world, &keys);
        let currencies = before.program.registry().currencies();
        let read = read_json(declaration.as_bytes(), &policy.profile, currencies);
        let declaration = read.unwrap();
        let decides = after.decides_as(&before, &declaration);
        if decides {
            let [carried, anew] = [true, false].map(|carried| {
                let mut matcher = Matcher::default();
                let known = matcher.digest(&declaration, &before.program);
                let key = (before.today, &DrawKey::TEST);
                let cause = Cause::declared(false);
                let by = if carried { &before } else { &after };
                let mut draft = matcher.draft(by, &declaration, known, None, key, cause);
                if carried {
                    matcher.carry(&mut draft, &after);
                }
                assert_eq!(draft.record, matcher.payload);
                assert_eq!(draft.registry_revision, after.revision);
                let mut record = Record::decode(&draft.record).unwrap();
                let revision = record.revision.as_mut().unwrap();
                assert_eq!(revision.registry_revision, after.revision);
                // It takes as long as it takes.
                revision.engine_ns = 0;
                record.at = Moment::from_micros(0);
                let mut bytes = Vec::new();
                record.encode(&mut bytes);
                bytes
            });
            assert_eq!(carried, anew, "{kind} {members}");
        }
        decides
    }

    #[test]
    fn an_event_about_somebody_else_changes_no_decision() {
        assert!(stays(
            "class_assessed",
            r#""enterprise_id": "B", "class": 3"#
        ));
        assert!(stays(
            "enterprise_changed",
            r#""enterprise_id": "N", "kind": "trader""#
        ));
    }

    #[test]
    fn an_event_about_a_declarations_own_business_is_heeded() {
        for (kind, members) in [
            ("class_assessed", r#""enterprise_id": "A", "class": 3"#),
            // Who was a stranger is known from now on.
            (
                "enterprise_changed",
                r#""enterprise_id": "F", "kind": "foreign""#,
            ),
            (
                "enterprise_changed",
                r#""enterprise_id": "C", "own_shop_of": "A""#,
            ),
            (
                "lot_tested",
                r#""lot_id": "M", "enterprise_id": "A", "result": "failed", "tested_on": "2016-11-01""#,
            ),
            // What is no party's is not looked at closer, nor what brings a new word.
            ("list_entered", r#""enterprise_id": "B", "list": "black""#),
            (
                "catalogue_changed",
                r#""hs_prefix": "6115", "categories": "N""#,
            ),
        ] {
            assert!(!stays(kind, members), "{kind} {members}");
        }
    }

    #[test]
    fn a_lot_is_the_business_of_its_enterprise_and_of_whoever_cites_one() {
        let lot =
            r#""lot_id": "M", "enterprise_id": "B", "result": "failed", "tested_on": "2016-11-01""#;
        assert!(stays("lot_tested", lot));
        let cites = r#""material_lots": [ { "lot_id": "L", "quantity": "1" } ], "item_no""#;
        let cites = DECLARATION.replace(r#""item_no""#, cites);
        assert!(stays_of(
            &cites,
            "class_assessed",
            r#""enterprise_id": "B", "class": 3"#
        ));
        assert!(!stays_of(&cites, "lot_tested", lot));
    }

    #[test]
    fn another_policy_day_or_keys_or_a_note_in_a_quality_file_are_heeded() {
        let (mut world, keys) = (world(), keys());
        let one = snapshot(&world, &keys);
        let profile = &one.program.policy().profile;
        let currencies = one.program.registry().currencies();
        let declaration = read_json(DECLARATION.as_bytes(), profile, currencies).unwrap();
        let decides = |other: Snapshot| other.decides_as(&one, &declaration);
        assert!(decides(one.clone()));
        let today = Day::parse("2016-11-03").unwrap();
        assert!(!decides(Snapshot {
            today,
            ..one.clone()
        }));
        let noted = 1;
        assert!(!decides(Snapshot {
            noted,
            ..one.clone()
        }));
        let as_of = AsOf::Declaration;
        assert!(!decides(Snapshot {
            as_of,
            ..one.clone()
        }));
        let other_keys = self::keys();
        assert!(!decides(Snapshot {
            keys: other_keys,
            ..one.clone()
        }));
        let other = ("p.toml".to_owned(), POLICY.replace("== 1", "== 3"));
        let other = PolicySource::from_files([other]).unwrap();
        world.activate(&other, AsOf::Decision).unwrap();
        let program = Arc::clone(world.program());
        assert!(program.registry().is_of(one.program.registry()));
        assert!(!decides(Snapshot {
            program,
            ..one.clone()
        }));
    }
}
