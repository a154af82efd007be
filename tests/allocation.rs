//! From a typed declaration to its outcome nothing is allocated, once the caller's room has grown; nor is in settle.

use std::sync::Arc;

use greenlane::declaration::{Day, Declaration, Moment, read_json};
use greenlane::engine::{DrawKey, HeaderJoin, ItemJoin, Outcome, Program, Scratch, SelectedBy};
use greenlane::generate::{Generator, Plan};
use greenlane::journal::{Durability, Journal, LocalDisk, Options};
use greenlane::policy::{PolicySource, read};
use greenlane::registry::{Registry, RegistrySource};
use greenlane::supervision::{
    AsOf, Cause, Keys, Known, Ledger, Matcher, Settle, Snapshot, Unsettled, digest,
};

type Failure = Box<dyn std::error::Error>;

/// A generated world: its program and so many declarations.
fn world(count: u64) -> Result<(Program, Vec<Vec<u8>>), Failure> {
    let generator = Generator::new(Plan {
        enterprises: 2_000,
        declarations: count,
        rules: 1_000,
        seed: 7,
    })?;
    let mut policy = generator.policy_files();
    policy.push(("cases.toml".to_owned(), CASES.to_owned()));
    let policy = Arc::new(read(&PolicySource::from_files(policy)?)?);
    let mut source = generator.registry_source()?;
    let (cases, lots) = (cases(&source), lots(&source));
    source.add_rows("cases", cases)?;
    source.add_rows("lots", lots)?;
    let registry = Arc::new(Registry::build(&source, Some(&policy.profile.party_ids))?);
    let program = Program::compile(policy, registry).map_err(|errors| format!("{errors:?}"))?;
    let lines = (0..count).map(|number| {
        let mut line = Vec::new();
        generator.declaration(number, &mut line);
        line
    });
    Ok((program, lines.collect()))
}

/// Selection control, and books that read accountability cases and how raw material is monitored.
const CASES: &str = r#"
[selection]
forced_after = 2
[[selection.expected]]
rate = 0.9

[parameters]
material_monitoring_days = 30

[[book]]
id = "material"
[[book.rule]]
id = "current"
when = 'enterprise.material_monitoring == "current"'
then = { verdict = "release" }
[[book.rule]]
id = "failed"
when = 'enterprise.material_monitoring == "failed" && trader.material_monitoring != "none"'
then = { verdict = "sample", rate = 0.1 }

[[book]]
id = "cases"
[[book.rule]]
id = "open"
when = 'case.open && case.cause != "foreign_rule" || case.tightened'
then = { verdict = "sample", mode = "physical" }
"#;

fn ids(registry: &RegistrySource) -> Vec<String> {
    let file = registry.files().find(|(table, _)| *table == "enterprises");
    let text = String::from_utf8_lossy(file.map_or(&[], |(_, bytes)| bytes));
    let ids = text
        .lines()
        .skip(1)
        .filter_map(|line| line.split(',').next());
    ids.map(str::to_owned).collect()
}

/// A tested lot of each enterprise, every third one failed.
fn lots(registry: &RegistrySource) -> Vec<Vec<(String, String)>> {
    let lot = |(no, id): (usize, String)| {
        let result = if no % 3 == 0 { "failed" } else { "passed" };
        let row = [
            ("lot_id", format!("L-{id}")),
            ("enterprise_id", id),
            ("tested_on", "2010-01-01".to_owned()),
            ("result", result.to_owned()),
        ];
        row.map(|(name, cell)| (name.to_owned(), cell)).to_vec()
    };
    ids(registry).into_iter().enumerate().map(lot).collect()
}

/// Three cases of every second enterprise.
fn cases(registry: &RegistrySource) -> Vec<Vec<(String, String)>> {
    let ids = ids(registry);
    let scopes = ["", "9405", "61-62"].into_iter().enumerate();
    let case = |id: &str, (no, scope): (usize, &str)| {
        let row = [
            ("case_id", format!("{id}-{no}")),
            ("enterprise_id", id.to_owned()),
            ("hs_scope", scope.to_owned()),
            ("opened_on", "2010-01-01".to_owned()),
        ];
        row.map(|(name, cell)| (name.to_owned(), cell)).to_vec()
    };
    ids.iter()
        .step_by(2)
        .flat_map(|id| scopes.clone().map(move |scope| case(id, scope)))
        .collect()
}

fn typed<'l>(program: &Program, lines: &'l [Vec<u8>]) -> Result<Vec<Declaration<'l>>, Failure> {
    let (profile, currencies) = (&program.policy().profile, program.registry().currencies());
    let typed = lines
        .iter()
        .map(|line| read_json(line, profile, currencies));
    Ok(typed
        .collect::<Result<_, _>>()
        .map_err(|faults| format!("{faults:?}"))?)
}

