//! What is made in a folder, and who may use it.

use std::ffi::OsStr;
use std::fs::{DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};

use nix::fcntl::OFlag;

use super::Folder;

/// What those may do with files who may use the folder: its group writes them, too, where it may make some.
const FILES: u32 = 0o064;
/// The same with folders.
const FOLDERS: u32 = 0o075;

/// How files are opened for reading and writing.
fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true).custom_flags((OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC).bits());
    options
}

impl Folder {
    /// Makes a folder in this one, unless it is there, and opens it; tells whether it was made.
    pub(crate) fn make(&self, name: &OsStr) -> io::Result<(Folder, bool)> {
        match DirBuilder::new().mode(0o700).create(self.path(name)) {
            Ok(()) => {
                let made = self.folder(name)?;
                self.let_in(&made.file, FOLDERS)?;
                Ok((made, true))
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok((self.folder(name)?, false)),
            Err(error) => Err(error),
        }
    }

    /// Lets those use what was made in this folder who may use the folder, whatever the umask is: as a service we have one
    /// that lets nobody in, and OpenGnsys's programs run as other users.
    fn let_in(&self, made: &File, most: u32) -> io::Result<()> {
        let mode = made.metadata()?.permissions().mode();
        let wanted = mode | (self.file.metadata()?.permissions().mode() & most);
        if wanted != mode
            && let Err(error) = made.set_permissions(Permissions::from_mode(wanted))
        {
            tracing::debug!("cannot let others use what was made in {}: {error}", self.at.display()); // as on VFAT
        }
        Ok(())
    }

    /// Makes a file that nobody has, for reading and writing.
    pub(crate) fn create(&self, name: &OsStr) -> io::Result<File> {
        let file = options().create_new(true).mode(0o600).open(self.path(name))?;
        self.let_in(&file, FILES)?;
        Ok(file)
    }

    /// Opens a file for reading and writing that is there, or makes it.
    pub(crate) fn open_or_create(&self, name: &OsStr) -> io::Result<File> {
        match self.create(name) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => options().open(self.path(name)),
            made => made,
        }
    }

    /// Writes a file so that it has its name when it is whole and safe. `aside` is the name it has before.
    pub(crate) fn write(&self, name: &OsStr, aside: &OsStr, bytes: &[u8]) -> io::Result<()> {
        self.remove(aside)?;
        self.fill(aside, bytes).and_then(|()| self.rename(aside, name)).inspect_err(|_| {
            let _ = self.remove(aside);
        })
    }

    /// Makes a file that nobody has with these bytes in it, safe on the disk.
    pub(crate) fn fill(&self, name: &OsStr, bytes: &[u8]) -> io::Result<()> {
        let mut file = self.create(name)?;
        file.write_all(bytes)?;
        file.sync_all()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_may_use_the_folder_may_use_what_is_made_in_it() {
        let temp = tempfile::tempdir().unwrap();
        let mode = |file: &File| file.metadata().unwrap().permissions().mode() & 0o777;
        for (number, (of_folder, of_files, of_folders)) in
            [(0o777, 0o664, 0o775), (0o755, 0o644, 0o755), (0o750, 0o640, 0o750), (0o700, 0o600, 0o700)]
                .into_iter()
                .enumerate()
        {
            let at = temp.path().join(number.to_string());
            std::fs::create_dir(&at).unwrap();
            std::fs::set_permissions(&at, Permissions::from_mode(of_folder)).unwrap();
            let folder = Folder::base(&at).unwrap();

            let made = folder.create(OsStr::new("x.img")).unwrap();
            let (unit, _) = folder.make(OsStr::new("aula")).unwrap();

            assert_eq!((mode(&made), mode(&unit.file)), (of_files, of_folders), "{of_folder:o}");
            folder.open_or_create(OsStr::new("x.img")).unwrap();
            assert_eq!(mode(&made), of_files);
        }
    }
}
