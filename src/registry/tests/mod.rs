//! What the registry promises, as sentences: what is refused and where, what holds on which day, and that the
//! frozen snapshot says what a plain scan of the rows says.

mod cases;
mod changes;
mod days;
mod faults;
mod grown;
mod live;
mod naive;
mod said;
mod sharing;
mod traces;

use super::{Commodity, Registry, RegistryErrors, RegistrySource, Standing};
use crate::declaration::{Day, Direction, HsCode};

/// A source of files written as text.
fn source(files: &[(&str, &str)]) -> RegistrySource {
    let files = files
        .iter()
        .map(|(table, text)| (format!("{table}.csv"), text.as_bytes().to_vec()));
    RegistrySource::from_files(files).unwrap()
}

fn registry(files: &[(&str, &str)]) -> Registry {
    Registry::build(&source(files), None).unwrap_or_else(|errors| panic!("{errors}"))
}

fn refused(files: &[(&str, &str)]) -> RegistryErrors {
    Registry::build(&source(files), None).unwrap_err()
}

/// The messages of a refused source, one a line.
fn messages(files: &[(&str, &str)]) -> Vec<String> {
    let text = refused(files).to_string();
    text.lines().map(str::to_owned).collect()
}

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

fn code(text: &str) -> HsCode {
    HsCode::parse(text).unwrap()
}

fn standing<'r>(registry: &'r Registry, id: &str, on: &str) -> &'r Standing {
    let parties = registry.parties();
    let no = parties.standing(parties.find(id).unwrap(), day(on));
    parties.get(no).unwrap()
}

fn commodity<'r>(registry: &'r Registry, hs: &str, way: Direction, on: &str) -> &'r Commodity {
    let goods = registry.goods();
    let no = goods.commodity(goods.node(code(hs)), way, day(on));
    &goods.commodities()[no.0 as usize]
}

fn names<'r>(registry: &'r Registry, syms: &[super::Sym]) -> Vec<&'r str> {
    syms.iter()
        .map(|sym| registry.symbols().name(*sym))
        .collect()
}
