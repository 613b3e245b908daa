//! Checksums of the finished files, each read once: on its way out of memory, where it was made there.

use std::fs::{File, OpenOptions, Permissions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use fast_md5::Md5;
use nix::errno::Errno;
use nix::libc;
use nix::unistd::{Whence, lseek};
use sha2::{Digest, Sha256};

/// So much is read at once: as much as the nearer caches of a processor hold.
const CHUNK: usize = 256 << 10;
/// So much of a hole is handed on at once.
const HOLE: u64 = 64 << 20;
/// So many of those wait for their checksum at most.
const WAITING: usize = 8;
/// What holes read as.
static ZEROS: [u8; CHUNK] = [0; CHUNK];

/// How far it is, and whether it shall end.
pub(crate) struct Course {
    /// Says whether to end.
    stop: Box<dyn Fn() -> bool + Send + Sync>,
    /// How many bytes were read.
    read: AtomicU64,
}

impl Course {
    pub(crate) fn new(stop: impl Fn() -> bool + Send + Sync + 'static) -> Course {
        Course { stop: Box::new(stop), read: AtomicU64::new(0) }
    }

    /// Returns how many bytes were read until now, holes included.
    pub(crate) fn read(&self) -> u64 {
        self.read.load(Ordering::Relaxed)
    }

    fn goes_on(&self, read: u64) -> io::Result<()> {
        self.read.fetch_add(read, Ordering::Relaxed);
        if (self.stop)() { Err(io::Error::other("it was told to stop")) } else { Ok(()) }
    }
}

/// A finished file.
pub(crate) struct Whole {
    pub(crate) path: PathBuf,
    /// Where it is copied meanwhile, holes as holes; nothing may be there.
    pub(crate) copy: Option<PathBuf>,
    /// What it is called.
    pub(crate) name: String,
}

/// The checksums of one file, in hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sums {
    /// What it is called.
    pub(crate) file: String,
    pub(crate) sha256: String,
    /// Only where it is asked for.
    pub(crate) md5: Option<String>,
}

/// Computes the sums of files on every core, copying those that shall be; takes as long as the largest file, and ends with an
/// error soon after `course` says so.
pub(crate) fn of(mut files: Vec<Whole>, md5: bool, course: &Course) -> io::Result<Vec<Sums>> {
    files.sort_by_key(|file| file.path.metadata().map_or(0, |about| about.len()));
    let cores = thread::available_parallelism().map_or(1, Into::into).min(files.len());
    let waiting = Mutex::new(files); // the largest are taken first, from the end
    let work = || {
        let mut done = Vec::new();
        loop {
            let next = waiting.lock().expect("taking one does not panic").pop();
            let Some(file) = next else { return Ok::<_, io::Error>(done) };
            done.push(sums(&file, md5, course)?);
        }
    };
    let mut all = thread::scope(|scope| {
        let threads: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
        let mut all = Vec::new();
        for thread in threads {
            all.extend(thread.join().map_err(panicked)??);
        }
        Ok::<_, io::Error>(all)
    })?;
    all.sort_by(|one, other| one.file.cmp(&other.file));
    Ok(all)
}

/// A part of a file.
enum Part {
    Bytes(Vec<u8>),
    Hole(u64),
}

/// Reads a file in one thread and computes in another.
fn sums(file: &Whole, md5: bool, course: &Course) -> io::Result<Sums> {
    let (parts, inbox) = sync_channel(WAITING);
    let (empty, back) = sync_channel(WAITING + 2);
    thread::scope(|scope| {
        let digests = scope.spawn(move || digest(&inbox, &empty, md5));
        read(file, parts, &back, course)?;
        let (sha256, md5) = digests.join().map_err(panicked)?;
        Ok(Sums { file: file.name.clone(), sha256, md5 })
    })
}

fn digest(inbox: &Receiver<Part>, empty: &SyncSender<Vec<u8>>, md5: bool) -> (String, Option<String>) {
    let (mut sha256, mut md5) = (Sha256::new(), md5.then(Md5::new));
    let mut add = |bytes: &[u8]| {
        sha256.update(bytes);
        if let Some(md5) = &mut md5 {
            md5.update(bytes);
        }
    };
    for part in inbox {
        match part {
            Part::Bytes(bytes) => {
                add(&bytes);
                let _ = empty.try_send(bytes); // to be filled again
            }
            Part::Hole(mut left) => {
                while left > 0 {
                    let now = left.min(CHUNK as u64);
                    add(&ZEROS[..usize::try_from(now).expect("no more than a chunk")]);
                    left -= now;
                }
            }
        }
    }
    (hex(&sha256.finalize()), md5.map(|md5| hex(&md5.finalize())))
}

