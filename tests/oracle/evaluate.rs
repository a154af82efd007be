//! The oracle: walks books and rules in file order, asks validity and place itself, and lets the interpreter of
//! the `cel` crate say whether a rewritten condition holds. It shares no code with the engine's way through
//! dimensions, normal form, index, look-ups and decide: only facts, draws and the policy as it was read.

use std::collections::HashMap;

use cel::{Context, Program as Condition, Value as Cel};
use greenlane::declaration::{Amount, Day};
use greenlane::engine::{Draws, Facts, Value};
use greenlane::policy::cel::Constant;
use greenlane::policy::schema::Fact;
use greenlane::policy::{
    Book, FactType, Otherwise, ParameterValue, Policy, RANDOM_BOOK, RateExpr, RateFactor, Rule,
    Score, ScoreTable,
};

use super::obligations::{add, settle_lists, text};
use super::rate::Share;
use super::sampling::plans;
use super::seen::{SeenBook, SeenItem};
use super::stocks::Taking;

/// A policy with its conditions as the interpreter takes them.
pub(crate) struct Oracle<'p> {
    pub(crate) policy: &'p Policy,
    /// For each book and rule.
    rules: Vec<Vec<Condition>>,
    /// For each score and condition.
    scores: Vec<Vec<Condition>>,
    /// Every fact by group and last name.
    facts: Vec<(String, String, Fact, FactType)>,
}

/// What happened on the way, for the measure of the generators.
#[derive(Debug, Default, Clone)]
pub(crate) struct Trace {
    pub(crate) matched: usize,
    pub(crate) not_matched: usize,
    pub(crate) unknown: usize,
    pub(crate) out_of_force: usize,
    pub(crate) absent: Vec<Fact>,
    pub(crate) present: Vec<Fact>,
    pub(crate) table_hits: usize,
    pub(crate) absent_cells: usize,
    pub(crate) plans: usize,
    pub(crate) traced: bool,
}

/// One item under the oracle.
pub(crate) struct Case<'c, D> {
    pub(crate) facts: Facts<'c>,
    pub(crate) draws: &'c D,
}

fn compiled(text: &str) -> Condition {
    Condition::compile(text).expect("a rewritten condition is CEL")
}

impl<'p> Oracle<'p> {
    pub(crate) fn new(policy: &'p Policy) -> Self {
        let rules = policy.books.iter().map(|book| {
            let rules = book.rules.iter();
            rules.map(|rule| compiled(&rule.when.rewritten)).collect()
        });
        let scores = policy.scores.iter().map(|score| {
            let conditions = score.conditions.iter();
            conditions
                .map(|(when, _)| compiled(&when.rewritten))
                .collect()
        });
        let mut names = policy.names.clone();
        let alerts = names.alert_kinds.iter().map(|kind| format!("alert.{kind}"));
        let all: Vec<String> = names.all().into_iter().chain(alerts).collect();
        let facts = all.iter().map(|name| {
            let fact = names.fact(name).expect("every name is the schema's");
            let (group, last) = name.split_once('.').expect("a fact has two names");
            let kind = fact.info(&names.attributes).kind;
            (group.to_owned(), last.to_owned(), fact, kind)
        });
        let facts = facts.collect();
        Self {
            policy,
            rules: rules.collect(),
            scores: scores.collect(),
            facts,
        }
    }

