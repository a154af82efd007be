//! The schema says everything that was decided upon, and says what each column is.

use std::collections::BTreeSet;

use arrow::datatypes::{DataType, Field, FieldRef, Fields};

use crate::archive::column::DESCRIPTION;
use crate::archive::columns::{Place, columns, place};
use crate::archive::schema::same_columns;
use crate::archive::{SCHEMA_VERSION, Table, decisions_schema};
use crate::declaration::{AttributeNo, Role};
use crate::policy::Fact;
use crate::policy::schema::{AlertKindNo, NAMED, PARTY_NAMED, ScoreNo};

fn check(name: &str, fact: Fact) {
    let schema = decisions_schema();
    let column = |name: &str| schema.column_with_name(name).is_some();
    let own = name.replace('.', "_");
    match place(fact) {
        Some(Place::Column(_)) => assert!(column(&own), "{name} has no column"),
        Some(Place::Repeats(field)) => assert!(
            column(field) && (field == own || !column(&own)),
            "{name}: {field}"
        ),
        Some(Place::Map(_)) | None => panic!("{name} is nowhere"),
    }
}

#[test]
fn every_fact_has_a_column_or_repeats_a_field_or_is_in_a_map() {
    for (name, fact) in NAMED {
        check(name, *fact);
    }
    for role in Role::ALL {
        for (last, fact) in PARTY_NAMED {
            check(
                &format!("{}.{last}", role.as_str()),
                Fact::Party(role, *fact),
            );
        }
    }
    let maps = [
        (Fact::Attribute(AttributeNo(0)), "attributes"),
        (Fact::Risk(ScoreNo(0)), "risk"),
        (Fact::Alert(AlertKindNo(0)), "alerts"),
    ];
    for (fact, map) in maps {
        assert_eq!(place(fact), Some(Place::Map(map)));
        let schema = decisions_schema();
        let field = schema.field_with_name(map).unwrap();
        assert!(matches!(field.data_type(), DataType::Map(..)));
    }
}

#[test]
fn every_column_has_a_name_of_its_own() {
    let columns = columns();
    let names: BTreeSet<&str> = columns.iter().map(|column| column.name.as_ref()).collect();
    assert_eq!(names.len(), columns.len());
}

fn described(field: &Field) {
    let doc = field.metadata().get(DESCRIPTION);
    assert!(
        doc.is_some_and(|doc| doc.len() > 5),
        "{} is not described",
        field.name()
    );
    assert!(!doc.unwrap().contains('{'), "{}", doc.unwrap());
    let members = match field.data_type() {
        DataType::Struct(fields) => fields.clone(),
        DataType::List(element) => match element.data_type() {
            DataType::Struct(fields) => fields.clone(),
            _ => return,
        },
        _ => return,
    };
    members.iter().for_each(|member| described(member));
}

#[test]
fn every_field_is_described_and_so_is_every_member_of_a_struct() {
    for table in Table::ALL {
        let schema = table.schema();
        schema.fields().iter().for_each(|field| described(field));
    }
}

#[test]
fn what_is_said_of_columns_is_said_of_columns_that_are_there() {
    for table in Table::ALL {
        let schema = table.schema();
        let names = table.id_columns().iter().chain(table.unique_columns());
        for name in names.copied().chain(table.rising_columns()) {
            assert!(schema.column_with_name(name).is_some(), "{table}: {name}");
        }
        let has_records = schema.column_with_name("record").is_some();
        assert_eq!(has_records, Table::OF_RECORDS.contains(&table));
        // Batches are cut by it.
        assert_eq!(schema.field(0).name(), "sequence");
    }
}

#[test]
fn a_later_version_only_adds_columns_that_may_be_empty() {
    let latest: u32 = SCHEMA_VERSION.parse().unwrap();
    for table in Table::ALL {
        let whole = table.schema();
        let mut before = table.schema_of("1").unwrap();
        for version in 2..=latest {
            let schema = table.schema_of(&version.to_string()).unwrap();
            let known = |field: &&FieldRef| before.fields().find(field.name()).is_some();
            let (old, new): (Vec<_>, Vec<_>) = schema.fields().iter().partition(known);
            assert!(old.into_iter().eq(before.fields().iter()), "{table}");
            assert!(new.iter().all(|field| field.is_nullable()), "{new:?}");
            before = schema;
        }
        assert_eq!(before, whole, "{table}");
        assert!(
            ["0", "9", "", "x"]
                .map(|no| table.schema_of(no))
                .iter()
                .all(Option::is_none)
        );
    }
    let first = Table::Decisions.schema_of("1").unwrap();
    assert!(first.column_with_name("case_open").is_none());
}

#[test]
fn every_column_of_the_other_tables_is_there() {
    let contract = [
        (
            Table::Declarations,
            "sequence decision_id declaration_id version revision revision_kind cause_event_id decided_at decided_on \
             direction office trader_id enterprise_id status verdict due_at by why body answer record policy \
             registry_revision",
        ),
        (
            Table::Events,
            "sequence event_id type at recorded_at authority document declaration_id enterprise_id body record \
             registry_revision by",
        ),
        (
            Table::Results,
            "sequence event_id recorded_at declaration_id version item_no object test value unit limit passed \
             conclusion officer_id started_at finished_at",
        ),
    ];
    for (table, names) in contract {
        let schema = table.schema();
        let own: Vec<&str> = schema
            .fields()
            .iter()
            .map(|field| field.name().as_str())
            .collect();
        assert_eq!(own, names.split_whitespace().collect::<Vec<_>>());
    }
}

#[test]
fn every_column_of_the_contract_is_there() {
    let contract = "sequence decision_id declaration_id version revision revision_kind cause_event_id item_no decided_at \
        decided_on declared_at due_at direction office trade_mode transport_mode country trader_id producer_id \
        declarant_id counterparty_id project_id currency hs_code product_code quantity unit net_mass_kg end_use origin \
        documents material_lots product_lots value value_declared exchange_rate enterprise_class trader_standing \
        zone_level commodity_categories attributes risk alerts verdict declaration_verdict status selected_by rule \
        books reason_codes obligations rate draw shadow_verdict shadow_rule policy registry_revision engine_ns \
        inspection_level aql inspection_severity acceptance_number";
    let schema = decisions_schema();
    for name in contract.split_whitespace() {
        assert!(schema.column_with_name(name).is_some(), "{name}");
    }
}

/// The columns of `decisions` in the first version.
fn version_1() -> Fields {
    let schema = Table::Decisions.schema_of("1").unwrap();
    schema.fields().clone()
}

#[test]
fn columns_are_the_same_whatever_is_said_of_them_and_in_no_other_case() {
    let same = |change: &dyn Fn(&Field) -> Field| {
        let changed = version_1();
        let changed = changed.iter().map(|field| FieldRef::new(change(field)));
        same_columns(&version_1(), &changed.collect())
    };
    assert!(same(&Clone::clone));
    assert!(same(&|field| field.clone().with_metadata([].into())));
    let only = |name: &'static str, change: fn(Field) -> Field| {
        move |field: &Field| match field.name() == name {
            true => change(field.clone()),
            false => field.clone(),
        }
    };
    assert!(!same(&only("status", |field| field.with_name("state"))));
    assert!(!same(
        &only("version", |field| field.with_data_type(DataType::Int32))
    ));
    assert!(!same(&only("verdict", |field| field.with_nullable(true))));
    assert!(!same_columns(&version_1(), decisions_schema().fields()));
}
