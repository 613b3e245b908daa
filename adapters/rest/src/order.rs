//! What a person writes becomes what the desk takes.
//!
//! A kickstart may be given, chosen among the templates of the site, or made from YAML; features, tokens and
//! post-processes are completed from what the site offers. All mistakes of an order are told at once.

mod features;
mod kickstart;
mod tokens;

use std::collections::{BTreeMap, BTreeSet};

use imaging::{Desk, NewJob, Offers, Tag};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use self::kickstart::{Configuration, ConfigurationFile, checked};
pub(crate) use self::kickstart::{apart, generated, unreadable};
use crate::problem::{Mistake, Problem};
use crate::view::Repo;

/// What is wanted. A new job needs `name`, `image_type`, `arch` and one of `kickstart`, `template` and `configuration`,
/// which may bring the others; a retry says only what is to be different.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Order {
    /// What the image is called; its files are called after it.
    #[schema(example = "demo")]
    pub name: Option<String>,
    /// The form of the image: see `/api/v1/image-types`.
    #[schema(example = "raw")]
    pub image_type: Option<String>,
    /// The processor it is for: see `/api/v1/arches`.
    #[schema(example = "x86_64")]
    pub arch: Option<String>,
    /// The text of the kickstart, 10 MiB at most.
    #[schema(
        example = "part / --size=64\nrepo --name=demo --baseurl=http://repo.example/demo\n%packages\nbusybox\n%end\n"
    )]
    pub kickstart: Option<String>,
    /// The file of a template: see `/api/v1/templates`.
    pub template: Option<String>,
    /// YAML that a kickstart is made from.
    #[serde(deserialize_with = "crate::object::or_none")]
    pub configuration: Option<Configuration>,
    /// A queue that launches: see `/api/v1/queues`; `api` unless said.
    pub queue: Option<String>,
    /// What stands for `@NAME@` in the kickstart, on top of what the site says.
    pub tokens: Option<BTreeMap<String, String>>,
    /// Features of the site: see `/api/v1/features`; those the template suggests unless said.
    pub features: Option<BTreeSet<String>>,
    /// Packages on top of the kickstart's; `-name` leaves one out, `@name` is a group.
    pub packages: Option<Vec<String>>,
    /// Repositories on top of the kickstart's.
    pub extra_repos: Option<Vec<Repo>>,
    /// Options for the builder.
    pub extra_opts: Option<Vec<String>>,
    /// Processes that follow the build: see `/api/v1/post-processes`; those that are meant by default unless said.
    pub post_processes: Option<BTreeSet<String>>,
    /// What those are told, by the names of their arguments.
    pub post_process_arguments: Option<BTreeMap<String, String>>,
    /// The release it is part of.
    pub release: Option<String>,
    /// Devices it is to be tested on.
    pub devicegroup: Option<String>,
    /// Where mail about it goes, beside its owner, joined with commas.
    pub email: Option<String>,
    /// Words to find it again by, 50 at most.
    pub tags: Option<Vec<String>>,
    /// Whether it is protected from deletion.
    pub pinned: Option<bool>,
}

