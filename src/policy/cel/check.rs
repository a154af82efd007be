//! The type check: names against the schema, constants against their domains, amounts made integers.
//! Every mistake of a condition is found, not only the first.

use std::collections::BTreeSet;
use std::ops::Range;

use cel::parser::Parser;

use super::expr::Expr;
use super::pass::Pass;
use super::scan::{Complaint, scan};
use super::typed::{Node, Reader};
use crate::limits::MAX_CONDITION_DEPTH;
use crate::policy::parameter::{Parameter, Place};
use crate::policy::persons::Reads;
use crate::policy::schema::Names;

/// A checked condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// As its author wrote it.
    pub text: String,
    /// The same in plain CEL over integers: amounts are integers of 1/10,000, and a parameter read as an amount is `amount_parameter.NAME`.
    pub rewritten: String,
    /// What it means at each place; a single one for anywhere unless it reads a parameter that differs by place.
    pub variants: Vec<Variant>,
}

/// What a condition means at one office and bureau.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variant {
    /// This office, or none of [`Variant::other_offices`].
    pub office: Option<String>,
    /// This bureau, or none of [`Variant::other_bureaus`].
    pub bureau: Option<String>,
    /// Offices with variants of their own.
    pub other_offices: Vec<String>,
    /// Bureaus with variants of their own.
    pub other_bureaus: Vec<String>,
    /// The condition there.
    pub expr: Expr,
}

/// Checks the conditions of one policy.
pub struct Checker<'c> {
    /// What names mean; alert kinds are taken up as they are read.
    pub names: &'c mut Names,
    /// The parameters.
    pub parameters: &'c [Parameter],
    /// What the condition may read.
    pub reads: Reads,
}

impl Checker<'_> {
    /// Checks one condition.
    ///
    /// # Errors
    /// Every mistake with its bytes in the condition.
    pub fn check(&mut self, text: &str) -> Result<Condition, Vec<(Range<usize>, String)>> {
        let node = parse(text).map_err(|complaint| vec![complaint])?;
        let mut pass = Pass {
            checker: self,
            complaints: Vec::new(),
            edits: Vec::new(),
            read: BTreeSet::new(),
            place: (None, None),
        };
        let Some(expr) = pass.boolean(&node) else {
            return Err(pass.complaints);
        };
        let Pass {
            complaints,
            edits,
            read,
            ..
        } = pass;
        if !complaints.is_empty() {
            return Err(complaints);
        }
        let variants = self.variants(&node, expr, &read)?;
        Ok(Condition {
            text: text.to_owned(),
            rewritten: rewrite(text, edits),
            variants,
        })
    }

    fn variants(
        &mut self,
        node: &Node,
        anywhere: Expr,
        read: &BTreeSet<usize>,
    ) -> Result<Vec<Variant>, Vec<Complaint>> {
        let overrides = || {
            read.iter()
                .filter_map(|at| self.parameters.get(*at))
                .flat_map(|p| p.overrides.iter().map(|(place, _)| place))
        };
        let offices: BTreeSet<String> = overrides()
            .filter_map(|place| {
                if let Place::Office(id) = place {
                    Some(id.clone())
                } else {
                    None
                }
            })
            .collect();
        let bureaus: BTreeSet<String> = overrides()
            .filter_map(|place| {
                if let Place::Bureau(id) = place {
                    Some(id.clone())
                } else {
                    None
                }
            })
            .collect();
        let (other_offices, other_bureaus): (Vec<_>, Vec<_>) =
            (offices.into_iter().collect(), bureaus.into_iter().collect());
        let every = |ids: &[String]| {
            ids.iter()
                .cloned()
                .map(Some)
                .chain([None])
                .collect::<Vec<_>>()
        };
        let mut variants = Vec::new();
        for office in every(&other_offices) {
            for bureau in every(&other_bureaus) {
                let expr = if office.is_none() && bureau.is_none() {
                    anywhere.clone()
                } else {
                    let place = (office.clone(), bureau.clone());
                    let mut pass = Pass {
                        checker: self,
                        complaints: Vec::new(),
                        edits: Vec::new(),
                        read: BTreeSet::new(),
                        place,
                    };
                    match pass.boolean(node) {
                        Some(expr) if pass.complaints.is_empty() => expr,
                        _ => return Err(pass.complaints),
                    }
                };
                variants.push(Variant {
                    office: office.clone(),
                    bureau,
                    other_offices: other_offices.clone(),
                    other_bureaus: other_bureaus.clone(),
                    expr,
                });
            }
        }
        Ok(variants)
    }
}

fn parse(text: &str) -> Result<Node, Complaint> {
    let tokens = scan(text)?;
    let parser = Parser::new().max_recursion_depth(MAX_CONDITION_DEPTH as u16 * 8);
    match parser.parse_with_source_info(text) {
        Ok((ast, info)) => Reader {
            text,
            tokens: &tokens,
            info: &info,
        }
        .node(&ast),
        Err(errors) => {
            let column = errors.errors.first().map_or(1, |error| error.pos.1.max(1)) as usize;
            let byte = text
                .char_indices()
                .nth(column - 1)
                .map_or(text.len(), |(at, _)| at);
            let token = tokens.iter().find(|token| token.span.end > byte);
            let word = token.and_then(|token| text.get(token.span.clone()));
            let message = word.map_or_else(
                || "the condition is not complete: something is missing at its end".to_owned(),
                |word| format!("`{word}` cannot stand here; is an operator, a value or a bracket missing before it?"),
            );
            Err((
                token.map_or(text.len()..text.len(), |token| token.span.clone()),
                message,
            ))
        }
    }
}

fn rewrite(text: &str, mut edits: Vec<(Range<usize>, String)>) -> String {
    edits.sort_by_key(|(span, _)| span.start);
    edits.dedup();
    let (mut out, mut at) = (String::with_capacity(text.len()), 0);
    for (span, replacement) in edits {
        out.push_str(text.get(at..span.start).unwrap_or_default());
        out.push_str(&replacement);
        at = span.end;
    }
    out.push_str(text.get(at..).unwrap_or_default());
    out
}
