//! The folders of a repository, open.
//!
//! Below the folder that the site names lie `images`, with a folder for each organisational unit in it, and `etc`.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::io;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use imaging::{ImagePath, OpenGnsysError, RepositoryError};

use crate::folder::Folder;

#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) images: Folder,
    pub(crate) etc: Folder,
}

impl Place {
    /// Opens the folders; those that are not there yet are made, where the site's own folder is.
    pub(crate) fn open(base: &Path) -> Result<Place, RepositoryError> {
        let opened = Folder::base(base).and_then(|folder| {
            let made = |name: &str| {
                // either may be a link of the site's own, to a larger disk
                Folder::base(&base.join(name)).or_else(|error| match error.kind() {
                    io::ErrorKind::NotFound => folder.make(OsStr::new(name)).map(|(made, _)| made),
                    _ => Err(error),
                })
            };
            Ok(Place { images: made("images")?, etc: made("etc")? })
        });
        opened.map_err(|error| {
            let base = base.display();
            let sentence = format!(
                "{base} is no repository that can be used ({error}): make that folder, or name another in [repository] folders"
            );
            RepositoryError::refused(OpenGnsysError::Repository, sentence)
        })
    }

    /// Opens the folder an image is in.
    pub(crate) fn folder_of(&self, image: &ImagePath) -> Result<Folder, RepositoryError> {
        let Some(name) = image.folder() else { return self.again() };
        self.images.folder(name).map_err(|error| {
            if beneath::leads_nowhere(&error) { missing(image) } else { reading(image, error) }
        })
    }

    /// The folder of all images once more.
    pub(crate) fn again(&self) -> Result<Folder, RepositoryError> {
        self.images.again().map_err(|source| RepositoryError::disk("open the folder of the images", source))
    }

    /// All images, and all that have but a backup; and all folders that may have some.
    pub(crate) fn walk(&self) -> Result<Walk, RepositoryError> {
        let mut walk = Walk::default();
        let broken = |source| RepositoryError::disk(format!("list {}", self.images.at.display()), source);
        for name in self.images.names().map_err(broken)? {
            if name.as_bytes().starts_with(b".") {
                continue;
            }
            if let Ok(unit) = self.images.folder(&name) {
                match unit.names() {
                    Ok(names) => names.iter().for_each(|file| walk.take(&unit, Path::new(&name), file)),
                    Err(error) => tracing::warn!("cannot list {}: {error}", unit.at.display()),
                }
                walk.units.push(name);
            } else {
                walk.take(&self.images, Path::new(""), &name);
            }
        }
        Ok(walk)
    }
}

#[derive(Debug, Default)]
pub(crate) struct Walk {
    pub(crate) images: BTreeSet<ImagePath>,
    pub(crate) units: Vec<OsString>,
}

impl Walk {
    fn take(&mut self, folder: &Folder, unit: &Path, file: &OsStr) {
        let name = file.as_bytes().strip_suffix(b".ant").unwrap_or(file.as_bytes());
        let path: PathBuf = unit.join(OsString::from_vec(name.to_owned()));
        if let Ok(path) = ImagePath::new(path)
            && folder.about(file).is_ok_and(|about| about.is_some())
        {
            self.images.insert(path);
        }
    }
}

pub(crate) fn missing(image: &ImagePath) -> RepositoryError {
    let sentence = format!("there is no image {image}: `img repo list` shows those that are there");
    RepositoryError::refused(OpenGnsysError::NotFound, sentence)
}

pub(crate) fn reading(image: &ImagePath, source: io::Error) -> RepositoryError {
    RepositoryError::disk(format!("read what there is of {image}"), source)
}

pub(crate) fn writing(image: &ImagePath, source: io::Error) -> RepositoryError {
    RepositoryError::disk(format!("write what belongs to {image}"), source)
}
