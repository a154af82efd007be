//! What the catalogue and its companions say of a part of the HS key space on a day, for one direction;
//! interned, since most codes of a chapter share it.

use crate::declaration::Direction;
use crate::registry::symbol::Sym;
use crate::registry::word::RegistrationReason;

/// The number of an interned [`Commodity`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct CommodityNo(pub u32);

impl CommodityNo {
    /// Goods of which nothing is said.
    pub const NEUTRAL: Self = Self(0);
}

/// What is said of goods.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Commodity {
    /// Whether a row of the catalogue in force has at least one category.
    pub statutory: bool,
    /// The categories of all prefixes in force, ascending, each once.
    pub categories: Box<[Sym]>,
    /// The groups that hold the goods, ascending.
    pub groups: Box<[Sym]>,
    /// The level of the longest prefix in force that names one; 0 for none.
    pub risk_level: u8,
    /// Why registration is required: the strictest of the catalogue's reasons and, for exports, of accidents.
    pub registration: Option<RegistrationReason>,
    /// Facilitations that the law bars, ascending, each once.
    pub legal_exceptions: Box<[Sym]>,
}

/// Of a pair made for both directions, the one of a direction.
#[must_use]
pub(crate) fn of<T: Copy>(pair: [T; 2], direction: Direction) -> T {
    let [export, import] = pair;
    match direction {
        Direction::Export => export,
        Direction::Import => import,
    }
}
