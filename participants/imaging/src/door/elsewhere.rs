//! People whom somebody else knows: a directory, or the proxy in front of the pages.
//!
//! An account belongs to whoever made it. A directory and a proxy make accounts of their own at first sight, and are not
//! believed about any other: who has a name in LDAP is not the administrator of that name here.

use std::collections::BTreeSet;

use super::{Door, DoorError};
use crate::{Account, Group, Known, KnownBy, Permission, Person, Sought, account_name};

/// Where the directory tells nobody who is still there, its people show their password again after this.
const UNTOLD_MS: i64 = 12 * 3_600_000;

impl Door {
    /// Tells whether people may log in whose passwords are not kept here.
    pub fn has_directory(&self) -> bool {
        self.directory.is_some()
    }

    /// Makes those of these groups that the site has no permissions of yet, as far as their names mean something to us.
    pub async fn make_groups(&self, names: &BTreeSet<String>, now_ms: i64) -> Result<Vec<String>, DoorError> {
        let known = self.accounts.groups().await?;
        let mut strange = Vec::new();
        for name in names.iter().filter(|name| !known.iter().any(|group| group.name == **name)) {
            let permissions = match name.as_str() {
                Group::ADMINISTRATORS => Permission::ALL.into(),
                Group::MAKERS => [Permission::Submit].into(),
                _ => {
                    strange.push(name.clone());
                    continue;
                }
            };
            self.accounts.put_group(&Group { name: name.clone(), permissions }, "-", now_ms).await?;
        }
        Ok(strange)
    }

    /// Tells whether the directory knows this name and password; its account is made, or made as the directory has it.
    pub(super) async fn is_vouched(
        &self,
        name: &str,
        password: &str,
        now_ms: i64,
    ) -> Result<Option<String>, DoorError> {
        let Some(directory) = &self.directory else { return Ok(None) };
        // some servers let everybody in who shows no password, as nobody in particular
        if password.is_empty() || account_name(name).is_err() {
            return Ok(None);
        }
        let Some(known) = directory.vouch(name, password).await? else { return Ok(None) };
        let is_theirs = known.name.eq_ignore_ascii_case(name) && account_name(&known.name).is_ok();
        let account = self.accounts.account(&known.name).await?;
        let by = account.as_ref().map_or(KnownBy::Directory, |account| account.known_by);
        if !is_theirs || !matches!(by, KnownBy::Directory | KnownBy::Gone) {
            return Ok(None);
        }
        let name = known.name.clone();
        self.refresh(account, known, now_ms).await?;
        Ok(Some(name))
    }

    /// Writes an account as the directory has it, unless it is so already.
    async fn refresh(&self, old: Option<Account>, known: Known, now_ms: i64) -> Result<(), DoorError> {
        let Some(directory) = &self.directory else { return Ok(()) };
        let mut groups = old.as_ref().map(|account| account.groups.clone()).unwrap_or_default();
        groups.retain(|group| !directory.governs().contains(group));
        groups.extend(known.groups);
        let account = Account {
            name: known.name,
            full_name: known.full_name,
            email: known.email,
            groups,
            active: old.as_ref().is_none_or(|account| account.active),
            known_by: KnownBy::Directory,
            created_ms: old.as_ref().map_or(now_ms, |account| account.created_ms),
        };
        if old.as_ref() != Some(&account) {
            self.accounts.put_account(&account, directory.name(), now_ms).await?;
        }
        Ok(())
    }

    /// Asks the directory for everybody it ever vouched for: whom it does not know any more is outside at once, with all
    /// sessions and tokens, and whom it knows again is inside. Returns their names.
    ///
    /// What it cannot say changes nothing.
    pub async fn look_again(&self, now_ms: i64) -> Result<Vec<String>, DoorError> {
        let Some(directory) = self.directory.as_ref().filter(|directory| directory.tells()) else {
            return Ok(Vec::new());
        };
        let (mut last, mut gone) = (String::new(), Vec::new());
        loop {
            let part = self.accounts.accounts(&last, 500).await?;
            let Some(end) = part.last() else { return Ok(gone) };
            last.clone_from(&end.name);
            for account in part {
                let was = account.known_by;
                if !matches!(was, KnownBy::Directory | KnownBy::Gone) {
                    continue;
                }
                match directory.seek(&account.name).await? {
                    Sought::Here(known) if known.name == account.name => {
                        self.refresh(Some(account), known, now_ms).await?;
                    }
                    Sought::Untold => return Ok(gone),
                    // one that is written otherwise by now is another account
                    Sought::Here(_) | Sought::Gone if was == KnownBy::Gone => {}
                    Sought::Here(_) | Sought::Gone => {
                        gone.push(account.name.clone());
                        let account = Account { known_by: KnownBy::Gone, ..account };
                        self.accounts.put_account(&account, directory.name(), now_ms).await?;
                    }
                }
            }
        }
    }

    /// Returns whom the proxy in front of the pages says this is; the account is made at first sight, in these groups.
    pub async fn of_proxy(
        &self,
        name: &str,
        groups: &BTreeSet<String>,
        now_ms: i64,
    ) -> Result<Option<Person>, DoorError> {
        let name = account_name(name).map_err(|error| DoorError::BadName(error.to_string()))?;
        match self.accounts.account(&name).await? {
            Some(account) if account.known_by == KnownBy::Proxy => {}
            Some(_) => return Err(DoorError::OfAnother(name)),
            None => {
                let account = Account {
                    name: name.clone(),
                    full_name: String::new(),
                    email: String::new(),
                    groups: groups.clone(),
                    active: true,
                    known_by: KnownBy::Proxy,
                    created_ms: now_ms,
                };
                self.accounts.put_account(&account, "the proxy", now_ms).await?;
            }
        }
        self.person(&name, None).await
    }

    /// Tells whether somebody is inside as far as the directory goes, who logged in then.
    pub(super) fn still_counts(&self, account: &Account, since_ms: Option<i64>, now_ms: i64) -> bool {
        match account.known_by {
            KnownBy::Site | KnownBy::Proxy => true,
            KnownBy::Gone => false,
            KnownBy::Directory => self.directory.as_ref().is_some_and(|directory| {
                directory.tells() || since_ms.is_none_or(|since| now_ms - since < UNTOLD_MS)
            }),
        }
    }

    /// Refuses to give an account a password whose owner shows theirs elsewhere.
    pub(super) async fn of_this_site(&self, name: &str) -> Result<(), DoorError> {
        match self.accounts.account(name).await? {
            None => Err(DoorError::NoAccount(name.to_owned())),
            Some(account) if account.known_by == KnownBy::Site => Ok(()),
            Some(_) => Err(DoorError::KnownElsewhere(name.to_owned())),
        }
    }
}
