//! Lines put at the end of a package list.

use std::collections::HashSet;

use crate::document::Kickstart;
use crate::edit::EditError;
use crate::edit::place::{Place, after_last_line, put_section};
use crate::edit::quote::safe;
use crate::lines::indent;
use crate::reading::{Entry, select, without_comment};
use crate::section::Section;

impl Kickstart {
    /// Adds packages to `%packages` and returns whether the text changed.
    ///
    /// A name goes to the end of the first `%packages` section, which is made before the other sections when
    /// there is none; `-name` leaves a package out, `@name` is a group. What the sections already say is skipped.
    pub fn add_packages(&mut self, packages: &[&str]) -> Result<bool, EditError> {
        let entries = packages.iter().map(|text| entry("package", text)).collect::<Result<_, _>>()?;
        Ok(self.add_entries(entries))
    }

    /// Adds groups to `%packages`, each with or without its at sign, and returns whether the text changed.
    ///
    /// `-name` leaves a group out. See [`Kickstart::add_packages`].
    pub fn add_groups(&mut self, groups: &[&str]) -> Result<bool, EditError> {
        let entries = groups.iter().map(|group| {
            let (minus, name) = group.trim().strip_prefix('-').map_or(("", group.trim()), |name| ("-", name));
            let name = name.strip_prefix('@').unwrap_or(name);
            entry("group", &format!("{minus}@{}", safe("group", name)?))
        });
        Ok(self.add_entries(entries.collect::<Result<_, _>>()?))
    }

    /// Takes packages and groups out of `%packages`, and returns whether the text changed.
    ///
    /// `name` takes out the lines that ask for it, `@name` those for a group, `-name` those that leave it out.
    pub fn remove_packages(&mut self, packages: &[&str]) -> Result<bool, EditError> {
        let entries = packages.iter().map(|text| entry("package", text)).collect::<Result<Vec<_>, _>>()?;
        let unwanted: HashSet<String> = entries.iter().map(plainly).collect();
        let sections = self.sections().filter(|section| section.name() == "%packages");
        let lines = sections.flat_map(|section| section.body_lines());
        let spans: Vec<_> = lines
            .filter(|line| {
                Entry::read(&line.to_text()).is_some_and(|entry| unwanted.contains(&plainly(&entry)))
            })
            .map(|line| line.span())
            .collect();
        self.cut(&spans);
        Ok(!spans.is_empty())
    }

    fn add_entries(&mut self, entries: Vec<Entry>) -> bool {
        let sections: Vec<Section<'_>> =
            self.sections().filter(|section| section.name() == "%packages").collect();
        let subjects: HashSet<String> = entries.iter().map(Entry::subject).collect();
        let lines = sections.iter().flat_map(Section::lines);
        let said = select(lines.filter(|(_, line)| may_be_about(line, &subjects)));
        let new: Vec<Entry> = last_of_each(entries).into_iter().filter(|entry| !said.has(entry)).collect();
        if new.is_empty() {
            return false;
        }
        let Some(section) = target(&sections, &new) else {
            let mut block = vec!["%packages".to_owned()];
            block.extend(new.iter().map(Entry::to_string));
            block.push("%end".to_owned());
            put_section(self, "%packages", block);
            return true;
        };
        let (offset, last) = after_last_line(section.body).unwrap_or((0, b""));
        let indent = indent(last);
        let lines: Vec<String> = new.iter().map(|entry| format!("{indent}{entry}")).collect();
        Place::at(self, section.body_span.start + offset).put(self, &lines);
        true
    }
}

/// Returns whether a line may say something about one of the subjects; most lines surely do not.
fn may_be_about(line: &str, subjects: &HashSet<String>) -> bool {
    let text = without_comment(line);
    text.starts_with(['-', '@']) || subjects.contains(text)
}

/// Returns the first section, or the last one that says something else about one of the new entries.
fn target<'s, 'a>(sections: &'s [Section<'a>], new: &[Entry]) -> Option<&'s Section<'a>> {
    let subjects: HashSet<String> = new.iter().map(Entry::subject).collect();
    let speaks = |section: &&Section<'_>| {
        let lines = section.lines().filter(|(_, line)| may_be_about(line, &subjects));
        let mut entries = lines.filter_map(|(_, text)| Entry::read(&text));
        entries.any(|entry| subjects.contains(&entry.subject()))
    };
    sections.iter().rev().find(speaks).or(sections.first())
}

/// Returns an entry without the options of a group.
fn plainly(entry: &Entry) -> String {
    match entry {
        Entry::Group(name, _) => format!("@{name}"),
        other => other.to_string(),
    }
}

/// Of several entries about one thing, keeps the last.
fn last_of_each(entries: Vec<Entry>) -> Vec<Entry> {
    let mut seen = HashSet::new();
    let mut kept: Vec<Entry> =
        entries.into_iter().rev().filter(|entry| seen.insert(entry.subject())).collect();
    kept.reverse();
    kept
}

/// Reads `text` as exactly one entry that means the same once it is written.
fn entry(what: &'static str, text: &str) -> Result<Entry, EditError> {
    let text = safe(what, text)?.trim();
    let refused = || EditError::NotAName { what, value: text.to_owned() };
    let entry = Entry::read(text).ok_or_else(refused)?;
    let name = entry.name();
    let single = matches!(entry, Entry::Package(_) | Entry::Exclusion(_));
    let wrong = name.is_empty()
        || name.starts_with(['%', '-', '@', '^'])
        || text.contains('#')
        || (single && name.contains(char::is_whitespace))
        || name.split_whitespace().any(|word| word.starts_with("--"));
    if wrong || Entry::read(&entry.to_string()).as_ref() != Some(&entry) {
        return Err(refused());
    }
    Ok(entry)
}
