//! What a policy has, by name: the facts that its conditions read, the operators that they use, the forms of its
//! rules, scores and tables, and its size. The lists say what the generators owe.

use std::collections::BTreeSet;

use greenlane::engine::Program;
use greenlane::policy::cel::{Atom, CompareOp, Term};
use greenlane::policy::schema::{Constants, Fact};
use greenlane::policy::{
    Condition, FactType, ModeChoice, Otherwise, Place, Policy, RateFactor, Rule, Score, Span, Texts,
};

/// Operators and forms of policies.
pub(crate) const POLICY: &[&str] = &[
    "&&",
    "||",
    "!",
    "== true or false",
    "== []",
    "!= []",
    "has",
    "bool",
    "startsWith",
    "startsWith of digits",
    "member of a list",
    "number first",
    "text first",
    "string ==",
    "string !=",
    "string <",
    "string <=",
    "string >",
    "string >=",
    "string in",
    "day ==",
    "day !=",
    "day <",
    "day <=",
    "day >",
    "day >=",
    "day in",
    "int ==",
    "int !=",
    "int <",
    "int <=",
    "int >",
    "int >=",
    "int in",
    "amount ==",
    "amount !=",
    "amount <",
    "amount <=",
    "amount >",
    "amount >=",
    "amount in",
    "fact with fact, string",
    "fact with fact, day",
    "fact with fact, int",
    "fact with fact, amount",
    "sum",
    "product",
    "product of facts",
    "terms of one fact",
    "below zero",
    "parameter amount",
    "parameter whole",
    "parameter bool",
    "parameter text",
    "parameter list",
    "condition by place",
    "override office",
    "override bureau",
    "rate number",
    "rate parameter",
    "rate table",
    "rate of several factors",
    "rate 0",
    "rate 1",
    "monitor",
    "write_off",
    "programme",
    "otherwise next",
    "otherwise release",
    "otherwise sample",
    "otherwise hold",
    "per item",
    "mode",
    "mode requirement",
    "sampling plan",
    "tests",
    "tests requirement",
    "documents",
    "documents requirement",
    "specimens",
    "object",
    "office",
    "priority",
    "deadline",
    "follow_up",
    "rule days",
    "rule offices",
    "book days",
    "book offices",
    "default release",
    "default sample",
    "default hold",
    "random",
    "deadline members",
    "deadline others",
    "score of one fact",
    "score of a cross",
    "score bins",
    "score empty cell",
    "score condition",
    "score beyond dense",
    "risk read",
];

/// Sizes of policies.
pub(crate) const SIZES: &[&str] = &[
    "books 1",
    "books 2",
    "books 3",
    "books 4",
    "books 5",
    "books 6",
    "rules to 5",
    "rules 6 to 20",
    "rules 21 to 72",
    "rules beyond 72",
    "terms to 512",
    "terms beyond 512",
    "residuals",
    "no residuals",
];

/// What becomes of items.
pub(crate) const ITEM: &[&str] = &[
    "verdict release",
    "verdict sample",
    "verdict hold",
    "selected by nothing",
    "selected by rule",
    "selected by draw",
    "selected by random",
    "selected by monitor",
    "selected by programme",
    "selected by write_off_short",
    "takes of a lot",
    "takes of a slot",
    "takes of a programme",
    "a book abstains",
    "a book speaks",
    "a draw selects",
    "otherwise decides",
    "8 rules not selected",
    "a traced lot",
    "a rule not selected",
    "decided by default",
    "a mode",
    "a sampling plan",
    "a sampling plan of the whole lot",
    "a sampling plan without sizes",
    "several sampling plans",
    "tests",
    "documents",
    "specimens",
    "raw material",
    "an office",
    "a follow-up",
    "points",
    "points at the end of 32 bits",
    "an unknown condition",
    "a rule out of force",
    "a score table's row",
    "a score table's empty cell",
];

/// What concerns a declaration.
pub(crate) const DECLARATION: &[&str] = &[
    "priority normal",
    "priority high",
    "priority urgent",
    "verdict release",
    "verdict sample",
    "verdict hold",
    "due true",
    "due false",
    "items 1",
    "items 2",
    "items 3 to 5",
    "items 6 and more",
    "chosen at random",
    "decided on a later day",
    "draw at a rate's edge",
    "unknown trader",
];

/// Names that are collected.
struct Found<'p> {
    policy: &'p Policy,
    names: BTreeSet<String>,
}

