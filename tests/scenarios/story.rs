//! What steps do, and that each is held against what is expected of it.

use super::{fails, passes};

#[test]
fn a_draw_selects_as_it_does_in_a_case() {
    passes(
        r#"
[[scenario.step]]
declare = "unselected"
expect = { verdict = "release", status = "released", version = 1, revision = 1, rules = [], matched = ["inspection/lot"], rate = "0.3", due_hours = 48, priority = "normal" }
[[scenario.step]]
declare = "selected"
draw = { inspection = "0.29" }
expect = { verdict = "sample", status = "selected", rules = ["inspection/lot"], reasons = ["LOT"], mode = "physical", selected_by = "draw", rate = "0.30" }
[[scenario.step]]
declare = "at the rate"
draw = "0.3"
expect = { status = "released" }
[[scenario.step]]
declare = "at random"
draw = { random = "0.001" }
expect = { status = "selected", rules = [], matched = ["inspection/lot"], selected_by = "random" }
"#,
    );
}

#[test]
fn events_are_taken_or_refused_and_decide_what_comes_after() {
    passes(
        r#"
[[scenario.step]]
event = { type = "list_entered", event_id = "L-1", enterprise_id = "E-1", list = "black", authority = "A", document = "D" }
[[scenario.step]]
declare = "black"
expect = { status = "held", rules = ["admissibility/black"] }
[[scenario.step]]
event = { type = "list_entered", event_id = "L-1", enterprise_id = "E-2", list = "black", authority = "A", document = "D" }
expect = { refused = ["conflict"] }
[[scenario.step]]
event = { type = "list_entered", enterprise_id = "E-9", list = "black", authority = "A", document = "D" }
expect = { refused = ["registry"] }
[[scenario.step]]
event = { type = "list_entered", enterprise_id = 7, lists = "black", authority = "A", document = "D" }
expect = { refused = ["type", "unknown_member"] }
[[scenario.step]]
day = "2026-03-03"
[[scenario.step]]
event = { type = "list_left", enterprise_id = "E-1", list = "black", authority = "A", document = "D-2" }
[[scenario.step]]
declare = "free"
expect = { status = "released" }
[[scenario.step]]
state = { feed = "events" }
expect = { rows = [ { event_id = "L-1", authority = "A", document = "D" }, { type = "list_left" } ] }
[[scenario.step]]
state = { registry = "list_entries", enterprise_id = "E-1" }
expect = { rows = [ { list = "black", authority = "A", document = "D", from = "2026-03-02", to = "2026-03-03" } ] }
"#,
    );
}

#[test]
fn a_day_begins_at_eight_and_every_day_on_the_way_turns() {
    passes(
        r#"
[[scenario.step]]
event = { type = "list_entered", enterprise_id = "E-1", list = "black", authority = "A", document = "D" }
[[scenario.step]]
declare = "held"
expect = { status = "held" }
[[scenario.step]]
day = "2026-04-01T08:00:00+08:00"
[[scenario.step]]
state = { declaration = "held" }
expect = { status = "held", revision = 1 }
[[scenario.step]]
day = "2026-04-02T07:59:59+08:00"
[[scenario.step]]
state = { declaration = "held" }
expect = { status = "expired", revision = 2 }
[[scenario.step]]
state = { feed = "changes" }
expect = { rows = [ { declaration = "held", status = "expired", decided_at = "2026-04-01T16:00:00Z" } ] }
[[scenario.step]]
day = "2026-04-02"
[[scenario.step]]
event = { type = "class_assessed", event_id = "C", enterprise_id = "E-1", class = 4, authority = "A", document = "D" }
[[scenario.step]]
state = { feed = "events" }
expect = { rows = [ { at = "2026-03-02T00:00:00Z" }, { at = "2026-04-02T00:00:00Z" } ] }
"#,
    );
}

#[test]
fn results_papers_versions_and_officers_make_revisions() {
    passes(
        r#"
[[scenario.step]]
declare = "D"
declaration = { country = "RU" }
items = [ {}, { value = "500" } ]
draw = "0.1"
expect = { status = "held", items = [ { rules = ["admissibility/licence", "inspection/lot"] }, { mode = "physical" } ] }
[[scenario.step]]
documents = { of = "D", documents = [ { item_no = 1, kind = "licence" }, { item_no = 2, kind = "licence" } ] }
expect = { status = "selected", version = 1, revision = 2 }
[[scenario.step]]
result = { of = "D", item_no = 1, passed = true }
expect = { status = "selected", revision = 2 }
[[scenario.step]]
result = { of = "D", item_no = 2, passed = false }
expect = { status = "held", revision = 3 }
[[scenario.step]]
amend = "D"
declaration = { country = "DE" }
item = { value = "50" }
expect = { status = "selected", version = 2, revision = 1 }
[[scenario.step]]
amend = "D"
items = [ { value = "50" } ]
declaration = { version = 7 }
officer = true
expect = { status = "selected", version = 7, items = [ { verdict = "sample", rules = [] } ] }
[[scenario.step]]
override = { of = "D", verdict = "release", reason_code = "R", reason_text = "because", officer_id = "O-1", confirmed_by = "O-2", document = "P" }
expect = { status = "released", version = 7, revision = 2 }
[[scenario.step]]
amend = "D"
expect = { refused = ["conflict"] }
[[scenario.step]]
cancel = { of = "D", reason_text = "sold" }
officer = true
expect = { status = "cancelled", version = 7, revision = 3 }
[[scenario.step]]
state = { declaration = "D", version = 2 }
expect = { status = "selected", version = 2, revision = 1 }
[[scenario.step]]
state = { declaration = "D", version = 3 }
expect = { refused = ["not_found"] }
[[scenario.step]]
declare = "no number"
item = { value = "much" }
expect = { refused = ["format"] }
"#,
    );
}

