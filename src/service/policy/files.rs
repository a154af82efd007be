//! The files of a candidate, as one JSON object of their names and texts. Names are paths inside the policy's folder
//! that any disk can keep.

use std::collections::BTreeSet;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;

use crate::declaration::{Fault, FaultCode};
use crate::limits::{MAX_FILE_NAME_BYTES, MAX_POLICY_FILES};
use crate::policy::PolicySource;
use crate::service::refusal::Refusal;

/// See the module.
#[derive(Debug)]
pub struct CandidateFiles(Vec<(String, Value)>);

impl CandidateFiles {
    /// Reads the files of a policy.
    ///
    /// # Errors
    /// Every fault of their names; those of their texts are for whoever reads the policy.
    pub fn read(body: &[u8]) -> Result<PolicySource, Refusal> {
        let read = serde_json::from_slice::<Self>(body);
        let Self(files) =
            read.map_err(|why| Refusal::fault("", FaultCode::Syntax, why.to_string()))?;
        let mut faults = Vec::new();
        let mut fault = |name: &str, code, detail: String| {
            faults.push(Fault {
                pointer: pointer(name),
                code,
                detail,
            });
        };
        if files.is_empty() || files.len() > MAX_POLICY_FILES {
            let why = format!("1 to {MAX_POLICY_FILES} files are expected");
            return Err(Refusal::fault("", FaultCode::Range, why));
        }
        let mut known = BTreeSet::new();
        for (name, text) in &files {
            if let Some(why) = bad(name) {
                fault(name, FaultCode::Format, why.to_owned());
            }
            if !text.is_string() {
                fault(
                    name,
                    FaultCode::Type,
                    "the text of the file is expected".to_owned(),
                );
            }
            if !known.insert(name.as_str()) {
                fault(
                    name,
                    FaultCode::DuplicateMember,
                    "is there twice".to_owned(),
                );
            }
        }
        let folders = known.iter().flat_map(|name| {
            let ends = name.match_indices('/');
            ends.filter_map(|(at, _)| name.get(..at))
        });
        for folder in folders.collect::<BTreeSet<_>>() {
            if known.contains(folder) {
                fault(
                    folder,
                    FaultCode::Format,
                    "is a file and a folder".to_owned(),
                );
            }
        }
        if !faults.is_empty() {
            return Err(Refusal::Faults(faults));
        }
        let texts = files.into_iter().filter_map(|(name, text)| match text {
            Value::String(text) => Some((name, text)),
            _ => None,
        });
        let source = PolicySource::from_files(texts);
        source.map_err(|why| Refusal::fault("", FaultCode::DuplicateMember, why.to_string()))
    }
}

/// What is wrong with a file's name.
fn bad(name: &str) -> Option<&'static str> {
    let is_part = |part: &str| {
        !part.is_empty() && !part.starts_with('.') && part.len() <= MAX_FILE_NAME_BYTES
    };
    let odd = |c: char| c.is_control() || c == '\\' || c == '\0';
    if !name.split('/').all(is_part) || name.contains(odd) {
        Some("a path inside the policy's folder is expected, such as `books/inspection.toml`")
    } else if name.starts_with("scenarios/") {
        Some("scenarios are tests: `greenlane policy test` runs them before the candidate is put")
    } else if !name.ends_with(".toml") && !name.ends_with(".csv") {
        Some("a policy has `.toml` and `.csv` files only")
    } else {
        None
    }
}

/// A JSON pointer to a file.
pub(in crate::service) fn pointer(name: &str) -> String {
    format!("/{}", name.replace('~', "~0").replace('/', "~1"))
}

impl<'de> Deserialize<'de> for CandidateFiles {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Names;
        impl<'de> Visitor<'de> for Names {
            type Value = CandidateFiles;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of file names and texts")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<CandidateFiles, A::Error> {
                let mut files = Vec::new();
                while let Some(file) = map.next_entry()? {
                    files.push(file);
                }
                Ok(CandidateFiles(files))
            }
        }
        deserializer.deserialize_map(Names)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(body: &str) -> Vec<(String, FaultCode)> {
        match CandidateFiles::read(body.as_bytes()) {
            Err(Refusal::Faults(faults)) => {
                let faults = faults.into_iter();
                faults.map(|fault| (fault.pointer, fault.code)).collect()
            }
            other => vec![(format!("{other:?}"), FaultCode::More)],
        }
    }

    #[test]
    fn files_are_read_in_order_of_their_names() {
        let source = CandidateFiles::read(br#"{ "b.toml": "B", "a/c.csv": "C" }"#).unwrap();
        let names: Vec<_> = source
            .files()
            .iter()
            .map(|file| file.path.as_str())
            .collect();
        assert_eq!(names, ["a/c.csv", "b.toml"]);
    }

    #[test]
    fn a_name_that_leaves_the_folder_is_refused_and_so_is_every_other_bad_one() {
        for name in [
            "../a.toml",
            "/a.toml",
            "a//b.toml",
            ".a.toml",
            "a/../b.toml",
            "a\\b.toml",
            "",
            "a.txt",
            "scenarios/a.toml",
            "a\u{0}.toml",
            "a/.toml",
        ] {
            let body = serde_json::json!({ name: "" }).to_string();
            assert_eq!(
                faults(&body),
                [(pointer(name), FaultCode::Format)],
                "{name:?}"
            );
        }
        let long = format!("{}.toml", "a".repeat(MAX_FILE_NAME_BYTES));
        let body = serde_json::json!({ long: "" }).to_string();
        assert_eq!(faults(&body).len(), 1);
    }

    #[test]
    fn every_fault_of_the_names_is_told_at_once() {
        let body = r#"{ "a.toml": "", "a.toml": "", "b.toml": 1, "c": "", "a.toml/d.toml": "" }"#;
        let found = [
            ("/a.toml", FaultCode::DuplicateMember),
            ("/b.toml", FaultCode::Type),
            ("/c", FaultCode::Format),
            ("/a.toml", FaultCode::Format),
        ];
        assert_eq!(faults(body), found.map(|(at, code)| (at.to_owned(), code)));
        assert_eq!(faults("[]"), [(String::new(), FaultCode::Syntax)]);
        assert_eq!(faults("{}"), [(String::new(), FaultCode::Range)]);
    }
}
