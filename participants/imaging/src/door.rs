//! Who somebody is: passwords, secrets of programs, and sessions of browsers.
//!
//! A password is kept as its argon2id hash, a secret as its SHA-256: it is 256 random bits, which nobody guesses. What
//! somebody may is asked anew each time, so that a group changed or an account switched off counts at once.

use std::collections::BTreeSet;
use std::sync::Arc;

use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Argon2, PasswordHash};
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;
use uuid::Uuid;

use crate::{Account, Accounts, ApiToken, AuditEntry, Group, Permission, Person, Scope, Session, StoreError};

/// The shortest password, in characters.
pub const SHORTEST_PASSWORD: usize = 8;
/// The longest, in bytes: hashing more only costs time.
const LONGEST_PASSWORD: usize = 1_024;
/// Each hash takes 19 MB for a while.
const HASHES_AT_ONCE: usize = 2;
/// How long a session lasts that nobody uses.
const SESSION_MS: i64 = 14 * 86_400_000;
/// How long an invitation counts.
const INVITATION_MS: i64 = 86_400_000;
/// The group of those who may do everything.
const ADMINISTRATORS: &str = "administrators";
/// What a password is compared with when there is no account: it takes as long.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5IGlzIGhlcmU$kAT/M6V4TeOsJpLcLxQ3NZ1VAxyrvLkdAOeOG2mVEEw";

/// A text that lets whoever has it in; it is shown once and kept nowhere.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