#[test]
fn declarations_that_were_let_go_are_read_back() {
    passes(
        r#"
[[scenario.step]]
declare = "amended"
[[scenario.step]]
declare = "withdrawn"
[[scenario.step]]
declare = "looked at"
[[scenario.step]]
day = "2026-06-05"
[[scenario.step]]
amend = "amended"
officer = true
expect = { status = "released", version = 2 }
[[scenario.step]]
cancel = "withdrawn"
expect = { status = "cancelled", revision = 2 }
[[scenario.step]]
state = { declaration = "looked at", version = 1 }
expect = { status = "released", revision = 1 }
"#,
    );
}

#[test]
fn every_wrong_expectation_is_told_with_its_step() {
    let expected = [
        "step 1 (declare D): verdict: expected `hold`, found `release`",
        "step 1 (declare D): status:",
        "step 1 (declare D): version:",
        "step 1 (declare D): revision:",
        "step 1 (declare D): rules:",
        "step 2 (declare E): it should be refused with [\"range\"], but is not",
        "step 3 (event class_assessed): refused: expected {\"range\"}, found {\"registry\"}",
        "step 4 (event inspection_result of E): refused: expected {\"range\"}, found {\"state\"}",
        "step 5 (amend D): version:",
        "step 6 (cancel D): status:",
        "step 7 (override E): status:",
        "step 8 (state of E): revision:",
        "step 9 (state of enterprises): rows: expected 2, found 1",
        "step 10 (state of enterprises): row 1, `kind`: expected `agent`, found `trader`",
        "step 11 (feed of events): rows: expected 1, found 2",
        "step 12 (feed of changes): row 1, `status`:",
    ];
    let steps = r#"
[[scenario.step]]
declare = "D"
expect = { verdict = "hold", status = "held", version = 2, revision = 9, rules = ["no/rule"] }
[[scenario.step]]
declare = "E"
expect = { refused = ["range"] }
[[scenario.step]]
event = { type = "class_assessed", enterprise_id = "E-9", class = 1, authority = "A", document = "D" }
expect = { refused = ["range"] }
[[scenario.step]]
result = { of = "E", item_no = 1, passed = true }
expect = { refused = ["range"] }
[[scenario.step]]
amend = "D"
officer = true
expect = { version = 3 }
[[scenario.step]]
cancel = "D"
expect = { status = "released" }
[[scenario.step]]
override = { of = "E", verdict = "hold", reason_code = "R", reason_text = "because", officer_id = "O-1", document = "P" }
expect = { status = "released" }
[[scenario.step]]
state = { declaration = "E" }
expect = { revision = 7 }
[[scenario.step]]
state = { registry = "enterprises", enterprise_id = "E-1" }
expect = { rows = [ {}, {} ] }
[[scenario.step]]
state = { registry = "enterprises", enterprise_id = "E-1" }
expect = { rows = [ { kind = "agent" } ] }
[[scenario.step]]
state = { feed = "events" }
expect = { rows = [ {} ] }
[[scenario.step]]
state = { feed = "changes" }
expect = { rows = [ { status = "released" } ] }
"#;
    fails(steps, &expected);
}

#[test]
fn what_cannot_be_done_ends_the_story() {
    let steps = |first: &str| {
        format!(
            "[[scenario.step]]\n{first}\n[[scenario.step]]\nstate = {{ registry = \"enterprises\" }}\nexpect = {{ rows = [] }}"
        )
    };
    for (first, expected) in [
        (
            "declare = \"D\"\nitem = { value = \"much\" }",
            "step 1 (declare D): it is refused with {\"format\"}",
        ),
        (
            "event = { type = \"list_entered\", authority = \"A\", document = \"D\" }",
            "step 1 (event list_entered): it is refused with {\"registry\"}",
        ),
        (
            "day = \"2026-03-01\"",
            "step 1 (day): the clock does not go back",
        ),
        (
            "day = \"2036-03-01\"",
            "step 1 (day): the clock goes on by 1000 days at the most",
        ),
        (
            "declare = \"D\"\ndraw = \"2\"",
            "step 1 (declare D): draw: `2` is no decimal",
        ),
        (
            "state = { registry = \"nothing\" }\nexpect = { rows = [] }",
            "step 1 (state of nothing): the registry has no rows of `nothing`",
        ),
        (
            "state = { registry = \"enterprises\", id = \"E-1\" }\nexpect = { rows = [] }",
            "step 1 (state of enterprises): `enterprises` has no column `id`",
        ),
    ] {
        fails(&steps(first), &[expected]);
    }
}
