//! Mappings are refused with every fault at once; tables give the declarations that JSON would.

use super::{Done, LEAST, currencies, places, profile};
use crate::declaration::{
    CsvChunk, CsvError, CsvReader, CurrencyTable, Mapping, MappingError, PartyIds, Profile,
    read_json,
};

const MAPPING: &str = r#"
[source]
format = "csv"
ignore = ["Label"]

[declaration]
declaration_id = { column = "Id" }
version = { constant = 1 }
direction = { column = "Way", values = { I = "import", X = "export" } }
declared_at = { column = "Date", format = "%d.%m.%Y" }
office = { column = "Office", pad = 4 }
country = { column = "From", values = { UK = "GB" }, otherwise = "ZZ" }
trader_id = { column = "Importer" }
currency = { column = "Money" }

[declaration.attributes]
tax_type = { column = "Tax" }

[item]
hs_code = { column = "HS" }
value = { column = "Price", round = 4 }
origin = { column = "From", values = { UK = "GB" }, otherwise = "ZZ" }

[item.attributes]
packages = { column = "Packages" }
"#;
const HEADER: &str = "Id,Way,Date,Office,From,Importer,Money,Tax,HS,Price,Packages,Label\n";
const TRADER: &str = "91350200776049653A";

/// Each declaration of a table: its values by item, or the places of its faults.
fn read(mapping: &str, table: &[u8]) -> Result<Vec<String>, Box<dyn std::error::Error>> {
    let (profile, currencies) = (profile()?, currencies()?);
    let mapping = Mapping::parse(mapping, &profile)?;
    let mut reader = CsvReader::new(table, &mapping)?;
    let (columns, mut chunk, mut read) = (reader.columns(), CsvChunk::default(), Vec::new());
    while reader.read_chunk(&mut chunk)? {
        for rows in chunk.iter() {
            read.push(match columns.read(rows, &profile, &currencies) {
                Ok(declaration) => {
                    let item = |item: &crate::declaration::Item<'_>| {
                        format!("{}:{} {}", item.item_no, item.hs_code, item.value)
                    };
                    let items: Vec<String> = declaration.items.iter().map(item).collect();
                    format!("{} {}", declaration.id.as_str(), items.join(", "))
                }
                Err(faults) => format!("{:?}", places(&faults)),
            });
        }
    }
    Ok(read)
}

#[test]
fn a_row_is_the_declaration_that_json_would_give() -> Done {
    let (profile, currencies) = (profile()?, currencies()?);
    let table =
        format!("\u{feff}{HEADER}D1,I,02.11.2016,40,UK,{TRADER},USD,\"a, b\",010121,0.00025,3,1\n");
    let mapping = Mapping::parse(MAPPING, &profile)?;
    let mut reader = CsvReader::new(table.as_bytes(), &mapping)?;
    let (columns, mut chunk) = (reader.columns(), CsvChunk::default());
    assert!(reader.read_chunk(&mut chunk)?);
    let rows = chunk.get(0).ok_or("no row")?;
    assert_eq!(rows.line(), 2);
    let read = columns
        .read(rows, &profile, &currencies)
        .map_err(|faults| format!("{faults:?}"))?;
    let json = format!(
        r#"{{"declaration_id":"D1","version":1,"direction":"import","declared_at":"2016-11-02T00:00:00+08:00",
        "office":"0040","country":"GB","trader_id":"{TRADER}","currency":"USD","attributes":{{"tax_type":"a, b"}},
        "items":[{{"item_no":1,"hs_code":"010121","value":0.0002,"origin":"GB","attributes":{{"packages":3}}}}]}}"#
    );
    let expected = read_json(json.as_bytes(), &profile, &currencies);
    assert_eq!(Ok(read), expected);
    Ok(())
}

