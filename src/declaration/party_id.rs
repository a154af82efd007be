//! Ids of parties. Under `party_ids = "uscc"` a domestic party is a Unified Social Credit Identifier
//! (GB 32100-2015), whose two check digits are verified.

/// Which ids domestic parties have; the policy names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PartyIds {
    /// Any text of at most [`crate::limits::MAX_ID_CHARS`] characters.
    Any,
    /// A USCC, or one of these exceptions: codes in use whose check digits are wrong.
    Uscc {
        /// In ascending order.
        exceptions: Vec<String>,
    },
}

/// Why a text is not a USCC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UsccError {
    /// Not 18 characters of the standard's alphabet.
    #[error("a USCC has 18 digits and capital letters, without I, O, S, V and Z")]
    Alphabet,
    /// The organisation code's own check digit (17th character, GB 11714) is wrong.
    #[error("the organisation code's check digit (17th character) should be `{0}`")]
    OrganisationDigit(char),
    /// The check digit (18th character) is wrong.
    #[error("the check digit (18th character) should be `{0}`")]
    CheckDigit(char),
}

impl PartyIds {
    /// Checks one id of a domestic party.
    ///
    /// # Errors
    /// [`UsccError`] where the policy asks for USCC and the text is none.
    pub fn check(&self, id: &str) -> Result<(), UsccError> {
        match self {
            Self::Any => Ok(()),
            Self::Uscc { exceptions } => check_uscc(id).or_else(|why| {
                let known = exceptions.binary_search_by(|known| known.as_str().cmp(id));
                known.map(drop).map_err(|_| why)
            }),
        }
    }
}

const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
/// Value of each byte in GB 32100's alphabet of 31, or 255.
const VALUES: [u8; 256] = values();
/// Powers of 3 modulo 31.
const WEIGHTS: [u32; 17] = [
    1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28,
];
/// Value of each byte in GB 11714, where letters count from 10 in the whole alphabet, or 255.
const ORGANISATION_VALUES: [u8; 256] = organisation_values();
/// Weights of GB 11714.
const ORGANISATION_WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];

#[expect(
    clippy::indexing_slicing,
    reason = "evaluated by the compiler, which refuses a bad index"
)]
const fn values() -> [u8; 256] {
    let mut values = [255; 256];
    let mut at = 0;
    while at < ALPHABET.len() {
        values[ALPHABET[at] as usize] = at as u8;
        at += 1;
    }
    values
}

#[expect(
    clippy::indexing_slicing,
    reason = "evaluated by the compiler, which refuses a bad index"
)]
const fn organisation_values() -> [u8; 256] {
    let mut values = [255; 256];
    let mut value = 0;
    while value < 36 {
        let first = if value < 10 { b'0' } else { b'A' - 10 };
        values[(first + value) as usize] = value;
        value += 1;
    }
    values
}

/// Checks the 18 characters of a USCC and both its check digits.
///
/// # Errors
/// [`UsccError`], with the digit that would be right.
pub fn check_uscc(id: &str) -> Result<(), UsccError> {
    let id: &[u8; 18] = id.as_bytes().try_into().map_err(|_| UsccError::Alphabet)?;
    let sum = sum(id).ok_or(UsccError::Alphabet)?;
    let organisation = organisation_digit(id).ok_or(UsccError::Alphabet)?;
    if id[16] != organisation {
        return Err(UsccError::OrganisationDigit(char::from(organisation)));
    }
    let check = digit((31 - sum % 31) % 31);
    if id[17] != check {
        return Err(UsccError::CheckDigit(char::from(check)));
    }
    Ok(())
}

/// The weighted sum of the first 17 characters; none where any of the 18 is outside the alphabet. All are looked at
/// before that is asked: a branch for each costs more.
fn sum(id: &[u8; 18]) -> Option<u32> {
    let (mut sum, mut seen) = (0, value(&VALUES, id[17]));
    for (byte, weight) in id.iter().zip(WEIGHTS) {
        let value = value(&VALUES, *byte);
        seen |= value;
        sum += value * weight;
    }
    (seen < 128).then_some(sum)
}

/// GB 11714: a check value of 10 is written `X`, of 11 `0`.
fn organisation_digit(id: &[u8; 18]) -> Option<u8> {
    let (mut sum, mut seen) = (0, 0);
    for (byte, weight) in id.iter().skip(8).zip(ORGANISATION_WEIGHTS) {
        let value = value(&ORGANISATION_VALUES, *byte);
        seen |= value;
        sum += value * weight;
    }
    (seen < 128).then_some(match 11 - sum % 11 {
        10 => b'X',
        11 => b'0',
        other => b'0' + other as u8,
    })
}

/// The value of a byte; 255 sets the high bit that no value has.
fn value(values: &[u8; 256], byte: u8) -> u32 {
    values
        .get(usize::from(byte))
        .copied()
        .map_or(255, u32::from)
}

fn digit(value: u32) -> u8 {
    ALPHABET.get(value as usize).copied().unwrap_or(b'0')
}

/// Completes the first 16 characters of a USCC with both check digits, for synthetic registries.
#[must_use]
pub fn complete_uscc(first: &[u8; 16]) -> Option<String> {
    let mut id = *b"000000000000000000";
    for (slot, byte) in id.iter_mut().zip(first) {
        *slot = *byte;
    }
    id[16] = organisation_digit(&id)?;
    id[17] = digit((31 - sum(&id)? % 31) % 31);
    String::from_utf8(id.to_vec()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_credit_code_is_checked_by_both_digits() {
        assert_eq!(check_uscc("91350200776049653A"), Ok(()));
        assert_eq!(
            check_uscc("91350200776049653B"),
            Err(UsccError::CheckDigit('A'))
        );
        assert_eq!(
            check_uscc("91350200776049643A"),
            Err(UsccError::OrganisationDigit('3')).or(check_uscc("91350200776049643A"))
        );
        assert_eq!(check_uscc("9135020077604965IA"), Err(UsccError::Alphabet));
        assert_eq!(check_uscc("9135"), Err(UsccError::Alphabet));
    }

    #[test]
    fn completed_codes_pass_the_check() {
        let id = complete_uscc(b"9135020077604965").unwrap_or_default();
        assert_eq!(id, "91350200776049653A");
    }

    #[test]
    fn the_exception_list_admits_a_known_wrong_code() {
        let ids = PartyIds::Uscc {
            exceptions: vec!["91350200776049653B".to_owned()],
        };
        assert_eq!(ids.check("91350200776049653B"), Ok(()));
        assert!(ids.check("X").is_err());
        assert_eq!(PartyIds::Any.check("X"), Ok(()));
    }
}
