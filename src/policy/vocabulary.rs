//! The closed vocabularies of a policy: verdicts, modes, offices, objects, priorities and follow-ups.
//! Each is ordered from the mildest to the strictest,
//! where one is stricter than another.

macro_rules! vocabulary {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$vdoc])* $variant),+ }

        impl $name {
            /// All words, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// All words as they are written, in order.
            pub const WORDS: &'static [&'static str] = &[$($text),+];

            /// The word as it is written.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            /// The word of a text.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}
pub(crate) use vocabulary;

vocabulary! {
    /// What is decided of an item or declaration; the strictest wins.
    Verdict {
        /// The goods may go.
        Release = "release",
        /// The goods are inspected.
        Sample = "sample",
        /// The goods wait.
        Hold = "hold",
    }
}
vocabulary! {
    /// How an inspection is done; of several the strictest.
    Mode {
        /// The documents are checked.
        Document = "document",
        /// Inspected together with the enterprise (共同检验).
        Joint = "joint",
        /// The goods are looked at.
        Physical = "physical",
        /// Specimens go to a laboratory.
        Laboratory = "laboratory",
    }
}
vocabulary! {
    /// What is inspected.
    Object {
        /// The declared goods.
        Product = "product",
        /// What they are made of.
        RawMaterial = "raw_material",
    }
}
vocabulary! {
    /// Which office carries an obligation out.
    OfficeKind {
        /// The office of the declaration.
        Declared = "declared",
        /// The enterprise's office at origin.
        Origin = "origin",
        /// The resident office of the enterprise's zone.
        Zone = "zone",
    }
}
vocabulary! {
    /// How soon a decision is worked on.
    Priority {
        /// In turn.
        Normal = "normal",
        /// Before the others.
        High = "high",
        /// At once.
        Urgent = "urgent",
    }
}
vocabulary! {
    /// What happens after a release.
    FollowUp {
        /// The accepted evidence is verified (验证监管).
        Verification = "verification",
        /// Supervision at the place of use (属地监管).
        LocalSupervision = "local_supervision",
        /// The enterprise is audited.
        Audit = "audit",
    }
}
vocabulary! {
    /// An event upon which declarations can be decided again, since it says which are affected. A notification or recall
    /// that names product lots: those that cite one of them, a lot of raw material that one of them was made of, or
    /// another product lot made of that. Any other adverse event: those of the accountable party that it names, with
    /// goods of its heading. Any other event: those of the accountable party that it names. An event that names nobody
    /// affects none.
    Trigger {
        /// The authority of another country notified goods.
        ForeignNotification = "foreign_notification",
        /// Goods were recalled abroad.
        Recall = "recall",
        /// Goods came back.
        ExportReturn = "export_return",
        /// A spot check at home found something.
        SpotCheckFailed = "spot_check_failed",
        /// Somebody complained.
        Complaint = "complaint",
        /// An enterprise has another class.
        ClassAssessed = "class_assessed",
        /// An enterprise is on a list.
        ListEntered = "list_entered",
        /// An alert came.
        AlertRaised = "alert_raised",
        /// Goods were found to be counterfeit.
        CounterfeitFound = "counterfeit_found",
        /// A violation was found.
        ViolationFound = "violation_found",
    }
}
