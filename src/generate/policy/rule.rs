//! A rule around its condition: verdict, rate, obligations, validity, place and reason.

use crate::generate::random::Random;
use crate::generate::registry::{DOCUMENTS, TESTS};
use crate::generate::world::{DAYS, World};

/// The rule of a number in a book.
pub(super) fn text(random: &mut Random, world: &World, book: &str, no: u64, when: &str) -> String {
    let mut rule = format!("\n[[book.rule]]\nid = \"{book}-{no:05}\"\n");
    if random.chance(500) {
        let from = random.below(DAYS - 100);
        let to = from + random.within(60, 99);
        rule.push_str(&format!(
            "from = \"{}\"\nto = \"{}\"\n",
            world.day(from),
            world.day(to)
        ));
    }
    if random.chance(300) {
        let office = world.places.busy_office(random).id();
        rule.push_str(&format!("offices = [\"{office}\"]\n"));
    }
    rule.push_str(&format!("when = '{when}'\n{}\n", then(random)));
    if random.chance(6_000) {
        let public = random.chance(5_000);
        rule.push_str(&format!(
            "reason = {{ code = \"{}_{no:05}\", text = {{ en = \"Rule {no} of the book {book}.\" }}, public = {public} }}\n",
            book.to_uppercase()
        ));
    }
    rule
}

fn then(random: &mut Random) -> String {
    let verdict = random.weighted(&[("sample", 76), ("release", 15), ("hold", 9)]);
    let mut members = vec![format!("verdict = \"{verdict}\"")];
    if verdict == "sample" {
        members.extend(selectors(random));
        let mode = random.weighted(&[
            ("physical", 50),
            ("document", 30),
            ("laboratory", 12),
            ("requirement", 8),
        ]);
        members.push(format!("mode = \"{mode}\""));
        if mode == "physical" && random.chance(4_000) {
            members.push(sampling_plan(random));
        }
    }
    if verdict != "release" {
        members.extend(obligations(random));
    }
    format!("then = {{ {} }}", members.join(", "))
}

/// Most sampling rules have a rate: a plain number, or a product of tables and parameters.
fn selectors(random: &mut Random) -> Vec<String> {
    let rate = match random.below(100) {
        0..30 => return Vec::new(),
        30..80 => random
            .pick(&["0.01", "0.02", "0.05", "0.1", "0.2", "0.3", "0.5", "0.8"])
            .to_string(),
        80..90 => "\"lot_rate\"".to_owned(),
        90..97 => "\"lot_rate * member_factor\"".to_owned(),
        _ => "\"spot_check_rate\"".to_owned(),
    };
    let mut members = vec![format!("rate = {rate}")];
    if random.chance(500) {
        members.push("per = \"item\"".to_owned());
    }
    if random.chance(800) {
        members.push("otherwise = \"release\"".to_owned());
    }
    members
}

fn sampling_plan(random: &mut Random) -> String {
    let level = random.weighted(&[("II", 70), ("I", 12), ("III", 8), ("S-3", 10)]);
    let aql = random.pick(&["0.65", "1.0", "1.5", "2.5", "2.5", "4.0"]);
    format!("sampling_plan = {{ level = \"{level}\", aql = {aql} }}")
}

fn obligations(random: &mut Random) -> Vec<String> {
    let mut members = Vec::new();
    if random.chance(2_000) {
        members.push(format!("tests = [\"{}\"]", random.pick(TESTS)));
    }
    if random.chance(2_000) {
        members.push(format!(
            "documents = [\"{}\"]",
            random.pick_early(DOCUMENTS)
        ));
    }
    if random.chance(500) {
        members.push(format!("specimens = {}", random.within(1, 5)));
    }
    if random.chance(500) {
        members.push(format!(
            "office = \"{}\"",
            random.pick(&["declared", "origin", "zone"])
        ));
    }
    if random.chance(800) {
        members.push(format!(
            "priority = \"{}\"",
            random.pick(&["high", "urgent"])
        ));
    }
    if random.chance(500) {
        members.push(format!("deadline = \"PT{}H\"", random.within(1, 6) * 12));
    }
    if random.chance(800) {
        members.push(format!(
            "follow_up = \"{}\"",
            random.pick(&["verification", "audit", "local_supervision"])
        ));
    }
    if random.chance(500) {
        members.push("officer_note = \"Compare marks and numbers with the papers.\"".to_owned());
    }
    members
}
