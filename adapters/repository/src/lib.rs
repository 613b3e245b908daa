//! A repository of images in a folder, as OpenGnsys has it.
//!
//! Below the folder lie `images/NAME.img`, with `images/UNIT/NAME.img` for organisational units, and `etc/repoinfo.json`.
//! Beside each image lie `.sum`, `.full.sum` and `.torrent`, while somebody works on it `.lock`, and the version before it
//! as `.ant`. OpenGnsys's own tools and clients may use the same folder at the same time.
//!
//! In the order of the data: `source` opens the files an image comes from (`volumes` knows their order), `one_read` makes
//! everything of one read, `recognise` says what came of it, `incorporate` gives it its name, `publish` puts sums and
//! torrent beside it. `known` remembers of which state of a file they are, `look` tells it, `etc` lists it. `tend` finds
//! what other programs put there, `examine` reads it, in one of the `lanes` where that takes long. `remove` and `restore` take
//! an image away, and put the backup in its place. `lock` keeps programs apart, `sweep` takes away what killed ones left.

mod again;
mod arrivals;
mod beside;
mod etc;
mod examine;
mod folder;
mod incorporate;
mod known;
mod lanes;
mod lock;
mod look;
mod one_read;
mod place;
mod publish;
mod recognise;
mod remove;
mod reports;
mod restore;
mod settings;
mod source;
mod sweep;
mod tend;
mod verify;
mod volumes;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use imaging::{
    ImagePath, ImageRepository, ImageState, Incoming, Incorporated, OpenGnsysError, PublishedTorrent,
    Registration, Removal, RepositoryError, RepositoryImage, RepositoryName, Sums, Tended, Verified, Watch,
};
use tokio_util::sync::CancellationToken;

use crate::beside::Beside;
use crate::place::{Place, missing};
use crate::reports::{Reports, watched};
use crate::tend::Rounds;

pub use settings::Settings;

/// A repository in a folder.
#[derive(Clone, Debug)]
pub struct RepositoryDir {
    name: RepositoryName,
    base: PathBuf,
    settings: Arc<Settings>,
    rounds: Arc<Mutex<Rounds>>,
}

impl RepositoryDir {
    /// Keeps images below a folder, which is looked at when it is needed.
    pub fn new(name: RepositoryName, base: PathBuf, settings: Settings) -> RepositoryDir {
        RepositoryDir { name, base, settings: Arc::new(settings), rounds: Arc::default() }
    }

    /// Does something with the folders, in a thread of its own.
    async fn there<T: Send + 'static>(
        &self,
        watch: &dyn Watch,
        work: impl FnOnce(&Place, &Settings, &Reports) -> Result<T, RepositoryError> + Send + 'static,
    ) -> Result<T, RepositoryError> {
        let own = self.clone();
        watched(watch, move |reports| work(&Place::open(&own.base)?, &own.settings, reports)).await
    }
}

/// Nobody watches what takes no time.
struct Unwatched;

impl Watch for Unwatched {
    fn step(&self, _step: &imaging::Step) {}

    fn stop(&self) -> CancellationToken {
        CancellationToken::new()
    }
}

#[async_trait]
impl ImageRepository for RepositoryDir {
    fn name(&self) -> &RepositoryName {
        &self.name
    }

    async fn register(&self, registration: &Registration) -> Result<(), RepositoryError> {
        let noted = registration.clone();
        self.there(&Unwatched, move |place, _, _| incorporate::note(&place.etc, noted)).await
    }

    async fn incorporate(
        &self,
        incoming: &Incoming,
        watch: &dyn Watch,
    ) -> Result<Incorporated, RepositoryError> {
        let incoming = incoming.clone();
        let work = move |place: &Place, settings: &Settings, reports: &Reports| {
            incorporate::incorporate(place, settings, &incoming, reports)
        };
        self.there(watch, work).await
    }

