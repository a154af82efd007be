//! Every cell of the standard's tables that is marked certain, where they lie beside the repository.

#![expect(clippy::print_stdout, reason = "a test that was skipped says so")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use csv::StringRecord;
use greenlane::engine::sampling::{CodeLetter, Severity, single_plan};
use greenlane::policy::{Aql, InspectionLevel};

/// The rows of a file, and the places of its columns; none where it is not here.
fn table(name: &str) -> Option<(BTreeMap<String, usize>, Vec<StringRecord>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let path = root.join("../shared/data").join(name);
    let Ok(mut reader) = csv::Reader::from_path(&path) else {
        println!("skipped: ../shared/data/{name} is not here");
        return None;
    };
    let names = reader.headers().unwrap().iter().map(str::to_owned);
    let places = names.zip(0..).collect();
    Some((places, reader.records().map(Result::unwrap).collect()))
}

/// A plan as the table has it, or where its arrow points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cell {
    Numbers(u32, u32),
    Down,
    Up,
}

/// A column of the table, from the smallest sample on: letter, sample size, cell, and whether it is certain.
type Column = Vec<(String, u32, Cell, bool)>;

#[test]
fn every_certain_cell_of_the_single_sampling_tables_is_carried_out() {
    let Some((place, rows)) = table("iso2859_1_single_sampling.csv") else {
        return;
    };
    let mut columns: BTreeMap<(String, String), Column> = BTreeMap::new();
    for row in &rows {
        let of = |name: &str| row[place[name]].to_owned();
        let cell = match of("Ac_or_arrow").as_str() {
            "down" => Cell::Down,
            "up" => Cell::Up,
            accepted => Cell::Numbers(accepted.parse().unwrap(), of("Re").parse().unwrap()),
        };
        let is_certain = of("confidence") == "certain";
        let size = of("sample_size_n").parse().unwrap();
        let column = columns.entry((of("severity"), of("AQL"))).or_default();
        column.push((of("code_letter"), size, cell, is_certain));
    }
    let (mut walked, mut arrows) = (0, 0);
    for ((severity, aql), column) in &columns {
        let severity = Severity::parse(severity).unwrap();
        for (at, (letter, _, cell, is_certain)) in column.iter().enumerate() {
            if !is_certain {
                continue;
            }
            let name = format!("{severity:?} {aql} {letter}");
            let aql = Aql::parse(aql).unwrap_or_else(|| panic!("{name}: no such AQL"));
            let own = CodeLetter::ALL.iter();
            let own = own.copied().find(|own| own.to_string() == *letter).unwrap();
            let plan = single_plan(own, aql, severity).unwrap_or_else(|| panic!("{name}: none"));
            let (letter, size, accepted) = followed(column, at);
            let found = (plan.letter.to_string(), plan.sample_size);
            assert_eq!(found, (letter, size), "{name}");
            assert_eq!(plan.acceptance_number, accepted, "{name}");
            assert_eq!(plan.letter == own, matches!(cell, Cell::Numbers(..)));
            walked += 1;
            arrows += usize::from(plan.letter != own);
        }
    }
    let all = Aql::ALL.len() * CodeLetter::ALL.len() * Severity::ALL.len();
    assert_eq!(walked, all, "certain cells");
    // Of an AQL that is refused no cell is certain: there is nothing more to carry out.
    let refused = columns
        .iter()
        .filter(|((_, aql), _)| Aql::parse(aql).is_none());
    let mut cells = refused.clone().flat_map(|(_, column)| column);
    assert!(cells.all(|(.., is_certain)| !is_certain));
    let refused = refused.map(|((_, aql), _)| aql).collect::<BTreeSet<_>>();
    assert_eq!(refused.len(), 15, "{refused:?}");
    assert!(arrows > 100, "{arrows} arrows");
}

/// Letter, sample size and acceptance number at the end of the arrows, step by step.
fn followed(column: &Column, from: usize) -> (String, u32, u32) {
    let mut at = from;
    loop {
        let (letter, size, cell, _) = &column[at];
        match cell {
            Cell::Numbers(accepted, rejected) => {
                assert_eq!(*rejected, accepted + 1, "{letter}");
                return (letter.clone(), *size, *accepted);
            }
            Cell::Down => at += 1,
            Cell::Up => at -= 1,
        }
    }
}

#[test]
fn every_cell_of_the_code_letters_is_carried_out() {
    let Some((place, rows)) = table("iso2859_1_code_letters.csv") else {
        return;
    };
    let mut lots = Vec::new();
    for row in &rows {
        let first: u64 = row[place["lot_min"]].parse().unwrap();
        let last: u64 = row[place["lot_max"]].parse().unwrap_or(u64::MAX);
        lots.push((first, last));
        for level in InspectionLevel::ALL {
            let expected = &row[place[level.as_str()]];
            for lot in [first, first.midpoint(last), last] {
                let letter = CodeLetter::of(lot, *level).unwrap();
                assert_eq!(letter.to_string(), *expected, "{lot} at {level:?}");
            }
        }
    }
    // No lot is between two rows.
    assert!(lots.windows(2).all(|two| two[0].1 + 1 == two[1].0));
    assert_eq!((lots.len(), lots[0].0, lots[14].1), (15, 2, u64::MAX));
    let levels = place.keys().filter(|name| !name.starts_with("lot_"));
    assert_eq!(levels.count(), InspectionLevel::ALL.len());
}

#[test]
fn every_letter_has_a_plan_for_every_aql_and_severity() {
    for severity in Severity::ALL {
        for aql in Aql::ALL {
            for letter in CodeLetter::ALL {
                let plan = single_plan(letter, *aql, *severity);
                assert!(plan.is_some(), "{letter} {aql:?} {severity:?}");
            }
        }
    }
}

#[test]
fn an_arrow_changes_letter_and_sample_size() {
    let plan = |letter: usize, aql, severity| {
        let plan = single_plan(CodeLetter::ALL[letter], aql, severity).unwrap();
        let (size, accepted) = (plan.sample_size, plan.acceptance_number);
        (plan.letter.to_string(), size, accepted)
    };
    let (b, d) = (1, 3);
    let normal = Severity::Normal;
    assert_eq!(plan(b, Aql::A2_5, normal), ("C".to_owned(), 5, 0));
    assert_eq!(plan(d, Aql::A2_5, normal), ("C".to_owned(), 5, 0));
    let tightened = Severity::Tightened;
    assert_eq!(plan(d, Aql::A4_0, tightened), ("F".to_owned(), 20, 1));
}
