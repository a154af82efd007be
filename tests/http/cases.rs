//! Accountability: cases opened by adverse events, the causes that are found with their consequences, closings; and
//! alerts that findings raise.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::service::{Service, pointers, problem, released, right};

/// Who declares [`released`], from a time before it had a class.
const MAKER: &str = "91440606415292770B";
/// A maker of lamps with a title, of class 1 from 2012-07-01.
const TITLED: &str = "91442000384930193R";
/// A member of the zone of lamps.
const MEMBER: &str = "91442000408630372U";
const OPENING: [&str; 4] = [
    "foreign_notification",
    "recall",
    "export_return",
    "spot_check_failed",
];

fn event(id: &str, kind: &str, day: &str, members: &Value) -> Value {
    let mut event = json!({
        "event_id": id, "type": kind, "at": format!("{day}T09:00:00+08:00"),
        "authority": "Foshan CIQ", "document": "FS-2012-9",
    });
    let all = event.as_object_mut().unwrap();
    all.extend(members.as_object().unwrap().clone());
    event
}

fn adverse(id: &str, kind: &str, day: &str) -> Value {
    let members = json!({ "enterprise_id": MAKER, "hs_code": "9405500000", "country": "US" });
    event(id, kind, day, &members)
}

fn cause(id: &str, case: &str, cause: &str, day: &str) -> Value {
    let members = json!({ "case_id": case, "cause": cause });
    event(id, "case_cause_found", day, &members)
}

fn closed(id: &str, case: &str, day: &str) -> Value {
    event(id, "case_closed", day, &json!({ "case_id": case }))
}

/// [`released`], declared on a day.
fn on(id: &str, day: &str) -> Value {
    let mut declaration = released(id);
    declaration["declared_at"] = format!("{day}T10:00:00+08:00").into();
    declaration
}

fn of(trader: &str, declaration: Value) -> Value {
    let mut declaration = declaration;
    declaration["trader_id"] = trader.into();
    declaration
}

/// The rules that spoke.
fn rules(decision: &Value) -> Vec<String> {
    let reasons = decision["items"][0]["reasons"].as_array().unwrap().iter();
    let spoke = reasons.filter(|reason| reason["spoke"] == true);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    spoke
        .map(|reason| format!("{}/{}", text(&reason["book"]), text(&reason["rule"])))
        .collect()
}

/// The registry that a service left, as files.
struct Exported(PathBuf);

impl Exported {
    fn table(&self, name: &str) -> String {
        fs::read_to_string(self.0.join(format!("{name}.csv"))).unwrap_or_default()
    }
}

impl Service {
    /// Whether a rule of the accountability book spoke of goods on a day, and which.
    fn accountable(&mut self, id: &str, day: &str) -> Option<String> {
        let decision = self.declare(&on(id, day));
        let spoke = rules(&decision).into_iter();
        let mut spoke = spoke.filter(|rule| rule.starts_with("accountability/"));
        spoke.next()
    }

    /// What an event is refused with, and that nothing was recorded of it.
    fn refused(&mut self, event: &Value) -> Value {
        let before = self.get("/v1/events?after=0").lines().len();
        let found = problem(&self.post("/v1/events", event), 422);
        assert_eq!(self.get("/v1/events?after=0").lines().len(), before);
        found
    }

    /// Stops it: every record is decided again to the same outcome, and the fold is what the service knew. The rows
    /// of the registry then.
    fn replayed(self) -> Exported {
        let data = self.data.clone();
        drop(self.client);
        self.server.stop();
        let run = |arguments: &[&str], paths: &[&Path]| {
            let mut command = Command::new(env!("CARGO_BIN_EXE_greenlane"));
            let done = command.args(arguments).args(paths).output().unwrap();
            let told = String::from_utf8_lossy(&done.stderr).into_owned();
            assert!(done.status.success(), "{arguments:?}: {told}");
        };
        run(&["replay", "--fold", "--data"], &[&data]);
        let out = data.with_extension("registry");
        let _ = fs::remove_dir_all(&out);
        run(&["registry", "export", "--data"], &[&data, &out]);
        Exported(out)
    }
}

fn row(table: &str, begins: &str) -> String {
    let mut rows = table.lines().filter(|line| line.starts_with(begins));
    let row = rows.next().unwrap_or_default().to_owned();
    assert_eq!(rows.next(), None, "several rows begin with {begins}");
    row
}

