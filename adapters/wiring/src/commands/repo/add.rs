//! `img repo add`.

use std::path::Path;

use cli::AddArguments;
use imaging::{
    CanonicalName, ImageKind, ImageRepository, Incoming, NotAWord, OpenGnsysError, Registration,
    RepositoryError, Unit, Wording,
};

use super::Waiting;

/// Copies an image in, and says what came of it.
pub(super) async fn add(
    repository: &dyn ImageRepository,
    wish: &AddArguments,
    json: bool,
) -> Result<(), RepositoryError> {
    let incoming =
        incoming(wish).map_err(|NotAWord(why)| RepositoryError::refused(OpenGnsysError::Format, why))?;
    let waiting = Waiting::for_one(incoming.name.to_string());
    let done = repository.incorporate(&incoming, &waiting).await;
    waiting.ended();
    cli::print_incorporated(&done?, json);
    Ok(())
}

fn incoming(wish: &AddArguments) -> Result<Incoming, NotAWord> {
    let first = wish.files.first().expect("clap wants one");
    let name = match &wish.name {
        Some(name) => CanonicalName::parse(name)?,
        None => name_of(first)?,
    };
    let unit = wish.unit.as_deref().map(Unit::parse).transpose()?;
    let kind = wish.kind.as_ref().and_then(|kind| ImageKind::of_ending(kind.as_ref()));
    let registration = registration(wish, &name, unit.as_ref())?;
    Ok(Incoming {
        volumes: wish.files.clone(),
        unit,
        kind,
        unrecognised: wish.unrecognised,
        registration,
        client_name: wish.client.clone(),
        ..Incoming::file(first, name)
    })
}

/// The name of a file up to its first dot, if an image can have it.
fn name_of(file: &Path) -> Result<CanonicalName, NotAWord> {
    let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let stem = name.split('.').next().unwrap_or_default();
    CanonicalName::parse(stem).map_err(|NotAWord(why)| NotAWord(format!("{why}; say --name NAME")))
}

/// What is to be noted: all of it, or nothing.
fn registration(
    wish: &AddArguments,
    name: &CanonicalName,
    unit: Option<&Unit>,
) -> Result<Option<Registration>, NotAWord> {
    let given = [
        ("--title", &wish.title),
        ("--software-profile", &wish.software_profile),
        ("--partition-type", &wish.partition_type),
        ("--comments", &wish.comments),
    ];
    let mut missing: Vec<&str> =
        given.iter().filter(|(_, text)| text.is_none()).map(|(option, _)| *option).collect();
    if wish.partition.is_none() {
        missing.push("--partition");
    }
    if missing.len() == given.len() + 1 {
        return Ok(None);
    }
    if !missing.is_empty() {
        return Err(NotAWord(format!(
            "to register it, OpenGnsys wants all of it: say {} too",
            missing.join(", ")
        )));
    }
    let text = |at: usize| Wording::parse(given[at].1.as_deref().unwrap_or_default());
    Ok(Some(Registration {
        name: name.clone(),
        unit: unit.cloned(),
        title: text(0)?,
        software_profile: text(1)?,
        partition: wish.partition.unwrap_or_default(),
        partition_type: text(2)?,
        comments: text(3)?,
    }))
}
