//! `/api/v1/repositories`: images that are kept for many machines.
//!
//! Looking is free for everybody who got as far as here. What takes long is a [`Task`]: it goes on whoever asks has gone, and
//! has an address that tells how far it is.

mod asked;
mod begin;
mod change;
mod files;
mod images;
mod keeping;
mod publish;
mod tasks;
mod told;
mod view;
mod work;

use std::path::PathBuf;

use axum::routing::{delete, get, post, put};
use imaging::Repositories;
use tokio_util::sync::CancellationToken;
use utoipa_axum::routes;

pub use self::keeping::RegistrationWish;
pub use self::publish::{KindWish, PublishWish};
pub use self::view::image_mark;
use self::work::Tasks;
pub use self::work::{Came, Task, TaskKind, TaskState};
use crate::routes::Routes;

/// What repositories there are, and what is being done in them.
pub(crate) struct Kept {
    pub(crate) repositories: Repositories,
    /// The folder that the files of jobs are below.
    images: PathBuf,
    tasks: Tasks,
}

impl Kept {
    pub(crate) fn new(repositories: Repositories, images: PathBuf, stop: CancellationToken) -> Kept {
        Kept { repositories, images, tasks: Tasks::new(stop) }
    }
}

pub(crate) fn routes() -> Routes {
    let routes = Routes::new()
        .routes(routes!(images::repositories))
        .routes(routes!(images::list, publish::publish))
        .routes(routes!(images::show, change::remove))
        .routes(routes!(publish::verify))
        .routes(routes!(change::restore_backup))
        .routes(routes!(change::register))
        .routes(routes!(publish::import))
        .routes(routes!(files::download))
        .routes(routes!(tasks::list))
        .routes(routes!(tasks::show, tasks::stop));
    // the `/` of an image in the folder of a unit may stand as it is
    let of_units = [
        ("", get(images::show).merge(delete(change::remove))),
        ("/verify", post(publish::verify)),
        ("/restore-backup", post(change::restore_backup)),
        ("/registration", put(change::register)),
    ];
    of_units.into_iter().fold(routes, |routes, (what, handler)| {
        routes.route(&format!("/repositories/{{name}}/images/{{image}}/{{of_unit}}{what}"), handler)
    })
}
