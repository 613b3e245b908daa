//! Carries files out of the image and back, by one `tar` each time.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use imaging::BuilderError;

use super::{Entry, Inside, UNITS, archive};
use crate::halt::Halt;
use crate::workshop::Workshop;

/// So many bytes of files are read at once.
const LARGEST: usize = 64 << 20;
/// So often something new may be looked at: each time, what was read before decides what is looked at next.
const ROUNDS: usize = 16;

/// Runs `settle` until it has seen all it looks at, then does what it decided.
///
/// What it returns, and what it changed, counts the last time only.
pub(crate) async fn change<T>(
    shop: &Workshop<'_>,
    mut settle: impl FnMut(&mut Inside) -> Result<T, Halt>,
) -> Result<T, Halt> {
    let mut inside = Inside::default();
    for _ in 0..ROUNDS {
        let settled = settle(&mut inside);
        if inside.knew_all() {
            let settled = settled?;
            inside.write(shop).await?;
            return Ok(settled);
        }
        inside.forget_changes();
        inside.fetch(shop).await?;
    }
    Err(Halt::failed("the links of the image lead in too long a chain"))
}

impl Inside {
    fn knew_all(&self) -> bool {
        self.wanted.borrow().is_empty() && self.wanted_trees.borrow().is_empty()
    }

    fn forget_changes(&mut self) {
        self.changed.clear();
        self.disabled.clear();
    }

    /// Reads everything that was looked at in vain.
    async fn fetch(&mut self, shop: &Workshop<'_>) -> Result<(), Halt> {
        let (wanted, trees) = (self.wanted.take(), self.wanted_trees.take());
        let mut task = shop.task(["tar", "-c", "--format=gnu", "--numeric-owner", "--hard-dereference"]);
        task.argv.extend(["--ignore-failed-read".into(), "-C".into(), shop.root.clone().into_os_string()]);
        let names = ["--null", "--verbatim-files-from", "--no-recursion", "-T", "/dev/stdin"];
        task.argv.extend(names.map(OsString::from));
        if !trees.is_empty() {
            task.argv.push("--recursion".into());
            task.argv.extend(trees.iter().map(|tree| relative(tree)));
        }
        for path in &wanted {
            task.stdin.extend(relative(path).as_bytes());
            task.stdin.push(0);
        }
        task.keep_output = Some(LARGEST);
        let output = shop.quietly(&task).await?.output;
        let found = archive::read(&output).map_err(|error| {
            Halt::failed(format!(
                "the small files of the image cannot be read ({error}): they may be too large"
            ))
        })?;
        self.known.extend(wanted.into_iter().map(|path| (path, None)));
        self.known.extend(found.into_iter().map(|(path, entry)| (path, Some(entry))));
        self.known_trees.extend(trees);
        Ok(())
    }

    async fn write(self, shop: &Workshop<'_>) -> Result<(), Halt> {
        if !self.disabled.is_empty() {
            let folder = self.end_of(UNITS);
            shop.tool("find", links_of(&shop.root.join(relative(&folder)), &self.disabled)).await?;
        }
        put(shop, &shop.root, &self.changed).await
    }
}

/// Returns the words of find that remove the links of units: those of their names, and those that lead to them by others.
/// A link to /dev/null is none of them: it keeps a unit from starting.
fn links_of(folder: &Path, units: &BTreeSet<String>) -> Vec<OsString> {
    let mut words: Vec<OsString> = vec![folder.into()];
    words.extend(["-type", "l", "!", "-lname", "/dev/null", "("].map(OsString::from));
    for (number, unit) in units.iter().enumerate() {
        let unit = unit.replace('\\', "\\\\"); // for find it is a pattern
        words.extend((number > 0).then(|| OsString::from("-o")));
        words.extend(["-name".into(), unit.clone().into(), "-o".into(), "-lname".into()]);
        words.push(format!("*/{unit}").into());
    }
    words.extend([")", "-delete"].map(OsString::from));
    words
}

/// Writes entries below a folder of the work folder, which their paths begin at.
pub(crate) async fn put(
    shop: &Workshop<'_>,
    below: &Path,
    entries: &BTreeMap<PathBuf, Entry>,
) -> Result<(), Halt> {
    if entries.is_empty() {
        return Ok(());
    }
    let now = || SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let archive = archive::written(entries, shop.epoch.unwrap_or_else(now));
    let broken = |error| Halt::Broken(BuilderError::new("write small files of a build", error));
    let mut task = shop.task(["tar", "-x", "-p", "--numeric-owner", "--same-owner", "--no-overwrite-dir"]);
    task.argv.extend(["--keep-directory-symlink".into(), "-f".into(), "-".into(), "-C".into()]);
    task.argv.push(below.into());
    task.stdin = archive.map_err(broken)?;
    shop.must(&task).await.map(|_| ())
}

fn relative(path: &Path) -> OsString {
    match path.strip_prefix("/").unwrap_or(path) {
        root if root.as_os_str().is_empty() => ".".into(),
        below => below.into(),
    }
}
