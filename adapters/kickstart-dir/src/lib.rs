//! Kickstarts of folders that nobody gets out of.
//!
//! The kernel holds the fence: every file is opened by `openat2` with `RESOLVE_BENEATH`, relative to the folder that was
//! opened first. A `..`, an absolute link or one that points outside ends with an error, also when somebody exchanges
//! files meanwhile; links that stay inside are followed. That call is there since Linux 5.6.

mod open;

use std::fs::File;
use std::io::Read;
use std::path::{Component, Path, PathBuf};

use imaging::{KickstartSource, SourceError};
use nix::errno::Errno;

/// The longest file that is read, in bytes.
const LONGEST: u64 = 4 << 20;
/// How many names of a folder are read.
const MOST_NAMES: usize = 10_000;

/// One or more folders, each under the name by which paths start that mean it.
#[derive(Clone, Debug)]
pub struct KickstartDir {
    roots: Vec<Root>,
}

#[derive(Clone, Debug)]
struct Root {
    /// What paths start with; empty for all that are relative.
    name: PathBuf,
    folder: PathBuf,
}

impl KickstartDir {
    /// Takes the one folder all paths are relative to. Does no I/O.
    pub fn at(folder: impl Into<PathBuf>) -> KickstartDir {
        KickstartDir { roots: vec![Root { name: PathBuf::new(), folder: folder.into() }] }
    }

    /// Takes folders of which paths may be, written as the folders are: below `a` and `/srv/b` that is `a/x.ks` and
    /// `/srv/b/x.ks`. Does no I/O.
    pub fn below(folders: impl IntoIterator<Item = PathBuf>) -> KickstartDir {
        let root = |folder: PathBuf| Root {
            name: folder.components().filter(|part| *part != Component::CurDir).collect(),
            folder: if folder.as_os_str().is_empty() { ".".into() } else { folder },
        };
        KickstartDir { roots: folders.into_iter().map(root).collect() }
    }

    /// Returns the folder a path is of, and the rest of the path; the innermost folder counts.
    fn find<'p>(&self, path: &'p str) -> Result<(&Root, &'p Path), SourceError> {
        let refused = |why: &str| SourceError::Refused { path: path.to_owned(), why: why.to_owned() };
        let of = |root: &Root| {
            Some((root.name.components().count(), Path::new(path).strip_prefix(&root.name).ok()?))
        };
        let roots = self.roots.iter().filter_map(|root| of(root).map(|(depth, rest)| (depth, root, rest)));
        let (_, root, rest) = roots
            .filter(|(_, _, rest)| !rest.has_root())
            .max_by_key(|(depth, ..)| *depth)
            .ok_or_else(|| refused("is in none of the folders that may be read"))?;
        if path.contains('\0') || rest.components().any(|part| !matches!(part, Component::Normal(_))) {
            return Err(refused("leads out of the folder of kickstarts, or is no path"));
        }
        Ok((root, rest))
    }

    fn open(&self, path: &str) -> Result<File, SourceError> {
        let (root, rest) = self.find(path)?;
        let rest = if rest.as_os_str().is_empty() { Path::new(".") } else { rest };
        let folder = File::open(&root.folder)
            .map_err(|source| SourceError::Unreadable { path: root.folder.display().to_string(), source })?;
        open::beneath(&folder, rest).map_err(|error| match error {
            Errno::ENOENT | Errno::ENOTDIR => SourceError::Missing { path: path.to_owned() },
            Errno::EXDEV | Errno::ELOOP => SourceError::Refused {
                path: path.to_owned(),
                why: "is a link that leads out of the folder of kickstarts".to_owned(),
            },
            Errno::ENOSYS => {
                let why = "it takes the call openat2, of Linux 5.6, which this system or its container does not have";
                SourceError::Unreadable { path: path.to_owned(), source: std::io::Error::other(why) }
            }
            _ => SourceError::Unreadable { path: path.to_owned(), source: error.into() },
        })
    }
}

impl KickstartSource for KickstartDir {
    fn file(&self, path: &str) -> Result<Vec<u8>, SourceError> {
        let refused = |why: &str| SourceError::Refused { path: path.to_owned(), why: why.to_owned() };
        let unreadable = |source| SourceError::Unreadable { path: path.to_owned(), source };
        let file = self.open(path)?;
        if !file.metadata().map_err(unreadable)?.is_file() {
            return Err(refused("is no file"));
        }
        let mut text = Vec::new();
        file.take(LONGEST + 1).read_to_end(&mut text).map_err(unreadable)?;
        if text.len() as u64 > LONGEST {
            return Err(refused(&format!("has more than {} MiB", LONGEST >> 20)));
        }
        Ok(text)
    }

    fn files(&self, folder: &str) -> Result<Vec<String>, SourceError> {
        let opened = self.open(folder)?;
        let mut names = open::names(&opened, MOST_NAMES)
            .map_err(|source| SourceError::Unreadable { path: folder.to_owned(), source })?;
        names.sort_unstable();
        Ok(names)
    }
}
