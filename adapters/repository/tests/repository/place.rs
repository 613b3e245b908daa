//! What the tests have in common.

use std::path::PathBuf;
use std::time::Duration;

use imaging::testing::{Unwatched, small_image};
use imaging::{
    CanonicalName, ImagePath, ImageRepository, Incoming, Incorporated, RepositoryError, RepositoryName,
    Tended,
};
use repository::{RepositoryDir, Settings};

/// A repository below a folder of its own.
pub(crate) struct Site {
    temp: tempfile::TempDir,
    pub(crate) repository: RepositoryDir,
}

impl Site {
    pub(crate) fn new() -> Site {
        Site::settled_after(Duration::ZERO)
    }

    /// One in which a file is whole when it has not changed for so long.
    pub(crate) fn settled_after(settle: Duration) -> Site {
        Site::with(&Settings { settle, ..Settings::default() })
    }

    pub(crate) fn with(settings: &Settings) -> Site {
        let temp = tempfile::tempdir().unwrap();
        let settings =
            Settings { announce: Some("http://10.0.0.1:6969/announce".into()), ..settings.clone() };
        let name = RepositoryName::parse("main").unwrap();
        let repository = RepositoryDir::new(name, temp.path().to_owned(), settings);
        Site { temp, repository }
    }

    pub(crate) fn path(&self, file: &str) -> PathBuf {
        self.temp.path().join(file)
    }

    pub(crate) fn images(&self) -> PathBuf {
        let images = self.path("images");
        std::fs::create_dir_all(&images).unwrap();
        images
    }

    /// The names in one of its folders.
    pub(crate) fn names(&self, folder: &str) -> Vec<String> {
        let entries = std::fs::read_dir(self.path(folder)).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    pub(crate) fn text(&self, file: &str) -> String {
        std::fs::read_to_string(self.path(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
    }

    /// Brings an image in that is filled with a byte.
    pub(crate) async fn add(&self, name: &str, fill: u8) -> Result<Incorporated, RepositoryError> {
        let source = self.path("source");
        std::fs::write(&source, small_image(fill)).unwrap();
        let incoming = Incoming::file(source, CanonicalName::parse(name).unwrap());
        self.repository.incorporate(&incoming, &Unwatched).await
    }

    pub(crate) async fn tend(&self) -> Vec<Tended> {
        self.repository.tend(&Unwatched).await.unwrap()
    }
}

pub(crate) fn image(path: &str) -> ImagePath {
    ImagePath::new(path).unwrap()
}
