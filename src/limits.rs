//! Every bound of the engine, in one place. What arrives beyond one of them is refused with a fault that
//! names the bound; nothing is cut off silently.

use std::time::Duration;

/// Bytes of whole lines or rows that one worker decodes at a time.
pub const CHUNK_BYTES: usize = 1 << 20;
/// Items of one declaration (interfaces: 1 to 999).
pub const MAX_ITEMS: usize = 999;
/// Bytes of one declaration as JSON.
pub const MAX_DECLARATION_BYTES: usize = 1 << 20;
/// Characters of an id (declaration, party, lot, office, document, …).
pub const MAX_ID_CHARS: usize = 64;
/// Characters of a string attribute.
pub const MAX_ATTRIBUTE_CHARS: usize = 256;
/// Documents of one item.
pub const MAX_DOCUMENTS: usize = 64;
/// Material or product lots of one item.
pub const MAX_LOTS: usize = 256;
/// Faults reported of one declaration; the rest are counted in the last one.
pub const MAX_FAULTS: usize = 100;

/// Bytes of one registry file.
pub const MAX_REGISTRY_FILE_BYTES: u64 = 4 << 30;
/// Faults reported of one registry folder; the rest are counted.
pub const MAX_REGISTRY_FAULTS: usize = 1_000;
/// Characters of a free text (name, document, reason) of a registry file.
pub const MAX_REGISTRY_TEXT_CHARS: usize = 1_024;
/// Bytes of a registry file that one worker reads at a time.
pub const REGISTRY_CHUNK_BYTES: usize = 4 << 20;
/// Rows of a registry that one worker takes at least: fewer are done where they are asked for, since waking another thread
/// costs more than they do.
pub const REGISTRY_ROWS_EACH: usize = 1_024;
/// Bytes of a registry's files up to which its tables are read one after the other, likewise.
pub const REGISTRY_SMALL_BYTES: usize = 64 << 10;
/// Parties of one change of a registry that are made anew one by one; with more of them all is read again.
pub const MAX_PARTIES_OF_CHANGE: usize = 65_536;
/// Announced memberships of one enterprise on one day.
pub const MAX_MEMBERSHIPS: usize = 16;
/// Registrations, and exemptions, of one party on one day.
pub const MAX_REGISTRATIONS: usize = 64;
/// Alerts in force on one day that name one enterprise.
pub const MAX_ALERTS_PER_PARTY: usize = 64;
/// Accountability cases of one enterprise that are open, or whose measures last, on one day.
pub const MAX_CASES_PER_PARTY: usize = 256;
/// Rows of one goods table (requirements, remedies, …) that may cover one HS code on one day.
pub const MAX_ROWS_PER_HS: usize = 64;

/// Books of a program.
pub const MAX_BOOKS: usize = 32;
/// Terms (conjuncts of the normal form) of one rule.
pub const MAX_TERMS_PER_RULE: usize = 64;
/// Terms of a program.
pub const MAX_TERMS: usize = 65_536;
/// Residual comparisons of a program.
pub const MAX_RESIDUALS: usize = 64;
/// Matched but not selected rules that an outcome keeps for each item and book.
pub const MAX_UNSELECTED: usize = 8;
/// Bytes of one condition.
pub const MAX_CONDITION_BYTES: usize = 4 << 10;
/// Tokens of one condition.
pub const MAX_CONDITION_TOKENS: usize = 512;
/// Nesting of one condition.
pub const MAX_CONDITION_DEPTH: usize = 32;
/// Bytes of one policy file.
pub const MAX_POLICY_FILE_BYTES: u64 = 64 << 20;
/// Files of a policy that is sent as a candidate.
pub const MAX_POLICY_FILES: usize = 1_000;
/// Bytes of such a file's name, and of each folder's on its path.
pub const MAX_FILE_NAME_BYTES: usize = 128;
/// Bytes of a policy that is sent as a candidate.
pub const MAX_CANDIDATE_BYTES: usize = 64 << 20;
/// Declarations that the candidate decides otherwise which are told, the latest ones, and items of each of them.
pub const SHADOW_DIFFERENCES: usize = 100;
/// Times as long as it took to compile the candidate anew it decides nothing of what comes.
pub const SHADOW_REST: u64 = 4;
/// Months for which a policy may tighten after a lack of capability.
pub const MAX_TIGHTENING_MONTHS: u32 = 120;
/// Hours after its release for which a policy may have a declaration decided again.
pub const MAX_RELEASED_WITHIN_HOURS: u32 = 720;
/// Classifications and guards of a policy.
pub const MAX_PERSON_RULES: usize = 1_024;
/// Days for which a policy may let a test of raw material count: ten years.
pub const MAX_MONITORING_DAYS: u32 = 3_660;
/// Declarations that a rule may spare in a row before it must select.
pub const MAX_FORCED_AFTER: u32 = 1_000_000;
/// Expected rates of a policy.
pub const MAX_EXPECTED_RATES: usize = 1_024;
/// Rules with a rate that are counted for a declaration, the first that match.
pub const MAX_CONTROLLED_RULES: usize = 64;
/// Score groups of a policy.
pub const MAX_SCORES: usize = 16;
/// Factors of a rate product.
pub const MAX_RATE_FACTORS: usize = 4;
/// Cells of the dense form of a rate or score table; a larger cross is kept as a hash table.
pub const MAX_DENSE_CELLS: usize = 1 << 16;

