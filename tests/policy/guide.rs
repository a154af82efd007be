//! The guide to the policy language: each of its examples is a policy that is taken, and every fact is told of.

use std::collections::BTreeSet;

use greenlane::policy::{Names, PolicySource, read};

const GUIDE: &str = include_str!("../../src/guide/policy.md");

/// The blocks of code of a section, each with what stands behind the fence.
fn blocks(section: &str) -> Vec<(&str, &str)> {
    let parts = section.split("\n```").skip(1).step_by(2);
    parts.filter_map(|block| block.split_once('\n')).collect()
}

#[test]
fn every_example_is_a_policy() {
    let sections = || GUIDE.split("\n## ");
    let header = sections().flat_map(blocks);
    let header = header.map(|(_, text)| text);
    let header = header.filter(|text| text.starts_with("[policy]"));
    let header: Vec<&str> = header.collect();
    assert_eq!(header.len(), 1, "one example has `[policy]`");
    let header = header.concat();
    let (mut taken, mut wrong) = (0, Vec::<String>::new());
    for section in sections() {
        let blocks = blocks(section);
        let mut files = vec![("policy.toml".to_owned(), header.clone())];
        for (no, (fence, text)) in blocks.iter().enumerate() {
            match fence.split_once(' ') {
                Some(("csv", name)) => files.push((name.to_owned(), (*text).to_owned())),
                None if *fence == "toml" && !text.starts_with("[policy]") => {
                    files.push((format!("{no}.toml"), (*text).to_owned()));
                }
                _ => {}
            }
        }
        let source = PolicySource::from_files(files).unwrap();
        let policy = read(&source);
        let title = section.lines().next().unwrap_or_default();
        match policy {
            Ok(policy) => {
                taken += policy
                    .books
                    .iter()
                    .map(|book| book.rules.len())
                    .sum::<usize>()
            }
            Err(errors) => wrong.push(format!("{title}:\n{errors}")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(taken > 10, "{taken} rules");
}

#[test]
fn every_fact_is_told_of() {
    let facts = GUIDE.split_once("\n## Facts\n").map(|(_, facts)| facts);
    let rows = facts.unwrap_or_default().lines();
    let rows = rows.take_while(|line| !line.starts_with("## "));
    let mut told = BTreeSet::new();
    for row in rows.filter(|row| row.starts_with("| `")) {
        let mut cells = row.split('|').skip(1);
        let quoted = |cell: Option<&'static str>| {
            let names = cell.unwrap_or_default().split('`').skip(1).step_by(2);
            names.collect::<Vec<_>>()
        };
        let (groups, facts) = (quoted(cells.next()), quoted(cells.next()));
        for group in groups {
            let groups = match group {
                "ROLE" => &["trader", "producer", "declarant", "enterprise"][..],
                _ => &[group],
            };
            for group in groups {
                told.extend(facts.iter().map(|fact| format!("{group}.{fact}")));
            }
        }
    }
    let known: BTreeSet<String> = Names::default().all().into_iter().collect();
    assert_eq!(told, known);
}