#[test]
fn deciding_allocates_nothing() -> Result<(), Failure> {
    let (program, lines) = world(2_000)?;
    assert!(
        !program.residuals().is_empty(),
        "the policy compares no facts with each other, so that way is not walked"
    );
    let typed = typed(&program, &lines)?;

    let (mut scratch, mut outcome) = (Scratch::default(), Outcome::default());
    scratch.control.watch(true);
    let mut decide_all = || {
        let mut matched = 0;
        for declaration in &typed {
            program.decide(
                declaration,
                declaration.day,
                &DrawKey::TEST,
                &mut scratch,
                &mut outcome,
            );
            matched += outcome.unselected.len() + outcome.words.len();
        }
        matched
    };
    assert!(decide_all() > 0, "nothing matched");
    let registry = program.registry();
    let accused = typed.iter().filter(|declaration| {
        let header = HeaderJoin::new(registry, declaration, declaration.day);
        let mut items = declaration.items.iter();
        items.any(|item| {
            let node = registry.goods().node(item.hs_code);
            ItemJoin::new(&header, item, node).case().open
        })
    });
    assert!(accused.count() > 100, "hardly any case is read");
    let counted = allocation_counter::measure(|| {
        decide_all();
    });
    assert_eq!(counted.count_total, 0, "{counted:?}");
    let counted = allocation_counter::measure(|| drop(vec![1u8; 100]));
    assert_eq!(counted.count_total, 1, "the counter counts");
    Ok(())
}

/// Settles a declaration, which may have to be decided again, but allocates nothing when it gets its place.
fn settle_one(
    settle: &Settle,
    matcher: &mut Matcher,
    declaration: &Declaration<'_>,
) -> Result<(), Failure> {
    let snapshot = settle.snapshot();
    let known = matcher.digest(declaration, &snapshot.program);
    let key = (snapshot.today, &DrawKey::TEST);
    let cause = Cause::declared(false);
    let mut inputs = Known::default();
    loop {
        matcher.assume(&inputs.taken, &inputs.asks, None);
        let mut draft = matcher.draft(&snapshot, declaration, known, None, key, cause);
        settle.ready(&mut draft);
        let mut settled = None;
        let counted = allocation_counter::measure(|| {
            let Ok(mut held) = settle.hold() else { return };
            settled = Some(held.declare(&mut draft));
        });
        let place = settled.as_ref().and_then(|settled| settled.as_ref().ok());
        matcher.settled(draft, place.copied());
        // A counter selects: it is decided again, for which there is no hurry.
        if let Some(Err(Unsettled::Inputs(actual))) = settled {
            inputs.learn(actual);
            continue;
        }
        assert!(matches!(settled, Some(Ok(_))), "{settled:?}");
        assert_eq!(counted.count_total, 0, "{counted:?}");
        return Ok(());
    }
}

/// Settle grows its tables outside of the section in which it is alone.
#[test]
fn settling_allocates_nothing() -> Result<(), Failure> {
    const COUNT: u64 = 4_000;
    let (program, lines) = world(COUNT)?;
    let folder = std::env::temp_dir().join(format!("greenlane-settle-{}", std::process::id()));
    let options = Options {
        durability: Durability::Buffered,
        group_bytes: 64 << 20,
        ..Options::default()
    };
    let journal = Journal::open(Arc::new(LocalDisk::open(&folder)?), options)?.0;
    let (day, at) = (
        Day::parse("2016-11-02")?,
        Moment::parse("2016-11-02T01:00:00Z")?,
    );
    let mut keys = Keys::new(folder.join("keys"));
    keys.enter(day, DrawKey::TEST);
    let snapshot = Snapshot {
        program: Arc::new(program.clone()),
        revision: 0,
        today: day,
        as_of: AsOf::Declaration,
        policy: program.policy().version().into(),
        keys: Arc::new(keys),
        noted: 0,
    };
    let mut ledger = Ledger::default();
    ledger.today = day;
    let settle = Settle::new(Arc::new(journal), Arc::new(move || at), ledger, snapshot);
    let (mut matcher, mut opened) = (Matcher::default(), 0);
    let (mut forced, mut topped_up) = (0, 0);
    for (no, mut declaration) in typed(&program, &lines)?.into_iter().enumerate() {
        // One of two cites a lot.
        let cited = declaration.items.first_mut().filter(|_| no % 2 == 0);
        if let Some(item) = cited {
            item.product_lots = vec![format!("P-{no}").into()];
        }
        settle_one(&settle, &mut matcher, &declaration)?;
        for item in &matcher.outcome().items {
            forced += usize::from(item.selected_by == Some(SelectedBy::Forced));
            topped_up += usize::from(item.selected_by == Some(SelectedBy::TopUp));
        }
        opened += usize::from(
            settle
                .hold()
                .expect("nobody died")
                .ledger()
                .open(digest(declaration.id.as_str().as_bytes()))
                .is_some(),
        );
    }
    assert!(opened > 200, "only {opened} declarations stay open");
    assert!(forced > 5 && topped_up > 5, "{forced}, {topped_up}");
    drop(settle);
    Ok(std::fs::remove_dir_all(&folder)?)
}
