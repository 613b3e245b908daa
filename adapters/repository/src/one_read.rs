//! Everything that is made of the bytes of an image, from one read of them.
//!
//! One thread reads; others, each at its own pace, hash, copy and check the same blocks. So it takes as long as the
//! slowest of them, which is MD5, or a decompressor.

mod consumers;

use std::fs::File;
use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::thread::{self, JoinHandle, ScopedJoinHandle};
use std::time::Duration;

use image_format::{Refused, Report};
use imaging::Sums;

use self::consumers::{Blocks, copy, pieces, sums};

/// How much is read at once.
const BLOCK: usize = 1 << 20;
/// How many blocks may wait for a thread.
const AHEAD: usize = 6;
/// What is wanted.
pub(crate) struct Wanted<'a> {
    /// How many bytes there should be.
    pub(crate) length: u64,
    /// Whether the image is held against its own checksums.
    pub(crate) check: bool,
    /// Where it is copied to.
    pub(crate) copy: Option<&'a File>,
    /// Hears how many bytes were read; false stops.
    pub(crate) go_on: &'a dyn Fn(u64) -> bool,
}

/// What the bytes were.
#[derive(Debug)]
pub(crate) struct WasRead {
    pub(crate) length: u64,
    pub(crate) sums: Sums,
    /// The SHA-1 of each piece.
    pub(crate) pieces: Vec<u8>,
    /// What its own checksums say; none when nobody wanted to know.
    pub(crate) checked: Option<Result<Report, Refused>>,
}

/// Why it was not read to its end.
#[derive(Debug)]
pub(crate) enum Broke {
    Reading(io::Error),
    Writing(io::Error),
    /// It has not as many bytes as it should.
    Length,
    Stopped,
}

type Block = Arc<Vec<u8>>;

/// Reads a source to its end.
pub(crate) fn read(source: &mut dyn Read, wanted: &Wanted) -> Result<WasRead, Broke> {
    thread::scope(|scope| {
        let mut all = Vec::new();
        let mut feed = || {
            let (sender, receiver) = sync_channel(AHEAD);
            all.push(Some(sender));
            receiver
        };
        let (md5, sha1) = (feed(), feed());
        let length = wanted.length;
        let md5 = scope.spawn(move || sums(&md5, length));
        let sha1 = scope.spawn(move || pieces(&sha1));
        // a few bytes may unpack to hours of work, for which nobody waits who wants to stop: so it is on its own
        let abandoned = Abandoned::default();
        let check = wanted.check.then(|| {
            let blocks = Blocks { blocks: feed(), now: None, abandoned: Arc::clone(&abandoned.0) };
            thread::spawn(move || image_format::verify(blocks, Some(length)))
        });
        let copy = wanted.copy.map(|file| {
            let blocks = feed();
            scope.spawn(move || copy(&blocks, file))
        });
        let fed = hand_round(source, all, wanted);
        let copied = copy.map_or(Ok(()), joined);
        let (sums, pieces) = (joined(md5), joined(sha1));
        copied.map_err(Broke::Writing)?; // first, since nobody reads on then
        let length = fed?;
        if length != wanted.length {
            return Err(Broke::Length);
        }
        let checked = check.map(|check| patient(check, wanted)).transpose()?;
        Ok(WasRead { length, sums, pieces, checked })
    })
}

/// Tells the check, when nobody waits for it any more, that it has to unpack no more of what it was given.
#[derive(Default)]
struct Abandoned(Arc<AtomicBool>);

