//! The suite of all that keep images.

use std::num::NonZeroU16;
use std::path::Path;

use super::Unwatched;
use crate::{
    CanonicalName, ImageKind, ImagePath, ImageRepository, ImageState, Incoming, OpenGnsysError, Registration,
    Removal, RepositoryError, RepositoryImage, Unit, Wording,
};

/// Makes an image that every tool takes for a swap partition of 64 KiB, filled with a byte.
pub fn small_image(fill: u8) -> Vec<u8> {
    let mut image = vec![fill; 64 << 10];
    image[1024..1032].copy_from_slice(&[1, 0, 0, 0, 15, 0, 0, 0]);
    image[4086..4096].copy_from_slice(b"SWAPSPACE2");
    image
}

fn number<T: std::fmt::Debug>(answer: Result<T, RepositoryError>) -> OpenGnsysError {
    answer.expect_err("it is refused").opengnsys()
}

/// Runs the promises of [`ImageRepository`] against one that is empty, and may be changed; `folder` is an empty one for the
/// files that are put into it.
///
/// # Panics
/// When a promise is broken.
pub async fn image_repository_keeps_its_promises(repository: &dyn ImageRepository, folder: &Path) {
    for (file, fill) in [("one", 1), ("two", 2), ("three", 3)] {
        std::fs::write(folder.join(file), small_image(fill)).expect("a folder of a test");
    }
    std::fs::write(folder.join("text"), "no image").expect("a folder of a test");
    std::os::unix::fs::symlink("one", folder.join("link")).expect("a folder of a test");
    assert_eq!(repository.list().await.expect("it is there"), []);

    refuses(repository, folder).await;
    keeps(repository, folder).await;
    swaps(repository, folder).await;
    belongs_to_units(repository, folder).await;
}

fn lab() -> (CanonicalName, ImagePath) {
    let name = CanonicalName::parse("lab1").expect("a name");
    let path = ImagePath::of(None, &name, ImageKind::Img);
    (name, path)
}

async fn refuses(repository: &dyn ImageRepository, folder: &Path) {
    let (name, path) = lab();
    for (file, error) in [
        ("none", OpenGnsysError::NotFound),
        ("link", OpenGnsysError::NotFound),
        ("text", OpenGnsysError::Image),
    ] {
        let incoming = Incoming::file(folder.join(file), name.clone());
        assert_eq!(number(repository.incorporate(&incoming, &Unwatched).await), error, "{file}");
        let below = Incoming { below: Some(folder.into()), ..Incoming::file(file, name.clone()) };
        assert_eq!(number(repository.incorporate(&below, &Unwatched).await), error, "{file} below");
    }
    assert_eq!(number(repository.info(&path).await), OpenGnsysError::NotFound);
    assert_eq!(number(repository.file(&path).await), OpenGnsysError::NotFound);
    assert_eq!(number(repository.verify(&path, &Unwatched).await), OpenGnsysError::NotFound);
    assert_eq!(number(repository.restore_backup(&path, &Unwatched).await), OpenGnsysError::NotFound);
    for how in [Removal::KeepBackup, Removal::ForGood] {
        assert_eq!(number(repository.remove(&path, how).await), OpenGnsysError::NotFound);
    }
    assert_eq!(repository.list().await.expect("it is there"), [], "what was refused left nothing");
}

async fn keeps(repository: &dyn ImageRepository, folder: &Path) {
    let (name, path) = lab();
    let words = |text: &str| Wording::parse(text).expect("a text");
    let registration = Registration {
        name: name.clone(),
        unit: None,
        title: words("Laboratory"),
        software_profile: words("none"),
        partition: NonZeroU16::new(2).expect("a number"),
        partition_type: words("LINUX-SWAP"),
        comments: words("for tests"),
    };
    repository.register(&registration).await.expect("it can be registered before it is there");
    let told = repository.info(&path).await.expect("it is registered");
    assert_eq!(
        (told.state, told.size, told.registration.as_ref()),
        (ImageState::NoFile, 0, Some(&registration))
    );

    let incoming =
        Incoming { below: Some(folder.into()), client_name: "pc1".into(), ..Incoming::file("one", name) };
    let done = repository.incorporate(&incoming, &Unwatched).await.expect("it is an image");
    let RepositoryImage { state, size, recognised, sums, registration: noted, has_backup, .. } = &done.image;
    assert_eq!((state, *size, *has_backup, done.replaced), (&ImageState::Published, 64 << 10, false, false));
    assert_eq!(noted.as_ref(), Some(&registration), "what was noted stays");
    let recognised = recognised.as_ref().expect("it is known");
    assert_eq!(
        (&*recognised.tool, &*recognised.compressor, &*recognised.filesystem),
        ("raw", "none", "SWAP")
    );
    assert_eq!(recognised.restore_bytes, Some(64 << 10));
    assert_eq!(done.image.client_name, "pc1");
    assert_eq!(repository.list().await.expect("it is there"), std::slice::from_ref(&done.image));
    assert_eq!(repository.info(&path).await.expect("it is there"), done.image);

    let published = repository.published().await.expect("it is there");
    let [torrent] = &published[..] else { panic!("one is published: {published:?}") };
    assert_eq!(
        (&torrent.image, torrent.length, Some(torrent.info_hash)),
        (&path, 64 << 10, done.image.info_hash)
    );
    let (file, of_file) = repository.file(&path).await.expect("it is there");
    assert_eq!((&torrent.file, sums), (&file, &of_file));
    let verified = repository.verify(&path, &Unwatched).await.expect("it can be read");
    assert!(verified.whole(), "{verified:?}");
    assert_eq!(Some(&verified.sums), sums.as_ref());
}

