//! ntfsclone: commands, each of which is a cluster or says how many to leave out. No checksums.

use std::io::Read;

use super::{Stop, Walk};
use crate::ntfsclone::Header;

pub(super) fn walk(header: &Header, walk: &mut Walk<impl Read>) -> Result<(), Stop> {
    walk.layer("ntfsclone", None, "no checksum: only the order of its commands is held against the header");
    walk.pieces(u64::from(header.data_at), "the header", |_| ())?;
    let (mut at, mut stored) = (0u64, 0u64);
    let what = "the clusters";
    while at < header.clusters {
        let start = walk.at();
        let broken = |why: String| Err(Stop::Broken { at: start, why });
        match walk.take::<1>(what)? {
            [0] => {
                let gap = u64::from_le_bytes(walk.take(what)?);
                if gap == 0 || gap > header.clusters - at {
                    return broken(format!("a gap of {gap} clusters at cluster {at} of {}", header.clusters));
                }
                at += gap;
            }
            [1] => {
                walk.pieces(u64::from(header.cluster), what, |_| ())?;
                (at, stored) = (at + 1, stored + 1);
            }
            [other] => return broken(format!("{other} is no command")),
        }
    }
    if stored != header.in_use {
        return Err(walk.broken(format!("it stored {stored} clusters, the header says {}", header.in_use)));
    }
    // the copy of the boot sector, which lies past the last cluster and is not counted
    let at = walk.at();
    match walk.next()? {
        None => Ok(()),
        Some(1) => walk.pieces(u64::from(header.cluster), "the copy of the boot sector", |_| ()),
        Some(_) => Err(Stop::trailing(at)),
    }
}
