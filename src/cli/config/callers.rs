//! The callers of a configuration: each by its name, with its roles and by what it is known.

use std::collections::BTreeMap;

use super::fault::Place;
use super::reader::{Named, Reader, Said, no_such_key};
use crate::declaration::Day;
use crate::limits::{MAX_CALLERS, MAX_ID_CHARS, REQUESTS_PER_S};
use crate::service::access::{Fingerprint, Known, Pace, Role, Roles, Secret, TokenHash};

/// The tables of callers.
const TOKENS: &str = "tokens";
const CERTIFICATES: &str = "certificates";

/// Reads all callers; each may ask so often in a second, unless it says otherwise.
pub(super) fn callers(reader: &mut Reader<'_>, requests_per_s: u64) -> Vec<Known> {
    let mut callers: Vec<Known> = Vec::new();
    for table in [TOKENS, CERTIFICATES] {
        for named in reader.named(table) {
            let key = format!("{table}.{}", named.name);
            let place = named.place.clone();
            let mut notes = Notes {
                reader,
                place: place.clone(),
                key: key.clone(),
            };
            let known = caller(table, named, requests_per_s, &mut notes);
            let Some(known) = known else { continue };
            let mut others = callers.iter();
            if others.any(|other| other.name == known.name || other.secret == known.secret) {
                let detail = "another caller has the same name, token or certificate";
                reader.note(place, key, detail);
            }
            callers.push(known);
        }
    }
    if callers.len() > MAX_CALLERS {
        let detail = format!("there are more than {MAX_CALLERS} callers");
        reader.note(Place::File, "", detail);
    }
    callers
}

/// Where the faults of a caller go.
struct Notes<'n, 't> {
    reader: &'n mut Reader<'t>,
    place: Place,
    key: String,
}

impl Notes<'_, '_> {
    fn add(&mut self, member: &str, detail: impl Into<String>) {
        let key = match member {
            "" => self.key.clone(),
            member => format!("{}.{member}", self.key),
        };
        self.reader.note(self.place.clone(), key, detail);
    }
}

fn caller(
    table: &str,
    named: Named,
    requests_per_s: u64,
    notes: &mut Notes<'_, '_>,
) -> Option<Known> {
    if !Known::is_name(&named.name) {
        notes.add("", format!("a name has at most {MAX_ID_CHARS} letters, digits, `-`, `_` and `.`, and is neither `local` nor `greenlane`"));
    }
    let Some(mut members) = named.members else {
        notes.add(
            "",
            "a table is needed, as `greenlane token create` prints it",
        );
        return None;
    };
    let secret = match table {
        TOKENS => token(&mut members, notes),
        _ => certificate(&mut members, notes).map(Secret::Certificate),
    };
    let roles = roles(&mut members, notes);
    let requests_per_s = pace(&mut members, notes).unwrap_or(requests_per_s);
    let known: &[&str] = match table {
        TOKENS => &["hash", "expires", "roles", "requests_per_s"],
        _ => &["sha256", "roles", "requests_per_s"],
    };
    for key in members.keys() {
        notes.add(key, no_such_key(key, known));
    }
    Some(Known {
        name: named.name,
        roles: roles?,
        secret: Some(secret?),
        pace: Some(Pace::per_second(
            u32::try_from(requests_per_s).unwrap_or(u32::MAX),
        )),
    })
}

type Members = BTreeMap<String, Said>;

/// A member that must be there and be `right`.
fn member<T>(
    members: &mut Members,
    name: &str,
    right: &str,
    notes: &mut Notes<'_, '_>,
    read: impl FnOnce(&Said) -> Option<T>,
) -> Option<T> {
    let Some(said) = members.remove(name) else {
        notes.add(name, format!("is missing: {right}"));
        return None;
    };
    let value = read(&said);
    if value.is_none() {
        notes.add(name, format!("is not {right}"));
    }
    value
}

fn token(members: &mut Members, notes: &mut Notes<'_, '_>) -> Option<Secret> {
    let right = "the hash of a token, as `greenlane token create` prints it";
    let hash = member(members, "hash", right, notes, |said| {
        TokenHash::parse(said.text()?)
    });
    let right = "the first day on which it is not accepted any more, as 2027-06-30";
    let expires = member(members, "expires", right, notes, |said| {
        Day::parse(said.text()?).ok()
    });
    Some(Secret::Token {
        hash: hash?,
        expires: expires?,
    })
}

/// The SHA-256 of a certificate in hexadecimal digits, with or without colons.
fn certificate(members: &mut Members, notes: &mut Notes<'_, '_>) -> Option<Fingerprint> {
    let right = "the SHA-256 of a certificate: 64 hexadecimal digits";
    member(members, "sha256", right, notes, |said| {
        let digits = said.text()?.replace(':', "").to_ascii_lowercase();
        blake3::Hash::from_hex(digits)
            .ok()
            .map(|hash| *hash.as_bytes())
    })
}

fn roles(members: &mut Members, notes: &mut Notes<'_, '_>) -> Option<Roles> {
    let words = Role::ALL
        .map(|role| format!("\"{}\"", role.as_str()))
        .join(", ");
    let right = format!("a list of one or more of {words}");
    member(members, "roles", &right, notes, |said| {
        let Said::List(list) = said else { return None };
        let roles = list.iter().map(|word| Role::parse(word));
        let roles: Option<Vec<Role>> = roles.collect();
        roles
            .filter(|roles| !roles.is_empty())
            .map(|roles| Roles::of(&roles))
    })
}

fn pace(members: &mut Members, notes: &mut Notes<'_, '_>) -> Option<u64> {
    members.contains_key("requests_per_s").then_some(())?;
    let (least, most) = (REQUESTS_PER_S.least, REQUESTS_PER_S.most);
    let right = format!("a whole number within {least} to {most}");
    member(members, "requests_per_s", &right, notes, |said| {
        said.number()
            .filter(|number| (least..=most).contains(number))
    })
}
