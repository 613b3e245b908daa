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
    let AddArguments { title, software_profile, partition, partition_type, comments, .. } = wish;
    let given = [
        ("--title", title.is_some()),
        ("--software-profile", software_profile.is_some()),
        ("--partition", partition.is_some()),
        ("--partition-type", partition_type.is_some()),
        ("--comments", comments.is_some()),
    ];
    let missing: Vec<&str> = given.iter().filter(|(_, is)| !is).map(|(option, _)| *option).collect();
    if missing.len() == given.len() {
        return Ok(None);
    }
    let (Some(title), Some(software_profile), Some(partition), Some(partition_type), Some(comments)) =
        (title, software_profile, *partition, partition_type, comments)
    else {
        return Err(NotAWord(format!(
            "to register it, OpenGnsys wants all of it: say {} too",
            missing.join(", ")
        )));
    };
    Ok(Some(Registration {
        name: name.clone(),
        unit: unit.cloned(),
        title: Wording::parse(title)?,
        software_profile: Wording::parse(software_profile)?,
        partition,
        partition_type: Wording::parse(partition_type)?,
        comments: Wording::parse(comments)?,
    }))
}
