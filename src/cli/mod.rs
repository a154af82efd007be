//! The command line: one file for each subcommand. What was typed becomes what it means once; results go to
//! stdout, all else to stderr; errors become exit codes in [`run`] alone.

mod archive;
mod args;
mod backup;
mod config;
mod decide;
mod decide_data;
mod error;
mod generate;
pub mod init;
mod input;
mod log;
mod output;
mod policy;
mod query;
mod registry;
mod registry_data;
mod replay;
mod report;
mod serve;
mod token;

use std::collections::BTreeMap;
use std::process::ExitCode;

use clap::Parser;

use self::args::{ArchiveCommand, Args, Command, PolicyCommand, RegistryCommand, TokenCommand};

/// Whether a check found the input right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Found {
    /// Nothing was refused.
    Right,
    /// Something was refused, and has been told.
    Wrong,
}

/// Checks a configuration as `serve --config` does where neither flags nor the environment say anything, for whoever
/// makes one.
///
/// # Errors
/// Every fault with its line, as it is told.
pub fn check_configuration(text: &str) -> Result<(), String> {
    let read = config::Config::read_text(&args::Serve::default(), text, BTreeMap::new());
    read.map(|_| ()).map_err(|errors| errors.to_string())
}

/// Runs the command line and says how the process ends: 0 done, 1 refused, 2 wrong usage, 3 storage failed.
#[must_use]
pub fn run() -> ExitCode {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => {
            let code = if error.use_stderr() { 2 } else { 0 };
            // A closed terminal is no reason to end otherwise.
            let _ = error.print();
            return ExitCode::from(code);
        }
    };
    let done = match &args.command {
        Command::Serve(serve) => serve::run(serve, args.output),
        Command::Replay(replay) => replay::run(replay, args.output),
        Command::Report(report) => report::run(report, args.output),
        Command::Query(query) => query::run(query, args.output),
        Command::Backup(backup) => backup::run(backup, args.output),
        Command::Decide(decide) => decide::run(decide, args.output),
        Command::Policy(PolicyCommand::Check(check)) => policy::check(check, args.output),
        Command::Policy(PolicyCommand::Test(test)) => policy::test(test, args.output),
        Command::Archive(ArchiveCommand::Verify(verify)) => archive::verify(verify, args.output),
        Command::Archive(ArchiveCommand::Lookup(lookup)) => archive::lookup(lookup, args.output),
        Command::Token(TokenCommand::Create(create)) => token::create(create, args.output),
        Command::Init(init) => init::run(init, args.output),
        Command::Generate(generate) => generate::run(generate, args.output),
        Command::Registry(RegistryCommand::Check(check)) => registry::check(check, args.output),
        Command::Registry(RegistryCommand::Import(import)) => {
            registry_data::import(import, args.output)
        }
        Command::Registry(RegistryCommand::Export(export)) => {
            registry_data::export(export, args.output)
        }
    };
    match done {
        Ok(Found::Right) => ExitCode::SUCCESS,
        Ok(Found::Wrong) => ExitCode::from(1),
        Err(error) => {
            output::problem(&error);
            ExitCode::from(error.exit_code())
        }
    }
}
