//! The type check: names against the schema, constants against their domains, amounts made integers.
//! Every mistake of a condition is found, not only the first.

use std::collections::BTreeSet;
use std::ops::Range;

use cel::parser::Parser;

use super::expr::{Atom, CompareOp, Constant, Expr, Term};
use super::scan::{Complaint, scan};
use super::typed::{Node, NodeKind, Reader};
use crate::declaration::{Amount, Country, Day};
use crate::limits::MAX_CONDITION_DEPTH;
use crate::policy::diagnostic::nearest;
use crate::policy::parameter::{Parameter, ParameterValue, Place};
use crate::policy::schema::{Constants, Fact, FactInfo, FactType, NameError, Names};

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
    /// Whether `risk.NAME` may be read: not where the scores themselves are computed.
    pub risk_readable: bool,
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

/// The type that a numeric side has by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Natural {
    Int,
    Amount,
    /// Whole numbers and parameters are what the other side is.
    Either,
    NotNumeric,
}

/// One walk over a condition for one place.
struct Pass<'p, 'c> {
    checker: &'p mut Checker<'c>,
    complaints: Vec<Complaint>,
    edits: Vec<(Range<usize>, String)>,
    read: BTreeSet<usize>,
    place: (Option<String>, Option<String>),
}

impl Pass<'_, '_> {
    fn complain<T>(&mut self, span: &Range<usize>, message: impl Into<String>) -> Option<T> {
        self.complaints.push((span.clone(), message.into()));
        None
    }

    fn boolean(&mut self, node: &Node) -> Option<Expr> {
        match &node.kind {
            NodeKind::Bool(value) => Some(Expr::Const(*value)),
            NodeKind::Not(inner) => Some(Expr::Not(Box::new(self.boolean(inner)?))),
            NodeKind::And(parts) => self.all(parts).map(Expr::And),
            NodeKind::Or(parts) => self.all(parts).map(Expr::Or),
            NodeKind::Has(inner) => self.has(inner),
            NodeKind::Compare(op, left, right) => self.compare(node, *op, left, right),
            NodeKind::In(left, right) => self.member(left, right),
            NodeKind::StartsWith(fact, prefix) => self.starts_with(fact, prefix),
            NodeKind::Name(name) if name.starts_with("parameter.") => {
                match self.parameter(&node.span, name)? {
                    ParameterValue::Bool(value) => Some(Expr::Const(value)),
                    other => self.complain(
                        &node.span,
                        format!("`{name}` is a {}, not a condition", other.type_name()),
                    ),
                }
            }
            NodeKind::Name(_) => {
                let (fact, info) = self.fact(node)?;
                match info.kind {
                    FactType::Bool => Some(Expr::Atom(Atom::Bool(fact))),
                    other => self.complain(
                        &node.span,
                        format!(
                            "this is a {}, not a condition; compare it with something",
                            other.as_str()
                        ),
                    ),
                }
            }
            NodeKind::Number(_)
            | NodeKind::Text(_)
            | NodeKind::List(_)
            | NodeKind::Add(..)
            | NodeKind::Mul(..) => self.complain(
                &node.span,
                "this is a value, not a condition; compare it with something",
            ),
        }
    }

    /// Checks all parts before giving up, so that every mistake is told.
    fn all(&mut self, parts: &[Node]) -> Option<Vec<Expr>> {
        let checked: Vec<Option<Expr>> = parts.iter().map(|part| self.boolean(part)).collect();
        checked.into_iter().collect()
    }

    fn fact(&mut self, node: &Node) -> Option<(Fact, FactInfo)> {
        let NodeKind::Name(name) = &node.kind else {
            return self.complain(&node.span, "a fact must stand here");
        };
        match self.checker.names.fact(name) {
            Ok(Fact::Risk(_)) if !self.checker.risk_readable => self.complain(
                &node.span,
                "scores are computed before rules; a score cannot read `risk.…`",
            ),
            Ok(fact) => Some((fact, fact.info(&self.checker.names.attributes))),
            Err(NameError::Later) => {
                self.complain(&node.span, format!("`{name}` is not carried out yet"))
            }
            Err(NameError::Unknown {
                nearest: Some(near),
            }) => self.complain(
                &node.span,
                format!("unknown fact `{name}`; did you mean `{near}`?"),
            ),
            Err(NameError::Unknown { nearest: None }) => {
                self.complain(&node.span, format!("unknown fact `{name}`"))
            }
        }
    }

