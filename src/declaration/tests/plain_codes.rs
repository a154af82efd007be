//! Credit codes and HS codes are checked and packed by tables and integers; here each is compared with the wording
//! of the standard, or with the digits as a text.

use proptest::prelude::*;

use crate::declaration::{
    HsCode, HsScope, UsccError, check_uscc, complete_uscc, key_digits, key_len, prefix_range,
    string_key,
};

// ----- credit codes -----

/// GB 32100-2015, table 1: the characters in the order of their values.
const CREDIT_CODE: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";
/// GB 11714-1997: the characters of an organisation code in the order of their values.
const ORGANISATION: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
/// GB 11714-1997: the weight of each place of an organisation code.
const ORGANISATION_WEIGHTS: [usize; 8] = [3, 7, 9, 10, 5, 8, 4, 2];

/// The check digit of the organisation code that stands at places 9 to 16: C9 = 11 - MOD(sum of Ci × Wi, 11), where
/// 10 is written `X` and 11 is written `0`.
fn plain_organisation_digit(places: &[char]) -> char {
    let value = |place: &char| ORGANISATION.find(*place).unwrap();
    let terms = places[8..16].iter().zip(ORGANISATION_WEIGHTS);
    let sum: usize = terms.map(|(place, weight)| value(place) * weight).sum();
    match 11 - sum % 11 {
        10 => 'X',
        11 => '0',
        digit => char::from_digit(digit as u32, 10).unwrap(),
    }
}

/// The check digit of a credit code: C18 = 31 - MOD(sum of Ci × Wi, 31) with Wi = MOD(3 ^ (i - 1), 31), where 31
/// is written `0`.
fn plain_check_digit(places: &[char]) -> char {
    let value = |place: &char| CREDIT_CODE.find(*place).unwrap();
    let weights = (0..17).map(|i| 3usize.pow(i) % 31);
    let sum: usize = places
        .iter()
        .zip(weights)
        .map(|(place, weight)| value(place) * weight)
        .sum();
    CREDIT_CODE.chars().nth((31 - sum % 31) % 31).unwrap()
}

