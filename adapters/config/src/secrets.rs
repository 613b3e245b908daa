//! Passwords in files that everybody can read.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::mistake::shown;
use crate::{entries, env_file, file};

/// How the names of secrets end.
const SECRETS: &[&str] = &["pwd", "pass", "passwd", "password", "secret", "secret_key"];

/// Tells whether a name is that of a secret.
pub(crate) fn is_secret(name: &str) -> bool {
    let name = name.to_lowercase();
    SECRETS.iter().any(|end| name.ends_with(end))
}

/// Warns when a file holds a secret and everybody on the machine can read it: one sentence, without the secret.
///
/// None also when the file cannot be read: [`crate::Ini::read`] says so.
pub fn secrets_exposed(path: &Path) -> Option<String> {
    let file = file::open(path).ok()?;
    let mode = file.metadata().ok()?.permissions().mode();
    if mode & 0o004 == 0 {
        return None;
    }
    let names = if path.extension().is_some_and(|ending| ending == "env") {
        let (assignments, _) = env_file::read(path);
        let secrets = assignments
            .into_iter()
            .filter(|set| is_secret(&set.name) && set.value.as_ref().is_ok_and(|text| !text.is_empty()));
        secrets.map(|set| (set.name, set.at.line)).collect::<Vec<_>>()
    } else {
        let (ini, _) = entries::read(path, &file::read(path, file).ok()?);
        let values = ini.sections.iter().flat_map(|(_, section)| section.values.iter());
        let secrets = values.filter(|(key, value)| {
            is_secret(key) && value.text.as_ref().is_some_and(|text| !text.is_empty())
        });
        secrets.map(|(key, value)| (key.to_owned(), value.at.line)).collect()
    };
    let names: Vec<_> = names.iter().map(|(name, line)| format!("{} (line {line})", shown(name))).collect();
    let file = path.display();
    (!names.is_empty()).then(|| {
        format!(
            "everybody on this machine can read {file}, which holds {}: chmod o-r {file}",
            names.join(", ")
        )
    })
}
