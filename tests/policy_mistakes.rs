//! A policy with many mistakes yields as many messages, each with its place, the text underlined and what would
//! be right; and what later work carries out is refused by name.

#[path = "policy/guide.rs"]
mod guide;

use greenlane::policy::{Diagnostic, PolicySource, Trigger, read};

fn mistakes(files: &[(&str, &str)]) -> Vec<Diagnostic> {
    let files = files
        .iter()
        .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()));
    match PolicySource::from_files(files).map(|source| read(&source)) {
        Ok(Err(errors)) => errors.0,
        _ => Vec::new(),
    }
}

const HEADER: &str = r#"[policy]
id = "p"
timezone = "+08:00"
base_currency = "CNY"
party_ids = "any"
"#;

fn in_rule(when: &str, then: &str) -> Vec<Diagnostic> {
    let text = format!(
        "{HEADER}[[book]]\nid = \"b\"\n[[book.rule]]\nid = \"r\"\nwhen = '{when}'\nthen = {{ {then} }}\n"
    );
    mistakes(&[("p.toml", &text)])
}

#[test]
fn twenty_mistakes_yield_twenty_messages_with_their_places() {
    let found = mistakes(&[("10.toml", include_str!("policy/twenty_mistakes.toml"))]);
    let told: Vec<(usize, &str)> = found.iter().map(|d| (d.line, d.message.as_str())).collect();
    let expected = [
        (5, "`+8` is not a fixed offset"),
        (6, "`yuan` is not a currency code"),
        (7, "`ussc` is none of `uscc`, `any`"),
        (9, "unknown member `titel`"),
        (12, "`0.00001`: more than 4 decimals"),
        (15, "a rate is from 0 to 1"),
        (20, "unknown fact `enterprise.clas`"),
        (21, "`verdct`"),
        (21, "`verdict` is missing"),
        (24, "`if` is missing"),
        (29, "`7` is outside 0 to 4"),
        (
            30,
            "`frobnicate` is neither a number, a parameter nor a rate table",
        ),
        (34, "texts are written in double quotes"),
        (
            40,
            "`party.recommended` may be read in a `[[classification]]`",
        ),
        (41, "`per` is missing"),
        (44, "`XX` is no alpha-2 code"),
        (44, "`gold` is none of"),
        (48, "a second rule `e/five`"),
        (49, "`94051` is no HS code"),
        (54, "unknown parameter `parameter.treshold`"),
        (55, "`1H` is no duration"),
    ];
    for (line, part) in expected {
        assert!(
            told.iter()
                .any(|(at, message)| *at == line && message.contains(part)),
            "{line}: {part} is missing in {told:#?}"
        );
    }
    assert_eq!(told.len(), expected.len(), "{told:#?}");
}

#[test]
fn the_wrong_text_is_underlined_and_the_nearest_name_is_offered() {
    let found = in_rule("enterprise.clas == 1", "verdict = \"hold\"");
    let shown = found.first().map(ToString::to_string).unwrap_or_default();
    let expected = "error: unknown fact `enterprise.clas`
  --> p.toml:10:9
   |
10 | when = 'enterprise.clas == 1'
   |         ^^^^^^^^^^^^^^^ did you mean `enterprise.class`?
";
    assert_eq!(shown, expected);
}

#[test]
fn places_count_characters_also_behind_chinese_text() {
    let found = in_rule(
        r#""灯饰" in commodity.groups && item.valu > 1"#,
        "verdict = \"hold\"",
    );
    assert_eq!(
        found
            .iter()
            .map(|d| (d.column, d.width))
            .collect::<Vec<_>>(),
        [(37, 9)]
    );
}