pub(crate) fn policy_features(program: &Program) -> BTreeSet<String> {
    let policy = program.policy();
    let mut found = Found {
        policy,
        names: BTreeSet::new(),
    };
    for rule in policy.books.iter().flat_map(|book| &book.rules) {
        found.condition(&rule.when);
        found.rule(rule);
    }
    policy.scores.iter().for_each(|score| found.score(score));
    found.whole();
    let size = program.size();
    found.yes(size.terms > 512, "terms beyond 512");
    found.yes(size.terms <= 512, "terms to 512");
    found.yes(size.residuals > 0, "residuals");
    found.yes(size.residuals == 0, "no residuals");
    found.names
}

impl Found<'_> {
    fn name(&mut self, name: impl Into<String>) {
        self.names.insert(name.into());
    }

    fn yes(&mut self, is: bool, name: &str) {
        if is {
            self.name(name);
        }
    }

    fn whole(&mut self) {
        let policy = self.policy;
        self.name(format!("default {}", policy.default.as_str()));
        self.name(format!("books {}", policy.books.len()));
        let rules: usize = policy.books.iter().map(|book| book.rules.len()).sum();
        self.name(match rules {
            0..=5 => "rules to 5",
            6..=20 => "rules 6 to 20",
            21..=72 => "rules 21 to 72",
            _ => "rules beyond 72",
        });
        self.yes(policy.random.is_some(), "random");
        self.yes(policy.deadline.members_s.is_some(), "deadline members");
        self.yes(policy.deadline.others_s.is_some(), "deadline others");
        for book in &policy.books {
            self.yes(book.validity != Span::ALWAYS, "book days");
            self.yes(!book.offices.is_empty(), "book offices");
            let own = |rule: &Rule| rule.validity != book.validity;
            self.yes(book.rules.iter().any(own), "rule days");
        }
        for (place, _) in policy.parameters.iter().flat_map(|known| &known.overrides) {
            self.name(match place {
                Place::Office(_) => "override office",
                Place::Bureau(_) => "override bureau",
            });
        }
    }

    // ----- conditions -----

    fn condition(&mut self, condition: &Condition) {
        let text = &condition.text;
        for sign in ["&&", "||", "== []", "!= []"] {
            self.yes(text.contains(sign), sign);
        }
        self.yes(text.contains("!("), "!");
        let truth = ["== true", "== false", "!= true", "!= false", "true =="];
        self.yes(
            truth.iter().any(|sign| text.contains(sign)),
            "== true or false",
        );
        for (part, name) in [
            ("parameter.limit", "parameter amount"),
            ("parameter.count", "parameter whole"),
            ("parameter.strict", "parameter bool"),
            ("parameter.word", "parameter text"),
            ("parameter.nations", "parameter list"),
        ] {
            self.yes(text.contains(part), name);
        }
        let first = |quote: bool| {
            text.split(['(', '&', '|']).any(|part| {
                let part = part.trim_start();
                let sign = [" == ", " < ", " <= ", " > ", " >= ", " != "];
                let start = if quote {
                    part.starts_with('"')
                } else {
                    part.starts_with(|c: char| c.is_ascii_digit())
                };
                start && sign.iter().any(|sign| part.contains(sign))
            })
        };
        let (number, quoted) = (first(false), first(true));
        self.yes(number, "number first");
        self.yes(quoted, "text first");
        self.yes(text.contains(" -"), "below zero");
        self.yes(condition.variants.len() > 1, "condition by place");
        let mut atoms = Vec::new();
        for variant in &condition.variants {
            variant.expr.atoms(&mut |atom| atoms.push(atom));
        }
        for atom in atoms {
            self.atom(atom);
        }
    }

    fn kind(&self, fact: Fact) -> FactType {
        fact.info(&self.policy.names.attributes).kind
    }

    fn atom(&mut self, atom: &Atom) {
        let mut facts = Vec::new();
        atom.facts(&mut |fact| facts.push(fact));
        for fact in &facts {
            self.name(format!("fact {}", self.policy.names.name(*fact)));
            self.yes(matches!(fact, Fact::Risk(_)), "risk read");
        }
        match atom {
            Atom::Bool(_) => self.name("bool"),
            Atom::Has(_) => self.name("has"),
            Atom::Compare(fact, op, _) => {
                let kind = self.kind(*fact).as_str();
                self.name(format!("{kind} {}", sign(*op)));
            }
            Atom::In(fact, _) => self.name(format!("{} in", self.kind(*fact).as_str())),
            Atom::StartsWith(fact, _) => {
                let info = fact.info(&self.policy.names.attributes);
                let digits = matches!(info.constants, Constants::Digits(_));
                self.name(if digits {
                    "startsWith of digits"
                } else {
                    "startsWith"
                });
            }
            Atom::Contains(..) => self.name("member of a list"),
            Atom::Empty(_) => {}
            Atom::Terms(Term::Fact(left), _, Term::Fact(_)) => {
                self.name(format!("fact with fact, {}", self.kind(*left).as_str()));
            }
            Atom::Terms(left, _, right) => {
                self.term(left);
                self.term(right);
                facts.dedup();
                self.yes(facts.len() == 1, "terms of one fact");
            }
        }
    }

    fn term(&mut self, term: &Term) {
        match term {
            Term::Fact(_) | Term::Const(_) => {}
            Term::Add(left, right) => {
                self.name("sum");
                self.term(left);
                self.term(right);
            }
            Term::Mul(left, right) => {
                let constant = |term: &Term| matches!(term, Term::Const(_));
                let facts = !constant(left) && !constant(right);
                self.name(if facts { "product of facts" } else { "product" });
                self.term(left);
                self.term(right);
            }
        }
    }

    // ----- rules and scores -----

    fn rule(&mut self, rule: &Rule) {
        self.yes(!rule.offices.is_empty(), "rule offices");
        let then = &rule.then;
        self.yes(then.monitor.is_some(), "monitor");
        self.yes(then.write_off, "write_off");
        self.yes(then.programme, "programme");
        if let Some(rate) = &then.rate {
            self.yes(rate.factors.len() > 1, "rate of several factors");
            for factor in &rate.factors {
                self.name(match factor {
                    RateFactor::Number(_) => "rate number",
                    RateFactor::Parameter(_) => "rate parameter",
                    RateFactor::Table(_) => "rate table",
                });
            }
            self.yes(rate.text == "0", "rate 0");
            self.yes(rate.text == "1", "rate 1");
            self.name(match then.otherwise {
                Otherwise::Next => "otherwise next".to_owned(),
                Otherwise::Verdict(verdict) => format!("otherwise {}", verdict.as_str()),
            });
        }
        self.yes(then.per_item, "per item");
        let due = &then.obligations;
        let listed = |texts: &Texts| matches!(texts, Texts::List(list) if !list.is_empty());
        self.yes(matches!(due.mode, Some(ModeChoice::Mode(_))), "mode");
        self.yes(
            due.mode == Some(ModeChoice::Requirement),
            "mode requirement",
        );
        self.yes(due.sampling_plan.is_some(), "sampling plan");
        self.yes(listed(&due.tests), "tests");
        self.yes(due.tests == Texts::Requirement, "tests requirement");
        self.yes(listed(&due.documents), "documents");
        self.yes(due.documents == Texts::Requirement, "documents requirement");
        self.yes(due.specimens.is_some(), "specimens");
        self.yes(!due.objects.is_empty(), "object");
        self.yes(due.office.is_some(), "office");
        self.yes(due.priority.is_some(), "priority");
        self.yes(due.deadline_s.is_some(), "deadline");
        self.yes(!due.follow_up.is_empty(), "follow_up");
    }

    fn score(&mut self, score: &Score) {
        for table in &score.tables {
            let several = table.keys.len() > 1;
            self.name(if several {
                "score of a cross"
            } else {
                "score of one fact"
            });
            let amounts = |fact: &Fact| self.kind(*fact) == FactType::Amount;
            let bins = table.keys.iter().any(amounts) && !table.rows.is_empty();
            self.yes(bins, "score bins");
            let empty = table.rows.iter().any(|(keys, _)| keys.contains(&None));
            self.yes(empty, "score empty cell");
            // Three columns of more than 40 constants each.
            self.yes(several && table.rows.len() > 100, "score beyond dense");
        }
        for (condition, _) in &score.conditions {
            self.name("score condition");
            self.condition(condition);
        }
    }
}

const fn sign(op: CompareOp) -> &'static str {
    match op {
        CompareOp::Eq => "==",
        CompareOp::Ne => "!=",
        CompareOp::Lt => "<",
        CompareOp::Le => "<=",
        CompareOp::Gt => ">",
        CompareOp::Ge => ">=",
    }
}
