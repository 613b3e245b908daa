//! What a workitem wants published, and as what.

use std::ffi::OsStr;
use std::path::Path;

use imaging::{BaseUrl, CanonicalName, ImageKind, Incoming, Registration, Unit, Wording};
use participant_core::Workitem;
use serde_json::Value;

/// The fields of a registration, which belong together.
const REGISTRATION: [&str; 5] = ["title", "software_profile", "partition", "partition_type", "comments"];

/// What is wanted.
#[derive(Debug)]
pub(crate) struct Wish {
    /// The repository; none means the first of the site.
    pub(crate) repository: Option<String>,
    pub(crate) incoming: Incoming,
}

impl Wish {
    /// Reads the fields, or says in a sentence what is wrong with them; images are below `images`.
    pub(crate) fn read(item: &Workitem, images: &Path, base_url: &BaseUrl) -> Result<Wish, String> {
        let [url] = item.mandatory(["image.image_url"])?;
        let file = base_url.path(&url).map_err(|reason| format!("image.image_url {reason}"))?;
        let name = match text(item, "image")? {
            Some(name) => {
                CanonicalName::parse(&name).map_err(|error| format!("repository.image: {error}"))?
            }
            None => name_of_job(item)?,
        };
        let unit = text(item, "unit")?.map(|unit| Unit::parse(&unit)).transpose();
        let kind = text(item, "kind")?.map(|kind| {
            ImageKind::of_ending(OsStr::new(&kind))
                .ok_or_else(|| format!("repository.kind should be img, dsk, diff or pgz, not {kind:?}"))
        });
        let mut incoming = Incoming::file(file, name);
        incoming.below = Some(images.to_owned());
        incoming.unit = unit.map_err(|error| format!("repository.unit: {error}"))?;
        incoming.kind = kind.transpose()?;
        incoming.registration = registration(item, &incoming)?;
        Ok(Wish { repository: text(item, "name")?, incoming })
    }
}

/// Returns `repository.WORD`; one that is empty is none.
fn text(item: &Workitem, word: &str) -> Result<Option<String>, String> {
    match item.field(&format!("repository.{word}")) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text).filter(|text| !text.is_empty())),
        Some(Value::Number(number)) => Ok(Some(number.to_string())),
        Some(other) => Err(format!("repository.{word} should be a text, not {other}")),
    }
}

/// Returns the letters and digits of what the image is called.
fn name_of_job(item: &Workitem) -> Result<CanonicalName, String> {
    let called = item.text("image.name").unwrap_or_default();
    let name: String = called.chars().filter(char::is_ascii_alphanumeric).take(150).collect();
    CanonicalName::parse(&name).map_err(|_| {
        "repository.image should say what the image is called in the repository, in letters and digits: image.name has none".into()
    })
}

/// Returns what is to be noted of the image; nothing when no field says anything, and an error when only some do.
fn registration(item: &Workitem, incoming: &Incoming) -> Result<Option<Registration>, String> {
    let mut given = Vec::new();
    for word in REGISTRATION {
        given.push(text(item, word)?);
    }
    if given.iter().all(Option::is_none) {
        return Ok(None);
    }
    let missing: Vec<_> =
        REGISTRATION.iter().zip(&given).filter(|(_, value)| value.is_none()).map(|(word, _)| *word).collect();
    let Ok([title, software_profile, partition, partition_type, comments]) =
        <[String; 5]>::try_from(given.into_iter().flatten().collect::<Vec<_>>())
    else {
        return Err(format!("the registration lacks repository.{}", missing.join(", repository.")));
    };
    let wording =
        |word: &str, text: &str| Wording::parse(text).map_err(|error| format!("repository.{word}: {error}"));
    Ok(Some(Registration {
        name: incoming.name.clone(),
        unit: incoming.unit.clone(),
        title: wording("title", &title)?,
        software_profile: wording("software_profile", &software_profile)?,
        partition: partition.parse().map_err(|_| {
            format!("repository.partition should be the number of a partition, not {partition:?}")
        })?,
        partition_type: wording("partition_type", &partition_type)?,
        comments: wording("comments", &comments)?,
    }))
}
