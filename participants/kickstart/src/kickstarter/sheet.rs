//! What stands in the files: blocks, configurations and repositories, all of them checked.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Found;
use super::mistake::{self, At, Mistake, Report};
use super::repository::Repository;
use super::setting;
use super::shelf::{Shelf, folder, join};
use super::yaml::{self, Entry, Node, Value};
use crate::check::did_you_mean;

/// How many files folders may hold, and how many bytes in all.
const MOST_FILES: usize = 500;
const MOST_BYTES: usize = 8 << 20;
/// How many folders may be named.
const MOST_FOLDERS: usize = 100;

/// Which of the two kinds of files it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// `Default`, then the block of the `Platform`, then the configuration.
    MeeGo,
    /// What blocks a configuration names by `Inherit`.
    Mer,
}

/// Settings that have a name.
#[derive(Debug)]
pub(super) struct Block {
    pub(super) name: Arc<str>,
    pub(super) at: At,
    pub(super) entries: Vec<Entry>,
    /// Whether it is a configuration that is a file of its own.
    pub(super) own_file: bool,
}

impl Block {
    /// Returns a place in it.
    pub(super) fn place(&self, line: usize, column: usize) -> At {
        At { file: self.at.file.clone(), line, column, block: Some(self.name.clone()) }
    }

    /// Returns a setting it has itself; an empty one counts as none.
    pub(super) fn own(&self, key: &str) -> Option<(&str, At)> {
        let entry = self.entries.iter().find(|entry| entry.key == key)?;
        match &entry.node.value {
            Value::Text(text) => {
                Some((text.trim_end_matches('\n'), self.place(entry.node.line, entry.node.column)))
            }
            _ => None,
        }
    }

    /// Returns the blocks it names by `Inherit`, each with its place.
    pub(super) fn parents(&self) -> impl Iterator<Item = (&str, At)> {
        let inherit = self.entries.iter().find(|entry| entry.key == "Inherit").map(|entry| &entry.node.value);
        let list = match inherit {
            Some(Value::List(list)) => list.as_slice(),
            _ => &[],
        };
        list.iter().filter_map(|node| match &node.value {
            Value::Text(name) => Some((name.as_str(), self.place(node.line, node.column))),
            _ => None,
        })
    }
}

/// Everything that was read.
#[derive(Debug)]
pub(super) struct Sheet {
    pub(super) family: Family,
    pub(super) blocks: BTreeMap<Arc<str>, Block>,
    pub(super) configurations: Vec<Block>,
    /// By their name, each in the order of the files.
    pub(super) repositories: BTreeMap<String, Vec<Repository>>,
    /// Where snippets are looked for.
    pub(super) folders: Vec<String>,
    pub(super) warnings: Vec<Mistake>,
    /// Configurations by their name.
    names: BTreeMap<Arc<str>, usize>,
}

/// A top-level entry and the file it is in.
type Top = (Arc<str>, Entry);

/// Reads files and the folders they name.
pub(super) fn read(files: &[Found], shelf: &mut dyn Shelf, report: &mut Report) -> Sheet {
    let mut tops = Vec::new();
    for file in files {
        top(&Arc::from(file.name.as_str()), &file.text, &mut tops, report);
    }
    let family = family(&tops);
    let mut folders: Vec<String> = Vec::new();
    let mut add_folder = |folder: String| {
        if !folders.contains(&folder) {
            folders.push(folder);
        }
    };
    let named = folders_of(&tops, report);
    named.iter().for_each(|(folder, _)| add_folder(folder.clone()));
    files.iter().for_each(|file| add_folder(folder(&file.name).to_owned()));
    let mut sheet = Sheet {
        family,
        blocks: BTreeMap::new(),
        configurations: Vec::new(),
        repositories: BTreeMap::new(),
        names: BTreeMap::new(),
        folders,
        warnings: Vec::new(),
    };
    for (file, entry) in tops {
        sheet.sort(&file, entry, report);
    }
    sheet.read_folders(&named, shelf, report);
    sheet
}