    /// What becomes of an item before `[random]`, with what was told of the rules that spoke.
    pub(crate) fn item<'o, D: Draws>(
        &'o self,
        case: &Case<'_, D>,
        taking: &mut Taking<'_>,
        trace: &mut Trace,
    ) -> (SeenItem, Vec<&'o Rule>) {
        trace.traced = case.facts.value(Fact::TraceAffected) == Value::Bool(true);
        let context = self.context(&case.facts, &[], trace);
        let risk: Vec<i32> = self
            .policy
            .scores
            .iter()
            .zip(&self.scores)
            .map(|(score, conditions)| self.score(score, conditions, &case.facts, &context, trace))
            .collect();
        let context = self.context(&case.facts, &risk, &mut Trace::default());
        let (mut books, mut ways, mut spoke) = (Vec::new(), Vec::new(), Vec::new());
        for (book, conditions) in self.policy.books.iter().zip(&self.rules) {
            let mut walk = Walk {
                oracle: self,
                case,
                book,
                spoke: None,
                taking: &mut *taking,
                short: false,
            };
            books.push(walk.book(conditions, &context, trace));
            ways.push(Way {
                rule: walk.spoke,
                short: walk.short,
            });
            spoke.extend(walk.spoke);
        }
        let mut item = self.settled((books, &ways), risk, &spoke, &case.facts);
        item.taken = taking.settle(item.verdict);
        let plans = plans(&spoke, &case.facts);
        trace.plans = plans.len();
        item.plan = plans.into_iter().next();
        (item, spoke)
    }

    /// The variables of the interpreter: nested maps, in which an absent fact is a missing key.
    fn context(
        &self,
        facts: &Facts<'_>,
        risk: &[i32],
        trace: &mut Trace,
    ) -> Context<'static, 'static> {
        let mut groups: HashMap<&str, HashMap<String, Cel>> = HashMap::new();
        for (group, last, fact, kind) in &self.facts {
            let value = match fact {
                Fact::Risk(no) => risk
                    .get(usize::from(no.0))
                    .map(|points| Cel::Int(i64::from(*points))),
                fact => cel_value(facts.value(*fact), *kind),
            };
            let members = groups.entry(group).or_default();
            match value {
                Some(value) => {
                    members.insert(last.clone(), value);
                    trace.present.push(*fact);
                }
                None => trace.absent.push(*fact),
            }
        }
        for (plain, amount) in self.parameters(facts) {
            let (name, value) = plain;
            groups
                .entry("parameter")
                .or_default()
                .insert(name.clone(), value);
            if let Some(units) = amount {
                let members = groups.entry("amount_parameter").or_default();
                members.insert(name, Cel::Int(units));
            }
        }
        let mut context = Context::default();
        for (group, members) in groups {
            context.add_variable_from_value(group, members);
        }
        context
    }

    /// The parameters at the declaration's place: as they are compared with whole numbers, and as amounts.
    fn parameters(&self, facts: &Facts<'_>) -> Vec<((String, Cel), Option<i64>)> {
        let all = self.policy.parameters.iter().enumerate();
        all.map(|(at, parameter)| {
            let texts = |texts: &[String]| {
                let texts: Vec<Cel> = texts.iter().map(|text| text.as_str().into()).collect();
                Cel::List(texts.into())
            };
            let (value, amount) = match self.parameter(at, facts) {
                ParameterValue::Number(amount) => (
                    Cel::Int(amount.units() / Amount::SCALE),
                    Some(amount.units()),
                ),
                ParameterValue::Bool(flag) => (Cel::Bool(*flag), None),
                ParameterValue::Text(text) => (text.as_str().into(), None),
                ParameterValue::List(list) => (texts(list), None),
            };
            ((parameter.name.clone(), value), amount)
        })
        .collect()
    }

    /// The value at the declaration's office, else at its bureau, else everywhere.
    fn parameter(&self, at: usize, facts: &Facts<'_>) -> &ParameterValue {
        use greenlane::policy::Place;
        let parameter = &self.policy.parameters[at];
        let (office, bureau) = (
            text(facts, Fact::DeclarationOffice),
            text(facts, Fact::DeclarationBureau),
        );
        let mut found = &parameter.value;
        for (place, value) in &parameter.overrides {
            if matches!(place, Place::Bureau(id) if Some(id) == bureau.as_ref()) {
                found = value;
            }
        }
        for (place, value) in &parameter.overrides {
            if matches!(place, Place::Office(id) if Some(id) == office.as_ref()) {
                found = value;
            }
        }
        found
    }

    // ----- scores -----

    fn score(
        &self,
        score: &Score,
        conditions: &[Condition],
        facts: &Facts<'_>,
        context: &Context<'_, '_>,
        trace: &mut Trace,
    ) -> i32 {
        let mut sum = 0_i128;
        for table in &score.tables {
            sum += i128::from(self.table_points(table, facts, trace));
        }
        for (condition, (_, points)) in conditions.iter().zip(&score.conditions) {
            if holds(condition, context) == Some(true) {
                sum += i128::from(*points);
            }
        }
        sum.clamp(i128::from(i32::MIN), i128::from(i32::MAX)) as i32
    }

    /// The points of the row whose keys the facts are; a column of amounts holds the lower bounds of bins.
    fn table_points(&self, table: &ScoreTable, facts: &Facts<'_>, trace: &mut Trace) -> i32 {
        let wanted: Vec<Option<Constant>> = table
            .keys
            .iter()
            .enumerate()
            .map(|(at, fact)| {
                let value = constant(&facts.value(*fact))?;
                let (Constant::Number(number), FactType::Amount) =
                    (&value, fact.info(&self.policy.names.attributes).kind)
                else {
                    return Some(value);
                };
                let bounds = table.rows.iter().filter_map(|(keys, _)| match &keys[at] {
                    Some(Constant::Number(bound)) if bound <= number => Some(*bound),
                    _ => None,
                });
                // Below the lowest bound lies no bin; no row has a text there.
                Some(
                    bounds
                        .max()
                        .map_or_else(|| Constant::Text("below".to_owned()), Constant::Number),
                )
            })
            .collect();
        let row = table.rows.iter().find(|(keys, _)| *keys == wanted);
        trace.table_hits += usize::from(row.is_some());
        trace.absent_cells += usize::from(row.is_some_and(|(keys, _)| keys.contains(&None)));
        row.map_or(0, |(_, points)| *points)
    }

    // ----- rates -----

    fn share(&self, rate: &RateExpr, facts: &Facts<'_>) -> Share {
        let factors: Vec<i64> = rate
            .factors
            .iter()
            .map(|factor| match factor {
                RateFactor::Number(amount) => amount.units(),
                RateFactor::Parameter(at) => match self.parameter(*at, facts) {
                    ParameterValue::Number(amount) => amount.units(),
                    other => panic!("a rate reads {other:?}"),
                },
                RateFactor::Table(at) => {
                    let table = &self.policy.rate_tables[*at];
                    let values: Vec<Option<Constant>> = table
                        .keys
                        .iter()
                        .map(|fact| constant(&facts.value(*fact)))
                        .collect();
                    let fits = |keys: &[Option<Constant>]| {
                        let mut cells = keys.iter().zip(&values);
                        cells.all(|(key, value)| key.is_none() || key == value)
                    };
                    let row = table.rows.iter().find(|(keys, _)| fits(keys));
                    row.expect("a last row always fits").1.units()
                }
            })
            .collect();
        Share::product(&factors)
    }

    // ----- items -----

    fn settled(
        &self,
        (books, ways): (Vec<SeenBook>, &[Way<'_>]),
        risk: Vec<i32>,
        spoke: &[&Rule],
        facts: &Facts<'_>,
    ) -> SeenItem {
        let strict = |word: &str| {
            ["release", "sample", "hold"]
                .iter()
                .position(|known| *known == word)
        };
        let (mut decided, mut way): (Option<&SeenBook>, Option<&Way<'_>>) = (None, None);
        for (book, own) in books.iter().zip(ways) {
            let Some(verdict) = book.verdict else {
                continue;
            };
            if decided.is_none_or(|best| strict(verdict) > strict(best.verdict.unwrap())) {
                (decided, way) = (Some(book), Some(own));
            }
        }
        let verdict = decided.map_or(self.policy.default.as_str(), |book| book.verdict.unwrap());
        let told = decided
            .filter(|book| book.rate.is_some() || verdict != "release")
            .or_else(|| books.iter().rev().find(|book| book.rate.is_some()));
        let drawn = decided.is_some_and(|book| book.draw.is_some());
        let by = way.map_or("rule", |way| way.selects(drawn));
        let mut item = SeenItem {
            verdict,
            rule: decided.and_then(|book| book.rule.clone()),
            selected_by: (verdict != "release").then_some(by),
            rate: told.and_then(|book| book.rate),
            draw: told.and_then(|book| book.draw),
            mode: None,
            plan: None,
            tests: Vec::new(),
            documents: Vec::new(),
            specimens: None,
            objects: Vec::new(),
            office: None,
            follow_up: Vec::new(),
            risk,
            books,
            taken: Vec::new(),
        };
        for rule in spoke {
            add(&mut item, rule, facts);
        }
        settle_lists(&mut item, spoke);
        item
    }
}

/// How a book came to what it says.
struct Way<'o> {
    /// The rule that spoke.
    rule: Option<&'o Rule>,
    /// Whether the balance of a lot was short for one of its rules.
    short: bool,
}

impl Way<'_> {
    fn selects(&self, drawn: bool) -> &'static str {
        match self.rule {
            Some(rule) if rule.then.monitor.is_some() => "monitor",
            Some(rule) if rule.then.programme => "programme",
            Some(_) if drawn => "draw",
            _ if self.short => "write_off_short",
            _ => "rule",
        }
    }
}

