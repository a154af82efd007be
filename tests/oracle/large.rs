//! Engine and oracle over one large generated world: more rules than one word of the index holds, so that terms
//! are cut into pieces, and a book's rules lie apart.

use std::sync::Arc;

use greenlane::engine::{DrawKey, HeaderJoin, Outcome, Program, Scratch};
use greenlane::generate::{Generator, Plan};
use greenlane::policy::read;
use greenlane::registry::Registry;

use super::check::read_declaration;
use super::declare::declare;
use super::evaluate::Oracle;
use super::registry::RegistryPlan;
use super::seen::Seen;
use super::stocks::Stocks;

const PLAN: Plan = Plan {
    enterprises: 2_000,
    declarations: 400,
    rules: 1_200,
    seed: 19,
};

#[test]
fn engine_and_oracle_agree_on_a_policy_of_many_words() {
    let generator = Generator::new(PLAN).unwrap();
    let policy = Arc::new(read(&generator.policy_source().unwrap()).unwrap());
    let source = generator.registry_source().unwrap();
    let registry = Registry::build(&source, Some(&policy.profile.party_ids)).unwrap();
    let program = Program::compile(Arc::clone(&policy), Arc::new(registry)).unwrap();
    assert!(program.size().terms > 1_200, "{:?}", program.size());
    let oracle = Oracle::new(&policy);
    let (mut scratch, mut outcome) = (Scratch::default(), Outcome::default());
    let (mut items, mut spoke) = (0, 0);
    // None of its rules takes anything.
    let nothing = RegistryPlan { tables: Vec::new() };
    for number in 0..PLAN.declarations {
        let mut line = Vec::new();
        generator.declaration(number, &mut line);
        let json = String::from_utf8(line).unwrap();
        let declaration = read_declaration(json.trim_end(), &program).unwrap();
        let header = HeaderJoin::new(program.registry(), &declaration, declaration.day);
        let draws = DrawKey::TEST;
        let given = (&draws, &Stocks::new(&nothing, 0));
        let expected = declare(&oracle, &program, &header, given, &mut Vec::new());
        program.decide(
            &declaration,
            declaration.day,
            &draws,
            &mut scratch,
            &mut outcome,
        );
        let found = Seen::of(&program, &outcome);
        let differences = expected.differences(&found);
        assert!(
            differences.is_empty() && expected == found,
            "{json}\n{}",
            differences.join("\n")
        );
        items += found.items.len();
        spoke += outcome.books.iter().filter(|book| book.spoke).count();
    }
    assert!(spoke > items, "only {spoke} rules spoke of {items} items");
}
