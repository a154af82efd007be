//! Cells of the obligations that go with an item's verdict: a struct that is never null.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int32Builder, ListBuilder, StringBuilder, StructArray};
use arrow::datatypes::{DataType, Field, Fields};
use arrow::error::ArrowError;

use super::Cells;
use super::list::{texts_builder, texts_type};
use crate::archive::column::field;
use crate::archive::row::Row;
use crate::engine::{follow_ups, objects, office, words};
use crate::policy::Mode;

/// Obligations of items.
pub(in crate::archive) struct Obligations {
    fields: Fields,
    mode: StringBuilder,
    tests: ListBuilder<StringBuilder>,
    documents: ListBuilder<StringBuilder>,
    sample_size: Int32Builder,
    specimens: Int32Builder,
    objects: ListBuilder<StringBuilder>,
    office: StringBuilder,
    follow_up: ListBuilder<StringBuilder>,
    priority: StringBuilder,
}

impl Obligations {
    pub(in crate::archive) fn boxed() -> Box<dyn Cells> {
        Box::new(Self {
            fields: fields().into(),
            mode: StringBuilder::new(),
            tests: texts_builder(),
            documents: texts_builder(),
            sample_size: Int32Builder::new(),
            specimens: Int32Builder::new(),
            objects: texts_builder(),
            office: StringBuilder::new(),
            follow_up: texts_builder(),
            priority: StringBuilder::new(),
        })
    }
}

fn fields() -> Vec<Field> {
    let mode = "`document`, `joint`, `physical` or `laboratory`; none where nothing is inspected";
    let (text, texts) = (DataType::Utf8, texts_type());
    vec![
        field("mode", mode, text.clone(), true),
        field("tests", "tests to be done, sorted", texts.clone(), false),
        field(
            "documents",
            "documents to be handed in, sorted",
            texts.clone(),
            false,
        ),
        field(
            "sample_size",
            "units to be inspected by the sampling plan; none without a plan, or where the quantity is not known",
            DataType::Int32,
            true,
        ),
        field("specimens", "specimens to be drawn", DataType::Int32, true),
        field(
            "objects",
            "what is inspected: `product`, `raw_material`",
            texts.clone(),
            false,
        ),
        field(
            "office",
            "the office that carries it out, by its code; none where no rule names one or the registry does not \
             know it",
            text.clone(),
            true,
        ),
        field(
            "follow_up",
            "what follows a release: `verification`, `local_supervision`, `audit`",
            texts,
            false,
        ),
        field(
            "priority",
            "how soon the declaration is worked on: `normal`, `high`, `urgent`",
            text,
            false,
        ),
    ]
}

fn fill<'t>(list: &mut ListBuilder<StringBuilder>, texts: impl Iterator<Item = &'t str>) {
    texts.for_each(|text| list.values().append_value(text));
    list.append(true);
}

impl Cells for Obligations {
    fn data_type(&self) -> DataType {
        DataType::Struct(self.fields.clone())
    }

    fn append<'r>(&mut self, row: &'r Row<'r>) {
        let of = &row.outcome.obligations;
        self.mode.append_option(of.mode.map(Mode::as_str));
        fill(&mut self.tests, words(row.decision, &of.tests));
        fill(&mut self.documents, words(row.decision, &of.documents));
        let sample = of.plan.and_then(|plan| plan.sample);
        let size = sample.map(|sample| i32::try_from(sample.size).unwrap_or(i32::MAX));
        self.sample_size.append_option(size);
        let specimens = of
            .specimens
            .map(|count| i32::try_from(count).unwrap_or(i32::MAX));
        self.specimens.append_option(specimens);
        fill(&mut self.objects, objects(of.objects));
        let office = of.office.and_then(|kind| office(row.facts.item, kind));
        self.office.append_option(office);
        fill(&mut self.follow_up, follow_ups(of.follow_up));
        self.priority
            .append_value(row.decision.outcome.priority.as_str());
    }

    fn finish(&mut self) -> Result<ArrayRef, ArrowError> {
        let members: Vec<ArrayRef> = vec![
            Arc::new(self.mode.finish()),
            Arc::new(self.tests.finish()),
            Arc::new(self.documents.finish()),
            Arc::new(self.sample_size.finish()),
            Arc::new(self.specimens.finish()),
            Arc::new(self.objects.finish()),
            Arc::new(self.office.finish()),
            Arc::new(self.follow_up.finish()),
            Arc::new(self.priority.finish()),
        ];
        let structs = StructArray::try_new(self.fields.clone(), members, None)?;
        Ok(Arc::new(structs))
    }
}
