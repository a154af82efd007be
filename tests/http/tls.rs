//! TLS, and callers that are known by their certificates.

use std::fs;
use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use rcgen::{BasicConstraints, Certificate, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{PrivateKeyDer, ServerName};
use rustls::version::{TLS12, TLS13};
use rustls::{
    ClientConfig, ClientConnection, RootCertStore, StreamOwned, SupportedProtocolVersion,
};
use sha2::{Digest as _, Sha256};

use crate::callers::token;
use crate::http::JSON;
use crate::service::{Service, arguments, folder, released};

const LATER: &str = "2999-01-01";

/// An authority and what it signs.
struct Authority {
    certificate: Certificate,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        let issuer = Issuer::new(params, key);
        Self {
            certificate,
            issuer,
        }
    }

    fn sign(&self) -> Signed {
        let params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        Signed { certificate, key }
    }
}

/// A certificate and its key.
struct Signed {
    certificate: Certificate,
    key: KeyPair,
}

impl Signed {
    fn fingerprint(&self) -> String {
        let hash = Sha256::digest(self.certificate.der());
        hash.iter()
            .map(|byte| format!("{byte:02X}"))
            .collect::<Vec<_>>()
            .join(":")
    }
}

/// Files of a service: its certificate, key, and the authorities of clients.
struct Files {
    folder: PathBuf,
}

impl Files {
    fn new(name: &str) -> Self {
        let folder = folder(name);
        fs::create_dir_all(&folder).unwrap();
        Self { folder }
    }

    fn write(&self, own: &Signed, clients: &Authority) {
        fs::write(self.folder.join("own.pem"), own.certificate.pem()).unwrap();
        fs::write(self.folder.join("key.pem"), own.key.serialize_pem()).unwrap();
        fs::write(self.folder.join("ca.pem"), clients.certificate.pem()).unwrap();
    }

    /// A configuration beside them.
    fn configure(&self, client_ca: bool, callers: &str) -> String {
        let client_ca = if client_ca {
            "client_ca = \"ca.pem\""
        } else {
            ""
        };
        let text = format!(
            "[tls]\ncertificate = \"own.pem\"\nkey = \"key.pem\"\n{client_ca}\n{callers}\n"
        );
        let path = self.folder.join("greenlane.toml");
        fs::write(&path, text).unwrap();
        path.to_string_lossy().into_owned()
    }
}

/// A client that trusts an authority, and may show a certificate.
struct Client<'c> {
    address: SocketAddr,
    trusts: &'c Authority,
    shows: Option<&'c Signed>,
    speaks: &'static SupportedProtocolVersion,
}

impl Client<'_> {
    /// Status and text of an answer.
    fn ask(&self, request: &str, token: Option<&str>, body: &str) -> io::Result<(u16, String)> {
        let mut roots = RootCertStore::empty();
        roots.add(self.trusts.certificate.der().clone()).unwrap();
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
        let config = config.with_protocol_versions(&[self.speaks]).unwrap();
        let config = config.with_root_certificates(roots);
        let config = match self.shows {
            None => config.with_no_client_auth(),
            Some(signed) => {
                let key = PrivateKeyDer::from_pem_slice(signed.key.serialize_pem().as_bytes());
                let chain = vec![signed.certificate.der().clone()];
                config.with_client_auth_cert(chain, key.unwrap()).unwrap()
            }
        };
        let name = ServerName::try_from("localhost").unwrap();
        let connection = ClientConnection::new(Arc::new(config), name).map_err(io::Error::other)?;
        let socket = TcpStream::connect(self.address)?;
        socket.set_read_timeout(Some(Duration::from_secs(20)))?;
        let mut stream = StreamOwned::new(connection, socket);
        let authorization = token.map(|token| format!("Authorization: Bearer {token}\r\n"));
        let head = format!(
            "{request} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{}Content-Type: {JSON}\r\nContent-Length: {}\r\n\r\n",
            authorization.unwrap_or_default(),
            body.len()
        );
        stream.write_all(head.as_bytes())?;
        stream.write_all(body.as_bytes())?;
        let mut answer = Vec::new();
        match stream.read_to_end(&mut answer) {
            Err(error) if answer.is_empty() => return Err(error),
            // The server may end without saying so.
            _ => {}
        }
        let text = String::from_utf8(answer).unwrap();
        let status = text
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok());
        let status = status.ok_or_else(|| io::Error::other("no answer"))?;
        Ok((status, text))
    }

    fn look(&self) -> io::Result<u16> {
        self.ask("GET /v1/decisions/D-1", None, "")
            .map(|(status, _)| status)
    }
}

fn start(name: &str, config: &str) -> (Service, SocketAddr) {
    let service = Service::with(folder(name), &arguments(&["--config", config]));
    let said = service.server.says("listening on ").unwrap();
    assert!(said.contains("listening on https://"), "{said}");
    let address = service.server.address().unwrap();
    (service, address)
}

