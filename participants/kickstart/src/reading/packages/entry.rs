//! One line of a package list.

use std::fmt;

/// Which packages of a group are meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum GroupInclude {
    /// Mandatory ones only (`--nodefaults`).
    Required,
    /// Mandatory and default ones.
    #[default]
    Default,
    /// Optional ones too (`--optional`).
    All,
}

/// What one line of `%packages` says; its `Display` form is such a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// `name`
    Package(String),
    /// `-name`
    Exclusion(String),
    /// `@name`, perhaps with `--optional` or `--nodefaults`.
    Group(String, GroupInclude),
    /// `-@name`
    ExcludedGroup(String),
    /// `@^name`
    Environment(String),
    /// `-@^name`
    ExcludedEnvironment(String),
}

impl Entry {
    /// Reads one line; `None` when it is blank or a comment.
    pub fn read(line: &str) -> Option<Entry> {
        let text = without_comment(line);
        let named = |name: &str| name.trim().to_owned();
        Some(match text {
            "" => return None,
            _ if text.starts_with("-@^") => Entry::ExcludedEnvironment(named(&text[3..])),
            _ if text.starts_with("-@") => Entry::ExcludedGroup(named(&text[2..])),
            _ if text.starts_with("@^") => Entry::Environment(named(&text[2..])),
            _ if text.starts_with('@') => group(&text[1..]),
            _ if text.starts_with('-') => Entry::Exclusion(named(&text[1..])),
            _ => Entry::Package(text.to_owned()),
        })
    }

    /// Returns the name without its signs.
    pub fn name(&self) -> &str {
        match self {
            Entry::Package(name)
            | Entry::Exclusion(name)
            | Entry::Group(name, _)
            | Entry::ExcludedGroup(name)
            | Entry::Environment(name)
            | Entry::ExcludedEnvironment(name) => name,
        }
    }

    /// Returns what the entry is about, whether it is asked for or left out: `@name`, `@^name` or `name`.
    pub(crate) fn subject(&self) -> String {
        match self {
            Entry::Package(name) | Entry::Exclusion(name) => name.clone(),
            Entry::Group(name, _) | Entry::ExcludedGroup(name) => format!("@{name}"),
            Entry::Environment(name) | Entry::ExcludedEnvironment(name) => format!("@^{name}"),
        }
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Entry::Package(name) => write!(f, "{name}"),
            Entry::Exclusion(name) => write!(f, "-{name}"),
            Entry::Group(name, GroupInclude::Default) => write!(f, "@{name}"),
            Entry::Group(name, GroupInclude::All) => write!(f, "@{name} --optional"),
            Entry::Group(name, GroupInclude::Required) => write!(f, "@{name} --nodefaults"),
            Entry::ExcludedGroup(name) => write!(f, "-@{name}"),
            Entry::Environment(name) => write!(f, "@^{name}"),
            Entry::ExcludedEnvironment(name) => write!(f, "-@^{name}"),
        }
    }
}

/// Returns a list line without comment and surrounding blanks; a `#` starts a comment anywhere.
pub(crate) fn without_comment(line: &str) -> &str {
    line.split('#').next().unwrap_or_default().trim()
}

fn group(text: &str) -> Entry {
    let mut include = GroupInclude::Default;
    let mut words = Vec::new();
    for word in text.split_whitespace() {
        match word {
            "--optional" => include = GroupInclude::All,
            "--nodefaults" => include = GroupInclude::Required,
            _ => words.push(word),
        }
    }
    Entry::Group(words.join(" "), include)
}
