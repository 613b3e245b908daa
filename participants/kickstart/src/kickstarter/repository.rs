//! Package repositories by name, and which of their addresses counts.

use std::fmt;
use std::str::FromStr;

use super::mistake::{At, Mistake, Report};
use super::setting::{self, Kind};
use super::yaml::{Node, Value};

/// What the images are for: which address of a repository counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flavour {
    /// `Url-rnd`: for those who work on it.
    Rnd,
    /// `Url-release`: for those who use it.
    Release,
}

impl fmt::Display for Flavour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Flavour::Rnd => "rnd",
            Flavour::Release => "release",
        })
    }
}

/// A name that is no flavour.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no flavour {0:?}; there are rnd and release")]
pub struct UnknownFlavour(pub String);

impl FromStr for Flavour {
    type Err = UnknownFlavour;

    fn from_str(name: &str) -> Result<Flavour, UnknownFlavour> {
        match name {
            "rnd" => Ok(Flavour::Rnd),
            "release" => Ok(Flavour::Release),
            _ => Err(UnknownFlavour(name.to_owned())),
        }
    }
}

/// One entry of `Repositories`.
#[derive(Debug)]
pub(super) struct Repository {
    pub(super) name: String,
    pub(super) at: At,
    url: Option<String>,
    rnd: Option<String>,
    release: Option<String>,
    pub(super) options: Option<String>,
}

impl Repository {
    /// Reads one, unless something is wrong with it.
    pub(super) fn read(
        node: Node,
        at: &At,
        warnings: &mut Vec<Mistake>,
        report: &mut Report,
    ) -> Option<Repository> {
        let Value::Map(entries) = node.value else {
            report.add(at, format!("a repository should be a mapping, not {}", node.value.kind()));
            return None;
        };
        let mut repo = Repository {
            name: String::new(),
            at: At { block: Some("Repositories".into()), ..at.clone() },
            url: None,
            rnd: None,
            release: None,
            options: None,
        };
        for entry in entries {
            let place = |line, column| At { line, column, ..repo.at.clone() };
            setting::check(&entry.key, Kind::Text, &entry.node, &place, report);
            let text = match entry.node.value {
                Value::Text(text) => text,
                Value::Nothing => continue,
                Value::List(_) | Value::Map(_) => return None, // which was told
            };
            let text = text.trim().to_owned();
            match entry.key.as_str() {
                "Name" => repo.name = text,
                "Url" => repo.url = Some(text),
                "Url-rnd" => repo.rnd = Some(text),
                "Url-release" => repo.release = Some(text),
                "Options" => repo.options = Some(text),
                other => {
                    let message = format!(
                        "nobody reads `{other}`; a repository has Name, Url, Url-rnd, Url-release and Options"
                    );
                    warnings.push(place(entry.line, entry.column).mistake(message));
                }
            }
        }
        if repo.name.is_empty() || (repo.url.is_none() && repo.rnd.is_none() && repo.release.is_none()) {
            report.add(&repo.at, "a repository needs a `Name` and a `Url`");
            return None;
        }
        Some(repo)
    }

    /// Returns the address that counts, or says why there is none.
    pub(super) fn url(&self, flavour: Option<Flavour>) -> Result<&str, String> {
        let of_flavour = match flavour {
            Some(Flavour::Rnd) => self.rnd.as_deref(),
            Some(Flavour::Release) => self.release.as_deref(),
            None => None,
        };
        of_flavour.or(self.url.as_deref()).ok_or_else(|| match flavour {
            Some(flavour) => format!("repository `{}` has no Url-{flavour}, and no Url for all", self.name),
            None => format!(
                "repository `{}` has an address for each flavour: say which, rnd or release",
                self.name
            ),
        })
    }
}