fn plain_check(id: &str) -> Result<(), UsccError> {
    let places: Vec<char> = id.chars().collect();
    if places.len() != 18 || !places.iter().all(|place| CREDIT_CODE.contains(*place)) {
        return Err(UsccError::Alphabet);
    }
    let (organisation, check) = (
        plain_organisation_digit(&places),
        plain_check_digit(&places),
    );
    if places[16] != organisation {
        Err(UsccError::OrganisationDigit(organisation))
    } else if places[17] != check {
        Err(UsccError::CheckDigit(check))
    } else {
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn a_credit_code_is_completed_as_the_standard_says(first in "[0-9A-HJ-NPQRTUWXY]{16}") {
        let places: Vec<char> = first.chars().collect();
        let with_organisation: Vec<char> = places.iter().copied().chain([plain_organisation_digit(&places)]).collect();
        let whole: String = with_organisation.iter().copied().chain([plain_check_digit(&with_organisation)]).collect();
        prop_assert_eq!(complete_uscc(first.as_bytes().try_into().unwrap()), Some(whole.clone()));
        prop_assert_eq!(check_uscc(&whole), Ok(()));
    }

    #[test]
    fn a_changed_credit_code_is_judged_as_the_standard_says(
        first in "[0-9A-HJ-NPQRTUWXY]{16}",
        changes in proptest::collection::vec((0..18usize, any::<proptest::sample::Index>()), 0..3)
    ) {
        let whole = complete_uscc(first.as_bytes().try_into().unwrap()).unwrap();
        let mut places: Vec<char> = whole.chars().collect();
        for (at, index) in changes {
            places[at] = CREDIT_CODE.chars().nth(index.index(31)).unwrap();
        }
        let id: String = places.into_iter().collect();
        prop_assert_eq!(check_uscc(&id), plain_check(&id), "{}", id);
    }

    #[test]
    fn any_text_is_judged_as_the_standard_says(
        id in prop_oneof!["[0-9A-Z]{17,19}", "[0-9A-HJ-NPQRTUWXY]{16}[0-9X][0-9A-Za-z]", ".{0,18}", "[0-9]{14}é[0-9]{2}"]
    ) {
        prop_assert_eq!(check_uscc(&id), plain_check(&id), "{}", id);
    }
}

// ----- HS codes -----

/// Digits of few kinds, so that codes and scopes meet.
const DIGITS: &str = "[019]{2}([0159]{0,11})";

fn codes() -> impl Strategy<Value = String> {
    prop_oneof![
        "[019]{4}[0159]{2}",
        "[019]{4}[0159]{4}",
        "[019]{4}[0159]{6}",
        "[019]{4}[0159]{9}",
        "[0-9]{6}"
    ]
}

/// A part of a scope by the texts of its two ends.
fn parts() -> impl Strategy<Value = (String, String)> {
    (DIGITS, DIGITS, any::<bool>()).prop_map(|(low, high, alone)| {
        let len = low.len().min(high.len());
        let (low, high) = (low[..len].to_owned(), high[..len].to_owned());
        if alone {
            (low.clone(), low)
        } else {
            (low.clone().min(high.clone()), low.max(high))
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn a_code_keeps_its_digits(text in prop_oneof![codes(), "[0-9]{0,15}", "[0-9a é-]{6}"]) {
        let good = matches!(text.len(), 6 | 8 | 10 | 13) && text.bytes().all(|byte| byte.is_ascii_digit());
        let read = HsCode::parse(&text).ok();
        prop_assert_eq!(read.is_some(), good, "{}", text);
        let Some(code) = read else { return Ok(()) };
        prop_assert_eq!(code.to_string(), text.as_str());
        let mut buffer = [b'x'; 13];
        prop_assert_eq!(code.digits(&mut buffer), text.as_str());
        prop_assert_eq!(code.len() as usize, text.len());
        prop_assert_eq!(key_len(code.key()), text.len());
        let filled = format!("{text:0<13}");
        for digits in [2, 4, 6, 8, 10, 13] {
            prop_assert_eq!(code.first(digits as u32), filled[..digits].parse::<u64>().unwrap());
            prop_assert_eq!(key_digits(code.key(), digits), &filled[..digits]);
        }
    }

    #[test]
    fn keys_are_in_the_order_of_the_texts(a in DIGITS, b in DIGITS) {
        let (key_a, key_b) = (string_key(&a).unwrap(), string_key(&b).unwrap());
        prop_assert_eq!(key_a.cmp(&key_b), a.cmp(&b), "{} {}", a, b);
    }

    #[test]
    fn a_prefix_covers_what_begins_with_it(prefix in "[019]{1,2}[0159]{0,11}", code in DIGITS) {
        let (from, to) = prefix_range(&prefix).unwrap();
        let key = string_key(&code).unwrap();
        prop_assert_eq!((from..to).contains(&key), code.starts_with(&prefix), "{} {}", prefix, code);
    }

    #[test]
    fn a_scope_holds_what_lies_between_its_ends_or_begins_with_the_last(
        parts in proptest::collection::vec(parts(), 1..5), codes in proptest::collection::vec(codes(), 20)
    ) {
        let texts = parts.iter().map(|(low, high)| if low == high { low.clone() } else { format!("{low}-{high}") });
        let scope = HsScope::parse(&texts.collect::<Vec<_>>().join("; ")).unwrap();
        prop_assert!(scope.ranges().windows(2).all(|pair| pair[0].1 < pair[1].0));
        for text in codes {
            let held = parts.iter().any(|(low, high)| text >= *low && (text <= *high || text.starts_with(high)));
            prop_assert_eq!(scope.holds(HsCode::parse(&text).unwrap()), held, "{} {:?}", text, parts);
        }
    }

    #[test]
    fn a_part_of_a_scope_is_two_to_thirteen_digits_or_a_range_of_such(
        text in prop_oneof![r"[0-9]{0,15}", r"[01]{0,4}-[01]{0,4}", r"[0-9a -]{1,6}", "[0-9]{2}é"]
    ) {
        prop_assume!(!text.trim().is_empty());
        let good = |end: &str| (2..=13).contains(&end.len()) && end.bytes().all(|byte| byte.is_ascii_digit());
        let part = text.trim();
        let plain = match part.split_once('-') {
            Some((low, high)) => good(low) && good(high) && low.len() == high.len() && low <= high,
            None => good(part),
        };
        prop_assert_eq!(HsScope::parse(&text).is_ok(), plain, "{}", text);
    }
}