/// Reads one file into its top-level entries.
fn top(file: &Arc<str>, text: &[u8], tops: &mut Vec<Top>, report: &mut Report) {
    match yaml::read(file, text) {
        Ok(Node { value: Value::Nothing, .. }) => {}
        Ok(Node { value: Value::Map(entries), .. }) => {
            tops.extend(entries.into_iter().map(|entry| (file.clone(), entry)));
        }
        Ok(node) => {
            let at = At { file: file.clone(), line: node.line, column: node.column, block: None };
            report.add(&at, format!("the file should be a mapping of blocks, not {}", node.value.kind()));
        }
        Err(mistake) => report.push(mistake),
    }
}

/// `Default`, and `Platform` in a configuration, are words of the MeeGo files.
fn family(tops: &[Top]) -> Family {
    let names_platform = |node: &Node| match &node.value {
        Value::Map(entries) => entries.iter().any(|entry| entry.key == "Platform"),
        _ => false,
    };
    let is_meego = |(_, entry): &Top| match (entry.key.as_str(), &entry.node.value) {
        ("Default", _) => true,
        ("Configurations", Value::List(list)) => list.iter().any(names_platform),
        _ => false,
    };
    if tops.iter().any(is_meego) { Family::MeeGo } else { Family::Mer }
}

/// Returns the folders that `ExternalConfigs` names.
fn folders_of(tops: &[Top], report: &mut Report) -> Vec<(String, At)> {
    let mut folders = Vec::new();
    for (file, entry) in tops.iter().filter(|(_, entry)| entry.key == "ExternalConfigs") {
        let at = |node: &Node| At { file: file.clone(), line: node.line, column: node.column, block: None };
        match &entry.node.value {
            Value::Nothing => {}
            Value::List(list) => {
                for node in list {
                    let joined = match &node.value {
                        Value::Text(name) => join(folder(file), name),
                        other => Err(format!(
                            "`ExternalConfigs` should be a list of folders; {} is none",
                            other.kind()
                        )),
                    };
                    match joined {
                        Ok(_) if folders.len() == MOST_FOLDERS => {
                            report.add(&at(node), format!("these are more than {MOST_FOLDERS} folders"));
                            return folders;
                        }
                        Ok(folder) => folders.push((folder, at(node))),
                        Err(message) => report.add(&at(node), message),
                    }
                }
            }
            other => {
                report.add(
                    &at(&entry.node),
                    format!("`ExternalConfigs` should be a list, not {}", other.kind()),
                );
            }
        }
    }
    folders
}

impl Sheet {
    /// Puts a top-level entry where it belongs.
    fn sort(&mut self, file: &Arc<str>, entry: Entry, report: &mut Report) {
        let at = |node: &Node| At { file: file.clone(), line: node.line, column: node.column, block: None };
        match (entry.key.as_str(), entry.node.value) {
            ("ExternalConfigs", _) | ("Repositories" | "Configurations", Value::Nothing) => {}
            ("Repositories", Value::List(list)) => {
                for node in list {
                    let place = at(&node);
                    if let Some(repo) = Repository::read(node, &place, &mut self.warnings, report) {
                        self.repositories.entry(repo.name.clone()).or_default().push(repo);
                    }
                }
            }
            ("Configurations", Value::List(list)) => {
                for node in list {
                    self.configuration(at(&node), node, false, report);
                }
            }
            (key @ ("Repositories" | "Configurations"), other) => {
                let at = At { file: file.clone(), line: entry.line, column: entry.column, block: None };
                report.add(&at, format!("`{key}` should be a list, not {}", other.kind()));
            }
            (_, value) => {
                let name: Arc<str> = entry.key.into();
                let at = At {
                    file: file.clone(),
                    line: entry.line,
                    column: entry.column,
                    block: Some(name.clone()),
                };
                let entries = match value {
                    Value::Map(entries) => entries,
                    Value::Nothing => Vec::new(),
                    other => {
                        return report.add(&at, format!("a block should be a mapping, not {}", other.kind()));
                    }
                };
                if let Some(known) = self.blocks.get(&name) {
                    let other = &known.at;
                    return report.add(&at, format!("the block is at {}:{}, too", other.file, other.line));
                }
                let block = Block { name: name.clone(), at, entries, own_file: false };
                self.check(&block, report);
                self.blocks.insert(name, block);
            }
        }
    }

