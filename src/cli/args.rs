//! What may be typed.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::builder::RangedI64ValueParser;
use clap::{Parser, Subcommand, ValueEnum};

use crate::declaration::Day;
use crate::limits::ARCHIVE_AGE_S;
use crate::service::access::Role;

/// A customs decision engine: release, sample or hold, with reasons.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100)]
pub(super) struct Args {
    #[command(subcommand)]
    pub(super) command: Command,
    #[command(flatten)]
    pub(super) output: Output,
}

/// How to tell what was done.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(super) struct Output {
    /// Tell errors only
    #[arg(long, global = true)]
    pub(super) quiet: bool,
    /// Print summaries as JSON
    #[arg(long, global = true)]
    pub(super) json: bool,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Decide declarations over HTTP
    Serve(Serve),
    /// Decide a file of declarations
    Decide(Decide),
    /// Decide every record of a data folder again and compare
    Replay(Replay),
    /// Statistics of decisions and their outcomes
    Report(ReportOf),
    /// Ask the archive, and what is not archived yet, in SQL
    Query(QueryOf),
    /// Copy a data folder, also while a service writes it
    Backup(Backup),
    /// Check and test policies
    #[command(subcommand)]
    Policy(PolicyCommand),
    /// Check, import and export registries
    #[command(subcommand)]
    Registry(RegistryCommand),
    /// Verify and search an archive
    #[command(subcommand)]
    Archive(ArchiveCommand),
    /// Make what callers are known by
    #[command(subcommand)]
    Token(TokenCommand),
    /// Write a starter policy, registry and configuration to a new folder
    Init(Init),
    /// Write a synthetic registry, policy and declarations for load tests
    Generate(Generate),
}

#[derive(Debug, Clone, Default, clap::Args)]
pub(super) struct Serve {
    /// Where to listen; 127.0.0.1:8080 unless another is said. Without callers only this machine can call
    #[arg(long, value_name = "ADDRESS")]
    pub(super) listen: Option<SocketAddr>,
    /// A policy folder; several make one policy. Without it: the shipped demonstration in a new data folder, else the
    /// policy that decided last
    #[arg(long, value_name = "DIR")]
    pub(super) policy: Vec<PathBuf>,
    /// The registry folder that seeds a new data folder
    #[arg(long, value_name = "DIR")]
    pub(super) registry: Option<PathBuf>,
    /// The data folder; greenlane-data unless another is said
    #[arg(long, value_name = "DIR")]
    pub(super) data: Option<PathBuf>,
    /// The day on which the standing of persons is read; the declaration's for the demonstration, else today
    #[arg(long, value_name = "DAY")]
    pub(super) as_of: Option<AsOf>,
    /// When a decision counts as durable; fsync unless another is said
    #[arg(long, value_name = "WHEN")]
    pub(super) durability: Option<Durability>,
    /// Seconds after which an archive file is sealed; an hour unless another is said
    #[arg(long, value_name = "SECONDS", value_parser = archive_age_s())]
    pub(super) archive_age_s: Option<u32>,
    /// The configuration: callers, limits, TLS and all of the above, over which flags and the environment go
    #[arg(long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
}

fn archive_age_s() -> RangedI64ValueParser<u32> {
    let bounds = ARCHIVE_AGE_S.least as i64..=ARCHIVE_AGE_S.most as i64;
    RangedI64ValueParser::new().range(bounds)
}

/// When a decision counts as durable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Durability {
    /// When the disk has said so: it survives the loss of power
    Fsync,
    /// When the system has it: it survives the end of the process
    Buffered,
}

#[derive(Debug, clap::Args)]
pub(super) struct Init {
    /// The folder; it must not exist, or be empty
    #[arg(value_name = "DIR")]
    pub(super) dir: PathBuf,
}

#[derive(Debug, clap::Args)]
pub(super) struct Generate {
    /// How many enterprises
    #[arg(long, value_name = "N")]
    pub(super) enterprises: u64,
    /// How many declarations
    #[arg(long, value_name = "M")]
    pub(super) declarations: u64,
    /// How many rules
    #[arg(long, value_name = "R")]
    pub(super) rules: u64,
    /// The same seed gives the same bytes
    #[arg(long, value_name = "S")]
    pub(super) seed: u64,
    /// The folder; it must not exist, or be empty
    #[arg(long, value_name = "DIR")]
    pub(super) output: PathBuf,
}

#[derive(Debug, Subcommand)]
pub(super) enum PolicyCommand {
    /// Read a policy and print every mistake
    Check(PolicyCheck),
    /// Run a policy's scenarios
    Test(PolicyTest),
}

