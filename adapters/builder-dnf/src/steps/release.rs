//! The folders and names of a release, as mic lays them out; pure.

use std::path::{Path, PathBuf};

/// Returns the folder of a release below that of the request: `RELEASE/images/NAME`.
pub(crate) fn folder(release: Option<&str>, name: &str) -> PathBuf {
    release.map_or_else(PathBuf::new, |release| Path::new(release).join("images").join(name))
}

/// Returns what a file is called in a release: `NAME-RELEASE` instead of `NAME`, and `.img` whatever boots it.
pub(crate) fn named(release: Option<&str>, name: &str, file: &str) -> String {
    let Some(release) = release else { return file.to_owned() };
    let renamed = match file.strip_prefix(name) {
        Some(rest) if rest.is_empty() || rest.starts_with(['.', '-']) => format!("{name}-{release}{rest}"),
        _ => file.to_owned(),
    };
    match renamed.strip_suffix(".iso").or_else(|| renamed.strip_suffix(".usbimg")) {
        Some(stem) => format!("{stem}.img"),
        None => renamed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_a_release_say_so() {
        for (file, named_so) in [
            ("demo.raw", "demo-4.5.raw"),
            ("demo-sda.raw", "demo-4.5-sda.raw"),
            ("demo.iso", "demo-4.5.img"),
            ("demo.usbimg", "demo-4.5.img"),
            ("demolition.txt", "demolition.txt"),
            ("vmlinuz", "vmlinuz"),
        ] {
            assert_eq!(named(Some("4.5"), "demo", file), named_so);
            assert_eq!(named(None, "demo", file), file);
        }
        assert_eq!(folder(Some("4.5"), "demo"), Path::new("4.5/images/demo"));
    }
}
