//! The steps of a story: what is done in each, and what is expected of it. A step has one verb; what does not go with
//! its verb is refused.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::draws::Draw;
use super::file::{Expect, Members, REFUSED_ALONE};
use super::look::Look;
use crate::declaration::{Day, Moment, Zone};

/// The hour at which a day begins where a step says no time.
const OPENS_S: i64 = 8 * 3_600;
/// Characters of a declaration's name, of which its id is made.
const NAME_CHARS: usize = 16;
/// Members of a declaration that are made: the id for its draws, the items of what steps say of them.
pub(super) const MADE: [&str; 2] = ["declaration_id", "items"];

/// A day, or a moment of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Eight in the morning, in the policy's zone.
    Day(Day),
    /// This moment.
    Moment(Moment),
}

impl When {
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let day = Day::parse(text).map(Self::Day);
        let when = day.or_else(|_| Moment::parse(text).map(Self::Moment));
        when.map_err(|_| {
            format!("`{text}` is no day, as 2016-03-10, nor a moment, as 2016-03-10T09:30:00+08:00")
        })
    }

    pub(super) fn moment(self, zone: Zone) -> Moment {
        match self {
            Self::Day(day) => Moment::midnight(day, zone).plus_seconds(OPENS_S),
            Self::Moment(moment) => moment,
        }
    }
}

/// One step.
#[derive(Debug, Clone)]
pub struct Step {
    /// What is done.
    pub act: Act,
    /// What is expected of it.
    pub expected: Expected,
}

/// What is done in a step.
#[derive(Debug, Clone)]
pub enum Act {
    /// A declaration comes, with a name by which later steps know it.
    Declare {
        /// The name.
        name: String,
        /// What it says.
        body: Body,
        /// The draws, where they are not the scenario's.
        draw: Option<Draw>,
    },
    /// The next version of a declaration comes.
    Amend {
        /// The declaration's name.
        of: String,
        /// What it says otherwise than the version before.
        body: Body,
    },
    /// An event comes.
    Event {
        /// The name of the declaration that it is about, where it is about one.
        of: Option<String>,
        /// Its members; the id and the time are made where they lack.
        members: Members,
    },
    /// The clock goes on.
    Day(When),
    /// A declaration is withdrawn.
    Cancel {
        /// The declaration's name.
        of: String,
        /// Members of the request.
        members: Members,
        /// Whether an officer does it.
        officer: bool,
    },
    /// An officer decides otherwise.
    Override {
        /// The declaration's name.
        of: String,
        /// Members of the request.
        members: Members,
    },
    /// Nothing is done: it is looked at what is known.
    State(StateOf),
}

/// What a declaration says, on top of what its scenario or the version before says.
#[derive(Debug, Clone)]
pub struct Body {
    /// Members of the declaration.
    pub declaration: Members,
    /// Members of every item.
    pub item: Members,
    /// Several items instead of one.
    pub items: Option<Vec<Members>>,
    /// Whether an officer sends it.
    pub officer: bool,
}

/// What is looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StateOf {
    /// A declaration, in its latest version or in another.
    Declaration {
        /// Its name.
        name: String,
        /// The version.
        version: Option<u32>,
    },
    /// Rows of the registry.
    Registry {
        /// The table.
        table: String,
        /// Cells that they have.
        cells: Members,
    },
    /// What the policy proposes of an enterprise, for an officer to confirm.
    Proposals(String),
    /// What officers look at.
    Look {
        /// What.
        at: Look,
        /// Cells that its rows have.
        cells: Members,
    },
    /// The events that the steps sent, as every authority sees them.
    Events,
    /// The revisions that the single window was not told of at once.
    Changes,
}

/// What is expected of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    /// That it can be done.
    Done,
    /// That it is refused, with these codes.
    Refused(Vec<String>),
    /// An answer.
    Answer(Box<Expect>),
    /// Rows, one for each.
    Rows(Vec<Members>),
}

