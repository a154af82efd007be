//! Where trade happens: countries in order of their trade, groups of them, trade modes, means of transport,
//! customs offices under their bureaus, and demonstration zones.

use super::nomenclature::{Direction, HeadingNo, Nomenclature};
use super::random::{Purpose, Random};

/// Trading partners, the largest first.
#[rustfmt::skip]
pub(super) const COUNTRIES: &[&str] = &[
    "US", "HK", "JP", "KR", "DE", "VN", "IN", "NL", "GB", "SG", "MY", "AU", "TH", "RU", "BR", "MX", "ID", "FR", "CA", "IT",
    "PH", "AE", "ES", "SA", "CL", "PL", "TR", "ZA", "BE", "CH", "PE", "NZ", "IL", "PK", "BD", "CZ", "SE", "NG", "EG", "AR",
    "IR", "IQ", "CO", "KZ", "MM", "UA", "DK", "HU", "IE", "NO", "KH", "FI", "PA", "AO", "DZ", "KE", "GH", "AT", "PT", "GR",
    "RO", "LK", "OM", "QA", "KW", "MA", "EC", "TZ", "LY", "TW", "CG", "TM", "UZ", "MN", "LA", "SK", "SI", "BG", "LT", "ET",
];
/// Groups of countries.
#[rustfmt::skip]
pub(super) const COUNTRY_GROUPS: &[(&str, &[&str])] = &[
    ("EU", &["AT", "BE", "BG", "CZ", "DE", "DK", "ES", "FI", "FR", "GR", "HU", "IE", "IT", "LT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"]),
    ("AFRICA", &["AO", "CG", "DZ", "EG", "ET", "GH", "KE", "LY", "MA", "NG", "TZ", "ZA"]),
    ("ASEAN", &["ID", "KH", "LA", "MM", "MY", "PH", "SG", "TH", "VN"]),
    ("GULF", &["AE", "IQ", "IR", "KW", "OM", "QA", "SA"]),
    ("WATCHED", &["IR", "LY", "MM", "NG", "IQ"]),
];
/// Trade modes with their weights.
#[rustfmt::skip]
pub(super) const TRADE_MODES: &[(&str, u64)] = &[
    ("0110", 6000), ("0615", 1500), ("0214", 500), ("1039", 400), ("1210", 350), ("5034", 300), ("3010", 150), ("0654", 120),
    ("0700", 100), ("2600", 80), ("1300", 70), ("3511", 50), ("2025", 50), ("2225", 50), ("0420", 40), ("4561", 40), ("9900", 20),
];
/// Means of transport with their weights.
pub(super) const TRANSPORT_MODES: &[(&str, u64)] = &[
    ("2", 6500),
    ("4", 1800),
    ("5", 1400),
    ("3", 200),
    ("6", 100),
];

/// Bureaus, each with the same number of offices.
pub(super) const BUREAUS: u64 = 20;
const OFFICES_PER_BUREAU_MIN: u64 = 2;
const OFFICES_PER_BUREAU_MAX: u64 = 30;
const ENTERPRISES_PER_OFFICE: u64 = 1_600;
const ZONES_MIN: u64 = 50;
const ZONES_MAX: u64 = 500;
const ENTERPRISES_PER_ZONE: u64 = 2_000;

/// A demonstration zone.
#[derive(Debug, Clone)]
pub(super) struct Zone {
    /// What its members make, the main goods first.
    pub(super) exports: Vec<HeadingNo>,
    /// What they import for it; empty for all goods.
    pub(super) imports: Vec<HeadingNo>,
    /// Whether it is a national one.
    pub(super) national: bool,
    /// The bureau that it lies in.
    pub(super) bureau: u64,
}

/// Offices and zones.
#[derive(Debug)]
pub(super) struct Places {
    offices_per_bureau: u64,
    pub(super) zones: Vec<Zone>,
}

impl Places {
    /// As many as so many enterprises have.
    pub(super) fn new(seed: u64, enterprises: u64, nomenclature: &Nomenclature) -> Self {
        let zones = (enterprises / ENTERPRISES_PER_ZONE).clamp(ZONES_MIN, ZONES_MAX);
        Self {
            offices_per_bureau: (enterprises / ENTERPRISES_PER_OFFICE / BUREAUS)
                .clamp(OFFICES_PER_BUREAU_MIN, OFFICES_PER_BUREAU_MAX),
            zones: (0..zones)
                .map(|no| Zone::new(&mut Random::new(seed, Purpose::Place, no), nomenclature))
                .collect(),
        }
    }

    /// All offices.
    pub(super) fn offices(&self) -> impl Iterator<Item = Office> {
        let each = self.offices_per_bureau;
        (0..BUREAUS).flat_map(move |bureau| (1..=each).map(move |no| Office { bureau, no }))
    }

    /// An office as much as it has to do.
    pub(super) fn busy_office(&self, random: &mut Random) -> Office {
        Office {
            bureau: random.rank(BUREAUS),
            no: 1 + random.rank(self.offices_per_bureau),
        }
    }

    /// An office of a bureau.
    pub(super) fn office_of(&self, bureau: u64, random: &mut Random) -> Office {
        Office {
            bureau,
            no: 1 + random.rank(self.offices_per_bureau),
        }
    }
}

/// A customs office.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Office {
    pub(super) bureau: u64,
    no: u64,
}

impl Office {
    /// Its four digits.
    pub(super) fn id(self) -> String {
        format!("{:02}{:02}", 10 + self.bureau * 4, self.no)
    }

    /// What it is.
    pub(super) const fn kind(self) -> &'static str {
        match self.no % 5 {
            0 => "zone",
            1 | 2 => "port",
            _ => "origin",
        }
    }
}

/// The four digits of a bureau.
pub(super) fn bureau_id(bureau: u64) -> String {
    format!("{:02}00", 10 + bureau * 4)
}

impl Zone {
    fn new(random: &mut Random, nomenclature: &Nomenclature) -> Self {
        let mut headings = |count: u64, direction| {
            let mut list = Vec::new();
            for _ in 0..count {
                let no = nomenclature.traded(random, direction);
                if !list.contains(&no) {
                    list.push(no);
                }
            }
            list
        };
        let exports = headings(4, Direction::Export);
        let imports = headings(3, Direction::Import);
        let any_import = random.chance(1_000);
        Self {
            exports,
            imports: if any_import { Vec::new() } else { imports },
            national: random.chance(3_500),
            bureau: random.rank(BUREAUS),
        }
    }
}
