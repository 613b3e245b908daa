//! lzop's container: a header, then blocks of LZO1X with their checksums, big-endian.

use std::io::{self, BufRead, Read};

use super::{Counted, corrupt, cut, exactly};

const MAGIC: [u8; 9] = [0x89, b'L', b'Z', b'O', 0, 0x0d, 0x0a, 0x1a, 0x0a];
/// lzop itself neither writes nor reads larger blocks.
const LARGEST_BLOCK: u32 = 64 << 20;
/// The oldest version whose header has a level and a second half of the time.
const OLDEST: u16 = 0x0940;
/// The version of lzop whose format this is; it says by itself when a file needs a newer one.
const NEWEST: u16 = 0x1040;

const ADLER_UNPACKED: u32 = 0x1;
const ADLER_PACKED: u32 = 0x2;
const EXTRA_FIELD: u32 = 0x40;
const CRC_UNPACKED: u32 = 0x100;
const CRC_PACKED: u32 = 0x200;
const FILTER: u32 = 0x800;
const CRC_HEADER: u32 = 0x1000;

pub(crate) struct Lzop<B> {
    file: Counted<B>,
    /// The flags of the member that is read; none between members.
    flags: Option<u32>,
    packed: Vec<u8>,
    block: Vec<u8>,
    given: usize,
}

impl<B: BufRead> Lzop<B> {
    pub(crate) fn new(file: Counted<B>) -> Lzop<B> {
        Lzop { file, flags: None, packed: Vec::new(), block: Vec::new(), given: 0 }
    }

    fn header(&mut self) -> io::Result<u32> {
        let mut magic = [0; 9];
        exactly(&mut self.file, &mut magic, "the header")?;
        if magic != MAGIC {
            return Err(corrupt("what follows the last block is no image of lzop"));
        }
        let mut sum = Summed { file: &mut self.file, seen: Vec::new() };
        let version = u16::from_be_bytes(sum.take()?);
        if version < OLDEST {
            return Err(corrupt(format!("version {version:#06x} of lzop is too old to be read")));
        }
        let _library: [u8; 2] = sum.take()?;
        let needed = u16::from_be_bytes(sum.take()?);
        if needed > NEWEST {
            return Err(corrupt(format!("it needs version {needed:#06x} of lzop, newer than is known")));
        }
        let [method, _level] = sum.take()?;
        if !(1..=3).contains(&method) {
            return Err(corrupt(format!("method {method} is not known")));
        }
        let flags = u32::from_be_bytes(sum.take()?);
        if flags & FILTER != 0 {
            return Err(corrupt("it went through a filter, which is not supported"));
        }
        let _mode_and_time: [u8; 12] = sum.take()?;
        let [name] = sum.take()?;
        sum.skip(usize::from(name))?;
        let expected = sum.checksum(flags);
        if u32::from_be_bytes(take(&mut self.file, "the header")?) != expected {
            return Err(corrupt("the checksum of the header is wrong"));
        }
        if flags & EXTRA_FIELD != 0 {
            let len = u64::from(u32::from_be_bytes(take(&mut self.file, "the extra field")?)) + 4;
            if io::copy(&mut self.file.by_ref().take(len), &mut io::sink())? < len {
                return Err(cut("the file ends in the extra field"));
            }
        }
        Ok(flags)
    }

