//! A job store in memory.

use std::sync::{Mutex, MutexGuard};

use async_trait::async_trait;

use crate::{ImageId, ImageJob, JobAttempt, JobStatus, JobStore, Lookup, NewJob, Push, Pushed, StoreError};

/// Jobs in memory, in the order they were recorded.
#[derive(Debug, Default)]
pub struct MemoryStore(Mutex<Vec<ImageJob>>);

impl MemoryStore {
    fn lock(&self) -> MutexGuard<'_, Vec<ImageJob>> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

#[async_trait]
impl JobStore for MemoryStore {
    async fn record(
        &self,
        image_id: &ImageId,
        job: &NewJob,
        now_ms: i64,
    ) -> Result<Option<ImageId>, StoreError> {
        let mut jobs = self.lock();
        if let Some(known) = jobs.iter().find(|known| known.asked.request == job.request) {
            return Ok(Some(known.image_id.clone()));
        }
        if jobs.iter().any(|known| known.image_id == *image_id) {
            return Ok(None);
        }
        jobs.push(ImageJob {
            image_id: image_id.clone(),
            asked: job.clone(),
            status: JobStatus::InQueue,
            attempt: JobAttempt::default(),
            created_ms: now_ms,
            done_ms: None,
            image_url: String::new(),
            files_url: String::new(),
            logfile_url: String::new(),
            error: String::new(),
        });
        Ok(Some(image_id.clone()))
    }

    async fn push(&self, image_id: &ImageId, push: &Push, now_ms: i64) -> Result<Pushed, StoreError> {
        let mut jobs = self.lock();
        let Some(job) = jobs.iter_mut().find(|job| job.image_id == *image_id) else {
            return Ok(Pushed::NoJob);
        };
        Ok(if job.hear(push, now_ms) { Pushed::Taken } else { Pushed::Old })
    }

    async fn job(&self, image_id: &ImageId) -> Result<Option<ImageJob>, StoreError> {
        Ok(self.lock().iter().find(|job| job.image_id == *image_id).cloned())
    }

    async fn newest(&self, limit: u32) -> Result<Vec<ImageJob>, StoreError> {
        Ok(self.lock().iter().rev().take(limit as usize).cloned().collect())
    }

    async fn finished(&self, lookup: &Lookup) -> Result<Option<ImageJob>, StoreError> {
        Ok(self.lock().iter().rev().find(|job| job.answers(lookup)).cloned())
    }
}
