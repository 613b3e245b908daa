//! What two kickstarts say differently, however they are written.

mod meaning;
mod shown;

use std::collections::BTreeMap;

use crate::document::Kickstart;
use meaning::{Meaning, Said};

/// One difference between two kickstarts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// What is different.
    pub kind: DifferenceKind,
    /// The line in the first kickstart, where there is one.
    pub before: Option<usize>,
    /// The line in the second kickstart, where there is one.
    pub after: Option<usize>,
}

/// What is different between two kickstarts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DifferenceKind {
    /// Only the second says this: a command, `%packages vim`, or the opening line of a section.
    Added(String),
    /// Only the first says this.
    Removed(String),
    /// Both speak of it and say different things.
    Changed {
        /// What they speak of: `part /`, `%packages`.
        thing: String,
        /// The option, or nothing when it is about the plain arguments.
        option: String,
        /// The value in the first; `None` when the option is not there.
        before: Option<String>,
        /// The value in the second; `None` when the option is not there.
        after: Option<String>,
    },
    /// Both say the same about it in another order, and the order counts.
    Reordered(String),
}

impl Kickstart {
    /// Returns what `other` says differently, in the order of the commands' names.
    ///
    /// Blanks, comments, quotes, the order of options and of commands that do not depend on each other make no
    /// difference. Packages are compared as what they add up to, scripts byte for byte.
    ///
    /// ```
    /// use img_kickstart::Kickstart;
    ///
    /// let one = Kickstart::parse("lang C\npart / --size=4 --grow\n");
    /// let other = Kickstart::parse("part  /  --grow --size 5 # more\n%packages\nvim\n%end\nlang C\n");
    /// let found: Vec<String> = one.differences(&other).iter().map(|found| found.to_string()).collect();
    /// assert_eq!(found, ["~ part /: --size 4 -> 5", "+ %packages vim"]);
    /// ```
    pub fn differences(&self, other: &Kickstart) -> Vec<Difference> {
        let (before, after) = (Meaning::of(self), Meaning::of(other));
        let mut found = Vec::new();
        compare(&before.commands, &after.commands, &mut found);
        for (name, order) in &before.orders {
            let Some(other) = after.orders.get(name) else { continue };
            let common = |order: &[String], of: &BTreeMap<_, Said>| -> Vec<String> {
                order.iter().filter(|key| of.contains_key(*key)).cloned().collect()
            };
            if common(order, &after.commands) != common(other, &before.commands) {
                let kind = DifferenceKind::Reordered(name.clone());
                found.push(Difference { kind, before: None, after: None });
            }
        }
        compare(&before.packages, &after.packages, &mut found);
        compare(&before.sections, &after.sections, &mut found);
        if before.scripts != after.scripts {
            let mut sorted = [before.scripts, after.scripts];
            sorted.iter_mut().for_each(|scripts| scripts.sort_unstable());
            if sorted[0] == sorted[1] {
                let kind = DifferenceKind::Reordered("scripts".to_owned());
                found.push(Difference { kind, before: None, after: None });
            }
        }
        found
    }
}

/// Compares what is said of the same things.
fn compare(before: &BTreeMap<String, Said>, after: &BTreeMap<String, Said>, found: &mut Vec<Difference>) {
    for (key, said) in before {
        match after.get(key) {
            None => {
                let kind = DifferenceKind::Removed(said.text.clone());
                found.push(Difference { kind, before: said.line, after: None });
            }
            Some(other) => {
                let names = said.options.keys().chain(other.options.keys());
                let names: std::collections::BTreeSet<&String> = names.collect();
                for name in names {
                    let (old, new) = (said.options.get(name), other.options.get(name));
                    if old != new {
                        let kind = DifferenceKind::Changed {
                            thing: said.thing.clone(),
                            option: name.clone(),
                            before: old.cloned(),
                            after: new.cloned(),
                        };
                        found.push(Difference { kind, before: said.line, after: other.line });
                    }
                }
            }
        }
    }
    for (_, said) in after.iter().filter(|(key, _)| !before.contains_key(*key)) {
        let kind = DifferenceKind::Added(said.text.clone());
        found.push(Difference { kind, before: None, after: said.line });
    }
}