    /// Fills `block`; false after the last one.
    fn next_block(&mut self, flags: u32) -> io::Result<bool> {
        (self.given, self.block) = (0, std::mem::take(&mut self.block));
        self.block.clear();
        let len = u32::from_be_bytes(take(&mut self.file, "a block")?);
        if len == 0 {
            return Ok(false);
        }
        let packed = u32::from_be_bytes(take(&mut self.file, "a block")?);
        if len > LARGEST_BLOCK || packed > len || packed == 0 {
            return Err(corrupt(format!("a block says to be {packed} bytes that unpack to {len}")));
        }
        let mut sum_of = |flag: u32, present: bool| -> io::Result<Option<u32>> {
            let wanted = flags & flag != 0 && present;
            wanted.then(|| take(&mut self.file, "a block").map(u32::from_be_bytes)).transpose()
        };
        let adler = sum_of(ADLER_UNPACKED, true)?;
        let crc = sum_of(CRC_UNPACKED, true)?;
        let adler_packed = sum_of(ADLER_PACKED, packed < len)?;
        let crc_packed = sum_of(CRC_PACKED, packed < len)?;

        // what arrives is kept, so that a length that lies takes no memory
        self.packed.clear();
        self.file.by_ref().take(u64::from(packed)).read_to_end(&mut self.packed)?;
        if self.packed.len() < packed as usize {
            return Err(cut("the file ends in a block"));
        }
        let differs = |wanted: Option<u32>, is: &dyn Fn() -> u32| wanted.is_some_and(|wanted| wanted != is());
        if differs(adler_packed, &|| adler32(&self.packed))
            || differs(crc_packed, &|| crc32fast::hash(&self.packed))
        {
            return Err(corrupt("the checksum of a block is wrong"));
        }
        if packed == len {
            std::mem::swap(&mut self.packed, &mut self.block);
        } else {
            self.block.resize(len as usize, 0);
            let got =
                lzo::decompress_into(&self.packed, &mut self.block).map_err(|e| corrupt(e.to_string()))?;
            if got != len as usize {
                return Err(corrupt(format!("a block unpacks to {got} bytes instead of {len}")));
            }
        }
        if differs(adler, &|| adler32(&self.block)) || differs(crc, &|| crc32fast::hash(&self.block)) {
            return Err(corrupt("the checksum of a block is wrong"));
        }
        Ok(true)
    }
}

impl<B: BufRead> Read for Lzop<B> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        loop {
            if self.given < self.block.len() || bytes.is_empty() {
                let len = bytes.len().min(self.block.len() - self.given);
                bytes[..len].copy_from_slice(&self.block[self.given..self.given + len]);
                self.given += len;
                return Ok(len);
            }
            match self.flags {
                None if self.file.fill_buf()?.is_empty() => return Ok(0),
                None => self.flags = Some(self.header()?),
                Some(flags) => {
                    if !self.next_block(flags)? {
                        self.flags = None;
                    }
                }
            }
        }
    }
}

fn take<const N: usize>(file: &mut impl Read, what: &str) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    exactly(file, &mut bytes, what)?;
    Ok(bytes)
}

/// The header, kept for its checksum.
struct Summed<'a, R> {
    file: &'a mut R,
    seen: Vec<u8>,
}

impl<R: Read> Summed<'_, R> {
    fn take<const N: usize>(&mut self) -> io::Result<[u8; N]> {
        let bytes = take(self.file, "the header")?;
        self.seen.extend(bytes);
        Ok(bytes)
    }

    fn skip(&mut self, len: usize) -> io::Result<()> {
        let start = self.seen.len();
        self.seen.resize(start + len, 0);
        exactly(self.file, &mut self.seen[start..], "the header")
    }

    fn checksum(&self, flags: u32) -> u32 {
        if flags & CRC_HEADER != 0 { crc32fast::hash(&self.seen) } else { adler32(&self.seen) }
    }
}

/// Adler-32, as zlib has it.
fn adler32(bytes: &[u8]) -> u32 {
    const MODULUS: u32 = 65521;
    let (mut low, mut high) = (1u32, 0u32);
    // so many bytes cannot overflow the sums
    for piece in bytes.chunks(5552) {
        for &byte in piece {
            low += u32::from(byte);
            high += low;
        }
        (low, high) = (low % MODULUS, high % MODULUS);
    }
    (high << 16) | low
}

#[cfg(test)]
mod tests {
    #[test]
    fn adler32_is_that_of_zlib() {
        assert_eq!(super::adler32(b"Wikipedia"), 0x11e6_0398);
        assert_eq!(super::adler32(&[0xff; 20000]), {
            let (mut a, mut b) = (1u64, 0u64);
            for _ in 0..20000 {
                a = (a + 255) % 65521;
                b = (b + a) % 65521;
            }
            ((b << 16) | a) as u32
        });
    }
}
