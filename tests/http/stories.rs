//! The four stories of README's tour, told over HTTP as it tells them. The shipped policy decides them, only that nothing
//! is drawn: what the tour says holds unless a draw picks the lot all the same.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use serde_json::{Value, json};

use crate::commands::greenlane;
use crate::service::{Service, arguments, folder, right};

const README: &str = include_str!("../../README.md");
/// Rates of the shipped policy that [`arguments`] leaves.
const RATES: [(&str, &str); 2] = [
    (
        "lot_rate.csv",
        "enterprise.standing,enterprise.class,commodity.risk_level,rate\n*,*,*,0\n",
    ),
    ("test_rate.csv", "commodity.risk_level,rate\n*,0\n"),
];

/// The shipped policy without draws.
fn policy() -> &'static str {
    static POLICY: OnceLock<String> = OnceLock::new();
    POLICY.get_or_init(|| {
        let shipped = arguments(&[]);
        let folder = folder("tour-policy");
        fs::create_dir_all(&folder).unwrap();
        for file in fs::read_dir(shipped[1]).unwrap() {
            let file = file.unwrap();
            fs::copy(file.path(), folder.join(file.file_name())).unwrap();
        }
        for (name, text) in RATES {
            fs::write(folder.join(name), text).unwrap();
        }
        folder.to_string_lossy().into_owned()
    })
}

/// A service that decides the tour.
fn begin(name: &str) -> Service {
    let mut arguments = arguments(&[]);
    arguments[1] = policy();
    Service::with(folder(&format!("tour-{name}")), &arguments)
}

/// The commands of a story, each with what the tour says that comes of it.
fn told(story: &str) -> Vec<(String, String)> {
    let (_, rest) = README.split_once(&format!("### {story}\n")).unwrap();
    let (_, rest) = rest.split_once("```sh\n").unwrap();
    let (lines, _) = rest.split_once("```").unwrap();
    let mut all = Vec::new();
    for line in lines.lines() {
        let (command, told) = line.split_once("   # ").unwrap_or((line, ""));
        match command.strip_prefix("for n in $(seq ") {
            None => all.push((command.to_owned(), told.to_owned())),
            Some(rest) => {
                let (count, rest) = rest.split_once("); do ").unwrap();
                let command = rest.strip_suffix("; done").unwrap();
                let count: u32 = count.parse().unwrap();
                let each = (1..=count).map(|n| command.replace("'$n'", &n.to_string()));
                all.extend(each.map(|command| (command, told.to_owned())));
            }
        }
    }
    all
}

/// The rules that spoke, behind what became of the declaration.
fn became(decision: &Value) -> String {
    let items = decision["items"].as_array().unwrap().iter();
    let reasons = items.flat_map(|item| item["reasons"].as_array().unwrap());
    let spoke = reasons.filter(|reason| reason["spoke"] == true);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let rules: Vec<String> = spoke
        .map(|reason| format!("{}/{}", text(&reason["book"]), text(&reason["rule"])))
        .collect();
    let status = text(&decision["status"]);
    match rules.is_empty() {
        true => status,
        false => format!("{status}: {}", rules.join(", ")),
    }
}

/// Does what the tour does, and sees what it says.
fn tell(service: &mut Service, story: &str) -> usize {
    let commands = told(story);
    for (command, expected) in &commands {
        let (verb, rest) = command.split_once(' ').unwrap();
        let answer = match verb {
            "get" => right(&service.get(&format!("/v1/{}", rest.trim_matches('\'')))),
            _ => {
                let (path, body) = rest.split_once(' ').unwrap();
                let body: Value = serde_json::from_str(body.trim_matches('\'')).unwrap();
                right(&service.post(&format!("/v1/{path}"), &body))
            }
        };
        if answer["decision_id"].is_string() {
            assert_eq!(became(&answer), *expected, "{command}");
        } else {
            for pair in expected.split(", ").filter(|pair| !pair.is_empty()) {
                let (member, value) = pair.split_once(' ').unwrap();
                assert_eq!(answer[member], value, "{command}");
            }
        }
    }
    commands.len()
}

/// Ends the service: its records decide the same again. The folder.
fn ended(service: Service) -> PathBuf {
    let Service {
        data,
        server,
        client,
    } = service;
    drop(client);
    server.stop();
    let (code, told, said) = greenlane(&["replay", "--fold", "--data"], &[&data]);
    assert_eq!(code, Some(0), "{told}{said}");
    data
}

fn report(by: &str, data: &Path) -> Value {
    let (code, told, said) = greenlane(&["report", by, "--json", "--data"], &[data]);
    assert_eq!(code, Some(0), "{said}");
    serde_json::from_str(&told).unwrap()
}

/// The row of a group in a report.
fn row<'r>(report: &'r Value, by: &str, group: &Value) -> &'r Value {
    let mut rows = report["rows"].as_array().unwrap().iter();
    rows.find(|row| row[by] == *group).unwrap()
}