#[derive(Debug, Subcommand)]
pub(super) enum RegistryCommand {
    /// Read a registry and print every fault
    Check(RegistryCheck),
    /// Make the registry of a data folder what files say
    Import(RegistryImport),
    /// Write the registry of a data folder as files
    Export(RegistryExport),
}

#[derive(Debug, Subcommand)]
pub(super) enum ArchiveCommand {
    /// Read every byte and tell whatever is not as it was written
    Verify(ArchiveVerify),
    /// Print the rows of a declaration's or decision's id
    Lookup(ArchiveLookup),
}

#[derive(Debug, Subcommand)]
pub(super) enum TokenCommand {
    /// Print a new token, once, and the line for the configuration
    Create(TokenCreate),
}

#[derive(Debug, clap::Args)]
pub(super) struct TokenCreate {
    /// The caller's name, which its acts carry
    #[arg(long, value_name = "NAME")]
    pub(super) name: String,
    /// What it may do; several may be named
    #[arg(long, required = true, value_name = "ROLE", value_parser = role)]
    pub(super) role: Vec<Role>,
    /// The first day, in UTC, on which it is not accepted any more
    #[arg(long, value_name = "DAY", value_parser = Day::parse)]
    pub(super) expires: Day,
}

fn role(word: &str) -> Result<Role, String> {
    Role::parse(word).ok_or_else(|| {
        let words = Role::ALL.map(Role::as_str).join(", ");
        format!("there are the roles {words}")
    })
}

#[derive(Debug, clap::Args)]
pub(super) struct ArchiveVerify {
    /// Read only the files of this day, in UTC, and later ones
    #[arg(long, value_name = "DAY", value_parser = Day::parse)]
    pub(super) from: Option<Day>,
    /// The data folder; the archive is in its folder `archive`
    #[arg(long, value_name = "DIR")]
    pub(super) data: PathBuf,
}

#[derive(Debug, clap::Args)]
pub(super) struct ArchiveLookup {
    /// The id of a declaration or decision
    #[arg(value_name = "ID")]
    pub(super) id: String,
    /// The data folder; the archive is in its folder `archive`
    #[arg(long, value_name = "DIR")]
    pub(super) data: PathBuf,
    /// The table whose rows are wanted
    #[arg(long, value_name = "TABLE", default_value = "declarations")]
    pub(super) table: ArchiveTable,
}

/// The tables of an archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ArchiveTable {
    /// A row an item of a revision
    Decisions,
    /// A row a revision
    Declarations,
    /// A row an event
    Events,
    /// A row a test
    Results,
}

#[derive(Debug, clap::Args)]
pub(super) struct Decide {
    /// A policy folder; several make one policy
    #[arg(long, required_unless_present = "data", value_name = "DIR")]
    pub(super) policy: Vec<PathBuf>,
    /// The registry folder; with --data it seeds a new data folder
    #[arg(long, required_unless_present = "data", value_name = "DIR")]
    pub(super) registry: Option<PathBuf>,
    /// Journal and archive in this data folder, as the service does; declarations are decided in their order
    #[arg(long, value_name = "DIR", conflicts_with = "draw_key")]
    pub(super) data: Option<PathBuf>,
    /// Declarations; `-` is standard input
    #[arg(long, value_name = "FILE|-")]
    pub(super) input: PathBuf,
    /// Decisions; `-` is standard output
    #[arg(long, value_name = "FILE|-")]
    pub(super) output: PathBuf,
    /// What the input is, where its extension does not say
    #[arg(long, value_name = "FORMAT")]
    pub(super) input_format: Option<InputFormat>,
    /// What the output is, where its extension does not say
    #[arg(long, value_name = "FORMAT")]
    pub(super) output_format: Option<OutputFormat>,
    /// Which columns of a CSV input are which fields
    #[arg(long, value_name = "FILE")]
    pub(super) mapping: Option<PathBuf>,
    /// The day on which the standing of persons is read
    #[arg(long, value_name = "DAY", default_value = "declaration")]
    pub(super) as_of: AsOf,
    /// The key of the draws, 64 hexadecimal digits; else a fixed published test key
    #[arg(long, value_name = "FILE")]
    pub(super) draw_key: Option<PathBuf>,
}