#[test]
fn a_bad_row_is_refused_by_row_and_column_and_the_rest_go_on() -> Done {
    let mut table = HEADER.as_bytes().to_vec();
    table.extend(format!("D1,I,2016-11-02,,XX,{TRADER}1,,,9405,-1,x,0\n").bytes());
    table.extend(format!("D2,I,02.11.2016,,XX,{TRADER},,,940511,1,1,0\n").bytes());
    table.extend(b"D3,I\n\"D\n4\",,02.11.2016,,,T\xff,EUR,,,,,\n");
    table.extend(format!("D5,I,02.11.2016,,XX,{TRADER},EUR,,940511,1,1,0\n").bytes());
    let expected = [
        r#"[("row 2, column Date", "format"), ("row 2, column Importer", "party_id"), ("row 2, column Packages", "format"), ("row 2, column HS", "format"), ("row 2, column Price", "range")]"#,
        "D2 1:940511 1",
        r#"[("row 4", "mapping")]"#,
        r#"[("row 5, column Id", "format"), ("row 5, column Way", "required"), ("row 5, column From", "required"), ("row 5, column Importer", "syntax"), ("row 5, column HS", "required"), ("row 5, column Price", "required"), ("row 5, column Money", "no_rate")]"#,
        r#"[("row 7, column Money", "no_rate")]"#,
    ];
    let read = read(MAPPING, &table)?;
    let sorted = |text: &str| {
        let mut places: Vec<String> = text
            .split("), ")
            .map(|place| place.trim_matches(['[', ']', ')']).to_owned())
            .collect();
        places.sort();
        places
    };
    for (read, expected) in read.iter().zip(expected) {
        assert_eq!(sorted(read), sorted(expected));
    }
    assert_eq!(read.len(), expected.len());
    Ok(())
}

