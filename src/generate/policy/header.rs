//! What stands once in a generated policy: header, parameters, an override, the rate table, random chance,
//! deadlines and life.

use crate::generate::place::bureau_id;

const LOT_RATE: &str = "enterprise.standing,enterprise.class,commodity.risk_level,rate
black,*,*,1
*,4,*,1
red,*,3,0.05
red,*,*,0.02
*,1,3,0.1
*,1,*,0.05
*,2,3,0.3
*,2,*,0.15
*,3,3,0.6
*,3,*,0.4
*,*,3,0.5
*,*,*,0.3
";

/// Header and rate table.
pub(super) fn files() -> Vec<(String, String)> {
    let text = format!(
        r#"# Made up by `greenlane generate` for load tests; no authority ever asked for this.

[policy]
id = "generated"
title = "Generated for load tests"
timezone = "+08:00"
base_currency = "CNY"
party_ids = "uscc"
default = "release"

[parameters]
member_factor = 0.5
spot_check_rate = 0.03
valuation_check = 60
valuation_hold = 85

[[rate_table]]
id = "lot_rate"
keys = ["enterprise.standing", "enterprise.class", "commodity.risk_level"]
rows = "lot_rate.csv"

[[override]]
parameter = "member_factor"
bureau = "{}"
value = 0.4

[[override]]
parameter = "valuation_check"
bureau = "{}"
value = 70

[random]
rate = 0.01
mode = "physical"

[deadline]
members = "PT12H"
others = "PT48H"

[life]
release_on_pass = true
hold_expires_days = 30
max_declaration_age_days = 30
"#,
        bureau_id(2),
        bureau_id(0)
    );
    vec![
        ("00-policy.toml".to_owned(), text),
        ("lot_rate.csv".to_owned(), LOT_RATE.to_owned()),
    ]
}
