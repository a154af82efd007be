//! What may happen to a service: the steps of a history, and the JSON in which they are sent.

use std::collections::BTreeMap;

use greenlane::declaration::{Day as RealDay, Moment};
use serde_json::{Map, Value, json};

use super::cases::Cause;
use super::persons::MANAGEMENT;
use super::policies::Ask;
use super::registry::{AUTHORITIES, STATES, ZONE};
use super::verdict::{Form, Verdict};

/// Days since 1970-01-01.
pub(crate) type Day = i32;
/// Microseconds since then.
pub(crate) type Micros = i64;
/// After so long what is closed is old.
pub(crate) const LONG: Micros = 95 * 86_400_000_000;

/// What decides about an item by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lane {
    Green,
    Red,
    Blue,
    Paper,
    Drawn,
    Bare,
    Teens,
    Past,
    Watched,
    Fur,
    Surveyed,
    Papers,
}

impl Lane {
    pub(crate) const ALL: [Self; 12] = [
        Self::Green,
        Self::Red,
        Self::Blue,
        Self::Paper,
        Self::Drawn,
        Self::Bare,
        Self::Teens,
        Self::Past,
        Self::Watched,
        Self::Fur,
        Self::Surveyed,
        Self::Papers,
    ];

    const fn word(self) -> &'static str {
        match self {
            Self::Green => "green",
            Self::Red => "red",
            Self::Blue => "blue",
            Self::Paper => "paper",
            Self::Drawn => "drawn",
            Self::Bare => "bare",
            Self::Teens => "teens",
            Self::Past => "past",
            Self::Watched => "watched",
            Self::Fur => "fur",
            Self::Surveyed => "surveyed",
            Self::Papers => "papers",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Item {
    pub(crate) no: u16,
    pub(crate) lane: Lane,
    pub(crate) value: i64,
    /// Their kinds.
    pub(crate) documents: Vec<&'static str>,
    /// Lots of raw material, and how much is used of each.
    pub(crate) lots: Vec<(&'static str, i64)>,
    /// Product lots.
    pub(crate) products: Vec<&'static str>,
}

/// A declaration as it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Declared {
    pub(crate) id: String,
    pub(crate) version: u32,
    pub(crate) declared_at: Micros,
    pub(crate) trader: &'static str,
    pub(crate) office: Option<&'static str>,
    pub(crate) items: Vec<Item>,
}

/// What an event says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum What {
    Inspected {
        id: String,
        version: u32,
        item: u16,
        passed: bool,
        /// Whether it is the raw material that was looked at.
        raw: bool,
    },
    Documents {
        id: String,
        item: u16,
        kind: &'static str,
    },
    Released(String),
    Rejected(String),
    Class {
        party: &'static str,
        class: u8,
        from: Option<Day>,
        to: Option<Day>,
    },
    Entered {
        party: &'static str,
        by: &'static str,
        from: Option<Day>,
        to: Option<Day>,
    },
    Left {
        party: &'static str,
        by: &'static str,
        to: Option<Day>,
    },
    /// An integrity assessment.
    Assessed {
        party: &'static str,
        sound: bool,
        period: u8,
        from: Option<Day>,
    },
    Designated {
        level: u8,
        from: Option<Day>,
    },
    Levelled {
        level: u8,
        from: Option<Day>,
    },
    Revoked {
        to: Option<Day>,
    },
    Member {
        party: &'static str,
        /// Its place among the states.
        state: u8,
        from: Option<Day>,
    },
    /// A title, or a certificate.
    Granted {
        certificate: bool,
        party: &'static str,
        from: Option<Day>,
        to: Option<Day>,
    },
    Withdrawn {
        certificate: bool,
        party: &'static str,
        to: Option<Day>,
    },
    Registered {
        party: &'static str,
        full: bool,
        from: Option<Day>,
        to: Option<Day>,
    },
    Unregistered {
        party: &'static str,
        to: Option<Day>,
    },
    /// A lot of raw material of its own was tested.
    Tested {
        party: &'static str,
        passed: bool,
        on: Day,
    },
    /// Another event was a mistake.
    Voided(String),
    Raised {
        alert: &'static str,
        level: u8,
        party: Option<&'static str>,
        from: Option<Day>,
        to: Option<Day>,
    },
    Lifted {
        alert: &'static str,
        to: Option<Day>,
    },
    Adverse {
        kind: &'static str,
        party: Option<&'static str>,
        heading: &'static str,
        /// The product lots that it names.
        lots: Vec<&'static str>,
    },
    CauseFound {
        case: String,
        cause: Cause,
        until: Option<Day>,
    },
    CaseClosed(String),
    /// One of several that nobody could carry out.
    Nonsense(usize),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Event {
    pub(crate) id: String,
    pub(crate) at: Micros,
    pub(crate) what: What,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    Declare {
        declared: Declared,
        /// Whether the same is written in another way.
        otherwise: bool,
        officer: bool,
    },
    Cancel {
        id: String,
        officer: bool,
    },
    Override {
        id: String,
        verdict: Verdict,
        confirmed_by: Option<&'static str>,
        document: bool,
    },
    Event(Event),
    /// All classes at once.
    Import(Vec<(&'static str, u8, Day)>),
    ExpireHolds,
    /// What events affect is decided again.
    Redecide,
    Policy(Ask),
    TurnDay,
    /// The clock goes on, or a little back.
    Wait(Micros),
    /// In the next step, whenever the clock has been looked at so often, it goes on by so much; so many times.
    Leap {
        looks: i64,
        micros: Micros,
        times: i64,
    },
    Restart {
        /// Whether the archive is sealed before.
        sealed: bool,
        /// The policy that is given.
        form: Option<Form>,
    },
    /// Several at once, each with steps of its own.
    Together(Vec<Vec<Step>>),
}

impl Step {
    /// Every kind of step.
    pub(crate) const KINDS: [&str; 47] = [
        "alert_lifted",
        "alert_raised",
        "cancel",
        "candidate put",
        "case_cause_found",
        "case_closed",
        "certificate_ended",
        "certificate_granted",
        "class_assessed",
        "clock leaps",
        "clock set back",
        "complaint",
        "credit_assessed",
        "declaration_rejected",
        "declaration_released",
        "declare",
        "documents_received",
        "event_voided",
        "expire holds",
        "export_return",
        "foreign_notification",
        "import",
        "inspection_result",
        "list_entered",
        "list_left",
        "long wait",
        "lot_tested",
        "member_state_changed",
        "nonsense",
        "override",
        "promotion",
        "recall",
        "redecide",
        "registration_changed",
        "registration_ended",
        "restart",
        "roll-back",
        "sealed restart",
        "several at once",
        "spot_check_failed",
        "title_cancelled",
        "title_granted",
        "turn day",
        "wait",
        "zone_designated",
        "zone_level_changed",
        "zone_revoked",
    ];

    fn kind(&self) -> &'static str {
        match self {
            Self::Declare { .. } => "declare",
            Self::Cancel { .. } => "cancel",
            Self::Override { .. } => "override",
            Self::Event(event) => match event.what {
                What::Nonsense(_) => "nonsense",
                _ => event.kind(),
            },
            Self::Import(_) => "import",
            Self::ExpireHolds => "expire holds",
            Self::Redecide => "redecide",
            Self::Policy(Ask::Put(_)) => "candidate put",
            Self::Policy(Ask::Promote(_)) => "promotion",
            Self::Policy(Ask::RollBack) => "roll-back",
            Self::TurnDay => "turn day",
            Self::Wait(..0) => "clock set back",
            Self::Wait(LONG..) => "long wait",
            Self::Wait(_) => "wait",
            Self::Leap { .. } => "clock leaps",
            Self::Restart { sealed: true, .. } => "sealed restart",
            Self::Restart { .. } => "restart",
            Self::Together(_) => "several at once",
        }
    }

    /// Counts it under its kind, and what it has within it.
    pub(crate) fn count(&self, kinds: &mut BTreeMap<&'static str, usize>) {
        *kinds.entry(self.kind()).or_default() += 1;
        if let Self::Together(several) = self {
            several.iter().flatten().for_each(|step| step.count(kinds));
        }
    }
}

pub(crate) fn moment(at: Micros) -> String {
    Moment::from_micros(at).to_string()
}

pub(crate) fn day(day: Day) -> String {
    RealDay::from_number(day).to_string()
}

/// Who confirms and overrides.
pub(crate) const OFFICER: &str = "officer-1";

impl Declared {
    pub(crate) fn json(&self, otherwise: bool) -> String {
        if otherwise {
            return self.json_otherwise();
        }
        let items = self.items.iter().map(|item| {
            let documents = item.documents.iter().map(|kind| json!({ "kind": kind }));
            let lots = item.lots.iter();
            let lots = lots.map(|(id, units)| json!({ "lot_id": id, "quantity": units }));
            json!({
                "item_no": item.no,
                "hs_code": "9405110000",
                "value": item.value.to_string(),
                "documents": documents.collect::<Vec<_>>(),
                "material_lots": lots.collect::<Vec<_>>(),
                "product_lots": item.products,
                "attributes": { "lane": item.lane.word() },
            })
        });
        let whole = json!({
            "declaration_id": self.id,
            "version": self.version,
            "direction": "export",
            "declared_at": moment(self.declared_at),
            "country": "DE",
            "trader_id": self.trader,
            "office": self.office,
            "items": items.collect::<Vec<_>>(),
        });
        whole.to_string()
    }

    /// The same with other spaces, in another order, with members that say nothing.
    fn json_otherwise(&self) -> String {
        let items = self.items.iter().map(|item| {
            let documents = item.documents.iter().map(|kind| {
                format!(r#"{{ "issuer_id": null, "kind": "{kind}" }}"#)
            });
            let lots = item.lots.iter();
            let lots = lots.map(|(id, units)| {
                format!(r#"{{ "quantity": "{units}.00", "lot_id": "{id}" }}"#)
            });
            format!(
                r#"{{ "value": {}.0, "quantity": null, "attributes": {{"lane": "{}"}}, "documents": [{}], "product_lots": {:?}, "material_lots": [{}], "hs_code": "9405110000", "item_no": {} }}"#,
                item.value,
                item.lane.word(),
                documents.collect::<Vec<_>>().join(", "),
                item.products,
                lots.collect::<Vec<_>>().join(", "),
                item.no
            )
        });
        format!(
            "{{ \"trader_id\": \"{}\", \"items\": [ {} ],\n \"country\": \"DEU\", \"office\": {}, \"declared_at\": \"{}\", \"version\": {}, \"direction\": \"export\", \"declaration_id\": \"{}\" }}",
            self.trader,
            items.collect::<Vec<_>>().join(", "),
            json!(self.office),
            moment(self.declared_at),
            self.version,
            self.id
        )
    }
}

impl Event {
    /// The declaration that it acts upon.
    pub(crate) fn declaration(&self) -> Option<&str> {
        match &self.what {
            What::Inspected { id, .. }
            | What::Documents { id, .. }
            | What::Released(id)
            | What::Rejected(id) => Some(id),
            _ => None,
        }
    }

    pub(crate) fn kind(&self) -> &'static str {
        match &self.what {
            What::Inspected { .. } => "inspection_result",
            What::Documents { .. } => "documents_received",
            What::Released(_) => "declaration_released",
            What::Rejected(_) => "declaration_rejected",
            What::Class { .. } => "class_assessed",
            What::Entered { .. } => "list_entered",
            What::Left { .. } => "list_left",
            What::Assessed { .. } => "credit_assessed",
            What::Designated { .. } => "zone_designated",
            What::Levelled { .. } => "zone_level_changed",
            What::Revoked { .. } => "zone_revoked",
            What::Granted { certificate, .. } => {
                ["title_granted", "certificate_granted"][usize::from(*certificate)]
            }
            What::Withdrawn { certificate, .. } => {
                ["title_cancelled", "certificate_ended"][usize::from(*certificate)]
            }
            What::Registered { .. } => "registration_changed",
            What::Unregistered { .. } => "registration_ended",
            What::Tested { .. } => "lot_tested",
            What::Voided(_) => "event_voided",
            What::Member { .. } => "member_state_changed",
            What::Raised { .. } => "alert_raised",
            What::Lifted { .. } => "alert_lifted",
            What::Adverse { kind, .. } => kind,
            What::CauseFound { .. } => "case_cause_found",
            What::CaseClosed(_) => "case_closed",
            What::Nonsense(0) => "declaration_cancelled",
            What::Nonsense(1) => "class_assesed",
            What::Nonsense(2) => "draw_key_revealed",
            What::Nonsense(_) => "class_assessed",
        }
    }

    pub(crate) fn json(&self) -> String {
        let mut all = Map::new();
        let own = [
            ("event_id", json!(self.id)),
            ("type", json!(self.kind())),
            ("at", json!(moment(self.at))),
            ("authority", json!(self.authority())),
            ("document", json!("P-1")),
        ];
        all.extend(own.map(|(name, value)| (name.to_owned(), value)));
        if let Value::Object(more) = self.members() {
            all.extend(more);
        }
        Value::Object(all).to_string()
    }

    /// The lot that it tells of, where it tells of one.
    pub(crate) fn lot(&self) -> String {
        format!("M-{}", self.id)
    }

    fn of_papers(&self) -> Value {
        let text = |date: &Option<Day>| date.map(day);
        let kind = |certificate: &bool| ["brand", "iso"][usize::from(*certificate)];
        match &self.what {
            What::Granted {
                certificate,
                party,
                from,
                to,
            } => json!({
                "enterprise_id": party, "kind": kind(certificate), "from": text(from),
                "to": text(to),
            }),
            What::Withdrawn {
                certificate,
                party,
                to,
            } => json!({
                "enterprise_id": party, "kind": kind(certificate), "to": text(to),
            }),
            What::Registered {
                party,
                full,
                from,
                to,
            } => json!({
                "enterprise_id": party, "hs_scope": ["9405"],
                "state": (["provisional", "full"][usize::from(*full)]), "from": text(from),
                "to": text(to),
            }),
            What::Unregistered { party, to } => json!({
                "enterprise_id": party, "hs_scope": ["9405"], "to": text(to),
            }),
            What::Tested { party, passed, on } => json!({
                "lot_id": self.lot(), "enterprise_id": party, "tested_on": day(*on),
                "result": (["failed", "passed"][usize::from(*passed)]),
            }),
            _ => Value::Null,
        }
    }

    /// Who decided it.
    pub(crate) fn authority(&self) -> &'static str {
        match self.what {
            What::Entered { by, .. } | What::Left { by, .. } => by,
            _ => AUTHORITIES[0],
        }
    }

    fn of_standing(&self) -> Value {
        let text = |date: &Option<Day>| date.map(day);
        match &self.what {
            What::Entered {
                party, from, to, ..
            } => json!({
                "enterprise_id": party, "list": "black", "from": text(from),
                "to": text(to),
            }),
            What::Left { party, to, .. } => json!({
                "enterprise_id": party, "list": "black", "to": text(to),
            }),
            What::Designated { level, from } | What::Levelled { level, from } => json!({
                "zone_id": ZONE, "level": (["provincial", "national"][usize::from(*level)]),
                "from": text(from),
            }),
            What::Revoked { to } => json!({ "zone_id": ZONE, "to": text(to) }),
            What::Member { party, state, from } => json!({
                "zone_id": ZONE, "enterprise_id": party, "state": STATES[usize::from(*state)],
                "from": text(from),
            }),
            What::Assessed {
                party,
                sound,
                period,
                from,
            } => json!({
                "enterprise_id": party, "management": MANAGEMENT[usize::from(*sound)],
                "period": period.to_string(), "from": text(from),
            }),
            _ => Value::Null,
        }
    }

    fn members(&self) -> Value {
        let text = |date: &Option<Day>| date.map(day);
        match &self.what {
            What::Inspected {
                id,
                version,
                item,
                passed,
                raw,
            } => json!({
                "declaration_id": id, "version": version, "item_no": item,
                "object": (["product", "raw_material"][usize::from(*raw)]),
                "tests": [{ "test": "pressure", "passed": passed }],
            }),
            What::Documents { id, item, kind } => {
                json!({ "declaration_id": id, "documents": [{ "item_no": item, "kind": kind }] })
            }
            What::Released(id) | What::Rejected(id) => json!({ "declaration_id": id }),
            What::Class {
                party,
                class,
                from,
                to,
            } => json!({
                "enterprise_id": party, "class": class, "from": text(from), "to": text(to),
            }),
            What::Entered { .. }
            | What::Left { .. }
            | What::Assessed { .. }
            | What::Designated { .. }
            | What::Levelled { .. }
            | What::Revoked { .. }
            | What::Member { .. } => self.of_standing(),
            What::Granted { .. }
            | What::Withdrawn { .. }
            | What::Registered { .. }
            | What::Unregistered { .. }
            | What::Tested { .. } => self.of_papers(),
            What::Voided(id) => json!({ "voided_event_id": id, "reason": "a mistake" }),
            What::Raised {
                alert,
                level,
                party,
                from,
                to,
            } => json!({
                "alert_id": alert, "kind": "warning", "level": level, "enterprise_id": party,
                "from": text(from), "to": text(to),
            }),
            What::Lifted { alert, to } => json!({ "alert_id": alert, "to": text(to) }),
            What::Adverse {
                kind: _,
                party,
                heading,
                lots,
            } => json!({
                "enterprise_id": party, "hs_code": format!("{heading}90"), "country": "DE",
                "product_lots": lots, "reason": "it broke",
            }),
            What::CauseFound { case, cause, until } => json!({
                "case_id": case, "cause": cause.word(), "measures_until": text(until),
            }),
            What::CaseClosed(case) => json!({ "case_id": case }),
            What::Nonsense(0) => json!({ "declaration_id": "D0-0-0" }),
            What::Nonsense(3) => json!({ "enterprise_id": "T1", "class": 9 }),
            What::Nonsense(4) => json!({ "enterprise_id": "nobody", "class": 2 }),
            What::Nonsense(5) => json!({ "enterprise_id": "T1", "class": 2, "colour": "red" }),
            What::Nonsense(_) => json!({}),
        }
    }
}
