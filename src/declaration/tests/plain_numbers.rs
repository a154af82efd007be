//! Amounts, days and moments are read by fast forms; here each is compared with a slow one that is plainly right.

use jiff::civil::{self, DateTime};
use jiff::tz::Offset;
use proptest::prelude::*;

use crate::declaration::amount::div_half_even;
use crate::declaration::{Amount, AmountError, Day, ExchangeRate, Moment, Zone};

// ----- amounts -----

const MOST: i128 = 9_000_000_000_000_000_000;

/// The units of a decimal text, from its digits alone: the point is moved behind the fourth decimal, and what then
/// stands behind it is the rest. `None` is a text of another form.
fn plain_units(text: &str, round: bool) -> Option<Result<i128, AmountError>> {
    let (sign, unsigned) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let (number, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((number, exponent)) => (number, exponent.parse::<i32>().ok()?),
        None => (unsigned, 0),
    };
    let (whole, decimals) = match number.split_once('.') {
        Some((_, "")) => return None,
        Some(parts) => parts,
        None => (number, ""),
    };
    let mut digits = format!("{whole}{decimals}");
    if whole.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let point = whole.len() as i32 + exponent + 4;
    if point < 0 {
        digits.insert_str(0, &"0".repeat(point.unsigned_abs() as usize));
    }
    let point = point.max(0) as usize;
    digits.push_str(&"0".repeat(point.saturating_sub(digits.len())));
    let (units, rest) = digits.split_at(point);
    let (units, rest) = (units.trim_start_matches('0'), rest.trim_end_matches('0'));
    if units.len() > 30 {
        return Some(Err(AmountError::Range));
    }
    let units: i128 = format!("0{units}").parse().ok()?;
    if !rest.is_empty() && !round {
        return Some(Err(AmountError::Decimals));
    }
    // Without zeros behind them, digits are above a half where they are above `5` in the order of texts.
    let up = rest > "5" || (rest == "5" && units % 2 == 1);
    let units = units + i128::from(up);
    Some(if units > MOST {
        Err(AmountError::Range)
    } else {
        Ok(sign * units)
    })
}

/// Texts of numbers of any size, with many halves, and such as are none.
fn decimals() -> impl Strategy<Value = String> {
    prop_oneof![
        r"-?[0-9]{1,13}(\.[0-9]{1,4})?",
        r"-?[0-9]{1,22}(\.[0-9]{1,12})?([eE][+-]?[0-9]{1,2})?",
        r"-?[0459]{1,19}(\.[0459]{1,24})?(e-?[0-9]{1,2})?",
        r"[1-9][0-9]{10,15}\.[0-9]{3}[01][45][09]{0,24}[01]?",
        r"(184467440737095516|9000000000000000|8999999999999999)[0-9.]{0,9}(e-?[0-9]{1,2})?",
        r"0{0,70}[0-9]{0,3}(\.0{0,90}[0-9]{1,50})?(e-?[0-9]{1,3})?",
        r"[0-9]{1,3}(e-?[0-9]{1,12})?",
        r"[-+.0-9eE ]{0,8}",
    ]
}

/// The quotient rounded half to even, by the sizes of both numbers.
fn plain_quotient(numerator: i128, divisor: i128) -> Option<i128> {
    let (size, by) = (numerator.unsigned_abs(), divisor.unsigned_abs());
    let (quotient, rest) = (size.checked_div(by)?, size.checked_rem(by)?);
    let up = rest * 2 > by || (rest * 2 == by && quotient % 2 == 1);
    let rounded = (quotient + u128::from(up)) as i128;
    Some(if (numerator < 0) == (divisor < 0) {
        rounded
    } else {
        -rounded
    })
}

fn amounts() -> impl Strategy<Value = Amount> {
    let units = prop_oneof![
        -(MOST as i64)..=MOST as i64,
        -100_000..100_000i64,
        (-900_000_000_000_000..=900_000_000_000_000i64).prop_map(|whole| whole * Amount::SCALE),
    ];
    units.prop_map(|units| Amount::from_units(units).unwrap())
}

