//! A round over all images: what other programs put there is read and published when it is whole.
//!
//! Whole is what was renamed in, or has not changed for some seconds. What the bytes say is asked afterwards: a copy that
//! stopped in the middle is told as broken, and looked at again when it changes.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use imaging::{ImagePath, ImageState, OpenGnsysError, Recognised, RepositoryError, Tended};

use crate::arrivals::Arrivals;
use crate::beside::{self, Beside};
use crate::folder::{Folder, Key};
use crate::known::Known;
use crate::lanes::Lanes;
use crate::lock::{self, Tried};
use crate::one_read::{self, Wanted};
use crate::place::{Place, missing, reading, writing};
use crate::recognise::{self, Checked};
use crate::reports::Reports;
use crate::{Settings, etc, look, publish, sweep};

/// What is remembered from one round to the next.
#[derive(Debug, Default)]
pub(crate) struct Rounds {
    arrivals: Arrivals,
    /// Since when each file has been as it is.
    seen: HashMap<ImagePath, (Key, Instant)>,
    lanes: Lanes,
}

pub(crate) fn tend(
    place: &Place,
    settings: &Settings,
    rounds: &mut Rounds,
    reports: &Reports,
) -> Result<Vec<Tended>, RepositoryError> {
    let mut news: Vec<Tended> = sweep::all(place).into_iter().map(Tended::Cleaned).collect();
    let walk = place.walk()?;
    rounds.arrivals.listen(place, &walk.units);
    rounds.seen.retain(|image, _| walk.images.contains(image));
    rounds.lanes.keep(|image| walk.images.contains(image));
    let tell = |image: &ImagePath, done: Result<Option<Tended>, RepositoryError>| match done {
        Err(RepositoryError::Stopped) => Err(RepositoryError::Stopped),
        Err(error) => Ok(Some(Tended::Refused(image.clone(), error.opengnsys(), error.sentence()))),
        told => told,
    };
    for (image, done) in rounds.lanes.ended() {
        news.extend(tell(&image, done.map(Some))?);
    }
    for image in &walk.images {
        if reports.stopped() {
            return Err(RepositoryError::Stopped);
        }
        if rounds.lanes.have(image) {
            news.push(Tended::Reads(image.clone()));
        } else {
            news.extend(tell(image, one(place, settings, rounds, image, reports))?);
        }
    }
    etc::list(place, || look::all(place))?;
    Ok(news)
}

fn one(
    place: &Place,
    settings: &Settings,
    rounds: &mut Rounds,
    image: &ImagePath,
    reports: &Reports,
) -> Result<Option<Tended>, RepositoryError> {
    let folder = place.folder_of(image)?;
    let file = image.file_name();
    match look::at(&folder, image, &[])?.map(|told| told.state) {
        // nobody noted that, since what would be noted has no room beside it either
        Some(ImageState::Refused(why)) if !beside::has_room(file) => {
            return Ok(Some(Tended::Refused(image.clone(), OpenGnsysError::Format, why)));
        }
        None | Some(ImageState::NoFile | ImageState::Refused(_)) => return Ok(None),
        Some(ImageState::Published) => {
            rounds.arrivals.settled(image);
            publish::announce(&folder, file, settings).map_err(|source| writing(image, source))?;
            if folder.has(&Beside::Info.of(file)).map_err(|source| reading(image, source))? {
                take_info(&folder, image)?;
            }
            return Ok(None);
        }
        Some(ImageState::Locked(who)) => return Ok(Some(Tended::Waits(image.clone(), who))),
        Some(_) => {}
    }
    if !is_whole(&folder, settings, rounds, image).map_err(|source| reading(image, source))? {
        forget_what_it_was(&folder, file).map_err(|source| writing(image, source))?;
        let sentence = "somebody may still write it".to_owned();
        return Ok(Some(Tended::Waits(image.clone(), sentence)));
    }
    rounds.arrivals.settled(image);
    let work = {
        let (image, settings) = (image.clone(), settings.clone());
        move |reports: &Reports| read_in_turn(&folder, &image, &settings, reports)
    };
    rounds.lanes.run(image, settings.patience, reports, work).map(Some)
}

fn read_in_turn(
    folder: &Folder,
    image: &ImagePath,
    settings: &Settings,
    reports: &Reports,
) -> Result<Tended, RepositoryError> {
    match lock::take(folder, image.file_name()).map_err(|source| writing(image, source))? {
        Tried::Held(_lock) => {
            read_and_publish(folder, image, settings, reports).map(|()| Tended::Published(image.clone()))
        }
        Tried::Taken(who) => Ok(Tended::Waits(image.clone(), who)),
    }
}

