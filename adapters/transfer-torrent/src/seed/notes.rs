//! What librqbit is told of images before it looks at them.
//!
//! It would read each image as a whole before it gives any of it away, at each start. The repository has done that, and
//! publishes none that has changed since. So the notes say that all pieces are there. Samples of them are ours to take
//! (`sample`): those that librqbit 9.1 takes itself may be wrong and count as right. The notes are gone with the program.

use std::path::Path;

use imaging::InfoHash;
use librqbit::SessionPersistenceConfig;
use librqbit::dht::Id20;
use tempfile::TempDir;

/// A folder of notes, in librqbit's own form.
#[derive(Debug)]
pub(super) struct Notes(TempDir);

impl Notes {
    pub(super) fn new() -> std::io::Result<Notes> {
        Ok(Notes(tempfile::Builder::new().prefix("img-seeds-").tempdir()?))
    }

    /// How librqbit finds them.
    pub(super) fn config(&self) -> SessionPersistenceConfig {
        SessionPersistenceConfig::Json { folder: Some(self.0.path().to_owned()) }
    }

    /// Notes that all pieces of an image are there.
    pub(super) fn has_all(&self, info_hash: InfoHash, pieces: usize) -> std::io::Result<()> {
        std::fs::write(path(self.0.path(), info_hash), all(pieces))
    }
}

fn path(folder: &Path, info_hash: InfoHash) -> std::path::PathBuf {
    folder.join(format!("{:?}.bitv", Id20::new(info_hash.0)))
}

/// A bit for each piece, the first one being the highest; those that are left over are none.
fn all(pieces: usize) -> Vec<u8> {
    let mut bytes = vec![0xff; pieces.div_ceil(8)];
    if let (Some(last), 1..) = (bytes.last_mut(), pieces % 8) {
        *last = !(0xff >> (pieces % 8));
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::all;

    #[test]
    fn each_piece_has_a_bit() {
        for (pieces, bits) in
            [(0, vec![]), (1, vec![0x80]), (7, vec![0xfe]), (8, vec![0xff]), (10, vec![0xff, 0xc0])]
        {
            assert_eq!(all(pieces), bits, "{pieces}");
        }
    }
}
