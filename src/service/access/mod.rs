//! Who may call: callers with their roles, known by a token or by a certificate. Where there is none, everybody who can
//! reach the service is the caller `local` and may do everything.

mod pace;
mod role;
mod token;

use std::sync::Arc;

pub use pace::Pace;
pub use role::{Role, Roles};
pub use token::{NoRandomness, Token, TokenHash};

use super::desk::Caller;
use crate::declaration::Day;
use crate::engine::View;
use crate::limits::MAX_ID_CHARS;
use crate::supervision::event::CallerConfigured;

/// The SHA-256 of a certificate.
pub type Fingerprint = [u8; 32];

/// The name of whoever calls where nobody is named.
pub const LOCAL_NAME: &str = "local";
/// Names that are not for callers: that one, and the service's own.
const RESERVED: [&str; 2] = [LOCAL_NAME, super::acts::OWN_NAME];

/// By what a caller is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Secret {
    /// A token.
    Token {
        /// What is kept of it.
        hash: TokenHash,
        /// The first day, in UTC, on which it is not accepted any more.
        expires: Day,
    },
    /// The certificate that it showed when it connected.
    Certificate(Fingerprint),
}

/// A caller.
#[derive(Debug)]
pub struct Known {
    /// Its name, which its acts carry.
    pub name: String,
    /// What it may do.
    pub roles: Roles,
    /// By what it is known; nothing where everybody is it.
    pub secret: Option<Secret>,
    /// How often it may ask.
    pub pace: Option<Pace>,
}

impl Known {
    /// Whether a caller may be named so: letters, digits, `-`, `_` and `.`, and nobody else's name.
    #[must_use]
    pub fn is_name(name: &str) -> bool {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        let long = (1..=MAX_ID_CHARS).contains(&name.len());
        long && name.bytes().all(fits) && !RESERVED.contains(&name)
    }

    /// As the desk knows it.
    #[must_use]
    pub fn caller(&self) -> Caller<'_> {
        Caller {
            name: &self.name,
            officer: self.roles.has(Role::Officer),
        }
    }

    /// As the journal keeps it: without anything by which it is known.
    pub(super) fn configured(&self) -> CallerConfigured {
        let (known_by, expires) = match self.secret {
            Some(Secret::Token { expires, .. }) => ("token", Some(expires.to_string())),
            Some(Secret::Certificate(_)) => ("certificate", None),
            None => ("nothing", None),
        };
        CallerConfigured {
            name: self.name.clone(),
            roles: self
                .roles
                .each()
                .map(|role| role.as_str().to_owned())
                .collect(),
            known_by: known_by.to_owned(),
            expires,
        }
    }

    /// How it sees decisions.
    #[must_use]
    pub const fn view(&self) -> View {
        match self.roles.has(Role::Officer) {
            true => View::Officer,
            false => View::Declare,
        }
    }
}

/// Why somebody is not known.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Stranger {
    /// Neither a token nor a certificate came.
    #[error("a token is needed: `Authorization: Bearer TOKEN`")]
    Nothing,
    /// Nobody has this token.
    #[error("nobody has this token")]
    Token,
    /// The token is too old.
    #[error("the token has expired on {0}")]
    Expired(Day),
    /// Nobody has this certificate.
    #[error("nobody is known by the certificate that was shown")]
    Certificate,
}

/// See the module.
#[derive(Debug)]
pub struct Access {
    callers: Vec<Arc<Known>>,
    local: Arc<Known>,
}

impl Default for Access {
    fn default() -> Self {
        Self::new(Vec::new())
    }
}

impl Access {
    /// For these callers; for everybody, where there is none.
    #[must_use]
    pub fn new(callers: Vec<Known>) -> Self {
        let local = Known {
            name: LOCAL_NAME.to_owned(),
            roles: Roles::ALL,
            secret: None,
            pace: None,
        };
        Self {
            callers: callers.into_iter().map(Arc::new).collect(),
            local: Arc::new(local),
        }
    }

