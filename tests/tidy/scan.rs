//! A Rust file as the checks read it, and the scanner behind it.
//! It knows comments, strings, characters and lifetimes, but no macros; it reads rustfmt's output.

/// A Rust file: its path from the repository's root, its text, and the text with comments and literals blanked.
pub(crate) struct Source {
    pub(crate) path: String,
    pub(crate) text: String,
    pub(crate) code: String,
}

/// A function or inline module: where its keyword and its closing brace stand in the code.
pub(crate) struct Block<'code> {
    pub(crate) name: &'code str,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

impl Source {
    pub(crate) fn new(path: &str, text: &str) -> Self {
        Self {
            path: path.to_owned(),
            text: text.to_owned(),
            code: blank(text),
        }
    }

    pub(crate) fn at(&self, position: usize, why: &str) -> String {
        format!("{}:{}: {why}", self.path, line(&self.code, position))
    }

    pub(crate) fn is_shipped(&self) -> bool {
        self.path.starts_with("src/")
    }

    pub(crate) fn module_docs(&self) -> impl Iterator<Item = &str> {
        self.text.lines().take_while(|line| line.starts_with("//!"))
    }

    /// The stage that the file belongs to; none for the crate's roots and the guide.
    pub(crate) fn stage(&self) -> Option<&str> {
        let inner = self.path.strip_prefix("src/")?;
        let name = inner.split('/').next()?.trim_end_matches(".rs");
        (!["lib", "main", "guide"].contains(&name)).then_some(name)
    }

    /// How many steps of `super` lead from a position to the crate's root.
    pub(crate) fn depth(&self, position: usize) -> usize {
        let steps = self.path.matches('/').count() - usize::from(self.path.ends_with("/mod.rs"));
        steps
            + blocks(&self.code, "mod ")
                .iter()
                .filter(|block| block.start < position && position < block.end)
                .count()
    }
}

/// The text with every comment and literal replaced by spaces; lines stay where they are.
pub(crate) fn blank(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let opaque = opaque_length(rest, code.chars().next_back().is_some_and(in_word));
        let (taken, left) = rest.split_at(if opaque == 0 {
            first.len_utf8()
        } else {
            opaque
        });
        if opaque == 0 {
            code.push(first);
        } else {
            code.extend(taken.chars().map(|c| if c == '\n' { c } else { ' ' }));
        }
        rest = left;
    }
    code
}

/// The length of the comment or literal that the text begins with, or 0.
fn opaque_length(text: &str, after_word: bool) -> usize {
    if text.starts_with("//") {
        text.find('\n').unwrap_or(text.len())
    } else if text.starts_with("/*") {
        block_comment_length(text)
    } else if text.starts_with('"') {
        string_length(text)
    } else if text.starts_with('\'') {
        character_length(text)
    } else if after_word {
        0
    } else {
        raw_string_length(text)
    }
}

fn block_comment_length(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let (opens, closes) = (rest.starts_with("/*"), rest.starts_with("*/"));
        depth = depth + usize::from(opens) - usize::from(closes);
        rest = rest
            .split_at(if opens || closes { 2 } else { first.len_utf8() })
            .1;
        if depth == 0 {
            break;
        }
    }
    text.len() - rest.len()
}

fn string_length(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        if c == '"' && !escaped {
            return at + 1;
        }
        escaped = c == '\\' && !escaped;
    }
    text.len()
}

/// A lifetime has length 0: it is code.
fn character_length(text: &str) -> usize {
    let mut chars = text.char_indices().skip(1);
    match (chars.next(), chars.next()) {
        (Some((_, '\\')), Some(_)) => chars.find(|(_, c)| *c == '\'').map_or(0, |(at, _)| at + 1),
        (Some(_), Some((at, '\''))) => at + 1,
        _ => 0,
    }
}

fn raw_string_length(text: &str) -> usize {
    let unprefixed = text.strip_prefix(['b', 'c']).unwrap_or(text);
    let Some(fenced) = unprefixed.strip_prefix('r') else {
        return 0;
    };
    let body = fenced.trim_start_matches('#');
    if !body.starts_with('"') {
        return 0;
    }
    let close = format!("\"{}", "#".repeat(fenced.len() - body.len()));
    let inner = body.split_at(1).1;
    inner
        .find(&close)
        .map_or(text.len(), |at| text.len() - inner.len() + at + close.len())
}

pub(crate) fn in_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The position of each place where the pattern stands and no word runs into it from the left.
pub(crate) fn places<'a>(code: &'a str, pattern: &'a str) -> impl Iterator<Item = usize> + 'a {
    code.match_indices(pattern)
        .map(|(at, _)| at)
        .filter(|at| !before(code, *at).ends_with(in_word))
}

pub(crate) fn before(code: &str, position: usize) -> &str {
    code.split_at(position).0
}

pub(crate) fn after(code: &str, position: usize) -> &str {
    code.split_at(position).1
}

pub(crate) fn line(code: &str, position: usize) -> usize {
    before(code, position).matches('\n').count() + 1
}

pub(crate) fn leading_word(code: &str) -> &str {
    code.split(|c| !in_word(c)).next().unwrap_or_default()
}

/// Every block that the keyword opens; declarations without a body are none.
pub(crate) fn blocks<'code>(code: &'code str, keyword: &str) -> Vec<Block<'code>> {
    let keyword_places: Vec<usize> = places(code, keyword).collect();
    let block = |start: usize| {
        let rest = after(code, start);
        let name = leading_word(after(rest, keyword.len()));
        let end = start + (!name.is_empty()).then(|| closing_brace(rest))??;
        Some(Block { name, start, end })
    };
    keyword_places.into_iter().filter_map(block).collect()
}

fn closing_brace(code: &str) -> Option<usize> {
    let (mut signature, mut braces) = (0_i32, 0_i32);
    for (at, c) in code.char_indices() {
        match c {
            '(' | '[' => signature += 1,
            ')' | ']' => signature -= 1,
            ';' if signature == 0 && braces == 0 => return None,
            '{' if signature == 0 || braces > 0 => braces += 1,
            '}' if braces == 1 => return Some(at),
            '}' => braces -= 1,
            _ => {}
        }
    }
    None
}

#[test]
fn comments_and_literals_are_blanked_and_lifetimes_kept() {
    let text = "/* { /* } */ */ a<'x>('{', '\\'', '\u{7B}', \"}\\\"{\", r#\"\"{\"#, b\"{\", br\"}\") // {\nr#fn";
    let code = blank(text);
    assert_eq!(
        code.split_whitespace().collect::<String>(),
        "a<'x>(,,,,,b,)r#fn"
    );
    assert_eq!(line(&code, code.len()), 2);
}
