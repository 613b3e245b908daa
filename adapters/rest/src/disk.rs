//! `/api/v1/disk`: what images take.

use std::sync::Arc;
use std::time::Duration;

use axum::Json as Answer;
use axum::extract::State;
use imaging::{DiskUse, LayerUse, Permission, Person};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::caller::Caller;
use crate::problem::Problem;
use crate::routes::Routes;
use crate::service::Rest;

/// How long somebody waits for an answer.
const PATIENCE: Duration = Duration::from_secs(3);

pub(crate) fn routes() -> Routes {
    Routes::new().routes(routes!(show))
}

/// What images take on the disk.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DiskView {
    /// How many bytes the file system they are on has; 0 when there is no image yet.
    size: u64,
    /// How many of those are free.
    free: u64,
    /// What each folder of jobs takes, the most first.
    layers: Vec<LayerView>,
    /// False when there was no time to look at everything: the numbers are too small then.
    whole: bool,
}

/// What the jobs in one folder take.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LayerView {
    /// The folder, below that of all images: queue and user.
    prefix: String,
    /// How many jobs have files there.
    jobs: u64,
    /// How many bytes they take.
    bytes: u64,
}

impl From<DiskUse> for DiskView {
    fn from(told: DiskUse) -> DiskView {
        let view = |layer: LayerUse| LayerView { prefix: layer.prefix, jobs: layer.jobs, bytes: layer.bytes };
        DiskView {
            size: told.size,
            free: told.free,
            layers: told.layers.into_iter().map(view).collect(),
            whole: told.is_whole,
        }
    }
}

impl Rest {
    /// Returns what images take, to whoever may care for all jobs.
    pub async fn disk_use(&self, person: &Person) -> Result<DiskUse, Problem> {
        if !person.may(Permission::ManageJobs) {
            return Err(Problem::not_allowed("you may not see what the images of others take"));
        }
        self.desk.files.disk_use(PATIENCE).await.map_err(|error| Problem::ours(&error))
    }
}

/// Tells what images take on the disk of the service; those on other machines are not counted.
#[utoipa::path(get, path = "/disk", tag = "site", responses((status = 200, body = DiskView)))]
pub(crate) async fn show(
    Caller(person): Caller,
    State(rest): State<Arc<Rest>>,
) -> Result<Answer<DiskView>, Problem> {
    Ok(Answer(rest.disk_use(&person).await?.into()))
}