/// One book being walked.
struct Walk<'o, 'w, 't, D> {
    oracle: &'o Oracle<'o>,
    case: &'w Case<'w, D>,
    book: &'o Book,
    spoke: Option<&'o Rule>,
    taking: &'w mut Taking<'t>,
    /// Whether the balance of a lot was short.
    short: bool,
}

impl<D: Draws> Walk<'_, '_, '_, D> {
    fn book(
        &mut self,
        conditions: &[Condition],
        context: &Context<'_, '_>,
        trace: &mut Trace,
    ) -> SeenBook {
        let mut said = SeenBook {
            rule: None,
            verdict: None,
            spoke: false,
            rate: None,
            draw: None,
            unselected: Vec::new(),
        };
        for (rule, condition) in self.book.rules.iter().zip(conditions) {
            let name = || Some(format!("{}/{}", self.book.id, rule.id));
            if !self.in_force(rule) {
                trace.out_of_force += 1;
                continue;
            }
            match holds(condition, context) {
                Some(true) => trace.matched += 1,
                Some(false) => trace.not_matched += 1,
                None => trace.unknown += 1,
            }
            if holds(condition, context) != Some(true) {
                continue;
            }
            if self.selects(rule, &mut said) {
                (said.rule, said.spoke) = (name(), true);
                said.verdict = Some(rule.then.verdict.as_str());
                self.spoke = Some(rule);
                break;
            }
            if said.unselected.len() < 8 {
                said.unselected.extend(name());
            }
            if let Otherwise::Verdict(verdict) = rule.then.otherwise {
                (said.rule, said.verdict) = (name(), Some(verdict.as_str()));
                break;
            }
        }
        said
    }

    fn in_force(&self, rule: &Rule) -> bool {
        let facts = &self.case.facts;
        let day = facts.item.header.declaration.day;
        let office = text(facts, Fact::DeclarationOffice);
        let here = |offices: &[String]| {
            offices.is_empty() || office.as_ref().is_some_and(|id| offices.contains(id))
        };
        [self.book.validity, rule.validity]
            .iter()
            .all(|span| span.from <= day && day < span.to)
            && here(&self.book.offices)
            && here(&rule.offices)
    }

    fn selects(&mut self, rule: &Rule, said: &mut SeenBook) -> bool {
        if !self.is_drawn(rule, said) {
            return false;
        }
        let (own, facts) = ((&*self.book.id, rule), &self.case.facts);
        self.taking.selects(own, facts, &mut self.short)
    }

    fn is_drawn(&self, rule: &Rule, said: &mut SeenBook) -> bool {
        (said.rate, said.draw) = (None, None);
        let Some(rate) = &rule.then.rate else {
            return true;
        };
        let share = self.oracle.share(rate, &self.case.facts);
        said.rate = Some(share.units());
        if share.is_all() || share.is_none() {
            return share.is_all();
        }
        let item = self.case.facts.item;
        let draw = self.case.draws.draw(
            item.header.declaration.id.as_str(),
            &self.book.id,
            rule.then.per_item.then_some(item.item.item_no),
        );
        said.draw = Some(draw);
        share.selects(draw)
    }
}

