//! What is weighed before work that takes long begins.

use std::path::PathBuf;
use std::sync::Arc;

use imaging::{
    CanonicalName, ImageKind, ImagePath, ImageRepository, Incoming, Incorporated, OpenGnsysError, Permission,
    Person, RepositoryError, Unit,
};

use super::keeping::{note, said};
use super::publish::PublishWish;
use super::work::{About, Came, Task, TaskKind};
use crate::asked::image_id;
use crate::files::{is_elsewhere, is_plain};
use crate::problem::{Mistake, Problem};
use crate::service::Rest;

impl Rest {
    /// Begins to publish a file of a finished job; all that is wrong with the wish is told at once.
    pub async fn publish(
        &self,
        person: &Person,
        repository: &Arc<dyn ImageRepository>,
        wish: PublishWish,
        key: String,
    ) -> Result<Task, Problem> {
        Rest::may_keep(person)?;
        let (incoming, image) = self.incoming(&wish).await?;
        let about = About {
            likeness: format!("{wish:?}"),
            ..About::of(TaskKind::Publish, repository.as_ref(), &image, person, key)
        };
        let (repository, accounts, who) = (repository.clone(), self.accounts.clone(), person.name.clone());
        self.kept.tasks.begin(about, async move |task| {
            let done = repository.incorporate(&incoming, task.as_ref()).await?;
            let what = if done.replaced { "published anew the image" } else { "published the image" };
            let about = format!("{} from the job {}", said(repository.as_ref(), &done.image.path), wish.job);
            note(accounts.as_ref(), &who, what, about).await;
            Ok(Came::Published(Box::new(done)))
        })
    }

    /// Reads what is to be published, and which image that becomes.
    async fn incoming(&self, wish: &PublishWish) -> Result<(Incoming, ImagePath), Problem> {
        let job = image_id(&wish.job).map_err(|problem| Problem::mistake("job", problem.detail()));
        let job = self.desk.show(&job?).await?;
        let id = &job.image_id;
        if !job.status.has_image() {
            return Err(Problem::conflict(format!("{id} is {}: there is no image to publish", job.status)));
        }
        let files = self.files(&job).await?;
        if files.elsewhere || (files.count == 0 && is_elsewhere(&job.files_url)) {
            return Err(Problem::conflict(format!(
                "the files of {id} are on the machine that built it: have the process publish it there, by incorporate_image"
            )));
        }
        let mut mistakes = Vec::new();
        let image = || files.files.iter().find(|file| file.is_image).map(|file| file.path.clone());
        let file = wish.file.clone().or_else(image).filter(|file| !file.is_empty());
        match &file {
            None => {
                mistakes.push(Mistake::of("file", "has to be named: the job does not say which is its image"))
            }
            Some(file) if is_plain(file) && files.files.iter().any(|known| known.path == *file) => {}
            Some(file) => {
                let names: Vec<_> = files.files.iter().take(20).map(|file| file.path.as_str()).collect();
                mistakes.push(Mistake::of(
                    "file",
                    format!("is {file:?}, and no file of {id}; it has {}", names.join(", ")),
                ));
            }
        }
        let mut wrong = |field: &str, error: imaging::NotAWord| {
            mistakes.push(Mistake::of(field, format!("is wrong: {error}")));
        };
        let name = CanonicalName::parse(&wish.name).map_err(|error| wrong("name", error)).ok();
        let unit = wish.unit.as_deref().filter(|unit| !unit.is_empty());
        let unit = unit.and_then(|unit| Unit::parse(unit).map_err(|error| wrong("unit", error)).ok());
        let kind = wish.kind.map(ImageKind::from);
        // what is wrong with the rest is told whatever it will be called
        let any = || CanonicalName::parse("x").expect("a name");
        let image = ImagePath::of(unit.as_ref(), &name.clone().unwrap_or_else(any), kind.unwrap_or_default());
        let registration = wish.registration.as_ref().and_then(|wish| {
            let of_it = |one: Mistake| Mistake::of(format!("registration.{}", one.field), one.why);
            wish.of(&image).map_err(|all| mistakes.extend(all.into_iter().map(of_it))).ok()
        });
        let (Some(file), Some(name), true) = (file, name, mistakes.is_empty()) else {
            return Err(Problem::mistakes(mistakes));
        };
        let incoming = Incoming {
            // the kernel keeps it below the folder of the job: no part of the path is a link
            below: Some(self.kept.images.clone()),
            unit,
            kind,
            unrecognised: wish.unrecognised,
            registration,
            ..Incoming::file(PathBuf::from(&job.asked.prefix).join(id.as_str()).join(file), name)
        };
        Ok((incoming, image))
    }

