//! What makes no sense is refused when it is read, with the scenario and the step.

use greenlane::scenario::ScenarioFile;

use super::scenario;

fn refusal(text: &str) -> String {
    let read: Result<ScenarioFile, _> = toml::from_str(text);
    read.unwrap_err().to_string()
}

/// Steps after one that declares `D`, and why they are refused.
const NO_SENSE: &[(&str, &str)] = &[
    (
        "officer = true",
        "it has none of declare, amend, event, day, result, documents, cancel, override, state",
    ),
    (
        "declare = \"E\"\nday = \"2026-03-03\"",
        "it has declare and day: a step has one verb",
    ),
    ("declare = \"D\"", "`D` was declared before"),
    (
        "declare = \"a name of more than sixteen\"",
        "a name has 1 to 16 characters",
    ),
    (
        "declare = \"E\"\ndeclaration = { declaration_id = \"X\" }",
        "`declaration_id` is made and cannot be said",
    ),
    (
        "declare = \"E\"\nexpect = { refused = [\"range\"], verdict = \"hold\" }",
        "where `refused` is expected",
    ),
    (
        "declare = \"E\"\nexpect = { verdct = \"hold\" }",
        "unknown field `verdct`",
    ),
    ("amend = \"E\"", "no declaration `E` came before"),
    (
        "amend = \"D\"\ndraw = \"0\"",
        "`draw` does not go with `amend`",
    ),
    (
        "event = { type = \"x\", of = \"E\" }",
        "no declaration `E` came before",
    ),
    (
        "event = { type = \"x\" }\nexpect = { verdict = \"hold\" }",
        "unknown field `verdict`",
    ),
    (
        "event = { type = \"x\" }\nofficer = true",
        "`officer` does not go with `event`",
    ),
    ("day = \"tomorrow\"", "`tomorrow` is no day"),
    (
        "day = \"2026-03-03\"\nexpect = { status = \"held\" }",
        "nothing can be expected of `day`",
    ),
    (
        "result = { item_no = 1, passed = true }",
        "`of` is required",
    ),
    (
        "result = { of = \"D\", passed = true, conclusion = \"failed\" }",
        "`passed` and `conclusion` say the same",
    ),
    (
        "result = { of = \"D\", type = \"x\" }",
        "`type` is made and cannot be said",
    ),
    ("cancel = 7", "7 is no declaration's name"),
    (
        "override = { of = \"E\" }",
        "no declaration `E` came before",
    ),
    ("state = { declaration = \"D\" }", "shows nothing"),
    (
        "state = { enterprises = \"E-1\" }\nexpect = { rows = [] }",
        "`state` is that of one of declaration, registry, feed, proposals, report, tests, enterprise, file, diary, zone, lot",
    ),
    (
        "state = { report = \"year\" }\nexpect = { rows = [] }",
        "there is no report by `year`: zone, enterprise, office, month",
    ),
    (
        "state = { lot = \"L-1\" }\nexpect = { status = \"released\" }",
        "unknown field `status`",
    ),
    (
        "state = { feed = \"news\" }\nexpect = { rows = [] }",
        "there is no feed `news`",
    ),
    (
        "state = { feed = \"events\", type = \"x\" }\nexpect = { rows = [] }",
        "`type` is nothing to look for in `feed`",
    ),
    (
        "state = { feed = \"events\" }\nexpect = { status = \"held\" }",
        "unknown field `status`",
    ),
];

#[test]
fn a_step_that_makes_no_sense_is_refused_with_its_scenario_and_number() {
    for (step, why) in NO_SENSE {
        let found = refusal(&scenario(&format!(
            "[[scenario.step]]\ndeclare = \"D\"\n[[scenario.step]]\n{step}\n"
        )));
        let place = "scenario `a story`: step 2: ";
        assert!(
            found.contains(place) && found.contains(why),
            "{step}: {found}"
        );
    }
}

#[test]
fn every_step_that_makes_no_sense_is_told() {
    let found = refusal(&scenario(
        "[[scenario.step]]\nday = \"x\"\n[[scenario.step]]\namend = \"E\"\n",
    ));
    assert!(
        found.contains("step 1: ") && found.contains("; step 2: "),
        "{found}"
    );
}

#[test]
fn a_scenario_has_cases_or_steps_and_what_goes_with_them() {
    let case = "[[scenario.case]]\nexpect = {}\n";
    let step = "[[scenario.step]]\ndeclare = \"D\"\n";
    let whole = |parts: &str| format!("title = \"t\"\n[[scenario]]\nname = \"n\"\n{parts}");
    for (parts, why) in [
        (String::new(), "it has neither cases nor steps"),
        (
            format!("start = \"2026-03-02\"\n{case}{step}"),
            "it has cases and steps",
        ),
        (
            format!("start = \"2026-03-02\"\n{case}"),
            "`start` goes with steps",
        ),
        (step.to_owned(), "with steps it needs a `start`"),
        (
            format!("start = \"soon\"\n{step}"),
            "start: `soon` is no day",
        ),
        (
            format!("start = \"2026-03-02\"\ndecision_day = \"2026-03-02\"\n{step}"),
            "`decision_day` goes with cases",
        ),
        (
            "[[scenario.case]]\nname = \"c\"\nexpect = { refused = [], mode = \"joint\" }\n"
                .to_owned(),
            "case `c`: where `refused` is expected",
        ),
    ] {
        let found = refusal(&whole(&parts));
        assert!(
            found.contains("scenario `n`: ") && found.contains(why),
            "{parts}: {found}"
        );
    }
}
