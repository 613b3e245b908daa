//! Which blocks a configuration is made of, in their order.

use std::collections::BTreeMap;

use super::block::Block;
use super::mistake::{At, Report};
use super::setting;
use super::sheet::{Family, Sheet};
use crate::check::did_you_mean;

/// How deep blocks may inherit.
const DEEPEST: usize = 64;
/// How many blocks a configuration may be made of, each counted as often as it is inherited.
const MOST: usize = 1000;

impl Sheet {
    /// Reports blocks that are not there, circles, and what is too deep, also where nobody inherits it.
    pub(super) fn check_inheritance(&self, report: &mut Report) {
        let mut depths = BTreeMap::new();
        for block in self.blocks.values().chain(&self.configurations) {
            if report.is_full() {
                return;
            }
            self.depth(block, &mut Vec::new(), &mut depths, report);
            if let Some((platform, at)) = block.own("Platform").filter(|_| self.family == Family::MeeGo)
                && !self.blocks.contains_key(platform)
            {
                report.add(
                    &at,
                    format!(
                        "`Platform` names the block `{platform}`, which is not there{}",
                        self.near(platform)
                    ),
                );
            }
        }
    }

    /// Returns how many levels are below a block; at most so many calls within calls as levels are allowed.
    fn depth<'a>(
        &'a self,
        block: &'a Block,
        chain: &mut Vec<&'a Block>,
        depths: &mut BTreeMap<&'a str, usize>,
        report: &mut Report,
    ) -> usize {
        chain.push(block);
        let mut deepest = 0;
        for (name, at) in block.parents() {
            if report.is_full() {
                break;
            }
            let parent = match self.blocks.get(name) {
                Some(parent) => parent,
                None => {
                    let message =
                        format!("`Inherit` names the block `{name}`, which is not there{}", self.near(name));
                    report.add(&at, message);
                    continue;
                }
            };
            if chain.iter().any(|known| std::ptr::eq(*known, parent)) {
                let circle: Vec<&str> = chain.iter().map(|block| &*block.name).collect();
                let circle = circle.join(" -> ");
                report.add(&at, format!("`Inherit` goes round in a circle: {circle} -> {name}"));
                continue;
            }
            let below = match depths.get(&*parent.name) {
                Some(known) => *known,
                None if chain.len() > DEEPEST => DEEPEST,
                None => {
                    let below = self.depth(parent, chain, depths, report);
                    depths.insert(&parent.name, below);
                    below
                }
            };
            if below + 1 > DEEPEST {
                report.add(&at, format!("blocks inherit each other more than {DEEPEST} levels deep"));
            }
            deepest = deepest.max(below + 1);
        }
        chain.pop();
        deepest.min(DEEPEST)
    }

    /// Returns the blocks of a configuration, the weakest first; what comes later wins.
    pub(super) fn made_of<'a>(&'a self, configuration: &'a Block) -> Result<Vec<&'a Block>, String> {
        let mut blocks = Vec::new();
        match self.family {
            Family::MeeGo => {
                blocks.extend(self.blocks.get("Default"));
                blocks.extend(
                    configuration.own("Platform").and_then(|(platform, _)| self.blocks.get(platform)),
                );
                blocks.push(configuration);
            }
            Family::Mer => self.collect(configuration, &mut blocks)?,
        }
        Ok(blocks)
    }

    /// Depth first, in the order of the lists; circles were refused before.
    fn collect<'a>(&'a self, block: &'a Block, blocks: &mut Vec<&'a Block>) -> Result<(), String> {
        for (name, _) in block.parents() {
            if let Some(parent) = self.blocks.get(name) {
                self.collect(parent, blocks)?;
            }
        }
        if blocks.len() == MOST {
            return Err(format!(
                "it inherits more than {MOST} blocks, each counted as often as it is inherited"
            ));
        }
        blocks.push(block);
        Ok(())
    }

    fn near(&self, name: &str) -> String {
        let help = did_you_mean(name, self.blocks.keys().take(500).map(|known| &**known));
        help.map(|help| format!(" ({help})")).unwrap_or_default()
    }

    /// Returns what a configuration comes to say of one setting; an empty text counts as none.
    fn last_word<'a>(&'a self, configuration: &'a Block, key: &str) -> Option<&'a str> {
        let blocks = self.made_of(configuration).unwrap_or_else(|_| vec![configuration]); // refused when it is made
        let last = blocks.iter().rev().flat_map(|block| &block.entries).find(|entry| entry.key == key)?;
        last.node.value.text()
    }

    /// Tells whether a configuration is made without being asked for: in a file of its own it has to say so.
    pub(super) fn is_active(&self, configuration: &Block) -> bool {
        let word = self.last_word(configuration, "Active");
        word.and_then(setting::yes_or_no).unwrap_or(!configuration.own_file)
    }

    /// Returns a configuration by its name, else by that of its file.
    pub(super) fn find(&self, name: &str) -> Option<&Block> {
        let by_file = |block: &&Block| self.last_word(block, "FileName") == Some(name);
        let mut all = self.configurations.iter();
        all.clone().find(|block| &*block.name == name).or_else(|| all.find(by_file))
    }

    /// A place for what is about no line.
    pub(super) fn anywhere(&self) -> At {
        let first = self.configurations.first().or(self.blocks.values().next());
        first.map_or_else(
            || At { file: "configurations".into(), line: 1, column: 1, block: None },
            |block| At { line: 1, column: 1, block: None, ..block.at.clone() },
        )
    }
}