/// A step as it is written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawStep {
    declare: Option<String>,
    amend: Option<String>,
    event: Option<Members>,
    day: Option<String>,
    result: Option<Members>,
    documents: Option<Members>,
    cancel: Option<Value>,
    r#override: Option<Members>,
    state: Option<Members>,
    #[serde(default)]
    declaration: Members,
    #[serde(default)]
    item: Members,
    items: Option<Vec<Members>>,
    draw: Option<Draw>,
    officer: Option<bool>,
    expect: Option<Members>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OnlyRefused {
    refused: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OnlyRows {
    rows: Vec<Members>,
}

/// Reads the steps of a scenario; every mistake with the number of its step.
pub(super) fn read_steps(raw: Vec<RawStep>) -> Result<Vec<Step>, String> {
    let (mut steps, mut wrong, mut names) = (Vec::new(), Vec::new(), BTreeSet::new());
    for (raw, no) in raw.into_iter().zip(1..) {
        match raw.read().and_then(|step| step.known(&mut names)) {
            Ok(step) => steps.push(step),
            Err(why) => wrong.push(format!("step {no}: {why}")),
        }
    }
    match wrong.is_empty() {
        true => Ok(steps),
        false => Err(wrong.join("; ")),
    }
}

impl RawStep {
    fn read(mut self) -> Result<Step, String> {
        let verb = self.verb()?;
        self.unfit(verb)?;
        let act = self.act()?;
        let expected = expected(&act, self.expect.take())?;
        Ok(Step { act, expected })
    }

    fn verb(&self) -> Result<&'static str, String> {
        let verbs = [
            ("declare", self.declare.is_some()),
            ("amend", self.amend.is_some()),
            ("event", self.event.is_some()),
            ("day", self.day.is_some()),
            ("result", self.result.is_some()),
            ("documents", self.documents.is_some()),
            ("cancel", self.cancel.is_some()),
            ("override", self.r#override.is_some()),
            ("state", self.state.is_some()),
        ];
        let named: Vec<&str> = verbs
            .into_iter()
            .filter_map(|(verb, is)| is.then_some(verb))
            .collect();
        match named.as_slice() {
            [verb] => Ok(verb),
            [] => Err(format!(
                "it has none of {}",
                verbs.map(|(verb, _)| verb).join(", ")
            )),
            several => Err(format!(
                "it has {}: a step has one verb",
                several.join(" and ")
            )),
        }
    }

    /// Members that do not go with the verb.
    fn unfit(&self, verb: &str) -> Result<(), String> {
        let (declare, body) = (verb == "declare", matches!(verb, "declare" | "amend"));
        let members = [
            ("declaration", !self.declaration.is_empty(), body),
            ("item", !self.item.is_empty(), body),
            ("items", self.items.is_some(), body),
            ("draw", self.draw.is_some(), declare),
            ("officer", self.officer.is_some(), body || verb == "cancel"),
        ];
        let unfit = members.into_iter().find(|(_, is, may)| *is && !may);
        match unfit {
            None => Ok(()),
            Some((member, ..)) => Err(format!("`{member}` does not go with `{verb}`")),
        }
    }

    fn act(&mut self) -> Result<Act, String> {
        let officer = self.officer.unwrap_or(false);
        if let Some(name) = self.declare.take() {
            let (body, draw) = (self.body()?, self.draw.take());
            return Ok(Act::Declare { name, body, draw });
        }
        if let Some(of) = self.amend.take() {
            let body = self.body()?;
            return Ok(Act::Amend { of, body });
        }
        if let Some(mut members) = self.event.take() {
            let of = members.remove("of").map(|of| name_of(&of)).transpose()?;
            if of.is_some() {
                made(&members, &["declaration_id"])?;
            }
            return Ok(Act::Event { of, members });
        }
        if let Some(day) = self.day.take() {
            return Ok(Act::Day(When::read(&day)?));
        }
        if let Some(members) = self.result.take() {
            return about("inspection_result", concluded(members)?);
        }
        if let Some(members) = self.documents.take() {
            return about("documents_received", members);
        }
        if let Some(cancel) = self.cancel.take() {
            let (of, members) = match cancel {
                Value::Object(members) => named(members)?,
                name => (name_of(&name)?, Members::new()),
            };
            return Ok(Act::Cancel {
                of,
                members,
                officer,
            });
        }
        if let Some(members) = self.r#override.take() {
            let (of, members) = named(members)?;
            return Ok(Act::Override { of, members });
        }
        state_of(self.state.take().unwrap_or_default()).map(Act::State)
    }

    fn body(&mut self) -> Result<Body, String> {
        made(&self.declaration, &MADE)?;
        Ok(Body {
            declaration: std::mem::take(&mut self.declaration),
            item: std::mem::take(&mut self.item),
            items: self.items.take(),
            officer: self.officer.unwrap_or(false),
        })
    }
}

/// Nobody says what is made here.
pub(super) fn made(members: &Members, names: &[&str]) -> Result<(), String> {
    match names.iter().find(|name| members.contains_key(**name)) {
        None => Ok(()),
        Some(name) => Err(format!("`{name}` is made and cannot be said")),
    }
}

/// An event of a type about a declaration.
fn about(kind: &str, members: Members) -> Result<Act, String> {
    let (of, mut members) = named(members)?;
    made(&members, &["type", "declaration_id"])?;
    members.insert("type".to_owned(), kind.into());
    let of = Some(of);
    Ok(Act::Event { of, members })
}

/// `passed` as the conclusion that it stands for, which needs no tests.
fn concluded(mut members: Members) -> Result<Members, String> {
    let conclusion = match members.remove("passed") {
        None => return Ok(members),
        Some(Value::Bool(true)) => "passed",
        Some(Value::Bool(false)) => "failed",
        Some(other) => return Err(format!("passed: {other} is neither true nor false")),
    };
    members
        .entry("tests")
        .or_insert_with(|| Value::Array(Vec::new()));
    match members.insert("conclusion".to_owned(), conclusion.into()) {
        None => Ok(members),
        Some(_) => Err("`passed` and `conclusion` say the same: one of them is enough".to_owned()),
    }
}

