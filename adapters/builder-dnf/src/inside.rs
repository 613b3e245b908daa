//! Small files of the image: read together, changed in memory, written together.
//!
//! Each program that runs at the place of a build costs a namespace, some ten milliseconds. So what writes settings is
//! plain code that looks at an [`Inside`]; what it looked at and nobody had read yet is read, all of it by one `tar`,
//! and the code runs again. When nothing was missing, another `tar` writes what it changed.

mod archive;
mod carry;

pub(crate) use carry::{change, put};

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::path::{Component, Path, PathBuf};

/// So many links are followed on the way to one file, as many as Linux follows.
const LINKS: usize = 40;

/// Where links say which units of systemd start.
const UNITS: &str = "/etc/systemd/system";

/// One file, link or folder of the image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) kind: Kind,
    pub(crate) mode: u32,
    pub(crate) owner: (u32, u32),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    File(Vec<u8>),
    Link(PathBuf),
    Folder,
}

/// What is known of the image, and what becomes of it.
///
/// Paths are those of the image, beginning with `/`. What is not known yet counts as missing, and is noted.
#[derive(Debug, Default)]
pub(crate) struct Inside {
    known: BTreeMap<PathBuf, Option<Entry>>,
    /// Folders of which everything below is known.
    known_trees: BTreeSet<PathBuf>,
    changed: BTreeMap<PathBuf, Entry>,
    disabled: BTreeSet<String>,
    wanted: RefCell<BTreeSet<PathBuf>>,
    wanted_trees: RefCell<BTreeSet<PathBuf>>,
}

impl Entry {
    /// A file of root.
    pub(crate) fn text(text: impl Into<String>, mode: u32) -> Entry {
        Entry { kind: Kind::File(text.into().into_bytes()), mode, owner: (0, 0) }
    }
}

impl Inside {
    /// Tells whether there is a file or folder, following links inside the image.
    pub(crate) fn has(&self, path: &str) -> bool {
        self.entry(&self.end_of(path)).is_some()
    }

    /// Returns where a link leads, as it says itself.
    pub(crate) fn link_to(&self, path: &str) -> Option<PathBuf> {
        match self.entry(&self.place_of(path))?.kind {
            Kind::Link(to) => Some(to),
            Kind::File(_) | Kind::Folder => None,
        }
    }

    /// Returns the text of a file, following links inside the image.
    pub(crate) fn text(&self, path: &str) -> Option<String> {
        let entry = self.entry(&self.end_of(path))?;
        match entry.kind {
            Kind::File(bytes) => Some(String::from_utf8_lossy(&bytes).into_owned()),
            Kind::Link(_) | Kind::Folder => None,
        }
    }

    /// Writes a text; a file that is there keeps its owner and mode, a new one is root's and for all to read.
    pub(crate) fn set(&mut self, path: &str, text: impl Into<String>) {
        let there = self.entry(&self.end_of(path)).filter(|entry| matches!(entry.kind, Kind::File(_)));
        let (mode, owner) = there.map_or((0o644, (0, 0)), |entry| (entry.mode, entry.owner));
        self.set_as(path, text, mode, owner);
    }

    /// Writes a text with a mode and an owner.
    pub(crate) fn set_as(&mut self, path: &str, text: impl Into<String>, mode: u32, owner: (u32, u32)) {
        let kind = Kind::File(text.into().into_bytes());
        self.changed.insert(self.end_of(path), Entry { kind, mode, owner });
    }

    /// Makes a link, in the place of whatever file or link is there.
    pub(crate) fn link(&mut self, path: &str, to: impl Into<PathBuf>) {
        let entry = Entry { kind: Kind::Link(to.into()), mode: 0o777, owner: (0, 0) };
        let place = self.place_of(path);
        self.changed.insert(place, entry);
    }

    /// Makes a folder unless there is one.
    pub(crate) fn folder(&mut self, path: &str, mode: u32, owner: (u32, u32)) {
        let path = self.end_of(path);
        if self.entry(&path).is_none() {
            self.changed.insert(path, Entry { kind: Kind::Folder, mode, owner });
        }
    }