async fn swaps(repository: &dyn ImageRepository, folder: &Path) {
    let (name, path) = lab();
    let first = repository.info(&path).await.expect("it is there");
    let done = repository.incorporate(&Incoming::file(folder.join("two"), name.clone()), &Unwatched).await;
    let done = done.expect("it is an image");
    assert!(done.replaced && done.image.has_backup);
    assert_ne!(done.image.sums, first.sums, "of the same size, and another");
    let again = repository.incorporate(&Incoming::file(folder.join("two"), name.clone()), &Unwatched).await;
    let again = again.expect("it is an image");
    assert_eq!((again.replaced, &again.image.sums), (false, &done.image.sums), "it was there already");
    let expected = Incoming { expected: first.sums.clone(), ..Incoming::file(folder.join("two"), name) };
    assert_eq!(number(repository.incorporate(&expected, &Unwatched).await), OpenGnsysError::Image);

    let back = repository.restore_backup(&path, &Unwatched).await.expect("there is one");
    assert_eq!((&back.sums, back.info_hash, back.has_backup), (&first.sums, first.info_hash, true));
    let forth = repository.restore_backup(&path, &Unwatched).await.expect("there is one");
    assert_eq!(forth.sums, done.image.sums);

    repository.remove(&path, Removal::KeepBackup).await.expect("it is there");
    assert_eq!(number(repository.remove(&path, Removal::KeepBackup).await), OpenGnsysError::NotFound);
    let gone = repository.info(&path).await.expect("its backup is there");
    assert_eq!((gone.state, gone.has_backup), (ImageState::NoFile, true));
    assert_eq!(repository.published().await.expect("it is there"), []);
    let back = repository.restore_backup(&path, &Unwatched).await.expect("there is one");
    assert_eq!((back.sums, back.has_backup), (done.image.sums, false));

    repository.remove(&path, Removal::ForGood).await.expect("it is there");
    assert_eq!(repository.list().await.expect("it is there"), []);
}

async fn belongs_to_units(repository: &dyn ImageRepository, folder: &Path) {
    let unit = Unit::parse("Aula 1").ok();
    let (name, plain) = lab();
    let incoming = Incoming { unit: unit.clone(), ..Incoming::file(folder.join("three"), name.clone()) };
    let done = repository.incorporate(&incoming, &Unwatched).await.expect("it is an image");
    assert_eq!(done.image.path, ImagePath::of(unit.as_ref(), &name, ImageKind::Img));
    assert_eq!(number(repository.info(&plain).await), OpenGnsysError::NotFound);
    let tended = repository.tend(&Unwatched).await.expect("it is there");
    assert_eq!(tended, [], "there is nothing to do");
    repository.remove(&done.image.path, Removal::ForGood).await.expect("it is there");
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::MemoryRepository;
    use super::*;
    use crate::Repositories;

    #[tokio::test]
    async fn the_fake_keeps_the_promises() {
        let top = std::env::temp_dir().join(format!("img-memory-repository-{}", std::process::id()));
        std::fs::create_dir_all(&top).unwrap();
        image_repository_keeps_its_promises(&MemoryRepository::new("main"), &top).await;
        std::fs::remove_dir_all(top).unwrap();
    }

    #[test]
    fn a_repository_is_found_by_its_name() {
        let make = |name: &str| Arc::new(MemoryRepository::new(name)) as Arc<dyn ImageRepository>;
        let all = Repositories::new(vec![make("main"), make("lab")]);
        assert_eq!(all.get(None).unwrap().name().as_str(), "main");
        assert_eq!(all.get(Some("lab")).unwrap().name().as_str(), "lab");
        let refused = all.get(Some("x")).err().unwrap();
        assert_eq!(refused.opengnsys().number(), 23);
        assert!(refused.sentence().ends_with("there are: main, lab"), "{refused}");
        assert!(Repositories::default().get(None).is_err());
    }
}