    /// Takes a configuration.
    fn configuration(&mut self, at: At, node: Node, own_file: bool, report: &mut Report) {
        let entries = match node.value {
            Value::Map(entries) => entries,
            other => {
                return report.add(&at, format!("a configuration should be a mapping, not {}", other.kind()));
            }
        };
        let name = entries.iter().find(|entry| entry.key == "Name").map(|entry| &entry.node.value);
        let Some(Value::Text(name)) = name else { return report.add(&at, "the configuration has no `Name`") };
        let name: Arc<str> = name.trim_end_matches('\n').into();
        let block =
            Block { name: name.clone(), at: At { block: Some(name.clone()), ..at }, entries, own_file };
        if let Some(known) = self.names.insert(name, self.configurations.len()) {
            let other = &self.configurations[known].at;
            report.add(
                &block.at,
                format!("a configuration of that name is at {}:{}, too", other.file, other.line),
            );
        }
        self.check(&block, report);
        self.configurations.push(block);
    }

    /// Reports values that do not fit, and warns of settings nobody reads.
    fn check(&mut self, block: &Block, report: &mut Report) {
        for entry in &block.entries {
            let at = |line, column| block.place(line, column);
            match setting::kind(&entry.key) {
                Some(kind) => setting::check(&entry.key, kind, &entry.node, &at, report),
                None if self.warnings.len() < mistake::MOST => {
                    self.warnings.push(unread(&entry.key, &at(entry.line, entry.column)));
                }
                None => {}
            }
            if self.family == Family::MeeGo && entry.key == "Inherit" {
                let message = "`Inherit` is not read in files with `Default` or `Platform`";
                report.add(&at(entry.line, entry.column), message);
            }
        }
    }

    /// Reads every `*.yaml` of the folders.
    fn read_folders(&mut self, named: &[(String, At)], shelf: &mut dyn Shelf, report: &mut Report) {
        let (mut count, mut bytes) = (0, 0);
        for (folder, at) in named {
            let mut names = match shelf.files(folder) {
                Ok(names) => names,
                Err(why) => {
                    report.add(at, format!("cannot read the folder {folder}: {why}"));
                    continue;
                }
            };
            names.retain(|name| name.ends_with(".yaml") && !name.starts_with('.'));
            names.sort_unstable();
            for name in names {
                let read = join(folder, &name).and_then(|path| Ok((shelf.file(&path)?, path)));
                let (text, path) = match read {
                    Ok((Some(text), path)) => (text, path),
                    Ok((None, _)) => continue, // it went meanwhile
                    Err(why) => {
                        report.add(at, format!("cannot read {name} in {folder}: {why}"));
                        continue;
                    }
                };
                (count, bytes) = (count + 1, bytes + text.len());
                if count > MOST_FILES || bytes > MOST_BYTES {
                    let message = format!(
                        "the folders have more than {MOST_FILES} files, or more than {} MiB",
                        MOST_BYTES >> 20
                    );
                    return report.add(at, message);
                }
                self.take_file(&Arc::from(path), &text, report);
            }
        }
    }

    /// Takes a file of such a folder: a configuration of the MeeGo family, more blocks of the Mer one.
    fn take_file(&mut self, file: &Arc<str>, text: &[u8], report: &mut Report) {
        if self.family == Family::MeeGo {
            match yaml::read(file, text) {
                Ok(node) => {
                    let at = At { file: file.clone(), line: node.line, column: node.column, block: None };
                    self.configuration(at, node, true, report);
                }
                Err(mistake) => report.push(mistake),
            }
            return;
        }
        let mut tops = Vec::new();
        top(file, text, &mut tops, report);
        for (file, entry) in tops {
            if entry.key == "ExternalConfigs" {
                let at = At { file: file.clone(), line: entry.line, column: entry.column, block: None };
                report.add(&at, "this file comes from `ExternalConfigs`, and cannot name further folders");
            }
            self.sort(&file, entry, report);
        }
    }
}

/// Warns of a key nobody reads.
pub(super) fn unread(key: &str, at: &At) -> Mistake {
    let help = did_you_mean(key, setting::SETTINGS.iter().map(|(known, _)| *known));
    at.mistake(format!("nobody reads `{key}`{}", help.map(|help| format!(" ({help})")).unwrap_or_default()))
}
