//! Reading on and on, with the place known.

use std::io::{self, Read};

use super::Layer;

/// Nothing larger is held in memory.
pub(super) const PIECE: usize = 256 << 10;

/// Why a walk ended early.
#[derive(Debug)]
pub(super) enum Stop {
    /// The image is not as it says.
    Broken { at: u64, why: String },
    /// The file or its compressor broke.
    Stream(io::Error),
}

impl Stop {
    pub(super) fn trailing(at: u64) -> Stop {
        Stop::Broken { at, why: "the image is complete here, and something follows it".to_owned() }
    }
}

pub(super) struct Walk<R> {
    stream: R,
    at: u64,
    piece: Vec<u8>,
    pub(super) layers: Vec<Layer>,
}

impl<R: Read> Walk<R> {
    pub(super) fn new(stream: R) -> Walk<R> {
        Walk { stream, at: 0, piece: vec![0; PIECE], layers: Vec::new() }
    }

    /// The byte of the image that comes next.
    pub(super) fn at(&self) -> u64 {
        self.at
    }

    /// Names a kind of checksums; gives its number for [`Walk::held`].
    pub(super) fn layer(
        &mut self,
        name: &'static str,
        checksum: Option<&'static str>,
        covers: &'static str,
    ) -> usize {
        self.layers.push(Layer { name, checksum, covers, held: 0 });
        self.layers.len() - 1
    }

    pub(super) fn held(&mut self, layer: usize) {
        self.layers[layer].held += 1;
    }

    /// Takes exactly so many bytes, named for the error that they are not there.
    pub(super) fn fill(&mut self, bytes: &mut [u8], what: &str) -> Result<(), Stop> {
        let mut filled = 0;
        while filled < bytes.len() {
            match self.stream.read(&mut bytes[filled..]) {
                Ok(0) => {
                    let why = format!("the image ends in {what}: copy it again");
                    return Err(Stop::Broken { at: self.at, why });
                }
                Ok(len) => {
                    filled += len;
                    self.at += len as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(Stop::Stream(error)),
            }
        }
        Ok(())
    }

    pub(super) fn take<const N: usize>(&mut self, what: &str) -> Result<[u8; N], Stop> {
        let mut bytes = [0; N];
        self.fill(&mut bytes, what).map(|()| bytes)
    }

    /// Shows exactly so many bytes, piece by piece.
    pub(super) fn pieces(&mut self, len: u64, what: &str, mut show: impl FnMut(&[u8])) -> Result<(), Stop> {
        let mut left = len;
        let mut piece = std::mem::take(&mut self.piece);
        let result = loop {
            if left == 0 {
                break Ok(());
            }
            let part = &mut piece[..usize::try_from(left).map_or(PIECE, |left| left.min(PIECE))];
            if let Err(stop) = self.fill(part, what) {
                break Err(stop);
            }
            show(part);
            left -= part.len() as u64;
        };
        self.piece = piece;
        result
    }

    /// Reads to the end, wherever that is; gives its place.
    pub(super) fn rest(&mut self) -> Result<u64, Stop> {
        loop {
            match self.stream.read(&mut self.piece) {
                Ok(0) => return Ok(self.at),
                Ok(len) => self.at += len as u64,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(Stop::Stream(error)),
            }
        }
    }

    /// Nothing may follow. The compressor checks its last sum when it is asked for more.
    pub(super) fn end(&mut self) -> Result<(), Stop> {
        let at = self.at;
        match self.next()? {
            None => Ok(()),
            Some(_) => Err(Stop::trailing(at)),
        }
    }

    /// The next byte, or none at the end.
    pub(super) fn next(&mut self) -> Result<Option<u8>, Stop> {
        let mut byte = [0];
        loop {
            match self.stream.read(&mut byte) {
                Ok(0) => return Ok(None),
                Ok(_) => {
                    self.at += 1;
                    return Ok(Some(byte[0]));
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(Stop::Stream(error)),
            }
        }
    }

    pub(super) fn broken(&self, why: impl Into<String>) -> Stop {
        Stop::Broken { at: self.at, why: why.into() }
    }
}