impl Drop for Abandoned {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Waits for the check, which may have more to unpack, as long as nobody wants to stop.
fn patient<T>(check: JoinHandle<T>, wanted: &Wanted) -> Result<T, Broke> {
    while !check.is_finished() {
        if !(wanted.go_on)(wanted.length) {
            return Err(Broke::Stopped);
        }
        thread::sleep(Duration::from_millis(1));
    }
    check.join().or_else(|panic| std::panic::resume_unwind(panic))
}

fn joined<T>(thread: ScopedJoinHandle<'_, T>) -> T {
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// Reads, and hands each block to all who still listen; the copy is the last of them, and has to.
fn hand_round(
    source: &mut dyn Read,
    mut all: Vec<Option<SyncSender<Block>>>,
    wanted: &Wanted,
) -> Result<u64, Broke> {
    let mut pool: Vec<Block> = (0..AHEAD + 3).map(|_| Arc::new(Vec::with_capacity(BLOCK))).collect();
    let (mut length, mut turn) = (0, 0);
    loop {
        if !(wanted.go_on)(length) {
            return Err(Broke::Stopped);
        }
        // a block that somebody still reads is left to them
        turn = (turn + 1) % pool.len();
        if Arc::get_mut(&mut pool[turn]).is_none() {
            pool[turn] = Arc::new(Vec::with_capacity(BLOCK));
        }
        let block = Arc::get_mut(&mut pool[turn]).expect("nobody else has it");
        block.clear();
        Read::take(&mut *source, BLOCK as u64).read_to_end(block).map_err(Broke::Reading)?;
        if block.is_empty() {
            return Ok(length);
        }
        length += block.len() as u64;
        if length > wanted.length {
            return Err(Broke::Length);
        }
        for one in &mut all {
            if let Some(listens) = one
                && !give(listens, pool[turn].clone(), || (wanted.go_on)(length))?
            {
                *one = None;
            }
        }
        if wanted.copy.is_some() && all.last().is_some_and(Option::is_none) {
            return Ok(length); // what became of the copy is its own answer
        }
    }
}

/// Gives a block to somebody who may be busy with those before for long; false when they listen no more.
fn give(to: &SyncSender<Block>, mut block: Block, go_on: impl Fn() -> bool) -> Result<bool, Broke> {
    loop {
        block = match to.try_send(block) {
            Ok(()) => return Ok(true),
            Err(TrySendError::Disconnected(_)) => return Ok(false),
            Err(TrySendError::Full(block)) => block,
        };
        if !go_on() {
            return Err(Broke::Stopped);
        }
        thread::sleep(Duration::from_millis(1));
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use md5::{Digest, Md5};
    use sha1::Sha1;

    use super::consumers::hex;
    use super::*;

    fn wanted(length: u64) -> Wanted<'static> {
        Wanted { length, check: false, copy: None, go_on: &|_| true }
    }

    #[test]
    fn sums_and_pieces_are_those_of_the_bytes() {
        for length in [0, 1, 1 << 20, (1 << 20) + 1, (4 << 20) - 1, 4 << 20, (9 << 20) + 17] {
            let bytes: Vec<u8> = (0..length).map(|at: usize| (at / 7 + at / 1000) as u8).collect();
            let file = tempfile::tempfile().unwrap();
            let wanted = Wanted { copy: Some(&file), ..wanted(length as u64) };
            let was = read(&mut &bytes[..], &wanted).unwrap();
            let tail = &bytes[length.saturating_sub(1 << 20)..];
            let sums = Sums { tail_md5: hex(&Md5::digest(tail)), full_md5: hex(&Md5::digest(&bytes)) };
            assert_eq!(was.sums, sums, "{length}");
            let pieces: Vec<u8> = bytes.chunks(4 << 20).flat_map(Sha1::digest).collect();
            assert_eq!(was.pieces, pieces, "{length}");
            assert_eq!(file.metadata().unwrap().len(), length as u64);
        }
    }

    #[test]
    fn what_breaks_on_the_way_is_told_as_what_it_is() {
        struct Breaks;
        impl Read for Breaks {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::ErrorKind::ConnectionReset.into())
            }
        }
        assert!(matches!(read(&mut Breaks, &wanted(1)), Err(Broke::Reading(_))));
        assert!(matches!(read(&mut &[0; 10][..], &wanted(9)), Err(Broke::Length)));
        assert!(matches!(read(&mut &[0; 10][..], &wanted(11)), Err(Broke::Length)));
        let stops = Wanted { go_on: &|at| at == 0, ..wanted(3 << 20) };
        assert!(matches!(read(&mut &vec![0; 3 << 20][..], &stops), Err(Broke::Stopped)));
        let full = File::options().write(true).open("/dev/full").unwrap();
        let fails = Wanted { copy: Some(&full), ..wanted(64 << 20) };
        let Err(Broke::Writing(error)) = read(&mut io::repeat(0).take(64 << 20), &fails) else {
            panic!("it is full")
        };
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
    }

    #[test]
    fn a_stop_is_heard_while_the_check_is_busy_with_what_was_read() {
        // 46 bytes of bzip2 that unpack to 46 MB of zeros, so that a block of them is half an hour of work
        let zeros = b"BZh91AY&SY\x0e\x09\xe2\xdf\x01\x5f\x8e\x40\x00\xc0\x00\x00\x08\x20\x00\x30\x80\x4dFB\xa0\x25\xa9\x0a\x80\x97\x17\x72\x45\x38\x50\x90\x0e\x09\xe2\xdf";
        let bomb = zeros.repeat(10 * BLOCK / zeros.len());
        let start = Instant::now();
        let soon = || start.elapsed() < Duration::from_millis(300);
        let stops = Wanted { check: true, go_on: &|_| soon(), ..wanted(bomb.len() as u64) };
        assert!(matches!(read(&mut &bomb[..], &stops), Err(Broke::Stopped)));
        assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
    }

    #[test]
    fn a_check_that_nobody_waits_for_gets_no_more_to_unpack() {
        let (sender, blocks) = sync_channel(2);
        let abandoned = Abandoned::default();
        let mut blocks = Blocks { blocks, now: None, abandoned: Arc::clone(&abandoned.0) };
        sender.send(Arc::new(vec![7; 10])).unwrap();
        assert_eq!(blocks.read(&mut [0; 4]).unwrap(), 4);
        drop(abandoned);
        assert!(blocks.read(&mut [0; 4]).is_err(), "though there are six bytes left");
    }

    #[test]
    fn a_megabyte_that_unpacks_to_thirty_gigabytes_can_be_stopped() {
        // a frame of zstd, of blocks that say to repeat a zero 128 Ki times
        let frame = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x38];
        let bomb = [&frame[..], &[0x02, 0x00, 0x10, 0x00].repeat(1 << 18)].concat();
        let length = bomb.len() as u64;
        let at_the_end = std::cell::Cell::new(0);
        let go_on = |at| {
            at_the_end.set(at_the_end.get() + u32::from(at == length));
            at_the_end.get() < 3 // it has all the bytes, and goes on unpacking
        };
        let stops = Wanted { check: true, go_on: &go_on, ..wanted(length) };
        assert!(matches!(read(&mut &bomb[..], &stops), Err(Broke::Stopped)));
    }
}
