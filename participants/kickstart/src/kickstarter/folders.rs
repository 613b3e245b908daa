//! The folders of further files.

use std::collections::HashSet;
use std::sync::Arc;

use super::mistake::{At, Report};
use super::sheet::{Family, Sheet, Top, top};
use super::shelf::{Shelf, folder, join};
use super::yaml::{self, Node, Value};

/// How many files folders may hold, and how many bytes in all.
const MOST_FILES: usize = 500;
const MOST_BYTES: usize = 8 << 20;
/// How many folders may be named.
const MOST_FOLDERS: usize = 100;

/// Returns the folders that `ExternalConfigs` names.
pub(super) fn folders_of(tops: &[Top], report: &mut Report) -> Vec<(String, At)> {
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
    /// Reads every `*.yaml` of the folders, but those that were read: `read` has their paths.
    pub(super) fn read_folders(
        &mut self,
        named: &[(String, At)],
        mut read: HashSet<String>,
        shelf: &mut dyn Shelf,
        report: &mut Report,
    ) {
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
                let path = match join(folder, &name) {
                    Ok(path) if !read.insert(path.clone()) => continue,
                    path => path,
                };
                let (text, path) = match path.and_then(|path| Ok((shelf.file(&path)?, path))) {
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
