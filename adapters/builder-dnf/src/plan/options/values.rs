//! The values of options.

use disk_format::Compression;
use imaging::ImageType;

/// What the files of an image are put into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pack {
    /// The name of its file or folder.
    pub(crate) file: String,
    pub(crate) into: Into,
}

impl Pack {
    /// What an `fs` image is put into unless somebody says it.
    pub(crate) fn usual(name: &str) -> Pack {
        Pack { file: format!("{name}.tar.gz"), into: Into::Tar(Some(Compression::Gzip)) }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Into {
    /// The files of an `fs` image as they are, with the ids they have on this machine.
    Folder,
    Tar(Option<Compression>),
    Zip,
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

/// Reads what becomes the name of a folder.
pub(super) fn name_of_release(text: &str) -> Result<String, String> {
    let fits = imaging::ImageName::parse(text).is_ok();
    fits.then(|| text.to_owned()).ok_or_else(|| {
        format!("--release={text} should be one short name, as 4.5.0 is: a folder is called after it")
    })
}

/// Reads a time that every file system can write down.
pub(super) fn seconds(text: &str) -> Result<u64, String> {
    text.parse::<u32>().map(u64::from).map_err(|_| {
        format!("--source-date-epoch={text} should be a number of seconds since 1970, as `date +%s` prints")
    })
}

pub(super) fn pack(file: &str, image_type: ImageType) -> Result<Pack, String> {
    let into = ENDINGS.iter().find(|(ending, _)| file.ends_with(ending)).map(|(_, into)| *into);
    let name = file.strip_suffix('/').unwrap_or(file);
    match into {
        Some(Into::Folder) if image_type != ImageType::Fs => Err(format!(
            "--pack-to={file} is for fs images, and this is a {image_type} image; name an archive, as x.tar"
        )),
        Some(into) if imaging::ImageName::parse(name).is_ok() => Ok(Pack { file: name.to_owned(), into }),
        _ => Err(format!(
            "--pack-to={file} should be a file name that ends in .tar, .tar.gz, .tar.bz2, .tar.xz, .tar.zst or .zip, \
             or for a folder in /"
        )),
    }
}

/// Reads how single files are compressed.
pub(super) fn compression(option: &str, text: &str) -> Result<Compression, String> {
    match text.trim_start_matches('.') {
        "gz" | "gzip" => Ok(Compression::Gzip),
        "bz2" | "bzip2" => Ok(Compression::Bzip2),
        "xz" => Ok(Compression::Xz),
        "zst" | "zstd" => Ok(Compression::Zstd),
        _ => Err(format!("{option}={text} should be gz, bz2, xz or zst")),
    }
}

/// Lists beside the image that somebody asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Records {
    /// `NAME.packages` in mic's form.
    pub(crate) name: bool,
    /// `NAME.files`: the files of each package.
    pub(crate) content: bool,
    /// `NAME.license`: the packages of each licence.
    pub(crate) license: bool,
    /// `NAME.urls`: where each package came from.
    pub(crate) url: bool,
}

/// Reads which lists are asked for, between commas.
pub(super) fn records(text: &str) -> Result<Records, String> {
    let mut records = Records::default();
    for word in text.split(',').map(str::trim) {
        match word {
            "name" => records.name = true,
            "content" => records.content = true,
            "license" => records.license = true,
            "url" => records.url = true,
            _ => {
                return Err(format!(
                    "--record-pkgs={text} should be some of name, content, license and url, between commas"
                ));
            }
        }
    }
    Ok(records)
}

/// Reads `K:V,K2:V2`.
pub(super) fn tokens(text: &str) -> Result<Vec<(String, String)>, String> {
    let pairs = text.split(',').filter(|pair| !pair.is_empty()).map(|pair| match pair.split_once(':') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err(format!("--tokenmap={text} should be KEY:VALUE,KEY2:VALUE2")),
    });
    pairs.collect()
}
