//! The page of all keys, docs/configuring.md.

use std::fmt::Write;

use crate::keys::{self, Default, Key, SECTIONS};

/// What the page says before its tables.
const INTRODUCTION: &str = include_str!("page/introduction.md");

/// Returns the page: every key with its meaning, default and example.
pub fn page() -> String {
    let mut page = format!("{INTRODUCTION}\n## Every key\n");
    for (section, about) in SECTIONS {
        let used = |key: &&Key| key.section == *section && key.unused.is_none();
        table(&mut page, section, about, &keys::all().filter(used).collect::<Vec<_>>());
    }
    page.push_str(
        "\n## Keys that nothing reads\n\nOlder versions had them. They are known, so that their files can stay as they are; `img config check` says where they stand.\n\n| section | key | meaning | why nothing reads it |\n|---|---|---|---|\n",
    );
    for key in keys::all() {
        if let Some(why) = key.unused {
            let _ =
                writeln!(page, "| {} | `{}`{} | {} | {why} |", key.section, key.name, old(key), key.meaning);
        }
    }
    page
}

fn table(page: &mut String, section: &str, about: &str, keys: &[&Key]) {
    if keys.is_empty() {
        return;
    }
    let _ = write!(
        page,
        "\n### [{section}]: {about}\n\n| key | meaning | value | default | example |\n|---|---|---|---|---|\n"
    );
    for key in keys {
        let default = match key.default {
            Default::None => "none".to_owned(),
            Default::Value(text) => format!("`{text}`"),
            Default::Said(clause) => clause.to_owned(),
            Default::Mandatory => "**must be set**".to_owned(),
        };
        let example = if key.example.is_empty() {
            String::new()
        } else {
            format!("`{}`", key.example.replace('|', "\\|"))
        };
        let _ = writeln!(
            page,
            "| `{}`{} | {} | {} | {default} | {example} |",
            key.name,
            old(key),
            key.meaning,
            key.kind.words()
        );
    }
}

/// Says where a key was before.
fn old(key: &Key) -> String {
    let places: Vec<_> = key.old.iter().map(|(section, name)| format!("`[{section}] {name}`")).collect();
    if places.is_empty() { String::new() } else { format!(" (was {})", places.join(", ")) }
}
