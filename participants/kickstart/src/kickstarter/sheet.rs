//! What stands in the files: blocks, configurations and repositories, all of them checked.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Found;
use super::block::Block;
use super::folders::folders_of;
use super::mistake::{self, At, Mistake, Report};
use super::repository::Repository;
use super::setting;
use super::shelf::{Shelf, folder};
use super::yaml::{self, Entry, Node, Value};
use crate::check::did_you_mean;

/// Which of the two kinds of files it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// `Default`, then the block of the `Platform`, then the configuration.
    MeeGo,
    /// What blocks a configuration names by `Inherit`.
    Mer,
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
pub(super) type Top = (Arc<str>, Entry);

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
    let read = files.iter().map(|file| file.name.clone()).collect();
    sheet.read_folders(&named, read, shelf, report);
    sheet
}

/// Reads one file into its top-level entries.
pub(super) fn top(file: &Arc<str>, text: &[u8], tops: &mut Vec<Top>, report: &mut Report) {
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

impl Sheet {
    /// Puts a top-level entry where it belongs.
    pub(super) fn sort(&mut self, file: &Arc<str>, entry: Entry, report: &mut Report) {
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
    pub(super) fn configuration(&mut self, at: At, node: Node, own_file: bool, report: &mut Report) {
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
}

/// Warns of a key nobody reads.
pub(super) fn unread(key: &str, at: &At) -> Mistake {
    let help = did_you_mean(key, setting::SETTINGS.iter().map(|(known, _)| *known));
    at.mistake(format!("nobody reads `{key}`{}", help.map(|help| format!(" ({help})")).unwrap_or_default()))
}
