//! Columns of what came out: scores, verdicts, the rules that had a say, obligations, and what decided them: a
//! table.

use std::fmt::Write as _;

use crate::archive::cells::{Books, Obligations};
use crate::archive::column::Kind::{Decimal, Int32, Int64, Nested, Numbers, Text, Texts, Written};
use crate::archive::column::{Column, added, optional, required};
use crate::declaration::Amount;
use crate::engine::SelectedBy;
use crate::engine::says;

/// The columns, in order.
pub(super) const COLUMNS: &[Column] = &[
    required(
        "risk",
        "Facts `risk.*`: points of each score group, by its id.",
        Numbers(|row, push| {
            let points = row.facts.names.scores.iter().zip(row.facts.risk);
            points.for_each(|(id, points)| push(id, *points));
        }),
    ),
    required(
        "alerts",
        "Facts `alert.*`: level 1 to 3 of each alert kind that the policy reads; a kind at level 0 has no entry.",
        Numbers(|row, push| {
            let item = row.facts.item;
            for kind in &row.facts.names.alert_kinds {
                let sym = item.header.registry.symbols().find(kind);
                let level = sym.map_or(0, |sym| item.alert_level(sym));
                if level > 0 {
                    push(kind, i32::from(level));
                }
            }
        }),
    ),
    required(
        "verdict",
        "Verdict on the item: `release`, `sample` or `hold`.",
        Text(|row| Some(row.outcome.verdict.as_str())),
    ),
    required(
        "declaration_verdict",
        "Verdict on the declaration: the strictest of its items'.",
        Text(|row| Some(row.decision.outcome.verdict.as_str())),
    ),
    required(
        "status",
        "What became of the declaration: `released`, `selected`, `held`.",
        Text(|row| Some(row.decision.status())),
    ),
    optional(
        "selected_by",
        "What selected the item: `rule`, `draw`, `random`, `officer`, `monitor`, `programme`, `write_off_short`, `forced` or `top_up`; none where it is released.",
        Text(|row| row.outcome.selected_by.map(SelectedBy::as_str)),
    ),
    optional(
        "rule",
        "The rule that decided, as `book/rule`; none where every book abstained.",
        Written(|row, out| {
            let (book, rule) = row.decision.program.rule(row.outcome.rule?)?;
            Some(write!(out, "{}/{}", book.id, rule.id))
        }),
    ),
    required(
        "books",
        "What the rules that matched had to say, book after book; a book where none matched has no entry.",
        Nested(Books::boxed),
    ),
    required(
        "reason_codes",
        "Codes of the reasons of the rules that spoke, public or not, book after book.",
        Texts(|row, push| {
            let spoke = says(row.decision, row.at).filter(|say| say.spoke);
            spoke
                .filter_map(|say| say.rule.reason.as_ref())
                .for_each(|reason| push(&reason.code));
        }),
    ),
    required(
        "obligations",
        "What goes with the verdict, added up over the books that spoke.",
        Nested(Obligations::boxed),
    ),
    optional(
        "rate",
        "Rate of the rule that decided, or of the last rule tried where nothing was selected; exact.",
        Decimal(17, 16, |row| Some(i128::from(row.outcome.rate?.units()))),
    ),
    optional(
        "draw",
        "Draw u against the rate: it selects where u < rate * 2^64; none where nothing was left to chance.",
        Decimal(20, 0, |row| row.outcome.draw.map(i128::from)),
    ),
    optional(
        "shadow_verdict",
        "Verdict on the item by the candidate policy; none while there is none, or where it was not asked.",
        Text(|row| row.shadow.map(|shadow| shadow.verdict.as_str())),
    ),
    optional(
        "shadow_rule",
        "Rule of the candidate policy that decided, as `book/rule`; none where every book abstained, or there is no shadow_verdict.",
        Text(|row| row.shadow?.rule.as_deref()),
    ),
    required(
        "policy",
        "The policy with its version, `id@sha256:hash`.",
        Text(|row| Some(row.head.policy)),
    ),
    required(
        "registry_revision",
        "Revision of the registry that the decision saw.",
        Int64(|row| Some(row.decision.meta.registry_revision as i64)),
    ),
    optional(
        "engine_ns",
        "Nanoseconds from the typed declaration to its outcome, for the whole declaration; none where not measured.",
        Int64(|row| row.decision.meta.engine_ns.map(i64::from)),
    ),
    added(
        2,
        "inspection_level",
        "Inspection level of the sampling plan (ISO 2859-1): `S-1` to `S-4`, `I`, `II`, `III`; none without a plan.",
        Text(|row| Some(row.outcome.obligations.plan?.plan.level.as_str())),
    ),
    added(
        2,
        "aql",
        "Acceptance quality limit of the sampling plan; none without a plan.",
        Decimal(7, 4, |row| {
            let aql = row.outcome.obligations.plan?.plan.aql.as_str();
            Some(i128::from(Amount::parse(aql).ok()?.units()))
        }),
    ),
    added(
        2,
        "inspection_severity",
        "Inspection under the sampling plan: `normal` or `tightened`; none without a plan.",
        Text(|row| Some(row.outcome.obligations.plan?.severity.as_str())),
    ),
    added(
        2,
        "acceptance_number",
        "So many units of the sample may not conform; none without a plan, or where the quantity is not known.",
        Int32(|row| {
            let sample = row.outcome.obligations.plan?.sample?;
            i32::try_from(sample.acceptance_number).ok()
        }),
    ),
];
