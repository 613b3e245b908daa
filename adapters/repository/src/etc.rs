//! What stands in the folder `etc`: the list that OpenGnsys reads, and what people noted.

use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::path::Path;

use imaging::{ImagePath, ImageState, Recognised, Registration, RepositoryError, RepositoryImage};
use nix::fcntl::{Flock, FlockArg};
use serde_json::{Map, Value, json};

use crate::folder::Folder;
use crate::place::Place;

/// The list that OpenGnsys reads.
const REPOINFO: &str = "repoinfo.json";
/// What people noted; of IMG, which has no database of OpenGnsys's.
const REGISTERED: &str = "registered.json";
/// The lock of both.
const LOCK: &str = ".img.lock";
/// What either is called while it is written.
const ASIDE: &str = ".img.aside";
/// Neither is larger.
const LARGEST: u64 = 64 << 20;

/// All that was noted.
pub(crate) fn registrations(etc: &Folder) -> Result<Vec<Registration>, RepositoryError> {
    let file = OsStr::new(REGISTERED);
    let broken = |source| RepositoryError::disk(format!("read {}", etc.at.join(file).display()), source);
    match etc.read(file, LARGEST).map_err(broken)? {
        None => Ok(Vec::new()),
        Some(bytes) => serde_json::from_slice(&bytes).map_err(|error| broken(io::Error::other(error))),
    }
}

/// Changes what was noted, one program at a time.
pub(crate) fn register(
    etc: &Folder,
    change: impl FnOnce(&mut Vec<Registration>),
) -> Result<(), RepositoryError> {
    let writing =
        |source| RepositoryError::disk(format!("write {}", etc.at.join(REGISTERED).display()), source);
    let _lock = lock(etc).map_err(writing)?;
    let mut all = registrations(etc)?;
    let before = all.clone();
    change(&mut all);
    if all == before {
        return Ok(());
    }
    all.sort_by(|one, other| (&one.unit, &one.name).cmp(&(&other.unit, &other.name)));
    let text = serde_json::to_vec_pretty(&all).expect("texts and numbers");
    etc.write(OsStr::new(REGISTERED), OsStr::new(ASIDE), &text).map_err(writing)
}

/// Whether a registration is about an image.
pub(crate) fn is_about(registration: &Registration, image: &ImagePath) -> bool {
    image.canonical_name().as_ref() == Some(&registration.name)
        && image.unit() == registration.unit
        && image.folder().is_some() == registration.unit.is_some()
}

/// Writes `repoinfo.json` as the images are, unless it says so already.
pub(crate) fn list(
    place: &Place,
    look: impl FnOnce() -> Result<Vec<RepositoryImage>, RepositoryError>,
) -> Result<(), RepositoryError> {
    let etc = &place.etc;
    let writing =
        |source| RepositoryError::disk(format!("write {}", etc.at.join(REPOINFO).display()), source);
    let _lock = lock(etc).map_err(writing)?;
    let images = look()?;
    let before = etc.read(OsStr::new(REPOINFO), LARGEST).map_err(writing)?;
    let old: Value = before.as_deref().and_then(|text| serde_json::from_slice(text).ok()).unwrap_or_default();
    let is_folder = |path: &Path| is_folder(place, path);
    let new = repoinfo(&place.images.at.to_string_lossy(), &images, &old, &is_folder);
    if new == old {
        return Ok(());
    }
    let mut text = serde_json::to_vec_pretty(&new).expect("texts and numbers");
    text.push(b'\n');
    etc.write(OsStr::new(REPOINFO), OsStr::new(ASIDE), &text).map_err(writing)
}

fn lock(etc: &Folder) -> io::Result<Flock<File>> {
    let file = etc.open_or_create(OsStr::new(LOCK))?;
    Flock::lock(file, FlockArg::LockExclusive).map_err(|(_, errno)| errno.into())
}

