//! What is told of a disk beside it, when another takes its place: its checksums, and that it is the image.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use fast_md5::Md5;
use imaging::{Step, Watch};
use sha2::{Digest, Sha256};
use workbench::{Spot, Workbench};

use crate::halt::Halt;

/// What was built, in the folder of the image or, for one of a release, above it.
const RECORD: &str = "record.json";
/// The sums of a release, as mic has them.
const MANIFEST: &str = "MANIFEST";
/// No list is longer.
const LONGEST: u64 = 4 << 20;
/// So much of a disk is read at once.
const CHUNK: usize = 1 << 20;

/// A disk, and what the one is called that takes its place.
pub(crate) struct Succession<'a> {
    pub(crate) spot: &'a Spot,
    pub(crate) new: &'a str,
}

/// A text that takes the place of another, which named the old disk.
pub(crate) struct Text {
    /// What it is called until then.
    draft: String,
    folder: File,
    name: String,
}

/// The checksums of a file, in hexadecimal digits.
struct Sums {
    sha256: String,
    md5: String,
}

impl Succession<'_> {
    /// Writes all that names the old disk anew; the new one is `made` for now.
    pub(crate) async fn texts(
        &self,
        bench: &Workbench,
        made: &str,
        watch: &dyn Watch,
    ) -> Result<Vec<Text>, Halt> {
        let failed = |error| Halt::of_disk("write the checksum of the new disk beside it".into(), error);
        let mut lists = self.lists().map_err(failed)?;
        let mut texts = Vec::new();
        lists.retain(|(_, text)| with_sum(text, &self.spot.name, self.new, "").is_some());
        if !lists.is_empty() {
            watch.step(&Step { name: "computing its checksum".into(), done_of: None });
            let sums =
                sums_of(beneath::file(bench.folder(), Path::new(made)).map_err(failed)?, watch).await?;
            for (name, text) in lists {
                let sum = if name == MANIFEST { &sums.md5 } else { &sums.sha256 };
                if let Some(text) = with_sum(&text, &self.spot.name, self.new, sum) {
                    texts.push((self.spot.folder.try_clone().map_err(failed)?, name, text));
                }
            }
        }
        texts.extend(self.record());
        let drafts = texts.into_iter().enumerate();
        let drafts = drafts.map(|(number, (folder, name, text))| {
            let draft = format!("text-{number}");
            let mode = beneath::file(&folder, Path::new(&name))?.metadata()?.permissions();
            let mut file = File::create_new(bench.path(&draft))?;
            file.write_all(text.as_bytes())?;
            file.set_permissions(mode)?;
            file.sync_all()?;
            Ok(Text { draft, folder, name })
        });
        drafts.collect::<io::Result<_>>().map_err(failed)
    }

    /// Returns the lists of checksums in the folder of the disk.
    fn lists(&self) -> io::Result<Vec<(String, String)>> {
        let mut lists = Vec::new();
        for entry in fs::read_dir(beneath::of(&self.spot.folder))? {
            let Ok(name) = entry?.file_name().into_string() else { continue };
            if name == MANIFEST || name.ends_with(".sha256") {
                lists.extend(read(&self.spot.folder, &name).map(|text| (name, text)));
            }
        }
        Ok(lists)
    }

    /// Returns the record of the build that made the disk, with the new one as the image.
    fn record(&self) -> Option<(File, String, String)> {
        let Spot { base, above, name, .. } = self.spot;
        above.ancestors().filter(|folder| *folder != Path::new("")).find_map(|folder| {
            let inner = above.strip_prefix(folder).ok()?;
            let opened = beneath::folder(base, folder).ok()?;
            let text = with_image(&read(&opened, RECORD)?, &inner.join(name), &inner.join(self.new))?;
            Some((opened, RECORD.to_owned(), text))
        })
    }
}

impl Text {
    /// Lets it take the place of the older one.
    pub(crate) fn publish(self, bench: &Workbench) -> io::Result<()> {
        fs::rename(bench.path(&self.draft), beneath::of(&self.folder).join(self.name))?;
        self.folder.sync_all()
    }
}

