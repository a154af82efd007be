//! Selection control: rules that spare too many in a row are forced, lanes that are short of their rate are topped up,
//! and nothing is ever made milder. Each story is replayed, so what was decided is decided again from the records.

use std::fmt::Write as _;

use super::run_by;

const FORCED: &str = "[selection]\nforced_after = 3\n";

fn passes_by(more: &str, steps: &str) {
    assert_eq!(run_by(more, steps), Vec::<String>::new());
}

/// Declarations that the rule `lot` spares.
fn spared(stem: &str, count: usize) -> String {
    (0..count).fold(String::new(), |mut steps, no| {
        let _ = write!(
            steps,
            r#"
[[scenario.step]]
declare = "{stem} {no}"
expect = {{ status = "released", matched = ["inspection/lot"] }}
"#
        );
        steps
    })
}

#[test]
fn a_rule_selects_after_exactly_so_many_in_a_row() {
    let forced = r#"
[[scenario.step]]
declare = "forced"
expect = { verdict = "sample", status = "selected", rules = ["inspection/lot"], reasons = ["LOT"], mode = "physical", selected_by = "forced", rate = "0.3" }
"#;
    let again = forced.replace("forced\"\nexpect", "again\"\nexpect");
    let steps = [spared("a", 3), forced.to_owned(), spared("b", 3), again];
    passes_by(FORCED, &steps.concat());
}

#[test]
fn whatever_selects_a_declaration_ends_the_run() {
    let drawn = r#"
[[scenario.step]]
declare = "drawn"
draw = { inspection = "0.29" }
expect = { status = "selected", selected_by = "draw" }
"#;
    let random = r#"
[[scenario.step]]
declare = "random"
draw = { random = "0.001" }
expect = { status = "selected", selected_by = "random", matched = ["inspection/lot"] }
"#;
    // Another office, and goods that the rule does not match, have no part in it.
    let elsewhere = r#"
[[scenario.step]]
declare = "elsewhere"
declaration = { office = "7" }
expect = { status = "released" }
[[scenario.step]]
declare = "cheap"
item = { value = "99" }
expect = { status = "released", absent = ["inspection/lot"] }
"#;
    let held = r#"
[[scenario.step]]
declare = "held"
declaration = { country = "RU" }
expect = { status = "held", matched = ["inspection/lot"] }
"#;
    let parts = [drawn, random, elsewhere, held];
    let [drawn, random, elsewhere, held] = parts.map(str::to_owned);
    let steps = [
        spared("a", 3),
        drawn,
        spared("b", 3),
        random,
        spared("c", 2),
        elsewhere,
        spared("d", 1),
        held,
        spared("e", 3),
        "[[scenario.step]]\ndeclare = \"forced\"\nexpect = { selected_by = \"forced\" }\n"
            .to_owned(),
    ];
    passes_by(FORCED, &steps.concat());
}

#[test]
fn amendments_withdrawals_and_repeats_are_not_counted() {
    let steps = r#"
[[scenario.step]]
declare = "first"
expect = { status = "released" }
[[scenario.step]]
amend = "first"
item = { value = "200" }
officer = true
expect = { status = "released", version = 2 }
[[scenario.step]]
amend = "first"
item = { value = "300" }
officer = true
expect = { status = "released", version = 3 }
[[scenario.step]]
declare = "second"
expect = { status = "released" }
[[scenario.step]]
cancel = "second"
expect = { status = "cancelled" }
[[scenario.step]]
declare = "third"
expect = { status = "released" }
[[scenario.step]]
declare = "forced"
expect = { status = "selected", selected_by = "forced" }
[[scenario.step]]
amend = "forced"
item = { value = "50" }
expect = { status = "selected", version = 2 }
"#;
    passes_by(FORCED, steps);
}

#[test]
fn of_several_items_the_one_of_highest_value_that_was_spared_is_forced() {
    let items = r#"
[[scenario.step]]
declare = "forced"
items = [ { item_no = 1, value = "100" }, { item_no = 2, value = "99" }, { item_no = 3, value = "101" } ]
expect = { verdict = "sample", items = [ { verdict = "release", matched = ["inspection/lot"] }, { verdict = "release", matched = [] }, { verdict = "sample", selected_by = "forced", rules = ["inspection/lot"] } ] }
"#;
    passes_by(FORCED, &[spared("a", 3), items.to_owned()].concat());
}

#[test]
fn a_rule_that_is_forced_speaks_for_its_own_item_and_book_as_if_it_had_drawn() {
    let second = r#"
[[book]]
id = "second"
authority = "who inspects again"

[[book.rule]]
id = "early"
when = 'item.value >= 150'
then = { verdict = "sample", rate = 0.2, mode = "document" }
reason = { code = "EARLY" }

[[book.rule]]
id = "mid"
when = 'item.value >= 50'
then = { verdict = "sample", rate = 0.25, mode = "laboratory", priority = "high", deadline = "PT24H" }
reason = { code = "MID" }

[[book.rule]]
id = "late"
when = 'item.value >= 150'
then = { verdict = "sample", rate = 0.1, mode = "document", priority = "urgent", deadline = "PT8H" }
reason = { code = "LATE" }

[[book.rule]]
id = "else"
when = 'item.quantity == 5'
then = { verdict = "release", priority = "urgent", deadline = "PT4H" }
reason = { code = "ELSE" }
"#;
    let step = r#"
[[scenario.step]]
declare = "spared"
item = { value = "60" }
expect = { status = "released", priority = "normal", matched = ["second/mid"], absent = ["inspection/lot", "second/early", "second/late"] }
"#;
    let spared = ["a", "b", "c"].map(|id| step.replace("\"spared\"", &format!("\"{id}\"")));
    let spared = spared.concat();
    // Of two of the same value the first is forced; of its book what comes before is not selected, and what comes after
    // is not asked and hurries nobody.
    let forced = r#"
[[scenario.step]]
declare = "forced"
items = [ { item_no = 1, value = "10" }, { item_no = 2, value = "200", quantity = "5" }, { item_no = 3, value = "200" } ]
[scenario.step.expect]
verdict = "sample"
priority = "high"
due_hours = 24
items = [ { verdict = "release", matched = [] }, { verdict = "sample", selected_by = "forced", rules = ["second/mid"], matched = ["inspection/lot", "second/early"], absent = ["second/late"], mode = "laboratory", rate = "0.25" }, { verdict = "release", matched = ["second/late"] } ]
"#;
    passes_by(&format!("{FORCED}{second}"), &format!("{spared}{forced}"));
}

#[test]
fn an_expected_rate_of_one_selects_everything_that_nothing_else_does() {
    let policy =
        "[selection]\nmode = \"document\"\n[[selection.expected]]\noffice = \"9\"\nrate = 1\n";
    let steps = r#"
[[scenario.step]]
declare = "topped up"
declaration = { office = "9" }
expect = { verdict = "sample", status = "selected", selected_by = "top_up", mode = "document", rate = "1", matched = ["inspection/lot"] }
[[scenario.step]]
declare = "held"
declaration = { office = "9", country = "RU" }
expect = { status = "held" }
[[scenario.step]]
declare = "drawn"
declaration = { office = "9" }
draw = { inspection = "0.29" }
expect = { status = "selected", selected_by = "draw", mode = "physical" }
[[scenario.step]]
declare = "elsewhere"
expect = { status = "released" }
"#;
    passes_by(policy, steps);
}
