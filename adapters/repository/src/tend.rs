//! A round over all images: what other programs put there is read and published when it is whole.
//!
//! Whole is what was renamed in, or has not changed for some seconds. What the bytes say is asked afterwards: a copy that
//! stopped in the middle is told as broken, and looked at again when it changes.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use imaging::{ImagePath, ImageState, OpenGnsysError, RepositoryError, Tended};

use crate::arrivals::Arrivals;
use crate::beside::{self, Beside};
use crate::examine::{read_and_publish, take_info};
use crate::folder::{Folder, Key};
use crate::known::Known;
use crate::lanes::Lanes;
use crate::lock::{self, Tried};
use crate::place::{Place, reading, writing};
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

/// Looks at all images; one that is stopped tells what it did until then.
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
    let list = || etc::list(place, || look::all(place));
    let (mut listed, mut listing) = (Instant::now(), Duration::ZERO);
    let tell = |image: &ImagePath, done: Result<Option<Tended>, RepositoryError>| match done {
        Err(RepositoryError::Stopped) => None, // whoever stopped it knows
        Err(error) => Some(Tended::Refused(image.clone(), error.opengnsys(), error.sentence())),
        Ok(told) => told,
    };
    for (image, done) in rounds.lanes.ended() {
        news.extend(tell(&image, done.map(Some)));
    }
    for image in &walk.images {
        if reports.stopped() {
            break;
        }
        if rounds.lanes.have(image) {
            news.push(Tended::Reads(image.clone()));
        } else {
            let done = one(place, settings, rounds, image, reports);
            news.extend(tell(image, done));
        }
        // a round may take hours, and what is published is listed meanwhile, at a twentieth of the time
        if matches!(news.last(), Some(Tended::Published(last)) if last == image)
            && listed.elapsed() >= listing * 20
        {
            let begun = Instant::now();
            let _ = list(); // the one at the end says what is wrong
            (listed, listing) = (Instant::now(), begun.elapsed());
        }
    }
    list()?;
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
    let told = look::at(&folder, image, &[])?;
    let size = told.as_ref().map_or(0, |told| told.size);
    match told.map(|told| told.state) {
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
    rounds.lanes.run((image, size), settings.patience, reports, work).map(Some)
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
