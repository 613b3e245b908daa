//! What a person may ask for.
//!
//! Web pages, REST and commands are thin views of this: it checks who may do what, and that what is asked for can be
//! done, and leaves the doing to a job store. Looking is free for everybody who got as far as here.

mod order;
mod refusal;
mod site;

use std::sync::Arc;

pub use self::refusal::{Mistake, Refusal};
use crate::{
    Changed, Cursor, Definitions, Errand, FolderContents, Foresight, Happening, ImageId, ImageJob, JobCare,
    JobEvent, JobFiles, JobFilter, JobSearch, JobStore, NewJob, Outbox, Page, Permission, Person, Registry,
    Tag, record_as, words,
};

/// The one place where people's wishes are weighed.
#[derive(Clone)]
pub struct Desk {
    /// The jobs.
    pub jobs: Arc<dyn JobStore>,
    /// What people do to them.
    pub care: Arc<dyn JobCare>,
    /// Finding them.
    pub search: Arc<dyn JobSearch>,
    /// What the site offers.
    pub registry: Arc<dyn Registry>,
    /// What is launched.
    pub outbox: Arc<dyn Outbox>,
    /// The files of jobs.
    pub files: Arc<dyn JobFiles>,
    /// What builders refuse, where that is known.
    pub foresight: Option<Arc<dyn Foresight>>,
    /// What process definitions are refused, where that is known.
    pub definitions: Option<Arc<dyn Definitions>>,
}

impl Desk {
    /// Makes a desk on a store that does everything.
    pub fn new<S>(store: Arc<S>, files: Arc<dyn JobFiles>) -> Desk
    where
        S: JobStore + JobCare + JobSearch + Registry + Outbox + 'static,
    {
        Desk {
            jobs: store.clone(),
            care: store.clone(),
            search: store.clone(),
            registry: store.clone(),
            outbox: store,
            files,
            foresight: None,
            definitions: None,
        }
    }

    /// Has orders refused that could never be built.
    #[must_use]
    pub fn foreseeing(self, foresight: Arc<dyn Foresight>) -> Desk {
        Desk { foresight: Some(foresight), ..self }
    }

    /// Has process definitions refused that could never run.
    #[must_use]
    pub fn reading(self, definitions: Option<Arc<dyn Definitions>>) -> Desk {
        Desk { definitions, ..self }
    }

    /// Records a job of this person, in a queue that launches or one whose process is running.
    ///
    /// `order` says what is wanted; whose it is, and where its files go, is said here. The same `order.request` of the
    /// same person is answered with the same job; an empty one is new each time. All mistakes are told at once; whether
    /// the kickstart makes sense is for somebody who knows the language.
    pub async fn submit(&self, person: &Person, order: NewJob, now_ms: i64) -> Result<ImageId, Refusal> {
        Desk::may_submit(person)?;
        let mistakes = self.mistakes(&order).await?;
        if !mistakes.is_empty() {
            return Err(Refusal::Mistakes(mistakes));
        }
        let job = order::completed(person, order);
        let on_record = record_as(self.jobs.as_ref(), &job.name, &job, now_ms).await?;
        on_record.ok_or_else(|| {
            Refusal::of(
                "name",
                "is too long for an id, or those of this second are all taken: try again, with a shorter one",
            )
        })
    }

    /// Refuses whoever may not ask for images.
    pub fn may_submit(person: &Person) -> Result<(), Refusal> {
        if person.may(Permission::Submit) {
            return Ok(());
        }
        let why = person.lacks_scope(Permission::Submit);
        let why = why.unwrap_or_else(|| "it takes a group that may, as makers".into());
        Err(Refusal::not_allowed(format!("ask for images: {why}")))
    }

    /// Returns all that is wrong with an order, for views that have more to say about it before [`Desk::submit`].
    pub async fn mistakes(&self, order: &NewJob) -> Result<Vec<Mistake>, Refusal> {
        let mut mistakes = order::mistakes(self.registry.as_ref(), order).await?;
        let is_clear = !mistakes.iter().any(|mistake| order::TO_FORESEE.contains(&mistake.field));
        // a process that runs already may still change what is built
        if let Some(foresight) = self.foresight.as_ref().filter(|_| is_clear && order.process.is_empty()) {
            mistakes.extend(foresight.mistakes(order).await);
        }
        Ok(mistakes)
    }

    /// Returns part of the list of jobs, newest first.
    pub async fn list(&self, filter: &JobFilter, after: Option<Cursor>, limit: u32) -> Result<Page, Refusal> {
        // a name of which nothing can be looked for, as `*`, is no job's; a list of all would be taken for an answer
        if filter.name.as_deref().is_some_and(|name| !name.is_empty() && words(name).is_empty()) {
            return Ok(Page::default());
        }
        Ok(self.search.list(filter, after, limit.clamp(1, 500)).await?)
    }

    /// Returns a job.
    pub async fn show(&self, image_id: &ImageId) -> Result<ImageJob, Refusal> {
        self.jobs.job(image_id).await?.ok_or_else(|| Refusal::NoJob(image_id.clone()))
    }

    /// Returns the history of a job, the oldest first.
    pub async fn history(&self, image_id: &ImageId) -> Result<Vec<JobEvent>, Refusal> {
        Ok(self.care.events(image_id).await?)
    }