#[test]
fn every_condition_mistake_has_a_message_in_the_authors_terms() {
    for (when, part) in [
        ("item.value >", "not complete"),
        ("item.value > 1 2", "cannot stand here"),
        ("item.value", "not a condition"),
        ("item.value > \"1\"", "amount"),
        ("item.unit == 1", "string"),
        ("declaration.day > \"2013-8-15\"", "not a day"),
        ("enterprise.class > 0.5", "int beside a amount"),
        ("enterprise.class + 0.5 > 1", "int beside a amount"),
        ("item.value * item.value > 1", "whole number only"),
        ("has(item.value)", "never absent"),
        ("item.value in []", "empty list"),
        ("1 == 1", "two constants"),
        ("commodity.groups == [\"a\"]", "`== []`"),
        ("commodity.groups == \"a\"", "asks for a member"),
        (
            "item.unit.endsWith(\"a\")",
            "`endsWith` is not in the language",
        ),
        (
            "size(commodity.groups) > 1",
            "`size` is not in the language",
        ),
        ("item.value - 1 > 1", "subtraction"),
        ("commodity.groups[0] == \"a\"", "indexing"),
        ("enterprise.known == 1", "cannot be compared"),
        ("item.chapter == \"943\"", "does not have 2 digits"),
        (
            "commodity.groups.exists(x, x == \"a\")",
            "not in the language",
        ),
        ("party.recommended", "may be read in a `[[classification]]`"),
        (
            "enterprise.material_monitoring == \"due\"",
            "needs the parameter `material_monitoring_days`",
        ),
        ("risk.unknown > 1", "unknown fact"),
    ] {
        let found = in_rule(when, "verdict = \"hold\"");
        assert!(
            found
                .iter()
                .any(|d| d.message.contains(part)
                    || d.help.as_ref().is_some_and(|h| h.contains(part))),
            "{when}: {found:#?}"
        );
    }
}

#[test]
fn a_selector_that_settle_carries_out_is_refused_with_every_mistake() {
    for (then, parts) in [
        (
            r#"verdict = "hold", monitor = { every = "fortnight", per = ["trader", "buyer", "trader"], from = 1 }"#,
            &[
                "`fortnight` is none of",
                "`buyer` is none of",
                "`trader` is named twice",
                "unknown member `from`",
                "`monitor` goes with the verdict `sample`, not with `hold`",
            ][..],
        ),
        (
            r#"verdict = "sample", monitor = { every = "P0D", per = [] }"#,
            &["`P0D` is none of", "`per` names at least one party"],
        ),
        (
            r#"verdict = "sample", monitor = "month", programme = 1, write_off = false"#,
            &[
                "a table is needed here",
                "`programme` is `true` or `false`",
                "`write_off` is `true` or left out",
                "`write_off` goes with the verdict `release`, not with `sample`",
            ],
        ),
        (
            r#"verdict = "release", programme = true"#,
            &["`programme` goes with the verdict `sample`, not with `release`"],
        ),
        (
            r#"verdict = "release", write_off = true, per = "item""#,
            &["`per` needs `rate`"],
        ),
    ] {
        let found = in_rule("true", then);
        let told: Vec<&str> = found.iter().map(|d| d.message.as_str()).collect();
        assert_eq!(told.len(), parts.len(), "{then}: {told:#?}");
        for part in parts {
            let is_told = told.iter().any(|message| message.contains(part));
            assert!(is_told, "{part}: {told:#?}");
        }
    }
    let right = r#"verdict = "sample", monitor = { every = "P10D", per = ["trader", "enterprise"] }, programme = true, rate = 0.5, otherwise = "release""#;
    assert!(in_rule("true", right).is_empty());
}

#[test]
fn a_rate_table_needs_a_row_that_always_fits() {
    let text = format!(
        "{HEADER}[[rate_table]]\nid = \"t\"\nkeys = [\"enterprise.class\"]\nrows = \"t.csv\"\n"
    );
    let found = mistakes(&[
        ("p.toml", &text),
        ("t.csv", "enterprise.class,rate\n1,0.5\n9,0.1\n"),
    ]);
    let told: Vec<_> = found
        .iter()
        .map(|d| (d.file.as_str(), d.line, d.message.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            ("t.csv", 1, "no row of this rate table always fits"),
            (
                "t.csv",
                3,
                "`9` is no value that `enterprise.class` can have"
            )
        ]
    );
}

#[test]
fn a_book_called_random_is_refused() {
    let found = mistakes(&[("p.toml", &format!("{HEADER}[[book]]\nid = \"random\"\n"))]);
    assert!(
        found
            .iter()
            .any(|d| d.message.contains("no book may be called `random`")),
        "{found:#?}"
    );
}

