//! How others reach the folder of all images.

use std::path::{Component, Path, PathBuf};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// What stands for the folder of all images in addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseUrl(String);

/// Signs that can stand in the path of an address as they are.
const NOT_IN_A_PATH: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'_').remove(b'.').remove(b'~');

impl BaseUrl {
    /// Takes an address, with or without a slash at its end.
    pub fn new(url: &str) -> BaseUrl {
        BaseUrl(url.trim_end_matches('/').to_owned())
    }

    /// Takes the `file://` address of a folder.
    pub fn of_folder(folder: &Path) -> BaseUrl {
        BaseUrl::new(&format!("file://{}", encoded(folder)))
    }

    /// Returns the address of a file or folder, relative to the folder of all images.
    pub fn url(&self, path: &Path) -> String {
        format!("{}/{}", self.0, encoded(path))
    }

    /// Returns the path of an address, relative to that folder; refuses with a sentence what is elsewhere.
    pub fn path(&self, url: &str) -> Result<PathBuf, String> {
        let below = url.strip_prefix(&self.0).and_then(|below| below.strip_prefix('/'));
        let below = below.ok_or_else(|| format!("{url} is not below {}, where the images are", self.0))?;
        let path = percent_decode_str(below).decode_utf8().ok().map(|path| PathBuf::from(path.as_ref()));
        let inside = |path: &PathBuf| {
            let mut parts = path.components().peekable();
            parts.peek().is_some() && parts.all(|part| matches!(part, Component::Normal(_)))
        };
        let path = path.filter(inside).filter(|path| !path.to_string_lossy().contains('\0'));
        path.ok_or_else(|| format!("{url} leads out of the folder of the images"))
    }
}

fn encoded(path: &Path) -> String {
    utf8_percent_encode(&path.to_string_lossy(), NOT_IN_A_PATH).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_become_paths_below_the_images_and_back() {
        let base = BaseUrl::new("http://img.example/images/");
        for (below, path) in [("web/ana/i/n.raw", "web/ana/i/n.raw"), ("a%20b/h%C3%A9.raw", "a b/hé.raw")] {
            let url = format!("http://img.example/images/{below}");
            assert_eq!(base.path(&url), Ok(PathBuf::from(path)));
            assert_eq!(base.url(Path::new(path)), url);
        }
        for elsewhere in [
            "http://img.example/images",
            "http://img.example/images/",
            "http://img.example/imagesque/n.raw",
            "http://other.example/images/n.raw",
            "http://img.example/images//etc/shadow",
            "http://img.example/images/../etc/shadow",
            "http://img.example/images/a/%2e%2e/%2e%2e/etc/shadow",
            "http://img.example/images/%2Fetc/shadow",
            "http://img.example/images/a%00b",
            "http://img.example/images/%ff",
            "file:///etc/shadow",
        ] {
            assert!(base.path(elsewhere).is_err(), "{elsewhere}");
        }
        let url = BaseUrl::of_folder(Path::new("/srv/a b")).url(Path::new("n.raw"));
        assert_eq!(url, "file:///srv/a%20b/n.raw");
    }
}
