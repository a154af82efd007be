//! Parties of the same standing share it, and so do goods that the same rows cover.

use std::fmt::Write;

use super::{code, day, registry};
use crate::declaration::Direction;

#[test]
fn a_hundred_thousand_equal_enterprises_share_a_few_standings() {
    let mut firms = String::from("enterprise_id,kind,size\n");
    let mut classes = String::from("enterprise_id,class,from,to\n");
    for n in 0..100_000 {
        let _ = writeln!(firms, "E{n:08},trader,small");
        if n % 2 == 0 {
            let _ = writeln!(classes, "E{n:08},2,2013-01-01,2014-01-01");
        }
    }
    let r = registry(&[("enterprises", &firms), ("classes", &classes)]);
    assert_eq!(r.parties().len(), 100_000);
    // The unknown party's, the one without a class, the one with it.
    assert_eq!(r.parties().standing_count(), 3);
    let each = r.parties().bytes() / 100_000;
    assert!(each < 64, "{each} bytes for each enterprise");
    let [one, other] = ["E00000000", "E00099998"].map(|id| r.parties().find(id).unwrap());
    let on = day("2013-05-05");
    assert_eq!(
        r.parties().standing(one, on),
        r.parties().standing(other, on)
    );
    assert_ne!(
        r.parties().standing(one, on),
        r.parties().standing(one, day("2014-01-01"))
    );
}

#[test]
fn goods_that_the_same_rows_cover_are_one_commodity() {
    let r = registry(&[("catalogue", "hs_prefix,categories\n9405,N\n8539,N\n61,M\n")]);
    let goods = r.goods();
    let of = |hs| goods.commodity(goods.node(code(hs)), Direction::Export, day("2013-01-01"));
    assert_eq!(of("940510"), of("853910"));
    assert_ne!(of("940510"), of("611510"));
    assert_eq!(goods.commodities().len(), 3);
    assert_eq!(goods.partition().boundaries().first(), Some(&0));
}
