//! Checksums of the finished files, each file read once.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::thread;

use md5::Md5;
use sha2::{Digest, Sha256};

/// So much is read at once: as much as the nearer caches of a processor hold.
const CHUNK: usize = 256 << 10;

/// The checksums of one file, in hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sums {
    /// What it is called.
    pub(crate) file: String,
    pub(crate) sha256: String,
    /// Only where it is asked for.
    pub(crate) md5: Option<String>,
}

/// Computes the sums of files, each with a name to call it, on every core; takes as long as the largest file.
pub(crate) fn of(mut files: Vec<(PathBuf, String)>, md5: bool) -> io::Result<Vec<Sums>> {
    files.sort_by_key(|(path, _)| path.metadata().map_or(0, |about| about.len()));
    let cores = thread::available_parallelism().map_or(1, Into::into).min(files.len());
    let waiting = Mutex::new(files); // the largest are taken first, from the end
    let work = || {
        let mut done = Vec::new();
        loop {
            let next = waiting.lock().expect("taking one does not panic").pop();
            let Some((path, file)) = next else { return Ok::<_, io::Error>(done) };
            done.push(sums(&path, file, md5)?);
        }
    };
    let mut all = thread::scope(|scope| {
        let threads: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
        let mut all = Vec::new();
        for thread in threads {
            all.extend(thread.join().map_err(|_| io::Error::other("computing a checksum panicked"))??);
        }
        Ok::<_, io::Error>(all)
    })?;
    all.sort_by(|one, other| one.file.cmp(&other.file));
    Ok(all)
}

fn sums(path: &Path, file: String, md5: bool) -> io::Result<Sums> {
    let mut from = File::open(path)?;
    let (mut sha256, mut md5) = (Sha256::new(), md5.then(Md5::new));
    let mut chunk = vec![0; CHUNK];
    loop {
        let read = from.read(&mut chunk)?;
        if read == 0 {
            break;
        }
        sha256.update(&chunk[..read]);
        if let Some(md5) = &mut md5 {
            md5.update(&chunk[..read]);
        }
    }
    Ok(Sums { file, sha256: hex(&sha256.finalize()), md5: md5.map(|md5| hex(&md5.finalize())) })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Writes them as `sha256sum -c` reads them.
pub(crate) fn sha256_list(sums: &[Sums]) -> String {
    sums.iter().map(|sums| line(&sums.sha256, "  ", &sums.file)).collect()
}

/// Writes them as mic's MANIFEST has them, which `md5sum -c` reads.
pub(crate) fn manifest(sums: &[Sums]) -> String {
    let lines = sums.iter().filter_map(|sums| Some(line(sums.md5.as_ref()?, " *", &sums.file)));
    lines.collect()
}

/// Writes one line; in one that begins with a backslash, the name has two characters for each that would end the line.
fn line(sum: &str, between: &str, file: &str) -> String {
    let escaped = file.replace('\\', "\\\\").replace('\n', "\\n").replace('\r', "\\r");
    format!("{}{sum}{between}{escaped}\n", if escaped == file { "" } else { "\\" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_those_that_everybody_computes() {
        let folder = std::env::temp_dir().join(format!("sums-{}", uuid::Uuid::new_v4()));
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(folder.join("b"), "abc").unwrap();
        std::fs::write(folder.join("a"), "").unwrap();
        std::fs::write(folder.join("c\\d\n0000  e"), "").unwrap();

        let files = ["b", "a", "c\\d\n0000  e"].map(|name| (folder.join(name), name.to_owned()));
        let sums = of(files.into(), true).unwrap();

        std::fs::remove_dir_all(folder).unwrap();
        assert_eq!(
            sha256_list(&sums),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  a\n\
             ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  b\n\
             \\e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  c\\\\d\\n0000  e\n"
        );
        assert_eq!(
            manifest(&sums),
            "d41d8cd98f00b204e9800998ecf8427e *a\n900150983cd24fb0d6963f7d28e17f72 *b\n\
             \\d41d8cd98f00b204e9800998ecf8427e *c\\\\d\\n0000  e\n"
        );
    }
}
