//! An LDAP server as the [`Directory`] of a site.
//!
//! A password is checked by a bind as its owner, whose entry is named by a template or found by a search; what the server
//! says of them counts only after that. What a person typed is escaped before it becomes part of a name or a filter. A
//! connection lives for one question.

mod anybody;
mod connection;
mod entry;
mod settings;

use std::collections::BTreeSet;
use std::sync::Arc;

use async_trait::async_trait;
use imaging::{Directory, DirectoryError, Known, Sought};
use rustls::ClientConfig;

pub use self::settings::{BindAccount, Group, People, Settings, SettingsError};

/// An LDAP server.
pub struct Ldap {
    settings: Settings,
    tls: Arc<ClientConfig>,
    governs: BTreeSet<String>,
}

impl Ldap {
    /// Reads certificates; asks nobody as yet.
    pub fn new(settings: Settings) -> Result<Ldap, SettingsError> {
        settings.check()?;
        let tls = settings.tls()?;
        let governs = settings.groups.iter().map(|group| group.name.clone()).collect();
        Ok(Ldap { settings, tls, governs })
    }

    /// Gives an answer so much time as a whole.
    async fn within<T>(
        &self,
        asking: impl Future<Output = Result<T, DirectoryError>>,
    ) -> Result<T, DirectoryError> {
        let seconds = self.settings.timeout.as_secs();
        let late = || self.failed(format!("does not answer within {seconds} seconds"), None);
        tokio::time::timeout(self.settings.timeout, asking).await.unwrap_or_else(|_| Err(late()))
    }
}

#[async_trait]
impl Directory for Ldap {
    fn name(&self) -> &str {
        &self.settings.url
    }

    fn governs(&self) -> &BTreeSet<String> {
        &self.governs
    }

    fn tells(&self) -> bool {
        self.settings.bind.is_some()
    }

    async fn look(&self) -> Result<(), DirectoryError> {
        self.within(async {
            let mut server = self.connect().await?;
            self.log_in(&mut server).await.map(|_| ())
        })
        .await
    }

    async fn vouch(&self, name: &str, password: &str) -> Result<Option<Known>, DirectoryError> {
        if name.is_empty() || password.is_empty() {
            return Ok(None); // a bind without a password succeeds as nobody
        }
        self.within(async {
            let mut server = self.connect().await?;
            let mut known = None;
            let dn = match (&self.settings.people, self.log_in(&mut server).await?) {
                (People::Template(template), false) => settings::in_dn(template, name),
                (_, is_in) => {
                    let Some((dn, found)) = self.find(&mut server, name).await? else { return Ok(None) };
                    known = is_in.then_some(found);
                    dn
                }
            };
            if dn.is_empty() || !self.is_password(&mut server, &dn, password).await? {
                return Ok(None);
            }
            if known.is_none() {
                known = self.find(&mut server, name).await?.map(|(_, found)| found);
            }
            if known.is_none() {
                tracing::warn!(
                    "{} takes the password of {dn:?}, and shows no entry of theirs whose {} is {name:?}: they stay outside",
                    self.settings.url,
                    self.settings.user_attr
                );
            }
            Ok(known)
        })
        .await
    }

    async fn seek(&self, name: &str) -> Result<Sought, DirectoryError> {
        if !self.tells() {
            return Ok(Sought::Untold);
        }
        self.within(async {
            let mut server = self.connect().await?;
            self.log_in(&mut server).await?;
            let found = self.find(&mut server, name).await?;
            Ok(found.map_or(Sought::Gone, |(_, known)| Sought::Here(known)))
        })
        .await
    }
}

impl std::fmt::Debug for Ldap {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_tuple("Ldap").field(&self.settings.url).finish()
    }
}
