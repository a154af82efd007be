//! Which declarations an event affects, so that they are decided again where the policy says so: see
//! [`Trigger`](crate::policy::Trigger).

use super::event::{Event, What};
use super::ledger::Affected;
use crate::declaration::{Declaration, HsCode};
use crate::registry::{Heading, LiveRegistry, Reach};

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Affects<'e> {
    /// Those that cite one of these product lots, or one that shares raw material with it.
    Lots(Vec<&'e str>),
    /// Those of an accountable party with goods of the heading of a code.
    Goods(&'e str, HsCode),
    /// Those of an accountable party.
    Enterprise(&'e str),
}

/// The declarations that an event affects, by what the registry says now.
#[derive(Debug)]
pub struct Concerned<'e> {
    affects: &'e Affects<'e>,
    reach: Reach,
}

impl<'e> Affects<'e> {
    /// Of an event; none where it names neither lots nor an enterprise.
    #[must_use]
    pub fn of(event: &'e Event) -> Option<Self> {
        let enterprise = event.enterprise_id().filter(|id| !id.is_empty());
        match &event.what {
            What::Adverse(adverse) => {
                let lots: Vec<&str> = adverse.traced_lots().collect();
                match lots.is_empty() {
                    true => Some(Self::Goods(enterprise?, adverse.hs_code)),
                    false => Some(Self::Lots(lots)),
                }
            }
            What::Registry(_) => enterprise.map(Self::Enterprise),
            _ => None,
        }
    }

    /// The declarations, by what a registry says.
    #[must_use]
    pub fn concerned(&'e self, registry: &LiveRegistry) -> Concerned<'e> {
        let reach = match self {
            Self::Lots(lots) => registry.reach(lots.iter().copied()),
            Self::Goods(..) | Self::Enterprise(_) => Reach::default(),
        };
        Concerned {
            affects: self,
            reach,
        }
    }
}

impl Concerned<'_> {
    /// What the ledger finds them by, and perhaps some others.
    #[must_use]
    pub fn known_by(&self) -> Affected {
        match self.affects {
            Affects::Lots(_) => Affected::by_lots(&self.reach),
            Affects::Goods(enterprise, _) | Affects::Enterprise(enterprise) => {
                Affected::by_enterprise(enterprise)
            }
        }
    }

    /// Whether a declaration is one of them.
    #[must_use]
    pub fn holds(&self, declaration: &Declaration<'_>) -> bool {
        let mut items = declaration.items.iter();
        let own = |id: &str| declaration.enterprise().as_str() == id;
        match self.affects {
            Affects::Lots(_) => items.any(|item| {
                let mut products = item.product_lots.iter();
                let mut materials = item.material_lots.iter();
                products.any(|lot| self.reach.products.contains(&**lot))
                    || materials.any(|lot| self.reach.materials.contains(&*lot.lot_id))
            }),
            Affects::Goods(enterprise, hs) => {
                let heading = Heading::from(*hs);
                own(enterprise) && items.any(|item| Heading::from(item.hs_code) == heading)
            }
            Affects::Enterprise(enterprise) => own(enterprise),
        }
    }
}
