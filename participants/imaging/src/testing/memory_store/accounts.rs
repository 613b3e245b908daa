//! People.

use async_trait::async_trait;

use super::MemoryStore;
use crate::{Account, Accounts, ApiToken, AuditEntry, Group, Session, StoreError};

#[async_trait]
impl Accounts for MemoryStore {
    async fn account(&self, name: &str) -> Result<Option<Account>, StoreError> {
        Ok(self.lock().accounts.get(name).map(|(account, _)| account.clone()))
    }

    async fn accounts(&self, after: &str, limit: u32) -> Result<Vec<Account>, StoreError> {
        let inner = self.lock();
        let accounts = inner.accounts.values().map(|(account, _)| account.clone());
        Ok(accounts.filter(|account| account.name.as_str() > after).take(limit as usize).collect())
    }

    async fn put_account(&self, account: &Account, who: &str, now_ms: i64) -> Result<(), StoreError> {
        let mut inner = self.lock();
        inner.audit(now_ms, who, "wrote the account", &account.name);
        let password = inner.accounts.remove(&account.name).and_then(|(_, password)| password);
        inner.accounts.insert(account.name.clone(), (account.clone(), password));
        Ok(())
    }

    async fn remove_account(&self, name: &str, who: &str, now_ms: i64) -> Result<bool, StoreError> {
        let mut inner = self.lock();
        let was_there = inner.accounts.remove(name).is_some();
        if was_there {
            inner.audit(now_ms, who, "removed the account", name);
        }
        inner.tokens.retain(|(_, token)| token.account != name);
        inner.sessions.retain(|_, session| session.account != name);
        Ok(was_there)
    }

    async fn password(&self, name: &str) -> Result<Option<String>, StoreError> {
        Ok(self.lock().accounts.get(name).and_then(|(_, password)| password.clone()))
    }

    async fn set_password(
        &self,
        name: &str,
        hash: Option<&str>,
        who: &str,
        now_ms: i64,
    ) -> Result<bool, StoreError> {
        let mut inner = self.lock();
        let Some((_, password)) = inner.accounts.get_mut(name) else { return Ok(false) };
        *password = hash.map(ToOwned::to_owned);
        inner.sessions.retain(|_, session| session.account != name);
        inner.audit(now_ms, who, "set the password", name);
        Ok(true)
    }

    async fn groups(&self) -> Result<Vec<Group>, StoreError> {
        Ok(self.lock().groups.values().cloned().collect())
    }

    async fn put_group(&self, group: &Group, who: &str, now_ms: i64) -> Result<(), StoreError> {
        let mut inner = self.lock();
        inner.audit(now_ms, who, "wrote the group", &group.name);
        inner.groups.insert(group.name.clone(), group.clone());
        Ok(())
    }

    async fn remove_group(&self, name: &str, who: &str, now_ms: i64) -> Result<bool, StoreError> {
        let mut inner = self.lock();
        let was_there = inner.groups.remove(name).is_some();
        if was_there {
            inner.audit(now_ms, who, "removed the group", name);
        }
        Ok(was_there)
    }

    async fn add_token(&self, token: &ApiToken, digest: &str, who: &str) -> Result<(), StoreError> {
        let mut inner = self.lock();
        inner.audit(token.created_ms, who, "made the secret", &format!("{} of {}", token.id, token.account));
        inner.tokens.push((digest.to_owned(), token.clone()));
        Ok(())
    }

    async fn token(&self, digest: &str) -> Result<Option<ApiToken>, StoreError> {
        let inner = self.lock();
        Ok(inner.tokens.iter().find(|(known, _)| known == digest).map(|(_, token)| token.clone()))
    }

    async fn tokens(&self, account: &str) -> Result<Vec<ApiToken>, StoreError> {
        let inner = self.lock();
        let tokens = inner.tokens.iter().rev().map(|(_, token)| token);
        Ok(tokens.filter(|token| token.account == account).cloned().collect())
    }

    async fn token_used(&self, id: &str, now_ms: i64) -> Result<(), StoreError> {
        let mut inner = self.lock();
        let token = inner.tokens.iter_mut().find(|(_, token)| token.id == id);
        if let Some((_, token)) = token {
            token.used_ms = Some(now_ms);
        }
        Ok(())
    }

    async fn remove_token(&self, id: &str, who: &str, now_ms: i64) -> Result<bool, StoreError> {
        let mut inner = self.lock();
        let Some(place) = inner.tokens.iter().position(|(_, token)| token.id == id) else { return Ok(false) };
        let (_, token) = inner.tokens.remove(place);
        inner.audit(now_ms, who, "removed the secret", &format!("{id} of {}", token.account));
        Ok(true)
    }

    async fn put_session(&self, digest: &str, session: &Session, now_ms: i64) -> Result<(), StoreError> {
        let mut inner = self.lock();
        inner.sessions.retain(|_, session| session.expires_ms > now_ms);
        inner.sessions.insert(digest.to_owned(), session.clone());
        Ok(())
    }

    async fn session(&self, digest: &str) -> Result<Option<Session>, StoreError> {
        Ok(self.lock().sessions.get(digest).cloned())
    }

    async fn end_session(&self, digest: &str) -> Result<(), StoreError> {
        self.lock().sessions.remove(digest);
        Ok(())
    }

    async fn audit(&self, entry: &AuditEntry) -> Result<(), StoreError> {
        self.lock().audit.push(entry.clone());
        Ok(())
    }

    async fn audit_log(&self, before: Option<i64>, limit: u32) -> Result<Vec<(i64, AuditEntry)>, StoreError> {
        let inner = self.lock();
        let mut numbered: Vec<_> = (1..).zip(inner.audit.iter().cloned()).collect();
        numbered.reverse();
        numbered.retain(|(number, _)| before.is_none_or(|before| *number < before));
        numbered.truncate(limit as usize);
        Ok(numbered)
    }
}
