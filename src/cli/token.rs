//! `greenlane token create`: a token, which is printed once, and the line for the configuration, which has its hash.

use serde_json::json;

use super::args::{Output, TokenCreate};
use super::error::CliError;
use super::{Found, output};
use crate::limits::MAX_ID_CHARS;
use crate::service::access::{Known, Role, Roles, Token};

/// Makes a token.
pub(super) fn create(args: &TokenCreate, out: Output) -> Result<Found, CliError> {
    if !Known::is_name(&args.name) {
        let why = format!(
            "--name has at most {MAX_ID_CHARS} letters, digits, `-`, `_` and `.`, and is neither `local` nor `greenlane`"
        );
        return Err(CliError::Usage(why));
    }
    let token = Token::make()?;
    let line = line(args, &token);
    if out.json {
        let made = json!({ "token": token.reveal(), "configuration": line });
        output::result(&made.to_string());
    } else {
        output::result(token.reveal());
        output::note(
            out,
            "this is told once; what stands below goes under [tokens] of the configuration",
        );
        output::result(&line);
    }
    Ok(Found::Right)
}

/// As it stands under `[tokens]`.
fn line(args: &TokenCreate, token: &Token) -> String {
    let roles = Roles::of(&args.role).each();
    let roles: Vec<String> = roles
        .map(Role::as_str)
        .map(|word| format!("\"{word}\""))
        .collect();
    // A name with a dot would be two keys.
    let name = match args.name.contains('.') {
        true => format!("\"{}\"", args.name),
        false => args.name.clone(),
    };
    let (hash, roles, expires) = (token.hash(), roles.join(", "), args.expires);
    format!("{name} = {{ hash = \"{hash}\", roles = [{roles}], expires = \"{expires}\" }}")
}
