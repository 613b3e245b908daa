//! Which of the files mic left is the image; pure.

use std::path::{Path, PathBuf};

use imaging::{BuildRequest, ImageType};
use img_kickstart::Kickstart;

use crate::options::Options;

/// Something in the folder of results.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Left {
    /// Its path below that folder.
    pub(crate) path: PathBuf,
    pub(crate) kind: LeftKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LeftKind {
    File,
    Folder,
    /// A link, a device: nothing mic makes.
    Other,
}

/// What `--compress-image` adds to a name.
const COMPRESSED: [&str; 4] = ["", ".gz", ".bz2", ".lzo"];
/// Endings of files that lie beside an image.
const BESIDE: [&str; 8] = ["ks", "xml", "log", "packages", "urls", "files", "license", "md5sum"];

/// Finds the image by its type and name; the error says what is there instead.
pub(crate) fn image(request: &BuildRequest, options: &Options, left: &[Left]) -> Result<PathBuf, String> {
    let plain = request.name.as_str().to_owned();
    let (folder, name) = match &options.release {
        Some(release) => (Path::new(release).join("images").join(&plain), format!("{plain}-{release}")),
        None => (PathBuf::new(), plain.clone()),
    };
    let is = |kind, name: &str| {
        let path = folder.join(name);
        left.iter().any(|left| left.kind == kind && left.path == path).then_some(path)
    };
    let file = |name: &str| is(LeftKind::File, name);
    let compressed = |name: &str| COMPRESSED.iter().find_map(|end| file(&format!("{name}{end}")));
    let packed = options.pack.as_ref().and_then(|pack| {
        let names = [pack.replace("@NAME@", &name), pack.replace("@NAME@", &plain)];
        // mic adds .tar to an ending it does not know
        names.iter().find_map(|pack| file(pack).or_else(|| file(&format!("{pack}.tar"))))
    });
    let found = match request.image_type {
        _ if options.pack.is_some() => packed,
        ImageType::Fs => is(LeftKind::Folder, &name),
        ImageType::Loop => label_of_root(request)
            .and_then(|label| compressed(&format!("{}.img", label.trim_end_matches(".img"))))
            .or_else(|| compressed(&format!("{name}.img"))),
        ImageType::Raw => disk(&folder, &name, "raw", left).or_else(|| compressed(&format!("{name}.raw"))),
        ImageType::Livecd => file(&format!("{name}.iso")).or_else(|| file(&format!("{name}.img"))),
        ImageType::Liveusb => file(&format!("{name}.usbimg")).or_else(|| file(&format!("{name}.img"))),
        other => compressed(&format!("{name}.{other}"))
            .or_else(|| disk(&folder, &name, other.as_str(), left))
            .or_else(|| only_one(&folder, &name, left)),
    };
    found.ok_or_else(|| missing(request.image_type, &name, left))
}

/// The first of the disks `NAME-sda.raw`, `NAME-sdb.raw`, …
fn disk(folder: &Path, name: &str, ending: &str, left: &[Left]) -> Option<PathBuf> {
    let is_disk = |path: &Path| {
        let file = path.file_name().map(|file| file.to_string_lossy().into_owned()).unwrap_or_default();
        let Some(rest) = file.strip_prefix(name).and_then(|rest| rest.strip_prefix('-')) else {
            return false;
        };
        let disk = COMPRESSED.iter().find_map(|end| rest.strip_suffix(&format!(".{ending}{end}")));
        disk.is_some_and(|disk| !disk.is_empty() && disk.chars().all(|sign| sign.is_ascii_alphanumeric()))
    };
    let here = left.iter().filter(|left| left.kind == LeftKind::File && left.path.parent() == Some(folder));
    here.map(|left| &left.path).filter(|path| is_disk(path)).min().cloned()
}

/// What is called after the image and lies beside none, where nobody recorded how mic names the type.
fn only_one(folder: &Path, name: &str, left: &[Left]) -> Option<PathBuf> {
    let mut fitting = left.iter().filter(|left| {
        let file = left.path.file_name().map(|file| file.to_string_lossy().into_owned()).unwrap_or_default();
        let rest = file.strip_prefix(name).unwrap_or_default();
        left.kind == LeftKind::File
            && left.path.parent() == Some(folder)
            && rest.starts_with(['.', '-'])
            && !BESIDE.iter().any(|end| rest.ends_with(&format!(".{end}")))
            && !["-vmlinuz", "-initrd"].iter().any(|kernel| rest.starts_with(kernel))
    });
    let first = fitting.next()?;
    fitting.next().is_none().then(|| first.path.clone())
}