#[test]
fn each_of_four_adverse_events_opens_a_case_and_a_complaint_opens_none() {
    let mut service = Service::start("case-opened");
    assert_eq!(service.accountable("D-0", "2012-03-05"), None);
    let told = service.tell(&adverse("N-0", "complaint", "2012-03-01"));
    assert_eq!(service.accountable("D-1", "2012-03-05"), None);
    // It is a revision all the same: it counts.
    let next = service.tell(&adverse("N-9", "complaint", "2012-03-01"));
    let revision = |told: &Value| told["registry_revision"].as_u64().unwrap();
    assert_eq!(revision(&next), revision(&told) + 1);
    for (no, kind) in OPENING.into_iter().enumerate() {
        let day = format!("2012-03-0{}", no + 2);
        let heading = format!("940{}", no + 1);
        let mut event = adverse(&format!("N-{kind}"), kind, &day);
        event["hs_code"] = format!("{heading}50").into();
        service.tell(&event);
        let mut declaration = on(&format!("D-{kind}"), &day);
        declaration["items"][0]["hs_code"] = format!("{heading}900000").into();
        let decision = service.declare(&declaration);
        assert!(
            rules(&decision).contains(&"accountability/open-case".to_owned()),
            "{decision}"
        );
        assert_eq!(decision["status"], "selected");
        // Goods of another heading are none of the case's.
        assert_eq!(service.accountable(&format!("E-{kind}"), &day), None);
    }
    let left = service.replayed();
    for (no, kind) in OPENING.into_iter().enumerate() {
        let row = row(&left.table("cases"), &format!("N-{kind},"));
        assert_eq!(
            row,
            format!(
                "N-{kind},{MAKER},940{},N-{kind},2012-03-0{},,,",
                no + 1,
                no + 2
            )
        );
    }
}

#[test]
fn an_adverse_event_that_names_no_enterprise_is_taken_and_one_that_names_an_unknown_one_is_not() {
    let mut service = Service::start("case-nobody");
    let mut event = adverse("N-1", "recall", "2012-03-01");
    event["enterprise_id"] = "91440606632448444X".into();
    let found = service.refused(&event);
    assert_eq!(pointers(&found), ["/enterprise_id"]);
    let detail = found["errors"][0]["detail"].as_str().unwrap();
    assert!(detail.contains("leave it out"), "{detail}");
    event.as_object_mut().unwrap().remove("enterprise_id");
    service.tell(&event);
    assert_eq!(service.accountable("D-1", "2012-03-05"), None);
    assert_eq!(service.replayed().table("cases"), "");
}

#[test]
fn a_case_that_came_from_a_foreign_rule_has_no_consequence() {
    let mut service = Service::start("case-foreign");
    service.tell(&adverse("N-1", "foreign_notification", "2012-03-01"));
    assert_eq!(
        service.accountable("D-1", "2012-03-05").as_deref(),
        Some("accountability/open-case")
    );
    service.tell(&cause("F-1", "N-1", "foreign_rule", "2012-03-10"));
    let after = service.declare(&on("D-2", "2012-03-11"));
    assert_eq!(after["status"], "released");
    service.tell(&closed("X-1", "N-1", "2012-03-20"));
    assert_eq!(service.accountable("D-3", "2012-03-21"), None);
    let left = service.replayed();
    let row = row(&left.table("cases"), "N-1,");
    assert_eq!(
        row,
        format!("N-1,{MAKER},9405,N-1,2012-03-01,foreign_rule,,2012-03-20")
    );
}

