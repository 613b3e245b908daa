//! An image on its way in: copied under a hidden name, read once, and renamed when it is whole.

use std::ffi::{OsStr, OsString};
use std::io::{self, Write};

use image_format::Obstacle;
use imaging::{
    ImageKind, ImagePath, Incoming, Incorporated, OpenGnsysError, Registration, RepositoryError, Unit,
};

use crate::again::There;
use crate::beside::{self, Beside, FOLLOWERS};
use crate::folder::Folder;
use crate::lock::{self, Lock, Tried};
use crate::one_read::{self, Wanted, WasRead};
use crate::place::{Place, writing};
use crate::recognise::{self, Checked};
use crate::reports::Reports;
use crate::source::Source;
use crate::{Settings, again, etc, look, publish, sweep};

pub(crate) fn incorporate(
    place: &Place,
    settings: &Settings,
    incoming: &Incoming,
    reports: &Reports,
) -> Result<Incorporated, RepositoryError> {
    sweep::all(place);
    reports.begin("recognising".into());
    let mut source = Source::open(&incoming.volumes, incoming.below.as_deref())?;
    let kind = kind(&mut source, incoming)?;
    let path = ImagePath::of(incoming.unit.as_ref(), &incoming.name, kind);
    let (folder, made) = folder(place, incoming.unit.as_ref()).map_err(|error| writing(&path, error))?;
    let done = bring_in(place, settings, incoming, reports, (&path, &folder), &mut source);
    if done.is_err()
        && made
        && let Some(unit) = &incoming.unit
    {
        place.images.remove_empty(OsStr::new(unit.as_str()));
    }
    done
}

fn folder(place: &Place, unit: Option<&Unit>) -> io::Result<(Folder, bool)> {
    match unit {
        None => Ok((place.images.again()?, false)),
        Some(unit) => place.images.make(OsStr::new(unit.as_str())),
    }
}

/// What the file will be called after; refuses early what is no image.
fn kind(source: &mut Source, incoming: &Incoming) -> Result<ImageKind, RepositoryError> {
    let length = source.length();
    let told = image_format::recognise(&mut *source, Some(length));
    source.rewind();
    let found = match told {
        Ok(image) => {
            if let Some(obstacle @ Obstacle::Volume(_)) = &image.obstacle {
                return Err(RepositoryError::refused(OpenGnsysError::Format, obstacle.to_string()));
            }
            recognise::kind(&image)
        }
        Err(refused) if incoming.unrecognised && recognise::is_unknown(&refused) => ImageKind::Img,
        Err(refused) => return Err(recognise::refuse(&refused)),
    };
    Ok(incoming.kind.unwrap_or(found))
}

fn bring_in(
    place: &Place,
    settings: &Settings,
    incoming: &Incoming,
    reports: &Reports,
    (path, folder): (&ImagePath, &Folder),
    source: &mut Source,
) -> Result<Incorporated, RepositoryError> {
    let file = path.file_name();
    let disk = |source| writing(path, source);
    has_room(folder, source.length()).map_err(disk)??;
    let lock = held(folder, path)?;
    if folder.has(file).map_err(disk)? && folder.about(file).map_err(disk)?.is_none() {
        let sentence = format!("{} is no file, and in the way: remove it", folder.at.join(file).display());
        return Err(RepositoryError::refused(OpenGnsysError::NotWrite, sentence));
    }
    let copy = Copy { folder, name: Beside::Incoming.of(file) };
    let (was, checked) = copy.fill(path, source, incoming, reports)?;
    let there = again::there(folder, file, &was, reports).map_err(disk)?;
    let is_there = there == There::Same;
    if reports.stopped() {
        return Err(RepositoryError::Stopped);
    }
    let replaced = there == There::Other && folder.about(file).map_err(disk)?.is_some();
    let mut warnings = checked.warnings.clone();
    // all that takes room comes first: what follows are names
    let work = || {
        let key = folder.key(if is_there { file } else { &copy.name })?.ok_or(io::ErrorKind::NotFound)?;
        let how = (&*incoming.client_name, settings);
        let staged = publish::stage(folder, file, key, (was, &checked), how, is_there)?;
        if replaced {
            keep_before(folder, file)?;
        }
        if !is_there {
            folder.rename(&copy.name, file)?;
        }
        staged.publish()?;
        folder.remove(&Beside::Info.of(file))
    };
    work().map_err(disk)?;
    drop(lock);
    if let Some(noted) = &incoming.registration {
        let noted =
            Registration { name: incoming.name.clone(), unit: incoming.unit.clone(), ..noted.clone() };
        warnings.extend(note(&place.etc, noted).err().map(|error| error.sentence()));
    }
    warnings.extend(etc::list(place, || look::all(place)).err().map(|error| error.sentence()));
    Ok(Incorporated { image: look::one(place, path)?, replaced, warnings })
}

