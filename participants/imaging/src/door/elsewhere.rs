//! People whom somebody else knows: a directory, or the proxy in front of the pages.
//!
//! An account belongs to whoever made it. A directory and a proxy make accounts of their own at first sight, and are not
//! believed about any other: who has a name in LDAP is not the administrator of that name here.

use std::collections::BTreeSet;

use super::{Door, DoorError};
use crate::{Account, DirectoryError, Group, Known, KnownBy, Permission, Person, Sought, account_name};

/// Where the directory tells nobody who is still there, its people show their password again after this.
const UNTOLD_MS: i64 = 12 * 3_600_000;

/// A directory that says nothing of so many, one after the other, is not asked about more.
const TROUBLES: u32 = 3;

/// What came of asking a directory about everybody.
#[derive(Debug, Default)]
pub struct LookedAgain {
    /// Who is outside since now.
    pub gone: Vec<String>,
    /// Why it could not say anything of somebody.
    pub trouble: Option<DirectoryError>,
}

fn is_of_directory(account: &Account) -> bool {
    matches!(account.known_by, KnownBy::Directory | KnownBy::Gone)
}

impl Door {
    /// Tells whether people may log in whose passwords are not kept here.
    pub fn has_directory(&self) -> bool {
        self.directory.is_some()
    }

    /// Makes those of these groups that are not there yet and whose names mean something to us; returns the others that are not.
    pub async fn make_groups(
        &self,
        names: &BTreeSet<String>,
        who: &str,
        now_ms: i64,
    ) -> Result<Vec<String>, DoorError> {
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
            self.accounts.put_group(&Group { name: name.clone(), permissions }, who, now_ms).await?;
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
    /// sessions and tokens, and whom it knows again is inside.
    ///
    /// What it cannot say changes nothing, and keeps it from being asked about others only when it cannot say anything.
    pub async fn look_again(&self, now_ms: i64) -> Result<LookedAgain, DoorError> {
        let mut looked = LookedAgain::default();
        let Some(directory) = self.directory.as_ref().filter(|directory| directory.tells()) else {
            return Ok(looked);
        };
        let (mut last, mut in_a_row) = (String::new(), 0);
        loop {
            let part = self.accounts.accounts(&last, 500).await?;
            let Some(end) = part.last() else { return Ok(looked) };
            last.clone_from(&end.name);
            for name in part.into_iter().filter(is_of_directory).map(|account| account.name) {
                match directory.seek(&name).await {
                    Ok(Sought::Untold) => return Ok(looked),
                    Ok(sought) => {
                        in_a_row = 0;
                        if self.is_lost(&name, sought, now_ms).await? {
                            looked.gone.push(name);
                        }
                    }
                    Err(trouble) => {
                        looked.trouble.get_or_insert(trouble);
                        in_a_row += 1;
                        if in_a_row == TROUBLES {
                            return Ok(looked);
                        }
                    }
                }
            }
        }
    }

    /// Writes what the directory says of somebody; tells whether they were inside until now.
    async fn is_lost(&self, name: &str, sought: Sought, now_ms: i64) -> Result<bool, DoorError> {
        // somebody may have changed it while the directory was asked
        let account = self.accounts.account(name).await?.filter(is_of_directory);
        let (Some(account), Some(directory)) = (account, &self.directory) else { return Ok(false) };
        match sought {
            Sought::Here(known) if known.name == account.name => {
                self.refresh(Some(account), known, now_ms).await?;
                Ok(false)
            }
            // one that is written otherwise by now is another account
            _ if account.known_by == KnownBy::Gone => Ok(false),
            _ => {
                let account = Account { known_by: KnownBy::Gone, ..account };
                self.accounts.put_account(&account, directory.name(), now_ms).await?;
                Ok(true)
            }
        }
    }

    /// Has somebody else say from now on that it is them: the password it had here, and its sessions, count no more.
    pub async fn hand_over(&self, name: &str, to: KnownBy, who: &str, now_ms: i64) -> Result<(), DoorError> {
        let none = || DoorError::NoAccount(name.to_owned());
        self.accounts.set_password(name, None, who, now_ms).await?;
        let account = self.accounts.account(name).await?.ok_or_else(none)?;
        Ok(self.accounts.put_account(&Account { known_by: to, ..account }, who, now_ms).await?)
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