    /// Begins to copy an image in from another repository.
    pub async fn import_image(
        &self,
        person: &Person,
        repository: &Arc<dyn ImageRepository>,
        from: &str,
        image: &ImagePath,
        key: String,
    ) -> Result<Task, Problem> {
        Rest::may_keep(person)?;
        let there =
            self.repository(Some(from)).map_err(|problem| Problem::mistake("from", problem.detail()))?;
        if there.name() == repository.name() {
            return Err(Problem::mistake("from", "should be another repository"));
        }
        there.info(image).await?;
        let about = About {
            likeness: from.to_owned(),
            ..About::of(TaskKind::Import, repository.as_ref(), image, person, key)
        };
        let (repository, there, image) = (repository.clone(), there.clone(), image.clone());
        let (accounts, who) = (self.accounts.clone(), person.name.clone());
        self.kept.tasks.begin(about, async move |task| {
            let done = repository.import(there.as_ref(), &image, task.as_ref()).await?;
            let about = format!("{} from {}", said(repository.as_ref(), &done.image.path), there.name());
            note(accounts.as_ref(), &who, "imported the image", about).await;
            Ok(Came::Published(Box::new(done)))
        })
    }

    /// Begins to put the backup of an image in its place, which is read first where another program made it.
    pub async fn restore_image_backup(
        &self,
        person: &Person,
        repository: &Arc<dyn ImageRepository>,
        image: &ImagePath,
        key: String,
    ) -> Result<Task, Problem> {
        Rest::may_keep(person)?;
        if !repository.info(image).await?.has_backup {
            let why = format!("there is no backup of {image}: list the images to see which have one");
            return Err(RepositoryError::refused(OpenGnsysError::NotFound, why).into());
        }
        let about = About::of(TaskKind::Restore, repository.as_ref(), image, person, key);
        let (repository, image) = (repository.clone(), image.clone());
        let (accounts, who) = (self.accounts.clone(), person.name.clone());
        self.kept.tasks.begin(about, async move |task| {
            let restored = repository.restore_backup(&image, task.as_ref()).await?;
            let about = said(repository.as_ref(), &image);
            note(accounts.as_ref(), &who, "exchanged with its backup the image", about).await;
            let replaced = restored.has_backup;
            Ok(Came::Published(Box::new(Incorporated { image: restored, replaced, warnings: Vec::new() })))
        })
    }

    /// Begins to read a whole image; whoever may ask for images may.
    pub async fn verify_image(
        &self,
        person: &Person,
        repository: &Arc<dyn ImageRepository>,
        image: &ImagePath,
        key: String,
    ) -> Result<Task, Problem> {
        if !Rest::may_verify(person) {
            let why = person.lacks_scope(Permission::Submit);
            let why = why.unwrap_or_else(|| "it takes a group that may ask for images, as makers".into());
            return Err(Problem::not_allowed(format!("you may not have images verified: {why}")));
        }
        repository.info(image).await?;
        let about = About::of(TaskKind::Verify, repository.as_ref(), image, person, key);
        let (repository, image) = (repository.clone(), image.clone());
        self.kept.tasks.begin(about, async move |task| {
            let found = repository.verify(&image, task.as_ref()).await?;
            Ok(Came::Verified(Box::new(found)))
        })
    }

    /// Tells whether somebody may have images read: it keeps a disk busy, and changes nothing.
    pub fn may_verify(person: &Person) -> bool {
        person.may(Permission::Submit) || person.may(Permission::ManageSite)
    }
}
