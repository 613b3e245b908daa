//! Kickstart files on this machine, read and written.

use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Component, Path, PathBuf};

use anyhow::{Context, Result};
use cli::result_bytes;
use img_kickstart::{Found, Kickstart, Limits, Reference};

/// Reads a kickstart file; `-` is the standard input.
pub(super) fn read(file: &Path) -> Result<Kickstart> {
    let mut text = Vec::new();
    if file == Path::new("-") {
        std::io::stdin().lock().read_to_end(&mut text).context("cannot read the standard input")?;
    } else {
        text = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    }
    Ok(Kickstart::parse(text))
}

/// Returns what messages call a file.
pub(super) fn name(file: &Path) -> String {
    if file == Path::new("-") { "standard input".to_owned() } else { file.display().to_string() }
}

/// Prints a kickstart, or writes it in place of the file, which is whole at each moment; returns the exit status.
pub(super) fn give(file: &Path, ks: &Kickstart, write: bool) -> Result<u8> {
    if !write || file == Path::new("-") {
        result_bytes(ks.as_bytes());
        return Ok(0);
    }
    if std::fs::read(file).is_ok_and(|text| text == ks.as_bytes()) {
        return Ok(0);
    }
    let cannot = || format!("cannot write {}", file.display());
    let file = file.canonicalize().with_context(cannot)?; // behind a link stands the file that is meant
    let folder = file.parent().unwrap_or(Path::new("."));
    let mut new = tempfile::NamedTempFile::new_in(folder).with_context(cannot)?;
    let permissions = std::fs::metadata(&file).with_context(cannot)?.permissions();
    new.write_all(ks.as_bytes())
        .and_then(|()| new.as_file().set_permissions(permissions))
        .with_context(cannot)?;
    new.persist(&file).with_context(cannot)?;
    Ok(0)
}

/// Writes a new file, or one in place of another; it is whole at each moment.
pub(super) fn write(file: &Path, text: &[u8]) -> Result<()> {
    let cannot = || format!("cannot write {}", file.display());
    let folder = match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    std::fs::create_dir_all(folder).with_context(cannot)?;
    let usual = std::fs::Permissions::from_mode(0o666); // less what the umask takes away
    let mut new = tempfile::Builder::new().permissions(usual).tempfile_in(folder).with_context(cannot)?;
    new.write_all(text).with_context(cannot)?;
    new.persist(file).with_context(cannot)?;
    Ok(())
}

/// Reads what a file on this machine includes: by absolute path, or beside the file that names it.
pub(super) fn reader(main: &Path) -> impl FnMut(&Reference<'_>) -> Result<Found, String> {
    let (main, folder) = (name(main), main.parent().map(Path::to_owned).unwrap_or_default());
    move |wanted| {
        if wanted.name.contains("://") {
            return Err("addresses are not fetched".to_owned());
        }
        let beside = if wanted.from == main { Some(&*folder) } else { Path::new(wanted.from).parent() };
        let path = beside.unwrap_or(Path::new("")).join(wanted.name);
        let path: PathBuf = path.components().filter(|part| *part != Component::CurDir).collect();
        let text = whole(&path)?;
        Ok(Found { name: path.display().to_string(), text })
    }
}

/// Reads a file that has an end: a pipe may have none, and a device gives zeroes for ever.
fn whole(path: &Path) -> Result<Vec<u8>, String> {
    let most = Limits::default().bytes as u64;
    let about = std::fs::metadata(path).map_err(|error| error.to_string())?;
    if !about.is_file() {
        return Err("it is no regular file".to_owned());
    }
    if about.len() > most {
        return Err(format!("it has more than {most} bytes"));
    }
    let mut text = Vec::new();
    let file = std::fs::File::open(path).map_err(|error| error.to_string())?;
    file.take(most).read_to_end(&mut text).map_err(|error| error.to_string())?;
    Ok(text)
}