#[test]
fn declarations_are_decided_again_upon_events_that_say_which_are_affected() {
    let found = |text: &str| {
        let text = format!("{HEADER}[life]\n{text}\n");
        let found = mistakes(&[("p.toml", &text)]).into_iter();
        found.map(|d| (d.line, d.message)).collect::<Vec<_>>()
    };
    for word in Trigger::WORDS {
        assert_eq!(found(&format!("redecide_on = [\"{word}\"]")), []);
    }
    let all = found("redecide_on = [\"catalogue_changed\", \"recal\", \"recall\", \"recall\"]");
    let parts = [
        "of no event `catalogue_changed` it is said which declarations are affected",
        "of no event `recal` it is said",
        "a second `recall`",
    ];
    assert_eq!(all.len(), parts.len(), "{all:?}");
    for ((line, message), part) in all.iter().zip(parts) {
        assert!(*line == 7 && message.contains(part), "{all:?}");
    }
    assert_eq!(found("released_within_hours = 720"), []);
    let bound = "`released_within_hours` is 720 at the most".to_owned();
    assert_eq!(found("released_within_hours = 721"), [(7, bound)]);
    let policy = |more: &str| {
        let files = [("p.toml".to_owned(), format!("{HEADER}{more}"))];
        read(&PolicySource::from_files(files).unwrap()).unwrap()
    };
    assert_eq!(policy("").life.redecide_on, []);
    let named = policy("[life]\nredecide_on = [\"recall\"]\nreleased_within_hours = 6\n");
    assert_eq!(named.life.redecide_on, [Trigger::Recall]);
    assert_eq!(named.life.released_within_hours, 6);
}

#[test]
fn the_months_of_tightening_are_few_and_not_none() {
    let months = |text: &str| {
        let text = format!("{HEADER}[accountability]\n{text}\n");
        let found = mistakes(&[("p.toml", &text)]).into_iter();
        found.map(|d| (d.line, d.message)).collect::<Vec<_>>()
    };
    let bounds = "`tightening_months` is from 1 to 120".to_owned();
    assert_eq!(months("tightening_months = 120"), []);
    assert_eq!(months("tightening_months = 0"), [(7, bounds.clone())]);
    assert_eq!(months("tightening_months = 121"), [(7, bounds)]);
    let text = months("tightening_months = \"six\"");
    assert_eq!(text.len(), 1, "{text:?}");
    let unknown = months("tightening_days = 3");
    assert_eq!(unknown.len(), 1, "{unknown:?}");
    let policy = |more: &str| {
        let files = [("p.toml".to_owned(), format!("{HEADER}{more}"))];
        read(&PolicySource::from_files(files).unwrap()).unwrap()
    };
    assert_eq!(policy("").accountability.tightening_months, 6);
    let named = policy("[accountability]\ntightening_months = 3\n");
    assert_eq!(named.accountability.tightening_months, 3);
}

fn in_form(form: &str, members: &str) -> Vec<String> {
    let text = format!("{HEADER}[parameters]\nfloor = 60\n[[{form}]]\nid = \"x\"\n{members}\n");
    let told = mistakes(&[("p.toml", &text)]).into_iter();
    told.map(|d| match d.help {
        Some(help) => format!("{}; {help}", d.message),
        None => d.message,
    })
    .collect()
}

fn is_told(form: &str, members: &str, parts: &[&str]) {
    let told = in_form(form, members);
    assert_eq!(told.len(), parts.len(), "{members}: {told:#?}");
    for part in parts {
        let is_told = told.iter().any(|message| message.contains(part));
        assert!(is_told, "{members}: {part}: {told:#?}");
    }
}

const REASON: &str = "reason.code = \"R\"";

