//! Files for tests, on a disk and in memory.

use std::collections::BTreeMap;
use std::path::PathBuf;

use img_kickstart::Found;
use img_kickstart::kickstarter::{Generated, Kickstarter, Mistakes, Shelf, Wanted};

/// Files below a folder.
pub(crate) struct Disk(pub(crate) PathBuf);

impl Shelf for Disk {
    fn file(&mut self, path: &str) -> Result<Option<Vec<u8>>, String> {
        let path = self.0.join(path);
        if path.is_file() {
            std::fs::read(path).map(Some).map_err(|error| error.to_string())
        } else {
            Ok(None)
        }
    }

    fn files(&mut self, folder: &str) -> Result<Vec<String>, String> {
        let entries = std::fs::read_dir(self.0.join(folder)).map_err(|error| error.to_string())?;
        Ok(entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect())
    }
}

/// Files by their path; it remembers what it was asked for.
#[derive(Default)]
pub(crate) struct Memory {
    pub(crate) files: BTreeMap<String, Vec<u8>>,
    pub(crate) asked: Vec<String>,
}

impl Memory {
    pub(crate) fn of(files: &[(&str, &str)]) -> Memory {
        let files = files.iter().map(|(path, text)| (path.to_string(), text.as_bytes().to_vec()));
        Memory { files: files.collect(), asked: Vec::new() }
    }
}

impl Shelf for Memory {
    fn file(&mut self, path: &str) -> Result<Option<Vec<u8>>, String> {
        self.asked.push(path.to_owned());
        Ok(self.files.get(path).cloned())
    }

    fn files(&mut self, folder: &str) -> Result<Vec<String>, String> {
        self.asked.push(format!("{folder}/"));
        let below = format!("{folder}/");
        let names: Vec<_> =
            self.files.keys().filter_map(|path| path.strip_prefix(&below)).map(str::to_owned).collect();
        if names.is_empty() { Err("there is no such folder".into()) } else { Ok(names) }
    }
}

/// Reads one file `c.yaml` and makes what is wanted of it.
pub(crate) fn make(text: &str, wanted: &Wanted, shelf: &mut dyn Shelf) -> Result<Vec<Generated>, Mistakes> {
    let file = Found { name: "c.yaml".into(), text: text.as_bytes().to_vec() };
    Kickstarter::read(&[file], shelf)?.generate(wanted, shelf)
}
