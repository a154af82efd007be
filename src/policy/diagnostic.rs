//! What is wrong with a policy, told to its author: file, line, column, the text underlined, what is wrong and
//! what would be right. A policy is refused with all its diagnostics at once.

use std::fmt;
use std::ops::Range;

use super::source::SourceFile;

/// One mistake of a policy.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Diagnostic {
    /// The file's path inside the policy.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// How many characters are underlined, at least 1.
    pub width: usize,
    /// The text of the line.
    pub text: String,
    /// What is wrong.
    pub message: String,
    /// What would be right, where that is known.
    pub help: Option<String>,
}

impl Diagnostic {
    /// Places a message at bytes of a file.
    #[must_use]
    pub fn new(file: &SourceFile, span: Range<usize>, message: impl Into<String>) -> Self {
        let text = &file.text;
        let start = floor_boundary(text, span.start);
        let line_start = text
            .get(..start)
            .and_then(|before| before.rfind('\n'))
            .map_or(0, |at| at + 1);
        let rest = text.get(line_start..).unwrap_or_default();
        let line_text = rest.lines().next().unwrap_or_default();
        let line_end = line_start + line_text.len();
        let stop = floor_boundary(text, span.end).clamp(start, line_end.max(start));
        let chars = |range: Range<usize>| text.get(range).map_or(0, |part| part.chars().count());
        Self {
            file: file.path.clone(),
            line: text
                .get(..line_start)
                .map_or(0, |before| before.matches('\n').count())
                + 1,
            column: chars(line_start..start) + 1,
            width: chars(start..stop).max(1),
            text: line_text.to_owned(),
            message: message.into(),
            help: None,
        }
    }

    /// Adds what would be right.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds the nearest of the names that would have been valid, where one is near.
    #[must_use]
    pub(crate) fn nearest<'n>(self, wrong: &str, names: impl IntoIterator<Item = &'n str>) -> Self {
        match nearest(wrong, names) {
            Some(name) => self.help(format!("did you mean `{name}`?")),
            None => self,
        }
    }
}

/// The name most like a wrong one, if it is like enough to be meant.
#[must_use]
pub(crate) fn nearest<'n>(
    wrong: &str,
    names: impl IntoIterator<Item = &'n str>,
) -> Option<&'n str> {
    let near = |name: &'n str| (strsim::damerau_levenshtein(wrong, name), name);
    let (distance, name) = names.into_iter().map(near).min()?;
    (distance <= 2.max(wrong.chars().count() / 3)).then_some(name)
}

fn floor_boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let gutter = " ".repeat(self.line.to_string().len());
        writeln!(f, "error: {}", self.message)?;
        writeln!(f, "{gutter}--> {}:{}:{}", self.file, self.line, self.column)?;
        writeln!(f, "{gutter} |")?;
        writeln!(f, "{} | {}", self.line, self.text)?;
        let before: String = self.text.chars().take(self.column - 1).map(pad).collect();
        write!(f, "{gutter} | {before}{}", "^".repeat(self.width))?;
        match &self.help {
            Some(help) => writeln!(f, " {help}"),
            None => writeln!(f),
        }
    }
}

/// Keeps tabs, and gives wide (CJK) characters two columns, so that the underline stands below its text.
fn pad(c: char) -> &'static str {
    match c {
        '\t' => "\t",
        '\u{1100}'..='\u{115f}'
        | '\u{2e80}'..='\u{a4cf}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}'
        | '\u{ff00}'..='\u{ff60}' => "  ",
        _ => " ",
    }
}

/// All mistakes of a policy, in order of file and line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct PolicyErrors(pub Vec<Diagnostic>);

impl fmt::Display for PolicyErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for diagnostic in &self.0 {
            writeln!(f, "{diagnostic}")?;
        }
        write!(
            f,
            "{} error{}",
            self.0.len(),
            if self.0.len() == 1 { "" } else { "s" }
        )
    }
}
