//! Kickstarts in memory, and the suite of whatever keeps them.

use std::collections::BTreeMap;

use crate::{KickstartSource, SourceError};

/// Files by their path.
#[derive(Clone, Debug, Default)]
pub struct MemorySource(pub BTreeMap<String, Vec<u8>>);

impl MemorySource {
    /// Makes one of paths and texts.
    pub fn of(files: &[(&str, &str)]) -> MemorySource {
        MemorySource(files.iter().map(|(path, text)| (path.to_string(), text.as_bytes().to_vec())).collect())
    }
}

impl KickstartSource for MemorySource {
    fn file(&self, path: &str) -> Result<Vec<u8>, SourceError> {
        inside(path)?;
        if let Some(text) = self.0.get(path) {
            return Ok(text.clone());
        }
        if self.0.keys().any(|file| file.starts_with(&format!("{path}/"))) {
            return Err(refused(path, "is no file"));
        }
        Err(SourceError::Missing { path: path.to_owned() })
    }

    fn files(&self, folder: &str) -> Result<Vec<String>, SourceError> {
        inside(folder)?;
        let below = format!("{folder}/");
        let names: Vec<_> = self.0.keys().filter_map(|path| path.strip_prefix(&below)).collect();
        if names.is_empty() {
            return Err(SourceError::Missing { path: folder.to_owned() });
        }
        Ok(names.into_iter().filter(|name| !name.contains('/')).map(str::to_owned).collect())
    }
}

/// Refuses what leads elsewhere.
fn inside(path: &str) -> Result<(), SourceError> {
    if path.is_empty() || path.contains('\0') || path.split('/').any(|part| matches!(part, "" | "." | "..")) {
        return Err(refused(path, "leads out of the store, or is no path"));
    }
    Ok(())
}

fn refused(path: &str, why: &str) -> SourceError {
    SourceError::Refused { path: path.to_owned(), why: why.to_owned() }
}

/// Runs the promises of [`KickstartSource`] against one that holds `core.ks` (`lang C\n`) and `part/b.yaml`, `part/a.yaml`
/// (`x: 1\n` each), and nothing else in `part` but a folder.
///
/// # Panics
/// When a promise is broken.
pub fn kickstart_source_keeps_its_promises(source: &dyn KickstartSource) {
    assert_eq!(source.file("core.ks").expect("it is there"), b"lang C\n");
    assert_eq!(source.file("part/a.yaml").expect("it is there"), b"x: 1\n");
    assert_eq!(source.files("part").expect("it is there"), ["a.yaml", "b.yaml"]);
    for path in ["nothing.ks", "part/nothing", "nothing/core.ks"] {
        let found = source.file(path);
        assert!(matches!(found, Err(SourceError::Missing { .. })), "{path}: {found:?}");
    }
    assert!(matches!(source.files("nothing"), Err(SourceError::Missing { .. })));
    for path in
        ["", ".", "..", "../core.ks", "part/../core.ks", "/etc/passwd", "part/../../x", "core.ks\0", "part"]
    {
        let found = source.file(path);
        assert!(matches!(found, Err(SourceError::Refused { .. })), "{path:?}: {found:?}");
    }
    for folder in ["..", "/etc", "part/../.."] {
        let found = source.files(folder);
        assert!(matches!(found, Err(SourceError::Refused { .. })), "{folder:?}: {found:?}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fake_keeps_the_promises() {
        let texts = [("core.ks", "lang C\n"), ("part/b.yaml", "x: 1\n"), ("part/a.yaml", "x: 1\n")];
        let mut source = MemorySource::of(&texts);
        source.0.insert("part/folder/x".into(), Vec::new());
        kickstart_source_keeps_its_promises(&source);
    }

    #[tokio::test]
    async fn the_fixed_index_keeps_the_promises() {
        crate::testing::package_index_keeps_its_promises(&crate::testing::FixedIndex).await;
    }
}
