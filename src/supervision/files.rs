//! Quality files as bytes: the same for equal files, in order of enterprises, headings and days.

use super::bytes::{Put, Take};
use crate::declaration::{Country, Day};
use crate::registry::{
    Counts, DayRow, Files, Heading, HeadingFile, MarketDay, MonthRow, Switching, TestResult,
    TestRow,
};

/// Bytes that are handed on at a time.
const PART: usize = 1 << 20;

/// Writes all files, part by part.
///
/// # Errors
/// What `write` says.
pub(super) fn write_files<E>(
    files: &Files,
    write: &mut impl FnMut(&[u8]) -> Result<(), E>,
) -> Result<(), E> {
    let mut out = Vec::new();
    let enterprises = files.enterprises();
    Put(&mut out).u32(enterprises.len() as u32);
    for enterprise in enterprises {
        Put(&mut out).text(&enterprise);
        files.of(&enterprise, |headings| {
            Put(&mut out).u32(headings.len() as u32);
            headings.iter().for_each(|file| put_file(file, &mut out));
        });
        if out.len() >= PART {
            write(&out)?;
            out.clear();
        }
    }
    let markets = files.markets();
    Put(&mut out).u32(markets.len() as u32);
    for ((heading, country), days) in markets {
        let mut put = Put(&mut out);
        put.u16(heading.number());
        put_country(Some(country), &mut put);
        put.u32(days.len() as u32);
        for row in days {
            put.i32(row.day.number());
            put.u32(row.notified);
            put.u32(row.returned);
        }
    }
    let materials = files.materials();
    Put(&mut out).u32(materials.len() as u32);
    for (enterprise, days) in materials {
        let mut put = Put(&mut out);
        put.text(&enterprise);
        put.u32(days.len() as u32);
        for (day, result) in days {
            put.i32(day.number());
            put.u8(u8::from(result == TestResult::Failed));
        }
    }
    write(&out)
}

fn put_file(file: &HeadingFile, out: &mut Vec<u8>) {
    let mut put = Put(out);
    put.u16(file.heading.number());
    put.u32(file.days.len() as u32);
    for row in &file.days {
        put.i32(row.day.number());
        put_counts(&row.counts, &mut put);
        put.i64(row.value);
        put.u32(row.run);
    }
    put.u32(file.failed.len() as u32);
    for (day, test) in &file.failed {
        put.i32(day.number());
        put.text(test);
    }
    put.u32(file.months.len() as u32);
    for row in &file.months {
        put.i32(row.month.number());
        put_country(row.country, &mut put);
        put_counts(&row.counts, &mut put);
        put.i64(row.value);
        put.i64(row.quantity);
    }
    put.u32(file.tests.len() as u32);
    for row in &file.tests {
        put.i32(row.month.number());
        put.text(&row.test);
        put.u32(row.passed);
        put.u32(row.failed);
    }
    file.switching
        .to_bytes()
        .into_iter()
        .for_each(|byte| put.u8(byte));
}

fn put_counts(counts: &Counts, put: &mut Put<'_>) {
    counts.iter().for_each(|count| put.u32(*count));
}

fn put_country(country: Option<Country>, put: &mut Put<'_>) {
    put.optional(country.map(Country::alpha_2));
}

/// Reads files into those that are there; none where the bytes are not what [`write_files`] writes, or wrote before it
/// knew of inspections of raw material.
pub(super) fn take_files(take: &mut Take<'_>, files: &Files) -> Option<()> {
    for _ in 0..take.u32()? {
        let enterprise = take.text()?;
        let count = take.u32()?;
        let headings = (0..count).map(|_| take_file(take)).collect::<Option<_>>()?;
        files.put(enterprise, headings);
    }
    for _ in 0..take.u32()? {
        let heading = Heading::from_number(take.u16()?);
        let country = take_country(take)??;
        let count = take.u32()?;
        let days = (0..count).map(|_| {
            Some(MarketDay {
                day: Day::from_number(take.i32()?),
                notified: take.u32()?,
                returned: take.u32()?,
            })
        });
        let days = days.collect::<Option<_>>()?;
        files.put_market((heading, country), days);
    }
    for _ in 0..take.u32()? {
        let enterprise = take.text()?;
        let count = take.u32()?;
        let days = (0..count).map(|_| {
            let day = Day::from_number(take.i32()?);
            let result = match take.u8()? {
                0 => TestResult::Passed,
                1 => TestResult::Failed,
                _ => return None,
            };
            Some((day, result))
        });
        let days = days.collect::<Option<_>>()?;
        files.put_material(enterprise, days);
    }
    Some(())
}

fn take_file(take: &mut Take<'_>) -> Option<HeadingFile> {
    let mut file = HeadingFile::new(Heading::from_number(take.u16()?));
    file.days = take_rows(take, |take| {
        Some(DayRow {
            day: Day::from_number(take.i32()?),
            counts: take_counts(take)?,
            value: take.i64()?,
            run: take.u32()?,
        })
    })?;
    file.failed = take_rows(take, |take| {
        Some((Day::from_number(take.i32()?), take.text()?.into()))
    })?;
    file.months = take_rows(take, |take| {
        Some(MonthRow {
            month: Day::from_number(take.i32()?),
            country: take_country(take)?,
            counts: take_counts(take)?,
            value: take.i64()?,
            quantity: take.i64()?,
        })
    })?;
    file.tests = take_rows(take, |take| {
        Some(TestRow {
            month: Day::from_number(take.i32()?),
            test: take.text()?.into(),
            passed: take.u32()?,
            failed: take.u32()?,
        })
    })?;
    file.switching = Switching::from_bytes([take.u8()?, take.u8()?])?;
    Some(file)
}

fn take_rows<'i, T>(
    take: &mut Take<'i>,
    row: impl Fn(&mut Take<'i>) -> Option<T>,
) -> Option<Vec<T>> {
    let count = take.u32()?;
    (0..count).map(|_| row(take)).collect()
}

fn take_counts(take: &mut Take<'_>) -> Option<Counts> {
    let mut counts = Counts::default();
    for count in &mut counts {
        *count = take.u32()?;
    }
    Some(counts)
}

fn take_country(take: &mut Take<'_>) -> Option<Option<Country>> {
    match take.optional()? {
        None => Some(None),
        Some(letters) => Country::parse(letters).ok().map(Some),
    }
}
