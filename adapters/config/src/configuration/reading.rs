//! From files and variables to a configuration.

use std::path::Path;

use super::{Configuration, Layer, review};
use crate::env_file;
use crate::environment::{Overrides, Remarks};
use crate::ini::Ini;
use crate::keys;
use crate::mistake::Mistake;
use crate::secrets::secrets_exposed;
use crate::sources::{Sources, conf_files, is_forbidden, is_there};

const PARTICIPANT: &str = "participant";

impl Configuration {
    /// Reads all there is. Opens no file that is not an ordinary one, and connects to nothing.
    pub fn read(sources: &Sources) -> Configuration {
        let mut read = Configuration {
            file: sources.file.clone(),
            participant: sources.participant.clone(),
            layers: Vec::new(),
            merged: Ini::default(),
            overrides: Overrides::default(),
            mistakes: Vec::new(),
            warnings: Vec::new(),
            unread: false,
        };
        read.overrides(sources);
        for file in sources.old_files(&mut read.mistakes) {
            read.file(&file, false);
        }
        let own = sources.own_file();
        let found_others = !read.layers.is_empty() || own.is_some() || read.overrides.keys().next().is_some();
        let wanted = !found_others || sources.file != Path::new(Sources::USUAL);
        if is_there(&sources.file) || wanted && !sources.may_be_missing {
            read.file(&sources.file, false);
        }
        read.included(&[Some(sources.file.as_path()), own.as_deref()]);
        read.left_to_supervisor(sources);
        if let Some(installed) = sources.installed_file() {
            read.file(&installed, true);
        }
        if let Some(own) = own {
            read.file(&own, true);
        }
        review::unused_variables(&mut read);
        read.check_values();
        if sources.may_be_missing {
            read.excuse_what_may_not_be_read();
        }
        read
    }

    /// Only warns of files nobody named and this user may not read: they are others' business.
    fn excuse_what_may_not_be_read(&mut self) {
        let (others, own): (Vec<_>, Vec<_>) = std::mem::take(&mut self.mistakes)
            .into_iter()
            .partition(|mistake| mistake.line.is_none() && is_forbidden(&mistake.file));
        self.mistakes = own;
        self.warnings.extend(others.into_iter().map(|mistake| {
            let file = mistake.file.display();
            format!(
                "{file}: this user may not read it, so nothing of it counts here; --config FILE names another"
            )
        }));
    }

    fn overrides(&mut self, sources: &Sources) {
        let mut remarks = Remarks::default();
        for file in sources.env_files() {
            let (assignments, mistakes) = env_file::read(&file);
            self.mistakes.extend(mistakes);
            self.warnings.extend(secrets_exposed(&file));
            self.overrides.add_file(assignments, &mut remarks);
        }
        self.overrides.add_environment(&sources.environment, &mut remarks);
        self.mistakes.append(&mut remarks.mistakes);
        self.warnings.append(&mut remarks.warnings);
    }

    /// Adds one file. Unless it is the participant's own, it may describe another one.
    fn file(&mut self, file: &Path, own: bool) {
        let (ini, mistakes) = Ini::read_leniently(file);
        // also when all that is known of it is a line that is no text
        self.unread |= !mistakes.is_empty() && ini.is_empty();
        self.mistakes.extend(mistakes);
        self.warnings.extend(secrets_exposed(file));
        let described = ini.get(PARTICIPANT, "name").ok().flatten().and_then(|value| value.text);
        review::layer(file, &ini, self.participant.as_deref(), described.as_deref(), &mut self.warnings);
        let of_another = described.is_some() && described != self.participant && !own;
        let ini = if of_another { ini.without(PARTICIPANT) } else { ini };
        self.merged.merge(ini.clone());
        self.layers.push(Layer { file: file.to_owned(), ini });
    }

    /// Adds the files of `include_dir`, but for those that are read anyway.
    fn included(&mut self, read_anyway: &[Option<&Path>]) {
        let key = keys::find("skynet", "include_dir").expect("a row of the table");
        let Ok(Some(folder)) = self.setting(key) else { return };
        if folder.text.is_empty() || key.kind.wrong(&folder.text).is_some() {
            return; // the check of all values says so
        }
        let path = Path::new(&folder.text);
        let told = |wrong: &str| folder.origin.mistake(&self.file, format!("[skynet] include_dir {wrong}"));
        if !is_there(path) {
            let warning = told("names a folder that is not there, so nothing is included").to_string();
            return self.warnings.push(warning);
        }
        if !path.is_dir() {
            let mistake = told("is no folder: name one with *.conf files");
            return self.mistakes.push(mistake);
        }
        let real = |path: &Path| path.canonicalize().ok();
        let known: Vec<_> = read_anyway.iter().flatten().filter_map(|path| real(path)).collect();
        for file in conf_files(path, &mut self.mistakes) {
            if !real(&file).is_some_and(|file| known.contains(&file)) {
                self.file(&file, false);
            }
        }
    }

    /// Warns of files supervisor had for participants, which are read only by `skynet install --from`.
    fn left_to_supervisor(&mut self, sources: &Sources) {
        let key = keys::find("skynet", "service_dir").expect("a row of the table");
        let Ok(Some(folder)) = self.setting(key) else { return };
        if !Path::new(&folder.text).is_absolute() {
            return;
        }
        // what cannot be read is none of ours: supervisor has other programs, too
        let all = conf_files(Path::new(&folder.text), &mut Vec::new()).into_iter();
        for file in all {
            let Some(name) = file.file_stem().and_then(|stem| stem.to_str()) else { continue };
            let is_meant = self.participant.as_deref().is_none_or(|wanted| wanted == name);
            if is_meant
                && !is_there(&sources.installed_file_of(name))
                && Ini::read_leniently(&file).0.section_at(PARTICIPANT).is_some()
            {
                let file = file.display();
                self.warnings.push(format!(
                    "{file} says how supervisor ran {name}, and is not read: skynet install --from {file}"
                ));
            }
        }
    }

    /// Notes what is wrong with any value that counts, whoever is to read it.
    fn check_values(&mut self) {
        for key in keys::all().filter(|key| key.unused.is_none()) {
            match self.setting(key) {
                Ok(Some(setting)) if !setting.text.is_empty() => {
                    if let Some(wrong) = key.kind.wrong(&setting.text) {
                        self.mistake(key.section, key.name, wrong);
                    }
                }
                Ok(_) => {}
                Err(mistake) => self.note(mistake),
            }
        }
        self.merged.loops().into_iter().for_each(|mistake| self.note(mistake));
    }

    /// Notes a mistake, once.
    pub(super) fn note(&mut self, mistake: Mistake) {
        if !self.mistakes.contains(&mistake) {
            self.mistakes.push(mistake);
        }
    }
}
