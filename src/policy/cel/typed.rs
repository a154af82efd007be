//! From the parser's tree to nodes of the subset with their place in the text: names joined, numbers by their
//! own digits (never through floating point), everything else refused in the author's terms.

use std::ops::Range;

use cel::common::ast::{CallExpr, Expr as Ast, IdedExpr, LiteralValue, SourceInfo, operators};

use super::expr::CompareOp;
use super::scan::{Complaint, Kind, Token};

/// A node of a condition with its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Node {
    pub(super) span: Range<usize>,
    pub(super) kind: NodeKind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum NodeKind {
    Bool(bool),
    /// The digits as written, with a sign.
    Number(String),
    Text(String),
    /// A dotted name.
    Name(String),
    Has(Box<Node>),
    Not(Box<Node>),
    And(Vec<Node>),
    Or(Vec<Node>),
    Compare(CompareOp, Box<Node>, Box<Node>),
    In(Box<Node>, Box<Node>),
    StartsWith(Box<Node>, Box<Node>),
    Add(Box<Node>, Box<Node>),
    Mul(Box<Node>, Box<Node>),
    List(Vec<Node>),
}

/// Reads the parser's tree.
pub(super) struct Reader<'r> {
    pub(super) text: &'r str,
    pub(super) tokens: &'r [Token],
    pub(super) info: &'r SourceInfo,
}

impl Reader<'_> {
    /// The token at which the parser says that a node begins; its offsets count bytes.
    fn token_at(&self, id: u64) -> Option<(usize, &Token)> {
        let (start, _) = self.info.offset_for(id)?;
        let at = self
            .tokens
            .partition_point(|token| token.span.end <= start as usize);
        self.tokens.get(at).map(|token| (at, token))
    }

    fn span_of(&self, id: u64) -> Range<usize> {
        self.token_at(id)
            .map_or(0..self.text.len(), |(_, token)| token.span.clone())
    }

    /// Turns one node and what is below it.
    pub(super) fn node(&self, ast: &IdedExpr) -> Result<Node, Complaint> {
        let span = self.span_of(ast.id);
        let refuse = |message: &str| Err((span.clone(), message.to_owned()));
        match &ast.expr {
            Ast::Literal(literal) => self.literal(ast.id, literal),
            Ast::Ident(_) => self.name(ast),
            Ast::Select(select) if select.test => {
                let operand = self.name(&select.operand)?;
                let NodeKind::Name(name) = &operand.kind else {
                    return refuse("`has` takes a fact, such as `has(item.unit)`");
                };
                let name = format!("{name}.{}", select.field);
                let span = self.widen(operand.span.clone(), 2);
                let inner = Node {
                    span: span.clone(),
                    kind: NodeKind::Name(name),
                };
                Ok(Node {
                    span,
                    kind: NodeKind::Has(Box::new(inner)),
                })
            }
            Ast::Select(_) => self.name(ast),
            Ast::List(list) => {
                let nodes: Vec<Node> = list
                    .elements
                    .iter()
                    .map(|element| self.node(element))
                    .collect::<Result<_, _>>()?;
                let end = nodes.last().map_or(span.end, |last| last.span.end);
                Ok(Node {
                    span: span.start..end.max(span.end),
                    kind: NodeKind::List(nodes),
                })
            }
            Ast::Call(call) => self.call(ast.id, call),
            Ast::Map(_) | Ast::Struct(_) => refuse("maps are not in the language"),
            Ast::Comprehension(_) => refuse("macros other than `has` are not in the language"),
            Ast::Unspecified => refuse("the condition is not complete"),
        }
    }

    fn literal(&self, id: u64, literal: &LiteralValue) -> Result<Node, Complaint> {
        let (at, token) = self
            .token_at(id)
            .ok_or_else(|| (0..self.text.len(), "a constant has no place".to_owned()))?;
        // The parser places a folded negative number at its sign or at its digits.
        let minus = |at: Option<usize>| {
            at.and_then(|at| self.tokens.get(at))
                .is_some_and(|token| self.text.get(token.span.clone()) == Some("-"))
        };
        let kind = match literal {
            LiteralValue::Boolean(value) => NodeKind::Bool(*value.inner()),
            LiteralValue::String(text) => NodeKind::Text(text.inner().to_owned()),
            LiteralValue::Int(_) | LiteralValue::UInt(_) | LiteralValue::Double(_) => {
                let digits = if token.kind == Kind::Number {
                    Some(token)
                } else {
                    self.tokens.get(at + 1)
                };
                let text = digits
                    .and_then(|digits| self.text.get(digits.span.clone()))
                    .unwrap_or_default();
                let negative = match literal {
                    LiteralValue::Int(value) => *value.inner() < 0,
                    LiteralValue::Double(value) => *value.inner() < 0.0,
                    _ => false,
                };
                let start = if minus(Some(at)) || !negative {
                    token.span.start
                } else {
                    token.span.start.saturating_sub(1)
                };
                let end = digits.map_or(token.span.end, |digits| digits.span.end);
                let sign = if negative { "-" } else { "" };
                return Ok(Node {
                    span: start..end,
                    kind: NodeKind::Number(format!("{sign}{text}")),
                });
            }
            LiteralValue::Bytes(_) | LiteralValue::Null => {
                return Err((token.span.clone(), "`null` and bytes are not in the language; `has(…)` asks whether a fact is there".to_owned()));
            }
        };
        Ok(Node {
            span: token.span.clone(),
            kind,
        })
    }

    /// A dotted name from its root on.
    fn name(&self, ast: &IdedExpr) -> Result<Node, Complaint> {
        let mut parts = Vec::new();
        let mut at = ast;
        loop {
            match &at.expr {
                Ast::Ident(root) => {
                    parts.push(root.as_str());
                    break;
                }
                Ast::Select(select) if !select.test => {
                    parts.push(select.field.as_str());
                    at = &select.operand;
                }
                _ => return Err((self.span_of(at.id), "only a fact has members".to_owned())),
            }
        }
        parts.reverse();
        let root = self.span_of(at.id);
        let span = self.widen(root, 2 * (parts.len() - 1));
        Ok(Node {
            span,
            kind: NodeKind::Name(parts.join(".")),
        })
    }

    /// A span that reaches so many tokens further.
    fn widen(&self, span: Range<usize>, tokens: usize) -> Range<usize> {
        let last = self
            .tokens
            .partition_point(|token| token.span.end < span.end)
            + tokens;
        span.start
            ..self
                .tokens
                .get(last)
                .map_or(span.end, |token| token.span.end)
    }

    fn call(&self, id: u64, call: &CallExpr) -> Result<Node, Complaint> {
        let span = self.span_of(id);
        if let Some(target) = &call.target {
            return self.method(&span, target, call);
        }
        match (call.func_name.as_str(), call.args.as_slice()) {
            (operators::LOGICAL_NOT, [inner]) => {
                let inner = self.node(inner)?;
                Ok(Node {
                    span: span.start.min(inner.span.start)..inner.span.end,
                    kind: NodeKind::Not(Box::new(inner)),
                })
            }
            (operators::NEGATE, [inner]) => match self.node(inner)? {
                Node {
                    span: number,
                    kind: NodeKind::Number(digits),
                } if !digits.starts_with('-') => Ok(Node {
                    span: span.start.min(number.start)..number.end,
                    kind: NodeKind::Number(format!("-{digits}")),
                }),
                _ => Err((span, "`-` stands before a number only".to_owned())),
            },
            (name, [left, right]) => {
                let (left, right) = (self.node(left)?, self.node(right)?);
                let whole =
                    left.span.start.min(right.span.start)..left.span.end.max(right.span.end);
                let kind = binary(name, left, right).map_err(|message| (span, message))?;
                Ok(Node { span: whole, kind })
            }
            (name, _) => Err((
                span,
                format!(
                    "the function `{name}` is not in the language; it has `startsWith` and `has`"
                ),
            )),
        }
    }

    fn method(
        &self,
        span: &Range<usize>,
        target: &IdedExpr,
        call: &CallExpr,
    ) -> Result<Node, Complaint> {
        let target = self.node(target)?;
        match (call.func_name.as_str(), call.args.as_slice()) {
            ("startsWith", [prefix]) => {
                let prefix = self.node(prefix)?;
                let whole = target.span.start..prefix.span.end;
                Ok(Node {
                    span: whole,
                    kind: NodeKind::StartsWith(Box::new(target), Box::new(prefix)),
                })
            }
            ("startsWith", _) => Err((
                target.span.start..span.end.max(target.span.end),
                "`startsWith` takes one text".to_owned(),
            )),
            (name, _) => {
                let message = format!(
                    "the function `{name}` is not in the language; it has `startsWith` and `has`"
                );
                Err((target.span.start..span.end.max(target.span.end), message))
            }
        }
    }
}