    fn parameter(&mut self, span: &Range<usize>, name: &str) -> Option<ParameterValue> {
        let last = name.strip_prefix("parameter.").unwrap_or(name);
        let Some(at) = self
            .checker
            .parameters
            .iter()
            .position(|parameter| parameter.name == last)
        else {
            let near = nearest(
                last,
                self.checker.parameters.iter().map(|p| p.name.as_str()),
            );
            let help = near.map_or_else(String::new, |near| {
                format!("; did you mean `parameter.{near}`?")
            });
            return self.complain(span, format!("unknown parameter `{name}`{help}"));
        };
        self.read.insert(at);
        let (office, bureau) = (self.place.0.clone(), self.place.1.clone());
        self.checker
            .parameters
            .get(at)
            .map(|parameter| parameter.at(office.as_deref(), bureau.as_deref()).clone())
    }

    fn has(&mut self, inner: &Node) -> Option<Expr> {
        let (fact, info) = self.fact(inner)?;
        match info.optional {
            true => Some(Expr::Atom(Atom::Has(fact))),
            false => self.complain(
                &inner.span,
                "this fact is never absent; `has` would always be true",
            ),
        }
    }

    fn compare(&mut self, node: &Node, op: CompareOp, left: &Node, right: &Node) -> Option<Expr> {
        if is_list(left) || is_list(right) {
            return self.compare_list(op, left, right);
        }
        if matches!(left.kind, NodeKind::Bool(_)) || matches!(right.kind, NodeKind::Bool(_)) {
            return self.compare_bool(node, op, left, right);
        }
        let numeric = [self.natural(left)?, self.natural(right)?];
        if numeric.contains(&Natural::NotNumeric) {
            return self.compare_text(node, op, left, right);
        }
        let want = if numeric.contains(&Natural::Amount) {
            FactType::Amount
        } else {
            FactType::Int
        };
        let (left_term, right_term) = (self.lower(left, want), self.lower(right, want));
        match (left_term?, right_term?) {
            (Term::Const(_), Term::Const(_)) => self.complain(
                &node.span,
                "this compares two constants; one side must be a fact",
            ),
            (Term::Fact(fact), Term::Const(value)) => {
                self.compare_number(fact, op, value, &right.span)
            }
            (Term::Const(value), Term::Fact(fact)) => {
                self.compare_number(fact, op.flipped(), value, &left.span)
            }
            (left, right) => Some(Expr::Atom(Atom::Terms(left, op, right))),
        }
    }

    fn compare_number(
        &mut self,
        fact: Fact,
        op: CompareOp,
        value: i64,
        span: &Range<usize>,
    ) -> Option<Expr> {
        let info = fact.info(&self.checker.names.attributes);
        self.in_domain(info, &Constant::Number(value), true, span)?;
        Some(Expr::Atom(Atom::Compare(fact, op, Constant::Number(value))))
    }

    fn compare_list(&mut self, op: CompareOp, left: &Node, right: &Node) -> Option<Expr> {
        let (list, fact) = if is_list(right) {
            (right, left)
        } else {
            (left, right)
        };
        let (fact, info) = self.fact(fact)?;
        let NodeKind::List(elements) = &list.kind else {
            return None;
        };
        if info.kind != FactType::List
            || !elements.is_empty()
            || !matches!(op, CompareOp::Eq | CompareOp::Ne)
        {
            return self.complain(&list.span, "a list is compared with `== []` or `!= []` only; `\"x\" in list` asks for a member");
        }
        let empty = Expr::Atom(Atom::Empty(fact));
        Some(if op == CompareOp::Eq {
            empty
        } else {
            Expr::Not(Box::new(empty))
        })
    }

    fn compare_bool(
        &mut self,
        node: &Node,
        op: CompareOp,
        left: &Node,
        right: &Node,
    ) -> Option<Expr> {
        let ((NodeKind::Bool(value), _, other) | (_, NodeKind::Bool(value), other)) = (
            &left.kind,
            &right.kind,
            if matches!(left.kind, NodeKind::Bool(_)) {
                right
            } else {
                left
            },
        ) else {
            return None;
        };
        let inner = self.boolean(other)?;
        match op {
            CompareOp::Eq | CompareOp::Ne if *value == (op == CompareOp::Eq) => Some(inner),
            CompareOp::Eq | CompareOp::Ne => Some(Expr::Not(Box::new(inner))),
            _ => self.complain(&node.span, "`true` and `false` have no order"),
        }
    }

