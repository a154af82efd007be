//! Tables about parties: who they are, and what authorities have said of them from which day until which.

use super::table;
use crate::declaration::Day;
use crate::declaration::HsScope;
use crate::registry::cell::{Countries, Id, Score, Whole};
use crate::registry::word::{ExemptionKind, PartyKind, RegistrationState};

table! {
    /// An enterprise, domestic or foreign.
    EnterpriseRow = "enterprises" {
        /// Its id.
        key enterprise_id: Id,
        /// Its name.
        optional name: Box<str>,
        /// What it is.
        optional kind: Option<PartyKind>,
        /// Its size.
        optional size: Option<Id>,
        /// Its office.
        optional office: Option<Id>,
        /// Its division; nothing is ever inferred from it.
        optional division: Box<str>,
        /// Whether it keeps a quality file.
        optional quality_file: bool,
        /// Whose own shop it is.
        optional own_shop_of: Option<Id>,
        /// The document.
        optional document: Box<str>,
    };
    /// The class of an enterprise for a time.
    ClassRow = "classes" {
        /// Whose.
        key enterprise_id: Id,
        /// 1 to 4.
        key class: Whole<1, 4>,
        /// The period assessed.
        optional period: Box<str>,
        /// Who assessed it.
        optional authority: Box<str>,
        /// The document.
        optional document: Box<str>,
        /// When it was assessed.
        optional assessed_on: Option<Day>,
        /// The classification of the policy that gave it; empty where an officer did.
        optional rule: Box<str>,
    } + validity;
    /// An entry of a list of enterprises.
    ListEntryRow = "list_entries" {
        /// Whose.
        key enterprise_id: Id,
        /// Which list.
        key list: Id,
        /// Why.
        optional reason: Box<str>,
        /// Who entered it.
        optional authority: Box<str>,
        /// The document.
        optional document: Box<str>,
        /// The classification of the policy that gave it; empty where an officer did.
        optional rule: Box<str>,
    } + validity;
    /// A title of an enterprise.
    TitleRow = "titles" {
        /// Whose.
        key enterprise_id: Id,
        /// Which title.
        key kind: Id,
        /// Its number.
        optional number: Box<str>,
        /// Who granted it.
        optional authority: Box<str>,
        /// The document.
        optional document: Box<str>,
        /// The classification of the policy that gave it; empty where an officer did.
        optional rule: Box<str>,
    } + validity;
    /// A certificate of an enterprise.
    CertificateRow = "certificates" {
        /// Whose.
        key enterprise_id: Id,
        /// Which certificate.
        key kind: Id,
        /// Its number.
        optional number: Box<str>,
        /// Who issued it.
        optional authority: Box<str>,
        /// The document.
        optional document: Box<str>,
    } + validity;
    /// An integrity assessment of an enterprise.
    CreditRow = "credit_assessments" {
        /// Whose.
        key enterprise_id: Id,
        /// The period assessed.
        optional period: Box<str>,
        /// Recommendation.
        optional recommendation: Option<Score>,
        /// Lawful operation.
        optional lawful_operation: Option<Score>,
        /// Management.
        optional management: Option<Score>,
        /// Social evaluation.
        optional social_evaluation: Option<Score>,
        /// The grade.
        optional grade: Option<Id>,
        /// Who assessed it.
        optional authority: Box<str>,
    } + validity;
    /// A recommendation of an enterprise; of several authorities each has its own.
    RecommendationRow = "recommendations" {
        /// Whose.
        key enterprise_id: Id,
        /// Who recommends it.
        optional authority: Box<str>,
        /// The document.
        optional document: Box<str>,
    } + validity;
    /// A registration of a producer or trader for goods.
    RegistrationRow = "registrations" {
        /// Whose.
        key enterprise_id: Id,
        /// For which goods.
        key hs_scope: HsScope,
        /// How far it goes.
        key state: RegistrationState,
        /// The document.
        optional document: Box<str>,
    } + validity;
    /// An exemption of an enterprise for goods.
    ExemptionRow = "exemptions" {
        /// Whose.
        key enterprise_id: Id,
        /// For which goods.
        key hs_scope: HsScope,
        /// From what.
        key kind: ExemptionKind,
        /// For which countries.
        optional countries: Countries,
        /// The document.
        optional document: Box<str>,
    } + validity;
}
