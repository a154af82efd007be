//! Rows of some tables as a live registry keeps them: texts of lines of CSV, every column in its order, without a header.
//! An event reads a dozen of them, so none is copied.

/// See the module.
#[derive(Debug, Default)]
pub(super) struct TextRows<'t> {
    tables: Vec<(&'static str, Vec<&'t str>)>,
    bytes: usize,
}

impl<'t> TextRows<'t> {
    /// Adds rows of a table.
    pub(super) fn add(&mut self, table: &'static str, text: &'t str) {
        if text.is_empty() {
            return;
        }
        self.bytes += text.len();
        let known = self.tables.iter_mut().find(|(known, _)| *known == table);
        match known {
            Some((_, texts)) => texts.push(text),
            None => self.tables.push((table, vec![text])),
        }
    }

    /// The texts of a table.
    pub(super) fn texts(&self, table: &str) -> &[&'t str] {
        let found = self.tables.iter().find(|(known, _)| *known == table);
        found.map_or(&[], |(_, texts)| texts)
    }

    /// The lines of a table.
    pub(super) fn lines(&self, table: &str) -> impl Iterator<Item = &'t str> {
        self.texts(table).iter().flat_map(|text| text.lines())
    }

    /// Bytes of all texts.
    pub(super) const fn bytes(&self) -> usize {
        self.bytes
    }
}