/// The draw of `[random]`, where it selects.
pub(crate) fn random_draw(policy: &Policy, id: &str, draws: &impl Draws) -> Option<(Share, u64)> {
    let share = Share::product(&[policy.random?.rate.units()]);
    let draw = draws.draw(id, RANDOM_BOOK, None);
    share.selects(draw).then_some((share, draw))
}

/// Whether a condition holds; none where the interpreter errs, which is what unknown means.
fn holds(condition: &Condition, context: &Context<'_, '_>) -> Option<bool> {
    match condition.execute(context) {
        Ok(Cel::Bool(truth)) => Some(truth),
        Ok(other) => panic!("a condition gave {other:?}"),
        Err(_) => None,
    }
}

fn cel_value(value: Value<'_>, kind: FactType) -> Option<Cel> {
    Some(match value {
        Value::Absent => return None,
        Value::Bool(flag) => Cel::Bool(flag),
        Value::Number(number) if kind == FactType::Day => {
            Day::from_number(i32::try_from(number).unwrap())
                .to_string()
                .into()
        }
        Value::Number(number) => Cel::Int(number),
        Value::Text(text) => text.as_ref().into(),
        Value::List(list) => {
            let list: Vec<Cel> = list.into_iter().map(Cel::from).collect();
            Cel::List(list.into())
        }
    })
}

/// A value as a cell of a table holds it.
fn constant(value: &Value<'_>) -> Option<Constant> {
    match value {
        Value::Absent => None,
        Value::Bool(flag) => Some(Constant::Bool(*flag)),
        Value::Number(number) => Some(Constant::Number(*number)),
        Value::Text(text) => Some(Constant::Text(text.to_string())),
        Value::List(_) => panic!("a list is no key"),
    }
}