#[test]
fn a_classification_is_refused_with_every_mistake() {
    let right = "when = 'party.recommended && party.management >= parameter.floor'\nthen = { class = 1, list = \"red\", title = \"t\", propose = true }";
    assert_eq!(in_form("classification", right), [] as [&str; 0]);
    for (members, parts) in [
        ("", &["`when` is missing", "`then` is missing"][..]),
        (
            "when = 'true'\nthen = { propose = true }",
            &["a classification gives a `class`, a `list` or a `title`"],
        ),
        (
            "when = 'true'\nthen = { class = 5, list = \"\", title = \" t\", lists = 1 }",
            &[
                "a class is from 1 to 4",
                "a `list` has 1 to 64 characters",
                "a `title` has 1 to 64 characters",
                "unknown member `lists`; did you mean `list`?",
            ],
        ),
        (
            "when = 'true'\nthen = { class = \"1\", propose = 1 }",
            &[
                "`class` is a whole number",
                "`propose` is `true` or `false`",
            ],
        ),
        (
            "when = 'party.clas == 1'\nthen = { class = 1 }",
            &["unknown fact `party.clas`; did you mean `party.class`?"],
        ),
        (
            "when = 'enterprise.class == 1 || event.state == \"applied\"'\nthen = { class = 1 }",
            &[
                "`enterprise.class` is of a declaration; a classification reads `party.…`",
                "`event.state` may be read in a `[[guard]]` only; a classification reads `party.…`",
            ],
        ),
        (
            "when = 'party.material_monitoring == \"due\"'\nthen = { class = 1 }",
            &[
                "`party.material_monitoring` needs the parameter `material_monitoring_days`; name it under `[parameters]`",
            ],
        ),
        (
            "when = 'party.class == 5 || party.standing == \"green\" || has(party.bureau)'\nthen = { class = 1 }",
            &[
                "`5` is outside 0 to 4",
                "`green` is none of",
                "never absent",
            ],
        ),
        (
            "when = 'true'\nthen = { class = 1 }\nto = \"2014-01-01\"\nfrom = \"2014-01-01\"\noffices = [\"1\"]",
            &[
                "is the first day no longer in force",
                "unknown member `offices`",
            ],
        ),
        (
            "when = 'true'\nthen = { class = 1 }\n[[classification]]\nid = \"x\"\nwhen = 'true'\nthen = { class = 2 }",
            &["a second classification `x`; the first stands at p.toml:9"],
        ),
    ] {
        is_told("classification", members, parts);
    }
}

#[test]
fn selection_names_what_may_select_and_every_mistake_is_told_at_once() {
    let told = |text: &str| {
        let found = mistakes(&[("p.toml", &format!("{HEADER}{text}\n"))]).into_iter();
        found.map(|d| d.message).collect::<Vec<_>>()
    };
    let right = r#"[selection]
forced_after = 50
mode = "document"
[[selection.expected]]
office = "5720"
direction = "export"
rate = 0.05
[[selection.expected]]
office = "5720"
rate = 0.1
[[selection.expected]]
rate = 0.0001"#;
    assert_eq!(told(right), [""; 0]);
    assert_eq!(told("[selection]\nforced_after = 1"), [""; 0]);
    for (text, parts) in [
        ("[selection]", &["`[selection]` selects nothing"] as &[_]),
        (
            "[selection]\nforced_after = 0\nmode = \"physical\"",
            &[
                "`forced_after` is from 1 to 1000000",
                "`mode` is that of top-ups",
            ],
        ),
        (
            "[selection]\nforced = 3\nforced_after = 3",
            &["unknown member `forced`"],
        ),
        (
            "[[selection.expected]]\noffice = \"\"\ndirection = \"in\"\nrate = 1.5",
            &["an office has an id", "`in`", "a rate is from 0 to 1"],
        ),
        (
            "[[selection.expected]]\nrate = 0.1\n[[selection.expected]]\noffice = \"1\"\nrate = 0.1",
            &["this expected rate never holds"],
        ),
        (
            "[[selection.expected]]\noffice = \"1\"",
            &["`rate` is missing"],
        ),
        (
            "[[book]]\nid = \"top_up\"",
            &["no book may be called `top_up`"],
        ),
    ] {
        let told = told(text);
        assert_eq!(told.len(), parts.len(), "{text}: {told:#?}");
        for part in parts {
            let is_told = told.iter().any(|message| message.contains(part));
            assert!(is_told, "{part}: {told:#?}");
        }
    }
}