/// Bytes of one segment of the journal, allocated ahead.
pub const JOURNAL_SEGMENT_BYTES: u64 = 64 << 20;
/// Bytes of the journal's open group: what may wait for a sync. Beyond it `append` refuses.
pub const JOURNAL_GROUP_BYTES: usize = 8 << 20;
/// Bytes of frames after which the journal's durable sequence is also noted in the segment's header.
pub const JOURNAL_MARK_BYTES: u64 = 1 << 20;
/// Bytes of a segment between two frames whose places are kept in memory.
pub const JOURNAL_INDEX_BYTES: u64 = 64 << 10;
/// Bytes that a reader of the journal holds at first, enough to get from such a place to the next one.
pub const JOURNAL_FIRST_WINDOW_BYTES: usize = 64 << 10;
/// Bytes that a reader of the journal holds when it has gone on for a while; a longer frame is held whole.
pub const JOURNAL_WINDOW_BYTES: usize = 1 << 20;

/// Rows of any table at which the archive's files of a range are sealed.
pub const ARCHIVE_FILE_ROWS: u64 = 1_000_000;
/// Seconds after its first record at which a range of the archive is sealed.
pub const ARCHIVE_FILE_AGE_S: u32 = 3_600;
/// Rows of any table that are collected before they are encoded.
pub const ARCHIVE_BATCH_ROWS: usize = 8_192;
/// Bytes of bodies, answers and records that are collected before they are encoded.
pub const ARCHIVE_BATCH_BYTES: usize = 64 << 20;
/// Rows of journal records that are decoded at a time when the archive is read from its start to its end.
pub const ARCHIVE_READ_ROWS: usize = 256;
/// Bytes of an archive file that are written, or read to be hashed, at a time.
pub const ARCHIVE_WRITE_BYTES: usize = 1 << 20;

/// Bytes of memory that `greenlane query` sorts and groups in; beyond them it uses the disk.
pub const QUERY_MEMORY_BYTES: usize = 2 << 30;

/// Days after which a closed declaration that nobody touched is read back from disk by whoever comes back to it.
pub const EXACT_DAYS: i32 = 90;
/// Bytes of one event, cancellation or override.
pub const MAX_EVENT_BYTES: usize = 1 << 20;
/// Bytes of what an event did that its record keeps; what did more cannot be voided.
pub const MAX_EFFECT_BYTES: usize = 1 << 20;
/// Later events that are looked through for the one that stands in the way of voiding another.
pub const MAX_LATER_EVENTS: usize = 10_000;
/// Bytes of a registry's table sent at once.
pub const MAX_TABLE_BYTES: usize = 64 << 20;
/// Declarations of a batch that are decided and answered together, if so many have come.
pub const BATCH_LINES: usize = 64;
/// Groups of [`BATCH_LINES`] of a batch that are decided and wait to be durable, and as many whose answers wait for whoever
/// reads them.
pub const BATCH_GROUPS: usize = 4;
/// Changes, events, and rows of a list that one request gets, unless it asks for fewer.
pub const FEED_LIMIT: usize = 1_000;
/// Declarations that the trace of a product lot names; of the others it says how many they are.
pub const MAX_TRACED: usize = 1_000;
/// Seconds that a request waits for changes at most.
pub const FEED_WAIT_S: u64 = 60;
/// What a declaration that is decided may have read from the disk, at the same time; others wait.
pub const RECALLS: usize = 32;
/// Acts, events and look-ups that are done or wait.
pub const WORK_WAITING: usize = 256;
/// How long a turn of a worker goes on before streams let others go first.
pub const TURN_SLICE: Duration = Duration::from_micros(50);
/// Bytes of a body up to which it is read before its declaration is refused: so the connection can be kept.
pub const SMALL_BODY_BYTES: u64 = 64 << 10;
/// Milliseconds between the last connection that is taken and the end of those that are idle.
pub const DRAIN_PAUSE_MS: u64 = 50;
/// Seconds that a stop waits for requests that are under way.
pub const DRAIN_S: u64 = 30;
/// Bytes of a request's id that its caller made.
pub const MAX_REQUEST_ID_BYTES: usize = 128;
/// Lines of the log that wait to be written; beyond them they are left out.
pub const LOG_LINES: usize = 8_192;
/// Requests that were refused or failed which are logged in a second; the rest are counted.
pub const LOG_REFUSALS_PER_S: u32 = 100;
/// Seconds after which whoever was refused for want of room may ask again.
pub const RETRY_AFTER_S: u32 = 1;

