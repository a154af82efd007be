//! One walk over a condition: booleans, comparisons, lists and texts, each mistake noted where it stands.

use std::collections::BTreeSet;
use std::ops::Range;

use super::check::Checker;
use super::expr::{Atom, CompareOp, Constant, Expr, Term};
use super::numbers::Natural;
use super::scan::Complaint;
use super::typed::{Node, NodeKind};
use crate::policy::diagnostic::nearest;
use crate::policy::parameter::ParameterValue;
use crate::policy::schema::{Constants, Fact, FactInfo, FactType, NameError};

/// One walk over a condition for one place.
pub(super) struct Pass<'p, 'c> {
    pub(super) checker: &'p mut Checker<'c>,
    pub(super) complaints: Vec<Complaint>,
    pub(super) edits: Vec<(Range<usize>, String)>,
    pub(super) read: BTreeSet<usize>,
    pub(super) place: (Option<String>, Option<String>),
}

impl Pass<'_, '_> {
    pub(super) fn complain<T>(
        &mut self,
        span: &Range<usize>,
        message: impl Into<String>,
    ) -> Option<T> {
        self.complaints.push((span.clone(), message.into()));
        None
    }

    pub(super) fn boolean(&mut self, node: &Node) -> Option<Expr> {
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
    pub(super) fn all(&mut self, parts: &[Node]) -> Option<Vec<Expr>> {
        let checked: Vec<Option<Expr>> = parts.iter().map(|part| self.boolean(part)).collect();
        checked.into_iter().collect()
    }

    pub(super) fn fact(&mut self, node: &Node) -> Option<(Fact, FactInfo)> {
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
            Err(NameError::Needs(parameter)) => self.complain(
                &node.span,
                format!("`{name}` needs the parameter `{parameter}`; name it under `[parameters]`"),
            ),
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

    pub(super) fn parameter(&mut self, span: &Range<usize>, name: &str) -> Option<ParameterValue> {
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

    pub(super) fn has(&mut self, inner: &Node) -> Option<Expr> {
        let (fact, info) = self.fact(inner)?;
        match info.optional {
            true => Some(Expr::Atom(Atom::Has(fact))),
            false => self.complain(
                &inner.span,
                "this fact is never absent; `has` would always be true",
            ),
        }
    }

    pub(super) fn compare(
        &mut self,
        node: &Node,
        op: CompareOp,
        left: &Node,
        right: &Node,
    ) -> Option<Expr> {
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

    pub(super) fn compare_number(
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

    pub(super) fn compare_list(
        &mut self,
        op: CompareOp,
        left: &Node,
        right: &Node,
    ) -> Option<Expr> {
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

    pub(super) fn compare_bool(
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

    pub(super) fn compare_text(
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

    pub(super) fn mismatch(&mut self, fact: &Node, kind: FactType, other: &Node) -> Option<Expr> {
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

    pub(super) fn text_constant(&mut self, node: &Node, info: FactInfo) -> Option<Constant> {
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

    pub(super) fn member(&mut self, left: &Node, right: &Node) -> Option<Expr> {
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

    pub(super) fn member_of_constants(
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

    pub(super) fn starts_with(&mut self, fact_node: &Node, prefix: &Node) -> Option<Expr> {
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
