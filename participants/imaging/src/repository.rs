//! A repository: images kept for many machines, each with its sums, its torrent and what is known of it.
//!
//! The words are those of OpenGnsys, whose clients read such repositories: an image has a canonical name, which is that of
//! its file, and may lie in the folder of an organisational unit.

mod failure;
mod image;
mod image_path;
mod incoming;
mod names;
mod registration;

use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;

pub use self::failure::{OpenGnsysError, RepositoryError};
pub use self::image::{
    ImageState, InfoHash, PublishedTorrent, Recognised, RepositoryImage, Sums, Tended, Verified,
};
pub use self::image_path::ImagePath;
pub use self::incoming::{Incoming, Incorporated, Removal};
pub use self::names::{CanonicalName, ImageKind, RepositoryName, Unit};
pub use self::registration::{Registration, Wording};
use crate::Watch;

/// A place where images are kept and published.
///
/// What is under a final name is whole, whatever ends this program: the next call to anything that writes cleans up.
/// Several programs may use a repository at once; an image is changed by one at a time, the others are told so
/// ([`OpenGnsysError::Locked`]). A file of whatever name is listed, and keeps no other from its turn. No link is followed.
#[async_trait]
pub trait ImageRepository: Send + Sync {
    /// Returns what the site calls it.
    fn name(&self) -> &RepositoryName;

    /// Notes what people call an image and what it is for, whether its file is there already or comes later; the same again
    /// replaces it.
    async fn register(&self, registration: &Registration) -> Result<(), RepositoryError>;

    /// Copies an image in, recognises and checks it, and publishes it: sums, torrent, and the line in the repository's list.
    ///
    /// Its source is read once, and left as it is. An image of the same name becomes the backup, in place of an older one.
    /// The same bytes once more change nothing, so that a backup outlives whoever asks twice; what breaks leaves the
    /// repository as it was.
    async fn incorporate(
        &self,
        incoming: &Incoming,
        watch: &dyn Watch,
    ) -> Result<Incorporated, RepositoryError>;

    /// Copies an image in from another repository, with its registration; its sums there have to be those of what arrives.
    async fn import(
        &self,
        from: &dyn ImageRepository,
        image: &ImagePath,
        watch: &dyn Watch,
    ) -> Result<Incorporated, RepositoryError>;

    /// Lists all images, those included that are registered only, sorted by path.
    async fn list(&self) -> Result<Vec<RepositoryImage>, RepositoryError>;

    /// Tells one of them.
    async fn info(&self, image: &ImagePath) -> Result<RepositoryImage, RepositoryError>;

    /// Reads a whole image, and holds it against its own checksums, its sums and its torrent; a broken one is an answer.
    async fn verify(&self, image: &ImagePath, watch: &dyn Watch) -> Result<Verified, RepositoryError>;

    /// Removes an image and what belongs to it.
    async fn remove(&self, image: &ImagePath, how: Removal) -> Result<(), RepositoryError>;

    /// Puts the backup of an image in its place; what was there becomes the backup. One that another program made is read.
    async fn restore_backup(
        &self,
        image: &ImagePath,
        watch: &dyn Watch,
    ) -> Result<RepositoryImage, RepositoryError>;

    /// Looks at every file once, and publishes those that are whole and were put there, or changed, by other programs.
    ///
    /// A file that still grows waits for a later round, so this is called again and again. What happened to whom is the
    /// answer; one image that cannot be published is a line of it. One that takes long to read keeps no other waiting: it
    /// is read beside the rounds, and stops with the watch. A round that is stopped answers with what it did until then.
    async fn tend(&self, watch: &dyn Watch) -> Result<Vec<Tended>, RepositoryError>;

    /// Lists the torrents of all images that are published: what a tracker lets in, and a seeder shares.
    async fn published(&self) -> Result<Vec<PublishedTorrent>, RepositoryError>;

    /// Returns where the file of an image is, and what its sums are if it is published: for whoever copies it.
    async fn file(&self, image: &ImagePath) -> Result<(PathBuf, Option<Sums>), RepositoryError>;

    /// Returns what a copy of an image has to be, if anybody knows: also where OpenGnsys itself has published it.
    async fn sums(&self, image: &ImagePath) -> Result<Option<Sums>, RepositoryError> {
        Ok(self.file(image).await?.1)
    }
}

/// The repositories of a site; the first is meant where nobody names one.
#[derive(Clone, Default)]
pub struct Repositories(Vec<Arc<dyn ImageRepository>>);

impl Repositories {
    /// Takes them in this order; of two with one name, the first counts.
    pub fn new(all: Vec<Arc<dyn ImageRepository>>) -> Repositories {
        Repositories(all)
    }

    /// Returns the one of this name, without one: the first.
    ///
    /// There being none is an error of its own, with the names there are.
    pub fn get(&self, name: Option<&str>) -> Result<&Arc<dyn ImageRepository>, RepositoryError> {
        let found = match name {
            Some(name) => self.0.iter().find(|one| one.name().as_str() == name),
            None => self.0.first(),
        };
        found.ok_or_else(|| {
            let names: Vec<&str> = self.0.iter().map(|one| one.name().as_str()).collect();
            let sentence = match name {
                _ if names.is_empty() => {
                    "no repository is configured: name its folder in [repository] folders".to_owned()
                }
                Some(name) => {
                    format!("there is no repository {name:?}; there are: {}", names.join(", "))
                }
                None => unreachable!("the first is there"),
            };
            RepositoryError::Refused { number: OpenGnsysError::Repository, reason: sentence }
        })
    }

    /// Returns all of them.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<dyn ImageRepository>> {
        self.0.iter()
    }

    /// Tells whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl std::fmt::Debug for Repositories {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_list().entries(self.0.iter().map(|one| one.name())).finish()
    }
}