    fn compare_text(
        &mut self,
        node: &Node,
        op: CompareOp,
        left: &Node,
        right: &Node,
    ) -> Option<Expr> {
        let (fact_node, other, op) = if is_constant(left) {
            (right, left, op.flipped())
        } else {
            (left, right, op)
        };
        if is_constant(fact_node) {
            return self.complain(
                &node.span,
                "this compares two constants; one side must be a fact",
            );
        }
        let (fact, info) = self.fact(fact_node)?;
        if !matches!(info.kind, FactType::Text | FactType::Day) {
            return self.mismatch(fact_node, info.kind, other);
        }
        if is_constant(other) {
            let constant = self.text_constant(other, info)?;
            self.in_domain(
                info,
                &constant,
                matches!(op, CompareOp::Eq | CompareOp::Ne),
                &other.span,
            )?;
            return Some(Expr::Atom(Atom::Compare(fact, op, constant)));
        }
        let (second, second_info) = self.fact(other)?;
        if second_info.kind != info.kind {
            return self.mismatch(fact_node, info.kind, other);
        }
        Some(Expr::Atom(Atom::Terms(
            Term::Fact(fact),
            op,
            Term::Fact(second),
        )))
    }

    fn mismatch(&mut self, fact: &Node, kind: FactType, other: &Node) -> Option<Expr> {
        let NodeKind::Name(name) = &fact.kind else {
            return self.complain(&fact.span, "a fact must stand here");
        };
        let hint = match kind {
            FactType::List => "; `\"x\" in list` asks for a member",
            FactType::Bool => "; write it alone, or with `!` before it",
            _ => "",
        };
        self.complain(
            &other.span,
            format!(
                "`{name}` is a {} and cannot be compared with this{hint}",
                kind.as_str()
            ),
        )
    }

    fn text_constant(&mut self, node: &Node, info: FactInfo) -> Option<Constant> {
        let text = match &node.kind {
            NodeKind::Text(text) => text.clone(),
            NodeKind::Name(name) => match self.parameter(&node.span, name)? {
                ParameterValue::Text(text) => text,
                other => {
                    return self.complain(
                        &node.span,
                        format!("`{name}` is a {}; a text is needed here", other.type_name()),
                    );
                }
            },
            _ => {
                return self.complain(
                    &node.span,
                    format!(
                        "a {} is compared with a text in double quotes",
                        info.kind.as_str()
                    ),
                );
            }
        };
        Some(Constant::Text(text))
    }

    fn member(&mut self, left: &Node, right: &Node) -> Option<Expr> {
        match &right.kind {
            NodeKind::List(elements) => self.member_of_constants(left, &right.span, elements),
            NodeKind::Name(name) if name.starts_with("parameter.") => {
                match self.parameter(&right.span, name)? {
                    ParameterValue::List(texts) => {
                        let elements: Vec<Node> = texts
                            .into_iter()
                            .map(|text| Node {
                                span: right.span.clone(),
                                kind: NodeKind::Text(text),
                            })
                            .collect();
                        self.member_of_constants(left, &right.span, &elements)
                    }
                    other => self.complain(
                        &right.span,
                        format!("`{name}` is a {}; a list is needed here", other.type_name()),
                    ),
                }
            }
            NodeKind::Name(_) => {
                let (list, info) = self.fact(right)?;
                if info.kind != FactType::List {
                    return self.complain(
                        &right.span,
                        format!("`in` needs a list; this is a {}", info.kind.as_str()),
                    );
                }
                if !is_constant(left) {
                    return self.complain(
                        &left.span,
                        "what is sought in a list must be a constant text",
                    );
                }
                let Constant::Text(text) = self.text_constant(left, info)? else {
                    return None;
                };
                self.in_domain(info, &Constant::Text(text.clone()), true, &left.span)?;
                Some(Expr::Atom(Atom::Contains(list, text)))
            }
            _ => self.complain(&right.span, "`in` needs a list, such as `[\"DE\", \"FR\"]`"),
        }
    }

