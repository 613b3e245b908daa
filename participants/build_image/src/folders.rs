//! Where the files of an image are, on the disk and for others.

use std::path::{Component, Path, PathBuf};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::fields::Fields;

/// The folder all images are below, and how others reach it.
#[derive(Clone, Debug)]
pub struct Folders {
    /// Images go to `base_dir/PREFIX/ID`.
    pub base_dir: PathBuf,
    /// What stands for `base_dir` in addresses, without a slash at its end.
    pub base_url: String,
    /// Lets a workitem choose another base folder by `image.outdir`: only where the one who asks and the one who
    /// builds are the same person.
    pub outdir_allowed: bool,
}

/// The place of one image.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) folder: PathBuf,
    base_dir: PathBuf,
    base_url: String,
    /// The one who asks has chosen the base folder.
    pub(crate) is_chosen: bool,
}

/// Signs that can stand in the path of an address as they are.
const NOT_IN_A_PATH: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'_').remove(b'.').remove(b'~');

impl Folders {
    /// Returns where an image goes; a prefix that would leave the base folder is refused with a sentence.
    pub(crate) fn place(&self, fields: &Fields) -> Result<Place, String> {
        let (base_dir, base_url) = match &fields.outdir {
            None => (self.base_dir.clone(), self.base_url.clone()),
            Some(_) if !self.outdir_allowed => {
                return Err(
                    "image.outdir is not allowed here: images go below the configured base_dir".into()
                );
            }
            Some(outdir) if !Path::new(outdir).is_absolute() => {
                return Err(format!("image.outdir should be an absolute path, not `{outdir}`"));
            }
            Some(outdir) => (PathBuf::from(outdir), file_url(Path::new(outdir))),
        };
        let inside = Path::new(&fields.prefix).components().all(|part| matches!(part, Component::Normal(_)));
        if !inside || fields.prefix.contains('\0') {
            return Err(format!(
                "image.prefix `{}` should be a path below the image folder, without `..`",
                fields.prefix
            ));
        }
        let folder = base_dir.join(&fields.prefix).join(fields.image_id.as_str());
        Ok(Place { folder, base_dir, base_url, is_chosen: fields.outdir.is_some() })
    }
}

impl Place {
    /// Returns the address of a file or folder below the base folder.
    pub(crate) fn url(&self, path: &Path) -> String {
        let below = path.strip_prefix(&self.base_dir).unwrap_or(path);
        let below = utf8_percent_encode(&below.to_string_lossy(), NOT_IN_A_PATH).to_string();
        format!("{}/{below}", self.base_url.trim_end_matches('/'))
    }
}

/// Returns the `file://` address of an absolute path.
pub(crate) fn file_url(path: &Path) -> String {
    format!("file://{}", utf8_percent_encode(&path.to_string_lossy(), NOT_IN_A_PATH))
}

impl Folders {
    /// Lets images go below `base_dir`, known to others by its `file://` address.
    pub fn local(base_dir: PathBuf) -> Folders {
        Folders { base_url: file_url(&base_dir), base_dir, outdir_allowed: false }
    }
}
