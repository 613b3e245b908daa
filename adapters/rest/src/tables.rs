//! What the site offers: tables everybody reads, and administrators fill.

mod views;

use std::sync::Arc;

use axum::Json as Answer;
use axum::extract::State;
use axum::http::StatusCode;
use imaging::{Person, Table, now_ms};
use serde::Serialize;
use serde::de::DeserializeOwned;
use utoipa_axum::routes;

use self::views::{BuildServiceView, NameView, PostProcessView, QueueView, TokenView, View};
use crate::asked::{Json, Of};
use crate::caller::{Caller, SiteKeeper};
use crate::problem::Problem;
use crate::routes::Routes;
use crate::service::Rest;

/// The longest name of an entry, in bytes.
const LONGEST_NAME: usize = 200;
/// The longest text of an entry, in bytes.
const LONGEST_TEXT: usize = 256 << 10;

async fn list<T: View>(rest: &Rest, table: Table) -> Result<Answer<Vec<T>>, Problem> {
    let entries = rest.desk.registry.entries(table).await?;
    Ok(Answer(entries.into_iter().filter_map(T::of).collect()))
}

async fn put<T: View + Serialize>(
    rest: &Rest,
    table: Table,
    name: String,
    view: T,
    person: &Person,
) -> Result<StatusCode, Problem> {
    if name.is_empty() || name.len() > LONGEST_NAME || name.contains(char::is_control) || name.trim() != name
    {
        return Err(Problem::mistake(
            "name",
            format!("should have 1 to {LONGEST_NAME} bytes, and no blanks at its ends"),
        ));
    }
    if view.name().is_some_and(|said| said != name) {
        return Err(Problem::mistake(
            "name",
            format!("should be {name:?}, as in the address, or be left out"),
        ));
    }
    let length = serde_json::to_vec(&view).map_or(0, |json| json.len());
    if length > LONGEST_TEXT {
        return Err(Problem::mistake(
            "body",
            format!("has {length} bytes: an entry may have {LONGEST_TEXT}"),
        ));
    }
    let entry = view.entry(table, name).map_err(|mistake| Problem::mistakes(vec![mistake]))?;
    rest.desk.put_entry(person, &entry, now_ms()).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn remove(rest: &Rest, table: Table, name: &str, person: &Person) -> Result<StatusCode, Problem> {
    if rest.desk.remove_entry(person, table, name, now_ms()).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Problem::missing(format!("there is no {name:?} in {}", table.as_str())))
    }
}

/// Writes an entry that is given as JSON.
async fn put_json<T: View + Serialize + DeserializeOwned>(
    rest: &Rest,
    table: Table,
    name: String,
    body: serde_json::Value,
    person: &Person,
) -> Result<(), Problem> {
    let view: T = serde_json::from_value(body)
        .map_err(|error| Problem::mistake("body", format!("is not what is meant: {error}")))?;
    put(rest, table, name, view, person).await.map(drop)
}

impl Rest {
    /// Writes an entry, given as programs write it, over the one of its name.
    pub async fn put_entry(
        &self,
        table: Table,
        name: String,
        body: serde_json::Value,
        person: &Person,
    ) -> Result<(), Problem> {
        match table {
            Table::Queues => put_json::<QueueView>(self, table, name, body, person).await,
            Table::Arches | Table::ImageTypes | Table::JobStates => {
                put_json::<NameView>(self, table, name, body, person).await
            }
            Table::BuildServices => put_json::<BuildServiceView>(self, table, name, body, person).await,
            Table::Tokens => put_json::<TokenView>(self, table, name, body, person).await,
            Table::PostProcesses => put_json::<PostProcessView>(self, table, name, body, person).await,
        }
    }
}

/// The three addresses of a table.
macro_rules! table {
    ($module:ident, $table:expr, $view:tt,  $path:tt, $one:tt, $list_doc:tt, $put_doc:tt, $remove_doc:tt) => {
        mod $module {
            use super::*;

            #[doc = $list_doc]
            #[utoipa::path(get, path = $path, tag = "site", responses((status = 200, body = Vec<$view>)))]
            pub(super) async fn list(
                _: Caller,
                State(rest): State<Arc<Rest>>,
            ) -> Result<Answer<Vec<$view>>, Problem> {
                super::list(&rest, $table).await
            }

            #[doc = $put_doc]
            #[utoipa::path(put, path = $one, tag = "site", params(("name" = String, Path, description = "Its name")),
                request_body = $view, responses((status = 204, description = "It is there")))]
            pub(super) async fn put(
                SiteKeeper(person): SiteKeeper,
                State(rest): State<Arc<Rest>>,
                Of(name): Of<String>,
                Json(view): Json<$view>,
            ) -> Result<StatusCode, Problem> {
                super::put(&rest, $table, name, view, &person).await
            }

            #[doc = $remove_doc]
            #[utoipa::path(delete, path = $one, tag = "site", params(("name" = String, Path, description = "Its name")),
                responses((status = 204, description = "It is gone")))]
            pub(super) async fn remove(
                SiteKeeper(person): SiteKeeper,
                State(rest): State<Arc<Rest>>,
                Of(name): Of<String>,
            ) -> Result<StatusCode, Problem> {
                super::remove(&rest, $table, &name, &person).await
            }
        }
    };
}

table!(
    queues,
    Table::Queues,
    QueueView,
    "/queues",
    "/queues/{name}",
    "Lists the queues.",
    "Writes a queue.",
    "Removes a queue that no job under way is in; those that are over stay."
);
table!(
    arches,
    Table::Arches,
    NameView,
    "/arches",
    "/arches/{name}",
    "Lists the processors images can be for.",
    "Allows a processor.",
    "Allows a processor no longer, unless a job under way is for it."
);
table!(
    image_types,
    Table::ImageTypes,
    NameView,
    "/image-types",
    "/image-types/{name}",
    "Lists the forms of images.",
    "Allows a form of images.",
    "Allows a form of images no longer, unless a job under way has it."
);
table!(
    build_services,
    Table::BuildServices,
    BuildServiceView,
    "/build-services",
    "/build-services/{name}",
    "Lists the build services.",
    "Writes a build service.",
    "Removes a build service."
);
table!(
    tokens,
    Table::Tokens,
    TokenView,
    "/tokens",
    "/tokens/{name}",
    "Lists what kickstarts may say as `@NAME@`.",
    "Writes a token.",
    "Removes a token."
);
table!(
    job_states,
    Table::JobStates,
    NameView,
    "/job-states",
    "/job-states/{name}",
    "Lists the states of jobs.",
    "Adds a state of this site's own: `DONE, ` and more.",
    "Removes a state of this site's own."
);
table!(
    post_processes,
    Table::PostProcesses,
    PostProcessView,
    "/post-processes",
    "/post-processes/{name}",
    "Lists the processes that can follow a build.",
    "Writes a post-process.",
    "Removes a post-process."
);

pub(crate) fn routes() -> Routes {
    Routes::new()
        .routes(routes!(queues::list))
        .routes(routes!(queues::put, queues::remove))
        .routes(routes!(arches::list))
        .routes(routes!(arches::put, arches::remove))
        .routes(routes!(image_types::list))
        .routes(routes!(image_types::put, image_types::remove))
        .routes(routes!(build_services::list))
        .routes(routes!(build_services::put, build_services::remove))
        .routes(routes!(tokens::list))
        .routes(routes!(tokens::put, tokens::remove))
        .routes(routes!(job_states::list))
        .routes(routes!(job_states::put, job_states::remove))
        .routes(routes!(post_processes::list))
        .routes(routes!(post_processes::put, post_processes::remove))
}