#[test]
fn a_guard_is_refused_with_every_mistake() {
    let right = format!(
        "on = [\"member_state_changed\", \"enterprise_recommended\"]\nbureau = \"4400\"\nwhen = 'event.state == \"announced\" && !subject_zone.assessed && party.class > 2'\n{REASON}"
    );
    assert_eq!(in_form("guard", &right), [] as [&str; 0]);
    for (members, parts) in [
        (
            "",
            &[
                "`when` is missing",
                "`on` is missing",
                "`reason` is missing",
            ][..],
        ),
        (
            "on = []\nwhen = 'true'\nreason.text.en = \"x\"",
            &["an empty list of events", "`code` is missing"],
        ),
        (
            "on = [\"member_state_change\", \"inspection_result\"]\nwhen = 'true'\nreason.code = \"R\"",
            &[
                "`member_state_change` is no type of event that a guard may look at; did you mean `member_state_changed`?",
                "`inspection_result` is no type of event",
            ],
        ),
        (
            "on = \"list_entered\"\nwhen = 'item.value > 1 || risk.x > 1 || event.stat == \"applied\"'\nreason.code = \"R\"",
            &[
                "`item.value` is of a declaration; a guard reads `party.…`, `event.…` and `subject_zone.…`",
                "unknown fact `risk.x`",
                "unknown fact `event.stat`; did you mean `event.state`?",
            ],
        ),
        (
            "on = \"list_entered\"\nwhen = 'event.level == \"nationl\" || event.state == \"anounced\" || event.type == \"list_enterd\"'\nreason.code = \"R\"\nthen = { class = 1 }",
            &[
                "`nationl` is none of",
                "`anounced` is none of",
                "`list_enterd` is none of",
                "unknown member `then`",
            ],
        ),
    ] {
        is_told("guard", members, parts);
    }
}

#[test]
fn what_is_of_persons_is_read_by_no_rule_score_or_table() {
    for (when, part) in [
        (
            "party.class == 1",
            "`party.class` may be read in a `[[classification]]` or `[[guard]]` only",
        ),
        (
            "event.authority == \"\"",
            "`event.authority` may be read in a `[[guard]]` only",
        ),
        (
            "subject_zone.assessed",
            "`subject_zone.assessed` may be read in a `[[guard]]` only",
        ),
        ("party.clas == 1", "unknown fact `party.clas`"),
    ] {
        let found = in_rule(when, "verdict = \"hold\"");
        assert!(
            found.iter().any(|d| d.message.contains(part)),
            "{when}: {found:#?}"
        );
        let score =
            format!("{HEADER}[[score]]\nid = \"s\"\nwhen = [ {{ if = '{when}', points = 1 }} ]\n");
        let found = mistakes(&[("p.toml", &score)]);
        assert!(
            found.iter().any(|d| d.message.contains(part)),
            "{when}: {found:#?}"
        );
    }
    let table =
        format!("{HEADER}[[rate_table]]\nid = \"t\"\nkeys = [\"party.class\"]\nrows = \"t.csv\"\n");
    let found = mistakes(&[("p.toml", &table), ("t.csv", "party.class,rate\n*,1\n")]);
    assert!(
        found
            .iter()
            .any(|d| d.message.contains("`party.class` may be read")),
        "{found:#?}"
    );
}

#[test]
fn the_days_of_monitoring_are_whole_few_and_not_none() {
    let told = |text: &str| {
        let text = format!("{HEADER}[parameters]\n{text}\n");
        let found = mistakes(&[("p.toml", &text)]).into_iter();
        found.map(|d| (d.line, d.message)).collect::<Vec<_>>()
    };
    let why = "`material_monitoring_days` is a whole number of days from 1 to 3660".to_owned();
    assert_eq!(told("material_monitoring_days = 180"), []);
    for wrong in ["0", "1.5", "3661", "true"] {
        let found = told(&format!("material_monitoring_days = {wrong}"));
        assert_eq!(found, [(7, why.clone())], "{wrong}");
    }
    let place = "[[override]]\nparameter = \"material_monitoring_days\"\noffice = \"1\"\nvalue = 0";
    let found = told(&format!("material_monitoring_days = 30\n{place}"));
    assert_eq!(found, [(11, why)]);
}
