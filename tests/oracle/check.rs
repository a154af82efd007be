//! One case checked: policy, registry and declarations read, the engine's outcome of every declaration held
//! against the oracle's, and what occurred counted.

use std::fmt::Write as _;
use std::sync::Arc;

use greenlane::declaration::{Declaration, read_json};
use greenlane::engine::{
    CompileError, DrawKey, Draws, FixedDraw, HeaderJoin, NormalError, Outcome, Program, Scratch,
};
use greenlane::policy::read;
use greenlane::registry::Registry;

use super::case::Case;
use super::coverage::Coverage;
use super::declaration::DeclarationPlan;
use super::declare::{declare, told};
use super::evaluate::{Oracle, Trace};
use super::grown::Steps;
use super::past;
use super::pool::Dice;
use super::seen::Seen;
use super::stocks::Stocks;

/// Why a case does not pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wrong {
    /// The generators made what the readers refuse.
    Invalid(String),
    /// Engine and oracle differ.
    Differs(String),
}

/// Draws of a case: by its key, or the same everywhere.
pub(crate) enum CaseDraws {
    Key(DrawKey),
    Fixed(FixedDraw),
}

impl Draws for CaseDraws {
    fn draw(&self, declaration_id: &str, book_id: &str, item_no: Option<u16>) -> u64 {
        match self {
            Self::Key(key) => key.draw(declaration_id, book_id, item_no),
            Self::Fixed(fixed) => fixed.draw(declaration_id, book_id, item_no),
        }
    }
}

impl CaseDraws {
    pub(crate) fn of(case: &Case, plan: &DeclarationPlan) -> Self {
        let mut dice = Dice::new(case.key);
        let mut bytes = [0; 32];
        for part in bytes.chunks_mut(8) {
            part.copy_from_slice(&dice.word().to_be_bytes());
        }
        plan.fixed_draw
            .map_or(Self::Key(DrawKey::from_bytes(bytes)), |draw| {
                Self::Fixed(FixedDraw(draw))
            })
    }
}

/// The program of a case, whose registry became what it is in steps; rules beyond a limit of the normal form are left out and counted.
pub(crate) fn program(case: &mut Case, coverage: &mut Coverage) -> Result<Program, Wrong> {
    let steps = Steps::of(&case.registry, case.key);
    let live = steps.begin()?;
    let program = compiled(case, Arc::clone(live.current()), coverage)?;
    steps.follow(live, program)
}

/// The same program against the registry as it is at last.
fn at_once(case: &Case, program: &Program) -> Result<Program, Wrong> {
    let registry = Registry::build(&case.registry.source(), None)
        .map_err(|errors| Wrong::Invalid(errors.to_string()))?;
    Program::compile(Arc::clone(program.policy()), Arc::new(registry))
        .map_err(|errors| Wrong::Invalid(format!("{errors:?}")))
}

fn compiled(
    case: &mut Case,
    registry: Arc<Registry>,
    coverage: &mut Coverage,
) -> Result<Program, Wrong> {
    loop {
        let policy =
            read(&case.policy.source()).map_err(|errors| Wrong::Invalid(format!("{errors}")))?;
        let errors = match Program::compile(Arc::new(policy), Arc::clone(&registry)) {
            Ok(program) => return Ok(program),
            Err(errors) => errors,
        };
        for error in errors {
            let CompileError::Condition {
                place,
                error: NormalError::Terms | NormalError::Residuals,
            } = &error
            else {
                return Err(Wrong::Invalid(error.to_string()));
            };
            leave_out(case, place);
            coverage.left_out += 1;
        }
    }
}

fn leave_out(case: &mut Case, place: &str) {
    if let Some(id) = place.strip_prefix("score ") {
        let mut scores = case.policy.scores.iter_mut();
        let score = scores
            .find(|score| score.id == id)
            .expect("a score of the policy");
        score.conditions.clear();
        return;
    }
    let (book, rule) = place.split_once('/').expect("`book/rule`");
    let mut books = case.policy.books.iter_mut();
    let book = books
        .find(|known| known.id == book)
        .expect("a book of the policy");
    book.rules.retain(|known| known.id != rule);
}

