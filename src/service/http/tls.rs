//! TLS 1.2 and 1.3 by rustls. Certificates are read from files, and again when the configuration is: connections that are
//! made from then on see the new ones. Where certificates of clients are asked for, no connection comes about without.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arc_swap::ArcSwap;
use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::{Error as PemError, PemObject as _};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::server::{
    ClientHello, NoServerSessionStorage, ResolvesServerCert, WebPkiClientVerifier,
};
use rustls::sign::CertifiedKey;
use rustls::version::{TLS12, TLS13};
use rustls::{
    DigitallySignedStruct, DistinguishedName, RootCertStore, ServerConfig, SignatureScheme,
};

/// Where certificates are, as PEM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFiles {
    /// The service's own certificate, and those between it and its authority.
    pub certificate: PathBuf,
    /// Its private key.
    pub key: PathBuf,
    /// The authorities of clients' certificates; without them clients show none.
    pub client_ca: Option<PathBuf>,
}

/// Which of the files is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TlsFile {
    /// The certificate.
    Certificate,
    /// The private key.
    Key,
    /// The authorities of clients.
    ClientCa,
}

/// Why certificates cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {why}")]
pub struct TlsError {
    /// Which file it is.
    pub which: TlsFile,
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it.
    pub why: String,
}

/// Certificates that were read.
#[derive(Clone)]
pub struct Certificates {
    own: Arc<CertifiedKey>,
    clients: Option<Arc<dyn ClientCertVerifier>>,
}

impl fmt::Debug for Certificates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Nothing of the key.
        let clients = self.clients.is_some();
        f.debug_struct("Certificates")
            .field("clients", &clients)
            .finish_non_exhaustive()
    }
}

impl Certificates {
    /// Reads the files.
    ///
    /// # Errors
    /// Every file that cannot be used.
    pub fn read(files: &TlsFiles) -> Result<Self, Vec<TlsError>> {
        let mut errors = Vec::new();
        let provider = Arc::new(ring::default_provider());
        let chain = keep(
            certificates(&files.certificate),
            TlsFile::Certificate,
            &files.certificate,
            &mut errors,
        );
        let key = keep(
            private_key(&files.key),
            TlsFile::Key,
            &files.key,
            &mut errors,
        );
        let own = match (chain, key) {
            (Some(chain), Some(key)) => keep(
                certified(chain, key, &provider),
                TlsFile::Key,
                &files.key,
                &mut errors,
            ),
            _ => None,
        };
        let clients = files.client_ca.as_ref().map(|path| {
            keep(
                verifier(path, &provider),
                TlsFile::ClientCa,
                path,
                &mut errors,
            )
        });
        match own {
            Some(own) if errors.is_empty() => Ok(Self {
                own: Arc::new(own),
                clients: clients.flatten(),
            }),
            _ => Err(errors),
        }
    }
}

fn keep<T>(
    read: Result<T, String>,
    which: TlsFile,
    path: &Path,
    errors: &mut Vec<TlsError>,
) -> Option<T> {
    let path = path.to_owned();
    read.map_err(|why| errors.push(TlsError { which, path, why }))
        .ok()
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let read = CertificateDer::pem_file_iter(path).map_err(|error| told(&error))?;
    let all: Result<Vec<_>, _> = read.collect();
    match all {
        Ok(all) if all.is_empty() => Err("it holds no certificate as PEM".to_owned()),
        Ok(all) => Ok(all),
        Err(error) => Err(told(&error)),
    }
}

fn private_key(path: &Path) -> Result<PrivateKeyDer<'static>, String> {
    PrivateKeyDer::from_pem_file(path).map_err(|error| match error {
        PemError::NoItemsFound => "it holds no private key as PEM".to_owned(),
        error => told(&error),
    })
}

fn told(error: &PemError) -> String {
    match error {
        PemError::Io(error) => error.to_string(),
        // Whatever is in such a file is nobody's to read.
        _ => "it is not whole PEM".to_owned(),
    }
}

fn certified(
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
    provider: &CryptoProvider,
) -> Result<CertifiedKey, String> {
    CertifiedKey::from_der(chain, key, provider)
        .map_err(|error| format!("it does not go with the certificate: {error}"))
}

fn verifier(
    path: &Path,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<dyn ClientCertVerifier>, String> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates(path)? {
        let added = roots.add(certificate);
        added.map_err(|error| format!("it holds a certificate of no authority: {error}"))?;
    }
    let built = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider));
    built.build().map_err(|error| error.to_string())
}

/// The certificates that connections see, whichever they are by now.
#[derive(Debug)]
pub(super) struct Live(ArcSwap<Certificates>);

impl Live {
    pub(super) fn new(certificates: Certificates) -> Arc<Self> {
        Arc::new(Self(ArcSwap::from_pointee(certificates)))
    }

    pub(super) fn replace(&self, certificates: Certificates) {
        self.0.store(Arc::new(certificates));
    }

    /// How the server speaks TLS. Nothing is resumed, so that each connection shows its certificate.
    pub(super) fn server(self: &Arc<Self>) -> Result<ServerConfig, rustls::Error> {
        let provider = Arc::new(ring::default_provider());
        let versions = ServerConfig::builder_with_provider(provider);
        let versions = versions.with_protocol_versions(&[&TLS13, &TLS12])?;
        let clients: Arc<dyn ClientCertVerifier> = Arc::clone(self) as _;
        let own: Arc<dyn ResolvesServerCert> = Arc::clone(self) as _;
        let mut config = versions
            .with_client_cert_verifier(clients)
            .with_cert_resolver(own);
        config.session_storage = Arc::new(NoServerSessionStorage {});
        config.send_tls13_tickets = 0;
        Ok(config)
    }

    fn clients(&self) -> Result<Arc<dyn ClientCertVerifier>, rustls::Error> {
        let clients = self.0.load().clients.clone();
        clients.ok_or_else(|| rustls::Error::General("no certificate was asked for".to_owned()))
    }
}

impl ResolvesServerCert for Live {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0.load().own))
    }
}

impl ClientCertVerifier for Live {
    fn offer_client_auth(&self) -> bool {
        self.0.load().clients.is_some()
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        // They may change; a client shows what it has.
        &[]
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, rustls::Error> {
        self.clients()?
            .verify_client_cert(end_entity, intermediates, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.clients()?
            .verify_tls12_signature(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.clients()?
            .verify_tls13_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        let clients = self.clients();
        clients.map_or_else(|_| Vec::new(), |clients| clients.supported_verify_schemes())
    }
}
