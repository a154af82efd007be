//! The registry: one CSV file for each table that has rows. Tables of enterprises are rendered in parallel while
//! they are written, so that a million of them never stand in memory; the others are small.

mod goods;
mod parties;
mod places;

use std::io::{self, Write};

pub(super) use goods::{ALERTS, DOCUMENTS, GOODS_GROUPS, TESTS};
pub(super) use places::PROJECTS;

use super::text::write_in_order;
use super::world::World;

/// How the rows of a table are made.
#[derive(Clone, Copy)]
enum Rows {
    /// Those of one enterprise, by its number.
    OfEnterprise(fn(&World, u64, &mut Vec<u8>)),
    /// All at once.
    Small(fn(&World, &mut Vec<u8>)),
}

/// A table: its name, its header, its rows.
struct Table {
    name: &'static str,
    header: &'static str,
    rows: Rows,
}

#[rustfmt::skip]
const TABLES: &[Table] = &[
    Table { name: "enterprises", header: "enterprise_id,name,kind,size,office,division,quality_file,own_shop_of", rows: Rows::OfEnterprise(parties::enterprise) },
    Table { name: "classes", header: "enterprise_id,class,period,assessed_on,from,to", rows: Rows::OfEnterprise(parties::classes) },
    Table { name: "list_entries", header: "enterprise_id,list,reason,authority,from,to", rows: Rows::OfEnterprise(parties::list_entries) },
    Table { name: "titles", header: "enterprise_id,kind,number,from,to", rows: Rows::OfEnterprise(parties::titles) },
    Table { name: "certificates", header: "enterprise_id,kind,number,from,to", rows: Rows::OfEnterprise(parties::certificates) },
    Table { name: "credit_assessments", header: "enterprise_id,period,recommendation,lawful_operation,management,social_evaluation,grade,from,to", rows: Rows::OfEnterprise(parties::credit) },
    Table { name: "memberships", header: "zone_id,enterprise_id,state,batch,from,to", rows: Rows::OfEnterprise(parties::memberships) },
    Table { name: "registrations", header: "enterprise_id,hs_scope,state,document,from,to", rows: Rows::OfEnterprise(parties::registrations) },
    Table { name: "exemptions", header: "enterprise_id,hs_scope,kind,countries,document,from,to", rows: Rows::OfEnterprise(parties::exemptions) },
    Table { name: "zones", header: "zone_id,name,level,hs_scope,import_hs_scope,divisions,resident_office,from,to", rows: Rows::Small(places::zones) },
    Table { name: "zone_assessments", header: "zone_id,level,assessed_on,result", rows: Rows::Small(places::zone_assessments) },
    Table { name: "offices", header: "office,bureau,kind", rows: Rows::Small(places::offices) },
    Table { name: "projects", header: "project_id,name,from,to", rows: Rows::Small(places::projects) },
    Table { name: "bodies", header: "body_id,hs_scope,from,to", rows: Rows::Small(places::bodies) },
    Table { name: "currencies", header: "currency,rate,from", rows: Rows::Small(places::currencies) },
    Table { name: "country_groups", header: "group,countries", rows: Rows::Small(places::country_groups) },
    Table { name: "catalogue", header: "hs_prefix,direction,categories,risk_level,registration,from,to", rows: Rows::Small(goods::catalogue) },
    Table { name: "commodity_groups", header: "group,hs_scope", rows: Rows::Small(goods::commodity_groups) },
    Table { name: "legal_exceptions", header: "hs_scope,direction,facilitations,basis,from,to", rows: Rows::Small(goods::legal_exceptions) },
    Table { name: "requirements", header: "hs_scope,direction,countries,tests,documents,mode,risk_type,from,to", rows: Rows::Small(goods::requirements) },
    Table { name: "remedies", header: "remedy_id,kind,hs_scope,country,product_codes,documents,from,to", rows: Rows::Small(goods::remedies) },
    Table { name: "rulings", header: "ruling_id,remedy_id,enterprise_id,product_code,document,from,to", rows: Rows::Small(goods::rulings) },
    Table { name: "risk_assessments", header: "hs_scope,country,enterprise_id,result,assessed_on,from,to", rows: Rows::Small(goods::risk_assessments) },
    Table { name: "alerts", header: "alert_id,kind,level,hs_scope,countries,enterprise_id,risk_type,from,to", rows: Rows::Small(goods::alerts) },
    Table { name: "accidents", header: "accident_id,hs_scope,from,to", rows: Rows::Small(goods::accidents) },
    Table { name: "price_bands", header: "hs_prefix,country,low,high,unit,from,to", rows: Rows::Small(goods::price_bands) },
];

/// A file of the registry that can be written.
#[derive(Clone, Copy)]
pub struct RegistryFile<'w> {
    world: &'w World,
    table: &'static Table,
}

/// All files of a world's registry.
pub(super) fn files(world: &World) -> impl Iterator<Item = RegistryFile<'_>> {
    TABLES
        .iter()
        .map(move |table| RegistryFile { world, table })
}

impl RegistryFile<'_> {
    /// Its name, `classes.csv`.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}.csv", self.table.name)
    }

    /// Writes it; rows of many enterprises are rendered in parallel.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn write_to(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "{}", self.table.header)?;
        match self.table.rows {
            Rows::OfEnterprise(render) => {
                let render = |index, bytes: &mut Vec<u8>| render(self.world, index, bytes);
                write_in_order(out, self.world.enterprises, render, |_| ())
            }
            Rows::Small(render) => {
                let mut bytes = Vec::new();
                render(self.world, &mut bytes);
                out.write_all(&bytes)
            }
        }
    }
}

impl std::fmt::Debug for RegistryFile<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.name())
    }
}