#[test]
fn rows_of_one_group_are_items_of_one_declaration() -> Done {
    let mapping = MAPPING.replacen("[source]", "[source]\ngroup_by = \"Id\"", 1);
    let row = |id: &str, office: &str, price: &str| {
        format!("{id},I,02.11.2016,{office},UK,{TRADER},,,940511,{price},1,0\n")
    };
    let table = [
        HEADER.to_owned(),
        row("D1", "1", "1"),
        row("D1", "1", "2.00005"),
        row("D2", "1", "1"),
        row("D3", "1", "1"),
        row("D3", "2", "1"),
        row("D4", "1", "1").repeat(1_001),
        row("D5", "1", "1").repeat(999),
    ]
    .concat();
    let read = read(&mapping, table.as_bytes())?;
    assert_eq!(read[0], "D1 1:940511 1, 2:940511 2");
    assert_eq!(read[1], "D2 1:940511 1");
    assert_eq!(read[2], r#"[("row 6, column Office", "mapping")]"#);
    assert_eq!(read[3], r#"[("row 7", "range")]"#);
    assert!(read[4].starts_with("D5 ") && read.len() == 5);
    Ok(())
}

#[test]
fn many_rows_come_in_chunks_without_loss() -> Done {
    let rows: String = (0..40_000)
        .map(|n| format!("D{n},I,02.11.2016,,,{TRADER},,,940511,1,1,0\n"))
        .collect();
    let rows = rows.replace(",,,913", ",,UK,913");
    let read = read(MAPPING, format!("{HEADER}{rows}").as_bytes())?;
    assert_eq!(read.len(), 40_000);
    assert!(
        read.iter()
            .zip(0..)
            .all(|(read, n)| *read == format!("D{n} 1:940511 1"))
    );
    Ok(())
}

#[test]
fn a_quote_left_open_fails_after_the_rows_before_it() -> Done {
    let profile = profile()?;
    let good = format!("D1,I,02.11.2016,,UK,{TRADER},,,940511,1,1,0\n");
    let table = format!("{HEADER}{good}\"{}", good.repeat(40_000));
    let mut reader = CsvReader::new(table.as_bytes(), &Mapping::parse(MAPPING, &profile)?)?;
    let mut chunk = CsvChunk::default();
    assert!(reader.read_chunk(&mut chunk)?);
    assert_eq!(chunk.len(), 1);
    let failed = reader
        .read_chunk(&mut chunk)
        .err()
        .ok_or("the open quote is read")?;
    assert!(
        failed.to_string().contains("a quote may be left open"),
        "{failed}"
    );
    Ok(())
}

#[test]
fn a_mapping_is_refused_with_every_fault_and_its_line() -> Done {
    let text = r#"[source]
delimiter = ";;"
sheet = 1
[declaration]
declaration_id = { column = "Id", pad = 0 }
version = { constant = "one" }
direction = { column = "Way", values = { I = "in" } }
declared_at = { column = "Date", format = "%Q" }
colour = { column = "Colour" }
office = { column = "Office", constant = "1" }
country = { column = "From", round = 4 }
[declaration.attributes]
none = { column = "None" }
[item]
value = { column = "Price", round = 2 }
documents = { column = "Documents" }
hs_code = "HS"
[lots]
"#;
    let Err(MappingError { faults }) = Mapping::parse(text, &profile()?) else {
        return Err("a bad mapping is read".into());
    };
    let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
    let expected = [
        "[source] format: required",
        "[declaration] trader_id: required",
        "line 2: [source] delimiter: one ASCII character is expected",
        "line 3: [source] sheet: no such option; there are format, delimiter, group_by and ignore",
        "line 5: [declaration] declaration_id: `pad` is within 1 to 64",
        "line 6: [declaration] version: `one`: not a whole number",
        "line 7: [declaration] direction: `in`: neither `export` nor `import`",
        "line 8: [declaration] declared_at: `%Q` is no form of dates such as `%Y-%m-%d`",
        "line 9: [declaration] colour: no such field",
        "line 10: [declaration] office: either `column` or `constant` is expected",
        "line 11: [declaration] country: `round` is 4, for amounts only",
        "line 13: [declaration.attributes] none: the policy declares no attribute of that name",
        "line 15: [item] value: `round` is 4, not 2",
        "line 16: [item] documents: documents and lots are lists and cannot be mapped from columns",
        "line 17: [item] hs_code: a table is expected",
        "line 17: [item] hs_code: either `column` or `constant` is expected",
        "line 18: [lots]: no such table; there are [source], [declaration] and [item]",
    ];
    assert_eq!(faults, expected);
    Ok(())
}

#[test]
fn a_header_must_fit_its_mapping() -> Done {
    let mapping = Mapping::parse(MAPPING, &profile()?)?;
    let header = HEADER.replace("Office,", "").replace("Tax", "Tax,Tax,New");
    let Err(CsvError::Mapping(refused)) = CsvReader::new(header.as_bytes(), &mapping) else {
        return Err("a header that does not fit is read".into());
    };
    let faults: Vec<String> = refused.faults.iter().map(ToString::to_string).collect();
    let expected = [
        "column `New`: neither used nor ignored",
        "line 11: column `Office`: the table has no column `Office`",
        "line 17: column `Tax`: the table has the column `Tax` twice",
    ];
    assert_eq!(faults, expected);
    assert!(
        refused
            .to_string()
            .starts_with("the mapping is refused:\n  column `New`")
    );
    Ok(())
}

#[test]
fn the_published_korean_declarations_are_read_without_a_fault() -> Done {
    let root = env!("CARGO_MANIFEST_DIR");
    let data = format!("{root}/../shared/data/korea/train.csv");
    let mapping = format!("{root}/fixtures/korea/mapping.toml");
    let (Ok(data), Ok(mapping)) = (std::fs::read(&data), std::fs::read_to_string(&mapping)) else {
        use std::io::Write;
        writeln!(
            std::io::stderr(),
            "skipped: {data} or {mapping} is not there"
        )?;
        return Ok(());
    };
    let names = mapping.split(".attributes]").skip(1).flat_map(|part| {
        let entries = part
            .lines()
            .skip(1)
            .take_while(|line| !line.starts_with('['));
        entries
            .filter_map(|line| line.split_once(" ="))
            .map(|(name, _)| name.trim().to_owned())
    });
    let text = |name| (name, crate::declaration::AttributeType::Text);
    let profile = Profile {
        party_ids: PartyIds::Any,
        attributes: crate::declaration::AttributeSchema::new(names.map(text).collect()),
        ..profile()?
    };
    let mut reader = CsvReader::new(data.as_slice(), &Mapping::parse(&mapping, &profile)?)?;
    let (columns, mut chunk, mut count) = (reader.columns(), CsvChunk::default(), 0);
    while reader.read_chunk(&mut chunk)? {
        for rows in chunk.iter() {
            let read = columns.read(rows, &profile, &CurrencyTable::default());
            assert!(read.is_ok(), "{:?}", read.err());
            count += 1;
        }
    }
    assert!(count > 30_000, "{count}");
    assert!(!LEAST.is_empty());
    Ok(())
}

#[test]
fn a_local_time_keeps_its_fraction_of_a_second() -> Done {
    let format = |format: &str| MAPPING.replace("%d.%m.%Y", format);
    let (profile, currencies) = (profile()?, currencies()?);
    for (form, written) in [
        ("%F %T%.f", "2016-11-02 09:30:00.25"),
        ("%F %T%.f %z", "2016-11-02 02:30:00.25 +0100"),
    ] {
        let mapping = Mapping::parse(&format(form), &profile)?;
        let table = format!("{HEADER}D1,I,{written},40,UK,{TRADER},CNY,a,010121,1,3,1\n");
        let mut reader = CsvReader::new(table.as_bytes(), &mapping)?;
        let (columns, mut chunk) = (reader.columns(), CsvChunk::default());
        assert!(reader.read_chunk(&mut chunk)?);
        let rows = chunk.get(0).ok_or("no row")?;
        let read = columns
            .read(rows, &profile, &currencies)
            .map_err(|faults| format!("{faults:?}"))?;
        assert_eq!(
            read.declared_at.to_string(),
            "2016-11-02T01:30:00.25Z",
            "{form}"
        );
    }
    Ok(())
}
