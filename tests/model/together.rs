//! Several callers at once.

use std::sync::Barrier;
use std::thread;

use greenlane::supervision::Matcher;

use super::run::Done;
use super::service::{Answer, Service};
use super::step::Step;

/// Carries the steps of each caller out, all callers at the same time.
pub(crate) fn carry_out(service: &Service, several: &[Vec<Step>]) -> Vec<Done> {
    let begin = Barrier::new(several.len());
    thread::scope(|scope| {
        let callers = several.iter().map(|steps| {
            scope.spawn(|| {
                let mut matcher = Matcher::default();
                begin.wait();
                let done = steps.iter().map(|step| one(service, step, &mut matcher));
                done.collect::<Vec<_>>()
            })
        });
        let callers: Vec<_> = callers.collect();
        let done = callers.into_iter().map(|caller| caller.join().unwrap());
        done.flatten().collect()
    })
}

fn one(service: &Service, step: &Step, matcher: &mut Matcher) -> Done {
    let after = service.last();
    let answer = if let Step::Wait(micros) = step {
        service.clock.go(*micros);
        Answer::Nothing
    } else {
        service.carry_out(step, matcher)
    };
    Done {
        step: step.clone(),
        answer,
        after,
        until: service.last(),
    }
}