#[test]
fn tokens_go_over_tls_of_either_version() {
    let (authority, other) = (Authority::new(), Authority::new());
    let files = Files::new("tls-files");
    files.write(&authority.sign(), &other);
    let (window, line) = token("window", &["declare"], LATER);
    let config = files.configure(false, &format!("[tokens]\n{line}"));
    let (mut service, address) = start("tls", &config);
    for (at, speaks) in [&TLS12, &TLS13].into_iter().enumerate() {
        let client = Client {
            address,
            trusts: &authority,
            shows: None,
            speaks,
        };
        let body = released(&format!("D-{at}")).to_string();
        let (status, text) = client
            .ask("POST /v1/decisions", Some(&window), &body)
            .unwrap();
        assert_eq!(status, 200, "{text}");
        assert!(text.contains("\"status\":\"released\""), "{text}");
        let (status, _) = client.ask("POST /v1/decisions", None, &body).unwrap();
        assert_eq!(status, 401);
        let wary = Client {
            trusts: &other,
            ..client
        };
        assert!(wary.look().is_err(), "another authority signed it");
    }
    // Whoever speaks no TLS gets nothing.
    assert!(service.client.get("/healthz").is_err());
    service.server.stop();
}

#[test]
fn who_has_no_certificate_of_the_authority_does_not_connect() {
    let (authority, other) = (Authority::new(), Authority::new());
    let (known, unknown, foreign) = (authority.sign(), authority.sign(), other.sign());
    let files = Files::new("mutual-files");
    files.write(&authority.sign(), &authority);
    let (officer, line) = token("officer", &["officer"], LATER);
    let print = known.fingerprint();
    let callers = format!(
        "[tokens]\n{line}\n[certificates]\nwindow = {{ sha256 = \"{print}\", roles = [\"declare\"] }}"
    );
    let config = files.configure(true, &callers);
    let (service, address) = start("mutual", &config);
    for speaks in [&TLS12, &TLS13] {
        let client = |shows| Client {
            address,
            trusts: &authority,
            shows,
            speaks,
        };
        assert!(client(None).look().is_err(), "no certificate");
        assert!(
            client(Some(&foreign)).look().is_err(),
            "of another authority"
        );
        assert_eq!(client(Some(&unknown)).look().unwrap(), 401);
        assert_eq!(client(Some(&known)).look().unwrap(), 404);
        let (status, _) = client(Some(&known))
            .ask("GET /v1/events", None, "")
            .unwrap();
        assert_eq!(status, 403, "it has the roles of its line");
        let (status, text) = client(Some(&unknown))
            .ask("GET /v1/events", Some(&officer), "")
            .unwrap();
        assert_eq!(status, 200, "a token goes before a certificate");
        assert!(text.contains("\"known_by\":\"certificate\""), "{text}");
    }
    service.server.stop();
}

#[test]
fn certificates_are_read_again_and_a_wrong_one_changes_nothing() {
    let (first, second) = (Authority::new(), Authority::new());
    let files = Files::new("renewed-files");
    files.write(&first.sign(), &first);
    let (_, line) = token("window", &["declare"], LATER);
    let config = files.configure(false, &format!("[tokens]\n{line}"));
    let (service, address) = start("renewed", &config);
    let look = |trusts| {
        Client {
            address,
            trusts,
            shows: None,
            speaks: &TLS13,
        }
        .look()
    };
    assert_eq!(look(&first).unwrap(), 401);
    assert!(look(&second).is_err());

    fs::write(
        files.folder.join("key.pem"),
        first.sign().key.serialize_pem(),
    )
    .unwrap();
    service.server.signal("HUP");
    let told = service.server.says("nothing has changed").unwrap();
    assert!(
        told.contains("key.pem: it does not go with the certificate"),
        "{told}"
    );
    assert!(told.contains(":3: `tls.key`"), "{told}");
    assert_eq!(look(&first).unwrap(), 401);

    files.write(&second.sign(), &first);
    service.server.signal("HUP");
    service.server.says("the configuration was taken").unwrap();
    assert_eq!(look(&second).unwrap(), 401);
    assert!(look(&first).is_err());

    // From then on every client has to show one.
    files.configure(true, &format!("[tokens]\n{line}"));
    service.server.signal("HUP");
    let client = first.sign();
    let shows = Client {
        address,
        trusts: &second,
        shows: Some(&client),
        speaks: &TLS13,
    };
    let watch = greenlane::clock::Stopwatch::start();
    while look(&second).is_ok() {
        assert!(watch.elapsed() < Duration::from_secs(20));
    }
    assert_eq!(shows.look().unwrap(), 401);
    service.server.stop();
}
