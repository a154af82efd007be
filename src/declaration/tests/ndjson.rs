//! Lines keep their numbers, chunks hold whole lines, and one overlong line harms no other.

use std::io::Cursor;

use super::{Done, LEAST, currencies, places, profile};
use crate::declaration::{NdjsonChunk, NdjsonReader};
use crate::limits::MAX_DECLARATION_BYTES;

/// Number and length of each line, chunk by chunk.
fn chunks(input: &[u8]) -> Result<Vec<Vec<(u64, usize)>>, std::io::Error> {
    let mut reader = NdjsonReader::new(Cursor::new(input));
    let mut chunk = NdjsonChunk::default();
    let mut chunks = Vec::new();
    while reader.read_chunk(&mut chunk)? {
        chunks.push(
            chunk
                .iter()
                .map(|line| (line.number, line.bytes.len()))
                .collect(),
        );
    }
    Ok(chunks)
}

/// The places and codes of the faults of each line.
fn faults(input: String) -> Result<Vec<String>, Box<dyn std::error::Error>> {
    let (profile, currencies) = (profile()?, currencies()?);
    let mut reader = NdjsonReader::new(Cursor::new(input));
    let (mut chunk, mut read) = (NdjsonChunk::default(), Vec::new());
    while reader.read_chunk(&mut chunk)? {
        for line in chunk.iter() {
            let faults = line.read(&profile, &currencies).err().unwrap_or_default();
            read.push(format!("{} {:?}", line.number, places(&faults)));
        }
    }
    Ok(read)
}

#[test]
fn blank_lines_and_marks_are_passed_over_and_counted() -> Done {
    assert_eq!(
        chunks(b"\xef\xbb\xbf{}\r\n\n  \n[1]\nx")?,
        [[(1, 2), (4, 3), (5, 1)]]
    );
    assert!(chunks(b"")?.is_empty());
    assert!(chunks(b"\n\r\n \n")?.is_empty());
    Ok(())
}

#[test]
fn chunks_hold_whole_lines() -> Done {
    let line = [b'x'; 299];
    let input: Vec<u8> = line
        .iter()
        .copied()
        .chain([b'\n'])
        .cycle()
        .take(300 * 10_000)
        .collect();
    let chunks = chunks(&input)?;
    let numbers: Vec<u64> = chunks.iter().flatten().map(|(number, _)| *number).collect();
    assert_eq!(numbers, (1..=10_000).collect::<Vec<_>>());
    assert!(chunks.iter().flatten().all(|(_, length)| *length == 299));
    assert_eq!(chunks.len(), 3);
    Ok(())
}

#[test]
fn an_overlong_line_is_one_fault_and_the_rest_go_on() -> Done {
    let least = LEAST.replace('\n', "");
    let blanks = " ".repeat(MAX_DECLARATION_BYTES);
    let whole = format!("{least}{}", &blanks[least.len()..]);
    let input = format!("{least}\n{least}{blanks}junk\n{whole}\r\n{least}");
    assert_eq!(
        faults(input)?,
        ["1 []", "2 [(\"\", \"range\")]", "3 []", "4 []"]
    );
    Ok(())
}

#[test]
fn a_mark_before_an_overlong_line_does_not_hide_its_end() -> Done {
    let least = LEAST.replace('\n', "");
    let blanks = " ".repeat(MAX_DECLARATION_BYTES - least.len());
    let input = |end: &str| format!("\u{feff}{least}{blanks}{end}\n{least}");
    assert_eq!(faults(input("\r"))?, ["1 []", "2 []"]);
    for end in ["junk", "j", " ", "junkjunk"] {
        assert_eq!(
            faults(input(end))?,
            ["1 [(\"\", \"range\")]", "2 []"],
            "{end}"
        );
    }
    Ok(())
}

#[test]
fn an_overlong_line_that_begins_with_blanks_is_not_passed_over() -> Done {
    let least = LEAST.replace('\n', "");
    let blanks = " ".repeat(MAX_DECLARATION_BYTES + 9);
    let input = format!("{blanks}{least}\n{least}");
    assert_eq!(faults(input)?, ["1 [(\"\", \"range\")]", "2 []"]);
    Ok(())
}
