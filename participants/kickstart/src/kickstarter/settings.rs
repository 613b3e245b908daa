//! The settings of one configuration, merged.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use super::block::Block;
use super::mistake::At;
use super::setting::{self, Kind};
use super::sheet::Sheet;
use super::size::{Size, Spent};
use super::yaml::Value;

/// A text and where it was said.
#[derive(Clone, Debug)]
pub(super) struct Said {
    pub(super) text: String,
    pub(super) at: At,
}

/// What a configuration comes to.
#[derive(Debug)]
pub(super) struct Settings {
    /// What the configuration is called.
    pub(super) name: Arc<str>,
    pub(super) at: At,
    /// How much was read for it.
    pub(super) size: Size,
    scalars: BTreeMap<String, Said>,
    lists: BTreeMap<String, Vec<Said>>,
}

impl Settings {
    /// Merges the blocks of a configuration: of texts the last one counts, lists are put together.
    pub(super) fn of(sheet: &Sheet, configuration: &Block) -> Result<Settings, String> {
        let mut settings = Settings {
            name: configuration.name.clone(),
            at: configuration.at.clone(),
            size: Size::default(),
            scalars: BTreeMap::new(),
            lists: BTreeMap::new(),
        };
        let mut seen = BTreeMap::<&str, HashSet<&str>>::new();
        for block in sheet.made_of(configuration)? {
            for entry in &block.entries {
                let Some(kind) = setting::kind(&entry.key) else { continue };
                let said = |text: &str, line, column| Said {
                    text: text.trim_end_matches('\n').to_owned(),
                    at: block.place(line, column),
                };
                match (kind, &entry.node.value) {
                    (Kind::List, Value::List(items)) => {
                        let known = seen.entry(&entry.key).or_default();
                        let list = settings.lists.entry(entry.key.clone()).or_default();
                        for item in items {
                            let Value::Text(text) = &item.value else { continue };
                            Spent::one(&mut settings.size, text)?;
                            if known.insert(text) {
                                list.push(said(text, item.line, item.column));
                            }
                        }
                    }
                    (_, Value::Text(text)) => {
                        Spent::one(&mut settings.size, text)?;
                        let said = said(text, entry.node.line, entry.node.column);
                        settings.scalars.insert(entry.key.clone(), said);
                    }
                    (_, Value::Nothing) if kind != Kind::List => drop(settings.scalars.remove(&entry.key)),
                    _ => {} // was refused when it was read
                }
            }
        }
        Ok(settings)
    }

    /// Returns a text that is not empty.
    pub(super) fn get(&self, key: &str) -> Option<&Said> {
        debug_assert!(setting::kind(key).is_some(), "{key} has no row in the table of settings");
        self.scalars.get(key).filter(|said| !said.text.trim().is_empty())
    }

    pub(super) fn text(&self, key: &str) -> Option<&str> {
        self.get(key).map(|said| said.text.trim())
    }

    pub(super) fn yes(&self, key: &str) -> bool {
        self.text(key).and_then(setting::yes_or_no).unwrap_or(false)
    }

    pub(super) fn list(&self, key: &str) -> &[Said] {
        debug_assert_eq!(setting::kind(key), Some(Kind::List), "{key}");
        self.lists.get(key).map_or(&[], Vec::as_slice)
    }
}
