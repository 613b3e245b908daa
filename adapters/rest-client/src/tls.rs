//! Whose certificates are believed.

use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

use crate::{Address, ClientError};

/// Returns how TLS is spoken: certificates are checked against a file, or against the list of the system.
pub(crate) fn config(address: &Address, ca_file: Option<&Path>) -> Result<ClientConfig, ClientError> {
    let mut roots = RootCertStore::empty();
    match ca_file {
        Some(file) => {
            let wrong =
                |why: String| ClientError::Usage(format!("cannot use the CA file {}: {why}", file.display()));
            let text = std::fs::read(file).map_err(|error| wrong(error.to_string()))?;
            let certificates = CertificateDer::pem_slice_iter(&text).filter_map(Result::ok);
            if roots.add_parsable_certificates(certificates).0 == 0 {
                return Err(wrong("it holds no certificate in the form PEM".into()));
            }
        }
        None if address.is_tls() => {
            let known = rustls_native_certs::load_native_certs().certs;
            if roots.add_parsable_certificates(known).0 == 0 {
                let wrong =
                    "this machine has no list of certificates: install ca-certificates, or say --ca-file";
                return Err(ClientError::Usage(wrong.into()));
            }
        }
        None => {}
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let versions = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let versions = versions.expect("ring has these versions of TLS");
    Ok(versions.with_root_certificates(roots).with_no_client_auth())
}
