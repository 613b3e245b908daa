//! The builder's own options.

use imaging::{BuildRequest, ImageType};

/// What an `fs` image is put into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pack {
    /// The name of its file or folder.
    pub(crate) file: String,
    pub(crate) into: Into,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Into {
    /// The files as they are, with the ids they have on this machine.
    Folder,
    Tar(Option<Compression>),
    Zip,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Compression {
    Gzip,
    Bzip2,
    Xz,
    Zstd,
}

/// What a name may end in, and what that means.
const ENDINGS: &[(&str, Into)] = &[
    ("/", Into::Folder),
    (".tar", Into::Tar(None)),
    (".tar.gz", Into::Tar(Some(Compression::Gzip))),
    (".tgz", Into::Tar(Some(Compression::Gzip))),
    (".tar.bz2", Into::Tar(Some(Compression::Bzip2))),
    (".tar.xz", Into::Tar(Some(Compression::Xz))),
    (".tar.zst", Into::Tar(Some(Compression::Zstd))),
    (".zip", Into::Zip),
];

/// What the options say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Options {
    pub(super) pack: Pack,
    /// `--source-date-epoch`: seconds since 1970.
    pub(super) epoch: Option<u64>,
    /// `--strict`: a line without effect is an error.
    pub(super) strict: bool,
    /// `--release`: what the image is a release of.
    pub(super) release: Option<String>,
}

/// Reads the options: `--pack-to=FILE`, which only `fs` images have, `--source-date-epoch=SECONDS`, `--release=NAME` and
/// `--strict`.
pub(super) fn read(options: &[String], request: &BuildRequest) -> Result<Options, String> {
    let mut file = format!("{}.tar.gz", request.name);
    let (mut epoch, mut strict, mut release) = (None, false, None);
    let mut words = options.iter();
    while let Some(word) = words.next() {
        let (name, value) = match word.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (word.as_str(), None),
        };
        let mut value = || value.or_else(|| words.next().map(String::as_str));
        match name {
            "--pack-to" if request.image_type != ImageType::Fs => {
                return Err(format!(
                    "the option --pack-to is for fs images, and this is a {} image",
                    request.image_type
                ));
            }
            "--pack-to" => {
                let value = value().ok_or("the option --pack-to needs a file name")?;
                file = value.replace("@NAME@", request.name.as_str());
            }
            "--source-date-epoch" => epoch = Some(seconds(value().unwrap_or_default())?),
            "--release" => release = Some(name_of_release(value().unwrap_or_default())?),
            "--strict" if word == name => strict = true,
            _ => {
                return Err(format!(
                    "this builder has no option `{word}`; there are --pack-to=FILE for fs images, --release=NAME, \
                     --source-date-epoch=SECONDS and --strict"
                ));
            }
        }
    }
    Ok(Options { pack: pack(&file)?, epoch, strict, release })
}

/// Reads what becomes the name of a folder.
fn name_of_release(text: &str) -> Result<String, String> {
    let fits = imaging::ImageName::parse(text).is_ok();
    fits.then(|| text.to_owned()).ok_or_else(|| {
        format!("--release={text} should be one short name, as 4.5.0 is: a folder is called after it")
    })
}

/// Reads a time that every file system can write down.
fn seconds(text: &str) -> Result<u64, String> {
    text.parse::<u32>().map(u64::from).map_err(|_| {
        format!("--source-date-epoch={text} should be a number of seconds since 1970, as `date +%s` prints")
    })
}

fn pack(file: &str) -> Result<Pack, String> {
    let into = ENDINGS.iter().find(|(ending, _)| file.ends_with(ending)).map(|(_, into)| *into);
    let name = file.strip_suffix('/').unwrap_or(file);
    match into {
        Some(into) if imaging::ImageName::parse(name).is_ok() => Ok(Pack { file: name.to_owned(), into }),
        _ => Err(format!(
            "--pack-to={file} should be a file name that ends in .tar, .tar.gz, .tar.bz2, .tar.xz, .tar.zst or .zip, \
             or for a folder in /"
        )),
    }
}
