//! The people a site knows by itself.

use std::collections::BTreeSet;

use async_trait::async_trait;

use crate::{NotAWord, Permission, StoreError};

/// Somebody who may log in.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Account {
    /// The name they log in with, and their jobs are known by: see [`account_name`].
    pub name: String,
    /// What they are called.
    pub full_name: String,
    /// Where mail reaches them; may be empty.
    pub email: String,
    /// The groups they are in.
    pub groups: BTreeSet<String>,
    /// Whether they may log in.
    pub active: bool,
    /// Who says that it is them.
    #[serde(default)]
    pub known_by: KnownBy,
    /// When the account was made, in milliseconds since 1970.
    pub created_ms: i64,
}

/// Who says that somebody is who they say. Nobody else's word counts, so no account is taken over by its name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KnownBy {
    /// The site itself, which keeps their password.
    #[default]
    Site,
    /// A [`Directory`](crate::Directory).
    Directory,
    /// A directory that knew them and does no longer: they are shut out until it does again.
    Gone,
    /// The proxy in front of the pages.
    Proxy,
}

/// Reads a name somebody can log in with: it becomes part of paths, addresses and mails.
pub fn account_name(text: &str) -> Result<String, NotAWord> {
    let fits = (1..=64).contains(&text.len())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "_-.@+".contains(c))
        && text.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
    if fits {
        Ok(text.to_owned())
    } else {
        Err(NotAWord(format!(
            "the name {text:?} should have 1 to 64 letters, digits, `_`, `-`, `.`, `@` or `+`, and not begin with one of the last four"
        )))
    }
}

/// What several people may.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Group {
    /// Its name.
    pub name: String,
    /// What its members may.
    pub permissions: BTreeSet<Permission>,
}

impl Group {
    /// The group of those who may do everything; it stays as it is, so that somebody always can.
    pub const ADMINISTRATORS: &str = "administrators";
    /// The group of those who may ask for images.
    pub const MAKERS: &str = "makers";
}

/// What somebody who has a secret may do with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Look at jobs and fetch images.
    Read,
    /// Ask for images, and care for own jobs.
    Submit,
    /// All else its owner may.
    Manage,
    /// Choose the password of the account, once; nothing else.
    SetPassword,
}

/// A secret a program logs in with. Only a digest of it is on record.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ApiToken {
    /// Its public id.
    pub id: String,
    /// Whose it is.
    pub account: String,
    /// What its owner calls it.
    pub label: String,
    /// What can be done with it.
    pub scopes: BTreeSet<Scope>,
    /// When it was made, in milliseconds since 1970.
    pub created_ms: i64,
    /// When it stops counting; `None` for never.
    pub expires_ms: Option<i64>,
    /// When it was last used, to the hour.
    pub used_ms: Option<i64>,
}

/// Somebody who is logged in by a browser. Only a digest of their secret is on record.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Session {
    /// Who.
    pub account: String,
    /// Since when, in milliseconds since 1970.
    pub created_ms: i64,
    /// Until when, unless it is made longer.
    pub expires_ms: i64,
}

/// An entry of the audit log.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct AuditEntry {
    /// When, in milliseconds since 1970.
    pub at_ms: i64,
    /// Who did it; `-` when nobody was logged in.
    pub who: String,
    /// What they did, as `deleted a job`.
    pub what: String,
    /// What it was done to: a name, an id.
    pub about: String,
}

/// Accounts, groups, secrets, sessions, and the audit log of a site.
///
/// Whatever changes accounts, groups and secrets writes the audit log in the same moment.
#[async_trait]
pub trait Accounts: Send + Sync {
    /// Returns an account.
    async fn account(&self, name: &str) -> Result<Option<Account>, StoreError>;
    /// Returns up to `limit` accounts whose names come after `after`, sorted.
    async fn accounts(&self, after: &str, limit: u32) -> Result<Vec<Account>, StoreError>;
    /// Writes an account, over the one of its name when there is one; its password stays.
    async fn put_account(&self, account: &Account, who: &str, now_ms: i64) -> Result<(), StoreError>;
    /// Removes an account with its secrets and sessions; says whether it was there.
    async fn remove_account(&self, name: &str, who: &str, now_ms: i64) -> Result<bool, StoreError>;

    /// Returns the hash of an account's password; none when it has none, or there is no such account.
    async fn password(&self, name: &str) -> Result<Option<String>, StoreError>;
    /// Sets or removes a password, and ends the account's sessions; says whether the account was there.
    async fn set_password(
        &self,
        name: &str,
        hash: Option<&str>,
        who: &str,
        now_ms: i64,
    ) -> Result<bool, StoreError>;

    /// Returns all groups, sorted.
    async fn groups(&self) -> Result<Vec<Group>, StoreError>;
    /// Writes a group, over the one of its name when there is one.
    async fn put_group(&self, group: &Group, who: &str, now_ms: i64) -> Result<(), StoreError>;
    /// Removes a group; says whether it was there. Accounts that name it have nothing from it any more.
    async fn remove_group(&self, name: &str, who: &str, now_ms: i64) -> Result<bool, StoreError>;

    /// Writes a secret, known by its digest.
    async fn add_token(&self, token: &ApiToken, digest: &str, who: &str) -> Result<(), StoreError>;
    /// Returns the secret of a digest, also one that expired.
    async fn token(&self, digest: &str) -> Result<Option<ApiToken>, StoreError>;
    /// Returns the secrets of an account, the newest first.
    async fn tokens(&self, account: &str) -> Result<Vec<ApiToken>, StoreError>;
    /// Notes that a secret was used.
    async fn token_used(&self, id: &str, now_ms: i64) -> Result<(), StoreError>;
    /// Removes a secret; says whether it was there: of two who do it at once, one hears yes.
    async fn remove_token(&self, id: &str, who: &str, now_ms: i64) -> Result<bool, StoreError>;

    /// Writes a session, known by the digest of its secret, over the one of this digest when there is one; forgets
    /// those that expired.
    async fn put_session(&self, digest: &str, session: &Session, now_ms: i64) -> Result<(), StoreError>;
    /// Returns the session of a digest, also one that expired.
    async fn session(&self, digest: &str) -> Result<Option<Session>, StoreError>;
    /// Ends a session.
    async fn end_session(&self, digest: &str) -> Result<(), StoreError>;

    /// Adds to the audit log.
    async fn audit(&self, entry: &AuditEntry) -> Result<(), StoreError>;
    /// Returns up to `limit` entries of the audit log that are older than entry `before`, the newest first, each with
    /// its number.
    async fn audit_log(&self, before: Option<i64>, limit: u32) -> Result<Vec<(i64, AuditEntry)>, StoreError>;
}