/// The declaration's name, and the other members.
fn named(mut members: Members) -> Result<(String, Members), String> {
    let of = members.remove("of");
    let of = of.ok_or("`of` is required: the name of a declaration")?;
    Ok((name_of(&of)?, members))
}

fn name_of(value: &Value) -> Result<String, String> {
    let name = value.as_str().map(str::to_owned);
    name.ok_or_else(|| format!("{value} is no declaration's name"))
}

fn state_of(mut members: Members) -> Result<StateOf, String> {
    let kinds = ["declaration", "registry", "feed", "proposals"].into_iter();
    let kinds: Vec<&str> = kinds.chain(Look::KINDS).collect();
    let named: Vec<&str> = kinds
        .iter()
        .copied()
        .filter(|kind| members.contains_key(*kind))
        .collect();
    let [kind] = named.as_slice() else {
        return Err(format!("`state` is that of one of {}", kinds.join(", ")));
    };
    let of = members.remove(*kind);
    let of = name_of(&of.unwrap_or_default())?;
    if let Some(look) = Look::read(kind, &of) {
        let (at, cells) = (look?, members);
        return Ok(StateOf::Look { at, cells });
    }
    let state = match (*kind, of.as_str()) {
        ("registry", _) => {
            return Ok(StateOf::Registry {
                table: of,
                cells: members,
            });
        }
        ("proposals", _) => StateOf::Proposals(of),
        ("feed", "events") => StateOf::Events,
        ("feed", "changes") => StateOf::Changes,
        ("feed", other) => return Err(format!("there is no feed `{other}`: events, changes")),
        _ => {
            let version = members.remove("version");
            let version = version.map(typed::<u32>).transpose();
            let version = version.map_err(|error| format!("version: {error}"))?;
            StateOf::Declaration { name: of, version }
        }
    };
    match members.keys().next() {
        None => Ok(state),
        Some(member) => Err(format!("`{member}` is nothing to look for in `{kind}`")),
    }
}

fn typed<T: DeserializeOwned>(value: Value) -> Result<T, String> {
    serde_json::from_value(value).map_err(|error| error.to_string())
}

/// What is expected of an act: an answer where it answers with one.
fn expected(act: &Act, expect: Option<Members>) -> Result<Expected, String> {
    let wrong = |error| format!("expect: {error}");
    let rows = matches!(act, Act::State(state) if !matches!(state, StateOf::Declaration { .. }));
    let Some(expect) = expect.map(Value::Object) else {
        return match act {
            Act::State(_) => Err("what is looked at without `expect` shows nothing".to_owned()),
            _ => Ok(Expected::Done),
        };
    };
    match act {
        Act::Day(_) => Err("nothing can be expected of `day`; look with `state`".to_owned()),
        Act::Event { of: None, .. } => {
            let OnlyRefused { refused } = typed(expect).map_err(wrong)?;
            Ok(Expected::Refused(refused))
        }
        Act::State(_) if rows => {
            let OnlyRows { rows } = typed(expect).map_err(wrong)?;
            Ok(Expected::Rows(rows))
        }
        _ => {
            let expect: Expect = typed(expect).map_err(wrong)?;
            match (expect.is_one_thing(), &expect.refused) {
                (false, _) => Err(wrong(REFUSED_ALONE.to_owned())),
                (true, Some(codes)) => Ok(Expected::Refused(codes.clone())),
                (true, None) => Ok(Expected::Answer(Box::new(expect))),
            }
        }
    }
}

impl Act {
    /// The name of the declaration that came before and that it is about.
    pub(super) fn of(&self) -> Option<&String> {
        match self {
            Self::Amend { of, .. } | Self::Cancel { of, .. } | Self::Override { of, .. } => {
                Some(of)
            }
            Self::State(StateOf::Declaration { name, .. }) => Some(name),
            Self::Event { of, .. } => of.as_ref(),
            Self::Declare { .. } | Self::Day(_) | Self::State(_) => None,
        }
    }
}

impl Step {
    /// Itself, where every declaration that it names is one that came before.
    fn known(self, names: &mut BTreeSet<String>) -> Result<Self, String> {
        if let Act::Declare { name, .. } = &self.act {
            if name.is_empty() || name.chars().count() > NAME_CHARS {
                return Err(format!("a name has 1 to {NAME_CHARS} characters"));
            }
            return match names.insert(name.clone()) {
                true => Ok(self),
                false => Err(format!(
                    "`{name}` was declared before; `amend` brings the next version"
                )),
            };
        }
        let of = self.act.of();
        match of.filter(|of| !names.contains(*of)) {
            None => Ok(self),
            Some(of) => Err(format!("no declaration `{of}` came before")),
        }
    }
}
