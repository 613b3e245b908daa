//! Who somebody is: passwords, secrets of programs, and sessions of browsers.
//!
//! A password is kept as its argon2id hash, a secret as its SHA-256: it is 256 random bits, which nobody guesses. What
//! somebody may is asked anew each time, so that a group changed or an account switched off counts at once.

mod elsewhere;
mod invitations;
mod passwords;
mod secret;

use std::collections::BTreeSet;
use std::sync::Arc;

use tokio::sync::Semaphore;
use uuid::Uuid;

pub use self::elsewhere::LookedAgain;
pub use self::passwords::SHORTEST_PASSWORD;
pub use self::secret::Secret;
use crate::{
    Accounts, ApiToken, AuditEntry, Directory, DirectoryError, KnownBy, Permission, Person, Scope, Session,
    StoreError,
};

/// How long a session lasts that nobody uses.
const SESSION_MS: i64 = 14 * 86_400_000;
/// Each hash takes 19 MB for a while.
const HASHES_AT_ONCE: usize = 2;

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
    /// What the proxy calls somebody is no name for an account.
    #[error("the proxy in front of this site names somebody who can have no account: {0}")]
    BadName(String),
    /// The proxy names somebody whose account it did not make.
    #[error(
        "the proxy in front of this site says you are `{0}`, and the account of that name is not its own; an administrator \
         hands it over by `img user add {0} --login proxy`"
    )]
    OfAnother(String),
    /// Their password is not of this site.
    #[error(
        "the password of `{0}` is not kept here, since LDAP or a proxy says who they are; `img user add {0} --login site` has \
         it kept here"
    )]
    KnownElsewhere(String),
    /// The directory does not answer, so it is not known whether somebody is who they say.
    #[error(transparent)]
    DirectoryAway(#[from] DirectoryError),
    /// The store is broken, or away.
    #[error(transparent)]
    Broken(#[from] StoreError),
    /// A password cannot be hashed: a bug of ours, or the machine has no random numbers.
    #[error("cannot hash a password: {0}")]
    Hashing(String),
}

/// Who holds a secret of a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// Who, with what both the scopes of the secret and they themselves may.
    pub person: Person,
    /// What the secret is for.
    pub scopes: BTreeSet<Scope>,
    /// The public id of the secret.
    pub token: String,
}

/// The door of a site, which knows its people by itself, or has somebody else know them.
#[derive(Clone)]
pub struct Door {
    accounts: Arc<dyn Accounts>,
    directory: Option<Arc<dyn Directory>>,
    hashes: Arc<Semaphore>,
}

impl Door {
    /// Makes the door of these accounts.
    pub fn new(accounts: Arc<dyn Accounts>) -> Door {
        Door { accounts, directory: None, hashes: Arc::new(Semaphore::new(HASHES_AT_ONCE)) }
    }

    /// Has a directory vouch for people the site does not know by itself.
    #[must_use]
    pub fn with_directory(self, directory: Arc<dyn Directory>) -> Door {
        Door { directory: Some(directory), ..self }
    }

    /// Returns whose name and password these are; `None` when they are wrong, or the account is switched off.
    ///
    /// What is wrong is not said, and takes as long to find out. Every failure is in the audit log.
    pub async fn check(&self, name: &str, password: &str, now_ms: i64) -> Result<Option<Person>, DoorError> {
        let person = match self.name_of(name, password, now_ms).await? {
            Some(name) => self.person(&name, None).await?,
            None => None,
        };
        if person.is_none() {
            let about = name.chars().take(64).collect();
            let failed =
                AuditEntry { at_ms: now_ms, who: "-".into(), what: "failed to log in".into(), about };
            self.accounts.audit(&failed).await?;
        }
        Ok(person)
    }

    /// Returns the name of the account that this password opens.
    async fn name_of(&self, name: &str, password: &str, now_ms: i64) -> Result<Option<String>, DoorError> {
        match self.accounts.account(name).await?.map(|account| account.known_by) {
            // nobody else is asked about those, so a directory that is away keeps none of them outside
            Some(KnownBy::Site) => Ok(self.is_password(name, password).await?.then(|| name.to_owned())),
            Some(KnownBy::Directory | KnownBy::Gone) => self.is_vouched(name, password, now_ms).await,
            by => {
                self.is_nobody(password).await?;
                match by {
                    None => self.is_vouched(name, password, now_ms).await,
                    Some(_) => Ok(None),
                }
            }
        }
    }

    /// Lets somebody in whom [`Door::check`] knows, for a session.
    pub async fn log_in(
        &self,
        name: &str,
        password: &str,
        now_ms: i64,
    ) -> Result<Option<(Person, Secret)>, DoorError> {
        let Some(person) = self.check(name, password, now_ms).await? else { return Ok(None) };
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
        match self.accounts.account(&session.account).await? {
            Some(account) if self.still_counts(&account, Some(session.created_ms), now_ms) => {
                self.person(&session.account, None).await
            }
            _ => Ok(None),
        }
    }

    /// Ends a session.
    pub async fn log_out(&self, secret: &Secret) -> Result<(), DoorError> {
        Ok(self.accounts.end_session(&secret.digest()).await?)
    }

    /// Returns whose secret this is, with what both its scopes and its owner may.
    pub async fn of_token(&self, secret: &Secret, now_ms: i64) -> Result<Option<Person>, DoorError> {
        Ok(self.of_scoped(secret, now_ms).await?.map(|known| known.person))
    }

    /// The same, with the scopes of the secret: whoever makes another with it gives that no more.
    pub async fn of_scoped(&self, secret: &Secret, now_ms: i64) -> Result<Option<Holder>, DoorError> {
        let token = self.accounts.token(&secret.digest()).await?;
        let Some(token) = token.filter(|token| counts(token, now_ms)) else { return Ok(None) };
        if token.scopes.contains(&Scope::SetPassword) {
            return Ok(None); // it opens nothing else
        }
        if token.used_ms.is_none_or(|used| now_ms - used > 3_600_000) {
            // on a full disk nobody can note it, and looking is still possible
            let _ = self.accounts.token_used(&token.id, now_ms).await;
        }
        let person = self.person(&token.account, Some(&token.scopes)).await?;
        Ok(person.map(|person| Holder { person, scopes: token.scopes, token: token.id }))
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
        let account = self.accounts.account(name).await?;
        let Some(account) = account.filter(|account| account.active && self.still_counts(account, None, 0))
        else {
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
        let (permissions, withheld) = of_groups.flat_map(|group| group.permissions).partition(allowed);
        Ok(Some(Person { name: account.name, email: account.email, permissions, withheld }))
    }
}

fn counts(token: &ApiToken, now_ms: i64) -> bool {
    token.expires_ms.is_none_or(|expires| expires > now_ms)
}

impl std::fmt::Debug for Door {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Door")
    }
}
