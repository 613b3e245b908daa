//! The builder's own options.

use imaging::{BuildRequest, ImageType};

/// The archive of an `fs` image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pack {
    /// The name of its file.
    pub(crate) file: String,
    /// The option that makes tar compress it.
    pub(crate) compress: Option<&'static str>,
}

/// What a name may end in, and tar's option for it.
const ENDINGS: &[(&str, Option<&str>)] = &[
    (".tar", None),
    (".tar.gz", Some("--gzip")),
    (".tgz", Some("--gzip")),
    (".tar.bz2", Some("--bzip2")),
    (".tar.xz", Some("--xz")),
    (".tar.zst", Some("--zstd")),
];

/// Reads the options: `--pack-to=FILE` is the only one, and only `fs` images have it.
pub(super) fn read(options: &[String], request: &BuildRequest) -> Result<Pack, String> {
    let mut file = format!("{}.tar.gz", request.name);
    let mut words = options.iter();
    while let Some(word) = words.next() {
        let value = match word.split_once('=') {
            Some(("--pack-to", value)) => value,
            None if word == "--pack-to" => words.next().ok_or("the option --pack-to needs a file name")?,
            _ => {
                return Err(format!(
                    "this builder has no option `{word}`; there is --pack-to=FILE for fs images"
                ));
            }
        };
        if request.image_type != ImageType::Fs {
            return Err(format!(
                "the option --pack-to is for fs images, and this is a {} image",
                request.image_type
            ));
        }
        file = value.replace("@NAME@", request.name.as_str());
    }
    let fits = imaging::ImageName::parse(&file).is_ok();
    let ending = ENDINGS.iter().find(|(ending, _)| file.ends_with(ending));
    match ending {
        Some((_, compress)) if fits => Ok(Pack { file, compress: *compress }),
        _ => Err(format!(
            "--pack-to={file} should be a file name that ends in .tar, .tar.gz, .tar.bz2, .tar.xz or .tar.zst"
        )),
    }
}
