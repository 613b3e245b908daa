//! What can be done with jobs.

use imaging::ImageId;
use reqwest::Method;
use serde_json::json;

use crate::ask::Again;
use crate::job::{Deletion, Event, Job, JobPart, image_id};
use crate::{ClientError, Server};

/// Which jobs are wanted: fields and their values, as `status` and `DONE`.
#[derive(Clone, Debug, Default)]
pub struct Query(pub Vec<(&'static str, String)>);

impl Server {
    /// Reads the id of a job.
    pub fn id(text: &str) -> Result<ImageId, ClientError> {
        let wrong = || ClientError::Usage(format!("{text:?} is no id of a job: `img list` shows them"));
        image_id(text).ok_or_else(wrong)
    }

    /// Lists jobs, newest first, from the place where the part before ended.
    pub async fn list(&self, query: &Query, after: Option<&str>, limit: u32) -> Result<JobPart, ClientError> {
        let mut query = query.0.clone();
        query.push(("limit", limit.to_string()));
        query.extend(after.map(|after| ("after", after.to_owned())));
        self.ask_json(Again::Harmless, || {
            let mut request = self.request(Method::GET, &["jobs"]).build()?;
            request.url_mut().query_pairs_mut().extend_pairs(&query);
            Ok(request)
        })
        .await
    }

    /// Shows a job.
    pub async fn show(&self, id: &ImageId) -> Result<Job, ClientError> {
        self.ask_json(Again::Harmless, || self.request(Method::GET, &["jobs", id.as_str()]).build()).await
    }

    /// Tells what happened to a job, the oldest first.
    pub async fn history(&self, id: &ImageId) -> Result<Vec<Event>, ClientError> {
        let parts = ["jobs", id.as_str(), "history"];
        self.ask_json(Again::Harmless, || self.request(Method::GET, &parts).build()).await
    }

    /// Returns the kickstart of a job, as it was given.
    pub async fn kickstart(&self, id: &ImageId) -> Result<Vec<u8>, ClientError> {
        let parts = ["jobs", id.as_str(), "kickstart"];
        let answer = self.ask(Again::Harmless, || self.request(Method::GET, &parts).build()).await?;
        self.body(answer, 32 << 20).await
    }

    /// Stops a job that waits or is being built.
    pub async fn stop(&self, id: &ImageId) -> Result<Job, ClientError> {
        let parts = ["jobs", id.as_str(), "stop"];
        self.ask_json(Again::Never, || self.request(Method::POST, &parts).build()).await
    }

    /// Tells what would go with a job.
    pub async fn preview_deletion(&self, id: &ImageId) -> Result<Deletion, ClientError> {
        let parts = ["jobs", id.as_str(), "deletion"];
        self.ask_json(Again::Harmless, || self.request(Method::GET, &parts).build()).await
    }

    /// Deletes a job with its files.
    pub async fn delete(&self, id: &ImageId) -> Result<(), ClientError> {
        let parts = ["jobs", id.as_str()];
        let deleted = self.ask(Again::Never, || self.request(Method::DELETE, &parts).build()).await;
        match deleted {
            // nobody else deletes it in that moment: it was heard, and its answer lost
            Err(ClientError::BrokeOff { .. }) if self.is_gone(id).await => Ok(()),
            deleted => deleted.map(drop),
        }
    }

    async fn is_gone(&self, id: &ImageId) -> bool {
        matches!(self.show(id).await, Err(ClientError::Missing(_)))
    }

    /// Puts tags on a job, and takes others off it.
    pub async fn tag(&self, id: &ImageId, add: &[String], remove: &[String]) -> Result<Job, ClientError> {
        let (parts, tags) = (["jobs", id.as_str(), "tags"], json!({ "add": add, "remove": remove }));
        let make = || {
            let request = self.request(Method::PATCH, &parts).header("Content-Type", "application/json");
            request.body(tags.to_string()).build()
        };
        self.ask_json(Again::Harmless, make).await
    }

    /// Protects a job from deletion, or no longer.
    pub async fn pin(&self, id: &ImageId, pinned: bool) -> Result<(), ClientError> {
        let parts = ["jobs", id.as_str(), "pin"];
        let method = if pinned { Method::PUT } else { Method::DELETE };
        self.ask(Again::Harmless, || self.request(method.clone(), &parts).build()).await.map(drop)
    }
}
