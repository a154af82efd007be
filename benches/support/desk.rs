//! A desk with a generated world, in this process.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use greenlane::archive::RollOptions;
use greenlane::clock;
use greenlane::declaration::Moment;
use greenlane::generate::Generator;
use greenlane::journal::{Durability, Options};
use greenlane::service::{
    Answered, Begin, Between, Caller, Desk, Refusal, StartOptions, Started, start,
};
use greenlane::supervision::{AsOf, Matcher, Settled};

/// Who does everything in a bench.
pub(crate) const CALLER: Caller<'static> = Caller {
    name: "bench",
    officer: true,
};

/// Decides a declaration that was not decided before, waiting where the journal has no room.
pub(crate) fn decide(desk: &Desk, matcher: &mut Matcher, line: &[u8]) -> Settled {
    loop {
        match desk.decide(matcher, line, CALLER) {
            Ok(Answered::Now(settled)) => return settled,
            Err(Refusal::Busy) => thread::sleep(Duration::from_millis(1)),
            Ok(Answered::Before(_)) => panic!("it was decided before"),
            Err(error) => panic!("{error}: {}", String::from_utf8_lossy(line)),
        }
    }
}

/// Begins on a new folder; the journal leaves it to the system when its bytes reach the disk.
pub(crate) fn begin(data: &Path, generator: &Generator) -> Started {
    let options = StartOptions {
        data: PathBuf::from(data),
        begin: Some(Begin {
            policy: generator.policy_source().expect("paths are unique"),
            registry: Some(generator.registry_source().expect("table names are right")),
            as_of: AsOf::Declaration,
        }),
        demonstration: None,
        journal: Options {
            durability: Durability::Buffered,
            ..Options::default()
        },
        roll: RollOptions::default(),
        clock: Arc::new(|| Moment::from_micros(clock::now_micros())),
        between: Between::default(),
    };
    start(options, &mut |_, _| ()).unwrap_or_else(|error| panic!("{error}"))
}
