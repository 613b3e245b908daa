//! `/api/v1/jobs`.

mod change;
mod create;
mod etag;
mod list;
mod multipart;
mod show;

pub(crate) use self::create::key;
use self::etag::{IfMatch, Unchanged};
pub(crate) use self::etag::{answers_to, tag_of, tagged, unchanged};
use crate::routes::Routes;
use utoipa_axum::routes;

pub(crate) fn routes() -> Routes {
    Routes::new()
        .routes(routes!(list::list, create::create))
        .routes(routes!(list::tags))
        .routes(routes!(show::show, change::delete))
        .routes(routes!(show::progress))
        .routes(routes!(show::history))
        .routes(routes!(show::kickstart))
        .routes(routes!(show::deletion))
        .routes(routes!(change::stop))
        .routes(routes!(create::retry))
        .routes(routes!(change::tag))
        .routes(routes!(change::pin, change::unpin))
        .routes(routes!(change::post_process))
}