/// Why somebody stays outside, or a password is not taken.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DoorError {
    /// The password is not one.
    #[error("the password {0}")]
    BadPassword(&'static str),
    /// The invitation is unknown, expired, or was used.
    #[error("this invitation does not count any more: ask for a new one")]
    NoInvitation,
    /// There is no such account.
    #[error("there is no account `{0}`")]
    NoAccount(String),
    /// The store is broken, or away.
    #[error(transparent)]
    Broken(#[from] StoreError),
    /// A password cannot be hashed: a bug of ours, or the machine has no random numbers.
    #[error("cannot hash a password: {0}")]
    Hashing(String),
}

/// The door of a site that knows its people by itself.
#[derive(Clone)]
pub struct Door {
    accounts: Arc<dyn Accounts>,
    hashes: Arc<Semaphore>,
}

impl Door {
    /// Makes the door of these accounts.
    pub fn new(accounts: Arc<dyn Accounts>) -> Door {
        Door { accounts, hashes: Arc::new(Semaphore::new(HASHES_AT_ONCE)) }
    }

    /// Lets somebody in by name and password; `None` when they are wrong, or the account is switched off.
    ///
    /// What is wrong is not said, and takes as long to find out. Every failure is in the audit log.
    pub async fn log_in(
        &self,
        name: &str,
        password: &str,
        now_ms: i64,
    ) -> Result<Option<(Person, Secret)>, DoorError> {
        let hash = self.accounts.password(name).await?;
        let is_right = self.verify(password, hash.unwrap_or_else(|| NOBODY.into())).await?;
        let person = if is_right { self.person(name, None).await? } else { None };
        let Some(person) = person else {
            let about = name.chars().take(64).collect();
            let failed =
                AuditEntry { at_ms: now_ms, who: "-".into(), what: "failed to log in".into(), about };
            self.accounts.audit(&failed).await?;
            return Ok(None);
        };
        let secret = Secret::new("s");
        let session =
            Session { account: person.name.clone(), created_ms: now_ms, expires_ms: now_ms + SESSION_MS };
        self.accounts.put_session(&secret.digest(), &session, now_ms).await?;
        Ok(Some((person, secret)))
    }

    /// Returns who is logged in with this session; half of its time later it is made longer.
    pub async fn of_session(&self, secret: &Secret, now_ms: i64) -> Result<Option<Person>, DoorError> {
        let digest = secret.digest();
        let Some(session) =
            self.accounts.session(&digest).await?.filter(|session| session.expires_ms > now_ms)
        else {
            return Ok(None);
        };
        if session.expires_ms - now_ms < SESSION_MS / 2 {
            let longer = Session { expires_ms: now_ms + SESSION_MS, ..session.clone() };
            self.accounts.put_session(&digest, &longer, now_ms).await?;
        }
        self.person(&session.account, None).await
    }

    /// Ends a session.
    pub async fn log_out(&self, secret: &Secret) -> Result<(), DoorError> {
        Ok(self.accounts.end_session(&secret.digest()).await?)
    }

    /// Returns whose secret this is, with what both its scopes and its owner may.
    pub async fn of_token(&self, secret: &Secret, now_ms: i64) -> Result<Option<Person>, DoorError> {
        let token = self.accounts.token(&secret.digest()).await?;
        let Some(token) = token.filter(|token| counts(token, now_ms)) else { return Ok(None) };
        if token.scopes.contains(&Scope::SetPassword) {
            return Ok(None); // it opens nothing else
        }
        if token.used_ms.is_none_or(|used| now_ms - used > 3_600_000) {
            self.accounts.token_used(&token.id, now_ms).await?;
        }
        self.person(&token.account, Some(&token.scopes)).await
    }

    /// Makes a secret for a program of this person; it never does more than they may.
    pub async fn make_token(
        &self,
        person: &Person,
        label: &str,
        scopes: BTreeSet<Scope>,
        expires_ms: Option<i64>,
        now_ms: i64,
    ) -> Result<(ApiToken, Secret), DoorError> {
        let scopes = scopes.into_iter().filter(|scope| *scope != Scope::SetPassword).collect();
        self.add_token(&person.name, label, scopes, expires_ms, &person.name, now_ms).await
    }

    /// Makes an invitation: whoever has it may choose the password of an account, once, within a day.
    pub async fn invite(&self, name: &str, who: &str, now_ms: i64) -> Result<Secret, DoorError> {
        if self.accounts.account(name).await?.is_none() {
            return Err(DoorError::NoAccount(name.to_owned()));
        }
        let (scopes, expires) = ([Scope::SetPassword].into(), Some(now_ms + INVITATION_MS));
        Ok(self.add_token(name, "invitation", scopes, expires, who, now_ms).await?.1)
    }

    /// Invites the first administrator, whose account is made; `None` when there are accounts with a password.
    ///
    /// Each start without one makes a new invitation: no default password exists.
    pub async fn invite_first(&self, name: &str, now_ms: i64) -> Result<Option<Secret>, DoorError> {
        let accounts = self.accounts.accounts("", 1_000).await?;
        for account in &accounts {
            if self.accounts.password(&account.name).await?.is_some() {
                return Ok(None);
            }
        }
        let group = Group { name: ADMINISTRATORS.into(), permissions: Permission::ALL.into() };
        self.accounts.put_group(&group, "-", now_ms).await?;
        let account = Account {
            name: name.to_owned(),
            full_name: String::new(),
            email: String::new(),
            groups: [ADMINISTRATORS.to_owned()].into(),
            active: true,
            created_ms: now_ms,
        };
        self.accounts.put_account(&account, "-", now_ms).await?;
        for old in self.accounts.tokens(name).await? {
            self.accounts.remove_token(&old.id, "-", now_ms).await?;
        }
        self.invite(name, "-", now_ms).await.map(Some)
    }

    /// Chooses the password of an invited account, and returns its name.
    pub async fn accept(
        &self,
        invitation: &Secret,
        password: &str,
        now_ms: i64,
    ) -> Result<String, DoorError> {
        let token = self.accounts.token(&invitation.digest()).await?;
        let token = token.filter(|token| counts(token, now_ms) && token.scopes.contains(&Scope::SetPassword));
        let token = token.ok_or(DoorError::NoInvitation)?;
        let hash = self.hash(password).await?;
        if !self.accounts.remove_token(&token.id, &token.account, now_ms).await? {
            return Err(DoorError::NoInvitation); // somebody else was faster
        }
        self.accounts.set_password(&token.account, Some(&hash), &token.account, now_ms).await?;
        Ok(token.account)
    }

    /// Sets a password, which ends all sessions of the account.
    pub async fn set_password(
        &self,
        name: &str,
        password: &str,
        who: &str,
        now_ms: i64,
    ) -> Result<(), DoorError> {
        let hash = self.hash(password).await?;
        if self.accounts.set_password(name, Some(&hash), who, now_ms).await? {
            Ok(())
        } else {
            Err(DoorError::NoAccount(name.to_owned()))
        }
    }

    async fn add_token(
        &self,
        account: &str,
        label: &str,
        scopes: BTreeSet<Scope>,
        expires_ms: Option<i64>,
        who: &str,
        now_ms: i64,
    ) -> Result<(ApiToken, Secret), DoorError> {
        let secret = Secret::new("img");
        let token = ApiToken {
            id: Uuid::new_v4().simple().to_string(),
            account: account.to_owned(),
            label: label.chars().take(100).collect(),
            scopes,
            created_ms: now_ms,
            expires_ms,
            used_ms: None,
        };
        self.accounts.add_token(&token, &secret.digest(), who).await?;
        Ok((token, secret))
    }

    /// Returns an account that may come in, with what it may by its groups, and no more than by these scopes.
    async fn person(
        &self,
        name: &str,
        scopes: Option<&BTreeSet<Scope>>,
    ) -> Result<Option<Person>, DoorError> {
        let Some(account) = self.accounts.account(name).await?.filter(|account| account.active) else {
            return Ok(None);
        };
        let groups = self.accounts.groups().await?;
        let of_groups = groups.into_iter().filter(|group| account.groups.contains(&group.name));
        let allowed = |permission: &Permission| {
            scopes.is_none_or(|scopes| {
                scopes.contains(&Scope::Manage)
                    || (*permission == Permission::Submit && scopes.contains(&Scope::Submit))
            })
        };
        let permissions = of_groups.flat_map(|group| group.permissions).filter(allowed).collect();
        Ok(Some(Person { name: account.name, email: account.email, permissions }))
    }

    async fn hash(&self, password: &str) -> Result<String, DoorError> {
        if password.chars().count() < SHORTEST_PASSWORD {
            return Err(DoorError::BadPassword("should have 8 characters at least"));
        }
        if password.len() > LONGEST_PASSWORD {
            return Err(DoorError::BadPassword("should have 1024 bytes at most"));
        }
        let password = password.to_owned();
        self.apart(move || {
            let hash: PasswordHash = Argon2::default()
                .hash_password(password.as_bytes())
                .map_err(|error| DoorError::Hashing(error.to_string()))?;
            Ok(hash.to_string())
        })
        .await?
    }

    async fn verify(&self, password: &str, hash: String) -> Result<bool, DoorError> {
        let password: String =
            if password.len() > LONGEST_PASSWORD { String::new() } else { password.to_owned() };
        self.apart(move || Argon2::default().verify_password(password.as_bytes(), hash.as_str()).is_ok())
            .await
    }

    /// Works on a thread of its own, a few at a time.
    async fn apart<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, DoorError> {
        let failed = |error: String| DoorError::Hashing(error);
        let _turn = self.hashes.acquire().await.map_err(|error| failed(error.to_string()))?;
        tokio::task::spawn_blocking(work).await.map_err(|error| failed(error.to_string()))
    }
}

fn counts(token: &ApiToken, now_ms: i64) -> bool {
    token.expires_ms.is_none_or(|expires| expires > now_ms)
}

impl Secret {
    fn new(kind: &str) -> Secret {
        Secret(format!("{kind}_{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple()))
    }

    /// Takes what somebody showed.
    pub fn shown(text: &str) -> Secret {
        Secret(text.to_owned())
    }

    /// Returns the text, to be shown once.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    fn digest(&self) -> String {
        Sha256::digest(&self.0).iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Secret(***)")
    }
}

impl std::fmt::Debug for Door {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Door")
    }
}

#[cfg(test)]
mod tests {
    use argon2::PasswordHash;

    use super::NOBODY;

    #[test]
    fn a_name_nobody_has_takes_as_long_as_a_wrong_password() {
        // a hash that cannot be read would be refused at once
        let hash = PasswordHash::new(NOBODY).unwrap();
        assert_eq!(hash.params.to_string(), "m=19456,t=2,p=1");
    }
}
