//! How somebody gets a first password: whoever has an invitation chooses it.

use super::{Door, DoorError, Secret, counts};
use crate::{Account, Group, KnownBy, Permission, Scope};

/// How long an invitation counts.
const INVITATION_MS: i64 = 86_400_000;

impl Door {
    /// Makes an invitation: whoever has it may choose the password of an account, once, within a day.
    pub async fn invite(&self, name: &str, who: &str, now_ms: i64) -> Result<Secret, DoorError> {
        self.of_this_site(name).await?;
        let (scopes, expires) = ([Scope::SetPassword].into(), Some(now_ms + INVITATION_MS));
        Ok(self.add_token(name, "invitation", scopes, expires, who, now_ms).await?.1)
    }

    /// Tells whether somebody has a password. Nobody has before the first administrator chose one.
    pub async fn is_open(&self) -> Result<bool, DoorError> {
        let mut last = String::new();
        loop {
            let accounts = self.accounts.accounts(&last, 1_000).await?;
            let Some(account) = accounts.last() else { return Ok(false) };
            last.clone_from(&account.name);
            for account in &accounts {
                if self.accounts.password(&account.name).await?.is_some() {
                    return Ok(true);
                }
            }
        }
    }

    /// Invites the first administrator, whose account is made; `None` when there are accounts with a password.
    ///
    /// Each start without one makes a new invitation: no default password exists.
    pub async fn invite_first(&self, name: &str, now_ms: i64) -> Result<Option<Secret>, DoorError> {
        if self.is_open().await? {
            return Ok(None);
        }
        let group = Group { name: Group::ADMINISTRATORS.into(), permissions: Permission::ALL.into() };
        self.accounts.put_group(&group, "-", now_ms).await?;
        let account = Account {
            name: name.to_owned(),
            full_name: String::new(),
            email: String::new(),
            groups: [Group::ADMINISTRATORS.to_owned()].into(),
            active: true,
            known_by: KnownBy::Site,
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
        self.of_this_site(&token.account).await?;
        let hash = self.hash(password).await?;
        if !self.accounts.remove_token(&token.id, &token.account, now_ms).await? {
            return Err(DoorError::NoInvitation); // somebody else was faster
        }
        self.accounts.set_password(&token.account, Some(&hash), &token.account, now_ms).await?;
        Ok(token.account)
    }
}