/// Decides everything twice; the number of comparisons.
pub(crate) fn check(case: &Case, coverage: &mut Coverage) -> Result<u64, Wrong> {
    let mut case = case.clone();
    let program = program(&mut case, coverage)?;
    let at_once = at_once(&case, &program)?;
    for registry in [program.registry(), at_once.registry()] {
        past::note(registry, case.key);
    }
    coverage.policy(&program);
    let oracle = Oracle::new(program.policy());
    let (mut scratch, mut outcome) = (Scratch::default(), Outcome::default());
    let mut same = Outcome::default();
    let mut comparisons = 0;
    for plan in &case.declarations {
        let json = plan.json();
        let declaration = read_declaration(&json, &program)?;
        let draws = CaseDraws::of(&case, plan);
        let day = plan.decision_day(declaration.day);
        let header = HeaderJoin::new(program.registry(), &declaration, day);
        let mut traces = Vec::new();
        let stocks = Stocks::new(&case.registry, case.key);
        let given = (&draws, &stocks);
        let expected = declare(&oracle, &program, &header, given, &mut traces);
        scratch.inputs.forget();
        scratch.inputs.learn(&told(&stocks, &program, &header));
        program.decide(&declaration, day, &draws, &mut scratch, &mut outcome);
        at_once.decide(&declaration, day, &draws, &mut scratch, &mut same);
        let found = Seen::of(&program, &outcome);
        if Seen::of(&at_once, &same) != found {
            let steps = "a registry that grew and one read at once differ".to_owned();
            return Err(Wrong::Differs(report(&case, plan, &[steps])));
        }
        let differences = expected.differences(&found);
        if !differences.is_empty() || expected != found {
            return Err(Wrong::Differs(report(&case, plan, &differences)));
        }
        comparisons += found.items.len() as u64;
        count(coverage, &header, plan, &found, &traces, &program);
    }
    Ok(comparisons)
}

pub(crate) fn read_declaration<'a>(
    json: &'a str,
    program: &Program,
) -> Result<Declaration<'a>, Wrong> {
    let currencies = program.registry().currencies();
    read_json(json.as_bytes(), &program.policy().profile, currencies)
        .map_err(|faults| Wrong::Invalid(format!("{faults:?}\n{json}")))
}

fn count(
    coverage: &mut Coverage,
    header: &HeaderJoin<'_>,
    plan: &DeclarationPlan,
    seen: &Seen,
    traces: &[Trace],
    program: &Program,
) {
    let stranger = header
        .party(greenlane::declaration::Role::Trader)
        .no
        .is_none();
    coverage.declaration(seen, plan.later > 0, plan.fixed_draw.is_some(), stranger);
    for (item, trace) in seen.items.iter().zip(traces) {
        coverage.comparison(item, trace, &program.policy().names);
    }
}

/// Everything that is needed to see the difference again.
fn report(case: &Case, plan: &DeclarationPlan, differences: &[String]) -> String {
    let mut text = String::from("engine and oracle differ\n\n");
    text.push_str(&differences.join("\n"));
    for (path, contents) in case.policy.files() {
        let _ = write!(text, "\n\n--- policy {path}\n{contents}");
    }
    for table in case
        .registry
        .tables
        .iter()
        .filter(|table| !table.rows.is_empty())
    {
        let _ = write!(text, "\n--- registry {}.csv\n{}", table.name, table.csv());
    }
    let _ = write!(
        text,
        "\n--- declaration, decided {} days later, draw {:?}, key {}\n{}\n",
        plan.later,
        plan.fixed_draw,
        case.key,
        plan.json()
    );
    text
}
