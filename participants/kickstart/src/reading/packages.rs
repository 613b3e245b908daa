//! `%packages`, `%prepackages` and `%attachment`: what is installed.

mod entry;
mod selection;

pub(crate) use entry::without_comment;
pub use entry::{Entry, GroupInclude};
pub(crate) use selection::select;

use crate::document::Kickstart;
use crate::section::Section;

/// A name and the line it stands on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Named {
    /// The name.
    pub name: String,
    /// The line in the file.
    pub line: usize,
}

/// A group of packages: `@name`, `@A Name With Blanks --optional`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackageGroup {
    /// The name without the at sign.
    pub name: String,
    /// Which of the group's packages are meant.
    pub include: GroupInclude,
    /// The line in the file.
    pub line: usize,
}

/// The options of the opening lines of all `%packages` sections.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PackageOptions {
    /// `--excludedocs`.
    pub excludedocs: bool,
    /// `--nocore`.
    pub nocore: bool,
    /// `--ignoremissing`.
    pub ignoremissing: bool,
    /// `--ignorebroken`.
    pub ignorebroken: bool,
    /// `--default`.
    pub default: bool,
    /// `--exclude-weakdeps`.
    pub exclude_weakdeps: bool,
    /// `--multilib`.
    pub multilib: bool,
    /// `--inst-langs`; `Some` of nothing means no languages at all.
    pub inst_langs: Option<Vec<String>>,
    /// `--retries`.
    pub retries: Option<u64>,
    /// `--timeout`.
    pub timeout: Option<u64>,
}

/// What all `%packages` sections together ask for; where lines contradict each other, the later counts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Packages {
    /// The line of the first `%packages`, when there is one.
    pub line: Option<usize>,
    /// Packages to install, globs among them.
    pub packages: Vec<Named>,
    /// `-name`: packages to leave out.
    pub exclusions: Vec<Named>,
    /// `@name`: groups to install.
    pub groups: Vec<PackageGroup>,
    /// `-@name`: groups to leave out.
    pub excluded_groups: Vec<Named>,
    /// `@^name`: the environment.
    pub environment: Option<Named>,
    /// The options of the opening lines.
    pub options: PackageOptions,
}

impl Kickstart {
    /// Returns what the `%packages` sections ask for.
    pub fn packages(&self) -> Packages {
        let sections: Vec<_> = self.sections().filter(|section| section.name() == "%packages").collect();
        let mut options = PackageOptions::default();
        for section in &sections {
            options.add(section);
        }
        let line = sections.first().map(Section::line);
        let lines = sections.iter().flat_map(Section::lines);
        selection::select(lines).into_packages(line, options)
    }

    /// Returns the names in `%prepackages`: packages installed before all others.
    pub fn prepackages(&self) -> Vec<Named> {
        self.names("%prepackages")
    }

    /// Returns the lines of `%attachment`: packages or absolute paths whose files go beside the image.
    pub fn attachments(&self) -> Vec<Named> {
        self.names("%attachment")
    }

    fn names(&self, section: &str) -> Vec<Named> {
        let sections = self.sections().filter(|found| found.name() == section);
        let lines = sections.flat_map(|section| section.lines());
        let names = lines.filter_map(|(line, text)| {
            let name = without_comment(&text);
            (!name.is_empty()).then(|| Named { name: name.to_owned(), line })
        });
        names.collect()
    }
}

impl PackageOptions {
    fn add(&mut self, section: &Section<'_>) {
        let of = section.arguments();
        self.excludedocs |= of.has("--excludedocs");
        self.nocore |= of.has("--nocore");
        self.ignoremissing |= of.has("--ignoremissing");
        self.ignorebroken |= of.has("--ignorebroken");
        self.default |= of.has("--default");
        self.exclude_weakdeps |= of.has("--exclude-weakdeps");
        self.multilib |= of.has("--multilib");
        if let Some(langs) = of.value("--inst-langs") {
            let langs = langs.split([',', ':']).map(str::trim).filter(|lang| !lang.is_empty());
            self.inst_langs = Some(langs.map(str::to_owned).collect());
        }
        self.retries = of.number("--retries").or(self.retries);
        self.timeout = of.number("--timeout").or(self.timeout);
    }
}