    fn member_of_constants(
        &mut self,
        left: &Node,
        list: &Range<usize>,
        elements: &[Node],
    ) -> Option<Expr> {
        let (fact, info) = self.fact(left)?;
        if elements.is_empty() {
            return self.complain(list, "nothing is in an empty list");
        }
        let mut constants = Vec::new();
        for element in elements {
            let constant = match info.kind {
                FactType::Text | FactType::Day => self.text_constant(element, info),
                FactType::Int | FactType::Amount => match self.lower(element, info.kind) {
                    Some(Term::Const(value)) => Some(Constant::Number(value)),
                    Some(_) => self.complain(&element.span, "a list holds constants only"),
                    None => None,
                },
                FactType::Bool | FactType::List => self.complain(
                    &left.span,
                    format!("a {} is never in a list", info.kind.as_str()),
                ),
            };
            if let Some(constant) = constant.filter(|_| true)
                && self
                    .in_domain(info, &constant, true, &element.span)
                    .is_some()
            {
                constants.push(constant);
            }
        }
        constants.sort();
        constants.dedup();
        Some(Expr::Atom(Atom::In(fact, constants)))
    }

    fn starts_with(&mut self, fact_node: &Node, prefix: &Node) -> Option<Expr> {
        let (fact, info) = self.fact(fact_node)?;
        if info.kind != FactType::Text {
            return self.complain(
                &fact_node.span,
                format!("`startsWith` asks a text; this is a {}", info.kind.as_str()),
            );
        }
        let Constant::Text(prefix_text) = self.text_constant(prefix, info)? else {
            return None;
        };
        if let Constants::Digits(_) = info.constants {
            self.in_domain(
                info,
                &Constant::Text(prefix_text.clone()),
                false,
                &prefix.span,
            )?;
        }
        Some(Expr::Atom(Atom::StartsWith(fact, prefix_text)))
    }

    // ----- numbers -----

    fn natural(&mut self, node: &Node) -> Option<Natural> {
        Some(match &node.kind {
            NodeKind::Number(digits) if digits.contains('.') => Natural::Amount,
            NodeKind::Number(_) => Natural::Either,
            NodeKind::Name(name) if name.starts_with("parameter.") => {
                match self.parameter(&node.span, name)? {
                    ParameterValue::Number(amount) if amount.units() % Amount::SCALE != 0 => {
                        Natural::Amount
                    }
                    ParameterValue::Number(_) => Natural::Either,
                    _ => Natural::NotNumeric,
                }
            }
            NodeKind::Name(_) => match self.fact(node)?.1.kind {
                FactType::Int => Natural::Int,
                FactType::Amount => Natural::Amount,
                _ => Natural::NotNumeric,
            },
            NodeKind::Add(left, right) | NodeKind::Mul(left, right) => {
                match (self.natural(left)?, self.natural(right)?) {
                    (Natural::NotNumeric, _) | (_, Natural::NotNumeric) => {
                        return self.complain(&node.span, "only numbers are added and multiplied");
                    }
                    (Natural::Amount, _) | (_, Natural::Amount) => Natural::Amount,
                    (Natural::Int, _) | (_, Natural::Int) => Natural::Int,
                    _ => Natural::Either,
                }
            }
            _ => Natural::NotNumeric,
        })
    }

    fn lower(&mut self, node: &Node, want: FactType) -> Option<Term> {
        match &node.kind {
            NodeKind::Number(digits) => self.number(&node.span, digits, want).map(Term::Const),
            NodeKind::Name(name) if name.starts_with("parameter.") => {
                match self.parameter(&node.span, name)? {
                    ParameterValue::Number(amount) if want == FactType::Amount => {
                        self.edits
                            .push((node.span.clone(), format!("amount_{name}")));
                        Some(Term::Const(amount.units()))
                    }
                    ParameterValue::Number(amount) if amount.units() % Amount::SCALE == 0 => {
                        Some(Term::Const(amount.units() / Amount::SCALE))
                    }
                    other => self.complain(
                        &node.span,
                        format!(
                            "`{name}` is a {}; a whole number is needed here",
                            other.type_name()
                        ),
                    ),
                }
            }
            NodeKind::Name(_) => {
                let (fact, info) = self.fact(node)?;
                if info.kind == want {
                    return Some(Term::Fact(fact));
                }
                self.complain(
                    &node.span,
                    format!(
                        "this is a {} beside a {}",
                        info.kind.as_str(),
                        want.as_str()
                    ),
                )
            }
            NodeKind::Add(left, right) => {
                let (left, right) = (self.lower(left, want), self.lower(right, want));
                self.fold(&node.span, left?, right?, i64::checked_add, Term::Add)
            }
            NodeKind::Mul(left, right) => {
                let sides = (self.natural(left)?, self.natural(right)?);
                let (left_want, right_want) = match (want, sides) {
                    (FactType::Int, _) => (FactType::Int, FactType::Int),
                    (_, (Natural::Amount, Natural::Amount)) => {
                        return self.complain(
                            &node.span,
                            "an amount is multiplied with a whole number only",
                        );
                    }
                    (_, (_, Natural::Amount)) => (FactType::Int, FactType::Amount),
                    _ => (FactType::Amount, FactType::Int),
                };
                let (left, right) = (self.lower(left, left_want), self.lower(right, right_want));
                self.fold(&node.span, left?, right?, i64::checked_mul, Term::Mul)
            }
            _ => self.complain(&node.span, format!("a {} is needed here", want.as_str())),
        }
    }

