//! A repository in memory.

mod contents;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard};

use async_trait::async_trait;

use self::contents::{info_hash, recognised, sums};
use tokio::sync::watch;

use crate::{
    ImageKind, ImagePath, ImageRepository, ImageState, Incoming, Incorporated, OpenGnsysError,
    PublishedTorrent, Registration, Removal, RepositoryError, RepositoryImage, RepositoryName, Step, Sums,
    Tended, Verified, Watch,
};

/// Keeps images in memory, and takes for one what [`small_image`](super::small_image) makes. Its sums are no MD5: they
/// differ where contents differ, and no more.
#[derive(Debug)]
pub struct MemoryRepository {
    name: RepositoryName,
    kept: Mutex<BTreeMap<ImagePath, Kept>>,
    /// Whether whatever takes long has to wait.
    held: watch::Sender<bool>,
    /// Where the files of images are written, too.
    folder: Option<PathBuf>,
}

#[derive(Clone, Debug, Default)]
struct Kept {
    bytes: Option<Vec<u8>>,
    backup: Option<Vec<u8>>,
    client_name: String,
    registration: Option<Registration>,
    /// What a test says of it.
    state: Option<ImageState>,
}

impl MemoryRepository {
    /// Makes an empty one.
    ///
    /// # Panics
    /// When it cannot be called so.
    pub fn new(name: &str) -> MemoryRepository {
        MemoryRepository {
            name: RepositoryName::parse(name).expect("a name"),
            kept: Mutex::default(),
            held: watch::Sender::new(false),
            folder: None,
        }
    }

    /// Writes each image into this folder, too, with a text for a torrent beside it.
    #[must_use]
    pub fn shown_in(self, folder: PathBuf) -> MemoryRepository {
        MemoryRepository { folder: Some(folder), ..self }
    }

    /// Has whatever takes long wait in the middle, or no longer.
    pub fn hold(&self, held: bool) {
        self.held.send_replace(held);
    }

    /// Says what the matter with an image is; one that is not there has a file of 4 bytes from now on.
    pub fn set(&self, path: ImagePath, state: ImageState) {
        let mut all = self.kept();
        let kept = all.entry(path).or_default();
        kept.bytes.get_or_insert_with(|| b"none".to_vec());
        kept.state = Some(state);
    }

    /// Tells how far a piece of work of so many bytes is, and waits where it has to.
    async fn work(&self, step: &str, bytes: &[u8], watch: &dyn Watch) -> Result<(), RepositoryError> {
        let of = bytes.len() as u64;
        let step = |done| Step { name: step.into(), done_of: Some((done, of)) };
        watch.step(&step(of / 2));
        let (mut held, stop) = (self.held.subscribe(), watch.stop());
        tokio::select! {
            biased;
            () = stop.cancelled() => return Err(RepositoryError::Stopped),
            _ = held.wait_for(|held| !held) => {}
        }
        watch.step(&step(of));
        Ok(())
    }

    /// Returns the place of a file.
    fn place(&self, path: &Path) -> PathBuf {
        self.folder.as_deref().unwrap_or(Path::new("/")).join(path)
    }

    fn write(&self, path: &ImagePath, bytes: &[u8]) -> Result<(), RepositoryError> {
        if self.folder.is_none() {
            return Ok(());
        }
        let (file, torrent) = (self.place(path.as_path()), self.place(&torrent_of(path)));
        let written = std::fs::create_dir_all(file.parent().unwrap_or(Path::new("/")))
            .and_then(|()| std::fs::write(&file, bytes))
            .and_then(|()| std::fs::write(torrent, format!("torrent of {path}")));
        written.map_err(|error| RepositoryError::disk(format!("write {path}"), error))
    }

    fn kept(&self) -> MutexGuard<'_, BTreeMap<ImagePath, Kept>> {
        self.kept.lock().expect("nobody panics with it")
    }

    fn told(path: &ImagePath, kept: &Kept) -> RepositoryImage {
        let usual = if kept.bytes.is_some() { ImageState::Published } else { ImageState::NoFile };
        let state = kept.state.clone().filter(|_| kept.bytes.is_some()).unwrap_or(usual);
        let sums = kept.bytes.as_deref().filter(|_| state == ImageState::Published).map(sums);
        RepositoryImage {
            path: path.clone(),
            state,
            size: kept.bytes.as_ref().map_or(0, |bytes| bytes.len() as u64),
            changed_ms: 0,
            recognised: kept.bytes.as_deref().and_then(recognised),
            client_name: kept.client_name.clone(),
            info_hash: sums.as_ref().map(|sums| info_hash(path, sums)),
            sums,
            has_backup: kept.backup.is_some(),
            registration: kept.registration.clone(),
        }
    }

    /// Finds an image that has a file or a backup.
    fn find(&self, image: &ImagePath) -> Result<Kept, RepositoryError> {
        self.kept().get(image).cloned().ok_or_else(|| none(image))
    }
}

#[async_trait]
impl ImageRepository for MemoryRepository {
    fn name(&self) -> &RepositoryName {
        &self.name
    }

    async fn register(&self, registration: &Registration) -> Result<(), RepositoryError> {
        let mut kept = self.kept();
        let same = |path: &ImagePath| {
            path.unit() == registration.unit && path.canonical_name().as_ref() == Some(&registration.name)
        };
        let known = kept.keys().find(|path| same(path)).cloned();
        let path = known
            .unwrap_or_else(|| ImagePath::of(registration.unit.as_ref(), &registration.name, ImageKind::Img));
        kept.entry(path).or_default().registration = Some(registration.clone());
        Ok(())
    }

