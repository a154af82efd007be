//! Rate tables and scores, whose rows stand in CSV files beside the TOML.

use std::ops::Range;

use super::Reader;
use crate::declaration::{Amount, Country};
use crate::policy::cel::Constant;
use crate::policy::diagnostic::{Diagnostic, nearest};
use crate::policy::form::Form;
use crate::policy::model::{RateTable, Score, ScoreTable};
use crate::policy::persons::Reads;
use crate::policy::schema::{Constants, Fact, FactType, NameError, is_identifier};
use crate::policy::source::SourceFile;

/// One cell with its place.
struct Cell {
    text: String,
    span: Range<usize>,
}

/// The rows of a CSV file; the first is its header.
struct Rows<'s> {
    file: &'s SourceFile,
    rows: Vec<Vec<Cell>>,
}

const RATE_KEYS: &[FactType] = &[FactType::Bool, FactType::Int, FactType::Text];
const SCORE_KEYS: &[FactType] = &[
    FactType::Bool,
    FactType::Int,
    FactType::Text,
    FactType::Amount,
];

impl<'s> Reader<'s> {
    /// Takes the ids of all scores up, so that conditions may read `risk.ID` wherever they stand.
    pub(super) fn score_names(&mut self, forms: &mut [Form<'_>]) {
        let tables: Vec<Form<'_>> = forms
            .iter_mut()
            .flat_map(|form| form.tables("score", &mut self.notes))
            .collect();
        for mut form in tables {
            let Some(value) = form.value("id") else {
                continue;
            };
            let Some(id) = value.get_ref().as_str() else {
                continue;
            };
            self.take_id("score", id, form.file, value.span());
            if !is_identifier(id) {
                self.notes.add(
                    form.file,
                    value.span(),
                    format!("`{id}` is no name of a score; it has letters, digits and `_`"),
                );
            }
            self.names.scores.push(id.to_owned());
        }
    }

    pub(super) fn rate_tables(&mut self, forms: &mut [Form<'_>]) {
        let tables: Vec<Form<'_>> = forms
            .iter_mut()
            .flat_map(|form| form.tables("rate_table", &mut self.notes))
            .collect();
        for form in tables {
            if let Some(table) = self.rate_table(form) {
                self.rate_tables.push(table);
            }
        }
    }

    fn rate_table(&mut self, mut form: Form<'_>) -> Option<RateTable> {
        let id = form.required_text("id", &mut self.notes);
        if let (Some(id), Some(value)) = (&id, form.value("id")) {
            self.take_id("parameter or rate table", id, form.file, value.span());
        }
        let keys = form.texts("keys", &mut self.notes).unwrap_or_default();
        if keys.is_empty() {
            form.missing("keys", &mut self.notes);
        }
        let facts: Vec<Option<Fact>> = keys
            .iter()
            .map(|(name, span)| self.key(form.file, name, span.clone(), RATE_KEYS))
            .collect();
        let path = form.required_text("rows", &mut self.notes);
        let rows = path
            .zip(form.value("rows"))
            .and_then(|(path, value)| self.csv(form.file, &path, value.span()));
        form.finish(&mut self.notes);
        let (facts, rows) = (facts.into_iter().collect::<Option<Vec<Fact>>>()?, rows?);
        self.columns(
            &rows,
            keys.iter()
                .map(|(name, _)| name.as_str())
                .chain(["rate"])
                .collect(),
        )?;
        let mut rates = Vec::new();
        for row in rows.rows.iter().skip(1) {
            let Some((rate, cells)) = row.split_last() else {
                continue;
            };
            let constants: Vec<Option<Option<Constant>>> = cells
                .iter()
                .zip(&facts)
                .map(|(cell, fact)| {
                    if cell.text == "*" {
                        Some(None)
                    } else {
                        self.constant(rows.file, cell, *fact).map(Some)
                    }
                })
                .collect();
            let rate = self.rate_cell(rows.file, rate);
            if let (Some(constants), Some(rate)) = (constants.into_iter().collect(), rate) {
                rates.push((constants, rate));
            }
        }
        if !rates
            .iter()
            .any(|(keys, _): &(Vec<Option<Constant>>, Amount)| keys.iter().all(Option::is_none))
        {
            self.notes.add_help(
                rows.file,
                0..0,
                "no row of this rate table always fits",
                "add a last row of `*`",
            );
        }
        Some(RateTable {
            id: id?,
            keys: facts,
            rows: rates,
        })
    }

    fn rate_cell(&mut self, file: &SourceFile, cell: &Cell) -> Option<Amount> {
        match Amount::parse(&cell.text) {
            Ok(rate) if (0..=100_000 * Amount::SCALE).contains(&rate.units()) => Some(rate),
            Ok(_) => self.refuse(file, cell, "a rate is not negative".to_owned()),
            Err(error) => self.refuse(file, cell, format!("`{}`: {error}", cell.text)),
        }
    }

    pub(super) fn score(&mut self, mut form: Form<'_>) -> Option<Score> {
        let id = form.required_text("id", &mut self.notes);
        let paths = form.texts("tables", &mut self.notes).unwrap_or_default();
        let tables = paths
            .into_iter()
            .filter_map(|(path, span)| self.score_table(form.file, &path, span))
            .collect();
        let mut conditions = Vec::new();
        for mut entry in form.tables("when", &mut self.notes) {
            let condition = match entry.value("if") {
                Some(value) => self.condition(entry.file, value, Reads::Score),
                None => {
                    entry.missing("if", &mut self.notes);
                    None
                }
            };
            let points = self.points(&mut entry);
            entry.finish(&mut self.notes);
            conditions.extend(condition.zip(points));
        }
        form.finish(&mut self.notes);
        Some(Score {
            id: id?,
            tables,
            conditions,
        })
    }

    fn points(&mut self, entry: &mut Form<'_>) -> Option<i32> {
        let Some(value) = entry.value("points") else {
            entry.missing("points", &mut self.notes);
            return None;
        };
        let points = value
            .get_ref()
            .as_integer()
            .and_then(|integer| integer.as_str().parse().ok());
        if points.is_none() {
            self.notes.add(
                entry.file,
                value.span(),
                "`points` is a whole number of 32 bits",
            );
        }
        points
    }

    fn score_table(
        &mut self,
        from: &SourceFile,
        path: &str,
        span: Range<usize>,
    ) -> Option<ScoreTable> {
        let rows = self.csv(from, path, span)?;
        let (last, names) = rows.rows.first()?.split_last()?;
        if last.text != "points" || names.is_empty() {
            return self.refuse(
                rows.file,
                last,
                "the columns of a score table are one or more facts, then `points`".to_owned(),
            );
        }
        let facts: Vec<Option<Fact>> = names
            .iter()
            .map(|cell| self.key(rows.file, &cell.text, cell.span.clone(), SCORE_KEYS))
            .collect();
        let facts: Vec<Fact> = facts.into_iter().collect::<Option<_>>()?;
        let mut table = ScoreTable {
            file: path.to_owned(),
            keys: facts,
            rows: Vec::new(),
        };
        for row in rows.rows.iter().skip(1) {
            let Some((points, cells)) = row.split_last() else {
                continue;
            };
            let constants: Option<Vec<Option<Constant>>> = cells
                .iter()
                .zip(&table.keys)
                .map(|(cell, fact)| self.score_key(rows.file, cell, *fact))
                .collect();
            let Ok(points) = points.text.parse() else {
                self.refuse::<()>(
                    rows.file,
                    points,
                    format!("`{}` is no whole number of 32 bits", points.text),
                );
                continue;
            };
            let Some(constants) = constants else { continue };
            if table.rows.iter().any(|(known, _)| *known == constants) {
                if let Some(first) = row.first() {
                    self.refuse::<()>(rows.file, first, "a second row of the same keys".to_owned());
                }
                continue;
            }
            table.rows.push((constants, points));
        }
        Some(table)
    }

    /// The constant of a cell; none for the empty cell of an optional fact, which stands for its absence.
    fn score_key(
        &mut self,
        file: &SourceFile,
        cell: &Cell,
        fact: Fact,
    ) -> Option<Option<Constant>> {
        let info = fact.info(&self.names.attributes);
        match cell.text.is_empty() && info.optional {
            true => Some(None),
            false => self.constant(file, cell, fact).map(Some),
        }
    }

    /// A fact that may be the key of a table.
    fn key(
        &mut self,
        file: &SourceFile,
        name: &str,
        span: Range<usize>,
        kinds: &[FactType],
    ) -> Option<Fact> {
        match self.names.fact(name) {
            Ok(Fact::Risk(_)) => {
                self.notes
                    .add(file, span, "a table cannot have a score as its key")
            }
            Ok(fact @ Fact::Person(_)) => {
                let why = Reads::Rule.refuses(name, fact);
                self.notes.add(file, span, why.unwrap_or_default());
            }
            Ok(fact) => {
                let kind = fact.info(&self.names.attributes).kind;
                if kinds.contains(&kind) {
                    return Some(fact);
                }
                self.notes.add(
                    file,
                    span,
                    format!(
                        "`{name}` is a {}, which cannot be the key of this table",
                        kind.as_str()
                    ),
                );
            }
            Err(NameError::Needs(parameter)) => self.notes.add_help(
                file,
                span,
                format!("`{name}` needs the parameter `{parameter}`"),
                "name it under `[parameters]`",
            ),
            Err(NameError::Unknown { nearest }) => {
                let diagnostic = Diagnostic::new(file, span, format!("unknown fact `{name}`"));
                self.notes
                    .0
                    .push(nearest.into_iter().fold(diagnostic, |d, near| {
                        d.help(format!("did you mean `{near}`?"))
                    }));
            }
        }
        None
    }

    /// The constant of a cell, of the fact's type and within its domain.
    fn constant(&mut self, file: &SourceFile, cell: &Cell, fact: Fact) -> Option<Constant> {
        let info = fact.info(&self.names.attributes);
        let text = cell.text.as_str();
        let constant = match info.kind {
            FactType::Bool => text.parse().ok().map(Constant::Bool),
            FactType::Int => text.parse().ok().map(Constant::Number),
            FactType::Amount => Amount::parse(text)
                .ok()
                .map(|amount| Constant::Number(amount.units())),
            FactType::Text | FactType::Day | FactType::List => {
                Some(Constant::Text(text.to_owned()))
            }
        };
        let Some(constant) = constant else {
            return self.refuse(file, cell, format!("`{text}` is no {}", info.kind.as_str()));
        };
        let fits = match (info.constants, &constant) {
            (Constants::Words(words), Constant::Text(text)) => words.contains(&text.as_str()),
            (Constants::Range(low, high), Constant::Number(value)) => (low..=high).contains(value),
            (Constants::Digits(13), Constant::Text(text)) => {
                matches!(text.len(), 6 | 8 | 10 | 13) && text.bytes().all(|b| b.is_ascii_digit())
            }
            (Constants::Digits(count), Constant::Text(text)) => {
                text.len() == count && text.bytes().all(|b| b.is_ascii_digit())
            }
            (Constants::Country, Constant::Text(text)) => {
                Country::parse(text).is_ok_and(|country| country.alpha_2() == text)
            }
            _ => true,
        };
        match fits {
            true => Some(constant),
            false => self.refuse(
                file,
                cell,
                format!(
                    "`{text}` is no value that `{}` can have",
                    self.names.name(fact)
                ),
            ),
        }
    }

    fn refuse<T>(&mut self, file: &SourceFile, cell: &Cell, message: String) -> Option<T> {
        self.notes.add(file, cell.span.clone(), message);
        None
    }

    fn columns(&mut self, rows: &Rows<'_>, expected: Vec<&str>) -> Option<()> {
        let header = rows.rows.first()?;
        if header
            .iter()
            .map(|cell| cell.text.as_str())
            .eq(expected.iter().copied())
        {
            return Some(());
        }
        let end = header.last().map_or(0, |cell| cell.span.end);
        self.notes.add_help(
            rows.file,
            0..end,
            "the header does not name the table's keys and `rate`",
            format!("expected `{}`", expected.join(",")),
        );
        None
    }

    /// Reads a CSV file of the policy; every row has as many cells as the header.
    fn csv(&mut self, from: &SourceFile, path: &str, span: Range<usize>) -> Option<Rows<'s>> {
        let source = self.source;
        let Some(file) = source.find(path) else {
            let paths = source
                .files()
                .iter()
                .map(|file| file.path.as_str())
                .filter(|path| path.ends_with(".csv"));
            let diagnostic =
                Diagnostic::new(from, span, format!("the policy has no file `{path}`"));
            self.notes.0.push(match nearest(path, paths) {
                Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
                None => diagnostic,
            });
            return None;
        };
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(file.text.as_bytes());
        let mut rows: Vec<Vec<Cell>> = Vec::new();
        for record in reader.records() {
            match record {
                Ok(record) => rows.push(cells(file, &record)),
                Err(error) => {
                    self.notes.add(file, 0..0, format!("not CSV: {error}"));
                    return None;
                }
            }
        }
        let width = rows.first().map_or(0, Vec::len);
        let before = self.notes.0.len();
        for row in rows.iter().filter(|row| row.len() != width) {
            if let Some(first) = row.first() {
                self.notes.add(
                    file,
                    first.span.clone(),
                    format!("{} cells where the header has {width}", row.len()),
                );
            }
        }
        if rows.is_empty() {
            self.notes
                .add(file, 0..0, "the file is empty; it needs a header");
        }
        (self.notes.0.len() == before).then_some(Rows { file, rows })
    }
}

/// The cells of a record with their places; a quoted cell's place is its line.
fn cells(file: &SourceFile, record: &csv::StringRecord) -> Vec<Cell> {
    let start = record
        .position()
        .map_or(0, |position| position.byte() as usize);
    let line = file
        .text
        .get(start..)
        .and_then(|rest| rest.lines().next())
        .unwrap_or_default();
    let mut at = 0;
    let mut cells = Vec::with_capacity(record.len());
    for text in record {
        let found = line
            .get(at..)
            .and_then(|rest| rest.find(text))
            .map(|offset| at + offset);
        let span = found.map_or(start..start + line.len(), |from| {
            start + from..start + from + text.len()
        });
        at = found.map_or(at, |from| (from + text.len() + 1).min(line.len()));
        cells.push(Cell {
            text: text.to_owned(),
            span,
        });
    }
    cells
}