#[test]
fn digits_past_the_nineteenth_are_neither_lost_nor_taken_for_a_unit() {
    let exact = |text| Amount::parse(text).map(Amount::units);
    assert_eq!(exact("200000000000000.00001"), Err(AmountError::Decimals));
    assert_eq!(exact("899999999999999.99999"), Err(AmountError::Decimals));
    assert_eq!(exact("184467440737095.51616"), Err(AmountError::Decimals));
    let rounded = |text| Amount::parse_rounded(text).map(Amount::units);
    assert_eq!(
        rounded("200000000000000.00001"),
        Ok(2_000_000_000_000_000_000)
    );
    assert_eq!(
        rounded("200000000000000.00009"),
        Ok(2_000_000_000_000_000_001)
    );
    assert_eq!(
        rounded("100000000000000.000051"),
        Ok(1_000_000_000_000_000_001)
    );
    assert_eq!(
        rounded("100000000000000.000149"),
        Ok(1_000_000_000_000_000_001)
    );
}

#[test]
fn an_amount_may_have_any_number_of_zeros_and_any_exponent() {
    let zeros = "0".repeat(2_000);
    let exact = |text: &str| Amount::parse(text).map(Amount::units);
    assert_eq!(exact(&format!("{zeros}7.5{zeros}")), Ok(75_000));
    assert_eq!(exact(&format!("0.{zeros}7e2001")), Ok(70_000));
    assert_eq!(exact(&format!("7{zeros}e-2000")), Ok(70_000));
    assert_eq!(exact(&format!("7{zeros}")), Err(AmountError::Range));
    for exponent in [i32::MAX, i32::MAX - 4, i32::MIN, i32::MIN + 4] {
        assert_eq!(exact(&format!("0e{exponent}")), Ok(0));
        assert!(exact(&format!("7.5e{exponent}")).is_err(), "{exponent}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn an_amount_is_what_its_digits_say(text in decimals(), round in any::<bool>()) {
        let read = if round { Amount::parse_rounded(&text) } else { Amount::parse(&text) };
        // An exponent beyond three digits is not written out here; it may only be refused, or multiply nothing.
        let exponent = text.split_once(['e', 'E']).and_then(|(_, digits)| digits.parse::<i64>().ok());
        if exponent.is_some_and(|exponent| exponent.abs() > 999) {
            prop_assert!(read.is_err() || read == Ok(Amount::ZERO), "{}", text);
            return Ok(());
        }
        match (read, plain_units(&text, round)) {
            (Err(AmountError::Syntax), plain) => prop_assert_eq!(plain, None),
            // Where both are true, either may be said.
            (Err(_), plain) => prop_assert!(matches!(plain, Some(Err(_))), "{plain:?}"),
            (Ok(amount), plain) => prop_assert_eq!(Some(Ok(amount.units().into())), plain),
        }
    }

    #[test]
    fn an_amount_is_written_without_needless_zeros_and_reads_back(amount in amounts()) {
        let units = i128::from(amount.units());
        let sign = if units < 0 { "-" } else { "" };
        let whole = format!("{sign}{}.{:04}", units.abs() / 10_000, units.abs() % 10_000);
        let text = amount.to_string();
        prop_assert_eq!(&text, whole.trim_end_matches('0').trim_end_matches('.'));
        prop_assert_eq!(Amount::parse(&text), Ok(amount));
        prop_assert_eq!(Amount::parse(&whole), Ok(amount));
    }

    #[test]
    fn sums_and_bounds_are_those_of_wide_integers(a in any::<i64>(), b in amounts(), c in amounts()) {
        let within = |units: i128| (units.abs() <= MOST).then_some(units);
        let units = |amount: Option<Amount>| amount.map(|amount| i128::from(amount.units()));
        prop_assert_eq!(units(Amount::from_units(a).ok()), within(a.into()));
        prop_assert_eq!(units(Amount::from_whole(a).ok()), within(i128::from(a) * 10_000));
        prop_assert_eq!(units(b.checked_add(c)), within(i128::from(b.units()) + i128::from(c.units())));
    }

    #[test]
    fn quotients_and_conversions_are_rounded_half_to_even(
        a in amounts(), b in amounts(), rate in 1..10_000_000_000_000u64
    ) {
        let within = |units: Option<i128>| units.filter(|units| units.abs() <= MOST);
        let units = |amount: Option<Amount>| amount.map(|amount| i128::from(amount.units()));
        let quotient = plain_quotient(i128::from(a.units()) * 10_000, b.units().into());
        prop_assert_eq!(units(a.checked_div(b)), within(quotient));
        let text = format!("{}.{:010}", rate / 10_000_000_000, rate % 10_000_000_000);
        let product = plain_quotient(i128::from(a.units()) * i128::from(rate), 10_000_000_000);
        prop_assert_eq!(units(ExchangeRate::parse(&text).unwrap().convert(a)), within(product));
    }

    #[test]
    fn halves_go_to_the_even_quotient(
        quotient in prop_oneof![any::<i64>(), -1_000..1_000i64], half in 1..1_000_000_000_000i64, off in -1..=1i64, negative in any::<bool>()
    ) {
        let divisor = i128::from(half) * 2 * if negative { -1 } else { 1 };
        let numerator = i128::from(quotient) * divisor + i128::from(half + off);
        prop_assert_eq!(div_half_even(numerator, divisor), plain_quotient(numerator, divisor));
        prop_assert_eq!(div_half_even(numerator, 0), None);
    }
}

// ----- days -----

/// A day of `YYYY-MM-DD`, its parts read one by one and judged by the calendar of jiff.
fn plain_day(text: &str) -> Option<i32> {
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts[..] else {
        return None;
    };
    let digits = |part: &str, len| part.len() == len && part.bytes().all(|b| b.is_ascii_digit());
    if !(digits(year, 4) && digits(month, 2) && digits(day, 2)) {
        return None;
    }
    let (year, month, day) = (year.parse().ok()?, month.parse().ok()?, day.parse().ok()?);
    let date = civil::Date::new(year, month, day).ok()?;
    let days = civil::date(1970, 1, 1).until(date).ok()?;
    Some(days.get_days())
}

#[test]
fn the_days_of_years_of_every_kind_are_those_of_the_calendar() {
    for year in [
        0, 1, 3, 4, 99, 100, 400, 1600, 1900, 1969, 1970, 2000, 2016, 2100, 9996, 9998, 9999,
    ] {
        for (month, day) in (0..=13).flat_map(|month| (0..=32).map(move |day| (month, day))) {
            let text = format!("{year:04}-{month:02}-{day:02}");
            let read = Day::parse(&text).ok().map(Day::number);
            assert_eq!(read, plain_day(&text), "{text}");
        }
    }
}

proptest! {
    #[test]
    fn a_day_is_that_of_the_calendar(
        text in prop_oneof!["[0-9]{4}-[01][0-9]-[0-3][0-9]", "[-+0-9T/]{10}", "[-0-9 ]{0,12}", "[0-9]{4}-[01][0-9]-é"]
    ) {
        prop_assert_eq!(Day::parse(&text).ok().map(Day::number), plain_day(&text), "{}", text);
    }

    #[test]
    fn a_day_is_written_as_it_is_read(number in -719_528..=2_932_896i32) {
        let day = Day::from_number(number);
        prop_assert_eq!(Day::parse(&day.to_string()), Ok(day));
    }
}

// ----- moments -----

/// Texts near an instant: the usual form with parts out of range, other forms of RFC 3339, and forms of none.
fn instants() -> impl Strategy<Value = String> {
    let usual = "([0-9]{4}|9999|0000|0001)-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9]:[0-6][0-9](Z|[+-][0-2][0-9]:[0-6][0-9])";
    prop_oneof![
        3 => usual,
        1 => "20[0-9]{2}-(0[1-9]|1[0-2])-[0-2][0-9][Tt ][01][0-9]:[0-5][0-9]:[0-5][0-9]([.,][0-9]{0,10})?([Zz]|[+-]0[0-9]:?([0-5][0-9])?|)",
        1 => "2016-02-29T[-0-9:.+Z]{6,16}",
        1 => "[-0-9:.+TZ/é]{0,26}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn an_instant_means_what_jiff_means(text in instants()) {
        let jiff = text.parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_microsecond);
        prop_assert_eq!(Moment::parse(&text).ok().map(Moment::micros), jiff, "{}", text);
    }

    #[test]
    fn every_instant_of_the_usual_form_is_read(
        day in -719_163..=2_932_530i32, second in 0..86_400i64, zone in -1_439..=1_439i32
    ) {
        let (hour, minute) = (second / 3600, second / 60 % 60);
        let (sign, size) = (if zone < 0 { '-' } else { '+' }, zone.abs());
        let text = format!(
            "{}T{hour:02}:{minute:02}:{:02}{sign}{:02}:{:02}",
            Day::from_number(day), second % 60, size / 60, size % 60
        );
        let micros = (i64::from(day) * 86_400 + second - i64::from(zone) * 60) * 1_000_000;
        prop_assert_eq!(Moment::parse(&text), Ok(Moment::from_micros(micros)), "{}", text);
    }

    #[test]
    fn a_moment_is_written_as_it_is_read(
        second in -62_135_596_800..=253_402_207_199i64, micros in prop_oneof![Just(0), 0..1_000_000i64]
    ) {
        let moment = Moment::from_micros(second * 1_000_000 + micros);
        prop_assert_eq!(Moment::parse(&moment.to_string()), Ok(moment));
    }

    #[test]
    fn a_moment_and_its_day_are_written_as_jiff_writes_them(
        second in -377_000_000_000..=253_402_207_199i64, micros in prop_oneof![Just(0), Just(120_000), 0..1_000_000i64]
    ) {
        let micros = second * 1_000_000 + micros;
        let stamp = jiff::Timestamp::from_microsecond(micros).unwrap();
        let moment = Moment::from_micros(micros);
        prop_assert_eq!(moment.to_string(), stamp.to_string());
        let date = Offset::UTC.to_datetime(stamp).date();
        prop_assert_eq!(moment.day(Zone::UTC).to_string(), date.to_string());
    }

    #[test]
    fn the_day_of_a_moment_is_that_of_its_zone(
        micros in -62_135_000_000_000_000..=253_402_000_000_000_000i64, minutes in -899..=899i32
    ) {
        let sign = if minutes < 0 { '-' } else { '+' };
        let text = format!("{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60);
        let zone = Zone::parse(&text).unwrap();
        let offset = Offset::from_seconds(minutes * 60).unwrap();
        let there: DateTime = offset.to_datetime(jiff::Timestamp::from_microsecond(micros).unwrap());
        let day = Moment::from_micros(micros).day(zone);
        prop_assert_eq!(day, Day::from_date(there.date()));
        let midnight = offset.to_timestamp(there.date().at(0, 0, 0, 0)).unwrap();
        prop_assert_eq!(Moment::midnight(day, zone).micros(), midnight.as_microsecond());
    }
}

#[test]
fn every_day_of_the_usual_years_is_written_as_jiff_writes_it() {
    for number in (-719_163..=-719_100)
        .chain(-20_000..40_000)
        .chain(2_932_400..=2_932_533)
    {
        let date = civil::date(1970, 1, 1).checked_add(jiff::Span::new().days(number));
        assert_eq!(
            Day::from_number(number).to_string(),
            date.unwrap().to_string()
        );
    }
}

#[test]
fn a_zone_is_a_sign_hours_up_to_14_and_minutes() {
    for (hours, minutes) in (0..100).flat_map(|hours| (0..100).map(move |minutes| (hours, minutes)))
    {
        for (sign, factor) in [("+", 1), ("-", -1), ("", 1), ("−", 1)] {
            let text = format!("{sign}{hours:02}:{minutes:02}");
            let good = hours <= 14 && minutes <= 59 && sign.len() == 1;
            let midnight = Zone::parse(&text)
                .ok()
                .map(|zone| Moment::midnight(Day::from_number(0), zone).micros());
            let plain = good.then_some(-factor * (hours * 3600 + minutes * 60) * 1_000_000);
            assert_eq!(midnight, plain, "{text}");
        }
    }
}

#[test]
fn the_midnight_of_a_day_that_cannot_be_written_is_the_last_moment() {
    let midnight = |day| Moment::midnight(day, Zone::UTC).micros();
    assert_eq!(
        (midnight(Day::MIN), midnight(Day::MAX)),
        (i64::MIN, i64::MAX)
    );
}
