//! Publishing the image of a finished job in a repository.

use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::response::Response;
use imaging::ImageJob;
use rest::{KindWish, PublishWish, Rest};
use serde::Deserialize;

use super::fields::{self, Field, Wrong, fields};
use super::task::begun;
use crate::job::OfJob;
use crate::show::{page, refused, size};
use crate::trouble::Trouble;
use crate::visitor::{Bar, Visitor};

/// The longest canonical name.
const LONGEST: usize = 150;

/// What stands in the form.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Typed {
    key: String,
    repository: String,
    file: String,
    name: String,
    unit: String,
    kind: String,
    unrecognised: String,
    // what follows is that of a registration: a form has no parts
    title: String,
    software_profile: String,
    partition: String,
    partition_type: String,
    comments: String,
}

impl Typed {
    fn registration(&self) -> fields::Typed {
        fields::Typed {
            title: self.title.clone(),
            software_profile: self.software_profile.clone(),
            partition: self.partition.clone(),
            partition_type: self.partition_type.clone(),
            comments: self.comments.clone(),
        }
    }

    fn wish(&self, job: &ImageJob) -> PublishWish {
        let some = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let registration = self.registration();
        PublishWish {
            job: job.image_id.to_string(),
            file: some(&self.file),
            name: self.name.trim().to_owned(),
            unit: some(&self.unit),
            kind: match self.kind.as_str() {
                "img" => Some(KindWish::Img),
                "dsk" => Some(KindWish::Dsk),
                _ => None,
            },
            unrecognised: self.unrecognised == "yes",
            registration: (!registration.is_empty()).then(|| registration.wish()),
        }
    }
}

/// Makes a name that OpenGnsys takes of one it does not.
fn proposed(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).take(LONGEST).collect()
}

#[derive(Template)]
#[template(path = "repositories/publish.html")]
struct PublishPage {
    bar: Bar,
    id: String,
    repositories: Vec<String>,
    /// Files of the job, and how they are shown.
    files: Vec<(String, String)>,
    /// Whether they are on the machine that built it.
    elsewhere: bool,
    /// Units there are in some repository.
    units: Vec<String>,
    /// Why the name that is proposed will not be a new one.
    taken: String,
    typed: Typed,
    fields: Vec<Field>,
    wrong: Wrong,
}

/// The fields that say beside themselves what is wrong with them.
const FIELDS: [&str; 8] =
    ["file", "name", "unit", "title", "software_profile", "partition", "partition_type", "comments"];

async fn shown(
    rest: &Rest,
    visitor: &Visitor,
    job: &ImageJob,
    typed: Typed,
    wrong: Wrong,
) -> Result<PublishPage, Trouble> {
    let files = rest.files(job).await?;
    let mut units = std::collections::BTreeSet::new();
    let mut taken = Vec::new();
    for repository in rest.repositories().iter() {
        // a repository whose disk is away says so when something is published in it
        for image in repository.list().await.unwrap_or_default() {
            let name = image.path.canonical_name();
            if name.is_some_and(|name| name.as_str() == typed.name) && image.path.folder().is_none() {
                taken.push(format!("{} in {}", image.path, repository.name()));
            }
            units.extend(image.path.unit().map(|unit| unit.to_string()));
        }
    }
    let line = |file: &rest::FileView| {
        let size = file.size.map(|bytes| format!(" ({})", size(bytes))).unwrap_or_default();
        (file.path.clone(), format!("{}{size}", file.path))
    };
    Ok(PublishPage {
        bar: visitor.bar("repositories"),
        id: job.image_id.to_string(),
        repositories: rest.repositories().iter().map(|one| one.name().to_string()).collect(),
        files: files.files.iter().take(200).map(line).collect(),
        elsewhere: files.elsewhere,
        units: units.into_iter().collect(),
        taken: taken.join(", "),
        fields: fields(&typed.registration(), &wrong),
        typed,
        wrong,
    })
}

pub(super) async fn form(
    visitor: Visitor,
    State(rest): State<Arc<Rest>>,
    OfJob(id): OfJob,
) -> Result<Response, Trouble> {
    Rest::may_keep(&visitor.person)?;
    rest.repository(None)?; // says what to do when there is none
    let job = rest.desk.show(&id).await?;
    let files = rest.files(&job).await?;
    let image = files.files.iter().find(|file| file.is_image).map(|file| file.path.clone());
    let typed = Typed {
        key: uuid::Uuid::new_v4().to_string(),
        file: image.unwrap_or_default(),
        name: proposed(&job.asked.name),
        ..Typed::default()
    };
    Ok(page(&shown(&rest, &visitor, &job, typed, Wrong::default()).await?))
}

pub(super) async fn publish(
    visitor: Visitor,
    State(rest): State<Arc<Rest>>,
    OfJob(id): OfJob,
    Form(typed): Form<Typed>,
) -> Result<Response, Trouble> {
    Rest::may_keep(&visitor.person)?;
    let job = rest.desk.show(&id).await?;
    let wanted = Some(typed.repository.as_str()).filter(|name| !name.is_empty());
    let repository = rest.repository(wanted)?;
    let problem = match rest.publish(&visitor.person, repository, typed.wish(&job), typed.key.clone()).await {
        Ok(task) => return Ok(begun(repository.name(), &task)),
        Err(problem) => problem,
    };
    let (status, wrong) = Wrong::with_status(problem, &FIELDS)?;
    Ok(refused(status, &shown(&rest, &visitor, &job, typed, wrong).await?))
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_name_is_proposed_that_opengnsys_takes() {
        for (name, taken) in [("hello-x86_64", "hellox8664"), ("ñandú 1", "and1"), ("-", "")] {
            assert_eq!(super::proposed(name), taken);
        }
    }
}
