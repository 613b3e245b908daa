//! What a person should know of a file: keys nobody knows, and keys nothing reads.

use std::path::Path;

use super::Configuration;
use crate::ini::Ini;
use crate::keys::{self, Default, Key, yes_or_no};
use crate::mistake::shown;
use crate::similar::nearest;

/// Warns of what is unknown or not used in one file.
pub(super) fn layer(
    file: &Path,
    ini: &Ini,
    participant: Option<&str>,
    described: Option<&str>,
    warnings: &mut Vec<String>,
) {
    let stem = file.file_stem().and_then(|stem| stem.to_str());
    for section in ini.sections() {
        if keys::has_section(section) {
            known_section(ini, section, warnings);
        } else if ![participant, described, stem].contains(&Some(section)) {
            let at = ini.section_at(section).expect("it was listed");
            let advice = match nearest(section, keys::SECTIONS.iter().map(|(name, _)| *name)) {
                Some(meant) => format!("did you mean [{meant}]?"),
                None => "nothing reads it".into(),
            };
            warnings.push(format!("{at}: there is no section [{}]: {advice}", shown(section)));
        }
    }
}

fn known_section(ini: &Ini, section: &str, warnings: &mut Vec<String>) {
    // by the sentence that says why: what it is about, and where the first of them stands
    let mut unused: Vec<(&str, Vec<&str>, String)> = Vec::new();
    for name in ini.keys(section) {
        let value = ini.own(section, name).expect("it was listed");
        match keys::find(section, name) {
            None => {
                warnings.push(format!(
                    "{}: [{section}] has no key `{}`: {}",
                    value.at,
                    shown(name),
                    advice(section, name)
                ));
            }
            Some(key) => {
                let Some(why) = key.unused.filter(|_| is_set(key, value.text.as_deref())) else { continue };
                match unused.iter_mut().find(|(known, ..)| *known == why) {
                    Some((_, names, _)) => names.push(name),
                    None => unused.push((why, vec![name], value.at.to_string())),
                }
            }
        }
    }
    for (why, names, at) in unused {
        let are = if names.len() == 1 { "is" } else { "are" };
        warnings.push(format!("{at}: [{section}] {} {are} not used: {why}", names.join(", ")));
    }
}

/// Tells whether a value asks for anything.
fn is_set(key: &Key, text: Option<&str>) -> bool {
    let text = text.unwrap_or_default();
    let Default::Value(default) = key.default else { return !text.is_empty() };
    let same = match (yes_or_no(text), yes_or_no(default)) {
        (Some(text), Some(default)) => text == default,
        _ => text == default,
    };
    !text.is_empty() && !same
}

fn advice(section: &str, name: &str) -> String {
    let here = keys::all().filter(|key| key.section == section).map(|key| key.name);
    if let Some(meant) = nearest(name, here) {
        return format!("did you mean `{meant}`?");
    }
    let elsewhere = keys::all().find(|key| key.name == name && key.unused.is_none());
    elsewhere.map_or_else(|| "nothing reads it".into(), |key| format!("[{}] has one", key.section))
}

/// Warns of variables for keys that nothing reads.
pub(super) fn unused_variables(read: &mut Configuration) {
    for key in read.overrides.keys() {
        if let Some(why) = key.unused {
            read.warnings.push(format!(
                "${}: [{}] {} is not used: {why}",
                key.variable(),
                key.section,
                key.name
            ));
        }
    }
}
