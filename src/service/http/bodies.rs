//! What is sent and answered, for the description of the API alone.

macro_rules! schemas {
    ($($(#[$doc:meta])* $name:ident { $($(#[$field:meta])* $member:ident : $type:ty),+ $(,)? })+) => {
        $(
            $(#[$doc])*
            #[derive(utoipa::ToSchema)]
            #[expect(dead_code, reason = "it describes what others write and read")]
            pub(super) struct $name {
                $($(#[$field])* $member: $type,)+
            }
        )+
    };
}

pub(super) use schemas;

schemas! {
    /// A declaration; members that are not there are refused. Amounts are numbers or decimal texts of at most four decimals.
    Declaration {
        /// The single window's id.
        declaration_id: String,
        /// 1 for the first submission; an amendment has a higher one.
        version: u32,
        /// `export` or `import`.
        direction: String,
        /// When it was declared (RFC 3339).
        declared_at: String,
        /// The declaring office.
        office: Option<String>,
        /// Trade mode.
        trade_mode: Option<String>,
        /// Destination of an export, country of dispatch of an import (ISO 3166-1).
        country: String,
        /// Exporter or importer.
        trader_id: String,
        /// Producer.
        producer_id: Option<String>,
        /// Filing agent.
        declarant_id: Option<String>,
        /// The overseas party.
        counterparty_id: Option<String>,
        /// The project.
        project_id: Option<String>,
        /// Mode of transport.
        transport_mode: Option<String>,
        /// Currency of the values; the base currency where none is named.
        currency: Option<String>,
        /// Attributes that the policy declares.
        attributes: Option<serde_json::Value>,
        /// 1 to 999 items.
        items: Vec<DeclarationItem>,
    }
    /// An item of a declaration.
    DeclarationItem {
        /// 1 to 999, unique in the declaration.
        item_no: u16,
        /// 6, 8, 10 or 13 digits.
        hs_code: String,
        /// The trader's code of the product.
        product_code: Option<String>,
        /// Quantity in `unit`.
        quantity: Option<String>,
        /// Unit of quantity.
        unit: Option<String>,
        /// Net mass in kilograms.
        net_mass_kg: Option<String>,
        /// Value in the declaration's currency.
        value: String,
        /// What the goods are for.
        end_use: Option<String>,
        /// Country of origin.
        origin: Option<String>,
        /// Documents attached.
        documents: Option<Vec<Document>>,
        /// Raw-material lots cited.
        material_lots: Option<Vec<MaterialLot>>,
        /// Product lots cited.
        product_lots: Option<Vec<String>>,
        /// Attributes that the policy declares.
        attributes: Option<serde_json::Value>,
    }
    /// A document attached to an item.
    Document {
        /// What it is.
        kind: String,
        /// Its number.
        number: Option<String>,
        /// Who issued it.
        issuer_id: Option<String>,
        /// First day of its validity.
        issued_on: Option<String>,
        /// First day on which it is no longer valid.
        expires_on: Option<String>,
    }
    /// A raw-material lot that an item cites.
    MaterialLot {
        /// The lot.
        lot_id: String,
        /// Quantity used.
        quantity: Option<String>,
    }
    /// A decision, as an officer sees it.
    Decision {
        /// A UUID made of declaration, version and revision.
        decision_id: String,
        /// The declaration.
        declaration_id: String,
        /// Its version.
        version: u32,
        /// The revision of the version.
        revision: u32,
        /// `release`, `sample` or `hold`.
        verdict: String,
        /// `released`, `selected`, `held`, `rejected`, `cancelled` or `expired`.
        status: String,
        /// When (RFC 3339, UTC).
        decided_at: String,
        /// Until when it is due.
        due_at: Option<String>,
        /// `normal`, `high` or `urgent`.
        priority: String,
        /// The items.
        items: Vec<DecisionItem>,
        /// The policy with its version.
        policy: String,
        /// The revision of the registry.
        registry_revision: u64,
        /// The place in the order of all change.
        sequence: u64,
    }
    /// An item of a decision.
    DecisionItem {
        /// The item.
        item_no: u16,
        /// Its verdict.
        verdict: String,
        /// What the declarant is told: `code`, `text` by language, `basis`, `remedy`.
        messages: Vec<serde_json::Value>,
        /// What goes with the verdict.
        obligations: serde_json::Value,
        /// For officers: every rule that matched.
        reasons: Option<Vec<serde_json::Value>>,
        /// For officers: what selected it.
        selected_by: Option<String>,
        /// For officers: points by score.
        risk: Option<serde_json::Value>,
        /// For officers: the rate, exact.
        rate: Option<String>,
        /// For officers: the draw against it.
        draw: Option<String>,
        /// For officers: the sampling plan: `level`, `aql`, `severity`, `acceptance_number`, `rejection_number`.
        sampling_plan: Option<serde_json::Value>,
        /// For officers: notes of the rules.
        officer_note: Option<String>,
    }
    /// What became of a declaration.
    Life {
        /// The declaration.
        declaration_id: String,
        /// Its status.
        status: String,
        /// The verdict of the latest revision.
        verdict: String,
        /// The latest version.
        version: u32,
        /// The latest revision of it.
        revision: u32,
        /// All versions.
        versions: Vec<u32>,
        /// All revisions, the latest last.
        revisions: Vec<LifeRevision>,
    }
    /// A revision in a declaration's life.
    LifeRevision {
        /// The version.
        version: u32,
        /// The revision of it.
        revision: u32,
        /// `initial`, `amendment`, `redecision`, `result`, `documents`, `release`, `rejection`, `override`, `cancellation` or `expiry`.
        kind: String,
        /// The status that it brought.
        status: String,
        /// The verdict.
        verdict: String,
        /// When (RFC 3339, UTC).
        at: String,
        /// Its place.
        sequence: u64,
        /// The event that caused it.
        cause_event_id: Option<String>,
        /// Who made it.
        by: Option<String>,
        /// Why.
        why: Option<String>,
    }
    /// Why a declaration is withdrawn.
    Cancellation {
        /// In words.
        reason_text: Option<String>,
    }
    /// What an officer decides otherwise.
    Override {
        /// `release`, `sample` or `hold`.
        verdict: String,
        /// Why, as a code.
        reason_code: String,
        /// Why, in words.
        reason_text: String,
        /// The document of the act.
        document: String,
        /// The officer.
        officer_id: String,
        /// A second officer, without whom nothing becomes milder.
        confirmed_by: Option<String>,
    }
    /// An event; further members depend on its type.
    EventBody {
        /// Given by whoever sends it; the same id is the same event.
        event_id: String,
        /// What happened.
        r#type: String,
        /// When it happened or takes effect (RFC 3339).
        at: String,
        /// Who acted.
        authority: Option<String>,
        /// The document of the act.
        document: Option<String>,
    }
    /// An event that was recorded.
    EventRecorded {
        /// Its id.
        event_id: String,
        /// Its place.
        sequence: u64,
        /// The revision of the registry after it.
        registry_revision: u64,
        /// When it was recorded.
        recorded_at: String,
        /// Whether it had been recorded before.
        repeated: bool,
        /// What the policy proposes of the enterprise now, for an officer to confirm: `enterprise_id`, `rule`, one of
        /// `class`, `list` and `title`, `measures`, `basis`, `reason`; absent where there is nothing.
        proposals: Option<Vec<serde_json::Value>>,
    }
    /// What an import did.
    Imported {
        /// How many owners' rows changed.
        changes: u64,
        /// The record, if any did.
        sequence: Option<u64>,
        /// The revision of the registry.
        registry_revision: u64,
    }
    /// A product lot, traced.
    ProductLot {
        /// The lot.
        product_lot: String,
        /// Whose diary has it.
        enterprise_id: Option<String>,
        /// What it is.
        hs_code: Option<String>,
        /// The day on which it was made.
        produced_on: Option<String>,
        /// The shift.
        shift: Option<String>,
        /// The lots of raw material that it was made of.
        material_lots: Vec<TracedMaterial>,
        /// Other product lots that were made of one of these.
        other_product_lots: Vec<String>,
        /// Whether an open event leads to it.
        affected: bool,
        /// Notifications and recalls that are open and name it or one of the other product lots.
        open_events: Vec<TracingEvent>,
        /// Declarations in memory that cite one of these lots, the latest first: those that are open, or were touched in the last 90 days. The archive tells of older ones.
        declarations: Vec<TracedDeclaration>,
        /// How many declarations are not named, there being more than 1,000.
        declarations_left_out: u64,
    }
    /// A lot of raw material.
    TracedMaterial {
        /// The lot.
        lot_id: String,
        /// Whose.
        enterprise_id: Option<String>,
        /// What it is.
        material: Option<String>,
        /// How much there was.
        quantity: Option<String>,
        /// In which unit.
        unit: Option<String>,
        /// When it was bought.
        purchased_on: Option<String>,
        /// When it was tested.
        tested_on: Option<String>,
        /// For what.
        tests: Vec<String>,
        /// What was found: `passed` or `failed`.
        result: Option<String>,
        /// Its supplier, as filed last: `supplier_id`, `kind`, `last_monitored`, `result`.
        supplier: Option<serde_json::Value>,
    }
    /// An event that leads to a product lot.
    TracingEvent {
        /// Its id.
        event_id: String,
        /// The product lots that it names.
        product_lots: Vec<String>,
        /// From which day on.
        from: Option<String>,
        /// The first day on which it is no longer open.
        to: Option<String>,
    }
    /// A declaration that cites a traced lot.
    TracedDeclaration {
        /// The declaration.
        declaration_id: String,
        /// Its latest version.
        version: u32,
        /// The latest revision of it.
        revision: u32,
        /// Its status.
        status: String,
        /// The traced lots that it cites.
        lots: Vec<String>,
    }
    /// Where in its life the service is.
    Readiness {
        /// `recovering`, `ready`, `draining` or `stopped`.
        phase: String,
        /// Records that recovery has folded.
        recovered: u64,
        /// Records that there are to fold.
        to_recover: u64,
        /// The last record that is archived.
        archived: Option<u64>,
        /// Why the archive does not go on, if it does not.
        archive_stopped: Option<String>,
    }
    /// An enterprise on a day; rows have the cells of the registry's files that say something, and `in_force`.
    Enterprise {
        /// The enterprise.
        enterprise_id: String,
        /// The day.
        on: String,
        /// The revision of the registry.
        registry_revision: u64,
        /// What rules may know of it on the day: `class`, `standing`, `lists`, `titles`, `zones`, `open_cases`, ...; none where the registry does not know it.
        standing: Option<serde_json::Value>,
        /// What the policy proposes of it on the day, for an officer to confirm.
        proposals: Vec<serde_json::Value>,
        /// Its rows by table.
        rows: serde_json::Value,
        /// By table how many earlier rows there are; of a table at most 1,000 are told.
        rows_left_out: serde_json::Value,
    }
    /// The quality files of an enterprise.
    QualityFile {
        /// The enterprise.
        enterprise_id: String,
        /// The day with which windows end.
        on: String,
        /// The revision of the registry.
        registry_revision: u64,
        /// By heading: `history` as rules read it, `inspection_severity`, and the pass rate of each test.
        headings: Vec<serde_json::Value>,
        /// The key of the last heading, where more follow.
        headings_next: Option<String>,
        /// By heading, month and country: value, quantity, and how often each thing happened.
        months: Vec<serde_json::Value>,
        /// The key of the last month, where more follow.
        months_next: Option<String>,
        /// By heading, month and test: how often it was passed and failed.
        tests: Vec<serde_json::Value>,
        /// The key of the last test, where more follow.
        tests_next: Option<String>,
        /// The enterprise's diary: product lots with day, shift, and the lots of raw material with their suppliers.
        diary: Vec<serde_json::Value>,
        /// The key of the last product lot, where more follow.
        diary_next: Option<String>,
    }
    /// A zone on a day.
    Zone {
        /// The zone.
        zone_id: String,
        /// The day.
        on: String,
        /// The revision of the registry.
        registry_revision: u64,
        /// The row in force on the day: `level`, `hs_scope`, `import_hs_scope`, `resident_office`, ...
        now: Option<serde_json::Value>,
        /// All rows.
        rows: Vec<serde_json::Value>,
        /// Its assessments.
        assessments: Vec<serde_json::Value>,
        /// How many memberships are in each state on the day.
        members_by_state: serde_json::Value,
        /// Memberships on the day: `enterprise_id`, `state`, `batch`, `from`, `to`.
        members: Vec<serde_json::Value>,
        /// The last enterprise, where more follow.
        members_next: Option<String>,
    }
    /// A lot of raw material on a day, with the cells of its row.
    Lot {
        /// The lot.
        lot_id: String,
        /// The day.
        on: String,
        /// The revision of the registry.
        registry_revision: u64,
        /// Its supplier as it was filed on the day of purchase.
        supplier: Option<serde_json::Value>,
        /// Whether the supplier was filed then, and had not failed.
        supplier_filed: bool,
        /// What its test found, where that was known on the day: `passed` or `failed`.
        result_known: Option<String>,
        /// How much was written off, now.
        taken: Option<String>,
        /// How much is left, now.
        left: Option<String>,
        /// Product lots that were made of it.
        product_lots: Vec<String>,
        /// The last product lot, where more follow.
        product_lots_next: Option<String>,
    }
}