#[test]
fn a_lack_of_capability_tightens_for_the_policys_months_or_until_the_day_that_is_named() {
    let mut service = Service::start("case-capability");
    for (case, until) in [("N-1", None), ("N-2", Some("2012-04-10"))] {
        let mut event = adverse(case, "spot_check_failed", "2012-03-01");
        if until.is_some() {
            event["hs_code"] = "940290".into();
        }
        service.tell(&event);
        let mut found = cause(&format!("F-{case}"), case, "capability", "2012-03-10");
        found["measures_until"] = until.into();
        service.tell(&found);
        service.tell(&closed(&format!("X-{case}"), case, "2012-03-20"));
    }
    let mut rule = |id: &str, day: &str, hs: &str| {
        let mut declaration = on(id, day);
        declaration["items"][0]["hs_code"] = hs.into();
        let rules = rules(&service.declare(&declaration)).into_iter();
        rules
            .filter(|rule| rule.starts_with("accountability/"))
            .collect::<Vec<_>>()
    };
    let (own, other) = ("9405500000", "9402900000");
    assert_eq!(rule("D-1", "2012-03-19", own), ["accountability/open-case"]);
    assert_eq!(rule("D-2", "2012-03-20", own), ["accountability/tightened"]);
    assert_eq!(rule("D-3", "2012-09-09", own), ["accountability/tightened"]);
    assert_eq!(rule("D-4", "2012-09-10", own), [""; 0]);
    assert_eq!(
        rule("D-5", "2012-04-09", other),
        ["accountability/tightened"]
    );
    assert_eq!(rule("D-6", "2012-04-10", other), [""; 0]);
    let left = service.replayed();
    let row = row(&left.table("cases"), "N-1,");
    assert_eq!(
        row,
        format!("N-1,{MAKER},9405,N-1,2012-03-01,capability,2012-09-10,2012-03-20")
    );
}

