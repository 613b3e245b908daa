//! What a kickstart says, without the way it is written.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use crate::arguments::{Arguments, Given};
use crate::command::Command;
use crate::document::Kickstart;
use crate::edit::written;
use crate::identity::{Identity, canonical};
use crate::lines::without_ending;
use crate::reading::{Entry, select};
use crate::section::Section;
use crate::table::{self, Row, Value};

/// What is said of one thing.
#[derive(Debug)]
pub(super) struct Said {
    /// What it is: `part /`.
    pub(super) thing: String,
    /// All of it: `part / --size=4`.
    pub(super) text: String,
    pub(super) line: Option<usize>,
    /// Values by option, the plain arguments by nothing.
    pub(super) options: BTreeMap<String, String>,
}

/// What a kickstart says, by what it is said of.
#[derive(Debug, Default)]
pub(super) struct Meaning {
    pub(super) commands: BTreeMap<String, Said>,
    /// The things a command speaks of in their order, where each of its lines counts.
    pub(super) orders: BTreeMap<String, Vec<String>>,
    pub(super) packages: BTreeMap<String, Said>,
    pub(super) sections: BTreeMap<String, Said>,
    /// The keys of the sections in their order.
    pub(super) scripts: Vec<String>,
}

impl Meaning {
    pub(super) fn of(ks: &Kickstart) -> Meaning {
        let mut meaning = Meaning::default();
        meaning.packages.insert(PACKAGES.to_owned(), said_of_packages());
        let mut times: HashMap<Identity, usize> = HashMap::new();
        for command in ks.commands() {
            meaning.add_command(&command, ks, &mut times);
        }
        let mut seen: HashMap<String, usize> = HashMap::new();
        for section in ks.sections() {
            meaning.add_section(&section, &mut seen);
        }
        let lists: Vec<Section<'_>> = ks.sections().filter(|section| section.name() == "%packages").collect();
        for (line, entry) in select(lists.iter().flat_map(Section::lines)).into_entries() {
            let text = format!("%packages {entry}");
            let options = BTreeMap::from([(String::new(), entry.to_string())]);
            let said = Said { thing: "%packages".to_owned(), text, line: Some(line), options };
            meaning.packages.insert(entry.subject(), said);
        }
        meaning
    }

    fn add_command(&mut self, command: &Command<'_>, ks: &Kickstart, times: &mut HashMap<Identity, usize>) {
        let identity = Identity::of(command);
        let many = command.row().is_none_or(|row| row.many);
        let count = times.entry(identity.clone()).or_default();
        *count += usize::from(many);
        let key = format!("{:?} {:?} {count}", identity.name, identity.key);
        let mut thing = vec![canonical(command.name()).to_owned()];
        let options = if command.fault.is_some() {
            let raw = &ks.as_bytes()[command.span.clone()];
            BTreeMap::from([(String::new(), String::from_utf8_lossy(raw.trim_ascii()).into_owned())])
        } else {
            if many {
                thing.extend(identity.key.iter().map(|word| written(word)));
            }
            match command.row() {
                Some(row) => options(&command.arguments(), row),
                None => BTreeMap::from([(String::new(), identity.key.join(" "))]),
            }
        };
        let text = match command.fault {
            None => crate::format::words(command).join(" "),
            Some(_) => options[""].clone(),
        };
        let thing = thing.join(" ");
        if many {
            self.orders.entry(identity.name).or_default().push(key.clone());
        }
        self.commands.insert(key, Said { thing, text, line: Some(command.line), options });
    }

    fn add_section(&mut self, section: &Section<'_>, seen: &mut HashMap<String, usize>) {
        let row = section.row().unwrap_or(&table::UNKNOWN);
        let options = options(&section.arguments(), row);
        let name = section.name().to_owned();
        if name == "%packages" {
            let all = self.packages.entry(PACKAGES.to_owned()).or_insert_with(said_of_packages);
            all.line = all.line.or(Some(section.line()));
            all.options.extend(options);
            return;
        }
        let body = match section.name() {
            "%attachment" | "%prepackages" => Cow::Owned(listed(section)),
            _ => String::from_utf8_lossy(without_ending(section.body)),
        };
        let key = format!("{name} {options:?} {body:?}");
        let times = seen.entry(key.clone()).or_default();
        *times += 1;
        let words: Vec<String> = section.header.words.iter().map(|word| written(&word.text)).collect();
        let count = section.lines().count();
        let text = format!("{} ({count} line{})", words.join(" "), if count == 1 { "" } else { "s" });
        let key = format!("{key} {times}");
        self.scripts.push(key.clone());
        let said = Said { thing: name, text, line: Some(section.line()), options: BTreeMap::new() };
        self.sections.insert(key, said);
    }
}

/// The opening lines of all `%packages` together.
const PACKAGES: &str = "";

fn said_of_packages() -> Said {
    let thing = "%packages".to_owned();
    Said { text: thing.clone(), thing, line: None, options: BTreeMap::new() }
}

/// Returns the entries of a list, a line each.
fn listed(section: &Section<'_>) -> String {
    let entries = section.lines().filter_map(|(_, line)| Entry::read(&line));
    entries.map(|entry| entry.to_string() + "\n").collect()
}

/// Returns what each option says, and the plain arguments under nothing.
fn options(read: &Arguments<'_>, row: &Row) -> BTreeMap<String, String> {
    let mut options: BTreeMap<String, String> = BTreeMap::new();
    for given in &read.options {
        let value = value(given);
        let name = given.option.meaning();
        match options.get_mut(name).filter(|_| given.option.many) {
            Some(before) => {
                before.push(',');
                before.push_str(&value);
            }
            None => {
                if !given.option.turns.is_empty() {
                    let turned = row.options.iter().filter(|other| given.option.replaces(other));
                    turned.for_each(|other| drop(options.remove(other.name)));
                }
                options.insert(name.to_owned(), value);
            }
        }
    }
    for misfit in &read.misfits {
        options.insert(misfit.written.clone(), String::new());
    }
    let plain: Vec<String> = read.plain.iter().map(|word| written(&word.text)).collect();
    if !plain.is_empty() || row.arguments.0 > 0 {
        options.insert(String::new(), plain.join(" "));
    }
    options
}

/// Returns a value so that two that mean the same are the same.
fn value(given: &Given) -> String {
    let value = given.value.as_deref().unwrap_or_default();
    match given.option.value {
        Value::List => {
            value.split(',').map(str::trim).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(",")
        }
        Value::Number | Value::Integer => {
            value.trim().parse::<i64>().map_or(value.to_owned(), |number| number.to_string())
        }
        Value::YesNo => match value.to_ascii_lowercase().as_str() {
            "yes" | "on" | "true" | "1" => "yes".to_owned(),
            "no" | "off" | "false" | "0" => "no".to_owned(),
            _ => value.to_owned(),
        },
        Value::Flag | Value::Text | Value::Optional | Value::Choice(_) | Value::Exact(_) => value.to_owned(),
    }
}
