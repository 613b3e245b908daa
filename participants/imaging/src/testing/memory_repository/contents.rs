//! What such a repository takes bytes for.

use crate::{ImagePath, InfoHash, Recognised, Sums};

pub(super) fn recognised(bytes: &[u8]) -> Option<Recognised> {
    (bytes.get(4086..4096) == Some(b"SWAPSPACE2")).then(|| Recognised {
        tool: "raw".into(),
        compressor: "none".into(),
        filesystem: "SWAP".into(),
        restore_bytes: Some(bytes.len() as u64),
        obstacle: None,
    })
}

pub(super) fn sums(bytes: &[u8]) -> Sums {
    let sum = |bytes: &[u8]| {
        let mixed = bytes.iter().fold(0_u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(*byte)));
        format!("{mixed:032x}")
    };
    Sums { tail_md5: sum(&bytes[bytes.len().saturating_sub(1 << 20)..]), full_md5: sum(bytes) }
}

pub(super) fn info_hash(path: &ImagePath, sums: &Sums) -> InfoHash {
    let mut hash = [0; 20];
    let text = format!("{sums:?}{path}");
    for (at, byte) in text.bytes().enumerate() {
        hash[at % 20] = (hash[at % 20] ^ byte).rotate_left(3);
    }
    InfoHash(hash)
}