    async fn incorporate(
        &self,
        incoming: &Incoming,
        watch: &dyn Watch,
    ) -> Result<Incorporated, RepositoryError> {
        let mut bytes = Vec::new();
        for volume in &incoming.volumes {
            let path = incoming.below.as_deref().unwrap_or(Path::new("")).join(volume);
            let about = std::fs::symlink_metadata(&path).map_err(|error| opening(volume, error))?;
            if !about.is_file() {
                let reason = format!("{} is no file", volume.display());
                return Err(RepositoryError::refused(OpenGnsysError::NotFound, reason));
            }
            bytes.extend(std::fs::read(&path).map_err(|error| opening(volume, error))?);
        }
        self.work("copying", &bytes, watch).await?;
        if recognised(&bytes).is_none() && !incoming.unrecognised {
            let reason = "this is no image of a tool that is known";
            return Err(RepositoryError::refused(OpenGnsysError::Image, reason));
        }
        if incoming.expected.as_ref().is_some_and(|expected| *expected != sums(&bytes)) {
            return Err(RepositoryError::refused(OpenGnsysError::Image, "its sums are not those expected"));
        }
        let path =
            ImagePath::of(incoming.unit.as_ref(), &incoming.name, incoming.kind.unwrap_or(ImageKind::Img));
        self.write(&path, &bytes)?;
        let mut all = self.kept();
        let kept = all.entry(path.clone()).or_default();
        kept.state = None;
        let before = kept.bytes.take().filter(|before| *before != bytes);
        let replaced = before.is_some();
        kept.bytes = Some(bytes);
        kept.backup = before.or(kept.backup.take());
        kept.client_name.clone_from(&incoming.client_name);
        if let Some(registration) = &incoming.registration {
            kept.registration = Some(registration.clone());
        }
        Ok(Incorporated { image: Self::told(&path, kept), replaced, warnings: Vec::new() })
    }

    async fn import(
        &self,
        from: &dyn ImageRepository,
        image: &ImagePath,
        watch: &dyn Watch,
    ) -> Result<Incorporated, RepositoryError> {
        let (file, _) = from.file(image).await?;
        let name = image.canonical_name().ok_or_else(|| none(image))?;
        let registration = from.info(image).await?.registration;
        let kind = Some(image.kind());
        let incoming = Incoming { unit: image.unit(), kind, registration, ..Incoming::file(file, name) };
        self.incorporate(&incoming, watch).await
    }

    async fn list(&self) -> Result<Vec<RepositoryImage>, RepositoryError> {
        Ok(self.kept().iter().map(|(path, kept)| Self::told(path, kept)).collect())
    }

    async fn info(&self, image: &ImagePath) -> Result<RepositoryImage, RepositoryError> {
        Ok(Self::told(image, &self.find(image)?))
    }

    async fn verify(&self, image: &ImagePath, watch: &dyn Watch) -> Result<Verified, RepositoryError> {
        let bytes = self.find(image)?.bytes.ok_or_else(|| none(image))?;
        self.work("reading", &bytes, watch).await?;
        Ok(Verified {
            recognised: recognised(&bytes),
            held: vec!["sums: 1 right".into()],
            sums: sums(&bytes),
            read_bytes: bytes.len() as u64,
            faults: Vec::new(),
        })
    }

    async fn remove(&self, image: &ImagePath, how: Removal) -> Result<(), RepositoryError> {
        self.find(image)?;
        let mut all = self.kept();
        if how == Removal::ForGood {
            all.remove(image);
        } else if let Some(kept) = all.get_mut(image) {
            kept.backup = Some(kept.bytes.take().ok_or_else(|| none(image))?);
        }
        Ok(())
    }

    async fn restore_backup(
        &self,
        image: &ImagePath,
        _watch: &dyn Watch,
    ) -> Result<RepositoryImage, RepositoryError> {
        self.find(image)?;
        let mut all = self.kept();
        let kept = all.get_mut(image).ok_or_else(|| none(image))?;
        let backup = kept.backup.take().ok_or_else(|| none(image))?;
        kept.backup = kept.bytes.replace(backup);
        Ok(Self::told(image, kept))
    }

    async fn tend(&self, _watch: &dyn Watch) -> Result<Vec<Tended>, RepositoryError> {
        Ok(Vec::new())
    }

    async fn published(&self) -> Result<Vec<PublishedTorrent>, RepositoryError> {
        let published = |told: RepositoryImage| {
            Some(PublishedTorrent {
                info_hash: told.info_hash?,
                torrent: self.place(&torrent_of(&told.path)),
                file: self.place(told.path.as_path()),
                length: told.size,
                image: told.path,
            })
        };
        Ok(self.list().await?.into_iter().filter_map(published).collect())
    }

    async fn file(&self, image: &ImagePath) -> Result<(PathBuf, Option<Sums>), RepositoryError> {
        let kept = self.find(image)?;
        if kept.bytes.is_none() {
            return Err(none(image));
        }
        Ok((self.place(image.as_path()), Self::told(image, &kept).sums))
    }
}

fn torrent_of(image: &ImagePath) -> PathBuf {
    let mut path = image.as_path().as_os_str().to_owned();
    path.push(".torrent");
    path.into()
}

fn none(image: &ImagePath) -> RepositoryError {
    RepositoryError::refused(OpenGnsysError::NotFound, format!("there is no image {image}"))
}

fn opening(volume: &Path, error: std::io::Error) -> RepositoryError {
    RepositoryError::disk(format!("open {}", volume.display()), error)
}
