//! Jobs, their care, and finding them.

use async_trait::async_trait;

use super::{Inner, Kept, MemoryStore};
use crate::errands;
use crate::{
    Changed, Cursor, Entry, GoneJob, Happening, ImageId, ImageJob, JobCare, JobEvent, JobFilter, JobLine,
    JobSearch, JobStore, Lookup, NewJob, Page, Push, Pushed, StoreError, Table, Tag, Unchangeable,
};

#[async_trait]
impl JobStore for MemoryStore {
    async fn record(
        &self,
        image_id: &ImageId,
        job: &NewJob,
        now_ms: i64,
    ) -> Result<Option<ImageId>, StoreError> {
        let mut inner = self.lock();
        if let Some(known) = inner.jobs.iter().find(|known| known.job.asked.request == job.request) {
            return Ok(Some(known.job.image_id.clone()));
        }
        if inner.find(image_id).is_some() {
            return Ok(None);
        }
        inner.last_number += 1;
        let number = inner.last_number;
        let recorded = JobEvent { at_ms: now_ms, who: job.user.clone(), what: Happening::Recorded };
        let job = ImageJob::recorded(image_id, job, now_ms);
        if inner.launches(&job.asked.queue) {
            let (key, errand) = errands::build(&job);
            inner.ask(key, image_id, errand, now_ms);
        }
        inner.gone.remove(image_id.as_str());
        inner.jobs.push(Kept { number, job, events: vec![recorded] });
        Ok(Some(image_id.clone()))
    }

    async fn push(&self, image_id: &ImageId, push: &Push, now_ms: i64) -> Result<Pushed, StoreError> {
        let mut inner = self.lock();
        let processes = inner.post_processes();
        let Some(kept) = inner.find(image_id) else {
            let gone = inner.gone.get(image_id.as_str());
            if let Some((key, errand)) = gone.and_then(|gone| gone.remove_files(push)) {
                inner.ask(key, image_id, errand, now_ms);
            }
            return Ok(Pushed::NoJob);
        };
        let taken = kept.job.hear(push, now_ms);
        let what = if taken { Happening::Became } else { Happening::Ignored };
        kept.events.push(JobEvent { at_ms: now_ms, who: push.who.clone(), what: what(push.status.clone()) });
        if !taken {
            return Ok(Pushed::Old);
        }
        let job = kept.job.clone();
        for (key, errand) in errands::after(&job, &processes) {
            inner.ask(key, image_id, errand, now_ms);
        }
        Ok(Pushed::Taken)
    }

    async fn job(&self, image_id: &ImageId) -> Result<Option<ImageJob>, StoreError> {
        Ok(self.lock().find(image_id).map(|kept| kept.job.clone()))
    }

    async fn finished(&self, lookup: &Lookup) -> Result<Option<ImageJob>, StoreError> {
        let inner = self.lock();
        Ok(inner.jobs.iter().rev().find(|kept| kept.job.answers(lookup)).map(|kept| kept.job.clone()))
    }
}

#[async_trait]
impl JobCare for MemoryStore {
    async fn tag(
        &self,
        image_id: &ImageId,
        add: &[Tag],
        remove: &[Tag],
        who: &str,
        now_ms: i64,
    ) -> Result<Changed, StoreError> {
        let mut inner = self.lock();
        let Some(kept) = inner.find(image_id) else { return Ok(Changed::NoJob) };
        let mut tags = kept.job.tags.clone();
        tags.retain(|tag| !remove.contains(tag));
        tags.extend(add.iter().cloned());
        if tags.len() > Tag::MOST {
            return Ok(Changed::Refused(Unchangeable::TooManyTags));
        }
        let gone = kept.job.tags.difference(&tags).map(|tag| Happening::Untagged(tag.to_string()));
        let new = tags.difference(&kept.job.tags).map(|tag| Happening::Tagged(tag.to_string()));
        let events = gone.chain(new).map(|what| JobEvent { at_ms: now_ms, who: who.into(), what });
        kept.events.extend(events);
        kept.job.tags = tags;
        Ok(Changed::Done)
    }

    async fn cancel(&self, image_id: &ImageId, who: &str, now_ms: i64) -> Result<Changed, StoreError> {
        let mut inner = self.lock();
        let processes = inner.post_processes();
        let Some(kept) = inner.find(image_id) else { return Ok(Changed::NoJob) };
        if !kept.job.cancel(who, now_ms) {
            return Ok(match kept.job.cancelled_by {
                Some(_) => Changed::Done,
                None => Changed::Refused(Unchangeable::Is(kept.job.status.clone())),
            });
        }
        kept.events.push(JobEvent { at_ms: now_ms, who: who.into(), what: Happening::Cancelled });
        let job = kept.job.clone();
        for (key, errand) in errands::after(&job, &processes) {
            inner.ask(key, image_id, errand, now_ms);
        }
        Ok(Changed::Done)
    }

