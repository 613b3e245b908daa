//! Publishes a finished image in a repository of OpenGnsys: copied in, recognised, checked, with its sums and its torrent.
//!
//! The image of the job stays where it is, and the job what it was. An image of the same name in the repository becomes its
//! backup.

mod fields;

use std::path::PathBuf;

use imaging::{BaseUrl, Incorporated, Repositories, RepositoryError};
use job_news::JobWatch;
use participant_core::{Failure, Job, Outcome, Participant, Stop, Workitem, async_trait};

use crate::fields::Wish;

/// The participant `incorporate_image`.
#[derive(Debug)]
pub struct IncorporateImage {
    /// The repositories of the site.
    pub repositories: Repositories,
    /// The folder of all images; nothing outside is published.
    pub images: PathBuf,
    /// How others reach that folder.
    pub base_url: BaseUrl,
}

#[async_trait]
impl Participant for IncorporateImage {
    async fn handle_wi(&self, item: &Workitem, job: &Job) -> Result<Outcome, Failure> {
        Ok(match self.incorporate(item, job).await {
            Ok(outcome) => outcome,
            Err(reason) => Outcome::refuse().because(reason),
        })
    }
}

impl IncorporateImage {
    async fn incorporate(&self, item: &Workitem, job: &Job) -> Result<Outcome, String> {
        let wish = Wish::read(item, &self.images, &self.base_url)?;
        let repository =
            self.repositories.get(wish.repository.as_deref()).map_err(|error| numbered(&error))?;
        let incorporated = JobWatch::around(
            job,
            |_| {},
            |watch| async move { repository.incorporate(&wish.incoming, &watch).await },
        );
        match (incorporated.await, job.stop()) {
            (Ok(incorporated), _) => Ok(told(repository.name().as_str(), &incorporated)),
            (Err(RepositoryError::Stopped), Some(Stop::Shutdown)) => Err(Stop::Shutdown.to_string()), // handed back
            (Err(RepositoryError::Stopped), Some(stop)) => Err(format!("the image is not published: {stop}")),
            (Err(error), _) => Err(format!("the image is not published: {}", numbered(&error))),
        }
    }
}

/// Returns what is wrong, with the number OpenGnsys has for it.
fn numbered(error: &RepositoryError) -> String {
    format!("{} (OpenGnsys: {})", error.sentence(), error.opengnsys())
}

/// Says where the image is.
fn told(repository: &str, incorporated: &Incorporated) -> Outcome {
    let image = &incorporated.image;
    let mut outcome = Outcome::done()
        .set("repository.name", repository)
        .set("repository.path", image.path.to_string())
        .message(format!("published in {repository} as {}", image.path));
    if let Some(sums) = &image.sums {
        outcome = outcome.set("repository.full_sum", sums.full_md5.as_str());
    }
    if let Some(hash) = image.info_hash {
        outcome = outcome.set("repository.info_hash", hash.to_string());
    }
    incorporated.warnings.iter().fold(outcome, Outcome::message)
}
