//! Where the server is, how people are found in it, and what is believed of it.

use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use ldap3::{dn_escape, ldap_escape};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

use crate::anybody::Anybody;

/// What stands for the name of a person.
const USER: &str = "%(user)s";

/// An LDAP server, and what to ask it.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `ldap://…` or `ldaps://…`.
    pub url: String,
    /// Whether a connection by `ldap://` is encrypted before anything is said.
    pub starttls: bool,
    /// Whether the certificate has to be one of somebody we trust, for this server.
    pub verify: bool,
    /// Who signs it; those the system trusts when it is none.
    pub ca_file: Option<PathBuf>,
    /// How a person's entry is found.
    pub people: People,
    /// Who reads entries; each person their own when it is none.
    pub bind: Option<BindAccount>,
    /// The attribute of the name.
    pub user_attr: String,
    /// The attribute of the e-mail address.
    pub mail_attr: String,
    /// The attributes of what somebody is called, in their order.
    pub name_attrs: Vec<String>,
    /// Which groups of the site the server decides on.
    pub groups: Vec<Group>,
    /// Where groups are searched for, and by which filter; `memberOf` of the entry counts when it is none.
    pub group_search: Option<(String, String)>,
    /// How long one question may take as a whole.
    pub timeout: Duration,
}

/// How a person's entry is found.
#[derive(Clone, Debug)]
pub enum People {
    /// By its name, in which `%(user)s` is theirs.
    Template(String),
    /// By a search below a base, with such a filter.
    Search {
        /// Below which entry.
        base: String,
        /// Which one.
        filter: String,
    },
}

/// Who reads entries.
#[derive(Clone)]
pub struct BindAccount {
    /// The name of its entry.
    pub dn: String,
    password: String,
}

/// A group of the site whose members the server tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Its name here.
    pub name: String,
    /// The name of its entry; `*` has everybody in it.
    pub dn: String,
}

/// What is wrong with one of the settings.
#[derive(Debug, thiserror::Error)]
#[error("{key} {why}")]
pub struct SettingsError {
    /// The key of the configuration it is about.
    pub key: &'static str,
    /// What is wrong with it, as a clause that follows.
    pub why: String,
}

impl SettingsError {
    fn of(key: &'static str, why: impl Into<String>) -> SettingsError {
        SettingsError { key, why: why.into() }
    }
}

impl BindAccount {
    /// Reads its password from a file that nobody else on the machine can read.
    pub fn read(dn: &str, file: &Path) -> Result<BindAccount, SettingsError> {
        let wrong = |why: String| {
            SettingsError::of("bind_password_file", format!("names {}, which {why}", file.display()))
        };
        let cannot = |error: std::io::Error| wrong(format!("cannot be read: {error}"));
        let mut open = std::fs::File::open(file).map_err(cannot)?;
        let about = open.metadata().map_err(cannot)?;
        if about.permissions().mode() & 0o007 != 0 {
            let file = file.display();
            return Err(wrong(format!("everybody on this machine can read: chmod o-rwx {file}")));
        }
        let mut password = String::new();
        open.by_ref().take(4_096).read_to_string(&mut password).map_err(cannot)?;
        let password = password.trim_end_matches(['\n', '\r']).to_owned();
        if password.is_empty() {
            return Err(wrong("holds no password".into()));
        }
        Ok(BindAccount { dn: dn.to_owned(), password })
    }

    pub(crate) fn password(&self) -> &str {
        &self.password
    }
}

impl std::fmt::Debug for BindAccount {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("BindAccount").field("dn", &self.dn).finish_non_exhaustive()
    }
}

impl Group {
    /// Reads `makers: cn=img,ou=groups,dc=example | administrators: cn=…`.
    pub fn read(text: &str) -> Result<Vec<Group>, SettingsError> {
        let parts = text.split('|').map(str::trim).filter(|part| !part.is_empty());
        let group = |part: &str| {
            let (name, dn) = part.split_once(':').unwrap_or_default();
            let (name, dn) = (name.trim().to_owned(), dn.trim().to_owned());
            if name.is_empty() || (dn != "*" && !dn.contains('=')) {
                let form = "should be groups of this site with those of LDAP, as makers: cn=img,dc=example | administrators: cn=…";
                return Err(SettingsError::of("groups", format!("{form}, not `{part}`")));
            }
            Ok(Group { name, dn })
        };
        parts.map(group).collect()
    }
}

impl Settings {
    /// Tells whether what is said goes over the network as anybody can read it.
    pub fn is_plain(&self) -> bool {
        !self.is_tls() && !self.starttls
    }

