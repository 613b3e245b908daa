//! What the site offers: tables everybody reads, and administrators fill.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Json as Answer;
use axum::extract::State;
use axum::http::StatusCode;
use imaging::{Arch, BuildService, Entry, ImageType, JobStatus, PostProcess, Queue, Table, Token, now_ms};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::asked::{Json, Of};
use crate::caller::{Caller, SiteKeeper};
use crate::problem::{Mistake, Problem};
use crate::routes::Routes;
use crate::service::Rest;

/// The longest name of an entry, in bytes.
const LONGEST_NAME: usize = 200;
/// The longest text of an entry, in bytes.
const LONGEST_TEXT: usize = 256 << 10;

/// A queue jobs are in.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct QueueView {
    /// Its name, unique in its table; a body may leave it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// Whether saving a job launches the process that builds it.
    launches: bool,
}

/// Something that is only a name.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct NameView {
    /// Its name, unique in its table; a body may leave it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
}

/// A build service repositories can come from.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BuildServiceView {
    /// Its name, unique in its table; a body may leave it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// The address of its programming interface.
    apiurl: String,
}

/// Something kickstarts may say as `@NAME@`.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TokenView {
    /// Its name, unique in its table; a body may leave it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// What it stands for unless a person says otherwise.
    #[serde(default)]
    default: String,
    /// What it is for.
    #[serde(default)]
    description: String,
}

/// A process that can follow a build.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct PostProcessView {
    /// Its name, unique in its table; a body may leave it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// Whether it can be chosen, and is launched.
    active: bool,
    /// Whether it is chosen unless a person says otherwise.
    default: bool,
    /// What it does.
    description: String,
    /// The text of its process definition.
    pdef: String,
    /// The field of `image` its argument goes to; empty when it takes none.
    argname: String,
    /// The states that launch it.
    triggers: BTreeSet<String>,
}

/// How an entry looks in addresses.
trait View: Sized {
    fn of(entry: Entry) -> Option<Self>;
    fn name(&self) -> Option<&str>;
    fn entry(self, table: Table, name: String) -> Result<Entry, Mistake>;
}

impl View for QueueView {
    fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    fn of(entry: Entry) -> Option<QueueView> {
        if let Entry::Queue(queue) = entry {
            Some(QueueView { name: Some(queue.name), launches: queue.launches })
        } else {
            None
        }
    }

    fn entry(self, _: Table, name: String) -> Result<Entry, Mistake> {
        Ok(Entry::Queue(Queue { name, launches: self.launches }))
    }
}

impl View for NameView {
    fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    fn of(entry: Entry) -> Option<NameView> {
        Some(NameView { name: Some(entry.name().to_owned()) })
    }

    fn entry(self, table: Table, name: String) -> Result<Entry, Mistake> {
        let wrong = |error: imaging::NotAWord| Mistake::of("name", format!("is wrong: {error}"));
        match table {
            Table::Arches => name.parse::<Arch>().map_err(wrong).map(|_| Entry::Arch(name)),
            Table::JobStates => name.parse::<JobStatus>().map_err(wrong).map(Entry::JobState),
            _ => name.parse::<ImageType>().map_err(wrong).map(|_| Entry::ImageType(name)),
        }
    }
}

impl View for BuildServiceView {
    fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    fn of(entry: Entry) -> Option<BuildServiceView> {
        if let Entry::BuildService(service) = entry {
            Some(BuildServiceView { name: Some(service.name), apiurl: service.apiurl })
        } else {
            None
        }
    }

    fn entry(self, _: Table, name: String) -> Result<Entry, Mistake> {
        if !self.apiurl.starts_with("http://") && !self.apiurl.starts_with("https://") {
            return Err(Mistake::of("apiurl", "should begin with http:// or https://"));
        }
        Ok(Entry::BuildService(BuildService { name, apiurl: self.apiurl }))
    }
}

impl View for TokenView {
    fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    fn of(entry: Entry) -> Option<TokenView> {
        match entry {
            Entry::Token(token) => Some(TokenView {
                name: Some(token.name),
                default: token.default,
                description: token.description,
            }),
            _ => None,
        }
    }

    fn entry(self, _: Table, name: String) -> Result<Entry, Mistake> {
        if !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
            return Err(Mistake::of("name", "should have letters, digits and `_` only"));
        }
        if self.default.contains(',') || self.default.contains(char::is_control) {
            return Err(Mistake::of("default", "may have no comma and no line break"));
        }
        Ok(Entry::Token(Token { name, default: self.default, description: self.description }))
    }
}

impl View for PostProcessView {
    fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    fn of(entry: Entry) -> Option<PostProcessView> {
        let Entry::PostProcess(process) = entry else { return None };
        Some(PostProcessView {
            name: Some(process.name),
            active: process.active,
            default: process.default,
            description: process.description,
            pdef: process.pdef,
            argname: process.argname,
            triggers: process.triggers.iter().map(ToString::to_string).collect(),
        })
    }

    fn entry(self, _: Table, name: String) -> Result<Entry, Mistake> {
        let triggers: Result<BTreeSet<JobStatus>, _> =
            self.triggers.iter().map(|status| status.parse::<JobStatus>()).collect();
        let triggers = triggers.map_err(|error| Mistake::of("triggers", format!("are wrong: {error}")))?;
        if self.active && self.pdef.trim().is_empty() {
            return Err(Mistake::of("pdef", "is empty: an active process needs its definition"));
        }
        let PostProcessView { active, default, description, pdef, argname, .. } = self;
        Ok(Entry::PostProcess(PostProcess { name, active, default, description, pdef, argname, triggers }))
    }
}

async fn list<T: View>(rest: &Rest, table: Table) -> Result<Answer<Vec<T>>, Problem> {
    let entries = rest.desk.registry.entries(table).await?;
    Ok(Answer(entries.into_iter().filter_map(T::of).collect()))
}

async fn put<T: View + Serialize>(
    rest: &Rest,
    table: Table,
    name: String,
    view: T,
    who: &str,
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
    rest.desk.registry.put(&entry, who, now_ms()).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn remove(rest: &Rest, table: Table, name: &str, who: &str) -> Result<StatusCode, Problem> {
    if rest.desk.registry.remove(table, name, who, now_ms()).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Problem::missing(format!("there is no {name:?} in {}", table.as_str())))
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
                super::put(&rest, $table, name, view, &person.name).await
            }

            #[doc = $remove_doc]
            #[utoipa::path(delete, path = $one, tag = "site", params(("name" = String, Path, description = "Its name")),
                responses((status = 204, description = "It is gone")))]
            pub(super) async fn remove(
                SiteKeeper(person): SiteKeeper,
                State(rest): State<Arc<Rest>>,
                Of(name): Of<String>,
            ) -> Result<StatusCode, Problem> {
                super::remove(&rest, $table, &name, &person.name).await
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
    "Removes a queue; its jobs stay."
);
table!(
    arches,
    Table::Arches,
    NameView,
    "/arches",
    "/arches/{name}",
    "Lists the processors images can be for.",
    "Allows a processor.",
    "Allows a processor no longer."
);
table!(
    image_types,
    Table::ImageTypes,
    NameView,
    "/image-types",
    "/image-types/{name}",
    "Lists the forms of images.",
    "Allows a form of images.",
    "Allows a form of images no longer."
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
    "Removes a state."
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
