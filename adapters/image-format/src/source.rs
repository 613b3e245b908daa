//! The file, and what comes out of its compressor.

mod counted;
mod lz4;
mod lzop;

use std::io::{self, BufRead, BufReader, Read};

use liblzma::stream as xz;

pub(crate) use counted::{Count, Counted};

use crate::compressor::PREFIX;
use crate::{Compressor, Refused};

/// How much memory xz may take: `xz -9` needs a quarter of it.
const XZ_MEMORY: u64 = 256 << 20;
/// How far zstd may look back, in powers of two: what its own program allows unless told.
const ZSTD_WINDOW: u32 = 27;
const BUFFER: usize = 64 << 10;

/// A file with its compressor known and nothing unpacked.
pub(crate) struct Source<'a> {
    pub(crate) compressor: Compressor,
    /// The first bytes of the file, as they are.
    pub(crate) first: Vec<u8>,
    /// How many bytes of the file were used.
    pub(crate) count: Count,
    file: Counted<Box<dyn BufRead + 'a>>,
}

impl<'a> Source<'a> {
    pub(crate) fn open(mut file: impl Read + 'a) -> Result<Source<'a>, Refused> {
        let mut first = Vec::with_capacity(PREFIX);
        file.by_ref().take(PREFIX as u64).read_to_end(&mut first).map_err(Refused::Read)?;
        if first.is_empty() {
            return Err(Refused::Empty);
        }
        let compressor = Compressor::of(&first).map_err(|name| Refused::Unsupported { name })?;
        let whole = io::Cursor::new(first.clone()).chain(BufReader::with_capacity(BUFFER, file));
        let (file, count) = Counted::new(Box::new(whole) as Box<dyn BufRead + 'a>);
        Ok(Source { compressor, first, count, file })
    }

    /// The stream out of the compressor.
    pub(crate) fn unpack(self) -> io::Result<Box<dyn Read + 'a>> {
        let file = self.file;
        Ok(match self.compressor {
            Compressor::None => Box::new(file),
            Compressor::Gzip => Box::new(flate2::bufread::MultiGzDecoder::new(file)),
            Compressor::Bzip2 => Box::new(bzip2::bufread::MultiBzDecoder::new(file)),
            Compressor::Lzop => Box::new(lzop::Lzop::new(file)),
            Compressor::Lz4 => Box::new(lz4::Lz4::new(file)),
            Compressor::Xz => {
                let flags = xz::CONCATENATED | xz::TELL_UNSUPPORTED_CHECK;
                let decoder = xz::Stream::new_stream_decoder(XZ_MEMORY, flags)?;
                Box::new(liblzma::bufread::XzDecoder::new_stream(file, decoder))
            }
            Compressor::Zstd => {
                let mut decoder = zstd::stream::read::Decoder::with_buffer(file)?;
                decoder.window_log_max(ZSTD_WINDOW)?;
                Box::new(decoder)
            }
        })
    }
}

pub(crate) fn corrupt(why: impl Into<String>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why.into())
}

pub(crate) fn cut(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::UnexpectedEof, why)
}

/// Reads exactly so many bytes; says in its own words that they are not there.
pub(crate) fn exactly(file: &mut impl Read, bytes: &mut [u8], what: &str) -> io::Result<()> {
    file.read_exact(bytes).map_err(|error| match error.kind() {
        io::ErrorKind::UnexpectedEof => cut(&format!("the file ends in {what}")),
        _ => error,
    })
}
