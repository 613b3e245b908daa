//! Files beside a YAML file, asked for by path.

/// Who reads files for a [`Kickstarter`](super::Kickstarter), which does no I/O itself.
///
/// Paths are those of the YAML files with a name put beside them; none of them has a `..` that was not in the path of a
/// YAML file. What may be read is the reader's decision: it says no by an `Err` of its own words.
pub trait Shelf {
    /// Returns the bytes of a file; `None` when there is none of that name.
    fn file(&mut self, path: &str) -> Result<Option<Vec<u8>>, String>;

    /// Returns the names of the files in a folder.
    fn files(&mut self, folder: &str) -> Result<Vec<String>, String>;
}

/// Returns the folder of a file, empty for the one we are in.
pub(super) fn folder(file: &str) -> &str {
    file.rsplit_once('/').map_or("", |(folder, _)| if folder.is_empty() { "/" } else { folder })
}

/// Puts a name into a folder; refuses one that leads elsewhere.
pub(super) fn join(folder: &str, name: &str) -> Result<String, String> {
    if name.split('/').any(|part| part == "..") {
        return Err(format!("`{name}` has a `..` in it, which could lead anywhere"));
    }
    let parts = name.split('/').filter(|part| !matches!(*part, "" | ".")).collect::<Vec<_>>().join("/");
    Ok(match (name.starts_with('/'), folder, parts.as_str()) {
        (true, _, _) => format!("/{parts}"),
        (false, "", _) => parts,
        (false, _, "") => folder.to_owned(),
        (false, "/", _) => format!("/{parts}"),
        (false, _, _) => format!("{folder}/{parts}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stays_below_its_folder() {
        for (file, name, path) in [
            ("a/b.yaml", "./c/d", "a/c/d"),
            ("b.yaml", "c", "c"),
            ("/b.yaml", "c", "/c"),
            ("a/b.yaml", "/srv//c/.", "/srv/c"),
            ("a/b.yaml", ".", "a"),
        ] {
            assert_eq!(join(folder(file), name).unwrap(), path, "{file} {name}");
        }
        for name in ["..", "../x", "a/../b", "/../x"] {
            assert!(join("a", name).is_err(), "{name}");
        }
    }
}