/// The day on which the standing of persons is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum AsOf {
    /// The declaration's
    Declaration,
    /// Today
    Decision,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum InputFormat {
    /// A declaration a line, as JSON
    Ndjson,
    /// A table, with a mapping
    Csv,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum OutputFormat {
    /// A decision a line, as JSON
    Ndjson,
    /// A row an item
    Parquet,
}

#[derive(Debug, clap::Args)]
pub(super) struct Replay {
    /// The data folder
    #[arg(long, value_name = "DIR")]
    pub(super) data: PathBuf,
    /// Hold the state that records make against the newest checkpoint, too
    #[arg(long)]
    pub(super) fold: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct ReportOf {
    /// By what
    #[arg(value_name = "BY")]
    pub(super) by: ReportBy,
    /// The data folder, also of a running service
    #[arg(long, value_name = "DIR")]
    pub(super) data: PathBuf,
    /// Only what happened on this day and later, in the policy's time zone
    #[arg(long, value_name = "DAY", value_parser = Day::parse)]
    pub(super) from: Option<Day>,
    /// Only what happened before this day
    #[arg(long, value_name = "DAY", value_parser = Day::parse)]
    pub(super) to: Option<Day>,
    /// How often each test was passed, by heading, in place of the counts; JSON has both
    #[arg(long)]
    pub(super) tests: bool,
    /// How it is written; a table, or JSON with --json
    #[arg(long, value_name = "FORMAT")]
    pub(super) format: Option<ReportFormat>,
    /// Where it goes; `-`, and without this too, is standard output
    #[arg(long, value_name = "FILE|-")]
    pub(super) output: Option<PathBuf>,
}

/// What a report is by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ReportBy {
    /// Zones, by their members' goods
    Zone,
    /// Accountable parties
    Enterprise,
    /// Declaring offices
    Office,
    /// Months
    Month,
}

/// How a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ReportFormat {
    /// For a terminal, with the columns that it has room for
    Table,
    /// All columns, with a header
    Csv,
    /// All of it
    Json,
}

#[derive(Debug, clap::Args)]
pub(super) struct QueryOf {
    /// The question, over decisions, declarations, events, results, latest, clearance and findings
    #[arg(value_name = "SQL")]
    pub(super) sql: String,
    /// The data folder, also of a running service
    #[arg(long, value_name = "DIR")]
    pub(super) data: PathBuf,
    /// How it is written; a table, or JSON with --json
    #[arg(long, value_name = "FORMAT")]
    pub(super) format: Option<QueryFormat>,
    /// Where it goes; `-`, and without this too, is standard output
    #[arg(long, value_name = "FILE|-")]
    pub(super) output: Option<PathBuf>,
}

/// How an answer is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum QueryFormat {
    /// For a terminal
    Table,
    /// With a header
    Csv,
    /// A row a line
    Json,
    /// To a file
    Parquet,
}

#[derive(Debug, clap::Args)]
pub(super) struct Backup {
    /// Where the copy goes; it must not exist, or be empty
    #[arg(value_name = "DIR")]
    pub(super) dir: PathBuf,
    /// The data folder
    #[arg(long, value_name = "DIR")]
    pub(super) data: PathBuf,
}

#[derive(Debug, clap::Args)]
pub(super) struct RegistryImport {
    /// The registry folder
    #[arg(value_name = "DIR")]
    pub(super) dir: PathBuf,
    /// The data folder
    #[arg(long, value_name = "DIR")]
    pub(super) data: PathBuf,
    /// Check everything and tell what would change, but change nothing
    #[arg(long)]
    pub(super) dry_run: bool,
    /// Tables that have no file become empty, too
    #[arg(long)]
    pub(super) replace: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct RegistryExport {
    /// The folder; it must not exist, or be empty
    #[arg(value_name = "DIR")]
    pub(super) dir: PathBuf,
    /// The data folder
    #[arg(long, value_name = "DIR")]
    pub(super) data: PathBuf,
}

#[derive(Debug, clap::Args)]
pub(super) struct PolicyCheck {
    /// The policy folder
    #[arg(required = true, value_name = "DIR")]
    pub(super) dirs: Vec<PathBuf>,
    /// Compile it against this registry, too
    #[arg(long, value_name = "DIR")]
    pub(super) registry: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(super) struct PolicyTest {
    /// The policy folder
    #[arg(value_name = "DIR")]
    pub(super) dir: PathBuf,
    /// Where the scenarios are, if not in the policy's `scenarios` folder
    #[arg(long, value_name = "DIR")]
    pub(super) scenarios: Option<PathBuf>,
    /// The registry that scenarios add rows to, if not the `registry` folder beside the policy
    #[arg(long, value_name = "DIR")]
    pub(super) registry: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(super) struct RegistryCheck {
    /// The registry folder
    #[arg(value_name = "DIR")]
    pub(super) dir: PathBuf,
    /// Check party ids as this policy asks for; else any id is right
    #[arg(long, value_name = "DIR")]
    pub(super) policy: Vec<PathBuf>,
}
