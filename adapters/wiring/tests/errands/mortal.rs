//! An engine and an outbox that programs die at.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use imaging::testing::MemoryStore;
use imaging::{Errand, ImageId, Outbox, StoreError, Taken};
use participant_core::{Launch, LaunchError, Launcher, async_trait};
use serde_json::Value;
use tokio::sync::Notify;

/// Dies at one of its calls, counted from 0: it never comes back from it.
#[derive(Clone)]
pub(crate) struct Death {
    calls: Arc<AtomicUsize>,
    at: usize,
    pub(crate) died: Arc<Notify>,
}

impl Death {
    pub(crate) fn at(at: usize) -> Death {
        Death { calls: Arc::default(), at, died: Arc::default() }
    }

    async fn may_come(&self) {
        if self.calls.fetch_add(1, Ordering::SeqCst) == self.at {
            self.died.notify_one();
            std::future::pending::<()>().await;
        }
    }
}

/// An engine that starts a launch once, as the local one does: its launches, by their ids.
#[derive(Clone)]
pub(crate) struct MortalEngine {
    pub(crate) launched: Arc<Mutex<BTreeMap<String, Value>>>,
    pub(crate) death: Death,
    pub(crate) refuses: bool,
}

#[async_trait]
impl Launcher for MortalEngine {
    async fn launch(&self, launch: &Launch) -> Result<(), LaunchError> {
        self.death.may_come().await;
        if self.refuses {
            return Err(LaunchError("the broker is away".into()));
        }
        let fields: Value = serde_json::from_str(launch.fields.get()).unwrap();
        let before = self.launched.lock().unwrap().insert(launch.id.clone().unwrap(), fields.clone());
        assert!(before.is_none_or(|before| before == fields), "one id, one text");
        self.death.may_come().await;
        Ok(())
    }
}

pub(crate) struct MortalOutbox(pub(crate) Arc<MemoryStore>, pub(crate) Death);

#[async_trait]
impl Outbox for MortalOutbox {
    async fn take(&self, now_ms: i64, until_ms: i64, limit: u32) -> Result<Vec<Taken>, StoreError> {
        self.1.may_come().await;
        let taken = self.0.take(now_ms, until_ms, limit).await;
        self.1.may_come().await;
        taken
    }

    async fn done(&self, key: &str, now_ms: i64) -> Result<(), StoreError> {
        self.1.may_come().await;
        self.0.done(key, now_ms).await?;
        self.1.may_come().await;
        Ok(())
    }

    async fn postpone(&self, key: &str, why: &str, until_ms: i64) -> Result<(), StoreError> {
        self.0.postpone(key, why, until_ms).await
    }

    async fn ask(
        &self,
        key: &str,
        image_id: &ImageId,
        errand: &Errand,
        now_ms: i64,
    ) -> Result<bool, StoreError> {
        self.0.ask(key, image_id, errand, now_ms).await
    }
}