    fn is_tls(&self) -> bool {
        self.url.to_lowercase().starts_with("ldaps://")
    }

    pub(crate) fn check(&self) -> Result<(), SettingsError> {
        if !self.is_tls() && !self.url.to_lowercase().starts_with("ldap://") {
            let form = "should begin with ldaps:// or ldap://, as ldaps://ldap.example";
            return Err(SettingsError::of("ldap_server", format!("{form}, not `{}`", self.url)));
        }
        let (pattern, key) = match &self.people {
            People::Template(template) => (template, "ldap_dn_template"),
            People::Search { filter, .. } => (filter, "ldap_filter"),
        };
        if !pattern.contains(USER) && !pattern.contains("{user}") {
            let why = format!("has no {USER} in it, so it would name the same entry for all");
            return Err(SettingsError::of(key, why));
        }
        if let People::Search { filter, .. } = &self.people {
            is_filter("ldap_filter", &in_filter(filter, "x"))?;
        }
        if let Some((_, filter)) = &self.group_search {
            is_filter("group_filter", &in_filter(&of_entry(filter, "cn=x"), "x"))?;
        }
        Ok(())
    }

    pub(crate) fn tls(&self) -> Result<Arc<ClientConfig>, SettingsError> {
        let mut roots = RootCertStore::empty();
        match &self.ca_file {
            Some(file) => {
                let wrong = |why: String| {
                    SettingsError::of(
                        "ca_file",
                        format!("names {}, which is of no use: {why}", file.display()),
                    )
                };
                let all = CertificateDer::pem_file_iter(file).map_err(|error| wrong(error.to_string()))?;
                for certificate in all {
                    let certificate = certificate.map_err(|error| wrong(error.to_string()))?;
                    roots.add(certificate).map_err(|error| wrong(error.to_string()))?;
                }
                if roots.is_empty() {
                    return Err(wrong("it holds no certificate".into()));
                }
            }
            None => {
                roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
            }
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let schemes = provider.signature_verification_algorithms.supported_schemes();
        let builder = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| SettingsError::of("ldap_server", error.to_string()))?;
        let mut config = builder.with_root_certificates(roots).with_no_client_auth();
        if !self.verify {
            config.dangerous().set_certificate_verifier(Arc::new(Anybody(schemes)));
        }
        Ok(Arc::new(config))
    }
}

/// Puts a name into the name of an entry.
pub(crate) fn in_dn(template: &str, name: &str) -> String {
    let name = dn_escape(name);
    template.replace(USER, &name).replace("{user}", &name)
}

/// Puts a name into a filter.
pub(crate) fn in_filter(filter: &str, name: &str) -> String {
    let name = ldap_escape(name);
    filter.replace(USER, &name).replace("{user}", &name)
}

/// Puts the name of somebody's entry into a filter.
pub(crate) fn of_entry(filter: &str, dn: &str) -> String {
    let dn = ldap_escape(dn);
    filter.replace("%(dn)s", &dn).replace("{dn}", &dn)
}

fn is_filter(key: &'static str, filter: &str) -> Result<(), SettingsError> {
    let form = "is no filter of LDAP, as (uid=%(user)s)";
    ldap3::parse_filter(filter).map(|_| ()).map_err(|()| SettingsError::of(key, form))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_becomes_more_than_a_name() {
        assert_eq!(in_dn("uid={user},dc=x", "a,dc=evil+b"), "uid=a\\2cdc\\3devil\\2bb,dc=x");
        assert_eq!(in_filter("(uid=%(user)s)", "*)(uid=*"), "(uid=\\2a\\29\\28uid=\\2a)");
        assert_eq!(in_filter("(uid={user})", "a\\\0"), "(uid=a\\5c\\00)");
    }

    #[test]
    fn groups_are_read_with_their_commas() {
        let read = Group::read("makers: cn=img,dc=x | administrators:*").unwrap();
        assert_eq!(read[0], Group { name: "makers".into(), dn: "cn=img,dc=x".into() });
        assert_eq!(read[1].dn, "*");
        assert!(Group::read("makers").is_err() && Group::read("makers: img").is_err());
    }

    #[test]
    fn the_password_of_the_bind_account_is_for_nobody_elses_eyes() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "secret\n").unwrap();
        assert_eq!(BindAccount::read("cn=x", file.path()).unwrap().password(), "secret");
        std::fs::set_permissions(file.path(), std::fs::Permissions::from_mode(0o644)).unwrap();
        let error = BindAccount::read("cn=x", file.path()).unwrap_err().to_string();
        assert!(error.contains("everybody on this machine can read: chmod o-rwx"), "{error}");
    }
}
