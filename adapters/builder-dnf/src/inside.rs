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
use std::path::{Component, Path, PathBuf};

/// So many links are followed one after the other.
const LINKS: usize = 8;

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
    /// Tells whether there is a file, link or folder.
    pub(crate) fn has(&self, path: &str) -> bool {
        self.entry(&plain(Path::new(path))).is_some()
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
        self.changed.insert(plain(Path::new(path)), entry);
    }

    /// Makes a folder unless there is one.
    pub(crate) fn folder(&mut self, path: &str, mode: u32, owner: (u32, u32)) {
        if !self.has(path) {
            self.changed.insert(plain(Path::new(path)), Entry { kind: Kind::Folder, mode, owner });
        }
    }

    /// Copies everything in a folder into another, for a new owner.
    pub(crate) fn copy_tree(&mut self, from: &str, to: &str, owner: (u32, u32)) {
        let (from, to) = (plain(Path::new(from)), plain(Path::new(to)));
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

    /// Takes away every link of systemd with this name.
    pub(crate) fn disable(&mut self, unit: &str) {
        if self.has("/etc/systemd/system") {
            self.disabled.insert(unit.to_owned());
        }
    }

    /// Returns the path that a path leads to, when its last part is a link.
    fn end_of(&self, path: &str) -> PathBuf {
        let mut path = plain(Path::new(path));
        for _ in 0..LINKS {
            match self.entry(&path).map(|entry| entry.kind) {
                Some(Kind::Link(to)) => path = plain(&path.parent().unwrap_or(Path::new("/")).join(to)),
                _ => break,
            }
        }
        path
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

/// Returns a path of the image from `/` on, without dots; it never leads out of the image.
fn plain(path: &Path) -> PathBuf {
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