/// mic calls the image of `/` after its label, where it has one.
fn label_of_root(request: &BuildRequest) -> Option<String> {
    let kickstart = Kickstart::parse(&request.kickstart);
    let root = kickstart
        .commands()
        .find(|command| command.name().starts_with("part") && command.arguments().plain(0) == Some("/"))?;
    root.arguments().value("--label").map(str::to_owned)
}

fn missing(image_type: ImageType, name: &str, left: &[Left]) -> String {
    let mut names: Vec<_> = left.iter().map(|left| left.path.display().to_string()).collect();
    names.sort();
    names.truncate(10);
    let there = if names.is_empty() { "nothing".to_owned() } else { names.join(", ") };
    format!("mic ended as if all were well and left no {image_type} image called {name}, only {there}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::Options;
    use crate::options::tests::{alone, request};

    fn left(names: &[&str]) -> Vec<Left> {
        let kind = |name: &str| match () {
            () if name.ends_with('/') => LeftKind::Folder,
            () if name.ends_with('@') => LeftKind::Other,
            () => LeftKind::File,
        };
        names
            .iter()
            .map(|name| Left { path: name.trim_end_matches(['/', '@']).into(), kind: kind(name) })
            .collect()
    }

    #[test]
    fn the_image_is_found_by_its_type_and_name() {
        for (image_type, options, there, expected) in [
            (ImageType::Fs, &[][..], &["demo.ks", "demo.tar.gz"][..], Some("demo.tar.gz")),
            (ImageType::Fs, &["--pack-to=@NAME@/"], &["demo.ks", "demo/"], Some("demo")),
            (ImageType::Fs, &["--pack-to=x.tar.zz"], &["x.tar.zz.tar"], Some("x.tar.zz.tar")),
            (ImageType::Fs, &["--pack-to=x.tar"], &["demo/", "big.tar"], None),
            (ImageType::Loop, &[], &["demo.img", "demo.xml", "home.img"], Some("demo.img")),
            (ImageType::Loop, &["--compress-image=gz"], &["demo.img.gz"], Some("demo.img.gz")),
            (ImageType::Loop, &["--pack-to=all.zip"], &["all.zip", "demo.xml"], Some("all.zip")),
            (ImageType::Raw, &[], &["demo-sdb.raw", "demo-sda.raw", "demo.xml"], Some("demo-sda.raw")),
            (ImageType::Raw, &[], &["demo-sda.raw.bz2"], Some("demo-sda.raw.bz2")),
            (ImageType::Raw, &[], &["demo-sda.raw@", "demo-vmlinuz-5.raw.txt", "other-sda.raw"], None),
            (ImageType::Livecd, &[], &["demo.iso", "demo.md5sum"], Some("demo.iso")),
            (ImageType::Liveusb, &[], &["demo.usbimg"], Some("demo.usbimg")),
            (ImageType::Livecd, &[], &["demo.usbimg", "larger.iso"], None),
            (ImageType::Nand, &[], &["demo.ks", "demo.ubi", "demo-vmlinuz-3"], Some("demo.ubi")),
            (ImageType::Nand, &[], &["demo.a", "demo.b"], None),
            (ImageType::Mrstnand, &[], &["demo.mrstnand", "demo.b"], Some("demo.mrstnand")),
            (ImageType::Vdi, &[], &["demo-sda.vdi", "demo.xml"], Some("demo-sda.vdi")),
            (
                ImageType::Livecd,
                &["--release=4.5"],
                &["4.5/images/demo/demo-4.5.img"],
                Some("4.5/images/demo/demo-4.5.img"),
            ),
            (
                ImageType::Raw,
                &["--release=4.5"],
                &["4.5/images/demo/demo-4.5-sda.raw"],
                Some("4.5/images/demo/demo-4.5-sda.raw"),
            ),
            (ImageType::Livecd, &["--release=4.5"], &["demo.iso"], None),
        ] {
            let request = request(image_type, options);
            let found = image(&request, &alone(&request).unwrap(), &left(there));
            assert_eq!(found.ok().as_deref(), expected.map(Path::new), "{image_type} {options:?} {there:?}");
        }
    }

    #[test]
    fn the_label_of_the_root_names_a_loop_image() {
        let mut request = request(ImageType::Loop, &[]);
        request.kickstart = "part /home --label=b\npart / --size=10 --label=a.img\n".into();

        let found = image(&request, &Options::default(), &left(&["a.img", "b.img"]));

        assert_eq!(found, Ok("a.img".into()));
    }

    #[test]
    fn what_is_there_instead_is_told() {
        let request = request(ImageType::Livecd, &[]);
        let none = image(&request, &Options::default(), &left(&["b.iso", "a.img"])).unwrap_err();

        assert_eq!(
            none,
            "mic ended as if all were well and left no livecd image called demo, only a.img, b.iso"
        );
    }
}
