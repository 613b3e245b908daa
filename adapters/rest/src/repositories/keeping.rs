//! Who may change repositories, and what people do to their images at once. What was done is in the audit log.

use std::num::NonZeroU16;
use std::sync::Arc;

use imaging::{
    Accounts, AuditEntry, ImagePath, ImageRepository, OpenGnsysError, Permission, Person, Registration,
    Removal, Repositories, RepositoryError, RepositoryImage, Wording, now_ms,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::problem::{Mistake, Problem};
use crate::service::Rest;

/// What people note of an image: everything OpenGnsys's console asks for. Name and unit are those of the image.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RegistrationWish {
    /// What people call it.
    #[schema(example = "Windows 10, laboratory")]
    pub title: String,
    /// What is installed on it.
    #[schema(example = "Office and compilers")]
    pub software_profile: String,
    /// The number of the partition it was made from, or goes to.
    #[schema(example = 1)]
    pub partition: u16,
    /// The type of that partition.
    #[schema(example = "NTFS")]
    pub partition_type: String,
    /// Anything else.
    #[schema(example = "as of November")]
    pub comments: String,
}

impl From<&Registration> for RegistrationWish {
    fn from(noted: &Registration) -> RegistrationWish {
        RegistrationWish {
            title: noted.title.to_string(),
            software_profile: noted.software_profile.to_string(),
            partition: noted.partition.get(),
            partition_type: noted.partition_type.to_string(),
            comments: noted.comments.to_string(),
        }
    }
}

impl RegistrationWish {
    /// Makes a registration of it for an image; all that is wrong is told at once.
    pub fn of(&self, image: &ImagePath) -> Result<Registration, Vec<Mistake>> {
        let mut mistakes = Vec::new();
        let name = image.canonical_name();
        if name.is_none() {
            let why = format!(
                "is {image}, and OpenGnsys registers names of letters and digits only: rename its file first"
            );
            mistakes.push(Mistake::of("name", why));
        }
        let mut read = |field: &str, text: &str| {
            if text.trim().is_empty() {
                mistakes.push(Mistake::of(field, "has to be filled in: OpenGnsys asks for all of them"));
                return None;
            }
            let read = Wording::parse(text);
            read.map_err(|error| mistakes.push(Mistake::of(field, format!("is wrong: {error}")))).ok()
        };
        let (title, software_profile) =
            (read("title", &self.title), read("software_profile", &self.software_profile));
        let (partition_type, comments) =
            (read("partition_type", &self.partition_type), read("comments", &self.comments));
        let partition = NonZeroU16::new(self.partition);
        if partition.is_none() {
            mistakes.push(Mistake::of("partition", "should be the number of a partition, from 1 on"));
        }
        match (name, title, software_profile, partition, partition_type, comments) {
            (
                Some(name),
                Some(title),
                Some(software_profile),
                Some(partition),
                Some(partition_type),
                Some(comments),
            ) => {
                let unit = image.unit();
                Ok(Registration { name, unit, title, software_profile, partition, partition_type, comments })
            }
            _ => Err(mistakes),
        }
    }
}

/// Adds to the audit log; what was done is done, whether it can be written there or not.
pub(super) async fn note(accounts: &dyn Accounts, who: &str, what: &str, about: String) {
    let entry = AuditEntry { at_ms: now_ms(), who: who.to_owned(), what: what.to_owned(), about };
    if let Err(error) = accounts.audit(&entry).await {
        let why = crate::problem::chain(&error);
        tracing::error!("{} {} {}, which is not in the audit log: {why}", entry.who, entry.what, entry.about);
    }
}

/// Says which image of which repository.
pub(super) fn said(repository: &dyn ImageRepository, image: &ImagePath) -> String {
    format!("{} in {}", image, repository.name())
}

/// Does something to its end, also when whoever asked for it goes away in the middle.
async fn to_its_end<T: Send + 'static>(
    work: impl Future<Output = Result<T, RepositoryError>> + Send + 'static,
) -> Result<T, Problem> {
    let done = tokio::spawn(work).await.map_err(|died| Problem::ours(&died))?;
    Ok(done?)
}

impl Rest {
    /// Returns the repositories of the site.
    pub fn repositories(&self) -> &Repositories {
        &self.kept.repositories
    }

    /// Returns the repository of this name; without one the first.
    pub fn repository(&self, name: Option<&str>) -> Result<&Arc<dyn ImageRepository>, Problem> {
        Ok(self.kept.repositories.get(name)?)
    }

    /// Refuses whoever may not change what repositories keep: it takes the permission to fill the tables of the site.
    pub fn may_keep(person: &Person) -> Result<(), Problem> {
        if person.may(Permission::ManageSite) {
            return Ok(());
        }
        let why = person.lacks_scope(Permission::ManageSite);
        let why = why.unwrap_or_else(|| "it takes a group that may change what the site offers".into());
        Err(Problem::not_allowed(format!("you may not change what repositories keep: {why}")))
    }

    /// Removes an image and what belongs to it.
    pub async fn remove_image(
        &self,
        person: &Person,
        repository: &Arc<dyn ImageRepository>,
        image: &ImagePath,
        how: Removal,
    ) -> Result<(), Problem> {
        Rest::may_keep(person)?;
        let (accounts, who) = (self.accounts.clone(), person.name.clone());
        let (repository, image) = (repository.clone(), image.clone());
        to_its_end(async move {
            repository.remove(&image, how).await?;
            let what = match how {
                Removal::KeepBackup => "removed the image, and kept a backup of it:",
                Removal::ForGood => "removed the image with its backup:",
            };
            note(accounts.as_ref(), &who, what, said(repository.as_ref(), &image)).await;
            Ok(())
        })
        .await
    }

    /// Notes what people call an image.
    pub async fn register_image(
        &self,
        person: &Person,
        repository: &Arc<dyn ImageRepository>,
        image: &ImagePath,
        wish: &RegistrationWish,
    ) -> Result<RepositoryImage, Problem> {
        Rest::may_keep(person)?;
        let registration = wish.of(image).map_err(Problem::mistakes)?;
        let (accounts, who) = (self.accounts.clone(), person.name.clone());
        let (repository, image) = (repository.clone(), image.clone());
        to_its_end(async move {
            repository.register(&registration).await?;
            let about = said(repository.as_ref(), &image);
            note(accounts.as_ref(), &who, "registered the image", about).await;
            match repository.info(&image).await {
                // it will have another ending than the one that was named
                Err(error) if error.opengnsys() == OpenGnsysError::NotFound => {
                    let reason = format!(
                        "it is registered, and there is no {image}: list the images to see what there is"
                    );
                    Err(RepositoryError::refused(OpenGnsysError::NotFound, reason))
                }
                told => told,
            }
        })
        .await
    }
}
