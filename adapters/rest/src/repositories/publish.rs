//! Publishing, importing and verifying images: work that takes long.

use std::path::PathBuf;
use std::sync::Arc;

use axum::Json as Answer;
use axum::extract::State;
use axum::http::header::LOCATION;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use imaging::{
    CanonicalName, ImageKind, ImagePath, ImageRepository, Incoming, Permission, Person, RepositoryName, Unit,
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::asked::{OfImage, OfRepository};
use super::change::Keeper;
use super::keeping::{RegistrationWish, note, said};
use super::view::{TaskView, address};
use super::work::{About, Came, Found, Task, TaskKind};
use crate::asked::{Json, image_id};
use crate::caller::Caller;
use crate::files::{is_elsewhere, is_plain};
use crate::jobs::key;
use crate::object::or_none;
use crate::problem::{Mistake, Problem};
use crate::service::Rest;

/// What an image is taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum KindWish {
    /// A partition.
    Img,
    /// A whole disk.
    Dsk,
    /// What differs from another image.
    Diff,
    /// A partition, in an old form.
    Pgz,
}

impl From<KindWish> for ImageKind {
    fn from(wish: KindWish) -> ImageKind {
        match wish {
            KindWish::Img => ImageKind::Img,
            KindWish::Dsk => ImageKind::Dsk,
            KindWish::Diff => ImageKind::Diff,
            KindWish::Pgz => ImageKind::Pgz,
        }
    }
}

/// A file of a finished job that is to be published.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PublishWish {
    /// The id of the job.
    #[schema(example = "demo-20261128-193513")]
    pub job: String,
    /// Which of its files; its image when this is left out. Of several volumes the first, which the others lie beside.
    #[schema(example = "demo.raw")]
    pub file: Option<String>,
    /// What it will be called: letters and digits.
    #[schema(example = "demo")]
    pub name: String,
    /// The organisational unit it belongs to.
    pub unit: Option<String>,
    /// What it is taken for; its contents decide when this is left out.
    pub kind: Option<KindWish>,
    /// Takes what nobody can recognise, too.
    #[serde(default)]
    pub unrecognised: bool,
    /// What to note of it; what is noted stays when this is left out.
    #[serde(default, deserialize_with = "or_none")]
    pub registration: Option<RegistrationWish>,
}

/// An image of another repository that is to be copied in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ImportWish {
    /// The name of the other repository.
    #[schema(example = "other")]
    from: String,
    /// The `address` of the image there.
    #[schema(example = "win10lab.img")]
    image: String,
}

/// Says that work has begun, and where it is told of.
fn begun(name: &RepositoryName, task: &Task) -> Result<Response, Problem> {
    let place = HeaderValue::from_str(&address(name.as_str(), &task.id));
    let place = place.map_err(|error| Problem::ours(&error))?;
    let view = Answer(TaskView::of(name.as_str(), task));
    Ok((StatusCode::ACCEPTED, [(LOCATION, place)], view).into_response())
}

/// Publishes a file of a finished job: it is copied in, recognised, checked, and shared with its sums and its torrent.
///
/// An image of the same name becomes the backup. It goes on when whoever asks is gone; `Location` tells how far it is.
#[utoipa::path(post, path = "/repositories/{name}/images", tag = "repositories", params(
    ("name" = String, Path, description = "The name of the repository"),
    ("Idempotency-Key" = Option<String>, Header, description = "The same key is answered with the same task"),
), request_body = PublishWish, responses(
    (status = 202, body = TaskView, description = "It will be done", headers(("Location" = String, description = "Where it is told of"))),
))]
pub(crate) async fn publish(
    Keeper(person): Keeper,
    State(rest): State<Arc<Rest>>,
    OfRepository(repository): OfRepository,
    headers: HeaderMap,
    Json(wish): Json<PublishWish>,
) -> Result<Response, Problem> {
    let task = rest.publish(&person, &repository, wish, key(&headers)?).await?;
    begun(repository.name(), &task)
}

/// Copies an image in from another repository of the site, with what was noted of it, and publishes it.
#[utoipa::path(post, path = "/repositories/{name}/import", tag = "repositories", params(
    ("name" = String, Path, description = "The name of the repository it comes into"),
    ("Idempotency-Key" = Option<String>, Header, description = "The same key is answered with the same task"),
), request_body = ImportWish, responses(
    (status = 202, body = TaskView, description = "It will be done", headers(("Location" = String, description = "Where it is told of"))),
))]
pub(crate) async fn import(
    Keeper(person): Keeper,
    State(rest): State<Arc<Rest>>,
    OfRepository(repository): OfRepository,
    headers: HeaderMap,
    Json(wish): Json<ImportWish>,
) -> Result<Response, Problem> {
    let image = ImagePath::from_address(&wish.image)
        .map_err(|error| Problem::mistake("image", format!("is wrong: {error}")))?;
    let task = rest.import_image(&person, &repository, &wish.from, &image, key(&headers)?).await?;
    begun(repository.name(), &task)
}

/// Reads a whole image, and holds it against its own checksums, its sums and its torrent.
///
/// That it is broken is an answer: the task is `done` then, and `verified` has what is wrong.
#[utoipa::path(post, path = "/repositories/{name}/images/{image}/verify", tag = "repositories", params(
    ("name" = String, Path, description = "The name of the repository"),
    ("image" = String, Path, description = "The path of the image"),
    ("Idempotency-Key" = Option<String>, Header, description = "The same key is answered with the same task"),
), responses(
    (status = 202, body = TaskView, description = "It will be done", headers(("Location" = String, description = "Where it is told of"))),
))]
pub(crate) async fn verify(
    Caller(person): Caller,
    State(rest): State<Arc<Rest>>,
    OfImage { repository, image }: OfImage,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let task = rest.verify_image(&person, &repository, &image, key(&headers)?).await?;
    begun(repository.name(), &task)
}

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
            repository: repository.name().clone(),
            kind: TaskKind::Publish,
            image,
            by: person.name.clone(),
            likeness: format!("{wish:?}"),
            key,
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
            repository: repository.name().clone(),
            kind: TaskKind::Import,
            image: image.clone(),
            by: person.name.clone(),
            likeness: from.to_owned(),
            key,
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
        let about = About {
            repository: repository.name().clone(),
            kind: TaskKind::Verify,
            image: image.clone(),
            by: person.name.clone(),
            likeness: String::new(),
            key,
        };
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

    /// Returns what is or was worked on in a repository, the newest first.
    pub fn tasks(&self, repository: &RepositoryName) -> Vec<Task> {
        self.kept.tasks.of(repository)
    }

    /// Returns a task; none when it is of the time before this program was started.
    pub fn task(&self, repository: &RepositoryName, id: &str) -> Result<Option<Task>, Problem> {
        match self.kept.tasks.find(repository, id) {
            Found::Task(entry) => Ok(Some(entry.task())),
            Found::Lost => Ok(None),
            Found::Nobodys => Err(no_task(id)),
        }
    }

    /// Has a task end soon, for whoever asked for it, or may change what repositories keep.
    pub fn stop_task(&self, person: &Person, repository: &RepositoryName, id: &str) -> Result<(), Problem> {
        let entry = match self.kept.tasks.find(repository, id) {
            Found::Task(entry) => entry,
            Found::Lost => return Ok(()),
            Found::Nobodys => return Err(no_task(id)),
        };
        if entry.by() != person.name {
            Rest::may_keep(person)?;
        }
        entry.stop();
        Ok(())
    }
}

fn no_task(id: &str) -> Problem {
    Problem::missing(format!("there is no task {id:?}, or it is over for long and forgotten"))
}
