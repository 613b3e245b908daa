//! An image that is there: read, and published or refused.

use std::ffi::OsStr;
use std::io;

use imaging::{ImagePath, OpenGnsysError, Recognised, RepositoryError};

use crate::beside::Beside;
use crate::folder::{Folder, Key};
use crate::known::Known;
use crate::lock::{self, Tried};
use crate::one_read::{self, Wanted, WasRead};
use crate::place::{missing, reading, writing};
use crate::recognise::{self, Checked};
use crate::reports::Reports;
use crate::{Settings, publish};

/// Reads an image that is there, and publishes it or notes why not; whoever calls it holds its lock.
pub(crate) fn read_and_publish(
    folder: &Folder,
    image: &ImagePath,
    settings: &Settings,
    reports: &Reports,
) -> Result<(), RepositoryError> {
    let file = image.file_name();
    let (read, write) = (|source| reading(image, source), |source| writing(image, source));
    let now = folder.key(file).map_err(read)?;
    if Known::read(folder, &Beside::Known.of(file)).map_err(read)?.is_some_and(|was| Some(was.key) != now) {
        publish::withdraw(folder, file).map_err(write)?;
    }
    let (key, was, checked) = read_there(folder, file, image, settings, reports)?;
    if let Some(why) = broken(&checked) {
        publish::refuse(folder, file, key, was, &checked, &why).map_err(write)?;
        return Err(RepositoryError::refused(OpenGnsysError::Image, why));
    }
    let client_name = client_name(folder, file).map_err(read)?;
    let how = (&*client_name, settings);
    let staged = publish::stage(folder, file, key, (was, &checked), how, true).map_err(write)?;
    staged.publish().map_err(write)?;
    folder.remove(&Beside::Info.of(file)).map_err(write)
}

/// Reads a file that is there under a name of the image, and changes nothing.
pub(crate) fn read_there(
    folder: &Folder,
    file: &OsStr,
    image: &ImagePath,
    settings: &Settings,
    reports: &Reports,
) -> Result<(Key, WasRead, Checked), RepositoryError> {
    let step = format!("summing {image}");
    let (key, mut was) = read_all(folder, file, image, (&step, settings.check), reports)?;
    let checked = match was.checked.take() {
        Some(told) => recognise::checked(told),
        None => Checked { recognised: first_bytes(folder, file, key), ..Checked::default() },
    };
    Ok((key, was, checked))
}

/// Reads all of a file while nobody changes it, and holds it against its own checksums where that is wanted.
pub(crate) fn read_all(
    folder: &Folder,
    file: &OsStr,
    image: &ImagePath,
    (step, check): (&str, bool),
    reports: &Reports,
) -> Result<(Key, WasRead), RepositoryError> {
    let read = |source| reading(image, source);
    let mut bytes = match folder.open(file) {
        Ok(bytes) => bytes,
        Err(error) if beneath::leads_nowhere(&error) => return Err(missing(image)),
        Err(error) => return Err(read(error)),
    };
    let key = Key::of(&bytes.metadata().map_err(read)?);
    let go_on = |done| reports.far(step, done, key.size);
    let wanted = Wanted { length: key.size, check, copy: None, go_on: &go_on };
    let name = image.to_string();
    let was = one_read::read(&mut bytes, &wanted).map_err(|broke| publish::broke(&name, broke))?;
    if folder.key(file).map_err(read)? != Some(key) || Key::of(&bytes.metadata().map_err(read)?) != key {
        return Err(publish::changed(&name));
    }
    Ok((key, was))
}

/// Why an image is not published; one that nobody knows may be whole.
pub(crate) fn broken(checked: &Checked) -> Option<String> {
    let fault = checked.fault.as_ref().filter(|_| !checked.is_unknown)?;
    Some(format!("it is no whole image: {fault}"))
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
pub(crate) fn take_info(folder: &Folder, image: &ImagePath) -> Result<(), RepositoryError> {
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
