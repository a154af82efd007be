//! `SIGHUP`: who may call, what is asked of requests and what is logged is read again; where that has a fault nothing changes.

use std::fs;

use crate::callers::{client, configuration, post, token};
use crate::http::Client;
use crate::service::{Service, arguments, folder, problem, released, right};

const LATER: &str = "2999-01-01";

fn status(client: &mut Client) -> u16 {
    client.get("/v1/decisions/D-1").unwrap().status
}

#[test]
fn callers_come_and_go_without_another_start() {
    let (first, first_line) = token("first", &["declare"], LATER);
    let (second, second_line) = token("second", &["declare", "officer"], LATER);
    let path = configuration("reload", "", &[&first_line]);
    let config = path.to_string_lossy().into_owned();
    let service = Service::with(folder("reload"), &arguments(&["--config", &config]));
    let (mut first, mut second) = (client(&service, &first), client(&service, &second));
    assert_eq!((status(&mut first), status(&mut second)), (404, 401));

    configuration("reload", "", &[&first_line, &second_line]);
    service.server.signal("HUP");
    service
        .server
        .says("the configuration was taken; known callers: 2")
        .unwrap();
    assert_eq!((status(&mut first), status(&mut second)), (404, 404));

    let before = "listen = \"127.0.0.1:1\"\nworkers = 7\npolicy = [\"elsewhere\"]\n";
    configuration("reload", before, &[&second_line]);
    service.server.signal("HUP");
    service
        .server
        .says("the configuration was taken; known callers: 1")
        .unwrap();
    service
        .server
        .says("`workers` needs another start")
        .unwrap();
    assert_eq!((status(&mut first), status(&mut second)), (401, 404));
    // Flags go before the file, so these are not another.
    let said = service.server.said();
    assert!(
        !said.contains("`listen` needs") && !said.contains("`policy` needs"),
        "{said}"
    );

    let acts = second.get("/v1/events").unwrap().lines();
    let configured = acts
        .iter()
        .filter(|act| act["type"] == "callers_configured");
    let names = configured.map(|act| {
        assert_eq!(act["by"], "local");
        let callers = act["callers"].as_array().unwrap().iter();
        callers
            .map(|caller| caller["name"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    });
    let names: Vec<_> = names.collect();
    assert_eq!(
        names,
        [vec!["first"], vec!["first", "second"], vec!["second"]]
    );
    right(&post(&mut second, "/v1/decisions", &released("D-1")));
    service.server.stop();
}

#[test]
fn how_much_is_logged_changes_without_another_start() {
    let (window, line) = token("window", &["declare"], LATER);
    let log = |log: &str| configuration("reload-log", &format!("[log]\n{log}\n"), &[&line]);
    let config = log("level = \"info\"").to_string_lossy().into_owned();
    let mut service = Service::with(folder("reload-log"), &arguments(&["--config", &config]));
    let mut window = client(&service, &window);
    let mut ask = |id: &str| {
        window.request_id = Some(id.to_owned());
        assert_eq!(status(&mut window), 404);
    };
    let took = |number: usize| {
        service.server.signal("HUP");
        let taken = "the configuration was taken";
        service.server.says_so_often(taken, number).unwrap();
    };
    ask("quiet-before");
    log("level = \"debug\"\nformat = \"json\"");
    took(1);
    ask("one-of-all");
    service.server.says("one-of-all").unwrap();
    service
        .server
        .says("`log.format` needs another start")
        .unwrap();
    log("level = \"info\"\nrequests_every = 1");
    took(2);
    ask("one-of-one");
    service.server.says("one-of-one").unwrap();
    log("level = \"info\"");
    took(3);
    ask("quiet-after");
    service.server.terminate();
    assert_eq!(service.server.wait().code(), Some(0));
    let said = service.server.said();
    assert!(!said.contains("quiet-"), "{said}");
}

#[test]
fn a_wrong_configuration_changes_nothing_and_says_why() {
    let (window, line) = token("window", &["declare"], LATER);
    let path = configuration("wrong-again", "", &[&line]);
    let config = path.to_string_lossy().into_owned();
    let service = Service::with(folder("wrong-again"), &arguments(&["--config", &config]));
    let mut window = client(&service, &window);
    let mut long = released("D-1");
    long["attributes"]["supervision_area"] = "x".repeat(200).into();
    long["items"] = vec![long["items"][0].clone(); 8].into();
    let too_long = |window: &mut Client| post(window, "/v1/decisions", &long).status == 413;
    assert!(!too_long(&mut window));
    configuration(
        "wrong-again",
        "[limits]\ndeclaration_bytes = 1024\n",
        &[&line],
    );
    service.server.signal("HUP");
    service
        .server
        .says("the configuration was taken; known callers: 1")
        .unwrap();
    assert!(too_long(&mut window));

    configuration(
        "wrong-again",
        "",
        &[&line, "third = { roles = [\"declare\"] }"],
    );
    service.server.signal("HUP");
    let told = service
        .server
        .says("`tokens.third.hash`: is missing")
        .unwrap();
    assert!(told.contains(":4: "), "{told}");
    fs::write(&path, "").unwrap();
    service.server.signal("HUP");
    service.server.says("it names no caller").unwrap();
    fs::remove_file(&path).unwrap();
    service.server.signal("HUP");
    service.server.says("No such file").unwrap();
    let said = service.server.said();
    assert_eq!(said.matches("nothing has changed").count(), 3, "{said}");
    assert!(too_long(&mut window));
    assert_eq!(status(&mut window), 404);
    problem(
        &service.server.client().get("/v1/decisions/D-1").unwrap(),
        401,
    );
    service.server.stop();
}

#[test]
fn without_a_configuration_it_goes_on_when_the_terminal_hangs_up() {
    let mut service = Service::start("hang-up");
    service.server.signal("HUP");
    service
        .server
        .says("the configuration was taken; known callers: 0")
        .unwrap();
    service.declare(&released("D-1"));
    service.server.stop();
}
