//! Passwords in files that everybody can read.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::mistake::shown;
use crate::{entries, file};

/// How the names of secrets end.
const SECRETS: &[&str] = &["pwd", "pass", "passwd", "password", "secret", "secret_key"];

/// Warns when a file holds a secret and everybody on the machine can read it: one sentence, without the secret.
///
/// None also when the file cannot be read: [`crate::Ini::read`] says so.
pub fn secrets_exposed(path: &Path) -> Option<String> {
    let file = file::open(path).ok()?;
    let mode = file.metadata().ok()?.permissions().mode();
    if mode & 0o004 == 0 {
        return None;
    }
    let (ini, _) = entries::read(path, &file::read(path, file).ok()?);
    let values = ini.sections.iter().flat_map(|(_, section)| section.values.iter());
    let secrets = values.filter(|(key, value)| {
        SECRETS.iter().any(|end| key.ends_with(end))
            && value.text.as_ref().is_some_and(|text| !text.is_empty())
    });
    let names: Vec<_> =
        secrets.map(|(key, value)| format!("{} (line {})", shown(key), value.at.line)).collect();
    let file = path.display();
    (!names.is_empty()).then(|| {
        format!(
            "everybody on this machine can read {file}, which holds {}: chmod o-r {file}",
            names.join(", ")
        )
    })
}
