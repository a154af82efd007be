//! Literals over the goods of an item: headings, prefixes, chapters and groups. Half of the rules are about goods
//! as they are traded, half about any, since authorities write rules for rare goods too.

use crate::generate::nomenclature::{Direction, Heading};
use crate::generate::random::Random;
use crate::generate::world::World;

fn heading<'w>(random: &mut Random, world: &'w World) -> &'w Heading {
    let no = match random.below(10) {
        0..2 => world.nomenclature.traded(random, Direction::Export),
        2..4 => world.nomenclature.traded(random, Direction::Import),
        _ => world.nomenclature.any(random),
    };
    world.nomenclature.heading(no)
}

/// A literal that few items fulfil.
pub(super) fn literal(random: &mut Random, world: &World) -> String {
    let first = heading(random, world);
    match random.below(100) {
        0..20 => format!("item.heading == \"{:04}\"", first.number),
        20..48 => {
            let mut numbers = vec![first.number];
            for _ in 0..random.within(1, 4) {
                numbers.push(heading(random, world).number);
            }
            numbers.sort_unstable();
            numbers.dedup();
            let list: Vec<String> = numbers.iter().map(|no| format!("\"{no:04}\"")).collect();
            format!("item.heading in [{}]", list.join(", "))
        }
        48..70 => prefix(random, first),
        70..76 => format!("item.hs == \"{:010}\"", first.traded(random)),
        76..84 => {
            let other = heading(random, world);
            format!("({} || {})", prefix(random, first), prefix(random, other))
        }
        84..94 => format!("item.chapter == \"{:02}\"", first.chapter()),
        _ => {
            let other = heading(random, world).chapter();
            format!(
                "item.chapter in [\"{:02}\", \"{other:02}\"]",
                first.chapter()
            )
        }
    }
}

/// A prefix of four, six or eight digits.
fn prefix(random: &mut Random, heading: &Heading) -> String {
    let digits = random.weighted(&[(4, 30), (6, 45), (8, 25)]);
    let code = format!("{:010}", heading.traded(random));
    format!(
        "item.hs.startsWith(\"{}\")",
        code.get(..digits).unwrap_or_default()
    )
}
