//! Images in volumes, as split and partimage write them.

use std::path::Path;
use std::process::Command;

use imaging::testing::{Unwatched, small_image};
use imaging::{CanonicalName, ImageRepository, ImageState, Incoming, OpenGnsysError};

use crate::place::{Site, image};

/// Runs a script in a folder and returns what it writes.
#[expect(clippy::disallowed_methods, reason = "a test needs what other programs make")]
fn shell(script: &str, folder: &Path) -> Vec<u8> {
    let done = Command::new("sh").args(["-ec", script]).current_dir(folder).output().unwrap();
    assert!(done.status.success(), "{script}: {}", String::from_utf8_lossy(&done.stderr));
    done.stdout
}

fn incoming(site: &Site, first: &str) -> Incoming {
    Incoming::file(site.path(first), CanonicalName::parse("joined").unwrap())
}

#[tokio::test]
async fn what_split_divides_is_joined() {
    let site = Site::new();
    std::fs::write(site.path("whole"), small_image(7)).unwrap();
    for (script, first) in [
        ("split -b 9000 whole a.img.", "a.img.aa"),
        ("split -b 200 -d -a 3 whole b.img.", "b.img.000"),
        ("split -b 80 whole c.", "c.aa"), // more than two letters are enough for
        ("lzop -c whole | split -b 100 - d.lzo.", "d.lzo.aa"),
    ] {
        shell(script, &site.path(""));
        site.repository.incorporate(&incoming(&site, first), &Unwatched).await.unwrap();
        let joined = std::fs::read(site.path("images/joined.img")).unwrap();
        assert!(joined == small_image(7) || first.starts_with('d'), "{first}");
        let told = site.repository.info(&image("joined.img")).await.unwrap();
        assert_eq!(told.state, ImageState::Published);
    }
    assert!(site.path("c.zaaa").exists(), "split makes its suffixes longer");
    std::fs::remove_file(site.path("a.img.ac")).unwrap();
    let gap = site.repository.incorporate(&incoming(&site, "a.img.aa"), &Unwatched).await.unwrap_err();
    assert!(gap.opengnsys() == OpenGnsysError::Format && gap.sentence().contains("a.img.ac"), "{gap}");
}

/// They are recorded ones; `partimage restore` takes what comes of them, and took no image that ends in another volume than 0.
#[tokio::test]
async fn volumes_that_partimage_wrote_become_an_image_in_one_piece() {
    let site = Site::new();
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/partimage-volumes.tar.xz");
    shell(&format!("tar -xJf '{}'", fixture.display()), &site.path(""));
    let volumes: Vec<Vec<u8>> =
        (0..3).map(|number| std::fs::read(site.path(&format!("v.00{number}"))).unwrap()).collect();
    let mut whole = [&volumes[0][..], &volumes[1][512..], &volumes[2][512..]].concat();
    let number = whole.len() - 16384 + 8;
    assert_eq!(whole[number..number + 4], [2, 0, 0, 0], "the last volume");
    whole[number] = 0;

    site.repository.incorporate(&incoming(&site, "v.000"), &Unwatched).await.unwrap();

    assert!(std::fs::read(site.path("images/joined.img")).unwrap() == whole);
    let verified = site.repository.verify(&crate::place::image("joined.img"), &Unwatched).await.unwrap();
    assert_eq!(verified.faults, [""; 0]);
}

/// The volumes are as those that partimage 0.6.9 makes with `--volume`: each has a header, and the last part of the image
/// says which volume it is in. In one piece with that number, partimage restores it and then calls it damaged.
#[tokio::test]
async fn volumes_of_partimage_are_joined_without_their_headers() {
    let site = Site::new();
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("../image-format/fixtures/partimage-ext2.xz");
    let whole = shell(&format!("xz -dc '{}'", fixture.display()), &site.path(""));
    let third = whole.len() / 3;
    for (number, part) in
        [&whole[..third], &whole[third..2 * third], &whole[2 * third..]].into_iter().enumerate()
    {
        let mut volume = if number == 0 { Vec::new() } else { whole[..512].to_vec() };
        volume.extend(part);
        volume[96] = number.try_into().unwrap();
        if number == 2 {
            let end = volume.len();
            volume[end - 16384 + 8] = 2;
        }
        std::fs::write(site.path(&format!("p.00{number}")), volume).unwrap();
    }
    let done = site.repository.incorporate(&incoming(&site, "p.000"), &Unwatched).await.unwrap();
    assert_eq!(done.image.recognised.unwrap().tool, "partimage");
    assert!(std::fs::read(site.path("images/joined.img")).unwrap() == whole, "as if made in one piece");

    // a volume alone is none, and volumes that are packed each for itself are not joined as they are
    std::fs::copy(site.path("p.001"), site.path("alone")).unwrap();
    let alone = site.repository.incorporate(&incoming(&site, "alone"), &Unwatched).await.unwrap_err();
    assert_eq!(alone.opengnsys(), OpenGnsysError::Format, "{alone}");
    shell("for n in 0 1 2; do gzip -c p.00$n >z.00$n; done", &site.path(""));
    let packed = site.repository.incorporate(&incoming(&site, "z.000"), &Unwatched).await.unwrap_err();
    assert!(packed.sentence().contains("unpack each volume by gzip -d"), "{packed}");
}
