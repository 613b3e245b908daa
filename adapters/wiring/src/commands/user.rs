//! `img user`: people and their tokens, in the job store of this machine.

mod password;

use std::collections::BTreeSet;
use std::sync::Arc;

use anyhow::{Result, bail};
use cli::{LoginBy, TokenScope, UserArguments, UserCommand, result, say, visible};
use imaging::door::{Door, DoorError};
use imaging::{Account, Accounts, Group, KnownBy, Person, Scope, account_name, now_ms};
use job_store_sql::SqlJobStore;
use serde_json::json;

use super::up::jobs;
use crate::machine::user_name;
use crate::state::State;

/// Does what is asked for, and returns the exit status.
pub(crate) async fn user(arguments: UserArguments) -> Result<u8> {
    let UserArguments { command, here, state: told } = arguments;
    let state = State::open(told.state)?;
    let store = Arc::new(jobs(&here, &state).await?);
    let people =
        People { door: Door::new(store.clone()), store, who: format!("{} at this machine", user_name()) };
    match command {
        UserCommand::List => people.list(told.json).await?,
        UserCommand::Add { name, email, full_name, groups, login } => {
            people.add(&name, email, full_name, groups, login).await?
        }
        UserCommand::Passwd { name } => people.passwd(&name).await?,
        UserCommand::Invite { name } => people.invite(&name, told.json).await?,
        UserCommand::Token { name, label, scopes, days } => {
            people.token(&name, &label, &scopes, days, told.json).await?;
        }
        UserCommand::Remove { name } => {
            if !people.store.remove_account(&name, &people.who, now_ms()).await? {
                bail!("there is no account `{}`", visible(&name));
            }
        }
    }
    Ok(0)
}

struct People {
    door: Door,
    store: Arc<SqlJobStore>,
    /// Who does it, for the audit log.
    who: String,
}

impl People {
    async fn list(&self, json: bool) -> Result<()> {
        let mut all: Vec<Account> = Vec::new();
        loop {
            let last = all.last().map(|account| account.name.clone()).unwrap_or_default();
            let part = self.store.accounts(&last, 500).await?;
            if part.is_empty() {
                break;
            }
            all.extend(part);
        }
        if json {
            result(json!(all));
            return Ok(());
        }
        for account in all {
            let groups: Vec<_> = account.groups.iter().map(String::as_str).collect();
            let off = match account.known_by {
                _ if !account.active => "  switched off",
                KnownBy::Site => "",
                KnownBy::Directory => "  by LDAP",
                KnownBy::Gone => "  gone from LDAP",
                KnownBy::Proxy => "  by the proxy",
            };
            result(visible(&format!(
                "{:<20} {:<30} {}{off}",
                account.name,
                account.email,
                groups.join(", ")
            )));
        }
        Ok(())
    }

    async fn add(
        &self,
        name: &str,
        email: Option<String>,
        full_name: Option<String>,
        groups: Vec<String>,
        login: Option<LoginBy>,
    ) -> Result<()> {
        let name = account_name(name)?;
        let login = login.map(|login| match login {
            LoginBy::Site => KnownBy::Site,
            LoginBy::Directory => KnownBy::Directory,
            LoginBy::Proxy => KnownBy::Proxy,
        });
        let groups: BTreeSet<_> = groups.into_iter().collect();
        if let Some(strange) = self.door.make_groups(&groups, &self.who, now_ms()).await?.first() {
            let known = self.store.groups().await?.into_iter().map(|group| group.name);
            let mut names: BTreeSet<_> = known.collect();
            names.extend([Group::ADMINISTRATORS, Group::MAKERS].map(str::to_owned));
            let names: Vec<_> = names.into_iter().collect();
            bail!("there is no group `{}`; there are {}", visible(strange), names.join(" "));
        }
        let old = self.store.account(&name).await?.unwrap_or(Account {
            name,
            full_name: String::new(),
            email: String::new(),
            groups: BTreeSet::new(),
            active: true,
            known_by: login.unwrap_or_default(),
            created_ms: now_ms(),
        });
        let account = Account {
            email: email.unwrap_or(old.email),
            full_name: full_name.unwrap_or(old.full_name),
            groups: if groups.is_empty() { old.groups } else { groups },
            ..old
        };
        self.store.put_account(&account, &self.who, now_ms()).await?;
        let name = &account.name;
        let known_by = login.unwrap_or(account.known_by);
        if known_by != account.known_by {
            self.door.hand_over(name, known_by, &self.who, now_ms()).await?;
        }
        if known_by == KnownBy::Site && self.store.password(name).await?.is_none() {
            say(format_args!(
                "img: {name} has no password yet: `img user passwd {name}`, or `img user invite {name}`"
            ));
        }
        Ok(())
    }

    async fn passwd(&self, name: &str) -> Result<()> {
        let name = account_name(name)?;
        let now = now_ms();
        // the first password of a site is the first administrator's; an earlier attempt may have been refused
        let account = self.store.account(&name).await?;
        if account.as_ref().is_some_and(|account| account.known_by != KnownBy::Site) {
            return Err(DoorError::KnownElsewhere(name).into());
        }
        let may_be_first =
            account.as_ref().is_none_or(|account| account.groups.contains(Group::ADMINISTRATORS));
        let is_first = may_be_first && !self.door.is_open().await?;
        if !is_first && account.is_none() {
            bail!("there is no account `{name}`: `img user add {name}` makes one");
        }
        let password = password::ask(&name)?;
        if is_first && let Some(invitation) = self.door.invite_first(&name, now).await? {
            self.door.accept(&invitation, &password, now).await?;
            say(format_args!("img: {name} is an administrator now"));
            return Ok(());
        }
        Ok(self.door.set_password(&name, &password, &self.who, now).await?)
    }

    async fn invite(&self, name: &str, json: bool) -> Result<()> {
        let invitation = self.door.invite(name, &self.who, now_ms()).await?;
        if json {
            result(json!({ "name": name, "invitation": invitation.reveal() }));
        } else {
            result(invitation.reveal());
            say("img: whoever has it chooses the password, once, within a day: POST /api/v1/invitations");
        }
        Ok(())
    }

    async fn token(
        &self,
        name: &str,
        label: &str,
        scopes: &[TokenScope],
        days: Option<u32>,
        json: bool,
    ) -> Result<()> {
        let Some(account) = self.store.account(name).await? else {
            bail!("there is no account `{}`: `img user add` makes one", visible(name));
        };
        let person = Person {
            name: account.name,
            email: account.email,
            permissions: BTreeSet::new(),
            withheld: BTreeSet::new(),
        };
        let scope = |scope: &TokenScope| match scope {
            TokenScope::Read => Scope::Read,
            TokenScope::Submit => Scope::Submit,
            TokenScope::Manage => Scope::Manage,
        };
        let now = now_ms();
        let expires = days.map(|days| now + i64::from(days) * 86_400_000);
        let scopes = scopes.iter().map(scope).collect();
        let (token, secret) = self.door.make_token(&person, label, scopes, expires, now).await?;
        if json {
            result(json!({ "id": token.id, "name": token.account, "secret": secret.reveal() }));
        } else {
            result(secret.reveal());
        }
        Ok(())
    }
}
