//! Marks as bytes: what a record adds to quality files, one after the other.
//!
//! Each: a byte for what is counted, the enterprise, the heading's digits in two bytes, the country's alpha-2 letters
//! or two zeros, the day, then of a declaration its value and quantity, of a failed inspection its failed tests behind
//! their number in two bytes.

use crate::declaration::{Country, Day};
use crate::registry::{Counted, Heading, Mark};
use crate::supervision::bytes::{Put, Take};

/// Failed tests that a mark names.
const MAX_TESTS: usize = u16::MAX as usize;

/// Writes a mark to the end of a buffer.
pub(in crate::supervision) fn encode_mark(mark: &Mark<'_>, out: &mut Vec<u8>) {
    let mut put = Put(out);
    put.u8(mark.counted as u8);
    put.text(mark.enterprise);
    put.u16(mark.heading.number());
    let letters = mark.country.map_or([0, 0], |country| {
        let letters = country.alpha_2().as_bytes().first_chunk();
        letters.copied().unwrap_or_default()
    });
    letters.into_iter().for_each(|letter| put.u8(letter));
    put.i32(mark.day.number());
    match mark.counted {
        Counted::Declared => {
            put.i64(mark.value);
            put.i64(mark.quantity);
        }
        Counted::Failed => {
            let tests = mark.failed_tests.iter().take(MAX_TESTS);
            put.u16(tests.len() as u16);
            tests.for_each(|test| put.text(test));
        }
        _ => {}
    }
}

/// Reads marks, one after the other; the last one is none where bytes are left that are no mark.
pub fn marks(bytes: &[u8]) -> impl Iterator<Item = Option<Mark<'_>>> {
    let mut take = Take(bytes);
    std::iter::from_fn(move || {
        if take.0.is_empty() {
            return None;
        }
        let mark = take_mark(&mut take);
        if mark.is_none() {
            take.0 = &[];
        }
        Some(mark)
    })
}

fn take_mark<'b>(take: &mut Take<'b>) -> Option<Mark<'b>> {
    let counted = *Counted::ALL.get(usize::from(take.u8()?))?;
    let enterprise = take.text()?;
    let heading = Heading::from_number(take.u16()?);
    let country = match [take.u8()?, take.u8()?] {
        [0, 0] => None,
        letters => Some(Country::parse(std::str::from_utf8(&letters).ok()?).ok()?),
    };
    let day = Day::from_number(take.i32()?);
    let (mut value, mut quantity, mut failed_tests) = (0, 0, Vec::new());
    match counted {
        Counted::Declared => (value, quantity) = (take.i64()?, take.i64()?),
        Counted::Failed => {
            let count = take.u16()?;
            let tests = (0..count).map(|_| take.text());
            failed_tests = tests.collect::<Option<_>>()?;
        }
        _ => {}
    }
    Some(Mark {
        enterprise,
        heading,
        country,
        day,
        counted,
        value,
        quantity,
        failed_tests,
    })
}