fn read(folder: &File, name: &str) -> Option<String> {
    let mut text = String::new();
    let file = beneath::file(folder, Path::new(name)).ok()?;
    file.take(LONGEST).read_to_string(&mut text).ok().map(|_| text)
}

/// Computes both sums of a file; ends soon after somebody asked for it.
async fn sums_of(mut file: File, watch: &dyn Watch) -> Result<Sums, Halt> {
    let stop = watch.stop();
    let compute = move || {
        let (mut sha256, mut md5, mut chunk) = (Sha256::new(), Md5::new(), vec![0; CHUNK]);
        while !stop.is_cancelled() {
            let count = file.read(&mut chunk)?;
            if count == 0 {
                return Ok(Some(Sums { sha256: hex(&sha256.finalize()), md5: hex(&md5.finalize()) }));
            }
            sha256.update(&chunk[..count]);
            md5.update(&chunk[..count]);
        }
        Ok(None)
    };
    let computed = tokio::task::spawn_blocking(compute).await.expect("computing a checksum does not panic");
    let computed = computed.map_err(|error: io::Error| Halt::of_disk("read the new disk".into(), error))?;
    computed.ok_or(Halt::Stopped)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Returns a list in which the new file stands where the old one did, or where a killed conversion has put it already.
fn with_sum(list: &str, old: &str, new: &str, sum: &str) -> Option<String> {
    let name_of =
        |line: &'_ str| line.find(' ').map(|at| (at, line[at..].chars().take(2).collect::<String>()));
    let (mut text, mut stands) = (String::new(), false);
    for line in list.lines() {
        match name_of(line) {
            Some((at, between)) if [old, new].iter().any(|name| line.get(at + 2..) == Some(*name)) => {
                if !stands {
                    text.push_str(&format!("{sum}{between}{new}\n"));
                }
                stands = true;
            }
            _ => {
                text.push_str(line);
                text.push('\n');
            }
        }
    }
    stands.then_some(text)
}

/// Returns a record in which the new file is the image in the place of the old one; none when neither is it.
fn with_image(record: &str, old: &Path, new: &Path) -> Option<String> {
    let member =
        |path: &PathBuf| format!("\"image_file\": {}", serde_json::Value::from(path.to_string_lossy()));
    let new = member(&new.to_owned());
    [member(&old.to_owned()), new.clone()]
        .iter()
        .find(|named| record.contains(*named))
        .map(|named| record.replacen(named, &new, 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_names_the_new_disk_where_the_old_one_stood() {
        let list = "00  n.ks\n11  n.raw\n22  n.raw.txt\n";
        let expected = "00  n.ks\nff  n.vdi.bz2\n22  n.raw.txt\n";
        assert_eq!(with_sum(list, "n.raw", "n.vdi.bz2", "ff").as_deref(), Some(expected));
        assert_eq!(
            with_sum(expected, "n.raw", "n.vdi.bz2", "ff").as_deref(),
            Some(expected),
            "again is well"
        );
        let both = "11 *n.raw\n00 *n.vdi.bz2\n";
        assert_eq!(with_sum(both, "n.raw", "n.vdi.bz2", "ff").as_deref(), Some("ff *n.vdi.bz2\n"));
        assert_eq!(with_sum("00  n.ks\nn.raw\n", "n.raw", "n.vdi.bz2", "ff"), None);
    }

    #[test]
    fn a_record_names_the_new_image_and_stays_as_it_is_elsewhere() {
        let record =
            "{\n  \"name\": \"n\",\n  \"image_file\": \"4.5/n \\\"1\\\".raw\",\n  \"error\": null\n}\n";
        let (old, new) = (Path::new("4.5/n \"1\".raw"), Path::new("4.5/n.vdi.bz2"));
        let expected = record.replace("n \\\"1\\\".raw", "n.vdi.bz2");
        assert_eq!(with_image(record, old, new).as_deref(), Some(expected.as_str()));
        assert_eq!(with_image(&expected, old, new).as_deref(), Some(expected.as_str()), "again is well");
        assert_eq!(with_image(record, Path::new("n-sdb.raw"), new), None, "another disk is the image");
    }
}