    /// Returns what to submit for a job like another: the start of a retry with changes.
    pub async fn draft(&self, person: &Person, image_id: &ImageId) -> Result<NewJob, Refusal> {
        let job = self.changeable(person, image_id, "ask again for").await?;
        let mut tags = job.tags;
        tags.retain(|tag| !tag.is_pinned());
        let (request, process, prefix) = Default::default();
        Ok(NewJob { request, process, prefix, tags, retry_of: Some(image_id.to_string()), ..job.asked })
    }

    /// Asks again for the image of a job that is over, as a new job; `order` is its [`Desk::draft`], changed or not.
    pub async fn retry(
        &self,
        person: &Person,
        image_id: &ImageId,
        order: NewJob,
        now_ms: i64,
    ) -> Result<ImageId, Refusal> {
        let job = self.changeable(person, image_id, "ask again for").await?;
        if !job.status.is_final() {
            return Err(Refusal::is(image_id, &job.status, "stop it first"));
        }
        let order = NewJob { retry_of: Some(image_id.to_string()), ..order };
        let new = self.submit(person, order, now_ms).await?;
        let what = Happening::Retried(new.to_string());
        // the same request may come again
        if !self.care.events(image_id).await?.iter().any(|event| event.what == what) {
            self.care.note(image_id, &JobEvent { at_ms: now_ms, who: person.name.clone(), what }).await?;
        }
        Ok(new)
    }

    /// Puts tags on a job and takes others off it. `pinned` is one of them.
    pub async fn tag(
        &self,
        person: &Person,
        image_id: &ImageId,
        add: &[Tag],
        remove: &[Tag],
        now_ms: i64,
    ) -> Result<(), Refusal> {
        self.changeable(person, image_id, "tag").await?;
        let changed = self.care.tag(image_id, add, remove, &person.name, now_ms).await?;
        Refusal::unless_done(changed, image_id)
    }

    /// Protects a job from deletion and expiry, or no longer.
    pub async fn pin(
        &self,
        person: &Person,
        image_id: &ImageId,
        pinned: bool,
        now_ms: i64,
    ) -> Result<(), Refusal> {
        let tag = [Tag::pinned()];
        let (add, remove): (&[Tag], &[Tag]) = if pinned { (&tag, &[]) } else { (&[], &tag) };
        self.tag(person, image_id, add, remove, now_ms).await
    }

    /// Ends a job that waits or is being built. Whoever builds it hears of it and stops.
    pub async fn cancel(&self, person: &Person, image_id: &ImageId, now_ms: i64) -> Result<(), Refusal> {
        self.changeable(person, image_id, "stop").await?;
        let changed = self.care.cancel(image_id, &person.name, now_ms).await?;
        Refusal::unless_done(changed, image_id)
    }

    /// Launches a post-process for a finished image once more, or for the first time; the same `request` of the same
    /// job does it once.
    pub async fn post_process(
        &self,
        person: &Person,
        image_id: &ImageId,
        name: &str,
        request: &str,
        now_ms: i64,
    ) -> Result<(), Refusal> {
        let job = self.changeable(person, image_id, "launch processes for").await?;
        if !job.status.has_image() {
            return Err(Refusal::is(image_id, &job.status, "there is no image yet"));
        }
        let processes = self.registry.post_processes().await?;
        if !processes.iter().any(|process| process.name == name && process.active) {
            return Err(Refusal::of("name", format!("is `{name}`, which is no active post-process")));
        }
        let key = format!("{name} of {image_id} asked by {} {}", person.name, order::or_new(request));
        self.outbox.ask(&key, image_id, &Errand::PostProcess(name.to_owned()), now_ms).await?;
        Ok(())
    }

    /// Returns what [`Desk::delete`] would remove.
    pub async fn preview_deletion(
        &self,
        person: &Person,
        image_id: &ImageId,
    ) -> Result<FolderContents, Refusal> {
        let job = self.changeable(person, image_id, "delete").await?;
        if let Some(why) = crate::errands::undeletable(&job) {
            return Err(Refusal::Unchangeable {
                image_id: image_id.clone(),
                why: why.into_sentence("stop it first"),
            });
        }
        let prefix = &job.asked.prefix;
        let mut contents = self.files.contents(prefix, image_id).await.map_err(Refusal::Files)?;
        let (count, bytes) = self.files.left(prefix, image_id).await.map_err(Refusal::Files)?;
        contents.count += count;
        contents.bytes += bytes;
        Ok(contents)
    }

    /// Removes a job that is neither under way nor pinned; its files follow within moments.
    pub async fn delete(&self, person: &Person, image_id: &ImageId, now_ms: i64) -> Result<(), Refusal> {
        self.changeable(person, image_id, "delete").await?;
        let changed: Changed = self.care.delete(image_id, &person.name, now_ms).await?;
        Refusal::unless_done(changed, image_id)
    }

    /// Returns a job this person may change.
    async fn changeable(&self, person: &Person, image_id: &ImageId, what: &str) -> Result<ImageJob, Refusal> {
        let job = self.show(image_id).await?;
        if person.may_change_jobs_of(&job.asked.user) {
            return Ok(job);
        }
        let user = &job.asked.user;
        let is_own = person.name == *user;
        let needed = if is_own { Permission::Submit } else { Permission::ManageJobs };
        let why = person.lacks_scope(needed).unwrap_or_else(|| match is_own {
            true => "it takes a group that may ask for images, as makers".into(),
            false => "only they and administrators may".into(),
        });
        Err(Refusal::not_allowed(format!("{what} a job of {user}: {why}")))
    }
}

impl std::fmt::Debug for Desk {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Desk")
    }
}
