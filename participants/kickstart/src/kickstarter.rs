//! Kickstarts made from YAML files, in both families of them: MeeGo's and Mer's.
//!
//! [`Kickstarter::read`] takes configurations and repositories and tells everything that is wrong with them, each with its
//! file, line and block; [`Kickstarter::generate`] makes kickstarts that [`check`](crate::check()) has nothing against,
//! the same input always giving the same bytes. Snippets and further files are read by the caller: a [`Shelf`].
//!
//! ```
//! use img_kickstart::Found;
//! use img_kickstart::kickstarter::{Kickstarter, Shelf, Wanted};
//!
//! struct Nothing;
//! impl Shelf for Nothing {
//!     fn file(&mut self, _: &str) -> Result<Option<Vec<u8>>, String> {
//!         Ok(None)
//!     }
//!     fn files(&mut self, folder: &str) -> Result<Vec<String>, String> {
//!         Err(format!("there is no {folder}"))
//!     }
//! }
//!
//! let text = "
//! Base: { Language: en_US.UTF-8, Repos: [core] }
//! Configurations:
//!   - { Name: phone, Inherit: [Base], Architecture: armv7hl, ExtraPackages: [vim] }
//! Repositories:
//!   - { Name: core, Url: http://repo.example/@ARCH@/@RELEASE@ }
//! ";
//! let files = [Found { name: "phone.yaml".into(), text: text.into() }];
//! let yaml = Kickstarter::read(&files, &mut Nothing)?;
//! let made = yaml.generate(&Wanted::default(), &mut Nothing)?;
//!
//! assert_eq!(made[0].path, "phone.ks");
//! assert!(made[0].kickstart.contains("repo --name=core --baseurl=http://repo.example/armv7hl/@RELEASE@\n"));
//! # Ok::<(), img_kickstart::kickstarter::Mistakes>(())
//! ```

mod block;
mod commands;
mod folders;
mod inherit;
mod lists;
mod mistake;
mod paper;
mod repository;
mod setting;
mod settings;
mod sheet;
mod shelf;
mod size;
mod snippets;
mod yaml;

use std::collections::HashMap;

pub use self::mistake::{Mistake, Mistakes};
pub use self::repository::{Flavour, UnknownFlavour};
pub use self::sheet::Family;
pub use self::shelf::Shelf;
pub use crate::include::Found;

use self::block::Block;
use self::lists::Content;
use self::mistake::{At, Report, in_order};
use self::paper::Paper;
use self::settings::Settings;
use self::sheet::Sheet;
use self::size::Spent;
use self::snippets::Purpose;

/// Configurations that were read and found sound.
#[derive(Debug)]
pub struct Kickstarter(Sheet);

/// Which kickstarts are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// The configurations, each by its `Name` or its `FileName`; none for all that are active.
    pub only: Vec<String>,
    /// Which of the addresses of repositories counts.
    pub flavour: Option<Flavour>,
}

/// A kickstart that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Generated {
    /// The name of the configuration.
    pub name: String,
    /// Where it would be written: `FileName.ks`, in the MeeGo family below `Baseline/`.
    pub path: String,
    /// The text.
    pub kickstart: String,
    /// `Architecture`, when there is one.
    pub architecture: Option<String>,
    /// What is installed, and with a minus what is not.
    pub packages: Vec<String>,
    /// The groups of packages, without their signs.
    pub groups: Vec<String>,
}

impl Generated {
    /// Returns what the file is called, without folder and ending.
    pub fn file_name(&self) -> &str {
        let file = self.path.rsplit('/').next().unwrap_or(&self.path);
        file.strip_suffix(".ks").unwrap_or(file)
    }
}

impl Kickstarter {
    /// Reads files, and the folders they name by `ExternalConfigs`; says everything that is wrong with any of them.
    pub fn read(files: &[Found], shelf: &mut dyn Shelf) -> Result<Kickstarter, Mistakes> {
        let mut report = Report::default();
        let sheet = sheet::read(files, shelf, &mut report);
        sheet.check_inheritance(&mut report);
        report.finish()?;
        Ok(Kickstarter(sheet))
    }

    /// Returns which family the files are of.
    pub fn family(&self) -> Family {
        self.0.family
    }

    /// Returns the names of all configurations, and whether each is active.
    pub fn configurations(&self) -> impl Iterator<Item = (&str, bool)> {
        self.0.configurations.iter().map(|block| (&*block.name, self.0.is_active(block)))
    }

    /// Returns what a person should know, although nothing stops for it: settings nobody reads.
    pub fn warnings(&self) -> Vec<Mistake> {
        in_order(self.0.warnings.clone())
    }

