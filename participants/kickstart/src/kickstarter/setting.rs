//! The settings of a block, and what each may be.

use super::mistake::{At, Report};
use super::yaml::{Node, Value};
use crate::edit::is_break;

/// What the value of a setting is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// One line of text.
    Text,
    /// A whole number.
    Number,
    /// Yes or no.
    YesNo,
    /// Several texts of one line.
    List,
}

use Kind::{List, Number, Text, YesNo};

/// Every setting.
pub(super) const SETTINGS: &[(&str, Kind)] = &[
    ("Active", YesNo),
    ("Architecture", Text),
    ("Attachment", List),
    ("Baseline", Text),
    ("Bootloader", Text),
    ("BootloaderAppend", Text),
    ("BootloaderOptions", Text),
    ("BootloaderTimeout", Number),
    ("Brand", Text),
    ("DefaultUser", Text),
    ("DefaultUserPass", Text),
    ("Desktop", Text),
    ("DeviceModel", Text),
    ("DeviceVariant", Text),
    ("DisplayName", Text),
    ("ExtraPackages", List),
    ("FileName", Text),
    ("FileSystem", Text),
    ("Groups", List),
    ("Inherit", List),
    ("Kernel", Text),
    ("Keyboard", Text),
    ("KickstartType", Text),
    ("Language", Text),
    ("Mic2Options", Text),
    ("Name", Text),
    ("NoChrootScripts", List),
    ("PackScripts", List),
    ("PackageArgs", Text),
    ("Part", Text),
    ("PartSize", Number),
    ("Platform", Text),
    ("PostScripts", List),
    ("PrePackages", List),
    ("PreScripts", List),
    ("RemovePackages", List),
    ("Repos", List),
    ("RepositoryArchitecture", Text),
    ("RepositoryOptions", Text),
    ("RootPass", Text),
    ("SaveRepos", YesNo),
    ("Session", Text),
    ("StartX", YesNo),
    ("SuggestedArchitecture", Text),
    ("SuggestedFeatures", Text),
    ("SuggestedImageType", Text),
    ("Timezone", Text),
];

/// Returns what a setting may be; `None` for one nobody reads.
pub(super) fn kind(name: &str) -> Option<Kind> {
    SETTINGS.iter().find(|(known, _)| *known == name).map(|(_, kind)| *kind)
}

/// Reports a value that does not fit; `at` makes a place of a line and a column.
pub(super) fn check(
    name: &str,
    kind: Kind,
    node: &Node,
    at: &dyn Fn(usize, usize) -> At,
    report: &mut Report,
) {
    let mut wrong = |node: &Node, what: String| report.add(&at(node.line, node.column), what);
    match (kind, &node.value) {
        (_, Value::Nothing) => {}
        (List, Value::List(list)) => {
            for item in list {
                match &item.value {
                    Value::Nothing => {}
                    Value::Text(text) => {
                        line(text).into_iter().for_each(|why| wrong(item, format!("`{name}`: {why}")))
                    }
                    other => {
                        wrong(item, format!("`{name}` should be a list of texts; {} is none", other.kind()))
                    }
                }
            }
        }
        (List, other) => wrong(node, format!("`{name}` should be a list, not {}", other.kind())),
        (kind, Value::Text(text)) => {
            let why = line(text).or_else(|| match kind {
                Number if text.parse::<u64>().is_err() => Some(format!("`{text}` is no whole number")),
                YesNo if yes_or_no(text).is_none() => Some(format!("`{text}` is neither yes nor no")),
                _ => None,
            });
            why.into_iter().for_each(|why| wrong(node, format!("`{name}`: {why}")));
        }
        (_, other) => wrong(node, format!("`{name}` should be a text, not {}", other.kind())),
    }
}

/// Says why a text is not one line of a kickstart.
pub(super) fn line(text: &str) -> Option<String> {
    text.trim_end_matches('\n')
        .contains(is_break)
        .then(|| "the text has a line break or a control character in it".into())
}

/// Reads what people write for yes and no.
pub(super) fn yes_or_no(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" | "1" => Some(true),
        "false" | "no" | "off" | "0" => Some(false),
        _ => None,
    }
}