fn binary(name: &str, left: Node, right: Node) -> Result<NodeKind, String> {
    let compare = |op, left, right| Ok(NodeKind::Compare(op, Box::new(left), Box::new(right)));
    match name {
        operators::LOGICAL_AND => Ok(NodeKind::And(flatten(left, right, |kind| match kind {
            NodeKind::And(parts) => Ok(parts),
            other => Err(other),
        }))),
        operators::LOGICAL_OR => Ok(NodeKind::Or(flatten(left, right, |kind| match kind {
            NodeKind::Or(parts) => Ok(parts),
            other => Err(other),
        }))),
        operators::EQUALS => compare(CompareOp::Eq, left, right),
        operators::NOT_EQUALS => compare(CompareOp::Ne, left, right),
        operators::LESS => compare(CompareOp::Lt, left, right),
        operators::LESS_EQUALS => compare(CompareOp::Le, left, right),
        operators::GREATER => compare(CompareOp::Gt, left, right),
        operators::GREATER_EQUALS => compare(CompareOp::Ge, left, right),
        operators::IN => Ok(NodeKind::In(Box::new(left), Box::new(right))),
        operators::ADD => Ok(NodeKind::Add(Box::new(left), Box::new(right))),
        operators::MULTIPLY => Ok(NodeKind::Mul(Box::new(left), Box::new(right))),
        operators::SUBSTRACT => {
            Err("subtraction is not in the language; add to the other side".to_owned())
        }
        operators::INDEX => {
            Err("indexing is not in the language; `\"x\" in list` asks for a member".to_owned())
        }
        other => Err(format!(
            "the function `{other}` is not in the language; it has `startsWith` and `has`"
        )),
    }
}

/// Joins chains of one operator into one list.
fn flatten(
    left: Node,
    right: Node,
    parts: impl Fn(NodeKind) -> Result<Vec<Node>, NodeKind>,
) -> Vec<Node> {
    let mut list = Vec::new();
    for Node { span, kind } in [left, right] {
        match parts(kind) {
            Ok(inner) => list.extend(inner),
            Err(kind) => list.push(Node { span, kind }),
        }
    }
    list
}
