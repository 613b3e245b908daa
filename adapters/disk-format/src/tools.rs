//! Where programs are.

use std::path::{Path, PathBuf};

const FOLDERS: [&str; 4] = ["/usr/sbin", "/usr/bin", "/sbin", "/bin"];

/// Returns where a program is, by its name.
pub fn find(program: &str) -> Option<PathBuf> {
    FOLDERS.iter().map(|folder| Path::new(folder).join(program)).find(|path| path.is_file())
}

/// Tells whether this machine has a program, or a file by its whole path.
pub fn is_there(program: &str) -> bool {
    if program.starts_with('/') { Path::new(program).exists() } else { find(program).is_some() }
}