    async fn import(
        &self,
        from: &dyn ImageRepository,
        image: &ImagePath,
        watch: &dyn Watch,
    ) -> Result<Incorporated, RepositoryError> {
        let told = from.info(image).await?;
        let there = from.name();
        match &told.state {
            ImageState::Locked(who) => {
                let sentence = format!("{image} is locked in {there}, try again later: {who}");
                return Err(RepositoryError::refused(OpenGnsysError::Locked, sentence));
            }
            ImageState::Refused(why) => {
                return Err(RepositoryError::refused(OpenGnsysError::Image, why.clone()));
            }
            _ => {}
        }
        let Some(name) = image.canonical_name() else {
            let sentence = format!(
                "{image} has a name that OpenGnsys's console does not take: `img repo add FILE --name NAME` brings it in by another"
            );
            return Err(RepositoryError::refused(OpenGnsysError::Format, sentence));
        };
        let (file, _) = from.file(image).await?;
        let sums = from.sums(image).await?;
        let is_unpublished = sums.is_none();
        let incoming = Incoming {
            unit: image.unit(),
            kind: Some(image.kind()),
            unrecognised: true, // it was taken there
            expected: sums,
            registration: told.registration,
            client_name: told.client_name,
            ..Incoming::file(file, name)
        };
        let mut done = self.incorporate(&incoming, watch).await?;
        if is_unpublished {
            let sentence = format!("{image} had no sums in {there} that it could be held against");
            done.warnings.push(sentence);
        }
        Ok(done)
    }

    async fn list(&self) -> Result<Vec<RepositoryImage>, RepositoryError> {
        self.there(&Unwatched, |place, _, _| look::all(place)).await
    }

    async fn info(&self, image: &ImagePath) -> Result<RepositoryImage, RepositoryError> {
        let image = image.clone();
        self.there(&Unwatched, move |place, _, _| look::one(place, &image)).await
    }

    async fn verify(&self, image: &ImagePath, watch: &dyn Watch) -> Result<Verified, RepositoryError> {
        let image = image.clone();
        self.there(watch, move |place, _, reports| verify::verify(place, &image, reports)).await
    }

    async fn remove(&self, image: &ImagePath, how: Removal) -> Result<(), RepositoryError> {
        let image = image.clone();
        self.there(&Unwatched, move |place, _, _| remove::remove(place, &image, how)).await
    }

    async fn restore_backup(
        &self,
        image: &ImagePath,
        watch: &dyn Watch,
    ) -> Result<RepositoryImage, RepositoryError> {
        let image = image.clone();
        let work = move |place: &Place, settings: &Settings, reports: &Reports| {
            restore::restore_backup(place, settings, &image, reports)?;
            look::one(place, &image)
        };
        self.there(watch, work).await
    }

    async fn tend(&self, watch: &dyn Watch) -> Result<Vec<Tended>, RepositoryError> {
        let rounds = Arc::clone(&self.rounds);
        let work = move |place: &Place, settings: &Settings, reports: &Reports| {
            let mut rounds = rounds.lock().unwrap_or_else(PoisonError::into_inner);
            tend::tend(place, settings, &mut rounds, reports)
        };
        self.there(watch, work).await
    }

    async fn published(&self) -> Result<Vec<PublishedTorrent>, RepositoryError> {
        let work = |place: &Place, _: &Settings, _: &Reports| {
            let torrent = |told: RepositoryImage| {
                let file = place.images.at.join(told.path.as_path());
                let torrent = file.with_file_name(Beside::Torrent.of(told.path.file_name()));
                let (info_hash, length) = (told.info_hash?, told.size);
                Some(PublishedTorrent { image: told.path, info_hash, torrent, file, length })
            };
            Ok(look::all(place)?.into_iter().filter_map(torrent).collect())
        };
        self.there(&Unwatched, work).await
    }

    async fn file(&self, image: &ImagePath) -> Result<(PathBuf, Option<Sums>), RepositoryError> {
        let image = image.clone();
        let work = move |place: &Place, _: &Settings, _: &Reports| {
            let told = look::one(place, &image)?;
            if told.state == ImageState::NoFile {
                return Err(missing(&image));
            }
            let is_published = told.state == ImageState::Published;
            Ok((place.images.at.join(image.as_path()), told.sums.filter(|_| is_published)))
        };
        self.there(&Unwatched, work).await
    }

    async fn sums(&self, image: &ImagePath) -> Result<Option<Sums>, RepositoryError> {
        let image = image.clone();
        let work = move |place: &Place, _: &Settings, _: &Reports| {
            let told = look::one(place, &image)?;
            match told.state {
                ImageState::Published => Ok(told.sums),
                ImageState::Waiting => known::of_opengnsys(&place.folder_of(&image)?, image.file_name())
                    .map_err(|source| place::reading(&image, source)),
                _ => Ok(None),
            }
        };
        self.there(&Unwatched, work).await
    }
}
