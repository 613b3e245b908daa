//! The folder an image is made in, until it is published or thrown away.

use std::fs::File;
use std::io::{self, ErrorKind};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use imaging::{BuilderError, ImageBuilder};
use nix::fcntl::{AT_FDCWD, Flock, FlockArg, RenameFlags, renameat2};
use tracing::{info, warn};

use crate::folders::Place;
use crate::progress::Progress;
use crate::record::Record;

/// A folder `ID.partial-OWNER`, locked while somebody works in it.
///
/// The lock, on the folder itself, dies with the program: a folder nobody holds is a dead one's and is removed by
/// the next build of the same image.
#[derive(Debug)]
pub(crate) struct Workspace {
    folder: PathBuf,
    published: PathBuf,
    place: Place,
    _lock: Flock<File>,
}

/// Why an image cannot be made here, or its folder not published.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WorkspaceError {
    #[error("cannot {doing} {path}")]
    Disk { doing: &'static str, path: PathBuf, source: io::Error },
    #[error("cannot remove what is left of an older build")]
    Sweep(#[from] BuilderError),
}

impl Workspace {
    /// Makes the folder, after removing those of dead builds of the same image.
    pub(crate) async fn enter(
        place: &Place,
        owner: &str,
        builder: &dyn ImageBuilder,
    ) -> Result<Workspace, WorkspaceError> {
        let above = place.folder.parent().expect("an image has a base folder");
        make_readable(above, place).map_err(disk("make the folder", above))?;
        let id = place.folder.file_name().expect("an image has an id").to_string_lossy();
        for dead in partials(above, &id).map_err(disk("read the folder", above))? {
            if lock(&dead).map_err(disk("lock", &dead))?.is_some() {
                info!("removing {}, left by a build that was killed", dead.display());
                builder.sweep(&dead).await?;
            }
        }
        let folder = above.join(format!("{id}.partial-{owner}"));
        std::fs::create_dir(&folder).map_err(disk("make the folder", &folder))?;
        readable(&folder, place, 0o755).map_err(disk("let others read", &folder))?;
        let lock = lock(&folder).map_err(disk("lock", &folder))?;
        let busy = || io::Error::other("another program works in it");
        let lock = lock.ok_or_else(busy).map_err(disk("lock", &folder))?;
        Ok(Workspace { folder, published: place.folder.clone(), place: place.clone(), _lock: lock })
    }

    /// Makes the log, which is read while the image is made.
    pub(crate) fn log(&self, file: &Path) -> io::Result<()> {
        File::create_new(file)?;
        readable(file, &self.place, 0o644)
    }

    /// Tells whoever reads the log how far the image is.
    pub(crate) fn progress(&self) -> Progress {
        let umask: fn(&Path) -> io::Result<()> = |_| Ok(());
        Progress::new(&self.folder, if self.place.is_chosen { umask } else { |file| let_read(file, 0o644) })
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Throws everything away.
    pub(crate) async fn discard(&self, builder: &dyn ImageBuilder) -> Result<(), WorkspaceError> {
        Ok(builder.sweep(&self.folder).await?)
    }

    /// Gives the folder its final name, in one step that survives power loss; returns the record that counts.
    ///
    /// When the same attempt was published meanwhile by somebody else, that one stays and ours goes.
    pub(crate) async fn publish(
        self,
        record: Record,
        builder: &dyn ImageBuilder,
    ) -> Result<Record, WorkspaceError> {
        let published = self.rename(record, builder).await;
        if published.is_err()
            && let Err(trouble) = self.discard(builder).await
        {
            warn!("{trouble}; the next build of this image removes {}", self.folder.display());
        }
        published
    }

    async fn rename(&self, record: Record, builder: &dyn ImageBuilder) -> Result<Record, WorkspaceError> {
        if let Some(earlier) = Record::find(&self.published)
            && earlier.attempt == record.attempt
        {
            self.discard(builder).await?;
            return Ok(earlier);
        }
        record
            .write(&self.folder)
            .and_then(|()| readable(&self.folder.join(Record::FILE), &self.place, 0o644))
            .map_err(disk("write the record in", &self.folder))?;
        sync_all(&self.folder).map_err(disk("write to the disk", &self.folder))?;
        if self.published.exists() {
            exchange(&self.folder, &self.published).map_err(disk("publish", &self.published))?;
            if let Err(trouble) = builder.sweep(&self.folder).await {
                warn!("{trouble}: {}; the next build of this image removes it", trouble.source);
            }
        } else {
            std::fs::rename(&self.folder, &self.published).map_err(disk("publish", &self.published))?;
        }
        let above = self.published.parent().expect("an image has a base folder");
        sync(above).map_err(disk("write to the disk", above))?;
        Ok(record)
    }
}

/// Makes a folder with those above it; others may read the new ones.
fn make_readable(folder: &Path, place: &Place) -> io::Result<()> {
    let missing: Vec<_> = folder.ancestors().take_while(|folder| !folder.exists()).collect();
    std::fs::create_dir_all(folder)?;
    missing.into_iter().try_for_each(|folder| readable(folder, place, 0o755))
}

/// Lets others read what goes to a base folder, as a web server does, whatever the umask of this program; of a folder somebody
/// chose by `image.outdir` the umask says who may.
fn readable(path: &Path, place: &Place, mode: u32) -> io::Result<()> {
    if place.is_chosen { Ok(()) } else { let_read(path, mode) }
}

fn let_read(path: &Path, mode: u32) -> io::Result<()> {
    let special = std::fs::metadata(path)?.permissions().mode() & 0o7000; // as the group of new files
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(special | mode))
}

/// The working folders of one image.
fn partials(above: &Path, id: &str) -> io::Result<Vec<PathBuf>> {
    let begins = format!("{id}.partial-");
    let mut found = Vec::new();
    for entry in std::fs::read_dir(above)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(&begins) {
            found.push(entry.path());
        }
    }
    Ok(found)
}

/// Locks a folder; `None` when somebody holds it.
fn lock(folder: &Path) -> io::Result<Option<Flock<File>>> {
    match Flock::lock(File::open(folder)?, FlockArg::LockExclusiveNonblock) {
        Ok(lock) => Ok(Some(lock)),
        Err((_, nix::errno::Errno::EWOULDBLOCK)) => Ok(None),
        Err((_, errno)) => Err(errno.into()),
    }
}

/// Swaps two folders, so that there is no moment without one.
fn exchange(one: &Path, other: &Path) -> io::Result<()> {
    renameat2(AT_FDCWD, one, AT_FDCWD, other, RenameFlags::RENAME_EXCHANGE).map_err(io::Error::from)
}

/// Makes a folder and all files in it safe on the disk.
fn sync_all(folder: &Path) -> io::Result<()> {
    match sync_each(folder) {
        // An image that is a folder has files of its own users, which only their owners open, and may be deeper than a path.
        Err(error) if matches!(error.kind(), ErrorKind::PermissionDenied | ErrorKind::InvalidFilename) => {
            Ok(nix::unistd::syncfs(File::open(folder)?)?)
        }
        done => done,
    }
}

/// Level by level: a recursion would have a folder open for each.
fn sync_each(folder: &Path) -> io::Result<()> {
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder)? {
            let entry = entry?;
            let kind = entry.file_type()?;
            if kind.is_dir() {
                folders.push(entry.path());
            } else if kind.is_file() {
                sync(&entry.path())?;
            }
        }
        sync(&folder)?;
    }
    Ok(())
}

fn sync(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

fn disk(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> WorkspaceError {
    let path = path.to_owned();
    move |source| WorkspaceError::Disk { doing, path, source }
}