/// Whether an image of files, as OpenGnsys keeps by rsync, is in a folder; such are not ours.
fn is_folder(place: &Place, path: &Path) -> bool {
    let mut names = path.components().map(std::path::Component::as_os_str);
    let folder =
        place.again().ok().and_then(|images| names.try_fold(images, |folder, name| folder.folder(name).ok()));
    folder.is_some_and(|folder| folder.has(OsStr::new("ogimg.info")).unwrap_or(false))
}

/// The list; of images that nobody here has read yet, and of those in folders, it says what it said.
fn repoinfo(
    directory: &str,
    images: &[RepositoryImage],
    old: &Value,
    is_folder: &dyn Fn(&Path) -> bool,
) -> Value {
    let mut plain = Vec::new();
    let mut units: Vec<(String, Vec<Value>)> = Vec::new();
    for image in images.iter().filter(|image| image.state != ImageState::NoFile) {
        let unit = image.path.folder().map(|unit| unit.to_string_lossy().into_owned());
        let told = entry(image, unit.as_deref(), old);
        match unit {
            None => plain.push(told),
            Some(unit) if units.last().is_some_and(|(last, _)| *last == unit) => {
                units.last_mut().expect("it is there").1.push(told);
            }
            Some(unit) => units.push((unit, vec![told])),
        }
    }
    let folders = |images: &Value, unit: &str| -> Vec<Value> {
        let images = images.as_array().map_or(&[][..], Vec::as_slice);
        let is_there = |one: &&Value| {
            let name = one["name"].as_str().filter(|name| Path::new(name).components().count() == 1);
            one["type"] == "dir" && name.is_some_and(|name| is_folder(&Path::new(unit).join(name)))
        };
        images.iter().filter(is_there).cloned().collect()
    };
    plain.extend(folders(&old["images"], ""));
    for one in old["ous"].as_array().map_or(&[][..], Vec::as_slice) {
        let Some(unit) = one["subdir"].as_str() else { continue };
        let kept = folders(&one["images"], unit);
        match units.iter_mut().find(|(name, _)| name == unit) {
            Some((_, images)) => images.extend(kept),
            None if kept.is_empty() => {}
            None => units.push((unit.to_owned(), kept)),
        }
    }
    let units: Vec<Value> =
        units.into_iter().map(|(unit, images)| json!({ "subdir": unit, "images": images })).collect();
    json!({ "directory": directory, "images": plain, "ous": units })
}

fn entry(image: &RepositoryImage, unit: Option<&str>, old: &Value) -> Value {
    let file = image.path.file_name().to_string_lossy();
    let (name, kind) = file.rsplit_once('.').unwrap_or((&file, ""));
    let mut told = Map::new();
    told.insert("name".into(), name.into());
    told.insert("type".into(), kind.into());
    // what was read and is not known is not known by an older list either
    let unknown = Recognised::default();
    if let Some(known) = image.recognised.as_ref().or(image.sums.as_ref().map(|_| &unknown)) {
        told.insert("clientname".into(), image.client_name.clone().into());
        told.insert("clonator".into(), known.tool.to_lowercase().into());
        told.insert("compressor".into(), known.compressor.to_lowercase().into());
        told.insert("filesystem".into(), known.filesystem.to_uppercase().into());
        // a whole number of KiB, as it always was
        told.insert("datasize".into(), (known.restore_bytes.unwrap_or(0) / 1024 * 1024).into());
        return told.into();
    }
    let images = match unit {
        None => &old["images"],
        Some(unit) => {
            let ous = old["ous"].as_array().map_or(&[][..], Vec::as_slice);
            ous.iter().find(|one| one["subdir"] == unit).map_or(&Value::Null, |one| &one["images"])
        }
    };
    let images = images.as_array().map_or(&[][..], Vec::as_slice);
    let was = images.iter().find(|one| one["name"] == name && one["type"] == kind);
    for key in ["clientname", "clonator", "compressor", "filesystem"] {
        told.insert(key.into(), was.and_then(|was| was[key].as_str()).unwrap_or("").into());
    }
    told.insert("datasize".into(), was.and_then(|was| was["datasize"].as_u64()).unwrap_or(0).into());
    told.into()
}
