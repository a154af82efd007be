//! All tables of a registry as typed rows, each as its file has it; nothing is checked yet between rows.
//! The tables are read side by side, unless they are small.

use super::fault::RegistryErrors;
use super::read::TableSource;
use super::rows::{
    AccidentRow, AlertRow, BodyRow, CaseRow, CatalogueRow, CertificateRow, ClassRow, Column,
    CommodityGroupRow, ConsumptionNormRow, CountryGroupRow, CreditRow, CurrencyRow, EnterpriseRow,
    ExemptionRow, LegalExceptionRow, ListEntryRow, LotRow, MembershipRow, OfficeRow, PriceBandRow,
    ProductRow, ProgrammeRow, ProjectRow, RecommendationRow, RegistrationRow, RemedyRow,
    RequirementRow, RiskAssessmentRow, Row, RulingRow, SupplierRow, TitleRow, TraceRow,
    ZoneAssessmentRow, ZoneRow,
};
use super::source::RegistrySource;

macro_rules! tables {
    ($($(#[$doc:meta])* $table:ident : $row:ident),+ $(,)?) => {
        /// The typed rows of all tables.
        #[derive(Debug, Default)]
        pub struct Tables {
            $(#[doc = concat!("The rows of `", stringify!($table), ".csv`.")] pub $table: Vec<$row>,)+
        }

        /// The names of all tables.
        pub(super) const TABLES: &[&str] = &[$(<$row as Row>::TABLE),+];

        /// The columns of a table.
        pub(super) fn columns(table: &str) -> Option<&'static [Column]> {
            match table {
                $(<$row as Row>::TABLE => Some(<$row as Row>::COLUMNS),)+
                _ => None,
            }
        }

        /// What reading each table found wrong.
        #[derive(Debug, Default)]
        struct Wrong {
            $($table: RegistryErrors,)+
        }

        impl Tables {
            /// For each table how many rows it has.
            #[must_use]
            pub fn counts(&self) -> Vec<(&'static str, usize)> {
                vec![$((<$row as Row>::TABLE, self.$table.len())),+]
            }

            /// Reads the tables of a change, whose rows are checked when it is made.
            ///
            /// # Errors
            /// Every fault of every row.
            pub fn of(source: &RegistrySource) -> Result<Self, RegistryErrors> {
                let (tables, errors, _) = Self::read(source);
                errors.sorted().into_result().map(|()| tables)
            }

            /// Reads all tables, with all faults of their rows and the names of the tables that have some.
            pub(super) fn read<S: TableSource>(source: &S) -> (Self, RegistryErrors, Vec<&'static str>) {
                let mut tables = Self::default();
                let mut wrong = Wrong::default();
                if source.is_small() {
                    $((tables.$table, wrong.$table) = source.read();)+
                } else {
                    rayon::scope(|scope| { $(
                        let (rows, faults) = (&mut tables.$table, &mut wrong.$table);
                        scope.spawn(move |_| (*rows, *faults) = source.read());
                    )+ });
                }
                let mut errors = RegistryErrors::default();
                let mut incomplete = Vec::new();
                $(
                    if !wrong.$table.is_empty() {
                        incomplete.push(<$row as Row>::TABLE);
                        errors.append(wrong.$table);
                    }
                )+
                (tables, errors, incomplete)
            }
        }
    };
}

tables! {
    accidents: AccidentRow,
    alerts: AlertRow,
    bodies: BodyRow,
    cases: CaseRow,
    catalogue: CatalogueRow,
    certificates: CertificateRow,
    classes: ClassRow,
    commodity_groups: CommodityGroupRow,
    consumption_norms: ConsumptionNormRow,
    country_groups: CountryGroupRow,
    credit_assessments: CreditRow,
    currencies: CurrencyRow,
    enterprises: EnterpriseRow,
    exemptions: ExemptionRow,
    legal_exceptions: LegalExceptionRow,
    list_entries: ListEntryRow,
    lots: LotRow,
    memberships: MembershipRow,
    offices: OfficeRow,
    price_bands: PriceBandRow,
    products: ProductRow,
    programmes: ProgrammeRow,
    projects: ProjectRow,
    recommendations: RecommendationRow,
    registrations: RegistrationRow,
    remedies: RemedyRow,
    requirements: RequirementRow,
    risk_assessments: RiskAssessmentRow,
    rulings: RulingRow,
    suppliers: SupplierRow,
    titles: TitleRow,
    traces: TraceRow,
    zone_assessments: ZoneAssessmentRow,
    zones: ZoneRow,
}
