//! Cells of what the rule books said: every rule that ended its book's walk or matched without being selected.
//! A book where no rule matched has no entry.

use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanBuilder, StringBuilder};
use arrow::datatypes::DataType;
use arrow::error::ArrowError;

use super::Cells;
use super::list::StructLists;
use crate::archive::column::field;
use crate::archive::row::Row;
use crate::engine::says;
use crate::policy::Verdict;

/// Lists of what books said.
pub(in crate::archive) struct Books {
    lists: StructLists,
    book: StringBuilder,
    rule: StringBuilder,
    verdict: StringBuilder,
    spoke: BooleanBuilder,
}

impl Books {
    pub(in crate::archive) fn boxed() -> Box<dyn Cells> {
        let verdict = "what the rule, or its `otherwise`, gave the book; none where the rule was not selected and \
            the book went on";
        let spoke = "whether the rule spoke itself; false for `otherwise` and for a rule that was not selected";
        let fields = vec![
            field("book", "the book's id", DataType::Utf8, false),
            field("rule", "the rule's id in its book", DataType::Utf8, false),
            field("verdict", verdict, DataType::Utf8, true),
            field("spoke", spoke, DataType::Boolean, false),
        ];
        Box::new(Self {
            lists: StructLists::new(fields),
            book: StringBuilder::new(),
            rule: StringBuilder::new(),
            verdict: StringBuilder::new(),
            spoke: BooleanBuilder::new(),
        })
    }
}

impl Cells for Books {
    fn data_type(&self) -> DataType {
        self.lists.data_type()
    }

    fn append<'r>(&mut self, row: &'r Row<'r>) {
        let mut count = 0;
        for say in says(row.decision, row.at) {
            self.book.append_value(&say.book.id);
            self.rule.append_value(&say.rule.id);
            self.verdict.append_option(say.verdict.map(Verdict::as_str));
            self.spoke.append_value(say.spoke);
            count += 1;
        }
        self.lists.end(count);
    }

    fn finish(&mut self) -> Result<ArrayRef, ArrowError> {
        self.lists.finish(vec![
            Arc::new(self.book.finish()),
            Arc::new(self.rule.finish()),
            Arc::new(self.verdict.finish()),
            Arc::new(self.spoke.finish()),
        ])
    }
}
