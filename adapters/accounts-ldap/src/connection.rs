//! A connection, and what is asked over it.

use std::error::Error;

use imaging::{DirectoryError, Known};
use ldap3::{Ldap as Server, LdapConnAsync, LdapConnSettings, LdapError, Scope, SearchEntry};

use crate::Ldap;
use crate::entry::{is_member, known};
use crate::settings::{People, in_dn, in_filter, of_entry};

/// What a server says of a bind that nobody gets in by: no such entry, no name of one, no password of its own, a wrong one.
const NOBODY: [u32; 4] = [32, 34, 48, 49];
/// The server will not have this account log in: locked, or expired.
const UNWILLING: u32 = 53;

impl Ldap {
    pub(crate) fn failed(&self, why: String, source: Option<Box<dyn Error + Send + Sync>>) -> DirectoryError {
        DirectoryError { at: self.settings.url.clone(), why, source }
    }

    fn broken(&self, doing: &str, error: LdapError) -> DirectoryError {
        self.failed(format!("cannot be asked: {doing} failed"), Some(error.into()))
    }

    fn not_connected(&self, error: LdapError) -> DirectoryError {
        let text = error.to_string();
        if text.contains("certificate") {
            let why =
                "has a certificate that nobody signed whom [ldap] ca_file names, or else the system trusts";
            return self.failed(why.into(), Some(error.into()));
        }
        self.broken("connecting", error)
    }

    pub(crate) async fn connect(&self) -> Result<Server, DirectoryError> {
        let settings = LdapConnSettings::new()
            .set_config(self.tls.clone())
            .set_no_tls_verify(!self.settings.verify)
            .set_starttls(self.settings.starttls);
        let connected = LdapConnAsync::with_settings(settings, &self.settings.url).await;
        let (connection, server) = connected.map_err(|error| self.not_connected(error))?;
        tokio::spawn(async move {
            if let Err(error) = connection.drive().await {
                tracing::debug!("a connection to LDAP ended: {error}");
            }
        });
        Ok(server)
    }

    /// Logs in as the bind account; says whether there is one.
    pub(crate) async fn log_in(&self, server: &mut Server) -> Result<bool, DirectoryError> {
        let Some(bind) = &self.settings.bind else { return Ok(false) };
        let bound = server.simple_bind(&bind.dn, bind.password()).await.and_then(ldap3::LdapResult::success);
        bound.map_err(|error| {
            self.failed(format!("does not take the bind account {:?}", bind.dn), Some(error.into()))
        })?;
        Ok(true)
    }

    /// Tells whether this is the password of that entry; the connection is its owner's then.
    pub(crate) async fn is_password(
        &self,
        server: &mut Server,
        dn: &str,
        password: &str,
    ) -> Result<bool, DirectoryError> {
        let answer = server.simple_bind(dn, password).await.map_err(|error| self.broken("a bind", error))?;
        match answer.rc {
            0 => Ok(true),
            rc if NOBODY.contains(&rc) => Ok(false),
            UNWILLING => {
                tracing::warn!("{} will not have {dn:?} log in: {}", self.settings.url, answer.text);
                Ok(false)
            }
            _ => Err(self.broken("a bind", answer.into())),
        }
    }

    /// Finds the one entry of a name, with its groups.
    pub(crate) async fn find(
        &self,
        server: &mut Server,
        name: &str,
    ) -> Result<Option<(String, Known)>, DirectoryError> {
        let (base, scope, filter) = match &self.settings.people {
            People::Template(template) => (in_dn(template, name), Scope::Base, "(objectClass=*)".into()),
            People::Search { base, filter } => (base.clone(), Scope::Subtree, in_filter(filter, name)),
        };
        let mut attributes = vec![&*self.settings.user_attr, &*self.settings.mail_attr, "memberOf"];
        attributes.extend(self.settings.name_attrs.iter().map(String::as_str));
        let mut found = self.search(server, &base, scope, &filter, &attributes).await?;
        if found.len() > 1 {
            tracing::warn!(
                "{} has {} entries for {name:?}: nobody is let in",
                self.settings.url,
                found.len()
            );
            return Ok(None);
        }
        let Some(entry) = found.pop().filter(|entry| !entry.dn.is_empty()) else { return Ok(None) };
        let Some(mut known) = known(&self.settings, &entry, name) else { return Ok(None) };
        let of = match &self.settings.group_search {
            None => entry
                .attrs
                .iter()
                .find(|(key, _)| key.eq_ignore_ascii_case("memberOf"))
                .map(|(_, of)| of.clone()),
            Some((base, filter)) => {
                let filter = in_filter(&of_entry(filter, &entry.dn), &known.name);
                let groups = self.search(server, base, Scope::Subtree, &filter, &["1.1"]).await?;
                Some(groups.into_iter().map(|group| group.dn).collect())
            }
        };
        let of = of.unwrap_or_default();
        let groups = self.settings.groups.iter().filter(|group| is_member(&group.dn, &of));
        known.groups = groups.map(|group| group.name.clone()).collect();
        Ok(Some((entry.dn, known)))
    }

    async fn search(
        &self,
        server: &mut Server,
        base: &str,
        scope: Scope,
        filter: &str,
        attributes: &[&str],
    ) -> Result<Vec<SearchEntry>, DirectoryError> {
        let answer = server.search(base, scope, filter, attributes).await;
        let answer = answer.map_err(|error| self.broken("a search", error))?;
        match answer.1.rc {
            0 => {}
            // whoever may not see it is told that there is no such entry; a base that is missing is a mistake of ours
            32 | 34 if scope == Scope::Base => return Ok(Vec::new()),
            _ => return Err(self.broken("a search", answer.1.into())),
        }
        let entries = answer.0.into_iter().filter(|entry| !entry.is_ref() && !entry.is_intermediate());
        Ok(entries.map(SearchEntry::construct).collect())
    }
}
