//! Adverse events: what went wrong with goods after they were released. Where one names an enterprise, all but a
//! complaint open an accountability case; a notification or recall that names product lots is traced.

use super::reader::Reader;
use super::tables::Said;
use crate::declaration::{Country, Day, FaultCode, Faults, HsCode};
use crate::limits::MAX_LOTS;

/// An adverse event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adverse {
    /// Which of them.
    pub kind: AdverseKind,
    /// The enterprise, where it is known.
    pub enterprise_id: Option<String>,
    /// The goods.
    pub hs_code: HsCode,
    /// Where it happened.
    pub country: Option<Country>,
    /// The product lots that it names.
    pub product_lots: Vec<String>,
    /// The declaration under which the goods went.
    pub declaration_id: Option<String>,
    /// Why, in words.
    pub reason: Option<String>,
    /// When it happened.
    pub day: Day,
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident = $word:literal),+ $(,)?) => {
        /// What an adverse event is.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum AdverseKind { $($(#[$doc])* $kind),+ }

        impl AdverseKind {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$kind),+];

            /// The type of its event.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$kind => $word),+ }
            }
        }
    };
}

kinds! {
    /// The authority of another country notified it.
    ForeignNotification = "foreign_notification",
    /// The goods were recalled abroad.
    Recall = "recall",
    /// The goods came back.
    ExportReturn = "export_return",
    /// A spot check at home found it.
    SpotCheckFailed = "spot_check_failed",
    /// Somebody complained.
    Complaint = "complaint",
}

impl AdverseKind {
    /// Whether the product lots that it names are traced as long as it is open (S0-19).
    #[must_use]
    pub const fn is_traced(self) -> bool {
        matches!(self, Self::ForeignNotification | Self::Recall)
    }

    /// Of a type of events.
    #[must_use]
    pub fn parse(kind: &str) -> Option<Self> {
        let mut all = Self::ALL.iter().copied();
        all.find(|known| known.as_str() == kind)
    }

    /// Whether it opens an accountability case (S3-31).
    #[must_use]
    pub const fn opens_case(self) -> bool {
        !matches!(self, Self::Complaint)
    }
}

impl Adverse {
    /// The product lots that it names and that are to be traced, as the registry writes them; none where it is not
    /// an event that is traced.
    pub(in crate::supervision) fn traced_lots(&self) -> impl Iterator<Item = &str> {
        let lots = self.product_lots.iter().map(String::as_str);
        lots.filter(|lot| self.kind.is_traced() && is_lot(lot))
    }

    /// Faults of lots that no table can hold. Whoever reads events that were recorded passes over such lots.
    pub(super) fn check_lots(&self) -> Faults {
        let mut faults = Faults::default();
        for (index, lot) in self.product_lots.iter().enumerate() {
            if !is_lot(lot) {
                let why = "a lot's id has no `;`, no control characters and no blank at either end";
                faults.push(format!("/product_lots/{index}"), FaultCode::Format, why);
            }
        }
        faults
    }

    /// The heading of the goods, four digits.
    #[must_use]
    pub fn heading(&self) -> String {
        let mut buffer = [0; 13];
        let digits = self.hs_code.digits(&mut buffer);
        digits.get(..4).unwrap_or(digits).to_owned()
    }
}

pub(super) fn adverse(kind: AdverseKind, said: &Said<'_>, reader: &mut Reader) -> Option<Adverse> {
    let enterprise_id = reader.optional_id("enterprise_id");
    let hs_code = reader.text("hs_code");
    let hs_code = hs_code.and_then(|text| reader.parsed("hs_code", HsCode::parse(&text)));
    let country = reader.optional("country");
    let country = country.and_then(|text| reader.parsed("country", Country::parse(&text)));
    let product_lots = reader.ids("product_lots");
    if product_lots.len() > MAX_LOTS {
        let why = format!("more than {MAX_LOTS} lots");
        reader.fault("/product_lots", FaultCode::Range, why);
    }
    let declaration_id = reader.optional_id("declaration_id");
    let reason = reader.optional("reason");
    Some(Adverse {
        kind,
        enterprise_id,
        hs_code: hs_code?,
        country,
        product_lots,
        declaration_id,
        reason,
        day: said.day,
    })
}

/// Whether a lot's id can stand in a list of lots.
fn is_lot(lot: &str) -> bool {
    let plain = |c: char| c != ';' && !c.is_control();
    lot.trim() == lot && lot.chars().all(plain)
}
