//! The sum of package lists: the later line about a thing counts.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::reading::{Entry, Named, PackageGroup, PackageOptions, Packages};

/// The entries that count, in the order of the file.
#[derive(Debug, Default)]
pub(crate) struct Selection {
    entries: Vec<Option<(usize, Entry)>>,
    by_subject: HashMap<String, usize>,
}

/// Reads numbered lines as package list entries.
pub(crate) fn select<'a>(lines: impl Iterator<Item = (usize, Cow<'a, str>)>) -> Selection {
    let mut selection = Selection::default();
    for (line, text) in lines {
        if let Some(entry) = Entry::read(&text).filter(|entry| !entry.name().is_empty()) {
            selection.add(line, entry);
        }
    }
    selection
}

impl Selection {
    pub(crate) fn add(&mut self, line: usize, entry: Entry) {
        let subject = entry.subject();
        if let Some(before) = self.by_subject.get(&subject) {
            if matches!(&self.entries[*before], Some((_, same)) if *same == entry) {
                return; // said before: the first line keeps its place
            }
            self.entries[*before] = None;
        }
        self.by_subject.insert(subject, self.entries.len());
        self.entries.push(Some((line, entry)));
    }

    /// Returns whether exactly this entry counts.
    pub(crate) fn has(&self, entry: &Entry) -> bool {
        let found = self.by_subject.get(&entry.subject()).and_then(|index| self.entries[*index].as_ref());
        found.is_some_and(|(_, found)| found == entry)
    }

    pub(crate) fn into_entries(self) -> impl Iterator<Item = (usize, Entry)> {
        self.entries.into_iter().flatten()
    }

    pub(super) fn into_packages(self, line: Option<usize>, options: PackageOptions) -> Packages {
        let mut packages = Packages { line, options, ..Packages::default() };
        for (line, entry) in self.into_entries() {
            match entry {
                Entry::Package(name) => packages.packages.push(Named { name, line }),
                Entry::Exclusion(name) => packages.exclusions.push(Named { name, line }),
                Entry::Group(name, include) => packages.groups.push(PackageGroup { name, include, line }),
                Entry::ExcludedGroup(name) => packages.excluded_groups.push(Named { name, line }),
                Entry::Environment(name) => packages.environment = Some(Named { name, line }),
                Entry::ExcludedEnvironment(_) => {} // it only takes back an `@^name` before it
            }
        }
        packages
    }
}