    async fn delete(&self, image_id: &ImageId, who: &str, now_ms: i64) -> Result<Changed, StoreError> {
        let mut inner = self.lock();
        let Some(kept) = inner.find(image_id) else { return Ok(Changed::NoJob) };
        if let Some(why) = errands::undeletable(&kept.job) {
            return Ok(Changed::Refused(why));
        }
        let (key, errand) = errands::remove_files(&kept.job);
        let gone = GoneJob::of(&kept.job, now_ms);
        inner.gone.retain(|_, gone| gone.gone_ms > now_ms - GoneJob::KEPT_MS);
        inner.gone.insert(image_id.to_string(), gone);
        inner.jobs.retain(|kept| kept.job.image_id != *image_id);
        inner.errands.retain(|noted| noted.taken.image_id != *image_id);
        inner.ask(key, image_id, errand, now_ms);
        inner.audit(now_ms, who, "deleted the job", image_id.as_str());
        Ok(Changed::Done)
    }

    async fn events(&self, image_id: &ImageId) -> Result<Vec<JobEvent>, StoreError> {
        Ok(self.lock().find(image_id).map(|kept| kept.events.clone()).unwrap_or_default())
    }

    async fn note(&self, image_id: &ImageId, event: &JobEvent) -> Result<(), StoreError> {
        if let Some(kept) = self.lock().find(image_id) {
            kept.events.push(event.clone());
        }
        Ok(())
    }

    async fn cancelled_by(&self, image_id: &ImageId) -> Result<Option<String>, StoreError> {
        let mut inner = self.lock();
        let gone = inner.gone.get(image_id.as_str()).and_then(|gone| gone.cancelled_by.clone());
        Ok(inner.find(image_id).and_then(|kept| kept.job.cancelled_by.clone()).or(gone))
    }
}

#[async_trait]
impl JobSearch for MemoryStore {
    async fn list(&self, filter: &JobFilter, after: Option<Cursor>, limit: u32) -> Result<Page, StoreError> {
        let inner = self.lock();
        let mut wanted = inner
            .jobs
            .iter()
            .rev()
            .filter(|kept| after.is_none_or(|after| kept.number < after.0))
            .map(|kept| (kept.number, kept.job.line()))
            .filter(|(_, line)| filter.wants(line));
        let part: Vec<_> = wanted.by_ref().take(limit as usize).collect();
        let next = wanted.next().and_then(|_| part.last()).map(|(number, _)| Cursor(*number));
        Ok(Page { jobs: part.into_iter().map(|(_, line)| line).collect(), next })
    }

    async fn silent(&self, before_ms: i64, limit: u32) -> Result<Vec<JobLine>, StoreError> {
        let inner = self.lock();
        let underway = inner.jobs.iter().map(|kept| &kept.job).filter(|job| job.status.is_underway());
        let mut silent: Vec<_> =
            underway.filter(|job| job.heard_ms < before_ms).map(ImageJob::line).collect();
        silent.sort_by_key(|line| line.heard_ms);
        silent.truncate(limit as usize);
        Ok(silent)
    }

    async fn oldest(&self, after: Option<Cursor>, limit: u32) -> Result<Page, StoreError> {
        let inner = self.lock();
        let mut later = inner.jobs.iter().filter(|kept| after.is_none_or(|after| kept.number > after.0));
        let part: Vec<_> = later.by_ref().take(limit as usize).collect();
        let next = later.next().and_then(|_| part.last()).map(|kept| Cursor(kept.number));
        Ok(Page { jobs: part.into_iter().map(|kept| kept.job.line()).collect(), next })
    }

    async fn tags(&self, beginning: &str, limit: u32) -> Result<Vec<Tag>, StoreError> {
        let inner = self.lock();
        let tags: std::collections::BTreeSet<_> =
            inner.jobs.iter().flat_map(|kept| kept.job.tags.clone()).collect();
        Ok(tags.into_iter().filter(|tag| tag.as_str().starts_with(beginning)).take(limit as usize).collect())
    }
}

impl Inner {
    fn launches(&self, queue: &str) -> bool {
        let entry = self.entries.get(&(Table::Queues, queue.to_owned()));
        matches!(entry, Some(Entry::Queue(queue)) if queue.launches)
    }

    fn post_processes(&self) -> Vec<crate::PostProcess> {
        let processes = self.entries.values().filter_map(|entry| match entry {
            Entry::PostProcess(process) => Some(process.clone()),
            _ => None,
        });
        processes.collect()
    }
}
