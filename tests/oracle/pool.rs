//! Where generated cases come from: a small deterministic generator of numbers, and the pools of words that
//! conditions, registries and declarations share, so that a constant hits what it is compared with.

/// Steele, Lea and Flood's `SplitMix64`: one word of state, the same numbers everywhere.
#[derive(Debug, Clone)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn word(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below a bound above 0.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        (self.word() % bound as u64) as usize
    }

    /// A number of a range, both ends included.
    pub(crate) fn within(&mut self, low: usize, high: usize) -> usize {
        low + self.below(high - low + 1)
    }

    pub(crate) fn percent(&mut self, chance: usize) -> bool {
        self.below(100) < chance
    }

    pub(crate) fn pick<'a>(&mut self, pool: &[&'a str]) -> &'a str {
        pool[self.below(pool.len())]
    }

    pub(crate) fn one_of<'a, T>(&mut self, pool: &'a [T]) -> &'a T {
        &pool[self.below(pool.len())]
    }

    /// A text of a pool, or none where the chance says so.
    pub(crate) fn maybe<'a>(&mut self, chance: usize, pool: &[&'a str]) -> Option<&'a str> {
        let picked = self.pick(pool);
        self.percent(chance).then_some(picked)
    }

    /// Each of a pool by itself with a chance.
    pub(crate) fn some_of<'a>(&mut self, chance: usize, pool: &[&'a str]) -> Vec<&'a str> {
        pool.iter()
            .copied()
            .filter(|_| self.percent(chance))
            .collect()
    }
}

pub(crate) const ENTERPRISES: &[&str] = &[
    "E01", "E02", "E03", "E04", "E05", "E06", "E07", "E08", "E09", "E10",
];
pub(crate) const SHOPS: &[&str] = &["shop-1", "shop-2"];
/// Ids that no registry has.
pub(crate) const STRANGERS: &[&str] = &["X1", "E0", "E010"];
pub(crate) const OFFICES: &[&str] = &["5720", "5721", "5300", "0100", "9999"];
pub(crate) const BUREAUS: &[&str] = &["4400", "5100", "4401"];
pub(crate) const TRADE_MODES: &[&str] = &["0110", "1039", "9610"];
pub(crate) const TRANSPORT: &[&str] = &["2", "4", "5"];
pub(crate) const COUNTRIES: &[&str] = &["DE", "FR", "US", "CN", "ZZ"];
pub(crate) const COUNTRY_GROUPS: &[&str] = &["EU27", "AFRICA54", "STRICT", "WATCHED"];
pub(crate) const HS_CODES: &[&str] = &[
    "9405110000",
    "940511",
    "94051100",
    "9405110000123",
    "9405210000",
    "8539500000",
    "4303101000",
    "430310",
    "8516290000",
    "6115950000",
];
pub(crate) const HS_PREFIXES: &[&str] = &[
    "94",
    "9405",
    "940511",
    "94051100",
    "9405110000",
    "85",
    "8539",
    "43",
    "430310",
    "61",
];
pub(crate) const HS_SCOPES: &[&str] = &[
    "",
    "94",
    "9405;8539",
    "4302-4303",
    "940511",
    "9405110000",
    "43;61;8516",
    "85-94",
];
pub(crate) const UNITS: &[&str] = &["PCE", "KGM", "MTR"];
pub(crate) const END_USES: &[&str] = &["sale", "sample", "exhibition"];
pub(crate) const PRODUCT_CODES: &[&str] = &["FLOOR-2PLY", "FLOOR-3PLY", "P1"];
pub(crate) const MATERIAL_LOTS: &[&str] = &["M1", "M2", "M3", "M4"];
pub(crate) const MATERIALS: &[&str] = &["fur", "dye"];
/// Of lots of raw material.
pub(crate) const QUANTITIES: &[&str] = &["0.5", "1", "10", "100", "1000", "60000", "60000"];
/// The last is in no diary.
pub(crate) const PRODUCT_LOTS: &[&str] = &["L1", "L2", "L3", "L4", "L5", "L6"];
pub(crate) const PROJECTS: &[&str] = &["PRJ-1", "PRJ-2", "PRJ-3"];
pub(crate) const DOCUMENTS: &[&str] = &[
    "self_declaration",
    "third_party_report",
    "origin_certificate",
    "remedy_declaration",
    "health_certificate",
    "licence",
    "test_report",
    "invoice",
];
pub(crate) const BODIES: &[&str] = &["LAB-1", "LAB-2", "LAB-9"];
pub(crate) const TESTS: &[&str] = &[
    "lead",
    "azo_dyes",
    "formaldehyde",
    "chromium_vi",
    "flammability",
    "voltage",
    "cadmium",
];
pub(crate) const LISTS: &[&str] = &["red", "black", "key", "same_standard"];
pub(crate) const TITLES: &[&str] = &["demonstration", "brand", "inspection_exempt"];
pub(crate) const CERTIFICATES: &[&str] = &["iso9001", "haccp", "gap"];
pub(crate) const GRADES: &[&str] = &["A", "B", "C"];
pub(crate) const SIZES: &[&str] = &["large", "small"];
pub(crate) const ZONES: &[&str] = &["Z1", "Z2", "Z3", "Z4"];
pub(crate) const COMMODITY_GROUPS: &[&str] = &["lamps", "furs", "socks"];
pub(crate) const CATEGORIES: &[&str] = &["M", "N", "L", "P"];
pub(crate) const FACILITATIONS: &[&str] = &["joint_inspection", "presumption", "raw_material"];
pub(crate) const ALERT_KINDS: &[&str] = &["notification", "counterfeit", "tbt"];
pub(crate) const RESULTS: &[&str] = &["acceptable", "refused"];
pub(crate) const AREAS: &[&str] = &["north", "south", "harbour east gate"];
/// Amounts of values, quantities and bands, and what they are compared with.
pub(crate) const AMOUNTS: &[&str] = &[
    "0", "1", "2", "10", "12.5", "99.5", "100", "100.0001", "1000", "50000",
];
/// Days on which something begins, ends or is declared.
pub(crate) const DAYS: &[&str] = &[
    "2012-01-01",
    "2013-08-14",
    "2013-08-15",
    "2013-08-16",
    "2013-09-01",
    "2014-06-01",
];
/// Days of declarations and, with some added, decisions.
pub(crate) const DECLARED: &[&str] = &[
    "2013-08-13",
    "2013-08-14",
    "2013-08-15",
    "2013-08-16",
    "2013-08-31",
    "2013-09-01",
    "2014-05-31",
];