    /// Copies everything in a folder into another, for a new owner.
    pub(crate) fn copy_tree(&mut self, from: &str, to: &str, owner: (u32, u32)) {
        let (from, to) = (self.end_of(from), self.end_of(to));
        if !self.known_trees.contains(&from) {
            self.wanted_trees.borrow_mut().insert(from.clone());
        }
        let below = self.known.range(from.clone()..).take_while(|(path, _)| path.starts_with(&from));
        let changed = self.changed.range(from.clone()..).take_while(|(path, _)| path.starts_with(&from));
        let entries = below.filter_map(|(path, entry)| Some((path, entry.as_ref()?))).chain(changed);
        let copies: Vec<_> = entries
            .filter_map(|(path, entry)| Some((path.strip_prefix(&from).ok()?, entry)))
            .filter(|(rest, _)| !rest.as_os_str().is_empty())
            .map(|(rest, entry)| (to.join(rest), Entry { owner, ..entry.clone() }))
            .collect();
        self.changed.extend(copies);
    }

    /// Takes away every link by which systemd starts a unit, those that were made before this as well.
    pub(crate) fn disable(&mut self, unit: &str) {
        let folder = self.end_of(UNITS);
        let starts = |(path, entry): (&PathBuf, &Entry)| {
            let is_ours = path.file_name() == Some(OsStr::new(unit)) && path.starts_with(&folder);
            is_ours && matches!(entry.kind, Kind::Link(_))
        };
        self.changed.retain(|path, entry| !starts((path, entry)));
        if self.entry(&folder).is_some() {
            self.disabled.insert(unit.to_owned());
        }
    }

    /// Returns what a path leads to, following links wherever they are on the way; it never leads out of the image.
    fn end_of(&self, path: &str) -> PathBuf {
        self.follow(Path::new(path))
    }

    /// Returns where a file of this path is, following the links on the way but not one that is there itself.
    fn place_of(&self, path: &str) -> PathBuf {
        let path = plain(Path::new(path));
        match (path.parent(), path.file_name()) {
            (Some(folder), Some(name)) => self.follow(folder).join(name),
            _ => path,
        }
    }

    fn follow(&self, path: &Path) -> PathBuf {
        let mut ahead: Vec<PathBuf> = parts(path);
        let mut real = PathBuf::from("/");
        let mut links = 0;
        while let Some(part) = ahead.pop() {
            if part == Path::new("..") {
                real.pop();
                continue;
            }
            let next = real.join(part);
            match self.entry(&next).map(|entry| entry.kind) {
                Some(Kind::Link(to)) if links < LINKS => {
                    links += 1;
                    if to.is_absolute() {
                        real = PathBuf::from("/");
                    }
                    ahead.extend(parts(&to));
                }
                _ => real = next,
            }
        }
        real
    }

    fn entry(&self, path: &Path) -> Option<Entry> {
        if let Some(changed) = self.changed.get(path) {
            return Some(changed.clone());
        }
        match self.known.get(path) {
            Some(known) => known.clone(),
            None => {
                self.wanted.borrow_mut().insert(path.to_path_buf());
                None
            }
        }
    }
}

/// Returns the names and `..` of a path, the last one first.
fn parts(path: &Path) -> Vec<PathBuf> {
    let parts = path.components().rev();
    let parts = parts.filter(|part| matches!(part, Component::Normal(_) | Component::ParentDir));
    parts.map(|part| PathBuf::from(part.as_os_str())).collect()
}

/// Returns a path of the image from `/` on, without dots; it never leads out of the image.
pub(crate) fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::from("/");
    for part in path.components() {
        match part {
            Component::Normal(name) => plain.push(name),
            Component::ParentDir => drop(plain.pop()),
            Component::RootDir | Component::CurDir | Component::Prefix(_) => {}
        }
    }
    plain
}

#[cfg(test)]
mod tests;
