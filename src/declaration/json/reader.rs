//! Objects and lists of the contract: unknown, repeated and missing members, wrong types and sizes are noted here,
//! for all of them alike; what a member or element means is its caller's.

use super::place::Place;
use super::scan::{Broken, Scanner};
use crate::declaration::build::Members;
use crate::declaration::fault::{FaultCode, Faults};
use crate::declaration::field::{Problem, Value};
use crate::declaration::model::Text;
use crate::declaration::profile::Profile;

/// A JSON text being read: where it is, what to check against, and the faults so far.
pub(super) struct Reader<'a, 'c> {
    pub(super) json: Scanner<'a>,
    pub(super) profile: &'c Profile,
    pub(super) faults: Faults,
}

/// Whether a member was there with a value other than null.
pub(super) type Given = bool;

impl<'a> Reader<'a, '_> {
    /// Reads an object, each known member by `member`. A value of another type is noted.
    #[inline]
    pub(super) fn object<M: Members>(
        &mut self,
        at: &Place<'_>,
        mut member: impl FnMut(&mut Self, M, &Place<'_>) -> Result<Given, Broken>,
    ) -> Result<Given, Broken> {
        if !self.json.take(b'{') {
            return self.other("an object", at);
        }
        let (mut seen, mut given, mut expected) = (0, 0, 0);
        let mut more = !self.json.take(b'}');
        while more {
            match self.key::<M>(expected)? {
                Key::Known(name, known) if seen & known.bit() == 0 => {
                    seen |= known.bit();
                    expected = known.number() as usize + 1;
                    if member(self, known, &Place::Member(at, name))? {
                        given |= known.bit();
                    }
                }
                Key::Known(name, _) => self.repeated(&Place::Member(at, name))?,
                Key::Unknown(name) => {
                    let detail = "no member of that name";
                    self.note(&Place::Member(at, &name), FaultCode::UnknownMember, detail);
                    self.json.value()?;
                }
            }
            more = self.more(b'}')?;
        }
        let missing = M::REQUIRED & !given;
        if missing != 0 {
            self.note_missing::<M>(missing, at);
        }
        Ok(true)
    }

    /// Reads a list, each element by `element`; those beyond `most` are counted, not kept.
    #[inline]
    pub(super) fn list(
        &mut self,
        (least, most): (usize, usize),
        at: &Place<'_>,
        mut element: impl FnMut(&mut Self, &Place<'_>) -> Result<(), Broken>,
    ) -> Result<Given, Broken> {
        if !self.json.take(b'[') {
            return self.other("a list", at);
        }
        let mut count = 0;
        let mut more = !self.json.take(b']');
        while more {
            if count < most {
                element(self, &Place::Element(at, count))?;
            } else {
                self.json.value()?;
            }
            count += 1;
            more = self.more(b']')?;
        }
        if !(least..=most).contains(&count) {
            let detail = format!("{count} elements; {least} to {most} are allowed");
            self.note(at, FaultCode::Range, detail);
        }
        Ok(true)
    }

    /// Reads a value and sets it, unless it is null.
    #[inline]
    pub(super) fn value(
        &mut self,
        at: &Place<'_>,
        set: impl FnOnce(Value<'a>) -> Result<(), Problem>,
    ) -> Result<Given, Broken> {
        match self.json.value()? {
            Value::Null => Ok(false),
            value => {
                self.good(at, set(value));
                Ok(true)
            }
        }
    }

    /// Whether the result is good; its problem is noted.
    #[inline]
    pub(super) fn good(&mut self, at: &Place<'_>, result: Result<(), Problem>) -> bool {
        match result {
            Ok(()) => true,
            Err(problem) => {
                self.note(at, problem.code, problem.detail);
                false
            }
        }
    }

    #[cold]
    pub(super) fn note(&mut self, at: &Place<'_>, code: FaultCode, detail: impl Into<String>) {
        self.faults.push(at.to_string(), code, detail);
    }

    /// Passes over the value of a member that was there before.
    #[cold]
    pub(super) fn repeated(&mut self, at: &Place<'_>) -> Result<(), Broken> {
        self.note(at, FaultCode::DuplicateMember, "the member is there twice");
        self.json.value().map(drop)
    }

    /// Whether another member or element follows.
    #[inline]
    pub(super) fn more(&mut self, close: u8) -> Result<bool, Broken> {
        if self.json.take(b',') {
            return Ok(true);
        }
        self.json.expect(close).map(|()| false)
    }

    /// A value that is not of the expected type: null is absent, anything else noted.
    #[cold]
    pub(super) fn other(&mut self, expected: &str, at: &Place<'_>) -> Result<Given, Broken> {
        let value = self.json.value()?;
        if value == Value::Null {
            return Ok(false);
        }
        let problem = Problem::wrong_type(&value, expected);
        self.note(at, problem.code, problem.detail);
        Ok(true)
    }

    #[cold]
    fn note_missing<M: Members>(&mut self, missing: u32, at: &Place<'_>) {
        for (name, member) in M::ALL {
            if missing & member.bit() != 0 {
                self.note(&Place::Member(at, name), FaultCode::Required, "required");
            }
        }
    }

    /// Reads a name past its colon. Those that follow in the contract's order are tried before any search.
    #[inline]
    fn key<M: Members>(&mut self, expected: usize) -> Result<Key<'a, M>, Broken> {
        if let (Some(ahead), Some(words)) = (self.json.ahead(), M::WORDS.get(expected..))
            && let Some(at) = words.iter().position(|word| word.begins(ahead))
            && let Some((name, member)) = M::ALL.get(expected + at)
        {
            self.json.take_name(name.len())?;
            return Ok(Key::Known(name, *member));
        }
        self.searched_key()
    }

    /// A name out of the contract's order, after blanks, with escapes, or unknown.
    #[cold]
    fn searched_key<M: Members>(&mut self) -> Result<Key<'a, M>, Broken> {
        let key = self.json.name()?;
        let found = M::ALL.iter().find(|(name, _)| *name == key);
        Ok(found.map_or(Key::Unknown(key), |(name, member)| {
            Key::Known(name, *member)
        }))
    }
}

enum Key<'a, M: 'static> {
    Known(&'static str, M),
    Unknown(Text<'a>),
}