/// Whether nobody writes a file any more, as far as that can be seen.
fn is_whole(
    folder: &Folder,
    settings: &Settings,
    rounds: &mut Rounds,
    image: &ImagePath,
) -> io::Result<bool> {
    let Some(about) = folder.about(image.file_name())? else { return Ok(false) };
    if rounds.arrivals.was_renamed_in(image) {
        return Ok(true);
    }
    let key = Key::of(&about);
    let now = Instant::now();
    let since = match rounds.seen.get(image) {
        Some((seen, since)) if *seen == key => *since,
        _ => {
            rounds.seen.insert(image.clone(), (key, now));
            now
        }
    };
    // the kernel sets this one, whatever time the file is given
    let changed = u64::try_from(about.ctime()).unwrap_or(0);
    let age = SystemTime::now().duration_since(UNIX_EPOCH + Duration::from_secs(changed)).unwrap_or_default();
    Ok(now.duration_since(since) >= settings.settle || age > settings.settle)
}

/// Takes away the sums of what a file was before somebody began to write it.
fn forget_what_it_was(folder: &Folder, file: &OsStr) -> io::Result<()> {
    let was = Known::read(folder, &Beside::Known.of(file))?;
    let now = folder.key(file)?;
    let has_sums = folder.has(&Beside::Sum.of(file))? || folder.has(&Beside::Torrent.of(file))?;
    if was.is_none_or(|was| Some(was.key) == now) || !has_sums {
        return Ok(());
    }
    match lock::take(folder, file)? {
        Tried::Held(_lock) => publish::withdraw(folder, file),
        Tried::Taken(_) => Ok(()),
    }
}

/// Reads an image that is there, and publishes it or notes why not; whoever calls it holds its lock.
pub(crate) fn read_and_publish(
    folder: &Folder,
    image: &ImagePath,
    settings: &Settings,
    reports: &Reports,
) -> Result<(), RepositoryError> {
    let file = image.file_name();
    let (read, write) = (|source| reading(image, source), |source| writing(image, source));
    let mut bytes = match folder.open(file) {
        Ok(bytes) => bytes,
        Err(error) if beneath::leads_nowhere(&error) => return Err(missing(image)),
        Err(error) => return Err(read(error)),
    };
    let key = Key::of(&bytes.metadata().map_err(read)?);
    if Known::read(folder, &Beside::Known.of(file)).map_err(read)?.is_some_and(|was| was.key != key) {
        publish::withdraw(folder, file).map_err(write)?;
    }
    let step = format!("summing {image}");
    let go_on = |done| reports.far(&step, done, key.size);
    let wanted = Wanted { length: key.size, check: settings.check, copy: None, go_on: &go_on };
    let name = image.to_string();
    let mut was = one_read::read(&mut bytes, &wanted).map_err(|broke| publish::broke(&name, broke))?;
    if folder.key(file).map_err(read)? != Some(key) || Key::of(&bytes.metadata().map_err(read)?) != key {
        return Err(publish::changed(&name));
    }
    let checked = match was.checked.take() {
        Some(told) => recognise::checked(told),
        None => Checked { recognised: first_bytes(folder, file, key), ..Checked::default() },
    };
    if let Some(fault) = checked.fault.as_ref().filter(|_| !checked.is_unknown) {
        let why = format!("it is no whole image: {fault}");
        publish::refuse(folder, file, key, was, &checked, &why).map_err(write)?;
        return Err(RepositoryError::refused(OpenGnsysError::Image, why));
    }
    let client_name = client_name(folder, file).map_err(read)?;
    let how = (&*client_name, settings);
    let staged = publish::stage(folder, file, key, (was, &checked), how, true).map_err(write)?;
    staged.publish().map_err(write)?;
    folder.remove(&Beside::Info.of(file)).map_err(write)
}

fn first_bytes(folder: &Folder, file: &OsStr, key: Key) -> Option<Recognised> {
    let image = image_format::recognise(folder.open(file).ok()?, Some(key.size)).ok()?;
    Some(recognise::recognised(&image))
}

/// The machine that whoever made the image named, unless that was about an older one.
fn client_name(folder: &Folder, file: &OsStr) -> io::Result<String> {
    let info = Beside::Info.of(file);
    let (Some(said), Some(image)) = (folder.key(&info)?, folder.key(file)?) else { return Ok(String::new()) };
    if said.mtime_ns < image.mtime_ns {
        return Ok(String::new());
    }
    let line = folder.read(&info, 4096)?.unwrap_or_default();
    let line = String::from_utf8_lossy(&line);
    let name = line.lines().next().unwrap_or("").splitn(5, ':').nth(4).unwrap_or("");
    Ok(name.trim().chars().filter(|sign| !sign.is_control()).take(100).collect())
}

/// Notes what a line beside a published image says, and removes it.
fn take_info(folder: &Folder, image: &ImagePath) -> Result<(), RepositoryError> {
    let file = image.file_name();
    let take = || {
        let Tried::Held(_lock) = lock::take(folder, file)? else { return Ok(()) };
        let name = client_name(folder, file)?;
        if let (false, Some(mut known)) = (name.is_empty(), Known::read(folder, &Beside::Known.of(file))?) {
            known.client_name = name;
            known.write(folder, file)?;
        }
        folder.remove(&Beside::Info.of(file))
    };
    take().map_err(|source| writing(image, source))
}