    /// Makes kickstarts, or says everything that stands against it.
    pub fn generate(&self, wanted: &Wanted, shelf: &mut dyn Shelf) -> Result<Vec<Generated>, Mistakes> {
        let mut report = Report::default();
        let (mut paths, mut folders) = (HashMap::new(), HashMap::new());
        let (mut made, mut spent) = (Vec::new(), Spent::default());
        for block in self.chosen(wanted, &mut report) {
            if report.is_full() {
                break;
            }
            let made_of = Settings::of(&self.0, block).map_err(|why| (block.at.clone(), why));
            let (settings, path) =
                match made_of.and_then(|settings| self.path(&settings).map(|path| (settings, path))) {
                    Ok(both) => both,
                    Err((at, why)) => {
                        report.add(&at, why);
                        continue;
                    }
                };
            if let Some(other) = paths.insert(path.clone(), block) {
                let Block { name, at, .. } = other;
                let message =
                    format!("it would be written to {path}, as `{name}` at {}:{} would", at.file, at.line);
                report.add(&block.at, message);
                continue;
            }
            let folder = path.split_once('/').map(|(folder, _)| folder.to_owned());
            let is_file = folder.as_ref().and_then(|folder| paths.get(folder));
            if let Some(other) = is_file.or_else(|| folders.get(&path)) {
                let Block { name, at, .. } = other;
                let both = folder.as_ref().unwrap_or(&path);
                let message = format!(
                    "{both} would be a file and a folder, the other of `{name}` at {}:{}",
                    at.file, at.line
                );
                report.add(&block.at, message);
                continue;
            }
            folders.extend(folder.map(|folder| (folder, block)));
            let one = self.write(&settings, path, wanted.flavour, shelf, &mut report);
            let length = one.as_ref().map_or(0, |one: &Generated| one.kickstart.len());
            if let Err(why) = spent.all(settings.size, length) {
                report.add(&block.at, why);
                break;
            }
            made.extend(one);
        }
        report.finish()?;
        Ok(made)
    }

    /// Returns the configurations that are meant.
    fn chosen(&self, wanted: &Wanted, report: &mut Report) -> Vec<&Block> {
        if wanted.only.is_empty() {
            return self.0.configurations.iter().filter(|block| self.0.is_active(block)).collect();
        }
        let mut chosen: Vec<&Block> = Vec::new();
        for name in &wanted.only {
            match self.0.find(name) {
                Some(block) if chosen.iter().any(|known| std::ptr::eq(*known, block)) => {}
                Some(block) => chosen.push(block),
                None => {
                    let names: Vec<&str> = self.configurations().map(|(name, _)| name).take(20).collect();
                    let message =
                        format!("there is no configuration `{name}`; there are {}", names.join(", "));
                    report.add(&self.0.anywhere(), message);
                }
            }
        }
        chosen
    }

    /// Returns where a configuration would be written, or why nowhere.
    fn path(&self, settings: &Settings) -> Result<String, (At, String)> {
        let named = settings.get("FileName");
        let (file, at) = named.map_or((&*settings.name, &settings.at), |said| (&*said.text, &said.at));
        let file = file.trim();
        let file = file.strip_suffix(".ks").unwrap_or(file);
        let plain = |text: &str| {
            !text.is_empty()
                && !text.starts_with('.')
                && !text.contains(['/', '\\'])
                && setting::line(text).is_none()
        };
        if !plain(file) || file.len() > 200 {
            return Err((at.clone(), format!("`{file}` is no name of a file: set `FileName`")));
        }
        let baseline = settings.get("Baseline").filter(|_| self.0.family == Family::MeeGo);
        match baseline {
            None => Ok(format!("{file}.ks")),
            Some(said) if plain(said.text.trim()) => Ok(format!("{}/{file}.ks", said.text.trim())),
            Some(said) => Err((said.at.clone(), format!("`{}` is no name of a folder", said.text))),
        }
    }

    /// Writes one kickstart.
    fn write(
        &self,
        settings: &Settings,
        path: String,
        flavour: Option<Flavour>,
        shelf: &mut dyn Shelf,
        report: &mut Report,
    ) -> Option<Generated> {
        let mut own = Report::default();
        let mut paper = Paper::default();
        if let Some(options) = settings.get("Mic2Options") {
            let line = format!("# -*-mic2-options-*- {} -*-mic2-options-*-", options.text.trim());
            paper.line(&line, Some(&options.at));
        }
        settings.write_headers(flavour, &mut paper);
        paper.gap();
        settings.write_system(&mut paper);
        match settings.get("Part") {
            Some(said) => {
                if let Some(part) = snippets::read(&self.0, said, Purpose::Partitions, shelf, &mut own) {
                    paper.snippet(&part.text, &part.at);
                }
            }
            None => settings.write_partition(&mut paper),
        }
        settings.write_people(&mut paper);
        paper.gap();
        settings.write_repos(&self.0, flavour, &mut paper, &mut own);
        let Content { packages, groups } = settings.write_packages(&mut paper, &mut own);
        settings.write_scripts(&self.0, shelf, &mut paper, &mut own);
        if let Err(mistakes) = own.finish() {
            mistakes.0.into_iter().for_each(|mistake| report.push(mistake));
            return None; // what is missing would be told twice
        }
        let kickstart = paper.checked(report, &settings.at);
        let architecture = settings.text("Architecture").map(str::to_owned);
        Some(Generated { name: settings.name.to_string(), path, kickstart, architecture, packages, groups })
    }
}