/// Hands on every part of a file, and copies it where that is wanted.
#[expect(clippy::needless_pass_by_value, reason = "the end of the parts is that their sender is gone")]
fn read(file: &Whole, parts: SyncSender<Part>, back: &Receiver<Vec<u8>>, course: &Course) -> io::Result<()> {
    let mut from = OpenOptions::new().read(true).custom_flags(libc::O_NOFOLLOW).open(&file.path)?;
    let length = from.metadata()?.len();
    let mut to = file.copy.as_deref().map(File::create_new).transpose()?;
    if let Some(to) = &to {
        to.set_permissions(Permissions::from_mode(0o644))?;
        to.set_len(length)?;
    }
    let gone = |_| io::Error::other("computing a checksum panicked");
    let mut at = 0;
    while at < length {
        let data = next(&from, at, Whence::SeekData)?.unwrap_or(length);
        while at < data {
            let hole = (data - at).min(HOLE);
            course.goes_on(hole)?;
            parts.send(Part::Hole(hole)).map_err(gone)?;
            at += hole;
        }
        let end = if data < length { next(&from, data, Whence::SeekHole)?.unwrap_or(length) } else { length };
        from.seek(SeekFrom::Start(data))?;
        if let Some(to) = &mut to {
            to.seek(SeekFrom::Start(data))?;
        }
        while at < end {
            let mut chunk = back.try_recv().unwrap_or_default();
            chunk.resize(usize::try_from((end - at).min(CHUNK as u64)).expect("no more than a chunk"), 0);
            from.read_exact(&mut chunk)?;
            if let Some(to) = &mut to {
                to.write_all(&chunk)?;
            }
            at += chunk.len() as u64;
            course.goes_on(chunk.len() as u64)?;
            parts.send(Part::Bytes(chunk)).map_err(gone)?;
        }
    }
    Ok(())
}

/// Returns where data or a hole begins from a byte on; `None` when there is none. A file system without holes is all data.
fn next(file: &File, at: u64, what: Whence) -> io::Result<Option<u64>> {
    let at = i64::try_from(at).map_err(io::Error::other)?;
    match lseek(file, at, what) {
        Ok(found) => Ok(u64::try_from(found).ok()),
        Err(Errno::ENXIO) => Ok(None),
        Err(errno) => Err(errno.into()),
    }
}

fn panicked<T>(_: T) -> io::Error {
    io::Error::other("computing a checksum panicked")
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

        let whole = |name: &str| Whole { path: folder.join(name), copy: None, name: name.to_owned() };
        let sums = of(["b", "a", "c\\d\n0000  e"].map(whole).into(), true, &Course::new(|| false)).unwrap();

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

    #[test]
    fn a_copy_has_the_same_bytes_and_the_same_holes() {
        let folder = std::env::temp_dir().join(format!("copies-{}", uuid::Uuid::new_v4()));
        std::fs::create_dir(&folder).unwrap();
        let (path, copy) = (folder.join("disk"), folder.join("copy"));
        let mut disk = File::create(&path).unwrap();
        disk.set_len(40 << 20).unwrap();
        for at in [0, 5 << 20, (20 << 20) + 7] {
            disk.seek(SeekFrom::Start(at)).unwrap();
            disk.write_all(&[7; 300_000]).unwrap();
        }
        let bytes = std::fs::read(&path).unwrap();

        let course = Course::new(|| false);
        let whole = Whole { path, copy: Some(copy.clone()), name: "disk".into() };

        let sums = of(vec![whole], false, &course).unwrap();

        let (copied, about) = (std::fs::read(&copy).unwrap(), copy.metadata().unwrap());
        std::fs::remove_dir_all(folder).unwrap();
        assert!(copied == bytes, "the bytes");
        assert_eq!(sums[0].sha256, hex(&Sha256::digest(&bytes)));
        assert!(std::os::unix::fs::MetadataExt::blocks(&about) * 512 < 4 << 20, "{about:?}");
        assert_eq!(course.read(), bytes.len() as u64);
    }

    #[test]
    fn it_ends_when_it_is_told_to_however_large_a_file_is() {
        let path = std::env::temp_dir().join(format!("stopped-{}", uuid::Uuid::new_v4()));
        File::create(&path).unwrap().set_len(8 << 40).unwrap(); // hours
        let asked = std::sync::atomic::AtomicUsize::new(0);
        let course = Course::new(move || asked.fetch_add(1, std::sync::atomic::Ordering::Relaxed) > 2);

        let sums = of(vec![Whole { path: path.clone(), copy: None, name: "disk".into() }], false, &course);

        std::fs::remove_file(path).unwrap();
        assert_eq!(sums.unwrap_err().to_string(), "it was told to stop");
    }
}
