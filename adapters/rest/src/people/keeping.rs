//! The rules of caring for accounts and groups, for programs and for pages.

use std::collections::BTreeSet;

use imaging::{Account, Group, KnownBy, Permission, Person, account_name, now_ms};

use crate::problem::{Mistake, Problem};
use crate::service::Rest;

/// What is written into an account.
#[derive(Clone, Debug, Default)]
pub struct AccountWish {
    /// What they are called.
    pub full_name: String,
    /// Where mail reaches them.
    pub email: String,
    /// The groups they are in.
    pub groups: BTreeSet<String>,
    /// Whether they may log in.
    pub active: bool,
}

impl Rest {
    /// Writes an account, over the one of its name; a new one has no password until its owner accepts an invitation.
    pub async fn put_account(
        &self,
        name: String,
        wish: AccountWish,
        by: &Person,
    ) -> Result<Account, Problem> {
        let known = self.accounts.groups().await?;
        let mistakes = mistakes(&name, &wish, &known);
        if !mistakes.is_empty() {
            return Err(Problem::mistakes(mistakes));
        }
        if name == by.name && !(wish.active && may_care(&wish.groups, &known)) {
            return Err(Problem::conflict("you would shut yourself out: another administrator may do that"));
        }
        let now = now_ms();
        let before = self.accounts.account(&name).await?;
        let account = Account {
            name,
            full_name: wish.full_name,
            email: wish.email,
            groups: wish.groups,
            active: wish.active,
            known_by: before.as_ref().map_or(KnownBy::Site, |before| before.known_by),
            created_ms: before.map_or(now, |before| before.created_ms),
        };
        self.accounts.put_account(&account, &by.name, now).await?;
        Ok(account)
    }

    /// Removes an account with its tokens; its jobs stay.
    pub async fn remove_account(&self, name: &str, by: &Person) -> Result<(), Problem> {
        if name == by.name {
            return Err(Problem::conflict("this is your own account: another administrator may remove it"));
        }
        if self.accounts.remove_account(name, &by.name, now_ms()).await? {
            Ok(())
        } else {
            Err(Problem::missing(format!("there is no account {name:?}")))
        }
    }

    /// Writes a group, over the one of its name.
    pub async fn put_group(
        &self,
        name: &str,
        permissions: BTreeSet<Permission>,
        by: &Person,
    ) -> Result<(), Problem> {
        let name =
            account_name(name).map_err(|error| Problem::mistake("name", format!("is wrong: {error}")))?;
        self.group_may_go(&name, permissions.contains(&Permission::ManageAccounts), by).await?;
        self.accounts.put_group(&Group { name, permissions }, &by.name, now_ms()).await?;
        Ok(())
    }

    /// Removes a group; its members have nothing from it any more.
    pub async fn remove_group(&self, name: &str, by: &Person) -> Result<(), Problem> {
        self.group_may_go(name, false, by).await?;
        if self.accounts.remove_group(name, &by.name, now_ms()).await? {
            Ok(())
        } else {
            Err(Problem::missing(format!("there is no group {name:?}")))
        }
    }

    /// Refuses what would leave a site without anybody who may everything, or shut out whoever does it.
    async fn group_may_go(&self, name: &str, still_cares: bool, by: &Person) -> Result<(), Problem> {
        if name == Group::ADMINISTRATORS {
            return Err(Problem::conflict(format!("the group {name} may do everything, and stays as it is")));
        }
        if still_cares {
            return Ok(());
        }
        let mut others = self.accounts.groups().await?;
        others.retain(|group| group.name != name);
        let own = self.accounts.account(&by.name).await?.map(|account| account.groups).unwrap_or_default();
        if own.contains(name) && !may_care(&own, &others) {
            return Err(Problem::conflict("you would shut yourself out: another administrator may do that"));
        }
        Ok(())
    }
}

/// Returns what is wrong with an account.
fn mistakes(name: &str, wish: &AccountWish, known: &[Group]) -> Vec<Mistake> {
    let mut mistakes = Vec::new();
    if let Err(error) = account_name(name) {
        mistakes.push(Mistake::of("name", format!("is wrong: {error}")));
    }
    for (field, text) in [("full_name", &wish.full_name), ("email", &wish.email)] {
        if text.len() > 250 || text.contains(char::is_control) {
            mistakes.push(Mistake::of(field, "should be one line of 250 bytes at most"));
        }
    }
    let unknown = wish.groups.iter().filter(|group| !known.iter().any(|known| known.name == **group));
    for group in unknown.take(20) {
        mistakes
            .push(Mistake::of("groups", format!("should be some of /api/v1/groups; there is no {group:?}")));
    }
    mistakes
}

/// Tells whether somebody in these groups may care for accounts.
fn may_care(groups: &BTreeSet<String>, known: &[Group]) -> bool {
    let mut own = known.iter().filter(|group| groups.contains(&group.name));
    own.any(|group| group.permissions.contains(&Permission::ManageAccounts))
}
