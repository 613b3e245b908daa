//! What a workitem wants converted.

use std::path::{Component, Path, PathBuf};

use imaging::{Conversion, ImageType, VirtualDisk};
use participant_core::Workitem;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde_json::Value;

/// How others reach the folder of all images.
#[derive(Clone, Debug)]
pub struct Folders {
    /// What stands for that folder in addresses.
    pub base_url: String,
}

/// Signs that can stand in the path of an address as they are.
const NOT_IN_A_PATH: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'_').remove(b'.').remove(b'~');

impl Folders {
    /// Returns the address of a file below the folder of all images.
    pub(crate) fn url(&self, file: &Path) -> String {
        let path = utf8_percent_encode(&file.to_string_lossy(), NOT_IN_A_PATH).to_string();
        format!("{}/{path}", self.base_url.trim_end_matches('/'))
    }

    /// Returns the path of an address below that folder; refuses with a sentence what is elsewhere.
    fn path(&self, url: &str) -> Result<PathBuf, String> {
        let base = self.base_url.trim_end_matches('/');
        let below = url.strip_prefix(base).and_then(|below| below.strip_prefix('/'));
        let below = below
            .ok_or_else(|| format!("image.image_url {url} is not below {base}, where the images are"))?;
        let path = percent_decode_str(below).decode_utf8().ok().map(|path| PathBuf::from(path.as_ref()));
        let inside = |path: &PathBuf| {
            let mut parts = path.components().peekable();
            parts.peek().is_some() && parts.all(|part| matches!(part, Component::Normal(_)))
        };
        let path = path.filter(inside).filter(|path| !path.to_string_lossy().contains('\0'));
        path.ok_or_else(|| format!("image.image_url {url} leads out of the folder of the images"))
    }
}

/// What is wanted.
#[derive(Debug)]
pub(crate) enum Wish {
    /// Nothing: `vboxmanage.process` is false.
    Nothing,
    Convert(Conversion),
}

impl Wish {
    /// Reads the fields, or says in a sentence what is wrong with them.
    pub(crate) fn read(item: &Workitem, folders: &Folders) -> Result<Wish, String> {
        if matches!(item.field("vboxmanage.process"), Some(Value::Bool(false))) {
            return Ok(Wish::Nothing);
        }
        let text = |path| item.text(path).filter(|text| !text.is_empty());
        let (kind, url) = (text("image.image_type"), text("image.image_url"));
        let missing = [("image.image_type", kind.is_none()), ("image.image_url", url.is_none())];
        let missing: Vec<_> = missing.iter().filter(|(_, is)| *is).map(|(path, _)| *path).collect();
        if !missing.is_empty() {
            return Err(format!("Missing mandatory fields: {}", missing.join(",")));
        }
        let (kind, url) = (kind.unwrap_or_default(), url.unwrap_or_default());
        if kind != ImageType::Raw.as_str() {
            return Err(format!("Image type is not raw, but {kind}: only raw disks are converted"));
        }
        let word = |path: &str| match item.field(path) {
            None | Some(Value::Null) => Ok(String::new()),
            Some(Value::String(text)) => Ok(text),
            Some(Value::Array(list)) if list.iter().all(Value::is_string) => {
                Ok(list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(","))
            }
            Some(other) => Err(format!("{path} should be a text, not {other}")),
        };
        let (format, variant) = (word("vboxmanage.format")?, word("vboxmanage.variant")?);
        let form = VirtualDisk::parse(&format, &variant).map_err(|error| error.to_string())?;
        Ok(Wish::Convert(Conversion { image: folders.path(&url)?, form }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_become_paths_below_the_images_and_back() {
        let folders = Folders { base_url: "http://img.example/images/".into() };
        for (below, path) in [("web/ana/i/n.raw", "web/ana/i/n.raw"), ("a%20b/h%C3%A9.raw", "a b/hé.raw")] {
            let url = format!("http://img.example/images/{below}");
            assert_eq!(folders.path(&url), Ok(PathBuf::from(path)));
            assert_eq!(folders.url(Path::new(path)), url);
        }
        for elsewhere in [
            "http://img.example/images",
            "http://img.example/images/",
            "http://img.example/imagesque/n.raw",
            "http://other.example/images/n.raw",
            "http://img.example/images//etc/passwd",
            "http://img.example/images/../etc/passwd",
            "http://img.example/images/a/%2e%2e/%2e%2e/etc/passwd",
            "http://img.example/images/%2Fetc/passwd",
            "http://img.example/images/a%00b",
            "http://img.example/images/%ff",
            "file:///etc/passwd",
        ] {
            assert!(folders.path(elsewhere).is_err(), "{elsewhere}");
        }
    }
}
