//! Comparisons of the HS code, of which there are as many states as there are codes. They stand in the order of
//! their texts, so that where a comparison begins and ceases to hold is searched, not tried state by state.

use std::cmp::Ordering;

use super::bits::Bits;
use super::dimension::{DimNo, Kind};
use super::universe::{Truth, Universe};
use super::value::Value;
use crate::policy::cel::{Atom, Constant};

impl Universe<'_> {
    /// The truth of a comparison of the HS code, of which there are as many states as there are codes: they stand in
    /// the order of their texts, so that a comparison holds from one state to another.
    pub(super) fn truth_by_order(&self, atom: &Atom, no: DimNo) -> Option<Truth> {
        let dimension = self
            .get(no)
            .filter(|dimension| dimension.kind == Kind::Hs)?;
        let states = dimension.states;
        let first = |fact, holds: &dyn Fn(&str) -> bool| {
            let holds = |state| match self.sample(no, state, fact) {
                Value::Text(text) => holds(&text),
                _ => false,
            };
            first_state(states, holds)
        };
        let equal = |fact, text: &str| first(fact, &|of| of >= text)..first(fact, &|of| of > text);
        let mut yes = Bits::none(states);
        match atom {
            Atom::Compare(fact, op, Constant::Text(text)) => {
                let equal = equal(*fact, text);
                let parts = [
                    (Ordering::Less, 0..equal.start),
                    (Ordering::Greater, equal.end..states),
                    (Ordering::Equal, equal),
                ];
                let held = parts
                    .into_iter()
                    .filter(|(ordering, _)| op.holds(*ordering));
                held.flat_map(|(_, part)| part)
                    .for_each(|state| yes.insert(state));
            }
            Atom::In(fact, constants) => {
                for constant in constants {
                    let Constant::Text(text) = constant else {
                        return None;
                    };
                    equal(*fact, text).for_each(|state| yes.insert(state));
                }
            }
            Atom::StartsWith(fact, prefix) => {
                let from = first(*fact, &|of| of >= prefix.as_str());
                let to = first(*fact, &|of| {
                    of >= prefix.as_str() && !of.starts_with(prefix.as_str())
                });
                (from..to).for_each(|state| yes.insert(state));
            }
            _ => return None,
        }
        let no = yes.not(states);
        Some(Truth { yes, no })
    }
}

/// The first state from which on something holds.
fn first_state(states: usize, holds: impl Fn(usize) -> bool) -> usize {
    let (mut from, mut to) = (0, states);
    while from < to {
        let middle = from.midpoint(to);
        if holds(middle) {
            to = middle;
        } else {
            from = middle + 1;
        }
    }
    from
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::collect::Collector;
    use crate::policy::cel::CompareOp;
    use crate::policy::schema::Fact;
    use crate::policy::{PolicySource, read};
    use crate::registry::{Registry, RegistrySource};

    const POLICY: &str = r#"
        [policy]
        id = "hs"
        title = "HS"
        timezone = "+00:00"
        base_currency = "CNY"
        party_ids = "any"
        default = "release"

        [[book]]
        id = "b"
        authority = "a"
        [[book.rule]]
        id = "r"
        when = 'item.hs.startsWith("9405") || item.hs < "43021" || item.heading in ["9405", "4302"] || item.chapter >= "43"'
        then = { verdict = "hold" }
    "#;

    const CATALOGUE: &str = "hs_prefix,categories\n94,M\n9405,M\n940511,N\n9405110090,P\n4302110000,M\n430219,M\n01,M\n";
    const TEXTS: [&str; 13] = [
        "",
        "0",
        "01",
        "4302",
        "43021",
        "430211",
        "9405",
        "940511",
        "94051",
        "9405110090",
        "95",
        "99",
        "a",
    ];

    fn atoms(fact: Fact, text: &str) -> Vec<Atom> {
        let constant = Constant::Text(text.to_owned());
        let compared = CompareOp::ALL.map(|op| Atom::Compare(fact, op, constant.clone()));
        let one_of = vec![constant.clone(), Constant::Text("9405".to_owned())];
        let others = [
            Atom::StartsWith(fact, text.to_owned()),
            Atom::In(fact, one_of),
        ];
        compared.into_iter().chain(others).collect()
    }

    #[test]
    fn what_is_searched_is_what_trying_every_state_finds() {
        let files = [("policy.toml".to_owned(), POLICY.to_owned())];
        let policy = read(&PolicySource::from_files(files).unwrap()).unwrap();
        let files = [("catalogue.csv".to_owned(), CATALOGUE.as_bytes().to_vec())];
        let source = RegistrySource::from_files(files).unwrap();
        let registry = Registry::build(&source, None).unwrap();
        let universe = Universe::new(&registry, &policy.names, Collector::of(&policy));
        let no = universe.find(Kind::Hs).unwrap();
        let states = universe.get(no).unwrap().states;
        assert!(states > 15, "{states}");
        let facts = [
            Fact::ItemHs,
            Fact::ItemChapter,
            Fact::ItemHeading,
            Fact::ItemSubheading,
        ];
        for (fact, text) in facts
            .into_iter()
            .flat_map(|fact| TEXTS.map(|text| (fact, text)))
        {
            for atom in atoms(fact, text) {
                let found = universe.truth_by_order(&atom, no).unwrap();
                for state in 0..states {
                    let truth = universe.at(no, state, &atom);
                    let seen = (found.yes.contains(state), found.no.contains(state));
                    let expected = (truth == Some(true), truth == Some(false));
                    assert_eq!(seen, expected, "{atom:?} at {state}");
                }
            }
        }
    }
}