    fn fold(
        &mut self,
        span: &Range<usize>,
        left: Term,
        right: Term,
        of: fn(i64, i64) -> Option<i64>,
        make: fn(Box<Term>, Box<Term>) -> Term,
    ) -> Option<Term> {
        match (&left, &right) {
            (Term::Const(a), Term::Const(b)) => match of(*a, *b) {
                Some(value) => Some(Term::Const(value)),
                None => self.complain(span, "the constants are too large"),
            },
            _ => Some(make(Box::new(left), Box::new(right))),
        }
    }

    fn number(&mut self, span: &Range<usize>, digits: &str, want: FactType) -> Option<i64> {
        if want == FactType::Amount {
            return match Amount::parse(digits) {
                Ok(amount) => {
                    self.edits.push((span.clone(), amount.units().to_string()));
                    Some(amount.units())
                }
                Err(error) => self.complain(span, format!("`{digits}`: {error}")),
            };
        }
        match digits.parse() {
            Ok(value) => Some(value),
            Err(_) => self.complain(span, format!("`{digits}` is not a whole number")),
        }
    }

    // ----- domains -----

    /// Whether a constant is one that the fact can have; `exact` where equality is asked.
    fn in_domain(
        &mut self,
        info: FactInfo,
        constant: &Constant,
        exact: bool,
        span: &Range<usize>,
    ) -> Option<()> {
        let message = match (info.constants, constant) {
            (_, Constant::Text(text)) if info.kind == FactType::Day => Day::parse(text)
                .err()
                .map(|error| format!("`{text}` is {error}")),
            (Constants::Words(words), Constant::Text(text))
                if exact && !words.contains(&text.as_str()) =>
            {
                let near = nearest(text, words.iter().copied())
                    .map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
                let list = words
                    .iter()
                    .filter(|word| !word.is_empty())
                    .map(|word| format!("`{word}`"))
                    .collect::<Vec<_>>()
                    .join(", ");
                Some(format!("`{text}` is none of {list}{near}"))
            }
            (Constants::Range(low, high), Constant::Number(value))
                if !(low..=high).contains(value) =>
            {
                Some(format!("`{value}` is outside {low} to {high}"))
            }
            (Constants::Digits(count), Constant::Text(text)) => digits_fault(text, count, exact),
            (Constants::Country, Constant::Text(text))
                if exact
                    && !Country::parse(text).is_ok_and(|country| country.alpha_2() == text) =>
            {
                Some(format!("`{text}` is no alpha-2 code of ISO 3166-1"))
            }
            _ => None,
        };
        match message {
            Some(message) => self.complain(span, message),
            None => Some(()),
        }
    }
}

fn digits_fault(text: &str, count: usize, exact: bool) -> Option<String> {
    let len = text.len();
    let right = match (exact, count) {
        (true, 13) => matches!(len, 6 | 8 | 10 | 13),
        (true, count) => len == count,
        (false, count) => (1..=count).contains(&len),
    };
    if right && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some(match (exact, count) {
        (true, 13) => format!("`{text}` is no HS code; it has 6, 8, 10 or 13 digits"),
        (true, count) => format!("`{text}` does not have {count} digits"),
        (false, count) => format!("`{text}` does not have 1 to {count} digits"),
    })
}

fn is_list(node: &Node) -> bool {
    matches!(node.kind, NodeKind::List(_))
}

fn is_constant(node: &Node) -> bool {
    match &node.kind {
        NodeKind::Text(_) | NodeKind::Number(_) | NodeKind::Bool(_) => true,
        NodeKind::Name(name) => name.starts_with("parameter."),
        _ => false,
    }
}