/// Notes a registration in the place of an older one.
pub(crate) fn note(etc: &Folder, noted: Registration) -> Result<(), RepositoryError> {
    etc::register(etc, |all| {
        all.retain(|one| (&one.unit, &one.name) != (&noted.unit, &noted.name));
        all.push(noted);
    })
}

/// Takes the lock of an image, or says who has it.
pub(crate) fn held<'a>(folder: &'a Folder, path: &ImagePath) -> Result<Lock<'a>, RepositoryError> {
    or_who(path, lock::take(folder, path.file_name()))
}

/// Takes the lock of an image that is to be removed, for which a full disk has room.
pub(crate) fn held_to_remove<'a>(folder: &'a Folder, path: &ImagePath) -> Result<Lock<'a>, RepositoryError> {
    or_who(path, lock::take_to_remove(folder, path.file_name()))
}

fn or_who<'a>(path: &ImagePath, tried: io::Result<Tried<'a>>) -> Result<Lock<'a>, RepositoryError> {
    match tried.map_err(|source| writing(path, source))? {
        Tried::Held(lock) => Ok(lock),
        Tried::Taken(who) => {
            let sentence = format!("{path} is locked, try again later: {who}");
            Err(RepositoryError::refused(OpenGnsysError::Locked, sentence))
        }
    }
}

fn has_room(folder: &Folder, need: u64) -> io::Result<Result<(), RepositoryError>> {
    let free = folder.free()?;
    if need < free {
        return Ok(Ok(()));
    }
    let sentence = format!(
        "there is no room for it: it has {need} bytes, and {free} are free in {}; remove images or backups there",
        folder.at.display()
    );
    Ok(Err(RepositoryError::refused(OpenGnsysError::CacheSize, sentence)))
}

/// Makes the image that is there the backup. Its name leads to it all the time.
pub(crate) fn keep_before(folder: &Folder, file: &OsStr) -> io::Result<()> {
    let (aside, backup) = (Beside::Aside.of(file), beside::backup(file));
    folder.remove(&aside)?;
    match folder.link(file, &aside) {
        Ok(()) => folder.rename(&aside, &backup)?,
        Err(_) => folder.rename(file, &backup)?, // a file system without second names
    }
    FOLLOWERS.into_iter().try_for_each(|one| folder.move_over(&one.of(file), &one.of_backup(file)))
}

/// The copy while it has no name that anybody looks for; it is gone unless it was renamed.
struct Copy<'a> {
    folder: &'a Folder,
    name: OsString,
}

impl Copy<'_> {
    /// Copies, and holds what arrived against everything there is.
    fn fill(
        &self,
        path: &ImagePath,
        source: &mut Source,
        incoming: &Incoming,
        reports: &Reports,
    ) -> Result<(WasRead, Checked), RepositoryError> {
        let disk = |source| writing(path, source);
        self.folder.remove(&self.name).map_err(disk)?;
        let mut file = self.folder.create(&self.name).map_err(disk)?;
        let length = source.length();
        let step = if source.count() > 1 {
            "joining, checking and summing"
        } else {
            "copying, checking and summing"
        };
        let go_on = |done| reports.far(step, done, length);
        let wanted = Wanted { length, check: true, copy: Some(&file), go_on: &go_on };
        let from = incoming.volumes[0].display().to_string();
        let mut was = one_read::read(source, &wanted).map_err(|broke| publish::broke(&from, broke))?;
        if !source.is_unchanged() {
            return Err(publish::changed(&from));
        }
        let checked = recognise::checked(was.checked.take().expect("it was wanted"));
        if let Some(fault) = &checked.fault
            && !(checked.is_unknown && incoming.unrecognised)
        {
            let sentence = format!("{from} is no whole image: {fault}");
            return Err(RepositoryError::refused(OpenGnsysError::Image, sentence));
        }
        if let Some(expected) = &incoming.expected
            && *expected != was.sums
        {
            let sentence = format!(
                "{from} is not what it should be: its MD5 is {}, and {} was expected; copy it again",
                was.sums.full_md5, expected.full_md5
            );
            return Err(RepositoryError::refused(OpenGnsysError::Image, sentence));
        }
        reports.begin("waiting for the disk".into());
        file.flush().and_then(|()| file.sync_all()).map_err(disk)?;
        if reports.stopped() {
            return Err(RepositoryError::Stopped);
        }
        Ok((was, checked))
    }
}

impl Drop for Copy<'_> {
    fn drop(&mut self) {
        if let Err(error) = self.folder.remove(&self.name) {
            tracing::warn!("cannot remove {:?}: {error}", self.folder.at.join(&self.name));
        }
    }
}