/// Completes an order on top of another job: an empty one, or the one that is asked for again.
pub async fn complete(
    order: Order,
    mut job: NewJob,
    desk: &Desk,
    offers: &dyn Offers,
) -> Result<NewJob, Problem> {
    let is_retry = job.retry_of.is_some();
    let mut mistakes = Vec::new();
    let source = kickstart::find(&order, offers, &mut mistakes).await?;
    let suggested = source.suggested;
    let says = |said: &Option<String>, suggested: &Option<String>| said.clone().or_else(|| suggested.clone());
    for (field, value, missing) in [
        (&mut job.name, says(&order.name, &suggested.name), "name"),
        (&mut job.image_type, says(&order.image_type, &suggested.image_type), "image_type"),
        (&mut job.arch, says(&order.arch, &suggested.arch), "arch"),
    ] {
        match value {
            Some(value) => *field = value,
            None if !is_retry => mistakes.push(Mistake::of(missing, "is missing")),
            None => {}
        }
    }
    match source.kickstart {
        Some(text) => job.kickstart = text,
        None if !is_retry
            && mistakes.iter().all(|mistake| !kickstart::SOURCES.contains(&&*mistake.field)) =>
        {
            mistakes.push(Mistake::of("kickstart", "is missing: say kickstart, template or configuration"));
        }
        None => {}
    }
    job.queue = match order.queue {
        Some(queue) => queue,
        // where a process recorded it, nobody would build it again
        None if is_retry && launches(desk, &job.queue).await? => job.queue,
        None => "api".into(),
    };
    replace(&mut job.overlay, order.packages);
    replace(&mut job.extra_repos, order.extra_repos.map(|repos| repos.into_iter().map(Into::into).collect()));
    replace(&mut job.extra_opts, order.extra_opts);
    replace(&mut job.pp_args, order.post_process_arguments);
    replace(&mut job.release, order.release);
    replace(&mut job.devicegroup, order.devicegroup);
    replace(&mut job.email, order.email);
    match order.post_processes {
        Some(chosen) => job.post_processes = chosen,
        None if is_retry => {}
        None => {
            let all = desk.registry.post_processes().await?;
            let meant = all.into_iter().filter(|process| process.active && process.default);
            job.post_processes = meant.map(|process| process.name).collect();
        }
    }
    tags(&mut job, order.tags, order.pinned, &mut mistakes);
    let features = order.features.unwrap_or(suggested.features);
    features::add(&mut job, &features, suggested.kickstart_type.as_deref(), offers, &mut mistakes).await?;
    let given = order.tokens.unwrap_or_else(|| crate::view::tokens(&job));
    job.tokenmap = tokens::map(&job.kickstart, given, suggested.tokens, desk, &mut mistakes).await?;
    mistakes.extend(desk.mistakes(&job).await?.into_iter().map(|one| Mistake::of(ours(one.field), one.why)));
    once_a_field(&mut mistakes);
    if mistakes.is_empty() { Ok(job) } else { Err(Problem::mistakes(mistakes)) }
}

/// Tells whether jobs are built when they are recorded in this queue.
pub async fn launches(desk: &Desk, queue: &str) -> Result<bool, Problem> {
    let queue = desk.registry.queue(queue).await.map_err(imaging::Refusal::from)?;
    Ok(queue.is_some_and(|queue| queue.launches))
}

/// Returns what a field of a job is called in an order.
fn ours(field: &'static str) -> &'static str {
    match field {
        "overlay" => "packages",
        "pp_args" => "post_process_arguments",
        "tokenmap" => "tokens",
        other => other,
    }
}

fn replace<T>(field: &mut T, said: Option<T>) {
    if let Some(said) = said {
        *field = said;
    }
}

/// What is missing is told once, not as an empty text, too.
fn once_a_field(mistakes: &mut Vec<Mistake>) {
    let missing: Vec<String> = mistakes
        .iter()
        .filter(|mistake| mistake.why.starts_with("is missing"))
        .map(|mistake| mistake.field.clone())
        .collect();
    mistakes.retain(|mistake| mistake.why.starts_with("is missing") || !missing.contains(&mistake.field));
    let no_source = mistakes.iter().any(|mistake| matches!(&*mistake.field, "template" | "configuration"));
    mistakes.retain(|mistake| !(no_source && mistake.field == "kickstart" && mistake.why == "is empty"));
}

fn tags(job: &mut NewJob, said: Option<Vec<String>>, pinned: Option<bool>, mistakes: &mut Vec<Mistake>) {
    if let Some(said) = said {
        job.tags = said
            .iter()
            .filter_map(|text| match Tag::parse(text) {
                Ok(tag) => Some(tag),
                Err(error) => {
                    mistakes.push(Mistake::of("tags", format!("are wrong: {error}")));
                    None
                }
            })
            .collect();
    }
    match pinned {
        Some(true) => drop(job.tags.insert(Tag::pinned())),
        Some(false) => drop(job.tags.remove(&Tag::pinned())),
        None => {}
    }
}