    /// Whether everybody may do everything.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.callers.is_empty()
    }

    /// The callers.
    #[must_use]
    pub fn callers(&self) -> &[Arc<Known>] {
        &self.callers
    }

    /// Who calls with this token, or else with this certificate, on a day.
    ///
    /// # Errors
    /// See [`Stranger`].
    pub fn who(
        &self,
        token: Option<&str>,
        certificate: Option<&Fingerprint>,
        today: Day,
    ) -> Result<&Arc<Known>, Stranger> {
        match (self.is_open(), token, certificate) {
            (true, ..) => Ok(&self.local),
            (false, Some(token), _) => self.by_token(token, today),
            (false, None, Some(certificate)) => self.by_certificate(certificate),
            (false, None, None) => Err(Stranger::Nothing),
        }
    }

    /// Compares with every token, whichever it is, so that the time tells nothing.
    fn by_token(&self, token: &str, today: Day) -> Result<&Arc<Known>, Stranger> {
        let sent = TokenHash::of(token);
        let mut found = None;
        for known in &self.callers {
            if let Some(Secret::Token { hash, expires }) = known.secret
                && hash == sent
            {
                found = Some((known, expires));
            }
        }
        match found {
            None => Err(Stranger::Token),
            Some((_, expires)) if today >= expires => Err(Stranger::Expired(expires)),
            Some((known, _)) => Ok(known),
        }
    }

    fn by_certificate(&self, shown: &Fingerprint) -> Result<&Arc<Known>, Stranger> {
        let shown = Some(Secret::Certificate(*shown));
        let mut callers = self.callers.iter();
        let found = callers.find(|known| known.secret == shown);
        found.ok_or(Stranger::Certificate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(name: &str, secret: Secret) -> Known {
        Known {
            name: name.to_owned(),
            roles: Roles::of(&[Role::Declare]),
            secret: Some(secret),
            pace: None,
        }
    }

    #[test]
    fn a_token_is_known_until_the_day_on_which_it_expires() {
        let (token, other) = (Token::make().unwrap(), Token::make().unwrap());
        let (hash, expires) = (token.hash(), Day::parse("2027-01-01").unwrap());
        let access = Access::new(vec![known("window", Secret::Token { hash, expires })]);
        let who = |token, day| {
            let day = Day::parse(day).unwrap();
            let who = access.who(token, None, day);
            who.map(|known| known.name.clone())
        };
        assert_eq!(who(Some(token.reveal()), "2026-12-31").unwrap(), "window");
        let expired = who(Some(token.reveal()), "2027-01-01").unwrap_err();
        assert_eq!(expired, Stranger::Expired(expires));
        let strangers = [None, Some(other.reveal()), Some(""), Some("greenlane_")];
        for stranger in strangers {
            assert!(who(stranger, "2026-12-31").is_err(), "{stranger:?}");
        }
    }

    #[test]
    fn a_certificate_is_known_by_its_fingerprint_and_a_token_goes_before_it() {
        let access = Access::new(vec![known("window", Secret::Certificate([7; 32]))]);
        let day = Day::parse("2026-12-31").unwrap();
        let who = |token, print: &Fingerprint| access.who(token, Some(print), day).map(|_| ());
        assert_eq!(who(None, &[7; 32]), Ok(()));
        assert_eq!(who(None, &[8; 32]), Err(Stranger::Certificate));
        assert_eq!(who(Some("x"), &[7; 32]), Err(Stranger::Token));
    }

    #[test]
    fn without_callers_everybody_is_local_and_may_do_everything() {
        let access = Access::default();
        let who = access.who(Some("anything"), None, Day::MIN).unwrap();
        assert_eq!((who.name.as_str(), who.roles), (LOCAL_NAME, Roles::ALL));
    }

    #[test]
    fn a_hash_is_read_as_it_is_written_and_has_nothing_of_its_token() {
        let token = Token::make().unwrap();
        let text = token.hash().to_string();
        assert_eq!(TokenHash::parse(&text), Some(token.hash()));
        assert!(!text.contains(&token.reveal()["greenlane_".len()..]));
        assert_eq!(TokenHash::parse(&text[1..]), None);
    }

    #[test]
    fn nobody_is_named_as_the_service_or_as_everybody() {
        for name in ["local", "greenlane", "", "a b", "a/b", "ä"] {
            assert!(!Known::is_name(name), "{name}");
        }
        assert!(Known::is_name("single-window.2"));
    }
}