/// A number that the configuration may say: within which bounds, and what it is where nothing is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setting {
    /// The least.
    pub least: u64,
    /// The most.
    pub most: u64,
    /// What it is unless another is said.
    pub usual: u64,
}

impl Setting {
    const fn new(least: u64, usual: u64, most: u64) -> Self {
        Self { least, most, usual }
    }
}

/// Seconds after its first record at which a range of the archive is sealed.
pub const ARCHIVE_AGE_S: Setting = Setting::new(1, ARCHIVE_FILE_AGE_S as u64, 86_400);
/// Threads that answer; 0 for as many as there are cores.
pub const WORKERS: Setting = Setting::new(0, 0, 1_024);
/// Bytes of one declaration as JSON.
pub const DECLARATION_BYTES: Setting = of_bytes(MAX_DECLARATION_BYTES);
/// Bytes of one event, cancellation or override.
pub const EVENT_BYTES: Setting = of_bytes(MAX_EVENT_BYTES);
/// Bytes of a registry's table, or of a stream of events, sent at once.
pub const TABLE_BYTES: Setting = of_bytes(MAX_TABLE_BYTES);
/// Bytes of the names and values of a request's headers.
pub const HEADER_BYTES: Setting = Setting::new(1_024, 16 << 10, 96 << 10);
/// Connections at the same time.
pub const CONNECTIONS: Setting = Setting::new(1, 10_000, 1_000_000);
/// Declarations that are decided and not yet answered, at the same time.
pub const DECISIONS: Setting = Setting::new(1, 256, 1_000_000);
/// Milliseconds for which a declaration may wait its turn.
pub const QUEUE_MS: Setting = Setting::new(1, 5, 60_000);
/// Streams of declarations at the same time.
pub const STREAMS: Setting = Setting::new(1, 64, 10_000);
/// Acts, events and look-ups that are done at the same time.
pub const WORK: Setting = Setting::new(1, 8, 128);
/// Bytes of bodies that are held at the same time: room for the longest one at least.
pub const BODY_BYTES: Setting = Setting::new(MAX_TABLE_BYTES as u64, 256 << 20, 64 << 30);
/// Requests that a caller may send in a second, and lines of its streams.
pub const REQUESTS_PER_S: Setting = Setting::new(1, 20_000, 1_000_000);
/// Seconds in which the head of a request must have come, and a connection must have been agreed upon.
pub const HEAD_S: Setting = Setting::new(1, 5, 300);
/// Seconds in which the body of a request must have come.
pub const BODY_S: Setting = Setting::new(1, 30, 3_600);
/// Seconds in which an answer must have been taken, besides those for which a connection without a request is kept.
pub const ANSWER_S: Setting = Setting::new(1, 30, 3_600);
/// Seconds for which a service that was asked to end still takes connections, and tells each to go.
pub const LEAVE_S: Setting = Setting::new(0, 1, 300);
/// Seconds in which the next line of a stream must have come, and its answers taken.
pub const STREAM_IDLE_S: Setting = Setting::new(1, 300, 86_400);
/// Seconds for which a connection without a request is kept.
pub const KEEP_ALIVE_S: Setting = Setting::new(1, 5, 3_600);
/// Of requests that went well, every how many-th is logged; 0 for none.
pub const REQUESTS_EVERY: Setting = Setting::new(0, 0, 1_000_000);
/// Callers of a configuration.
pub const MAX_CALLERS: usize = 1_024;
/// Bytes of a configuration file.
pub const MAX_CONFIGURATION_BYTES: u64 = 1 << 20;

/// The most is also what is usual.
const fn of_bytes(most: usize) -> Setting {
    Setting::new(1_024, most as u64, most as u64)
}

/// Fewest enterprises of a generated registry, so that every kind and table has some.
pub const GENERATED_ENTERPRISES_MIN: u64 = 1_000;
/// Most enterprises of a generated registry.
pub const GENERATED_ENTERPRISES_MAX: u64 = 1_000_000;
/// Most declarations of a generated stream.
pub const GENERATED_DECLARATIONS_MAX: u64 = 10_000_000;
/// Fewest rules of a generated policy, so that every book has some of each sort.
pub const GENERATED_RULES_MIN: u64 = 100;
/// Most rules of a generated policy.
pub const GENERATED_RULES_MAX: u64 = 10_000;
