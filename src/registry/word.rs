//! The closed vocabularies of registry cells: each an enum with the words that the files use.
//! Where an order means strictness, the stricter is the greater.

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($(#[$item:meta])* $variant:ident = $word:literal),+ $(,)? })+) => { $(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$item])* $variant),+ }

        impl $name {
            /// All values, in ascending order.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// Their words, in the same order.
            pub const WORDS: &[&str] = &[$($word),+];

            /// The word that files and facts use.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// The value of a word.
            #[must_use]
            pub fn parse(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.as_str() == word)
            }
        }
    )+ };
}

words! {
    /// How severe the inspection of lots is (ISO 2859-1, 9.3).
    #[derive(Default)]
    Severity {
        /// As long as nothing speaks against the quality.
        #[default]
        Normal = "normal",
        /// Lots are accepted less easily.
        Tightened = "tightened",
    }
    /// What an enterprise is.
    PartyKind {
        /// Makes goods.
        Manufacturer = "manufacturer",
        /// Trades goods.
        Trader = "trader",
        /// Processes the material of others.
        Processing = "processing",
        /// Files declarations for others.
        Agent = "agent",
        /// Overseas; its id is free text.
        Foreign = "foreign",
    }
    #[derive(Default)]
    /// The colour standing: the strictest of the entries of the red and the black list in force.
    Colour {
        /// On neither list.
        #[default]
        None = "none",
        /// On the red list.
        Red = "red",
        /// On the black list, whatever other lists say.
        Black = "black",
    }
    /// The level of a demonstration zone.
    ZoneLevel {
        /// Provincial.
        Provincial = "provincial",
        /// National.
        National = "national",
    }
    /// How far a membership has come; only an announced member is a member.
    MemberState {
        /// Applied for.
        Applied = "applied",
        /// Papers reviewed.
        Reviewed = "reviewed",
        /// Visited.
        Visited = "visited",
        /// Approved, not yet announced.
        Approved = "approved",
        /// Announced: a member.
        Announced = "announced",
        /// No longer a member.
        Exited = "exited",
    }
    /// How far a registration goes.
    RegistrationState {
        /// For a transition; counts until its day.
        Provisional = "provisional",
        /// Full.
        Full = "full",
    }
    /// What an exemption exempts from.
    ExemptionKind {
        /// From inspection.
        Inspection = "inspection",
        /// From trade remedies.
        TradeRemedy = "trade_remedy",
        /// From the duty to be registered.
        Registration = "registration",
    }
    /// Why the catalogue asks for registration.
    CatalogueRegistration {
        /// By a scheme, whose duty membership lifts.
        Scheme = "scheme",
        /// By law.
        Law = "law",
    }
    /// Why registration is required; the stricter reason is the greater.
    RegistrationReason {
        /// By a scheme, whose duty membership lifts.
        Scheme = "scheme",
        /// After an accident, for its time.
        Accident = "accident",
        /// By law.
        Law = "law",
    }
    /// How an inspection is done; the stricter is the greater.
    InspectionMode {
        /// Of documents.
        Document = "document",
        /// Jointly with the enterprise.
        Joint = "joint",
        /// Of the goods.
        Physical = "physical",
        /// In the laboratory.
        Laboratory = "laboratory",
    }
    /// What an office is.
    OfficeKind {
        /// At a port.
        Port = "port",
        /// At the place of production.
        Origin = "origin",
        /// Inside a zone.
        Zone = "zone",
    }
    /// What a test or monitoring found.
    TestResult {
        /// Within the limits.
        Passed = "passed",
        /// Not within the limits.
        Failed = "failed",
    }
    /// What an accountability case was found to come from; the graver is the greater.
    CaseCause {
        /// A foreign rule or the design: no penalty.
        ForeignRule = "foreign_rule",
        /// Lack of capability.
        Capability = "capability",
        /// Malice.
        Malice = "malice",
    }
}
