//! Parts of long lists: so many rows behind a key, and the key behind which the next part begins.

use crate::limits::FEED_LIMIT;

/// Which part of a list is wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Part {
    /// The key behind which it begins, as the part before told; the first part where there is none.
    pub after: Option<String>,
    /// Rows at the most; as many as one answer may have where there is none.
    pub limit: Option<usize>,
}

impl Part {
    fn limit(&self) -> usize {
        self.limit.unwrap_or(FEED_LIMIT).clamp(1, FEED_LIMIT)
    }

    /// The rows of the part, of rows in any order, and the key of its last one where more follow.
    pub(super) fn of<T>(
        &self,
        rows: impl Iterator<Item = T>,
        key: impl Fn(&T) -> String,
    ) -> (Vec<T>, Option<String>) {
        let keyed = rows.map(|row| (key(&row), row));
        let after = self.after.as_deref();
        let mut behind: Vec<(String, T)> = keyed
            .filter(|(key, _)| after.is_none_or(|after| key.as_str() > after))
            .collect();
        behind.sort_by(|(one, _), (other, _)| one.cmp(other));
        let more = behind.len() > self.limit();
        behind.truncate(self.limit());
        let next = behind.last().filter(|_| more).map(|(key, _)| key.clone());
        (behind.into_iter().map(|(_, row)| row).collect(), next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_follow_one_another_without_a_gap() {
        let rows = ["d", "a", "c", "e", "b"];
        let mut part = Part {
            after: None,
            limit: Some(2),
        };
        let mut all = Vec::new();
        loop {
            let (found, next) = part.of(rows.into_iter(), |row| (*row).to_owned());
            assert!(found.len() <= 2, "{found:?}");
            all.extend(found);
            if next.is_none() {
                break;
            }
            part.after = next;
        }
        assert_eq!(all, ["a", "b", "c", "d", "e"]);
    }

    #[test]
    fn a_part_has_at_least_one_row_and_no_more_than_an_answer_may_have() {
        let part = |limit| Part {
            after: None,
            limit: Some(limit),
        };
        let many = || 0..2 * FEED_LIMIT;
        let key = |row: &usize| format!("{row:08}");
        assert_eq!(part(0).of(many(), key).0, [0]);
        let (rows, next) = part(usize::MAX).of(many(), key);
        assert_eq!(rows.len(), FEED_LIMIT);
        assert_eq!(next, Some(key(&(FEED_LIMIT - 1))));
    }
}