#[test]
fn a_lamp_maker_before_and_after_the_catalogue_admission_and_twelve_notifications() {
    const MAKER: &str = "914420007148894463";
    let mut service = begin("lamps");
    assert_eq!(tell(&mut service, "A lamp maker"), 23);
    // Before the admission it was a member of nothing, and the decisions say by what.
    let mut on = |day: &str| right(&service.get(&format!("/v1/enterprises/{MAKER}?on={day}")));
    assert_eq!(on("2014-06-15")["standing"]["zones"], json!([]));
    let zone = json!([{ "zone_id": "ZS-LIGHTING", "level": "provincial" }]);
    assert_eq!(on("2014-06-16")["standing"]["zones"], zone);
    let latest = service.latest("LAMP-5");
    assert_eq!(latest["items"][0]["obligations"]["mode"], "physical");
    assert_eq!(latest["items"][0]["obligations"]["specimens"], 2);
    let messages = latest["items"][0]["messages"].as_array().unwrap();
    assert!(
        messages
            .iter()
            .any(|message| message["code"] == "MARKET_NOTIFIED"),
        "{latest}"
    );
    let by_zone = report("zone", &ended(service));
    let (none, member) = (&Value::Null, &json!("ZS-LIGHTING"));
    let (outside, inside) = (row(&by_zone, "zone", none), row(&by_zone, "zone", member));
    assert_eq!(
        (&outside["declarations"], &outside["selected"]),
        (&json!(2), &json!(1))
    );
    assert_eq!(
        (&inside["declarations"], &inside["selected"]),
        (&json!(3), &json!(1))
    );
    // Notifications that name nobody are of no zone.
    assert_eq!(outside["foreign_notification"], 12);
    assert_eq!(by_zone["members"]["declarations"], 3);
}

#[test]
fn socks_under_a_supervision_programme() {
    const MAKER: &str = "9122040334315444X1";
    let mut service = begin("socks");
    assert_eq!(tell(&mut service, "Socks under a supervision programme"), 5);
    let sampled = right(&service.get("/v1/declarations/SOCK-1"));
    assert_eq!(sampled["status"], "released");
    let file = right(&service.get(&format!("/v1/enterprises/{MAKER}/file?heading=6115")));
    let tests = file["headings"][0]["tests"].as_object().unwrap();
    assert_eq!(
        tests.keys().collect::<Vec<_>>(),
        ["azo_dyes", "formaldehyde", "ph"]
    );
    for test in tests.values() {
        assert_eq!(*test, json!({ "passed": 1, "failed": 0, "pass_rate": 1.0 }));
    }
    let by_enterprise = report("enterprise", &ended(service));
    let row = row(&by_enterprise, "enterprise", &json!(MAKER));
    assert_eq!(
        (&row["declarations"], &row["selected_by_programme"]),
        (&json!(2), &json!(1))
    );
    assert_eq!(
        (&row["inspected"], &row["hit_rate"]),
        (&json!(1), &json!(0.0))
    );
}

#[test]
fn flooring_with_the_ruling_on_a_trade_remedy() {
    let mut service = begin("flooring");
    assert_eq!(tell(&mut service, "Flooring under a trade remedy"), 4);
    let latest = service.latest("FLOOR-1");
    let obligations = &latest["items"][0]["obligations"];
    assert_eq!(obligations["tests"], json!(["formaldehyde_emission"]));
    service.tell(&json!({
        "event_id": "FLOOR-R", "type": "inspection_result", "at": "2016-05-12T10:00:00+08:00", "declaration_id": "FLOOR-1", "version": 1,
        "item_no": 1, "tests": [{ "test": "formaldehyde_emission", "value": "0.03", "unit": "ppm", "limit": "0.05", "passed": true }],
    }));
    let life = right(&service.get("/v1/declarations/FLOOR-1"));
    let revisions = life["revisions"].as_array().unwrap().iter();
    let statuses: Vec<&str> = revisions
        .map(|revision| revision["status"].as_str().unwrap())
        .collect();
    assert_eq!(statuses, ["held", "selected", "released"]);
    ended(service);
}

#[test]
fn a_fur_exporter_to_russia_and_germany_until_the_black_list() {
    const EXPORTER: &str = "91131121633084865G";
    let mut service = begin("fur");
    assert_eq!(tell(&mut service, "A fur exporter"), 9);
    let selected_by = |decision: &Value| decision["items"][0]["selected_by"].clone();
    assert_eq!(selected_by(&service.latest("FUR-1")), "monitor");
    let objects = &service.latest("FUR-1")["items"][0]["obligations"]["objects"];
    assert_eq!(*objects, json!(["raw_material"]));
    assert_eq!(selected_by(&service.latest("FUR-4")), "write_off_short");
    let exporter = right(&service.get(&format!("/v1/enterprises/{EXPORTER}?on=2014-10-09")));
    assert_eq!(exporter["standing"]["standing"], "black");
    // What is withdrawn gives its pelts back.
    right(&service.cancel("FUR-5"));
    let lot = right(&service.get("/v1/lots/FURLOT-2014-004"));
    assert_eq!(
        (&lot["taken"], &lot["left"]),
        (&json!("600"), &json!("200"))
    );
    let by_zone = report("zone", &ended(service));
    let row = row(&by_zone, "zone", &json!("ZQ-FUR"));
    assert_eq!(
        (&row["declarations"], &row["selected"], &row["held"]),
        (&json!(6), &json!(2), &json!(1))
    );
    assert_eq!(
        (&row["released"], &row["cancelled"]),
        (&json!(3), &json!(1))
    );
    assert_eq!(row["selected_by_write_off_short"], 1);
}
