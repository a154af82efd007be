//! What is sent and answered of policies, for the description of the API alone.

use super::bodies::schemas;

schemas! {
    /// The policy that decides.
    ActivePolicy {
        /// `id@sha256:hash`, as decisions name it.
        policy: String,
        /// SHA-256 over its files.
        hash: String,
        /// Its title.
        title: String,
        /// On whose day the standing of persons is read: `declaration` or `decision`.
        as_of: String,
        /// How many books it has.
        books: usize,
        /// How many rules they have.
        rules: usize,
        /// How many score groups.
        scores: usize,
        /// How many classifications.
        classifications: usize,
        /// How many guards.
        guards: usize,
        /// Conjunctions of its compiled conditions.
        terms: usize,
        /// Dimensions that are read.
        dimensions: usize,
        /// Comparisons of facts with each other, which are checked one by one.
        residuals: Vec<String>,
        /// How it came to decide.
        activation: Activation,
        /// The candidate, if there is one.
        candidate: Option<Put>,
        /// The revision of the registry.
        registry_revision: u64,
    }
    /// A policy began to decide.
    Activation {
        /// The record.
        sequence: u64,
        /// When.
        at: String,
        /// The hash of the policy.
        hash: String,
        /// The hash of the one before.
        former: Option<String>,
        /// `start`, `promotion` or `rollback`.
        how: String,
        /// Who put the candidate, let the former policy decide again, or started the service.
        by: String,
        /// The second person of a promotion.
        confirmed_by: Option<String>,
        /// Why.
        reason: Option<String>,
    }
    /// A policy begins to decide; besides what an activation says:
    Activated {
        /// `id@sha256:hash`, as decisions name it.
        policy: String,
        /// The revision of the registry from which on it decides.
        registry_revision: u64,
        /// The record.
        sequence: u64,
        /// When.
        at: String,
        /// The hash of the policy.
        hash: String,
        /// The hash of the one before.
        former: Option<String>,
        /// `promotion` or `rollback`.
        how: String,
        /// Who put the candidate, or let the former policy decide again.
        by: String,
        /// The second person of a promotion.
        confirmed_by: Option<String>,
        /// Why.
        reason: Option<String>,
    }
    /// The policies that decided.
    PolicyHistory {
        /// The last one last.
        activations: Vec<Activation>,
    }
    /// Every reason that the policy may give.
    PolicyReasons {
        /// The policy with its version.
        policy: String,
        /// In its order.
        reasons: Vec<PolicyReason>,
    }
    /// A reason.
    PolicyReason {
        /// The code.
        code: String,
        /// Texts by language.
        text: serde_json::Value,
        /// The legal basis.
        basis: Option<String>,
        /// What the trader may do.
        remedy: Option<String>,
        /// Whether whoever declares sees it.
        public: bool,
        /// What gives it: `rule`, `classification` or `guard`.
        of: String,
        /// Its id; of a rule with its book.
        id: String,
    }
    /// Who put the candidate.
    Put {
        /// SHA-256 over its files.
        hash: String,
        /// Who.
        put_by: String,
        /// When.
        put_at: String,
        /// The record.
        sequence: u64,
    }
    /// The candidate.
    CandidatePolicy {
        /// `id@sha256:hash`.
        policy: String,
        /// SHA-256 over its files.
        hash: String,
        /// Who put it.
        put_by: String,
        /// When.
        put_at: String,
        /// The record.
        sequence: u64,
        /// How many books it has.
        books: usize,
        /// How many rules they have.
        rules: usize,
        /// How many score groups.
        scores: usize,
        /// How many classifications.
        classifications: usize,
        /// How many guards.
        guards: usize,
        /// Conjunctions of its compiled conditions.
        terms: usize,
        /// Dimensions that are read.
        dimensions: usize,
        /// Comparisons of facts with each other, which are checked one by one.
        residuals: Vec<String>,
        /// The policy that decides.
        active: String,
        /// What it says of the declarations that are decided meanwhile: `decided`, `pairs` of verdicts with their counts, how many are `differing`, `undecided` and `passed`, why it `stopped`, and the `latest` that it decides otherwise.
        shadow: serde_json::Value,
        /// Ids that are `added`, `removed` and `changed`, by kind: `books`, `rules`, `parameters`, `rate_tables`, `scores`, `classifications`, `guards`; in `other` the tables that differ.
        differences: serde_json::Value,
    }
    /// A candidate that was put: what [`CandidatePolicy`] says, and
    CandidatePut {
        /// `id@sha256:hash`.
        policy: String,
        /// SHA-256 over its files.
        hash: String,
        /// Who put it.
        put_by: String,
        /// When.
        put_at: String,
        /// The record.
        sequence: u64,
        /// The hash of the candidate that it replaces.
        replaced: Option<String>,
        /// Whether it was the candidate already.
        repeated: bool,
        /// The policy that decides.
        active: String,
        /// How it differs from that.
        differences: serde_json::Value,
    }
    /// A candidate that was taken back.
    CandidateWithdrawn {
        /// Its hash.
        hash: String,
        /// The record.
        sequence: u64,
    }
    /// The candidate is to decide.
    Promotion {
        /// The candidate that was looked at: its hash, or `id@sha256:hash`.
        policy: String,
        /// Why.
        reason: String,
        /// The second person, where callers have no tokens; else the caller is.
        confirmed_by: Option<String>,
    }
    /// A policy that decided before is to decide again.
    Rollback {
        /// Its hash, or `id@sha256:hash`; else the one that decided before this one.
        policy: Option<String>,
        /// Why.
        reason: String,
    }
}
