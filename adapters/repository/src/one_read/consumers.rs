//! What is done with each block.

use std::fs::File;
use std::io::{self, Read, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;

use fast_md5::Md5;
use imaging::Sums;
use metainfo::PIECE;
use sha1::{Digest, Sha1};

use super::{Block, joined};

/// After how much that is written the disk is asked to have it.
const SAFE_EVERY: usize = 32 << 20;
/// How much of its end the first sum is about.
const TAIL: u64 = 1 << 20;

pub(super) fn sums(blocks: &Receiver<Block>, length: u64) -> Sums {
    let (mut full, mut tail) = (Md5::new(), Md5::new());
    let tail_from = length.saturating_sub(TAIL);
    let mut at = 0;
    for block in blocks {
        full.update(&block);
        let end = at + block.len() as u64;
        if end > tail_from {
            let skip = usize::try_from(tail_from.saturating_sub(at)).expect("it is within a block");
            tail.update(&block[skip..]);
        }
        at = end;
    }
    Sums { tail_md5: hex(&tail.finalize()), full_md5: hex(&full.finalize()) }
}

pub(super) fn pieces(blocks: &Receiver<Block>) -> Vec<u8> {
    let (mut pieces, mut piece, mut room) = (Vec::new(), Sha1::new(), PIECE);
    for block in blocks {
        let mut rest = &block[..];
        while !rest.is_empty() {
            let now = usize::try_from(room).map_or(rest.len(), |room| room.min(rest.len()));
            piece.update(&rest[..now]);
            rest = &rest[now..];
            room -= now as u64;
            if room == 0 {
                pieces.extend(piece.finalize_reset());
                room = PIECE;
            }
        }
    }
    if room < PIECE {
        pieces.extend(piece.finalize());
    }
    pieces
}

/// Writes, and has another thread see to it that it gets to the disk meanwhile, not at the end.
pub(super) fn copy(blocks: &Receiver<Block>, mut file: &File) -> io::Result<()> {
    thread::scope(|scope| {
        let (due, dues) = sync_channel(1);
        let syncs = scope.spawn(move || dues.iter().try_for_each(|()| file.sync_data()));
        let mut unsafe_bytes = 0;
        let written = blocks.iter().try_for_each(|block| {
            file.write_all(&block)?;
            unsafe_bytes += block.len();
            if unsafe_bytes >= SAFE_EVERY && due.try_send(()).is_ok() {
                unsafe_bytes = 0;
            }
            Ok(())
        });
        drop(due);
        // an error of the disk is told once, so it counts wherever it was told
        written.and(joined(syncs))
    })
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Blocks as a stream.
pub(super) struct Blocks {
    pub(super) blocks: Receiver<Block>,
    pub(super) now: Option<(Block, usize)>,
    /// Whether nobody waits any more for what comes of them.
    pub(super) abandoned: Arc<AtomicBool>,
}

impl Read for Blocks {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.abandoned.load(Ordering::Relaxed) {
            return Err(io::Error::other("nobody waits for it any more"));
        }
        loop {
            if let Some((block, at)) = &mut self.now
                && *at < block.len()
            {
                let count = into.len().min(block.len() - *at);
                into[..count].copy_from_slice(&block[*at..*at + count]);
                *at += count;
                return Ok(count);
            }
            match self.blocks.recv() {
                Ok(block) => self.now = Some((block, 0)),
                Err(_) => return Ok(0),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use md5::Digest;
    use proptest::prelude::*;

    use super::Md5;

    proptest! {
        /// Its inner loop is in assembly: it is held against another crate, wherever the bytes are cut.
        #[test]
        fn the_fast_md5_is_md5(
            parts in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..200), 0..8),
        ) {
            let mut fast = Md5::new();
            parts.iter().for_each(|part| fast.update(part));
            prop_assert_eq!(&fast.finalize()[..], &md5::Md5::digest(parts.concat())[..]);
        }
    }
}
