//! The promises of the readers: every fault at once with its place, texts borrowed, canonical bytes that read back,
//! and no input that ends the process.

mod canonical;
mod csv;
mod faults;
mod json;
mod ndjson;
mod plain_codes;
mod plain_numbers;
mod plain_texts;

use super::{
    AttributeSchema, AttributeType, Currency, CurrencyTable, Day, ExchangeRate, Fault, PartyIds,
    Profile, Zone,
};

type Done = Result<(), Box<dyn std::error::Error>>;

/// The smallest declaration.
const LEAST: &str = r#"{"declaration_id":"D1","version":1,"direction":"import","declared_at":"2016-11-02T09:30:00+08:00",
 "country":"DE","trader_id":"91350200776049653A","items":[{"item_no":1,"hs_code":"940511","value":"1"}]}"#;

fn profile() -> Result<Profile, Box<dyn std::error::Error>> {
    Ok(Profile {
        party_ids: PartyIds::Uscc { exceptions: vec![] },
        attributes: AttributeSchema::new(vec![
            ("tax_type".to_owned(), AttributeType::Text),
            ("packages".to_owned(), AttributeType::Int),
            ("tax_rate".to_owned(), AttributeType::Decimal),
        ]),
        zone: Zone::parse("+08:00")?,
        base_currency: Currency::parse("CNY")?,
    })
}

fn currencies() -> Result<CurrencyTable, Box<dyn std::error::Error>> {
    let usd = Currency::parse("USD")?;
    let rate = ExchangeRate::parse("6.7")?;
    Ok(CurrencyTable::new(vec![(
        usd,
        Day::parse("2016-01-01")?,
        rate,
    )]))
}

fn places(faults: &[Fault]) -> Vec<(&str, &str)> {
    faults
        .iter()
        .map(|fault| (fault.pointer.as_str(), fault.code.as_str()))
        .collect()
}
