//! x
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Instant;
use greenlane::archive::RollOptions;
use greenlane::declaration::Moment;
use greenlane::journal::Durability;
use greenlane::policy::PolicySource;
use greenlane::registry::RegistrySource;
use greenlane::service::{start, Begin, StartOptions, Started, Caller, Answered};
use greenlane::supervision::{AsOf, Matcher};

#[test]
fn t() {
    let dir = std::path::PathBuf::from("/dev/shm/gl-model-t");
    let _ = std::fs::remove_dir_all(&dir);
    let now = Arc::new(AtomicI64::new(Moment::parse("2026-03-01T00:00:00Z").unwrap().micros()));
    let policy = PolicySource::from_files([("policy.toml".to_owned(), include_str!("model/policy.toml").replace("ZONE","+08:00").replace("RELEASE_ON_PASS","true").replace("HOLD_DAYS","3").replace("VALUE","1000"))]).unwrap();
    let reg = RegistrySource::from_files([("enterprises.csv".to_owned(), b"enterprise_id,kind\nT1,trader\nT2,trader\n".to_vec())]).unwrap();
    let open = || {
        let now = now.clone();
        start(StartOptions { data: dir.clone(), begin: Some(Begin { policy: policy.clone(), registry: Some(reg.clone()), as_of: AsOf::Decision }), demonstration: None,
            durability: Durability::Buffered, segment_bytes: 256 << 10, roll: RollOptions::default(), clock: Arc::new(move || Moment::from_micros(now.load(Ordering::SeqCst))) }, &mut |_, _| {}).unwrap_or_else(|e| panic!("{e}"))
    };
    let close = |s: Started, seal: bool| { 
        let Started { desk, tail, .. } = s;
        let last = desk.settle().hold().unwrap().ledger().last;
        desk.wait_durable(last).unwrap();
        if seal { tail.close().unwrap(); } else { drop(tail) }
        desk.settle().journal().begin_close();
    };
    let mut m = Matcher::default();
    for round in 0..8 {
        let t = Instant::now();
        let s = open();
        let opened = t.elapsed();
        let t = Instant::now();
        for i in 0..100 {
            let d = format!(r#"{{"declaration_id":"D{round}-{i}","version":1,"direction":"export","declared_at":"2026-02-28T00:00:00Z","country":"DE","trader_id":"T1","items":[{{"item_no":1,"hs_code":"9405110000","value":"10","attributes":{{"lane":"red"}}}}]}}"#);
            let Answered::Now(x) = s.desk.decide(&mut m, d.as_bytes(), Caller{name:"x",officer:false}).unwrap() else { panic!() };
            s.desk.wait_durable(x.sequence).unwrap();
        }
        let did = t.elapsed();
        let t = Instant::now();
        for i in 0..20 {
            let d = format!(r#"{{"event_id":"E{round}-{i}","type":"class_assessed","at":"2026-02-{:02}T00:00:00Z","enterprise_id":"T2","class":{},"from":"20{}-01-{:02}"}}"#, 1+i, 1 + i % 4, 27+round, i+1);
            let x = s.desk.event(d.as_bytes(), Caller{name:"x",officer:false}).unwrap();
            s.desk.wait_durable(x.sequence).unwrap();
        }
        let ev = t.elapsed();
        let t = Instant::now();
        for i in 0..20 {
            let d = format!(r#"{{"event_id":"A{round}-{i}","type":"alert_raised","at":"2026-02-{:02}T00:00:00Z","alert_id":"A{}","kind":"warning","level":1,"source":"{round}-{i}","countries":"DE"}}"#, 1+i, i%3);
            let x = s.desk.event(d.as_bytes(), Caller{name:"x",officer:false}).unwrap();
            s.desk.wait_durable(x.sequence).unwrap();
        }
        let al = t.elapsed();
        let t = Instant::now();
        close(s, round % 3 == 2);
        eprintln!("{round}: open {opened:?} 100 decl {did:?} 20 ev {ev:?} 20 al {al:?} close {:?}", t.elapsed());
    }
    let _ = std::fs::remove_dir_all(&dir);
}
