//! The tables of the site, and the errands.

use async_trait::async_trait;

use super::MemoryStore;
use crate::{Entry, Errand, ImageId, Outbox, Registry, StoreError, Table, Taken};

#[async_trait]
impl Registry for MemoryStore {
    async fn entries(&self, table: Table) -> Result<Vec<Entry>, StoreError> {
        let inner = self.lock();
        Ok(inner.entries.iter().filter(|((of, _), _)| *of == table).map(|(_, entry)| entry.clone()).collect())
    }

    async fn put(&self, entry: &Entry, who: &str, now_ms: i64) -> Result<(), StoreError> {
        let mut inner = self.lock();
        inner.audit(now_ms, who, &format!("wrote into {}", entry.table().as_str()), entry.name());
        inner.entries.insert((entry.table(), entry.name().to_owned()), entry.clone());
        Ok(())
    }

    async fn remove(&self, table: Table, name: &str, who: &str, now_ms: i64) -> Result<bool, StoreError> {
        let mut inner = self.lock();
        let was_there = inner.entries.remove(&(table, name.to_owned())).is_some();
        if was_there {
            inner.audit(now_ms, who, &format!("removed from {}", table.as_str()), name);
        }
        Ok(was_there)
    }
}

#[async_trait]
impl Outbox for MemoryStore {
    async fn take(&self, now_ms: i64, until_ms: i64, limit: u32) -> Result<Vec<Taken>, StoreError> {
        let mut inner = self.lock();
        let due = inner.errands.iter_mut().filter(|noted| !noted.done && noted.due_ms <= now_ms);
        let taken = due.take(limit as usize).map(|noted| {
            noted.due_ms = until_ms;
            let taken = noted.taken.clone();
            noted.taken.tries += 1;
            taken
        });
        Ok(taken.collect())
    }

    async fn done(&self, key: &str, _now_ms: i64) -> Result<(), StoreError> {
        self.lock()
            .errands
            .iter_mut()
            .filter(|noted| noted.taken.key == key)
            .for_each(|noted| noted.done = true);
        Ok(())
    }

    async fn postpone(&self, key: &str, _why: &str, until_ms: i64) -> Result<(), StoreError> {
        let mut inner = self.lock();
        inner
            .errands
            .iter_mut()
            .filter(|noted| noted.taken.key == key)
            .for_each(|noted| noted.due_ms = until_ms);
        Ok(())
    }

    async fn ask(
        &self,
        key: &str,
        image_id: &ImageId,
        errand: &Errand,
        now_ms: i64,
    ) -> Result<bool, StoreError> {
        Ok(self.lock().ask(key.to_owned(), image_id, errand.clone(), now_ms))
    }
}