#[test]
fn malice_ends_titles_brings_class_4_and_the_black_list_and_what_was_to_begin_later_does_not() {
    let mut service = Service::start("case-malice");
    let mut notified = adverse("N-1", "export_return", "2014-05-01");
    notified["enterprise_id"] = TITLED.into();
    service.tell(&notified);
    // An assessment and a title that were to begin, made before anything was found.
    let assessed = json!({ "enterprise_id": TITLED, "class": 2, "from": "2015-01-01" });
    service.tell(&event("A-1", "class_assessed", "2014-05-02", &assessed));
    let titled = json!({ "enterprise_id": TITLED, "kind": "demonstration_enterprise", "number": "7", "from": "2014-09-01" });
    service.tell(&event("A-2", "title_granted", "2014-05-02", &titled));
    service.tell(&cause("F-1", "N-1", "malice", "2014-05-20"));
    let black = |decision: &Value| rules(decision).contains(&"integrity/black-list".to_owned());
    let before = service.declare(&of(TITLED, on("D-1", "2014-05-19")));
    assert!(!black(&before), "{before}");
    let after = service.declare(&of(TITLED, on("D-2", "2014-05-20")));
    assert!(black(&after), "{after}");
    assert_eq!(after["status"], "held");
    // What it was found guilty of outlasts the case.
    service.tell(&closed("X-1", "N-1", "2014-06-01"));
    let after = service.declare(&of(TITLED, on("D-3", "2016-06-01")));
    assert!(black(&after), "{after}");
    let left = service.replayed();
    let own = |name: &str| {
        let table = left.table(name);
        let rows = table.lines().filter(|row| row.starts_with(TITLED));
        rows.map(|row| row[TITLED.len() + 1..].to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        own("titles"),
        [
            "national_demonstration,ND-2013-0441,AQSIQ (质检总局),AQSIQ-ND-2013,,2013-05-01,2014-05-20"
        ]
    );
    let classes = own("classes");
    assert_eq!(classes.len(), 2, "{classes:?}");
    assert!(
        classes[0].starts_with("1,2012,") && classes[0].ends_with(",2012-07-01,2014-05-20"),
        "{classes:?}"
    );
    assert_eq!(
        classes[1],
        "4,,Foshan CIQ,FS-2012-9,2014-05-20,,2014-05-20,"
    );
    let entries = own("list_entries");
    assert!(
        entries.contains(&"black,malice,Foshan CIQ,FS-2012-9,,2014-05-20,".to_owned()),
        "{entries:?}"
    );
    assert_eq!(
        entries.len(),
        2,
        "the entry of key enterprises stays: {entries:?}"
    );
}

#[test]
fn what_cannot_be_of_a_case_is_refused_with_every_reason() {
    let mut service = Service::start("case-refused");
    for event in [
        cause("F-1", "N-1", "malice", "2012-03-10"),
        closed("X-1", "N-1", "2012-03-10"),
    ] {
        let found = service.refused(&event);
        assert_eq!(pointers(&found), ["/case_id"]);
        assert!(
            found.to_string().contains("there is no case `N-1`"),
            "{found}"
        );
    }
    service.tell(&adverse("N-1", "recall", "2012-03-05"));
    let found = service.refused(&closed("X-1", "N-1", "2012-03-10"));
    assert_eq!(
        pointers(&found),
        ["/case_id"],
        "no cause was found: {found}"
    );
    let found = service.refused(&closed("X-1", "N-1", "2012-03-04"));
    assert_eq!(pointers(&found), ["/case_id", "/at"], "{found}");
    let found = service.refused(&cause("F-1", "N-1", "capability", "2012-03-04"));
    assert_eq!(pointers(&found), ["/at"]);
    service.tell(&cause("F-1", "N-1", "capability", "2012-03-10"));
    let found = service.refused(&cause("F-2", "N-1", "malice", "2012-03-01"));
    assert_eq!(pointers(&found), ["/case_id", "/at"]);
    service.tell(&closed("X-1", "N-1", "2012-03-20"));
    let found = service.refused(&closed("X-2", "N-1", "2012-03-25"));
    assert!(
        found.to_string().contains("closed on 2012-03-20"),
        "{found}"
    );
    // An id under which there is a case already.
    let case = json!({ "case_id": "N-2", "enterprise_id": MEMBER, "opened_on": "2012-03-01" });
    service.tell(&event("C-1", "case_changed", "2012-03-01", &case));
    let found = service.refused(&adverse("N-2", "recall", "2012-03-05"));
    assert_eq!(pointers(&found), ["/event_id"]);
    service.tell(&adverse("N-2", "complaint", "2012-03-05"));
    service.replayed();
}

#[test]
fn all_faults_of_these_events_are_told_at_once() {
    let mut service = Service::start("case-faults");
    let members = json!({
        "enterprise_id": 7, "hs_code": "9405", "country": "Atlantis", "product_lots": ["P-1", 2, ""],
        "declaration_id": "", "reason": [], "colour": "green",
    });
    let found = service.refused(&event("N-1", "recall", "2012-03-05", &members));
    let places = [
        "/enterprise_id",
        "/hs_code",
        "/country",
        "/product_lots/1",
        "/product_lots/2",
        "/declaration_id",
        "/reason",
        "/colour",
    ];
    assert_eq!(pointers(&found), places, "{found}");
    let found = service.refused(&event("N-1", "complaint", "2012-03-05", &json!({})));
    assert_eq!(pointers(&found), ["/hs_code"]);
    let members = json!({ "cause": "bad luck", "measures_until": "2012-03-05", "colour": 1 });
    let found = service.refused(&event("F-1", "case_cause_found", "2012-03-05", &members));
    assert_eq!(
        pointers(&found),
        ["/case_id", "/cause", "/measures_until", "/colour"]
    );
    let members =
        json!({ "case_id": "N-1", "cause": "foreign_rule", "measures_until": "2013-03-05" });
    let found = service.refused(&event("F-1", "case_cause_found", "2012-03-05", &members));
    assert_eq!(pointers(&found), ["/measures_until"]);
    let found = service.refused(&event(
        "X-1",
        "case_closed",
        "2012-03-05",
        &json!({ "colour": 1 }),
    ));
    assert_eq!(pointers(&found), ["/case_id", "/colour"]);
}

#[test]
fn the_same_event_opens_a_case_once() {
    let mut service = Service::start("case-again");
    let first = service.tell(&adverse("N-1", "recall", "2012-03-05"));
    let mut service = service.again();
    let mut again = service.tell(&adverse("N-1", "recall", "2012-03-05"));
    assert_eq!(again["repeated"], true);
    again["repeated"] = false.into();
    assert_eq!(again, first);
    assert_eq!(
        service.accountable("D-1", "2012-03-05").as_deref(),
        Some("accountability/open-case")
    );
    let left = service.replayed();
    assert_eq!(left.table("cases").lines().count(), 2);
}

#[test]
fn findings_raise_alerts_under_their_own_ids() {
    let mut service = Service::start("findings");
    let goods = json!({ "enterprise_id": MAKER, "hs_scope": ["9405"], "to": "2012-04-01" });
    service.tell(&event("K-1", "counterfeit_found", "2012-03-01", &goods));
    let found = service.declare(&on("D-1", "2012-03-05"));
    assert!(
        rules(&found).contains(&"admissibility/counterfeit".to_owned()),
        "{found}"
    );
    let whose = json!({ "enterprise_id": MAKER, "level": 1, "from": "2012-05-01", "source": "the tax office" });
    service.tell(&event("K-2", "violation_found", "2012-03-01", &whose));
    let found = service.declare(&on("D-2", "2012-05-05"));
    assert!(
        rules(&found).contains(&"integrity/lesser-violation".to_owned()),
        "{found}"
    );
    let measure = json!({ "countries": ["US"], "from": "2012-07-01" });
    service.tell(&event("K-3", "tbt_notified", "2012-03-01", &measure));
    let found = service.declare(&on("D-3", "2012-07-05"));
    assert!(
        rules(&found).contains(&"accountability/measure-abroad".to_owned()),
        "{found}"
    );

    let members = json!({ "alert_id": "K", "kind": "warning", "colour": 1 });
    let found = service.refused(&event("K-4", "violation_found", "2012-03-01", &members));
    assert_eq!(pointers(&found), ["/alert_id", "/kind", "/colour"]);
    let found = service.refused(&event(
        "K-4",
        "tbt_notified",
        "2012-03-01",
        &json!({ "level": 2 }),
    ));
    assert_eq!(pointers(&found), ["/hs_scope"], "it would be of everything");
    // A known alert is not lost to an event of the same id.
    let found = service.refused(&event(
        "AL-2016-KR-SOCKS",
        "tbt_notified",
        "2012-03-01",
        &measure,
    ));
    assert_eq!(pointers(&found), ["/event_id"]);
    let left = service.replayed();
    let alerts = left.table("alerts");
    let expected = [
        format!("K-1,counterfeit,3,9405,,{MAKER},,Foshan CIQ,2012-03-01,2012-04-01"),
        format!("K-2,violation,1,,,{MAKER},,the tax office,2012-05-01,"),
        "K-3,tbt,3,,US,,,Foshan CIQ,2012-07-01,".to_owned(),
    ];
    for expected in expected {
        assert_eq!(row(&alerts, &expected[..4]), expected);
    }
}

#[test]
fn the_end_of_a_zone_ends_the_benefits_of_all_its_members_at_once() {
    let mut service = Service::start("zone-revoked");
    let member = |id: &str, day: &str| of(MEMBER, on(id, day));
    let free = "inspection/off-catalogue-member".to_owned();
    let before = service.declare(&member("D-1", "2017-03-01"));
    assert!(rules(&before).contains(&free), "{before}");
    service.tell(&event(
        "Z-1",
        "zone_revoked",
        "2017-03-02",
        &json!({ "zone_id": "ZS-LIGHTING" }),
    ));
    for (id, trader) in [("D-2", MEMBER), ("D-3", MAKER), ("D-4", TITLED)] {
        let decision = service.declare(&of(trader, on(id, "2017-03-02")));
        assert!(!rules(&decision).contains(&free), "{decision}");
    }
    // What was to come of the zone, as its national level later, does not begin either.
    let socks = json!({ "zone_id": "LY-SOCKS" });
    service.tell(&event("Z-2", "zone_revoked", "2016-03-02", &socks));
    // Nothing is taken from what was before.
    let earlier = service.declare(&member("D-5", "2017-03-01"));
    assert!(rules(&earlier).contains(&free), "{earlier}");
    let zones = service.replayed().table("zones");
    let socks = row(&zones, "LY-SOCKS,");
    assert!(socks.ends_with(",2014-10-15,2016-03-02"), "{socks}");
}

#[test]
fn a_registry_whose_cases_are_imported_is_that_of_their_events() {
    let mut service = Service::start("case-import");
    let header = "case_id,enterprise_id,hs_scope,event_id,opened_on,cause,measures_until,closed_on";
    let table =
        format!("{header}\nC-1,{MAKER},9405,,2012-03-01,capability,2012-06-01,2012-03-10\n");
    let reply = service
        .client
        .post("/v1/registry/cases", "text/csv", table.as_bytes());
    right(&reply.unwrap());
    assert_eq!(
        service.accountable("D-1", "2012-05-31").as_deref(),
        Some("accountability/tightened")
    );
    assert_eq!(service.accountable("D-2", "2012-06-01"), None);
    let found = service.refused(&closed("X-1", "C-1", "2012-04-01"));
    assert_eq!(pointers(&found), ["/case_id"]);
    assert_eq!(service.replayed().table("cases"), table);
}
